"""What the commands about packs work with: the lines that can be asked, tables of keys and counts for the terminal.

Belongs here: gathering what packs are made of. Does not: the commands (`cli.packs`), what is in a pack
(`ledger.packs`).
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from cli.desk_tools import opened_desk
from cli.ledger_access import present_of
from ledger.decisions.ledger import Ledger
from ledger.owners import title_or_none
from ledger.packs.content import AskableLines
from ledger.packs.policy import SendingPolicy
from ledger.packs.routing import SENT
from reconciliation.register import Register
from review.access.viewer import Viewer
from review.access.visible_release import VisibleRelease
from review.packs import pack_material
from warehouse.codes import DISAGREEMENTS
from warehouse.home import Home
from warehouse.tables.register import CORRECTION_LINES, FIELD_PROVENANCE


def lines_of(home: Path, ledger: Ledger, who: Viewer | None = None) -> tuple[AskableLines, str]:
    """The lines that can be asked for by the release in force, and its id; of the orders that `who` may see.

    Raises:
        LookupError: no release has been published.
        FileNotFoundError: the tables of its night have been deleted.
    """
    present = present_of(home)
    with Register.open(Home(home.resolve()), present.release_id) as register:
        provenance = register.completed(FIELD_PROVENANCE)
    lines = pack_material.lines_of(Home(home.resolve()), ledger, present, provenance)
    if who is not None:
        with opened_desk(home) as desk:
            seen = VisibleRelease(desk.whole_release(), who.forces).visible_orders()
        lines = lines if seen is None else lines.only(pl.col("order_id").is_in(seen.implode()))
    return lines, present.release_id


def followed_up(home: Path) -> pl.DataFrame:
    """What became of it by the release in force: `CORRECTION_LINES`; none where it knows of no packs.

    Raises:
        LookupError: no release has been published.
    """
    with Register.open(Home(home.resolve())) as register:
        path = register.release.parquet(CORRECTION_LINES.name)
    return CORRECTION_LINES.completed(pl.read_parquet(path)) if path.exists() else CORRECTION_LINES.empty()


def count_by_owner(lines: AskableLines) -> pl.DataFrame:
    """`owner`, `name`, and how many lines go into its pack now, are checked first, are kept back or wait; by owner."""
    severity, route = pl.col("severity"), pl.col("route")
    is_ready = route.is_in(SENT)
    counts = lines.every.group_by("owner").agg(
        is_ready.sum().alias("lines"),
        *((is_ready & (severity == name)).sum().alias(name) for name in ("high", "medium", "low")),
        (route == "policy").sum().alias("by policy"),
        (is_ready & pl.col("handed_out_on").is_not_null()).sum().alias("asked before"),
        (route == "sample").sum().alias("to check first"),
        (route == "held").sum().alias("kept back"),
    )
    waiting = lines.waiting.group_by("owner").agg(pl.len().alias("waiting"))
    counted = counts.join(waiting, on="owner", how="full", coalesce=True).sort("owner")
    names = pl.Series("name", [title_or_none(owner) for owner in counted.get_column("owner")], dtype=pl.String)
    return counted.with_columns(pl.exclude("owner").fill_null(0)).insert_column(1, names)


def disclosure_rows(disclosures: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The log for the terminal: one row for each pack handed out."""
    counts = lines.group_by("disclosure_id").agg(pl.len().alias("lines"))
    return disclosures.join(counts, on="disclosure_id", how="left", maintain_order="left").select(
        "disclosure_id",
        at=pl.col("disclosed_at").dt.to_string("%Y-%m-%d %H:%M"),
        by="disclosed_by",
        owner="owner",
        recipient="recipient",
        lines="lines",
        release="release_id",
        reason="reason",
    )


def line_rows(lines: pl.DataFrame, followed: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Lines of one pack for the terminal, keys and states: values are personal data and stay in the log."""
    states = followed.select("reference", "state", "state_since")
    said = answers.select(
        "reference",
        answer=pl.coalesce(
            pl.format("corrected {}", "corrected_on"), pl.col("disagrees_because").replace_strict(DISAGREEMENTS)
        ),
    )
    return (
        lines.join(states, on="reference", how="left", maintain_order="left")
        .join(said, on="reference", how="left", maintain_order="left")
        .select("reference", "rule_code", "field", "source", "state", "state_since", "answer")
    )


def policy_rows(policies: Sequence[SendingPolicy]) -> pl.DataFrame:
    """Every sending policy for the terminal, without the secret of its sample."""
    rows = [
        {
            "policy_id": policy.policy_id,
            "at": f"{policy.set_at:%Y-%m-%d %H:%M}",
            "by": policy.set_by,
            "": "on" if policy.is_on else "off",
            "owners": ", ".join(policy.terms.owners) or "all",
            "fields": ", ".join(policy.terms.fields) or "all",
            "from confidence": policy.terms.least_confidence,
            "sampled": policy.terms.sampled_share,
            "reason": policy.reason,
        }
        for policy in policies
    ]
    return pl.DataFrame(rows)
