"""The register layer: the public tables of a release. Names are fixed; every column carries its meaning."""

import polars as pl

from warehouse.codes import (
    CONDITION_CODES,
    COURT_CODES,
    FORCE_CODES,
    FORCE_KINDS,
    LEGAL_STATUSES,
    NATIONS,
    OFFENCE_CODES,
)
from warehouse.delivery_states import STATE_NAMES
from warehouse.identifiers import ASN_PATTERN, CRO_PATTERN, PNC_ID_PATTERN
from warehouse.schema import Column, Table
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.core import ORDER_TYPES, SEXES

STREAMS = ("settle", "send")
SEVERITIES = ("high", "medium", "low")
DIMENSIONS = ("completeness", "uniqueness", "consistency", "timeliness", "validity", "accuracy")
SCOPES = ("record", "source", "force", "area", "region", "all")
# The feed of a file that lies in a source's folder and is named like none of its deliveries.
STRAY_FEED = "stray"
# What nothing is known to have caused; it stops the publication.
UNEXPLAINED = "unexplained"
QUEUE_KINDS = (
    "discrepancies",
    "doubtful_value",
    "lone_record",
    "constraint",
    "near_match",
    "link_conflict",
    "stale_decision",
    "contradiction",
)
CORRECTION_STATES = ("unchanged", "corrected", "rebounded", "changed_otherwise", "withdrawn", "gone")
CAUSES = ("source", "steward", "calendar", "model", "config", "rule", UNEXPLAINED)
ORDER_ID = Column("order_id", "The order: opaque, stable over nights, never reused.", required=True)

ORDERS = Table(
    "orders",
    "a reconciled order",
    (
        ORDER_ID,
        Column("subject_id", "The person bound by the order (`subjects`).", required=True),
        Column(
            "order_type",
            "STRO or STPO (England and Wales; STPO also Northern Ireland), TERO or TEPO (Scotland).",
            codes=ORDER_TYPES,
            title="Type of order",
        ),
        Column(
            "is_interim",
            "An interim order, made while the main application is pending.",
            pl.Boolean,
            title="Interim order",
        ),
        Column("forenames", "Forenames, golden value.", title="Forenames"),
        Column("surname", "Surname, golden value.", title="Surname"),
        Column("forenames_folded", "The forenames in ASCII capitals, by which they are compared and found."),
        Column("surname_folded", "The surname in ASCII capitals, by which it is compared and found."),
        Column("date_of_birth", "Date of birth, golden value.", pl.Date, title="Date of birth"),
        Column("sex", "M or F.", codes=SEXES, title="Sex"),
        Column(
            "pnc_id",
            "PNC id in the long form; only ids whose check letter is right.",
            pattern=PNC_ID_PATTERN,
            title="PNC ID",
        ),
        Column("cro_number", "CRO number in its canonical form.", pattern=CRO_PATTERN, title="CRO number"),
        Column("made_on", "Day the court made the order.", pl.Date, title="Made on"),
        Column("start_on", "Day the order takes effect.", pl.Date, title="Starts on"),
        Column("end_on", "Last day of the order; null if until further order or not known.", pl.Date, title="Last day"),
        Column("is_until_further_order", "The order has no fixed end.", pl.Boolean, title="Until further order"),
        Column(
            "term_months",
            "Length in months; null if until further order, interim or not known.",
            pl.Int64,
            minimum=0,
            title="Length in months",
        ),
        Column("court_code", "Code of the court that made the order.", codes=COURT_CODES, title="Court"),
        Column("court_name", "Name of that court."),
        Column("force_code", "Code of the force that holds the order.", codes=FORCE_CODES, title="Force"),
        Column("force_name", "Name of that force."),
        Column("region_code", "Region (ROCU) of that force."),
        Column(
            "nation",
            "Nation whose court made the order, or else whose law knows its type, or else of the force.",
            codes=NATIONS,
        ),
        Column(
            "applicant_code",
            "Who applied for it, by the latest court result that says so: a force or an agency (`forces`).",
            codes=FORCE_CODES,
        ),
        Column(
            "applicant_kind",
            "Whether that is a territorial force, a national one, one of a Crown dependency or an agency.",
            codes=FORCE_KINDS,
        ),
        Column("case_urn", "Reference of the case, by the latest court result that has one; co-defendants share it."),
        Column("breach_count", "Most breaches that a record says; null where none says anything.", pl.Int64, minimum=0),
        Column(
            "legal_status",
            "Status in law as of the release date, worked out from dates, discharge and later orders (`legal_status_codes`).",
            required=True,
            codes=LEGAL_STATUSES,
            title="Status",
        ),
        Column(
            "is_in_force_doubtful",
            "Nobody knows whether it is in force, and it counts as in force until somebody finds out: its status is uncertain or not_known, an end or a discharge is disputed (`disputed_ends`), a source shows it as withdrawn or as no longer in force without saying why, or it is dated after the release.",
            pl.Boolean,
            required=True,
        ),
        Column(
            "disputed_ends",
            "Later ends that at least as many sources give as the one believed, or its own end where a discharge is disputed: days, or `until further order`. Until the last of them it may be in force.",
            pl.List(pl.String),
            required=True,
        ),
        Column(
            "ended_after",
            "Last day on which it is known to have been in force; of a discharge, for which no source gives a day, the last night that showed it in force; null if it has not ended or that is not known.",
            pl.Date,
        ),
        Column(
            "ended_by",
            "First day on which it is known not to have been in force any more; of a discharge the first day by which a source showed it; null if it has not ended.",
            pl.Date,
            title="Ended by",
        ),
        Column(
            "binds_from",
            "First day on which it binds, or may; null if that is not known, or it is withdrawn.",
            pl.Date,
        ),
        Column(
            "binds_until",
            "Last day on which it binds, or may, by all that is known: its end or a later one in dispute, the day before a later order takes its place or by which it was discharged; null if no last day is known, or it is withdrawn.",
            pl.Date,
        ),
        Column(
            "follows_order_id",
            "The order of the same person that this one followed: its interim order, an earlier order of the same type, or a risk order beside which this prevention order binds. To follow is not to end: see `legal_status` of the other.",
        ),
        Column("followed_by_order_id", "The order of the same person that followed this one, in the same sense."),
        Column(
            "is_travel_only",
            "All its prohibitions are on foreign travel, by every source that lists conditions: it has no shortest length, and at most 5 years.",
            pl.Boolean,
            required=True,
        ),
        Column("is_county_lines", "Marked as linked to county lines by a source.", pl.Boolean, title="County lines"),
        Column(
            "condition_count",
            "Number of coded conditions.",
            pl.Int64,
            required=True,
            minimum=0,
            title="Number of conditions",
        ),
        Column("sources", "The sources that hold the order.", pl.List(pl.String), required=True),
        Column("record_count", "Number of source records.", pl.Int64, required=True, minimum=1),
        Column("discrepancy_count", "Number of open discrepancies.", pl.Int64, required=True, minimum=0),
        Column(
            "quality_score",
            "Weighted mean of the order's quality dimensions that have a score, 0 to 1; parts and weights in `quality_scores`.",
            pl.Float64,
            minimum=0,
            maximum=1,
        ),
        Column(
            "confidence",
            "Probability that who is bound, until when and by what are all right (`docs/confidence.md`); its conditions have no part in it.",
            pl.Float64,
            minimum=0,
            maximum=1,
        ),
    ),
    key=("order_id",),
)

ORDER_SOURCES = Table(
    "order_sources",
    "a source record and the order it belongs to",
    (
        Column("source", "The system that holds the record.", required=True, codes=SOURCE_NAMES),
        Column(
            "source_key",
            "PNC recno; PND record_id; court result_id; ROCU `<file>#<sheet>#<row number as Excel shows it>`.",
            required=True,
        ),
        Column("record_id", "Source and key, `<source>:<source_key>`: the record in all other tables.", required=True),
        ORDER_ID,
        Column(
            "match_weight",
            "Mean match weight to the other records of the order; null if it stands alone.",
            pl.Float64,
        ),
        Column("is_duplicate", "A second record of the order in the same source.", pl.Boolean, required=True),
        Column("is_amended", "Courts: a later result amends this one.", pl.Boolean, required=True),
        Column(
            "link_confidence",
            "Probability that the record belongs to the order (`docs/confidence.md`); null if it stands alone.",
            pl.Float64,
            minimum=0,
            maximum=1,
        ),
        Column("delivery_id", "The delivery it came in.", required=True),
        Column("file_name", "Name of the file as sent.", required=True),
        Column("row_number", "Row in the file as a person counts it.", pl.Int64, required=True),
    ),
    key=("source", "source_key"),
)

SUBJECTS = Table(
    "subjects",
    "a person who is bound by at least one order",
    (
        Column("subject_id", "The person: opaque, stable over nights, never reused.", required=True),
        Column("forenames", "Forenames, golden value."),
        Column("surname", "Surname, golden value."),
        Column("date_of_birth", "Date of birth, golden value.", pl.Date),
        Column("sex", "M or F.", codes=SEXES),
        Column("pnc_id", "PNC id in the long form.", pattern=PNC_ID_PATTERN),
        Column("cro_number", "CRO number in its canonical form.", pattern=CRO_PATTERN),
        Column(
            "other_names",
            "Other names that a source holds, `SURNAME, FORENAMES` folded.",
            pl.List(pl.String),
            required=True,
        ),
        Column("order_count", "Number of orders.", pl.Int64, required=True, minimum=1),
        Column("arrest_count", "Number of arrest events linked.", pl.Int64, required=True, minimum=0),
    ),
    key=("subject_id",),
)

CONDITIONS = Table(
    "conditions",
    "a condition of an order, coded, with the sources that hold it",
    (
        ORDER_ID,
        Column("condition_code", "Code in the catalogue of conditions.", required=True, codes=CONDITION_CODES),
        Column("label", "What the condition is, in words.", required=True),
        Column("kind", "prohibition, requirement_like, travel or notification.", required=True),
        Column("sources", "The sources that hold it.", pl.List(pl.String), required=True),
        Column(
            "is_golden",
            "Held by enough sources to be believed; the others are discrepancies.",
            pl.Boolean,
            required=True,
        ),
        Column(
            "is_doubtful",
            "In the court's result, but in too few other sources to be believed: it counts as in force until the court confirms or denies it.",
            pl.Boolean,
            required=True,
        ),
        Column(
            "end_on",
            "Of a prohibition on foreign travel, its own last day: as its words give it, or else that of the order and at most 5 years after its start, unless extended. Null: it lasts as long as the order.",
            pl.Date,
        ),
        Column(
            "is_lapsed",
            "Its own last day was before the date of the release: it does not bind any more, though the order may.",
            pl.Boolean,
            required=True,
        ),
        Column(
            "text",
            "The longest wording that a source gives. `[named person]`, `[date of birth]`, `[address]` and `[contact details]` stand for people whom it names, and what leads to them.",
        ),
        Column("is_person_named", "Its wording names a person, whom `text` leaves out.", pl.Boolean, required=True),
        Column(
            "match_score",
            "How well that wording fits the catalogue, 0 to 100.",
            pl.Float64,
            minimum=0,
            maximum=100,
        ),
    ),
    key=("order_id", "condition_code"),
)

CONDITION_TEXTS = Table(
    "condition_texts",
    "a condition of an order whose wording names a person, in full",
    (
        ORDER_ID,
        Column("condition_code", "Code in the catalogue of conditions.", required=True, codes=CONDITION_CODES),
        Column("full_text", "The longest wording that a source gives.", required=True),
    ),
    key=("order_id", "condition_code"),
)
"""Victims, children and associates are no part of the register: kept beside the night's other tables, never published."""

ARRESTS = Table(
    "arrests",
    "an arrest event, counted once however many sources hold it",
    (
        Column("arrest_id", "The event: opaque.", required=True),
        Column("subject_id", "The person arrested (`subjects`); null if no order subject was found."),
        Column("arrested_on", "Day of the arrest.", pl.Date),
        Column("offence_code", "CJS offence code.", codes=OFFENCE_CODES),
        Column("offence_title", "Title of the offence."),
        Column("offence_category", "modern_slavery, violence, drugs, other or not_an_offence."),
        Column(
            "harm_days",
            "Cambridge Crime Harm Index days (2020); null where the index has no row.",
            pl.Float64,
            minimum=0,
        ),
        Column("asn", "Arrest/summons number, 20 characters.", pattern=ASN_PATTERN),
        Column("custody_ref", "Custody reference of the force."),
        Column("force_code", "Code of the arresting force.", codes=FORCE_CODES),
        Column("sources", "The sources that hold it.", pl.List(pl.String), required=True),
    ),
    key=("arrest_id",),
)

ARREST_SOURCES = Table(
    "arrest_sources",
    "a source record and the arrest event it is about",
    (
        Column("source", "The system that holds the record.", required=True, codes=SOURCE_NAMES),
        Column(
            "source_key",
            "PNC ASN; PND record_id; ROCU `<file>#<sheet>#<row number as Excel shows it>`.",
            required=True,
        ),
        Column("arrest_id", "The event.", required=True),
        Column(
            "match_weight",
            "Match weight to the other records of the event; null if it stands alone.",
            pl.Float64,
        ),
        Column("delivery_id", "The delivery it came in.", required=True),
        Column("file_name", "Name of the file as sent.", required=True),
        Column("row_number", "Row in the file as a person counts it.", pl.Int64, required=True),
    ),
    key=("source", "source_key", "row_number"),
)

FIELD_PROVENANCE = Table(
    "field_provenance",
    "a golden value: who won, who lost, by which rule, from which file and row",
    (
        ORDER_ID,
        Column("field", "Column of `orders`.", required=True),
        Column("value", "The golden value as text."),
        Column(
            "source", "Source of the winning record; null if the value was worked out or decided.", codes=SOURCE_NAMES
        ),
        Column("source_key", "Key of the winning record."),
        Column("file_name", "File of the winning record."),
        Column("row_number", "Row of the winning record.", pl.Int64),
        Column(
            "rule",
            "Why it won: only_source, agreement, corroboration (other fields imply it; more people bear the name; it is more likely in itself), precedence, valid_over_invalid, amended_result, derived (worked out), none_valid (no value passes its check, none is published), steward (decided).",
            required=True,
        ),
        Column("agreeing", "Records that give the same value, `source:key`.", pl.List(pl.String), required=True),
        Column(
            "losing",
            "Records that give another value, `source:key=value`.",
            pl.List(pl.String),
            required=True,
        ),
        Column("decision_id", "The steward's decision that made it the golden value; null if the rules chose it."),
        Column(
            "confidence",
            "Probability that the golden value is the true one (`docs/confidence.md`); null where no value is published, and of a field whose truth could never be measured.",
            pl.Float64,
            minimum=0,
            maximum=1,
        ),
    ),
    key=("order_id", "field"),
)

DISCREPANCIES = Table(
    "discrepancies",
    "an order, a rule and the conflicting values",
    (
        Column(
            "discrepancy_id",
            "Stable over nights: order, rule, source record and conflicting canonical values.",
            required=True,
        ),
        ORDER_ID,
        Column("rule_code", "The rule that found it (catalogue in the docs).", required=True),
        Column("field", "A column of `orders`, or `conditions`, `presence`, `duplicate`, `case_urn`.", required=True),
        Column(
            "severity",
            "high: who is bound, until when, or by what; medium: identity or evidence; low: form.",
            required=True,
            codes=SEVERITIES,
        ),
        Column("source", "The source that holds (or lacks) the value.", codes=SOURCE_NAMES),
        Column("source_key", "Key of its record; null for an absence."),
        Column("observed", "The value found, as text."),
        Column("expected", "The value expected, as text."),
        Column("message", "What is wrong, in words, without personal data.", required=True),
        Column(
            "owner",
            "Who should correct it: `force:<code>`, `court:<code>`, `region:<code>` or `pnc_bureau`.",
            required=True,
        ),
        Column("correction", "What should be done.", required=True),
        Column(
            "state",
            "new, open, reopened (found again), stale_decision (decided on, but its values have changed since) or resolved.",
            required=True,
            codes=("new", "open", "reopened", "stale_decision", "resolved"),
        ),
        Column("state_since", "The night it came into this state.", pl.Date, required=True),
        Column(
            "resolved_by",
            "source (values were corrected), steward (a decision) or rule (the rules have changed); null unless resolved.",
            codes=("source", "steward", "rule"),
        ),
        Column("first_seen_on", "The night it was first found.", pl.Date, required=True),
        Column(
            "confidence",
            "How sure the register is that the source is wrong: the confidence of the golden value, or of the record's link if that is smaller; where nothing measures the field, the share found right on synthetic nights. Null if resolved.",
            pl.Float64,
            minimum=0,
            maximum=1,
        ),
        Column(
            "stream",
            "settle: a steward is asked, or the order itself is in question; send: the register is sure, and the owner may be asked without a steward (docs/correction-packs.md). Null if resolved.",
            codes=STREAMS,
        ),
    ),
    key=("discrepancy_id",),
)

QUALITY_SCORES = Table(
    "quality_scores",
    "the score of a scope in one dimension of the Government Data Quality Framework",
    (
        Column(
            "scope",
            "record, source, force (PNC and PND records of its orders), area (the same for all forces of a region), region (its return) or all.",
            required=True,
            codes=SCOPES,
        ),
        Column(
            "scope_key",
            "Order id, source name, force code, region code (area and region), or `all`.",
            required=True,
        ),
        Column("dimension", "One of the six dimensions.", required=True, codes=DIMENSIONS),
        Column(
            "score",
            "Numerator by denominator, 0 to 1; null where nothing was sent.",
            pl.Float64,
            minimum=0,
            maximum=1,
        ),
        Column("low", "Lower end of the score's 95 % interval (Wilson).", pl.Float64, minimum=0, maximum=1),
        Column("high", "Upper end of the score's 95 % interval (Wilson).", pl.Float64, minimum=0, maximum=1),
        Column("numerator", "What passed.", pl.Float64, required=True, minimum=0),
        Column("denominator", "What was judged.", pl.Float64, required=True, minimum=0),
        Column(
            "units",
            "Orders of which something was judged; in the timeliness of a source, a region and all, deliveries due too.",
            pl.Int64,
            minimum=0,
        ),
        Column("failed_units", "Units of which something did not pass.", pl.Int64, minimum=0),
        Column(
            "trials",
            "Independent trials that the score is worth, on which the interval rests: the denominator by its design effect, since the values of one order share their fate.",
            pl.Float64,
            minimum=0,
        ),
        Column(
            "weight",
            "How much the dimension counts in `orders.quality_score`, against the others.",
            pl.Int64,
            minimum=0,
        ),
    ),
    key=("scope", "scope_key", "dimension"),
)

SOURCE_RELIABILITY = Table(
    "source_reliability",
    "a source and a field, and how often the source is wrong in it, estimated from who agrees with whom",
    (
        Column("source", "The source.", required=True, codes=SOURCE_NAMES),
        Column("field", "Column of `orders`.", required=True),
        Column("statements", "Orders of which the source states the field.", pl.Int64, required=True, minimum=1),
        Column(
            "error_rate",
            "Estimated share of its statements that are wrong (`docs/confidence.md`); 0.05 is assumed of a field that it states alone. An error that all sources share is not seen.",
            pl.Float64,
            required=True,
            minimum=0,
            maximum=1,
        ),
        Column("low", "Lower end of the 95 % interval (Wilson).", pl.Float64, required=True, minimum=0, maximum=1),
        Column("high", "Upper end of the 95 % interval (Wilson).", pl.Float64, required=True, minimum=0, maximum=1),
        Column("error_rate_before", "The estimate of the release before.", pl.Float64, minimum=0, maximum=1),
        Column(
            "trend",
            "better or worse than the release before by more than chance, within chance, or first.",
            required=True,
            codes=("better", "worse", "within chance", "first"),
        ),
    ),
    key=("source", "field"),
)

REVIEW_QUEUE = Table(
    "review_queue",
    "something a steward should look at",
    (
        Column(
            "item_id",
            "The item: what is asked, and the order or pair it is asked about. It stays the same from night to night.",
            required=True,
        ),
        Column(
            "kind",
            "discrepancies; doubtful_value (no record disputes it, and it may well be wrong); lone_record (one record holds it, others ought to); constraint (it breaks a hard rule); near_match (two orders may be one); link_conflict (kept apart though a pair of records joins them); stale_decision (its evidence has changed); contradiction (decisions exclude one another).",
            required=True,
            codes=QUEUE_KINDS,
        ),
        ORDER_ID,
        Column("other_order_id", "The other order, where it is about two."),
        Column(
            "state",
            "new (queued for the first time), reopened (so, and a discrepancy of it had been resolved before) or open.",
            required=True,
            codes=("new", "reopened", "open"),
        ),
        Column(
            "severity",
            "The highest of its discrepancies; high where it is about links or decisions.",
            required=True,
            codes=SEVERITIES,
        ),
        Column("fields", "The fields it is about.", pl.List(pl.String), required=True),
        Column("rule_codes", "The rules that found its discrepancies.", pl.List(pl.String), required=True),
        Column(
            "sources",
            "The sources that hold or lack the values, or hold the two records.",
            pl.List(pl.String),
            required=True,
        ),
        Column("discrepancy_ids", "Its discrepancies.", pl.List(pl.String), required=True),
        Column("decision_ids", "The decisions to be looked at again.", pl.List(pl.String), required=True),
        Column("left_record_id", "Links: the one record of the pair that speaks most for putting them together."),
        Column("right_record_id", "Links: the other record of that pair."),
        Column("order_type", "Of the order.", codes=ORDER_TYPES),
        Column("legal_status", "Of the order.", codes=LEGAL_STATUSES),
        Column("force_code", "Of the order.", codes=FORCE_CODES),
        Column("region_code", "Of the order."),
        Column(
            "priority",
            "Harm if the register is wrong (`impact`) × chance that it is (`uncertainty`) × age factor; larger is sooner.",
            pl.Float64,
            required=True,
            minimum=0,
        ),
        Column(
            "impact",
            "What hangs on it, 1 to 13; 28 more where nobody knows whether the order is in force.",
            pl.Float64,
            required=True,
            minimum=0,
        ),
        Column("at_stake", "What makes up the impact, in words.", pl.List(pl.String), required=True),
        Column(
            "uncertainty",
            "Chance that the register is wrong in what it is about, 0 to 1 (`docs/confidence.md`).",
            pl.Float64,
            required=True,
            minimum=0,
            maximum=1,
        ),
        Column(
            "stream",
            "settle: the register may be wrong, or a person must look again; send: the register is sure, and a source's owner is asked to correct it.",
            required=True,
            codes=STREAMS,
        ),
        Column("age_days", "Days since it was first seen.", pl.Int64, required=True, minimum=0),
        Column("reason", "Why it is here, in words.", required=True),
        Column("arithmetic", "The priority as a sum a person can check.", required=True),
    ),
    key=("item_id",),
)

DELIVERIES = Table(
    "deliveries",
    "a delivery that was due or came",
    (
        Column(
            "delivery_id",
            "Feed, date and revision, with the first digits of the digest if it is not used; `<feed>:missing` where none came.",
            required=True,
        ),
        Column("source", "The source.", required=True, codes=SOURCE_NAMES),
        Column(
            "feed",
            "The stream it belongs to: `pnc_ancord`, `pnc_arrest`, `pnd`, `court`, `rocu_<UNIT>`, or `stray`.",
            required=True,
        ),
        Column("file_name", "Name of the file as sent; null if none came."),
        Column("dated_on", "Date in the file's name (last day of the month for returns).", pl.Date),
        Column("revision", "Revision, from 1.", pl.Int64, minimum=1),
        Column("sha256", "Digest of the file's bytes."),
        Column(
            "state",
            f"{', '.join(STATE_NAMES[:-1])} or {STATE_NAMES[-1]}.",
            required=True,
            codes=STATE_NAMES,
        ),
        Column("is_used", "The register rests on this delivery.", pl.Boolean, required=True),
        Column("rows_read", "Rows found in the file.", pl.Int64, required=True, minimum=0),
        Column("rows_kept", "Rows read and kept.", pl.Int64, required=True, minimum=0),
        Column(
            "rows_quarantined",
            "Rows that could not be read, or are no record, kept aside with the reason.",
            pl.Int64,
            required=True,
            minimum=0,
        ),
        Column(
            "rows_set_aside",
            "Of the rows quarantined, those that could be read and are no record: refused applications, headings again.",
            pl.Int64,
            required=True,
            minimum=0,
        ),
        Column(
            "rows_duplicate",
            "Exact repetitions of a row of the same delivery.",
            pl.Int64,
            required=True,
            minimum=0,
        ),
        Column(
            "records_kept",
            "Of the rows kept, records of orders and arrests; null if the delivery was not read.",
            pl.Int64,
            minimum=0,
        ),
        Column(
            "records_expected",
            "The median of recent good deliveries of the feed; null before the first, when there is nothing to compare.",
            pl.Int64,
            minimum=0,
        ),
        Column("accepted", "Why an operator let an implausible delivery be used; null for the others."),
        Column(
            "rows_declared",
            "Rows by trailer or manifest; null if the delivery declares none.",
            pl.Int64,
            minimum=0,
        ),
        Column(
            "faults",
            "What is wrong with the delivery as a whole: what, where, what to do.",
            pl.List(pl.String),
            required=True,
        ),
    ),
    key=("delivery_id",),
)

RELEASE_CHANGES = Table(
    "release_changes",
    "a difference from the release before, and its cause",
    (
        ORDER_ID,
        Column("change", "added, removed or changed.", required=True, codes=("added", "removed", "changed")),
        Column("field", "Column of `orders` that changed; null for added and removed orders."),
        Column("before", "Value in the release before, as text."),
        Column("after", "Value in this release, as text."),
        Column(
            "cause",
            "source (records or deliveries), steward (a decision), calendar (days went by), model, config, rule (code), or unexplained.",
            required=True,
            codes=CAUSES,
        ),
        Column("accepted", "Why an operator let an unexplained difference be published; null for the others."),
    ),
    sort_by=("order_id", "change", "field"),
)

ID_REDIRECTS = Table(
    "id_redirects",
    "an old order or subject id that was merged or split, and where it went",
    (
        Column("kind", "order or subject.", required=True, codes=("order", "subject")),
        Column(
            "old_id",
            "The id that is no longer used, or that keeps only the larger part of what it held.",
            required=True,
        ),
        Column("new_id", "The id that holds its records, or the part split off, now.", required=True),
        Column("redirected_on", "The night it happened.", pl.Date, required=True),
    ),
    key=("kind", "old_id", "new_id"),
)

CORRECTION_LINES = Table(
    "correction_lines",
    "a correction that an owner was asked for in a pack, and what became of it",
    (
        Column("reference", "The line, as it stands in the packs: `<order_id>/<discrepancy_id>`.", required=True),
        Column(
            "owner",
            "Who was asked: `force:<code>`, `court:<code>`, `region:<code>` or `pnc_bureau`.",
            required=True,
        ),
        Column("order_id", "The order as it is named now (`orders`); null if it is no more or was split."),
        Column("rule_code", "The rule that found it (catalogue in the docs).", required=True),
        Column("field", "A column of `orders`, or `conditions`, `presence`, `duplicate`.", required=True),
        Column(
            "source",
            "The source that holds or lacks the value; null where it is the order itself.",
            codes=SOURCE_NAMES,
        ),
        Column("handed_out_on", "The day it was first handed out.", pl.Date, required=True),
        Column("last_handed_out_on", "The day it was last handed out.", pl.Date, required=True),
        Column("times_handed_out", "In how many packs.", pl.Int64, required=True, minimum=1),
        Column(
            "state",
            "unchanged; corrected: the record holds another value and nothing is wrong with it, or what was absent has come; rebounded: was corrected, and the value is back; changed_otherwise: another value or none, and not a right one; withdrawn: no longer asked, since a decision, a rule or other sources speak against it; gone: the record is no longer sent.",
            required=True,
            codes=CORRECTION_STATES,
        ),
        Column("state_since", "The night it came into this state.", pl.Date, required=True),
        Column("first_corrected_on", "The first night on which it was corrected.", pl.Date),
    ),
    key=("reference",),
)

EXPECTATION_RESULTS = Table(
    "expectation_results",
    "an expectation, the table it was put to, and how it went: counts and keys, never values",
    (
        Column("table_name", "The table.", required=True),
        Column("expectation", "The Great Expectations type.", required=True),
        Column("subject", "The columns or the rule it is about.", required=True),
        Column(
            "severity",
            "structural (blocks what is downstream) or warning.",
            required=True,
            codes=("structural", "warning"),
        ),
        Column("is_met", "Every row met it.", pl.Boolean, required=True),
        Column("evaluated", "Rows put to it.", pl.Int64, required=True, minimum=0),
        Column("unexpected", "Rows that did not meet it.", pl.Int64, required=True, minimum=0),
        Column("keys", "Keys of at most 20 such rows.", pl.List(pl.String), required=True),
    ),
    key=("table_name", "expectation", "subject"),
)

PUBLIC_TABLES = (
    ORDERS,
    ORDER_SOURCES,
    SUBJECTS,
    CONDITIONS,
    ARRESTS,
    ARREST_SOURCES,
    FIELD_PROVENANCE,
    DISCREPANCIES,
    QUALITY_SCORES,
    SOURCE_RELIABILITY,
    REVIEW_QUEUE,
    DELIVERIES,
    RELEASE_CHANGES,
    ID_REDIRECTS,
    CORRECTION_LINES,
    EXPECTATION_RESULTS,
)
