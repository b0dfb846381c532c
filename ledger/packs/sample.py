"""The sample of what a sending policy lets go: what stewards found in it, and so how often the policy is wrong.

Two stewards judge each line, and neither sees the other's answer: it waits until both have.

Belongs here: the draw, recording and reading the checks. Does not: the policy (`ledger.packs.policy`), how far stewards
agree (`ledger.packs.steward_agreement`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from ledger.audit import Entry, append
from ledger.decisions.errors import DecisionError
from ledger.decisions.ledger import Ledger
from ledger.decisions.users import require_active
from ledger.packs.log import read_table
from ledger.packs.metadata import sample_checks
from warehouse.home import Home
from warehouse.installation_key import keyed_mark
from warehouse.tables.packs import SAMPLE_CHECKS, VERDICTS

JUDGES: Final = 2
"""Stewards who judge a line before it goes."""


def draw_sample(home: Home, references: pl.Series, share: float) -> pl.Series:
    """Whether each line is in the sample: a share, drawn by the key of the installation, the same on every day.

    Nobody can foresee the draw, or get another by setting the policy again.
    """
    # A keyed digest is not an expression of polars; packs have some thousand lines.
    draws = (int(keyed_mark(home, "sample of a sending policy", reference)[:16], 16) for reference in references)
    return pl.Series("is_drawn", [draw < share * 2**64 for draw in draws], dtype=pl.Boolean)


def record_check(
    ledger: Ledger, line: Mapping[str, Any], verdict: str, *, release_id: str, by: str, at: datetime, comment: str = ""
) -> None:
    """Record what a steward found of a line of the sample.

    Args:
        ledger: beside which it is kept.
        line: of the sample, from `ledger.packs.content.find_lines`.
        verdict: one of `VERDICTS`.
        release_id: the release that the line is of.
        by: the steward.
        at: when.
        comment: what it rests on.

    Raises:
        DecisionError: nobody of that name may decide, they have judged it already, or there is no such verdict.
    """
    if verdict not in VERDICTS:
        raise DecisionError(f"there is no verdict {verdict!r}: use {', '.join(VERDICTS)}")
    said = {"field": line["asked_field"], "verdict": verdict, "comment": comment.strip() or None}
    said |= {"release_id": release_id}
    row = {name: line.get(name) for name in SAMPLE_CHECKS.schema} | said | {"checked_by": by, "checked_at": at}
    with ledger.database.writing() as connection:
        require_active(connection, by)
        theirs = sa.and_(sample_checks.c.reference == line["reference"], sample_checks.c.checked_by == by)
        if connection.execute(sa.select(sample_checks.c.verdict).where(theirs)).first():
            raise DecisionError(f"{by} has judged {line['reference']} already: another steward has to")
        connection.execute(sa.insert(sample_checks).values(**row))
        what = {"sampled_line": line["reference"], "verdict": verdict}
        append(connection, [Entry(at, by, "alteration", what)])


def read_verdicts(ledger: Ledger) -> pl.DataFrame:
    """What each steward found of each line: `SAMPLE_CHECKS`, the last one of each."""
    every = read_table(ledger, sample_checks, SAMPLE_CHECKS)
    return every.unique(["reference", "checked_by"], keep="last", maintain_order=True)


def settle_verdicts(verdicts: pl.DataFrame) -> pl.DataFrame:
    """What counts of the checks: a row per line that `JUDGES` stewards have judged; where they differ, `not_known`.

    Args:
        verdicts: `SAMPLE_CHECKS`, the last one of each steward on each line.

    Returns:
        `SAMPLE_CHECKS`, the last one of each line.
    """
    is_agreed = pl.col("verdict").n_unique().over("reference") == 1
    return (
        verdicts.with_columns(verdict=pl.when(is_agreed).then("verdict").otherwise(pl.lit("not_known")))
        .filter(pl.len().over("reference") >= JUDGES)
        .unique("reference", keep="last", maintain_order=True)
    )


def read_checks(ledger: Ledger) -> pl.DataFrame:
    """What counts of the checks: `settle_verdicts`."""
    return settle_verdicts(read_verdicts(ledger))
