"""What values of every source are checked for.

Belongs here: checks that sources share, each with what was expected. Does not: how refused values are collected
(`rejections`), checks of one source alone.
"""

from collections.abc import Iterable

import polars as pl

from assets.parsing.rejections import Check

CONDITION_CHECK = Check("condition_code", "text", "unknown_code", "wording like one of the catalogue's")
COURT_CHECK = Check("court_code", "sent_court", "unknown_code", "a listed court, named so that no other fits")
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
    "recorded_status", "sent_status", "unknown_code", "words for live, expired, discharged or superseded"
)
OFFENCE_CHECK = Check(
    "offence_code", "sent_offence", "unknown_code", "a listed CJS offence code, or a title that fits one"
)


def date_check(field: str, sent: str, expected: str) -> Check:
    """Check of a date read with `assets.parsing.records.with_dates`."""
    return Check(field, sent, pl.col(f"{field}_reason"), expected)


def birth_check(sent: str, expected: str) -> Check:
    """Check of a date of birth read with `assets.parsing.records.with_birth`."""
    return Check("date_of_birth", sent, pl.col("birth_reason"), expected)


def sex_check(sent: str, codes: Iterable[str]) -> Check:
    """Check of a sex: a word that is not among the source's codes."""
    unknown = pl.col(sent).is_not_null() & ~pl.col(sent).str.to_uppercase().is_in(list(codes))
    return Check("sex", sent, "unknown_code", f"one of {', '.join(codes)}", unknown)


def force_check(sent: str) -> Check:
    """Check of a force: a text that names one (`is_force_named`) which is not listed."""
    unknown = pl.col(sent).is_not_null() & pl.col("is_force_named") & pl.col("force_code").is_null()
    return Check("force_code", sent, "unknown_code", "the code or the name of a listed force", unknown)


def pnc_id_checks(sent: str) -> tuple[Check, ...]:
    """Checks of a PNC id read with `assets.parsing.identifiers.read_pnc_id`."""
    form = "a PNC id: a year up to this one, serial of up to seven digits that is no filler, letter"
    return _identifier_checks("pnc_id", sent, "is_pnc_id_valid", form)


def cro_checks(sent: str) -> tuple[Check, ...]:
    """Checks of a CRO number read with `assets.parsing.identifiers.read_cro_number`."""
    form = "a CRO number: serial/year and letter, or SFyear/serial and letter; the serial no filler"
    return _identifier_checks("cro_number", sent, "is_cro_valid", form)


def asn_checks(sent: str) -> tuple[Check, ...]:
    """Checks of an ASN read with `assets.parsing.identifiers.read_asn`."""
    return _identifier_checks("asn", sent, "is_asn_valid", "an ASN of 20 characters that is no dummy")


def _identifier_checks(field: str, sent: str, validity: str, form: str) -> tuple[Check, ...]:
    """Why it was refused, and its check letter: with a wrong one the value is kept, marked as not valid."""
    letter = "the check letter that its number gives; the value is kept, marked as not valid"
    return (
        Check(field, sent, pl.col(f"{field}_reason"), form),
        Check(field, sent, "check_letter", letter, ~pl.col(validity)),
    )
