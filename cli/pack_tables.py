"""What the commands about packs work with: the lines that can be asked, tables of keys and counts for the terminal.

Belongs here: gathering what packs are made of. Does not: the commands (`cli.packs`), what is in a pack
(`ledger.packs`).
"""

from pathlib import Path

import polars as pl

from cli.ledger_access import present_of
from expectations.discrepancies import RULES
from ledger.decisions.in_force import in_force
from ledger.decisions.ledger import Ledger
from ledger.packs.content import AskableLines, Material, find_lines
from ledger.packs.log import asked_before, read_disclosures, read_pack_lines
from ledger.packs.owners import title_or_none
from reconciliation.register import Register
from warehouse.home import Home
from warehouse.tables.register import CORRECTION_LINES, FIELD_PROVENANCE


def rule_catalogue() -> pl.DataFrame:
    """`rule_code`, `title`, `note` of every rule."""
    return pl.DataFrame(
        {
            "rule_code": [rule.code for rule in RULES],
            "title": [rule.title for rule in RULES],
            "note": [rule.note for rule in RULES],
        }
    )


def lines_of(home: Path, ledger: Ledger) -> tuple[AskableLines, str]:
    """The lines that can be asked for by the release in force, and its id.

    Raises:
        LookupError: no release has been published.
        FileNotFoundError: the tables of its night have been deleted.
    """
    present = present_of(home)
    with Register.open(Home(home.resolve()), present.release_id) as register:
        provenance = register.table(FIELD_PROVENANCE.name)
    material = Material(
        present=present,
        provenance=provenance,
        decisions=in_force(ledger.read(), as_of=present.as_of),
        asked=asked_of(ledger),
        catalogue=rule_catalogue(),
    )
    return find_lines(material), present.release_id


def asked_of(ledger: Ledger) -> pl.DataFrame:
    """What owners were asked for: `ASKED_CORRECTIONS`."""
    return asked_before(read_disclosures(ledger), read_pack_lines(ledger))


def followed_up(home: Path) -> pl.DataFrame:
    """What became of it by the release in force: `CORRECTION_LINES`; none where it knows of no packs.

    Raises:
        LookupError: no release has been published.
    """
    with Register.open(Home(home.resolve())) as register:
        path = register.release.parquet(CORRECTION_LINES.name)
    return CORRECTION_LINES.completed(pl.read_parquet(path)) if path.exists() else CORRECTION_LINES.empty()


def count_by_owner(lines: AskableLines) -> pl.DataFrame:
    """`owner`, `name`, `lines`, `high`, `medium`, `low`, `asked before`, `waiting`: one row an owner."""
    severity = pl.col("severity")
    ready = lines.ready.group_by("owner").agg(
        pl.len().alias("lines"),
        *((severity == name).sum().alias(name) for name in ("high", "medium", "low")),
        pl.col("handed_out_on").count().alias("asked before"),
    )
    waiting = lines.waiting.group_by("owner").agg(pl.len().alias("waiting"))
    counted = ready.join(waiting, on="owner", how="full", coalesce=True).sort("owner")
    names = pl.Series("name", [title_or_none(owner) for owner in counted.get_column("owner")], dtype=pl.String)
    return counted.with_columns(pl.exclude("owner").fill_null(0)).insert_column(1, names)


def disclosure_rows(disclosures: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The log for the terminal: one row a pack handed out."""
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


def line_rows(lines: pl.DataFrame, followed: pl.DataFrame) -> pl.DataFrame:
    """Lines of one pack for the terminal, keys and states: values are personal data and stay in the log."""
    states = followed.select("reference", "state", "state_since")
    return lines.join(states, on="reference", how="left", maintain_order="left").select(
        "reference", "rule_code", "field", "source", "state", "state_since"
    )
