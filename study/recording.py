"""How each force's orders are recorded: which systems hold them, and how completely.

Belongs here: the table and its tile chart. Does not: scores (`expectations.quality`), what is to be watched
(`study.monitoring`).
"""

from typing import Final

import altair as alt
import polars as pl

from study.tiles import shades
from warehouse.codes import reference
from warehouse.sources import COURT_SOURCES, SOURCE_NAMES

EVERYWHERE: Final = "everywhere"
"""Share of a force's orders that every police system and its region's return hold."""
TILE: Final = 62


def describe_recording(orders: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """The recording of each territorial force's orders; a force without any has 0.

    Args:
        orders: `ORDERS`; withdrawn ones don't count.
        scores: `QUALITY_SCORES`.

    Returns:
        `code`, `force`, `region_code`, `orders`, a share for each source, `everywhere`, and `completeness` of its
        records with `low` and `high` (95 % interval), by code.
    """
    forces = reference("force_tiles").select("code").join(
        reference("forces").select("code", "region_code", force="name"), on="code", maintain_order="left"
    )  # fmt: skip
    expected = [name for name in SOURCE_NAMES if name not in COURT_SOURCES]
    holds = [pl.col("sources").list.contains(name) for name in SOURCE_NAMES]
    held = (
        orders.filter(pl.col("legal_status") != "withdrawn")
        .group_by(code="force_code")
        .agg(
            pl.len().cast(pl.Int64).alias("orders"),
            *(hold.mean().alias(name) for hold, name in zip(holds, SOURCE_NAMES, strict=True)),
            (pl.col("sources").list.set_intersection(expected).list.len() == len(expected)).mean().alias(EVERYWHERE),
        )
    )
    judged = scores.filter(scope="force", dimension="completeness").select(
        "low", "high", code="scope_key", completeness="score"
    )
    return (
        forces.join(held, on="code", how="left")
        .join(judged, on="code", how="left")
        .select(
            "code", "force", "region_code", pl.col("orders").fill_null(0), *SOURCE_NAMES, EVERYWHERE,
            "completeness", "low", "high",
        )
        .sort("code")
    )  # fmt: skip


def draw_tiles(recording: pl.DataFrame) -> alt.TopLevelMixin:
    """A tile per force, laid out like a map: the share of its orders that all its systems hold, and how many it has.

    Args:
        recording: from `describe_recording`.
    """
    places = reference("force_tiles").select("code", "short_name", pl.col("column", "row").cast(pl.Int64))
    share = pl.format("{}% of {}", (pl.col(EVERYWHERE) * 100).round(0).cast(pl.Int64), "orders")
    drawn = recording.join(places, on="code").with_columns(words=share.fill_null("no orders"))
    base = alt.Chart(drawn).encode(x=alt.X("column:O", axis=None), y=alt.Y("row:O", axis=None))
    colour = alt.Color("everywhere:Q", scale=shades(), legend=alt.Legend(title="in all systems", format=".0%"))
    tiles = base.mark_rect(stroke="#505a5f").encode(color=colour)
    ink = alt.condition(alt.datum.everywhere > 0.7, alt.value("white"), alt.value("black"))
    names = base.mark_text(dy=-8, fontSize=10, fontWeight="bold").encode(text="short_name:N", color=ink)
    words = base.mark_text(dy=8, fontSize=9).encode(text="words:N", color=ink)
    return alt.layer(tiles, names, words).properties(width=alt.Step(TILE + 10), height=alt.Step(TILE - 10))
