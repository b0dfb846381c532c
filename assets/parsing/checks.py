"""What values of every source are checked for.

Belongs here: checks that sources share, each with what was expected. Does not: how refused values are collected
(`rejections`), checks of one source alone.
"""

from collections.abc import Iterable

import polars as pl

from assets.parsing.rejections import Check

CONDITION_CHECK = Check("condition_code", "text", "unknown_code", "wording like one of the catalogue's")
COURT_CHECK = Check("court_code", "sent_court", "unknown_code", "a listed court, named so that no other fits")
STATUS_CHECK = Check(
    "recorded_status", "sent_status", "unknown_code", "words for live, expired, discharged or superseded"
)
OFFENCE_CHECK = Check(
    "offence_code", "sent_offence", "unknown_code", "a listed CJS offence code, or a title that fits one"
)
ASN_CHECKS = (
    Check("asn", "sent_asn", "bad_format", "an ASN of 20 characters that is no dummy"),
    Check(
        "asn",
        "sent_asn",
        "check_letter",
        "the check letter that the ASN gives; the ASN is kept, marked as not valid",
        ~pl.col("is_asn_valid"),
    ),
)


def date_check(field: str, sent: str, expected: str) -> Check:
    """Check of a date read with `assets.parsing.records.with_dates`."""
    return Check(field, sent, pl.col(f"{field}_reason"), expected)


def birth_check(sent: str, expected: str) -> Check:
    """Check of a date of birth read with `assets.parsing.dates.read_birth`."""
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
    """Checks of a PNC id: its form, and its check letter (the id is kept then, marked as not valid)."""
    return (
        Check("pnc_id", sent, "bad_format", "a PNC id: year, serial of up to seven digits, letter"),
        Check(
            "pnc_id",
            sent,
            "check_letter",
            "the check letter that year and serial give; the id is kept, marked as not valid",
            ~pl.col("is_pnc_id_valid"),
        ),
    )


def cro_checks(sent: str) -> tuple[Check, ...]:
    """Checks of a CRO number: its form, and its check letter (the number is kept then, marked as not valid)."""
    return (
        Check("cro_number", sent, "bad_format", "a CRO number: serial/year and letter, or SFyear/serial and letter"),
        Check(
            "cro_number",
            sent,
            "check_letter",
            "the check letter that year and serial give; the number is kept, marked as not valid",
            ~pl.col("is_cro_valid"),
        ),
    )
