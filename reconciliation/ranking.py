"""How good each statement of a field is, as one number.

Belongs here: what a field is, and the merit of the values that records state for it. Does not: the rule in words, and
which statement is taken (`reconciliation.choosing`).
"""

from dataclasses import KW_ONLY, dataclass

import polars as pl

from reconciliation.name_forms import add_slips, as_likely_as_shorter, hear_fuller_names
from reconciliation.standing import AMENDED, STANDS, WITHDRAWN
from warehouse.sources import COURT_FIRST

PASSES = pl.lit(value=True)

LIKELIEST = 4
"""What is likely in itself decides between values that as much implies."""

WEIGHT_OF_SOURCE = 1_000
"""Agreement counts sources first; between equals, the orders for which they hold the value."""


@dataclass(frozen=True)
class Field:
    """A field of the register, whom to trust for it, and how a value of it is judged.

    Attributes:
        name: the column, in the records and in the register.
        precedence: sources, the most trusted first; it decides only between values that equally many sources state.
        reason: why the sources stand in this order.
        canonical: the column by which two values are equal, if not the value itself.
        check: whether the record's value can be right; may use `golden_<field>` of fields chosen before.
        implied: what the record's other fields say that this one should be.
        likely: whether the value is likely in itself; it decides between values that are equally well borne out.
        must_pass: no value at all is published rather than one that fails its check.
        grows: a name. One made of some of the words of another, of its beginnings or of a familiar form of it supports
            the fuller one, and between equals the one that more people have is more likely.
            A slip that nobody else bears speaks for the name that it is meant for.
        is_given: a name made of listed forenames, for the most part: one that is not, one slip away, speaks for it, and
            of equals the one of more words is more likely.
        fails: the check in words: what a value is that fails it, with the rule behind it.
        favours: in words, what decides between values that equally many sources state.
    """

    name: str
    precedence: tuple[str, ...]
    reason: str
    _: KW_ONLY
    canonical: str | None = None
    check: pl.Expr = PASSES
    implied: tuple[pl.Expr, ...] = ()
    likely: pl.Expr = PASSES
    must_pass: bool = False
    grows: bool = False
    is_given: bool = False
    fails: str = ""
    favours: str = ""


def rank_statements(records: pl.DataFrame, field: Field, *, borne: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every value stated for a field, and its merit.

    Args:
        records: as `reconciliation.choosing` numbers them: sorted by group, then by record id.
        field: what is chosen.
        borne: of a name, from `count_bearers` over all of the night's people; over those of the records unless given.

    Returns:
        In the same order: `group`, `record`, `source` (its place in the precedence), `standing`, `value`, `canonical`,
        `passes`, `agreement` (sources that state the value, weighted), `implied` (`LIKELIEST` times the sources whose
        other fields imply it, and one where it is likely in itself, or the blanks of forenames), `merit` (the larger
        the better). Agreement is 0 where a group has one value only.
    """
    blanks = pl.col(field.canonical or field.name).str.count_matches(" ")
    likely = blanks if field.is_given else field.likely.fill_null(value=True)
    stated = records.select(
        *("group", "record", "standing", "recorded_on", "holding"),
        _rank(field),
        pl.col(field.name).alias("value"),
        pl.col(field.canonical or field.name).alias("canonical"),
        field.check.fill_null(value=True).alias("passes"),
        likely.cast(pl.Int64).clip(0, LIKELIEST - 1).alias("likely"),
    ).filter(pl.col("value").is_not_null())
    stated = _with_outdated(stated) if field.precedence == COURT_FIRST else stated
    keys = ["group", "canonical"]
    is_contested = pl.col("group").is_in(_contested(stated).implode())
    contested = stated.filter(is_contested)
    bearers = _bearers(contested, count_bearers(stated) if borne is None else borne) if field.grows else None
    implied = _implications(records.filter(is_contested), field) if bearers is None else _as_likely(bearers, field)
    counts = _agreement(contested, bearers, field=field).join(implied, on=keys, how="full", coalesce=True)
    return (
        stated.join(counts, on=keys, how="left", maintain_order="left")
        .with_columns(pl.col("agreement").fill_null(0), _richness(stated))
        .with_columns(implied=pl.col("implied").fill_null(0).cast(pl.Int64) * LIKELIEST + pl.col("likely"))
        .with_columns(_merit(field).alias("merit"))
        .drop("recorded_on", "holding", "richness", "likely")
    )


def _with_outdated(stated: pl.DataFrame) -> pl.DataFrame:
    """Statements of what a court fixes: copies of a value that its amended result no longer gives count as amended."""
    keys = ["group", "canonical"]
    of_court = stated.filter(pl.col("source") == 0)  # the first of COURT_FIRST
    standing = of_court.filter(pl.col("standing") == STANDS)
    amended = of_court.filter(pl.col("standing") == AMENDED)
    outdated = amended.join(standing, on="group", how="semi").join(standing, on=keys, how="anti").select(keys).unique()
    if outdated.is_empty():
        return stated
    marked = stated.join(outdated.with_columns(is_outdated=True), on=keys, how="left", maintain_order="left")
    is_copy = pl.col("is_outdated").fill_null(value=False) & (pl.col("standing") == STANDS)
    return marked.with_columns(pl.when(is_copy).then(AMENDED).otherwise("standing").alias("standing")).drop(
        "is_outdated"
    )


def _contested(stated: pl.DataFrame) -> pl.Series:
    """Groups with more than one value: neighbours differ."""
    is_other = pl.col("canonical").ne_missing(pl.col("canonical").shift())
    return stated.filter((pl.col("group") == pl.col("group").shift()) & is_other).get_column("group").unique()


def _rank(field: Field) -> pl.Expr:
    """The source as its place in the field's precedence."""
    ranks = dict(zip(field.precedence, range(len(field.precedence)), strict=True))
    return pl.col("source").replace_strict(ranks, return_dtype=pl.UInt8)


def _merit(field: Field) -> pl.Expr:
    """The rule of choosing as one whole number, the larger the better: sorting by seven columns takes far longer.

    Each part has a number of steps of its own, so that no later part outweighs an earlier one; the product of all
    steps stays below 2**63.
    """
    parts = (
        (pl.col("passes").cast(pl.Int64), 2),
        (WITHDRAWN - pl.col("standing"), 3),
        (pl.col("agreement"), 8_192),
        (pl.col("implied"), 131_072),
        (pl.col("richness"), 32),
        (len(field.precedence) - 1 - pl.col("source").cast(pl.Int64), 8),
        # Days since 1970; a record without a day is the oldest.
        (pl.col("recorded_on").cast(pl.Int32).fill_null(0), 65_536),
    )
    merit = pl.lit(0, pl.Int64)
    for part, steps in parts:
        merit = merit * steps + part.cast(pl.Int64).clip(0, steps - 1)
    return merit


def _agreement(stated: pl.DataFrame, bearers: pl.DataFrame | None, *, field: Field) -> pl.DataFrame:
    """Sources that state a value, among records that stand and pass; where these are equal, things held by them."""
    is_heard = pl.col("passes") & (pl.col("standing") == STANDS)
    voices = stated.filter(is_heard).select("group", "canonical", "source", "holding")
    if bearers is not None:
        voices = hear_fuller_names(pl.concat([voices, add_slips(voices, bearers, is_given=field.is_given)]))
    by_source = voices.group_by("group", "canonical", "source").agg(pl.col("holding").n_unique())
    agreement = pl.len().cast(pl.Int64) * WEIGHT_OF_SOURCE + pl.col("holding").sum().clip(0, WEIGHT_OF_SOURCE - 1)
    return by_source.group_by("group", "canonical").agg(agreement.alias("agreement"))


def count_bearers(stated: pl.DataFrame) -> pl.DataFrame:
    """`word`, `bearers`: how many people have a word in a name.

    Args:
        stated: `group` (the person) and `canonical` (the name).
    """
    words = stated.select("group", word=pl.col("canonical").str.split(" ")).unique().explode("word")
    return words.group_by("word").agg(bearers=pl.col("group").n_unique().cast(pl.Int64))


def _bearers(contested: pl.DataFrame, borne: pl.DataFrame) -> pl.DataFrame:
    """People who bear the rarest word of each contested name (`implied`): a slip is borne by one."""
    words = contested.select("group", "canonical", word=pl.col("canonical").str.split(" ")).unique().explode("word")
    return words.join(borne, on="word").group_by("group", "canonical").agg(implied=pl.col("bearers").min())


def _as_likely(bearers: pl.DataFrame, field: Field) -> pl.DataFrame:
    return as_likely_as_shorter(bearers) if field.is_given else bearers


def _implications(records: pl.DataFrame, field: Field) -> pl.DataFrame:
    """Sources whose other fields imply a value."""
    dtype = records.schema[field.canonical or field.name]
    standing = records.filter(pl.col("standing") == STANDS)
    frames = [
        standing.select("group", expression.cast(dtype).alias("canonical"), _rank(field)).drop_nulls()
        for expression in field.implied
    ]
    empty = standing.clear().select("group", pl.lit(None, dtype).alias("canonical"), _rank(field))
    return pl.concat([empty, *frames]).unique().group_by("group", "canonical").agg(pl.len().alias("implied"))


def _richness(stated: pl.DataFrame) -> pl.Expr:
    """Letters beyond ASCII: of two spellings that fold to one, the one with its diacritics is the richer."""
    text, is_text = pl.col("value").str, stated.schema["value"] == pl.String
    return (text.len_bytes() - text.len_chars() if is_text else pl.lit(0, pl.UInt32)).alias("richness")
