"""What words say became of an order: that it was made, that it was not, or that they are about something else.

Courts and officers write refusals, adjournments, applications, notices and breaches where orders stand. A text is read
clause by clause: `Application for STPO refused; STRO made for 2 years` makes an STRO. Words that leave it open keep the
order, for one put aside by mistake leaves a victim unprotected.

Belongs here: the words of making, refusing and applying. Does not: which order is meant (`orders`), the status of an
order that was made (`statuses`).
"""

from collections.abc import Mapping

import polars as pl

from assets.parsing.distinct import read_distinct
from matching.standardise import fold
from warehouse.tables.raw import NOT_MADE, NOT_THE_MAKING

REASONS = {
    NOT_MADE: "The words say that no order was made: refused, dismissed, declined, withdrawn, struck out, adjourned or "
    "not made. Nothing is to be done, unless the words are wrong: then ask the sender to correct the record.",
    NOT_THE_MAKING: "The words are of an application, a notice, a breach or a variation, not of the making of an order."
    " Check that the order that they are about, if there is one, is held; else ask the sender for it.",
}

# Folded words are of capitals and digits: `\w`, which stands for the letters of all scripts, takes ten times as long to
# compile.
_ORDER = r"(?:ORDERS?|I?STROS?|I?STPOS?|I?TEROS?|I?TEPOS?)"
_OWN_ORDER = rf"(?:{_ORDER}|RISK ORDER|PREVENTION ORDER|SLAVERY|TRAFFICKING)"
_MAKE = (
    r"(?:MADE|MAKE|MAKES|MAKING|GRANT(?:ED|S|ING)?|IMPOS(?:E|ED|ES|ING)|ISSU(?:E|ED|ING)|PASS(?:ED)?|ORDERED|OBTAINED)"
)
_NOT = (
    r"(?:NOT|NEVER|NEITHER|NOR|CANNOT|UNABLE|REFUS[A-Z0-9]+|DECLIN[A-Z0-9]+|FAILED|NOTHING|NONE"
    r"|(?:WAS|IS|WERE|DOES|DID|HAS|HAVE)NT)"
)
# A short answer after the order named: `STRO: no`.
SHORT_ANSWER = (
    r"(?i)\b(orders?|i?stro|i?stpo|i?tero|i?tepo)\s*[:(?–-]*\s*(?:no|none|nil|n/a|not applicable|not relevant)\s*\)?"
    r"[. ]*$"
)
# Signs and words at which a clause ends. `and` ends one before a word for an application or another order.
CLAUSE_ENDS = (
    r"[;:.,()\[\]\n\r–—]|\s[-/|]\s|(?i)\b(?:but|however|although|though|whilst|while|instead)\b"
    r"|(?i)\band (?:(?:the|an?|any|no) )?(?:(?:main|full|final|substantive|interim|previous|earlier) )*"
    r"(?:applications?|orders?|hearing|case|matter|proceedings|stro|stpo|tero|tepo|interim)\b"
)
# What a clause says that is no word on the making of an order, taken out first.
ASIDES = (
    r"\bNOT (?:(?:BEEN|BEING|YET|TO BE|AN?) )*(?:OPPOSED|CONTESTED|DISPUTED|RESISTED|CHALLENGED|PRESENT|ATTEND[A-Z0-9]*"
    r"|GUILTY|REPRESENTED|PRODUCED|REFUSED|DISMISSED|DECLINED|REJECTED|WITHDRAWN|ADJOURNED|STRUCK OUT|DISCHARGED"
    r"|REVOKED|QUASHED|VARIED|SERVED|BREACHED|INTERIM|FINAL|KNOWN|ISSUED WITH|RECORDED|ENTERED)\b"
    r"|\b(?:NO|ANY|NIL) (?:BREACH(?:ES)?|APPEALS?|OBJECTIONS?|NOTICE|FURTHER ORDERS?|END|VARIATIONS?|ADJOURNMENTS?)\b"
    r"|\b(?:REFUS|DECLIN)(?:ED|ES|ING) TO (?:SIGN|ATTEND|ANSWER|ENGAGE|COMPLY|ACCEPT|LEAVE|COMMENT|GIVE|PROVIDE|BE)\b"
    r"|\b(?:WITHOUT|ON|WITH|SHORT) NOTICE\b|\bNOTICE (?:(?:WAS|HAS BEEN|OF (?:THE )?ORDER) )?(?:GIVEN|SERVED)\b"
    r"|\bBREACH (?:OF (?:THIS|THE) ORDER )?(?:IS|WILL|MAY|CARRIES)\b.*"
    r"|\b(?:ON|UPON|BY|FOLLOWING|AFTER|FROM|UNDER|AT|DURING) (?:(?:THE|AN?|POLICE|THEIR|ITS|WAY OF|FINAL|FULL|MAIN) )*"
    r"(?:APPLICATION|COMPLAINT|SUMMONS|REFERRAL|HEARING)\b"
    r"|\b(?:DETERMINATION|HEARING|DISPOSAL|OUTCOME|CONCLUSION|END|RESOLUTION) OF (?:[A-Z0-9]+ ){0,4}APPLICATIONS?\b"
    r"|\bADJOURNED (?:HEARING|DATE)\b|\b(?:SUBJECT TO|UNDER|PENDING|AWAITING) APPEAL\b"
    r"|\bAPPLICATION (?:NUMBER|NO|REF(?:ERENCE)?)\b|\b(?:AFTER|FOLLOWING) (?:THE |AN )?ADJOURNMENT\b"
    r"|\b(?:MUST|SHALL|MAY) NOT\b.*|^NOT TO\b.*|\bPROHIBITED FROM\b.*"  # what the order forbids
)
# An interim order binds while the main application waits.
INTERIM_WAITS = r"^(.*\bINT(?:ERIM)?\b.*?)\b(?:UNTIL|PENDING|AWAITING)\b.*$"
# Matters beside the order: a clause that names one and no order of ours says nothing of it.
OTHER_MATTERS = (
    r"\b(?:COSTS?|BAIL|ANONYMITY|REPORTING|ADJOURN|LEGAL AID|REPRESENTATION|COMPENSATION|FORFEITURE|CONFISCATION"
    r"|DEPRIVATION|RESTRAINING|BANNING|SEXUAL|SHPO|SCPO|SERIOUS CRIME|CBO|CRIMINAL BEHAVIOUR|APPEAL|CHARGES?|OFFENCES?"
    r"|COUNTS?|SPECIAL MEASURES|VIDEO|TIME TO PAY|EXTENSION OF TIME|DISQUALIFICATION|SENTENCE[A-Z0-9]*|PLEA|TRIAL"
    r"|INTERPRETER|COMMUNITY|SURCHARGE|FINE|WARRANT|SEPARATE PENALTY|CONDITIONS?|PROHIBITIONS?)\b"
)
OUR_ORDER = (
    r"\b(?:SLAVERY|TRAFFICKING|EXPLOITATION|I?STROS?|I?STPOS?|I?TEROS?|I?TEPOS?|RISK ORDERS?|PREVENTION ORDERS?)\b"
)
# The order was not made.
REFUSALS = (
    r"\b(?:REFUS(?:ED|AL|ES|ING)|REFSUED|REFUESD|REFUSD|DISMISS(?:ED|AL|ES|ING)|DECLIN(?:ED|ES|ING)|REJECT(?:ED|ION|S)|DENIED|DISALLOWED"
    r"|WITHDRAWN|WITHDREW|WITHDRAWAL|WITHDRAWS|STRUCK OUT|STRUCK OFF|STRIKE OUT|STRIKING OUT|ADJOURN(?:ED|MENT|S|ING)?"
    r"|ABANDONED|DISCONTINUED|UNSUCCESSFUL|TURNED DOWN|THROWN OUT|NFAD?|NO FURTHER ACTION|REMITTED"
    r"|REFS?D|DISM(?:S?D)?|ADJD?|W D|WDN|W DRAWN|FELL AWAY|G?WRTHOD[A-Z0-9]*|GOHIRI[A-Z0-9]*|TYNNWYD YN OL)\b"
    r"|\bN MADE\b|\bNOT (?:IN THE INTERESTS? OF JUSTICE|PROCEEDED WITH)\b"
    r"|\bNOT (?:PROCEEDING|PROCEED|PURSUED|PROVE[DN]|SOUGHT|NECESSARY|APPROPRIATE|JUSTIFIED|SATISFIED"
    r"|SUCCESSFUL|REQUIRED|APPROVED|AUTHORISED|ALLOWED|AGREED)\b"
    r"|\b(?:APPLICATION|HEARING|CASE|MATTER|DECISION)(?: [A-Z0-9]+){0,3}"
    r" (?:POSTPONED|DEFERRED|STAYED|RELISTED|FAILED)\b"
    rf"|\b{_NOT}\b(?: [A-Z0-9]+){{0,7}}? {_MAKE}\b|\bNO LONGER (?:SOUGHT|PURSUED|REQUIRED)\b"
    r"|\b(?:NO|NIL) (?:(?:SUCH|INTERIM|FULL|FINAL|NEW|FORMAL|SUBSTANTIVE|SLAVERY|AND|TRAFFICKING|EXPLOITATION|RISK"
    rf"|PREVENTION|S|T|E|VALID) )*{_ORDER}\b"
)
# Not made yet, or not the making of it.
_TO_COME = r"(?:TO|WILL|MAY|MIGHT|COULD|CAN|SHOULD|WOULD|MUST|IF) (?:BE )?"
APPLICATIONS = (
    r"\b(?:APPLICATIONS?|APP|APPLIED FOR|APPLY(?:ING)? FOR|APPLIES FOR|PROPOS(?:ED|AL|ING)|DRAFT(?:ED)?|SOUGHT"
    r"|SEEK(?:ING|S)?|REQUEST(?:ED|ING|S)?|RECOMMEND(?:ED|ATION)|CONSIDER(?:ED|ING|ATION)|PLANNED|INTEND(?:ED|S|ING)?)\b"
    rf"|\b{_OWN_ORDER} (?:IS |STILL )?(?:PENDING|AWAITED|AWAITING (?:HEARING|DECISION|OUTCOME|COURT))\b"
    r"|\b(?:PENDING|AWAITING|FUTURE|POSSIBLE|POTENTIAL) (?:(?:INTERIM|FULL|SLAVERY|AND|TRAFFICKING|RISK|PREVENTION) )*"
    rf"{_ORDER}\b|^(?:JUDGE?MENT|DECISION) (?:IS )?RESERVED$"
)
# What comes before an order is made; it says so only beside the order named, and no word of making.
STEPS_BEFORE = (
    r"\b(?:REFERRALS?|REFERRED|SUMMONS|COMPLAINT|ENQUIR(?:Y|IES)|ADVICE|WARNING|MENTION|CASE MANAGEMENT"
    r"|PREPARATION|PREPARED|(?:TO BE )?LISTED|RELISTED|SET DOWN|STOOD (?:DOWN|OVER)"
    r"|(?:JUDGE?MENT|DECISION) (?:IS )?RESERVED|RESERVED (?:JUDGE?MENT|DECISION))\b"
    r"|\bHEARING OF\b|\bHEARING(?: (?:VACATED|FIXED|LISTED|DATE))?$"
)
# Words that leave open whether the order stands: it is kept, in doubt.
OPEN_WORDS = (
    r"\b(?:STAYED|SUSPENDED|DEFERRED|POSTPONED|VACATED|VOID(?:ED)?|IN ERROR|LAPSED|CEASED|TERMINATED|ENDED"
    r"|UNDER REVIEW)\b"
)
OTHER_PAPERS = (
    rf"\bNOTICES? (?:OF|RE|FOR|TO)\b|\bBREACH(?:ES|ED|ING)? (?:OF )?(?:[A-Z0-9]+ ){{0,8}}?{_ORDER}\b"
    rf"|\b{_ORDER} BREACH(?:ES)?\b"
    rf"|\b(?:FAIL(?:ED|S|URE|ING)? TO COMPLY|CONTRAVEN[A-Z0-9]+|NON COMPLIANCE)"
    rf" (?:WITH )?(?:[A-Z0-9]+ ){{0,8}}?{_ORDER}\b"
    rf"|\b(?:VARIATIONS?|VARYING|VARY|DISCHARGE|REVOKE|REVOCATION)"
    rf" (?:OF|TO|APPLICATION|REQUEST|ONLY|AN?|THE|{_OWN_ORDER})\b"
    rf"|\b{_ORDER} VARIATIONS?\b|^VARIATIONS?$|^VARIATION ONLY$"
)
# Words that make the order so, whatever paper it came by; and weaker ones, that may be said of the paper.
GRANTS = r"\b(?:GRANTED|GRANTS|ALLOWED|IMPOSED|IMPOSES|APPROVED|UPHELD|CONFIRMED|SUCCESSFUL)\b"
MAKINGS = (
    r"\b(?:MADE|MAKES|ISSUED|PASSED|ORDERED|OBTAINED|SECURED|REMADE|VARIED|EXTENDED|RENEWED|AMENDED|CONTINUE[DS]?|SERVED"
    r"|IN FORCE|IN PLACE)\b"
)
PAPER_MADE = (
    r"\b(APPLICATIONS?|REQUEST|NOTICE|PROPOSAL) (?:(?:HAS|HAVE|WAS|IS|BEEN|BEING|TO BE|WILL BE) )*"
    r"(?:MADE|ISSUED|LODGED|SERVED|FILED|SUBMITTED|SENT|RECEIVED|LISTED)\b"
)
MADE_LATER = rf"\b{_TO_COME}{_MAKE}\b"
ADJOURNED = r"\bADJOURN"
DISCHARGES = r"\b(?:DISCHARGED|REVOKED|QUASHED|OVERTURNED|RESCINDED|SET ASIDE|CANCELLED|ANNULLED)\b"
DISCHARGE_GRANTED = r"\b(?:DISCHARGE|REVOKE|REVOCATION|QUASH)\b.*\b(?:GRANTED|ALLOWED|APPROVED)\b"

OUTCOME_FIELDS = {
    "outcome": pl.String,
    "is_in_doubt": pl.Boolean,
    "is_discharge": pl.Boolean,
    "order_words": pl.String,
}


def read_outcome(text: pl.Expr) -> pl.Expr:
    """What the words of a result, or of a kind of order, say became of it.

    Returns:
        A struct of `outcome` (null for an order, else a code of `REASONS`), `is_in_doubt` (kept as an order though some
        words speak against it), `is_discharge` (the words are of the end of an order that a court discharged) and
        `order_words` (the clauses that say which order was made).
    """
    return read_distinct(text, _read_outcomes, OUTCOME_FIELDS)


def read_status_outcome(text: pl.Expr) -> pl.Expr:
    """`NOT_MADE`, `NOT_THE_MAKING` or null for the words of a status, which describe an order that may well stand.

    Only words on the order's own application count: an order is breached, varied or under appeal and goes on, and one
    that was `withdrawn` had been made. `Adjourned` leaves an interim order in force.
    """
    return read_distinct(text, _read_status_outcomes, {"outcome": pl.String}).struct.field("outcome")


def _read_status_outcomes(texts: pl.DataFrame) -> pl.DataFrame:
    words = pl.col("words")
    is_other = words.str.contains(
        rf"{OTHER_MATTERS}|\b(?:VARY|VARIATION|DISCHARGE|EXTEND|EXTENSION|RENEW[A-Z0-9]*|REVOKE|BREACH[A-Z0-9]*)\b"
    )
    is_lone = words.str.contains(r"^(?:ORDER )?(?:WITHDRAWN|ADJOURNED.*)$")
    is_made = words.str.contains(rf"{MAKINGS}|{GRANTS}") & ~pl.col("is_refused")
    outcome = (
        pl.when("is_refused").then(pl.lit(NOT_MADE)).when(words.str.contains(APPLICATIONS)).then(pl.lit(NOT_THE_MAKING))
    )
    return (
        texts.with_columns(words=fold(pl.col("text")).str.replace_all(ASIDES, " "))
        .with_columns(is_refused=words.str.contains(REFUSALS))
        .with_columns(outcome=pl.when(~is_other & ~is_lone & ~is_made).then(outcome))
    )


def set_aside(rows: pl.DataFrame, *, words: str, status: str | None = None, made: str | None = None) -> pl.Series:
    """Why a row is not about an order: a code of `REASONS`, or null for an order.

    Args:
        rows: rows as sent.
        words: the column that says which order it is and what became of it.
        status: the column of its status, if the source has one.
        made: the column of the day it was made, if people type into it: `refused` stands there at times.
    """
    outcomes = [read_outcome(pl.col(words)).struct.field("outcome")]
    if status:
        outcomes.append(read_status_outcome(pl.col(status)))
    if made:
        in_words = pl.when(~pl.col(made).str.contains(r"\d")).then(pl.col(made))
        outcomes.append(pl.when(read_outcome(in_words).struct.field("outcome") == NOT_MADE).then(pl.lit(NOT_MADE)))
    return rows.select(pl.coalesce(outcomes)).to_series().alias("reason_code")


def _read_outcomes(texts: pl.DataFrame) -> pl.DataFrame:
    clauses = (
        texts.with_row_index("place")
        .with_columns(clause=pl.col("text").str.replace(SHORT_ANSWER, "$1 not made"))
        .with_columns(pl.col("clause").str.replace_all(CLAUSE_ENDS, "\x1e$0").str.split("\x1e"))
        .explode("clause")
        .with_columns(words=fold(pl.col("clause").fill_null("")).fill_null(""))
        .filter(pl.col("words") != "")
    )
    judged = _judge_clauses(clauses)
    flags = ("is_made", "is_refused", "is_about", "is_torn", "is_plain_order", "is_discharged", "is_interim_waiting")
    by_text = judged.group_by("place", maintain_order=True).agg(
        *(pl.col(name).any() for name in flags),
        is_own_discharged=(pl.col("is_discharged") & ~pl.col("is_of_interim")).any(),
        is_made_named=(pl.col("is_made") & (pl.col("names_order") | pl.col("is_of_interim"))).any(),
        is_only_adjourned=(~pl.col("is_refused") | pl.col("is_adjourned")).all(),
        order_words=pl.col("clause").filter(pl.col("is_of_order")).str.join(" "),
    )
    return texts.with_row_index("place").join(by_text, on="place", how="left").with_columns(**_verdict())


def _judge_clauses(clauses: pl.DataFrame) -> pl.DataFrame:
    """The clauses with what each says: made, refused, about a paper, discharged, or an order plainly named."""
    words = pl.col("said")
    said = (
        pl.col("words")
        .str.replace_all(ASIDES, " ")
        .str.replace_all(PAPER_MADE, "$1")
        .str.replace(INTERIM_WAITS, "$1")
        .str.replace_all(" +", " ")
        .str.strip_chars()
    )
    is_refused = words.str.contains(REFUSALS)
    is_appeal = words.str.contains(r"\bAPPEAL") & ~words.str.contains(r"\bREFUSAL")
    flagged = (
        clauses.with_columns(said=said)
        .with_columns(is_refused=is_refused & ~is_appeal, is_torn=is_refused & is_appeal)
        .with_columns(said=words.str.replace_all(MADE_LATER, "PROPOSED"))
        .with_columns(
            names_order=words.str.contains(OUR_ORDER),
            is_about=words.str.contains(APPLICATIONS) | words.str.contains(OTHER_PAPERS),
            is_granted=words.str.contains(GRANTS),
            is_made=words.str.contains(MAKINGS),
            is_discharged=words.str.contains(DISCHARGES) | words.str.contains(DISCHARGE_GRANTED),
            is_of_interim=words.str.contains(r"\b(?:INTERIM|PREVIOUS|EARLIER|EXISTING|OLD|FORMER)\b"),
            is_adjourned=words.str.contains(ADJOURNED),
        )
    )
    is_other = words.str.contains(OTHER_MATTERS) & ~pl.col("names_order")
    says_made = (pl.col("is_granted") | pl.col("is_made")) & ~pl.col("is_refused")
    is_interim = words.str.contains(r"\bINT(?:ERIM)?\b")
    is_step = words.str.contains(STEPS_BEFORE) & pl.col("names_order") & ~is_interim
    # `Application to vary the order made in 2021`: the words of making are those of the older order.
    is_paper = words.str.contains(OTHER_PAPERS) & ~pl.col("is_granted")
    flags = {
        "is_made": says_made & ~is_paper & ~pl.col("is_discharged"),
        "is_refused": pl.col("is_refused"),
        "is_about": (pl.col("is_about") & ~(says_made & ~is_paper)) | (is_step & ~says_made),
        "is_torn": pl.col("is_torn")
        | (words.str.contains(OPEN_WORDS) & pl.col("names_order"))
        | (says_made & pl.col("is_about") & ~pl.col("is_granted") & ~is_paper),
        "is_discharged": pl.col("is_discharged") & ~pl.col("is_refused"),
        "is_plain_order": pl.col("names_order")
        & ~pl.col("is_refused")
        & ~pl.col("is_about")
        & ~is_step
        & ~pl.col("is_discharged"),
    }
    judged = flagged.with_columns(**{name: flag & ~is_other for name, flag in flags.items()})
    speaks_against = pl.any_horizontal("is_refused", "is_about", "is_discharged")
    return judged.with_columns(
        is_interim_waiting=pl.col("is_plain_order") & words.str.contains(r"\bINT(?:ERIM)?\b"),
        is_of_order=~is_other & (pl.col("is_made") | ~speaks_against),
    )


def _verdict() -> Mapping[str, pl.Expr]:
    made, refused, about = (pl.col(name).fill_null(value=False) for name in ("is_made", "is_refused", "is_about"))
    # `Interim order, application adjourned`, `Interim order, full order listed`: the interim order binds meanwhile, if
    # that is what the words mean.
    is_open = (refused & pl.col("is_only_adjourned")) | (about & ~refused)
    waits = pl.col("is_interim_waiting") & is_open & ~made
    is_discharge = pl.col("is_own_discharged") | (pl.col("is_discharged") & ~pl.col("is_plain_order"))
    outcome = (
        pl.when(made | waits | is_discharge)
        .then(pl.lit(None, pl.String))
        .when(refused)
        .then(pl.lit(NOT_MADE))
        .when(about)
        .then(pl.lit(NOT_THE_MAKING))
    )
    return {
        "outcome": outcome,
        "is_in_doubt": outcome.is_null() & (pl.col("is_torn") | waits | (made & refused & ~pl.col("is_made_named"))),
        "is_discharge": is_discharge & ~made,
        "order_words": pl.when(made | pl.col("is_plain_order")).then("order_words"),
    }
