"""What the commands about models work with where they are about confidence: labels, beside what was observed then.

Belongs here: gathering them from the ledger and the releases. Does not: learning
(`reconciliation.confidence.learning`).
"""

from datetime import UTC, datetime

import polars as pl

from cli.ledger_access import place_of
from ledger.decisions.in_force import in_force
from ledger.decisions.ledger import Ledger
from ledger.packs.answers import last_answers, read_answers
from ledger.packs.labels import collect_labels
from ledger.packs.log import read_disclosures, read_pack_lines
from ledger.packs.sample import read_checks
from reconciliation.confidence.differences import NAME_FIELDS
from reconciliation.confidence.values import Population, observe_values
from reconciliation.register import Register
from warehouse.home import Home
from warehouse.standardise import fold
from warehouse.tables.register import FIELD_PROVENANCE, ORDER_SOURCES, ORDERS, SOURCE_RELIABILITY


def gather_labelled(home: Home) -> pl.DataFrame:
    """Every golden value that is known to be right or wrong, with what was observed of it: one row per value.

    Labels of releases that are gone are left out.

    Returns:
        `order_id`, `field`, the observations (`values.observe_values`), `is_right`, `origin`.

    Raises:
        LedgerError: there is no ledger, or it can't be read.
        LookupError: no release has a label.
    """
    with Ledger.open(place_of(home.path), home) as ledger:
        labels = collect_labels(
            in_force(ledger.read(), as_of=datetime.now(UTC).date()),
            read_checks(ledger),
            last_answers(read_answers(ledger), by_pack=True),
            pack_lines=read_pack_lines(ledger),
            disclosures=read_disclosures(ledger),
        )
    parts = []
    for (release_id,), rows in labels.partition_by("release_id", as_dict=True, maintain_order=True).items():
        try:
            parts.append(_observed(home, str(release_id), rows))
        except LookupError:
            continue
    if not parts:
        raise LookupError("no decision, check or answer says anything of a golden value of a release that is kept")
    return pl.concat(parts).unique(["order_id", "field"], keep="last", maintain_order=True)


def _observed(home: Home, release_id: str, labels: pl.DataFrame) -> pl.DataFrame:
    """Labels of a release, beside what was observed of their values then.

    Raises:
        LookupError: there is no such release, or it has no reliability of sources.
    """
    tables = (FIELD_PROVENANCE, ORDERS, ORDER_SOURCES, SOURCE_RELIABILITY)
    with Register.open(home, release_id) as register:
        provenance, orders, places, errors = (register.completed(table) for table in tables)
    observed = observe_values(provenance, Population.of(orders), places, errors=errors)
    value, true = (
        pl.when(pl.col("field").is_in(NAME_FIELDS)).then(fold(pl.col(n))).otherwise(n) for n in ("value", "true")
    )
    return (
        observed.join(labels.drop("release_id"), on=["order_id", "field"])
        .join(provenance.select("order_id", "field", "value"), on=["order_id", "field"])
        .with_columns(is_right=pl.coalesce("is_right", value == true))
        .drop_nulls("is_right")
        .drop("value", "true")
    )
