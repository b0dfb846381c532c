"""How often each source is wrong in each field, estimated on the night itself, without labels.

Belongs here: the estimate, from who agrees with whom. Does not: its interval and trend (`expectations.reliability`),
how sure one value is (`reconciliation.confidence`).

Expectation and maximisation, after Dawid and Skene (1979): which value is true follows from how reliable those are who
state it, and how reliable a source is from how often it states what is true. Sources are not independent: a copy
repeats the error of its original, and one form leads two clerks into one mistake. So it is learned too how often two
sources that are both wrong state the same value, as Dong et al. (2009) do for copying, but by pair and without a
direction; an error that is often shared counts nearly as one voice. Values that fail a check, and results that were
amended, are known to be wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from reconciliation.confidence.differences import VALUE_KEY, find_rivals
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.core import RECORD_ID

Numbers = npt.NDArray[np.floating[Any]]
Whole = npt.NDArray[np.integer[Any]]

CHECKED: Final = ("valid_over_invalid", "amended_result", "derived", "none_valid", "steward")
"""Rules by which what others state is wrong whatever the votes."""

ROUNDS: Final = 60
MOST_VALUES: Final = 4
ERROR_PRIOR: Final = (1.0, 19.0)
"""As if one of twenty statements had been wrong before anything is seen."""
SHARED_PRIOR: Final = (1.0, 3.0)
"""As if one of four errors of two sources had been the same."""


@dataclass(frozen=True, eq=False)
class _Statements:
    """Who states what, counted: rows are patterns.

    Attributes:
        values: patterns × sources: 0 for no value, 1 for the golden one, 2 and more for others.
        counts: how many golden values show the pattern.
        fields: the place of its field.
        is_checked: the golden value is right whatever the votes.
    """

    values: Whole
    counts: Numbers
    fields: Whole
    is_checked: npt.NDArray[np.bool_]


def estimate_errors(provenance: pl.DataFrame, order_sources: pl.DataFrame) -> pl.DataFrame:
    """Estimate how often each source is wrong in each field.

    Args:
        provenance: `FIELD_PROVENANCE`.
        order_sources: `ORDER_SOURCES`.

    Returns:
        `field`, `source`, `statements` (golden values beside which it states one), `error_rate`; sorted. A field in
        which no two sources ever meet has the prior.
    """
    return estimate_from([count_patterns(provenance, order_sources)])


def estimate_from(counted: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """As `estimate_errors`, from what `count_patterns` counted in pieces of the night."""
    key = ["field", "is_checked", *SOURCE_NAMES]
    patterns = pl.concat(counted).group_by(key).agg(pl.col("count").sum()).sort(key)
    names = patterns.get_column("field").unique().sort()
    statements = _Statements(
        values=patterns.select(SOURCE_NAMES).to_numpy(),
        counts=patterns.get_column("count").cast(pl.Float64).to_numpy(),
        fields=names.search_sorted(patterns.get_column("field")).to_numpy(),
        is_checked=patterns.get_column("is_checked").to_numpy(),
    )
    errors = _maximise(statements, fields=len(names))
    stated = np.zeros(errors.shape)
    np.add.at(stated, statements.fields, (statements.values > 0) * statements.counts[:, None])
    frames = [
        pl.DataFrame({"field": names, "statements": stated[:, place], "error_rate": errors[:, place]}).with_columns(
            source=pl.lit(source), statements=pl.col("statements").cast(pl.Int64)
        )
        for place, source in enumerate(SOURCE_NAMES)
    ]
    found = pl.concat(frames).filter(pl.col("statements") > 0)
    return found.select("field", "source", "statements", pl.col("error_rate").round(4)).sort("field", "source")


def count_patterns(provenance: pl.DataFrame, order_sources: pl.DataFrame) -> pl.DataFrame:
    """`field`, `is_checked`, a column for each source (see `_Statements.values`), `count`.

    Field by field: the voices of all at once would take more memory than anything else in a night.
    """
    standing = order_sources.filter(~pl.col("is_amended")).select(
        "record_id", "source", owner="order_id", number=pl.col("order_id").rank("dense")
    )
    fields = provenance.get_column("field").unique().to_list() or [""]  # without any, nothing is counted
    return pl.concat(_count_of_field(provenance.filter(pl.col("field") == field), standing) for field in fields)


def _count_of_field(provenance: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    voices = _find_voices(provenance, standing)
    others = (
        voices.drop_nulls("value")
        .group_by("order_id", "number", "value")
        .agg(pl.col("source").unique())
        .sort("number", pl.col("source").list.len(), "value", descending=[False, True, False])
        .with_columns(place=(pl.int_range(pl.len()).over("number") + 2).clip(0, MOST_VALUES))
        .explode("source")
    )
    own = voices.filter(pl.col("value").is_null()).with_columns(place=pl.lit(1, pl.Int64))
    columns = ("order_id", "number", "source", "place")
    stated = (
        pl.concat(frame.select(columns) for frame in (own, others))
        .with_columns(pl.when(pl.col("source") == source).then("place").alias(source) for source in SOURCE_NAMES)
        .group_by("number")
        .agg(pl.col("order_id").first(), pl.col(SOURCE_NAMES).min().fill_null(0).cast(pl.Int8))
    )
    checked = provenance.select(*VALUE_KEY, pl.col("rule").is_in(CHECKED).alias("is_checked"))
    return stated.join(checked, on="order_id").group_by("field", "is_checked", *SOURCE_NAMES).agg(count=pl.len())


def _find_voices(provenance: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `number`, `source`, `value` (null for the golden one): what an order's own records state of a field.

    Facts of a person are chosen among the records of all the person's orders and arrests; here each order has one vote
    for each source.
    """
    winners = provenance.drop_nulls("source").select("order_id", record_id=RECORD_ID)
    agreeing = provenance.select("order_id", record_id="agreeing").explode("record_id")
    golden = pl.concat([winners, agreeing]).with_columns(value=pl.lit(None, pl.String))
    voices = pl.concat([golden, find_rivals(provenance).select("order_id", "record_id", value="rival")])
    return voices.join(standing, on="record_id").filter(pl.col("order_id") == pl.col("owner"))


def _maximise(statements: _Statements, *, fields: int) -> Numbers:
    """The share of wrong statements, fields × sources."""
    sources = statements.values.shape[1]
    errors = np.full((fields, sources), ERROR_PRIOR[0] / sum(ERROR_PRIOR))
    shared = np.full((fields, sources, sources), SHARED_PRIOR[0] / sum(SHARED_PRIOR))
    candidates = _candidates(statements)
    for _ in range(ROUNDS):
        chances = _expect(statements, candidates, errors[statements.fields], shared[statements.fields])
        errors, shared = _count_errors(statements, chances, fields=fields)
    return errors


def _candidates(statements: _Statements) -> npt.NDArray[np.bool_]:
    """Patterns × values: which may be the true one. 0 stands for one that nobody states."""
    places = np.arange(MOST_VALUES + 1)
    is_stated = (statements.values[:, :, None] == places).any(axis=1)
    is_stated[:, 0] = True
    is_golden = np.broadcast_to(places == 1, is_stated.shape)
    return np.where(statements.is_checked[:, None], is_golden, is_stated)


def _expect(statements: _Statements, candidates: npt.NDArray[np.bool_], errors: Numbers, shared: Numbers) -> Numbers:
    """How likely each value is to be the true one: patterns × values, rows adding up to 1."""
    chances = np.zeros(candidates.shape)
    for value in range(candidates.shape[1]):
        chances[:, value] = candidates[:, value] * _likelihood(statements.values, value, errors, shared)
    sums = np.maximum(chances.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    shares: Numbers = chances / sums
    return shares


def _likelihood(values: Whole, true: int, errors: Numbers, shared: Numbers) -> Numbers:
    """How likely the statements of each pattern are if that value is the true one.

    A source that is wrong states the value of one that was wrong before it as often as they share errors, or another.
    """
    likely = np.ones(len(values))
    for source in range(values.shape[1]):
        stated = values[:, source]
        is_wrong = (stated > 0) & (stated != true)
        same, apart = np.zeros(len(values)), np.ones(len(values))
        for earlier in range(source):
            was = values[:, earlier]
            is_both = is_wrong & (was > 0) & (was != true)
            share = shared[:, earlier, source]
            same = np.where(is_both & (was == stated), np.maximum(same, share), same)
            apart = np.where(is_both & (was != stated), apart * (1 - share), apart)
        chance_wrong = errors[:, source] * np.where(same > 0, same, apart)
        likely *= np.where(stated == 0, 1.0, np.where(is_wrong, chance_wrong, 1 - errors[:, source]))
    return likely


def _count_errors(statements: _Statements, chances: Numbers, *, fields: int) -> tuple[Numbers, Numbers]:
    """The shares of wrong statements and of shared errors that these chances make most likely."""
    values, counts = statements.values, statements.counts
    sources = values.shape[1]
    is_stated = values > 0
    # The chance that a source's value is the true one is that of the value.
    is_right = np.take_along_axis(chances, values.astype(np.int64), axis=1) * is_stated
    wrong = _by_field((is_stated - is_right) * counts[:, None], statements.fields, fields)
    stated = _by_field(is_stated * counts[:, None], statements.fields, fields)
    errors = (wrong + ERROR_PRIOR[0]) / (stated + sum(ERROR_PRIOR))
    shared = np.zeros((fields, sources, sources))
    for one in range(sources):
        for other in range(one + 1, sources):
            is_both = is_stated[:, one] & is_stated[:, other]
            is_same = is_both & (values[:, one] == values[:, other])
            both_wrong = is_both * (1 - is_right[:, one] - np.where(is_same, 0, is_right[:, other]))
            pair = np.stack([is_same * both_wrong * counts, both_wrong * counts], axis=1)
            same, both = _by_field(pair, statements.fields, fields).T
            shared[:, one, other] = (same + SHARED_PRIOR[0]) / (both + sum(SHARED_PRIOR))
    return errors, shared


def _by_field(rows: Numbers, places: Whole, fields: int) -> Numbers:
    """Sums of the rows of each field, added up in the order of the rows."""
    sums = np.zeros((fields, rows.shape[1]))
    np.add.at(sums, places, rows)
    return sums
