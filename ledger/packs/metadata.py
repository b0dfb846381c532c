"""The tables of the log of packs in the ledger's database, derived from the declared ones.

Belongs here: what SQLAlchemy has to know. Does not: the migrations (`ledger.decisions.migrations`); a test holds the
two together.
"""

import sqlalchemy as sa

from ledger.decisions.metadata import References, columns_of, metadata
from warehouse.tables.packs import DISCLOSURES, PACK_ANSWERS, PACK_LINES, SAMPLE_CHECKS, SENDING_POLICIES

REFERENCES: References = {
    (DISCLOSURES.name, "disclosed_by"): ("users.name", "disclosed_by_a_user"),
    (PACK_LINES.name, "disclosure_id"): ("disclosures.disclosure_id", "a_line_is_of_a_disclosure"),
    (SENDING_POLICIES.name, "set_by"): ("users.name", "a_policy_is_set_by_a_user"),
    (SAMPLE_CHECKS.name, "policy_id"): ("sending_policies.policy_id", "a_check_is_of_a_policy"),
    (SAMPLE_CHECKS.name, "checked_by"): ("users.name", "checked_by_a_user"),
    (PACK_ANSWERS.name, "disclosure_id"): ("disclosures.disclosure_id", "an_answer_is_to_a_disclosure"),
    (PACK_ANSWERS.name, "received_by"): ("users.name", "received_by_a_user"),
}

disclosures, pack_lines, sending_policies, sample_checks, pack_answers = (
    sa.Table(table.name, metadata, *columns_of(table, REFERENCES))
    for table in (DISCLOSURES, PACK_LINES, SENDING_POLICIES, SAMPLE_CHECKS, PACK_ANSWERS)
)
