-- The least rights on a ledger in PostgreSQL, for the role `concord` of nights and desk, which owns nothing and is no
-- superuser. Run it as the owner of the tables, in their schema, after each `concord decisions migrate`. To decisions,
-- marks, the audit log, packs and answers `concord` only adds; `decisions migrate`, `vouch` and `erase` are the owner's.
GRANT SELECT ON
    alembic_version TO concord;
GRANT SELECT, INSERT ON
    audit_log, comments, decision_marks, decisions, disclosures, judgements, pack_answers, pack_lines, proposals,
    sample_checks, sending_policies TO concord;
GRANT SELECT, INSERT, UPDATE ON
    accounts, users TO concord;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    assignments, claims, deferrals, kept_forms, saved_views, sent_pages, sessions, sign_in_attempts TO concord;
DO $$ BEGIN
    EXECUTE 'GRANT USAGE ON ALL SEQUENCES IN SCHEMA ' || quote_ident(current_schema()) || ' TO concord';
END $$;
