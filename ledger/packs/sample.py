"""The sample of what a sending policy lets go: what stewards found in it, and so how often the policy is wrong.

Belongs here: the draw, recording and reading the checks. Does not: the policy (`ledger.packs.policy`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

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


def draw_sample(home: Home, references: pl.Series, share: float) -> pl.Series:
    """Whether each line is in the sample: a share, drawn by the key of the installation, the same on every day.

    Nobody can foresee the draw, or get another by setting the policy again.
    """
    # A keyed digest is no expression of polars; packs have some thousand lines.
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
        DecisionError: nobody of that name may decide, or there is no such verdict.
    """
    if verdict not in VERDICTS:
        raise DecisionError(f"there is no verdict {verdict!r}: use {', '.join(VERDICTS)}")
    said = {"field": line["asked_field"], "verdict": verdict, "comment": comment.strip() or None}
    said |= {"release_id": release_id}
    row = {name: line.get(name) for name in SAMPLE_CHECKS.schema} | said | {"checked_by": by, "checked_at": at}
    with ledger.database.writing() as connection:
        require_active(connection, by)
        connection.execute(sa.insert(sample_checks).values(**row))
        what = {"sampled_line": line["reference"], "verdict": verdict}
        append(connection, [Entry(at, by, "alteration", what)])


def read_checks(ledger: Ledger) -> pl.DataFrame:
    """What counts of the checks: `SAMPLE_CHECKS`, the last one of each line."""
    return read_table(ledger, sample_checks, SAMPLE_CHECKS).unique("reference", keep="last", maintain_order=True)
