"""What values of every source are checked for.

Belongs here: checks that sources share, each with what was expected. Does not: how refused values are collected
(`rejections`), checks of one source alone.
"""

import polars as pl

from assets.parsing.rejections import Check
from assets.parsing.short_answers import is_sex_refused

CONDITION_CHECK = Check("condition_code", "text", "unknown_code", "wording like one of the catalogue's")
NAME_CHECKS = (
    Check("surname", "beside_name", "beside_name", "a name alone", pl.col("beside_name").is_not_null()),
    Check(
        "date_of_birth",
        "birth_in_name",
        pl.col("birth_in_name_reason"),
        "beside a name nothing, or the whole date of birth that its own field has",
    ),
)
STATUS_CHECK = Check(
    "recorded_status",
    "sent_status",
    "unknown_code",
    "words for live, expired, discharged, withdrawn, superseded or ended",
)
OFFENCE_CHECK = Check(
    "offence_code", "sent_offence", "unknown_code", "a listed CJS offence code, or a title that fits one"
)


def _unless_found(sent: str, code: str, is_ambiguous: str) -> pl.Expr:
    """Why a text named no code: it fits none, or more than one."""
    reason = pl.when(is_ambiguous).then(pl.lit("ambiguous_code")).otherwise(pl.lit("unknown_code"))
    return pl.when(pl.col(sent).is_not_null() & pl.col(code).is_null()).then(reason)


def court_check(sent: str) -> Check:
    """Check of a court found with `assets.parsing.courts.resolve_courts`."""
    reason = _unless_found(sent, "court_code", "is_court_ambiguous")
    return Check("court_code", sent, reason, "a listed court, named so that no other fits")


def date_check(field: str, sent: str, expected: str) -> Check:
    """Check of a date read with `assets.parsing.records.with_dates`."""
    return Check(field, sent, pl.col(f"{field}_reason"), expected)


def birth_check(sent: str, expected: str) -> Check:
    """Check of a date of birth read with `assets.parsing.records.with_birth`."""
    return Check("date_of_birth", sent, pl.col("birth_reason"), expected)


def sex_check(sent: str) -> Check:
    """Check of a sex: a word that `assets.parsing.short_answers.read_sex` does not know."""
    return Check("sex", sent, "unknown_code", "male, female, or a word for not known", is_sex_refused(pl.col(sent)))


def doubt_check(sent: str) -> Check:
    """Check of words that leave open whether an order was made (`is_in_doubt`); the record is kept as an order."""
    expected = "words that say clearly whether the order was made; the record is kept as an order"
    return Check("order_type", sent, "doubtful_words", expected, pl.col("is_in_doubt"))


def basis_check(sent: str) -> Check:
    """Check of the section of the Act that words name, from `assets.parsing.orders.read_orders`."""
    expected = "one section under which orders of the type are made: s.14 or s.15 for an STPO, s.23 for an STRO"
    return Check("statutory_basis", sent, "unknown_code", expected, pl.col("is_basis_refused"))


def force_check(sent: str) -> Check:
    """Check of a force: a text that names one (`is_force_named`) which is not listed, or more than one."""
    reason = pl.when("is_force_named").then(_unless_found(sent, "force_code", "is_force_ambiguous"))
    return Check("force_code", sent, reason, "the code of a listed force, or a name that fits no other")


def pnc_id_checks(sent: str) -> tuple[Check, ...]:
    """Checks of a PNC id read with `assets.parsing.identifiers.read_pnc_id`."""
    form = "a PNC id: a year up to this one, serial of up to seven digits that is not a filler, letter"
    return _identifier_checks("pnc_id", sent, "is_pnc_id_valid", form)


def cro_checks(sent: str) -> tuple[Check, ...]:
    """Checks of a CRO number read with `assets.parsing.identifiers.read_cro_number`."""
    form = "a CRO number: serial/year and letter, or SFyear/serial and letter; the serial no filler"
    return _identifier_checks("cro_number", sent, "is_cro_valid", form)


def asn_checks(sent: str) -> tuple[Check, ...]:
    """Checks of an ASN read with `assets.parsing.identifiers.read_asn`."""
    return _identifier_checks("asn", sent, "is_asn_valid", "an ASN of 20 characters that is not a dummy")


def _identifier_checks(field: str, sent: str, validity: str, form: str) -> tuple[Check, ...]:
    """Why it was refused, and its check letter: with a wrong one the value is kept, marked as not valid."""
    letter = "the check letter that its number gives; the value is kept, marked as not valid"
    return (
        Check(field, sent, pl.col(f"{field}_reason"), form),
        Check(field, sent, "check_letter", letter, ~pl.col(validity)),
    )
