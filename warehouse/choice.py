"""How one value is chosen among those that several records state, and how the choice is explained.

Belongs here: the rule of choosing, for any field of any kind of record. Does not: which sources are trusted for
which field, and how fields hang together (`warehouse.golden`).

A value that fails its check never wins over one that passes. Among those that pass: results that stand before amended
and withdrawn ones, then the value that most sources state (a source counts once, however many records it holds), then
the one that the other fields of most sources imply, then the source most trusted for the field, then the record last
touched, then the smallest record id.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

STANDS, AMENDED, WITHDRAWN = 0, 1, 2
"""The standing of a record: court results amended by a later one, or withdrawn, come after all others."""

PASSES = pl.lit(value=True)


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
        must_pass: no value at all is published rather than one that fails its check.
        grows: a value made of some of the words of another one supports the fuller one (names).
    """

    name: str
    precedence: tuple[str, ...]
    reason: str
    canonical: str | None = None
    check: pl.Expr = PASSES
    implied: tuple[pl.Expr, ...] = ()
    must_pass: bool = False
    grows: bool = False


def choose_fields(
    records: pl.DataFrame,
    fields: tuple[Field, ...],
    *,
    group: str,
    settle: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Choose a value of every field for every group, and explain each choice.

    Args:
        records: `record_id`, `source`, `standing`, `recorded_on`, `holding` (the thing the record is kept for: a
            person may have records for several orders), the group column and what the
            fields need.
        fields: what is chosen, in this order: a check may use `golden_<field>` of a field before.
        group: the column whose records speak of one thing.
        settle: makes the chosen values of a group hang together; what it changes counts as worked out.

    Returns:
        The values (group column and one column a field), and the reasons (group column, `field`, `value` as text,
        `record_id` of the winner, `rule`, `agreeing`, `losing`).
    """
    chosen = records.select(group).unique().sort(group)
    rankings, winners = {}, {}
    for field in fields:
        rankings[field.name] = rank_statements(records, field, group=group)
        winners[field.name] = take_winners(rankings[field.name], field)
        value = winners[field.name].select(pl.col("group").alias(group), pl.col("value").alias(field.name))
        chosen = chosen.join(value, on=group, how="left")
        records = records.join(value.rename({field.name: f"golden_{field.name}"}), on=group, how="left")
    settled = settle(chosen) if settle else chosen
    reasons = [
        explain_choice(
            rankings[field.name], _mark_derived(settled, winners[field.name], field=field.name, group=group)
        ).select(pl.col("group").alias(group), pl.lit(field.name).alias("field"), pl.exclude("group"))
        for field in fields
    ]
    return settled.sort(group), pl.concat(reasons)


def rank_statements(records: pl.DataFrame, field: Field, *, group: str) -> pl.DataFrame:
    """Every value stated for a field, the best of each group first.

    Args:
        records: `record_id`, `source`, `standing`, `recorded_on`,
            `holding`, the group column and the columns that the field needs.
        field: what is chosen.
        group: the column whose records speak of one thing.

    Returns:
        `group`, `record_id`, `source`, `standing`, `value`, `canonical`, `passes`, `agreement` (sources that state the
        value), `implied` (sources whose other fields imply it).
    """
    stated = records.select(
        pl.col(group).alias("group"),
        "record_id",
        "source",
        "standing",
        "recorded_on",
        "holding",
        pl.col(field.name).alias("value"),
        pl.col(field.canonical or field.name).alias("canonical"),
        field.check.fill_null(value=True).alias("passes"),
        pl.col("source").replace_strict(_ranks(field), return_dtype=pl.UInt8).alias("rank"),
    ).filter(pl.col("value").is_not_null())
    keys = ["group", "canonical"]
    counted = (
        stated.join(_agreement(stated, grows=field.grows), on=keys, how="left")
        .join(_implications(records, field, group=group), on=keys, how="left")
        .with_columns(pl.col("agreement", "holdings", "implied").fill_null(0), _richness(stated))
    )
    return counted.sort(
        "group",
        "passes",
        "standing",
        "agreement",
        "implied",
        "holdings",
        "richness",
        "rank",
        "recorded_on",
        "record_id",
        descending=[False, True, False, True, True, True, True, False, True, False],
        nulls_last=True,
    ).select(
        "group",
        "record_id",
        "source",
        "standing",
        "value",
        "canonical",
        "passes",
        "agreement",
        "implied",
    )


def take_winners(ranked: pl.DataFrame, field: Field) -> pl.DataFrame:
    """The best statement of each group: `group`, `value`, `canonical`, `record_id`, `forced`.

    Where it fails a check that it must pass there is no value, and `forced` names the rule.
    """
    fails = pl.lit(value=field.must_pass) & ~pl.col("passes")
    return ranked.unique("group", keep="first", maintain_order=True).select(
        "group",
        *(pl.when(~fails).then(pl.col(name)).alias(name) for name in ("value", "canonical", "record_id")),
        pl.when(fails).then(pl.lit("none_valid")).alias("forced"),
    )


def _mark_derived(settled: pl.DataFrame, winners: pl.DataFrame, *, field: str, group: str) -> pl.DataFrame:
    """The winners, or where settling changed the value, the value that was worked out."""
    both = settled.select(pl.col(group).alias("group"), pl.col(field).alias("settled")).join(
        winners, on="group", how="left"
    )
    is_derived = pl.col("settled").ne_missing(pl.col("value"))
    return both.select(
        "group",
        pl.col("settled").alias("value"),
        pl.when(is_derived).then(pl.col("settled")).otherwise(pl.col("canonical")).alias("canonical"),
        pl.when(~is_derived).then(pl.col("record_id")).alias("record_id"),
        pl.when(is_derived).then(pl.lit("derived")).otherwise(pl.col("forced")).alias("forced"),
    )


def explain_choice(ranked: pl.DataFrame, final: pl.DataFrame) -> pl.DataFrame:
    """Who won a field, who agrees, who lost and why, for each group.

    Args:
        ranked: from `rank_statements`.
        final: `group`, `value`, `canonical`, `record_id` and `forced`: the rule where no record won, else null.

    Returns:
        `group`, `value` as text, `record_id` of the winner, `rule`, `agreeing` (record ids),
        `losing` (`record_id=value`).
    """
    renamed = final.select(
        "group",
        pl.col("value").alias("final"),
        pl.col("canonical").alias("final_canonical"),
        pl.col("record_id").alias("winner"),
        "forced",
    )
    compared = ranked.join(renamed, on="group", how="left").with_columns(
        (pl.col("canonical").ne_missing(pl.col("final_canonical"))).alias("is_rival"),
        (pl.col("record_id").eq_missing(pl.col("winner"))).alias("is_winner"),
    )
    judged = compared.sort("group", "record_id").group_by("group", maintain_order=True).agg(_tallies())
    worked_out = renamed.join(judged, on="group", how="anti").filter(pl.col("final").is_not_null())
    explained = (
        pl.concat([judged.join(renamed, on="group", how="left"), worked_out], how="diagonal")
        .with_columns(_rule())
        .with_columns(pl.col("agreeing", "losing").fill_null([]))
    )
    return explained.select(
        "group",
        pl.col("final").cast(pl.String).alias("value"),
        pl.col("winner").alias("record_id"),
        "rule",
        "agreeing",
        "losing",
    )


def _ranks(field: Field) -> dict[str, int]:
    return {source: rank for rank, source in enumerate(field.precedence)}


def _agreement(stated: pl.DataFrame, *, grows: bool) -> pl.DataFrame:
    """Sources that state a value, among records that stand and pass; and their records of different orders."""
    voices = stated.filter(pl.col("passes") & (pl.col("standing") == STANDS)).select(
        "group", "canonical", "source", "holding"
    )
    if grows:
        voices = pl.concat([voices, _shorter_forms(voices)])
    return voices.group_by("group", "canonical").agg(
        pl.col("source").n_unique().alias("agreement"),
        pl.struct("source", "holding").n_unique().alias("holdings"),
    )


def _shorter_forms(voices: pl.DataFrame) -> pl.DataFrame:
    """The voices for a name that is part of a fuller one, as voices for the fuller one."""
    fuller = voices.select("group", pl.col("canonical").alias("fuller")).unique()
    spaced = pl.lit(" ") + pl.col("canonical") + " "
    is_part = (pl.lit(" ") + pl.col("fuller") + " ").str.contains(spaced, literal=True)
    return (
        voices.join(fuller, on="group")
        .filter((pl.col("canonical") != pl.col("fuller")) & is_part)
        .select("group", pl.col("fuller").alias("canonical"), "source", "holding")
    )


def _implications(records: pl.DataFrame, field: Field, *, group: str) -> pl.DataFrame:
    """Sources whose other fields imply a value."""
    dtype = records.schema[field.canonical or field.name]
    standing = records.filter(pl.col("standing") == STANDS)
    frames = [
        standing.select(pl.col(group).alias("group"), expression.cast(dtype).alias("canonical"), "source").drop_nulls()
        for expression in field.implied
    ]
    empty = standing.clear().select(pl.col(group).alias("group"), pl.lit(None, dtype).alias("canonical"), "source")
    voices = pl.concat([empty, *frames])
    return voices.group_by("group", "canonical").agg(pl.col("source").n_unique().alias("implied"))


def _richness(stated: pl.DataFrame) -> pl.Expr:
    """Letters beyond ASCII: of two spellings that fold to one, the one with its diacritics is the richer."""
    if stated.schema["value"] != pl.String:
        return pl.lit(0, pl.UInt32).alias("richness")
    return (pl.col("value").str.len_bytes() - pl.col("value").str.len_chars()).alias("richness")


def _tallies() -> list[pl.Expr]:
    rival, winner = pl.col("is_rival"), pl.col("is_winner")
    stands = rival & (pl.col("standing") == STANDS)
    valid = stands & pl.col("passes")
    return [
        pl.col("source").n_unique().alias("source_count"),
        rival.sum().alias("rivals"),
        stands.sum().alias("standing_rivals"),
        valid.sum().alias("valid_rivals"),
        *(pl.col(name).filter(winner).first().alias(f"won_{name}") for name in ("agreement", "implied")),
        pl.col("agreement").filter(valid).max().alias("rival_agreement"),
        pl.col("implied")
        .filter(valid & (pl.col("agreement") == pl.col("agreement").filter(valid).max()))
        .max()
        .alias("rival_implied"),
        pl.col("record_id").filter(~rival & ~winner).alias("agreeing"),
        pl.format("{}={}", "record_id", pl.col("value").cast(pl.String)).filter(rival).alias("losing"),
    ]


def _rule() -> pl.Expr:
    """Why the value won; the first that fits."""
    return (
        pl.when(pl.col("forced").is_not_null())
        .then(pl.col("forced"))
        .when((pl.col("rivals") == 0) & (pl.col("source_count") == 1))
        .then(pl.lit("only_source"))
        .when(pl.col("rivals") == 0)
        .then(pl.lit("agreement"))
        .when(pl.col("standing_rivals") == 0)
        .then(pl.lit("amended_result"))
        .when(pl.col("valid_rivals") == 0)
        .then(pl.lit("valid_over_invalid"))
        .when(pl.col("won_agreement") > pl.col("rival_agreement"))
        .then(pl.lit("agreement"))
        .when(pl.col("won_implied") > pl.col("rival_implied"))
        .then(pl.lit("corroboration"))
        .otherwise(pl.lit("precedence"))
        .alias("rule")
    )
