"""The library of prohibitions: which conditions are used, where, for how long, in which words.

Belongs here: the figures of that page. Does not: coding conditions (`assets.parsing.conditions`), finding wordings
(`study.prohibitions`).
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from ledger.decisions.decidable import alike_wordings
from reconciliation.law import counts_as_in_force
from review.access.visible_release import VisibleRelease
from review.dashboards.panels import NONE, Panel, PanelCell, panel_table
from review.item.titles import CONDITION_KINDS, title_for
from warehouse.codes import BY_STEWARD, ORDER_TYPES, condition_catalogue
from warehouse.tables.register import CONDITION_WORDINGS

LISTED: Final = 30
NAMED: Final = ", named by a steward"
NOT_COUNTED: Final = ("Only in the court’s result", "Stated, not believed")
PREVALENCE_GROUPS: Final = (("region_code", "region"), ("court_name", "court"), ("made_in", "year"))


def prohibition_panels(visible: VisibleRelease, *, search: str, code: str, may_name: bool = False) -> tuple[Panel, ...]:
    """The catalogue with its use, and the wordings; of one condition also regions, courts and years.

    Args:
        visible: the release.
        search: words that a label or a wording holds; empty: all.
        code: of a condition; empty: all.
        may_name: the viewer may say which condition a wording is.
    """
    stated = visible.keep("prohibitions", lambda: _stated(visible))
    wordings = CONDITION_WORDINGS.of_release(visible.table)
    uses = stated.filter("is_golden")
    chosen = _catalogue(stated, wordings, search.casefold(), code)
    found = (_used(stated, chosen), _worded(wordings, chosen))
    if code and chosen.height:
        of_code = uses.filter(condition_code=code)
        return (*found, *(_by(of_code, column, title) for column, title in PREVALENCE_GROUPS))
    return found if visible.forces is not None else (*found, _unknown(wordings, search.casefold(), may_name=may_name))


def find_alike(visible: VisibleRelease, wording_id: str) -> pl.DataFrame:
    """A wording that fits nothing and those alike, as `CONDITION_WORDINGS`, the most used first; none without it."""
    return alike_wordings(CONDITION_WORDINGS.of_release(visible.table), wording_id)


def _stated(visible: VisibleRelease) -> pl.DataFrame:
    """Conditions of orders that were not withdrawn, believed or not, with what the page counts by."""
    orders = visible.table("orders").filter(pl.col("legal_status") != "withdrawn")
    conditions = visible.table("conditions").select("order_id", "condition_code", "is_golden", "is_doubtful")
    return conditions.join(orders, on="order_id").with_columns(
        made_in=pl.col("made_on").dt.year().cast(pl.String), is_live=counts_as_in_force()
    )


def _catalogue(stated: pl.DataFrame, wordings: pl.DataFrame, search: str, code: str) -> pl.DataFrame:
    said = wordings.group_by(code="condition_code").agg(said=pl.col("wording").str.join(" "))
    known = pl.concat([frame.get_column("condition_code") for frame in (stated, wordings)]).unique()
    listed = condition_catalogue(known).join(said, on="code", how="left", maintain_order="left")
    text = pl.concat_str("code", "label", "wordings", "said", separator=" ", ignore_nulls=True).str.to_lowercase()
    is_found = text.str.contains(search, literal=True)
    return listed.filter(is_found & (pl.col("code") == code if code else pl.lit(value=True)))


def _used(stated: pl.DataFrame, chosen: pl.DataFrame) -> Panel:
    """How often conditions are believed, and beside it how often a source states one that is not."""
    is_golden, is_doubtful = pl.col("is_golden"), pl.col("is_doubtful")
    counted = stated.group_by(code="condition_code").agg(
        *((is_golden & (pl.col("order_type") == kind)).sum().cast(pl.Int64).alias(kind) for kind in ORDER_TYPES),
        is_live=(is_golden & pl.col("is_live")).sum().cast(pl.Int64),
        doubtful=(~is_golden & is_doubtful).sum().cast(pl.Int64),
        stated_only=(~is_golden & ~is_doubtful).sum().cast(pl.Int64),
        term_months=pl.col("term_months").filter(is_golden).median(),
        breached=(is_golden & (pl.col("breach_count") > 0)).sum(),
        known=pl.col("breach_count").filter(is_golden).count(),
    )
    listed = chosen.join(counted, on="code", how="left", maintain_order="left").with_columns(
        pl.col(*ORDER_TYPES, "is_live", "breached", "known", "doubtful", "stated_only").fill_null(0)
    )
    rows = [
        (
            PanelCell(_title(row), f"/dashboards/prohibitions?code={row['code']}"),
            f"{title_for(CONDITION_KINDS, row['kind']).lower()}{NAMED if row['source'] == BY_STEWARD else ''}",
            *(row[kind] for kind in ORDER_TYPES),
            row["is_live"],
            row["doubtful"],
            row["stated_only"],
            NONE if row["term_months"] is None else f"{row['term_months']:.0f}",
            f"{row['breached']} of {row['known']}" if row["known"] else NONE,
        )
        for row in listed.iter_rows(named=True)
    ]
    shares = ("Median months", "Breached, of those known")
    headings = ["Condition", "Kind", *ORDER_TYPES, "In force", *NOT_COUNTED, *shares]
    summary = (
        "How many orders of each type have a condition that enough of their sources hold to be believed; in force "
        "includes orders that may be. Two columns count other orders: those where only the court's result has it, so "
        "that it counts as in force until the court confirms it, and those where sources state it that are not "
        "believed. A recorded breach is one of the order: no source says of which condition. Few records say anything "
        "of breaches."
    )
    return Panel("use", "Use", summary, panel_table("Conditions and their use", headings, rows) if rows else None)


def _title(row: Mapping[str, str]) -> str:
    return row["label"] if row["source"] == BY_STEWARD else f"{row['code']} {row['label']}"


def _worded(wordings: pl.DataFrame, chosen: pl.DataFrame) -> Panel:
    typical = wordings.join(chosen.select(condition_code="code"), on="condition_code", how="semi")
    listed = typical.sort("order_count", "wording_id", descending=[True, False]).head(LISTED)
    columns = ("wording", "condition_code", "order_count", "lowest_score")
    rows = [
        (text, code, count, f"{score:.0f}" if score is not None else NONE)
        for text, code, count, score in listed.select(columns).iter_rows()
    ]
    summary = (
        "Wordings that three orders or more share, the most used first. Names, places and long numbers are left out. "
        "The score says how well the worst text of it fits the catalogue, or the wording that a steward named, of 100."
    )
    headings = ["Wording", "Condition", "Orders", "Score"]
    return Panel(
        "wordings", "Typical wordings", summary, panel_table("Typical wordings", headings, rows) if rows else None
    )


def _by(uses: pl.DataFrame, column: str, title: str) -> Panel:
    counted = (
        uses.group_by(pl.col(column).fill_null("Not known"))
        .agg(pl.len().cast(pl.Int64), pl.col("is_live").sum().cast(pl.Int64))
        .sort(column if column == "made_in" else "len", column, descending=[True, False])
        .head(LISTED)
    )
    headings = [title.capitalize(), "Orders", "In force"]
    sheet = panel_table(f"Orders with the condition, by {title}", headings, counted.iter_rows())
    return Panel(f"by-{title}", f"By {title}", f"The {LISTED} with most orders.", sheet if counted.height else None)


def _unknown(wordings: pl.DataFrame, search: str, *, may_name: bool) -> Panel:
    """Wordings that fit nothing, those alike together; for those who may name them with the page to do so."""
    loose = wordings.filter(
        pl.col("condition_code").is_null() & pl.col("wording").str.to_lowercase().str.contains(search, literal=True)
    )
    clusters = (
        loose.group_by(cluster=pl.coalesce("cluster", "wording"))
        .agg(
            pl.len().cast(pl.Int64),
            pl.col("order_count").sum(),
            pl.col("sources").explode().unique().sort(),
            pl.col("wording_id").min(),
        )
        .sort("order_count", "cluster", descending=[True, False])
    )
    rows = [
        (PanelCell(text, f"/wordings/{wording_id}" if may_name else None), ways, count, ", ".join(held))
        for text, ways, count, held, wording_id in clusters.head(LISTED).iter_rows()
    ]
    summary = (
        "Wordings that fit no condition of the catalogue, those alike together: each may be a condition that it lacks, "
        "or another way to write one that it has. A steward can say which, and the next night shows them so."
        if rows
        else f"Every wording{' that holds what you searched for' if search else ''} fits a condition of the catalogue."
    )
    headings = ["Wording", "Ways to write it", "Orders", "Sources"]
    sheet = panel_table("Wordings that fit nothing", headings, rows) if rows else None
    return Panel("unknown", "Not in the catalogue", summary, sheet)
