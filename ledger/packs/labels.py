"""What stewards and owners have shown of golden values: labels for the confidence.

Belongs here: which decision, check or answer says what of which value. Does not: learning from them
(`reconciliation.confidence.learning`).

Each label is of a release: the golden value that a user judged is the one that they saw.
"""

import polars as pl

from warehouse.schema import Column, Table

LABELS = Table(
    "labels",
    "a golden value of a release, and what a user found of it",
    (
        Column("release_id", "The release that it is of.", required=True),
        Column("order_id", "The order as it was named then.", required=True),
        Column("field", "The field.", required=True),
        Column("true", "Decisions: the value that is true; the others say whether the golden value is."),
        Column("is_right", "Whether the golden value is true; null where `true` says it.", pl.Boolean),
        Column("origin", "decision, check or answer.", required=True, codes=("decision", "check", "answer")),
    ),
    key=("release_id", "order_id", "field"),
)


def collect_labels(
    decisions: pl.DataFrame,
    checks: pl.DataFrame,
    answers: pl.DataFrame,
    *,
    pack_lines: pl.DataFrame,
    disclosures: pl.DataFrame,
) -> pl.DataFrame:
    """All labels; of one value that several speak of a decision counts before a check, and that before an answer.

    An owner who corrected the record to what was asked, or whose record is right, says something of the golden value;
    one whose system can't hold it, or who holds another value now, does not.

    Args:
        decisions: `DECISIONS` in force.
        checks: `SAMPLE_CHECKS`, the last one of each line.
        answers: `PACK_ANSWERS`, the last one to each line of each pack.
        pack_lines: `PACK_LINES`.
        disclosures: `DISCLOSURES`.

    Returns:
        `LABELS`, sorted by its key.
    """
    of_values = decisions.filter(pl.col("kind") == "value", pl.col("release_id").is_not_null()).select(
        "release_id", "order_id", "field", true="value", is_right=None, origin=pl.lit("decision")
    )
    judged = checks.filter(pl.col("verdict") != "not_known").select(
        "release_id", "order_id", "field", true=None, is_right=pl.col("verdict") == "right", origin=pl.lit("check")
    )
    is_corrected = pl.col("corrected_on").is_not_null() & pl.col("value_now").is_null()
    said = (
        answers.filter(is_corrected | (pl.col("disagrees_because") == "right_as_it_is"))
        .join(pack_lines, on=["disclosure_id", "reference"])
        .join(disclosures.select("disclosure_id", "release_id"), on="disclosure_id")
        .select("release_id", "order_id", "field", true=None, is_right=is_corrected, origin=pl.lit("answer"))
    )
    every = pl.concat([LABELS.conform(part) for part in (of_values, judged, said)])
    return every.unique(LABELS.key, keep="first", maintain_order=True).sort(LABELS.order)
