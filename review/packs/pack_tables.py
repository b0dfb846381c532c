"""Tables of the pages about packs: owners, lines, what became of them, policies.

Belongs here: which columns and words they have. Does not: the figures (`review.packs.visible_packs`).
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

import polars as pl

from ledger.owners import owner_title, title_or_none
from ledger.packs.policy import SendingPolicy
from review.dashboards.panels import NONE, PanelCell, PanelTable, panel_table
from review.item.findings import format_value
from review.item.titles import SEVERITY_TITLES, format_day, with_days
from review.packs.visible_packs import VisiblePacks
from warehouse.codes import DISAGREEMENTS
from warehouse.tables.titles import FIELD_TITLES

ROUTE_TITLES: Final = {
    "steward": "Sent by a steward",
    "policy": "Sent by policy",
    "sample": "To check first",
    "held": "Kept back",
    "disputed": "The owner disagrees",
}
STATE_TITLES: Final = {
    "unchanged": "Unchanged",
    "corrected": "Corrected",
    "rebounded": "Wrong again",
    "changed_otherwise": "Changed, still wrong",
    "withdrawn": "No longer asked",
    "gone": "No longer sent",
}


def owners_table(packs: VisiblePacks) -> PanelTable:
    """What each owner could be sent, and how they have answered."""
    route = pl.col("route")
    counts = packs.lines.every.group_by("owner").agg(
        ready=route.is_in(["steward", "policy"]).sum().cast(pl.Int64),
        policy=(route == "policy").sum().cast(pl.Int64),
        sample=(route == "sample").sum().cast(pl.Int64),
        held=(route == "held").sum().cast(pl.Int64),
    )
    out = packs.by_owner().select("owner", "lines", "answered", "corrected", "to remind", "days to answer")
    rows = counts.join(out, on="owner", how="full", coalesce=True).with_columns(
        pl.col(pl.Int64, pl.UInt32).fill_null(0)
    )
    listed = rows.sort(pl.col("ready"), "owner", descending=[True, False])
    headings = (
        "Owner",
        "To send",
        "By policy",
        "To check first",
        "Kept back",
        "Asked",
        "Answered",
        "Corrected",
        "Remind",
    )
    cells = [(_owner_cell(owner), *numbers, _days(median)) for owner, *numbers, median in listed.iter_rows()]
    return panel_table("Packs by owner", [*headings, "Days to answer"], cells)


def lines_table(lines: pl.DataFrame) -> PanelTable:
    """Lines that could be asked for."""
    rows = (
        (
            PanelCell(str(line["field"]), f"/orders/{line['order_id']}"),
            _person(line),
            line["system"] or NONE,
            with_days(line["held"] or NONE),
            with_days(line["asked"] or NONE),
            with_days(line["evidence"] or NONE),
            SEVERITY_TITLES[line["severity"]],
            NONE if line["confidence"] is None else f"{line['confidence']:.4f}",
            line["held_because"] or ROUTE_TITLES[line["route"]],
            with_days(str(line["handed_out_on"] or NONE)),
        )
        for line in lines.iter_rows(named=True)
    )
    headings = ("What", "Person", "System", "They hold", "Correct to", "Evidence", "Severity", "Confidence")
    return panel_table("Lines", [*headings, "Route", "Asked since"], rows)


def pack_table(lines: pl.DataFrame) -> PanelTable:
    """Lines of a pack that was handed out, with what became of each."""
    rows = (
        (
            PanelCell(FIELD_TITLES.get(line["field"], line["field"]), f"/orders/{line['order_id']}"),
            line["reference"],
            format_value(line["field"], line["observed"]) or NONE,
            format_value(line["field"], line["expected"]) or NONE,
            "Policy" if line["policy_id"] else "Steward",
            _answer(line),
            line["value_now"] or NONE,
            " – ".join(filter(None, (line["answered_by"], line["remarks"]))) or NONE,
            STATE_TITLES.get(line["state"], "No night yet"),
        )
        for line in lines.iter_rows(named=True)
    )
    headings = (
        "What",
        "Reference",
        "They held",
        "Correct to",
        "Sent by",
        "Answer",
        "Value now",
        "By and remarks",
        "Now",
    )
    return panel_table("Lines of this pack", headings, rows)


def handed_out_table(packs: VisiblePacks, owner: str | None = None) -> PanelTable:
    """The packs that were handed out, of one owner or of all."""
    counts = packs.pack_lines.group_by("disclosure_id").agg(lines=pl.len().cast(pl.Int64))
    answered = packs.answers.group_by("disclosure_id").agg(answered=pl.col("reference").n_unique().cast(pl.Int64))
    shown = packs.disclosures.filter(pl.lit(value=True) if owner is None else pl.col("owner") == owner)
    rows = (
        (
            PanelCell(row["disclosure_id"], f"/packs/handed-out/{row['disclosure_id']}"),
            title_or_none(row["owner"]) or row["owner"],
            f"{format_day(row['disclosed_at'].date())}",
            row["disclosed_by"],
            row["recipient"],
            row["lines"],
            row["answered"] or 0,
        )
        for row in shown.join(counts, on="disclosure_id", how="left", maintain_order="left")
        .join(answered, on="disclosure_id", how="left", maintain_order="left")
        .iter_rows(named=True)
    )
    return panel_table("Packs handed out", ("Pack", "Owner", "On", "By", "To", "Lines", "Answered"), rows)


def answering_table(packs: VisiblePacks) -> PanelTable:
    """Who answers how well, and who is to be reminded."""
    rows = (
        (
            _owner_cell(row["owner"]),
            row["lines"],
            f"{row['answered'] / row['lines']:.0%}",
            row["disagrees"],
            row["corrected"],
            row["said corrected, still wrong"],
            row["to remind"],
            _days(row["oldest"]),
            _days(row["days to answer"]),
            _days(row["days to correct"]),
        )
        for row in packs.by_owner().sort("to remind", "owner", descending=[True, False]).iter_rows(named=True)
    )
    headings = ("Owner", "Asked", "Answered", "Disagrees", "Corrected", "Said so, still wrong", "Remind", "Oldest")
    return panel_table("How owners answer", [*headings, "Days to answer", "Days to correct"], rows)


def policies_table(policies: Sequence[SendingPolicy]) -> PanelTable:
    """Every policy that was set or revoked, the latest first."""
    rows = (
        (
            policy.policy_id,
            "On" if policy.is_on else "Revoked",
            f"{policy.set_at:%-d %B %Y, %H:%M} UTC",
            policy.set_by,
            ", ".join(map(owner_title, policy.terms.owners)) or "All",
            ", ".join(FIELD_TITLES[name] for name in policy.terms.fields) or "All",
            f"{policy.terms.least_confidence:g}",
            f"{policy.terms.sampled_share:.0%}",
            policy.reason,
        )
        for policy in reversed(policies)
    )
    headings = ("Policy", "State", "When", "By", "Owners", "Fields", "Confidence from", "Sampled", "Reason")
    return panel_table("Policies", headings, rows)


def agreement_table(agreement: pl.DataFrame) -> PanelTable:
    """How far stewards agree: of `ledger.packs.steward_agreement.measure_agreement`."""
    rows = (
        ("All" if field is None else FIELD_TITLES.get(field, field), lines, f"{agreed:.0%}", _kappa(kappa))
        for field, lines, agreed, kappa in agreement.iter_rows()
    )
    headings = ("What the line is about", "Judged by two", "Agreed", "Cohen’s kappa")
    return panel_table("Lines that two stewards judged", headings, rows)


def _kappa(kappa: float | None) -> str:
    return NONE if kappa is None else f"{kappa:.2f}"


def _owner_cell(owner: str) -> PanelCell:
    title = title_or_none(owner)
    return PanelCell(title, f"/packs/owners/{quote(owner, safe='')}") if title else PanelCell(f"{owner} (on no list)")


def _person(line: dict[str, str | None]) -> str:
    name = " ".join(filter(None, (line["forenames"], line["surname"])))
    return with_days(", ".join(filter(None, (name, line["date_of_birth"])))) or NONE


def _answer(line: dict[str, object]) -> str:
    if line["corrected_on"] is not None:
        return with_days(f"Corrected on {line['corrected_on']}")
    return f"Disagrees: {DISAGREEMENTS[str(line['disagrees_because'])]}" if line["disagrees_because"] else NONE


def _days(number: float | None) -> str:
    return NONE if number is None else f"{number:g}"
