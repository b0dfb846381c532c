"""Scores as a person reads them at a terminal: each with its interval and its parts.

Belongs here: the words and the columns. Does not: the figures (`expectations.quality`, `expectations.trend`).
"""

import polars as pl

NONE = "–"
LEGEND = "* judged by other code, models or settings"
SCORE = pl.format("{} %", (pl.col("score") * 100).round(1)).fill_null(NONE)
ENDS = [(pl.col(name).cast(pl.Float64) * 100).round(1) for name in ("low", "high")]
INTERVAL = pl.format("{} to {} %", *ENDS).fill_null(NONE)


def parts_of(scores: pl.DataFrame) -> pl.DataFrame:
    """Scores with their parts, as text: `key`, `dimension`, `score`, `95 %`, `passed`, `judged`, `orders`, `failing`.

    Args:
        scores: `QUALITY_SCORES`.
    """
    return scores.select(
        "dimension",
        SCORE.alias("score"),
        INTERVAL.alias("95 %"),
        key="scope_key",
        passed=_number("numerator"),
        judged=_number("denominator"),
        orders=_number("units"),
        failing=_number("failed_units"),
    ).select("key", "dimension", "score", "95 %", "passed", "judged", "orders", "failing")


def moves_of(trend: pl.DataFrame) -> pl.DataFrame:
    """A trend as text: each night's score, and how it differs from the night before and from the first.

    `LEGEND` explains the star.

    Args:
        trend: from `expectations.trend.describe_trend`.
    """
    return trend.select(
        "dimension",
        SCORE.alias("score"),
        INTERVAL.alias("95 %"),
        _move("").alias("since the night before"),
        _move("total_").alias("since the first night"),
        key="scope_key",
        night=pl.col("as_of").cast(pl.String),
        judged=_number("denominator"),
    ).select("key", "dimension", "night", "score", "95 %", "judged", "since the night before", "since the first night")


def explain_score(scores: pl.DataFrame) -> str:
    """How the score of an order comes about, as a sum a person can check."""
    parts = scores.drop_nulls(["score", "weight"]).sort("dimension")
    if parts.is_empty():
        return "no score of all dimensions"
    terms = [
        f"{weight} × {score:.3f} {name}"
        for weight, score, name in parts.select("weight", "score", "dimension").iter_rows()
    ]
    score, weight = pl.col("score"), pl.col("weight")
    whole, weights = parts.select((score * weight).sum() / weight.sum(), weight.sum().alias("weights")).row(0)
    return f"quality score {whole:.4f} = ({' + '.join(terms)}) ÷ {weights}"


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64).cast(pl.String).fill_null(NONE)


def _move(prefix: str) -> pl.Expr:
    """By how many points a score moved, and what that is worth; whether it was judged in the same way."""
    rounded = (pl.col(f"{prefix}change") * 100).round(1)
    points = pl.when(rounded == 0).then(0.0).otherwise(rounded)  # no minus before a 0
    sign = pl.when(points > 0).then(pl.lit("+")).otherwise(pl.lit(""))
    mark = pl.when(~pl.col(f"{prefix}is_same_method")).then(pl.lit("*"))
    moved = pl.format("{}{}: {}{}", sign, points, f"{prefix}verdict", mark.fill_null(""))
    return pl.coalesce(moved, f"{prefix}verdict")
