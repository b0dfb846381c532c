"""Why a golden value won: who stated it, who agrees, who lost, and by which rule.

Belongs here: the explanation of a choice once it is made. Does not: the choice (`reconciliation.choosing`).
"""

import polars as pl

from reconciliation.standing import STANDS


def mark_derived(completed: pl.DataFrame, winners: pl.DataFrame, *, field: str) -> pl.DataFrame:
    """The winners, or where completing changed the value, the value that was worked out."""
    both = completed.select("group", pl.col(field).alias("completed")).join(winners, on="group", how="left")
    is_derived = pl.col("completed").ne_missing(pl.col("value"))
    return both.select(
        "group",
        pl.col("completed").alias("value"),
        pl.when(is_derived).then(pl.col("completed")).otherwise(pl.col("canonical")).alias("canonical"),
        pl.when(~is_derived).then(pl.col("record")).alias("record"),
        pl.when(is_derived).then(pl.lit("derived")).otherwise(pl.col("forced")).alias("forced"),
    )


def explain_choice(ranked: pl.DataFrame, final: pl.DataFrame, *, record_ids: pl.Series) -> pl.DataFrame:
    """Who won a field, who agrees, who lost and why, for each group.

    Args:
        ranked: from `reconciliation.ranking.rank_statements`.
        final: `group`, `value`, `canonical`, `record` and `forced`: the rule where no record won, else null.
        record_ids: the id of each record by its number.

    Returns:
        `group`, `value` as text, `record_id` of the winner, `rule`, `agreeing` (record ids),
        `losing` (`record_id=value`).
    """
    renamed = final.select(
        "group",
        pl.col("value").alias("final"),
        pl.col("canonical").alias("final_canonical"),
        pl.col("record").alias("winner"),
        "forced",
    )
    compared = ranked.join(renamed, on="group", how="left", maintain_order="left").select(
        *ranked.columns,
        pl.col("canonical").ne_missing(pl.col("final_canonical")).alias("is_rival"),
        pl.col("record").eq_missing(pl.col("winner")).alias("is_winner"),
        record_ids.gather(ranked.get_column("record")).alias("record_id"),
    )
    explained = renamed
    for tallies in _tallies(compared):
        explained = explained.join(tallies, on="group", how="left", maintain_order="left")
    # Where nobody states a value and none is worked out, there is nothing to explain.
    explained = (
        explained.filter(pl.col("final").is_not_null() | pl.col("source_count").is_not_null())
        .with_columns(_rule())
        .with_columns(pl.col("agreeing", "losing").fill_null([]))
    )
    return explained.select(
        "group",
        pl.col("final").cast(pl.String).alias("value"),
        record_ids.gather(explained.get_column("winner")).alias("record_id"),
        "rule",
        "agreeing",
        "losing",
    )


def _tallies(compared: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """Counts by group; most groups have no rival to the winner, and many nobody who agrees."""
    sources = compared.group_by("group").agg(
        # Whether one source alone or more: no need to count them.
        (1 + (pl.col("source").min() != pl.col("source").max()).cast(pl.Int64)).alias("source_count")
    )
    agreeing = compared.filter(~pl.col("is_rival") & ~pl.col("is_winner"))
    disputed = compared.join(
        compared.filter("is_rival").select("group").unique(), on="group", how="semi", maintain_order="left"
    )
    return (
        sources,
        agreeing.group_by("group", maintain_order=True).agg(pl.col("record_id").alias("agreeing")),
        disputed.group_by("group", maintain_order=True).agg(_rivalry()),
    )


def _rivalry() -> list[pl.Expr]:
    rival, winner = pl.col("is_rival"), pl.col("is_winner")
    stands = rival & (pl.col("standing") == STANDS)
    valid = stands & pl.col("passes")
    return [
        rival.sum().alias("rivals"),
        stands.sum().alias("standing_rivals"),
        valid.sum().alias("valid_rivals"),
        *(pl.col(name).filter(winner).first().alias(f"won_{name}") for name in ("agreement", "implied")),
        pl.col("agreement").filter(valid).max().alias("rival_agreement"),
        pl.col("implied")
        .filter(valid & (pl.col("agreement") == pl.col("agreement").filter(valid).max()))
        .max()
        .alias("rival_implied"),
        pl.format("{}={}", "record_id", pl.col("value").cast(pl.String)).filter(rival).alias("losing"),
    ]


def _rule() -> pl.Expr:
    """Why the value won; the first that fits."""
    return (
        pl.when(pl.col("forced").is_not_null())
        .then(pl.col("forced"))
        .when(pl.col("rivals").is_null() & (pl.col("source_count") == 1))
        .then(pl.lit("only_source"))
        .when(pl.col("rivals").is_null())
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
