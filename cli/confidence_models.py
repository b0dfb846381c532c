"""The commands about models where they are about confidence: train on labels, compare, refuse what fits labels worse.

Belongs here: what `concord model` does with the model of golden values in a set, and gathering labels from the ledger
beside what the releases observed then. Does not: learning (`reconciliation.confidence.learning`).
"""

from pathlib import Path
from typing import Final

import polars as pl
import typer

from cli.ledger_access import place_of
from cli.model_inputs import explain_model_errors, find_models
from cli.options import Exit, fail
from cli.shown import print_table, say
from ledger.decisions.errors import LedgerError
from ledger.decisions.in_force import in_force
from ledger.decisions.ledger import Ledger
from ledger.packs.answers import last_answers, read_answers
from ledger.packs.labels import collect_labels
from ledger.packs.log import read_disclosures, read_pack_lines
from ledger.packs.sample import read_checks
from reconciliation.confidence.differences import NAME_FIELDS
from reconciliation.confidence.learning import TooFewLabelsError, learn_from_labels, mean_loss
from reconciliation.confidence.model import ConfidenceModel
from reconciliation.confidence.population import Population
from reconciliation.confidence.trained import FILE, load_value_model
from reconciliation.confidence.values import observe_values, value_confidence
from reconciliation.register import Register
from warehouse.home import Home
from warehouse.models import SHIPPED, current_models, read_models, save_models
from warehouse.releases.release import current_release
from warehouse.standardise import fold
from warehouse.tables.register import FIELD_PROVENANCE, ORDER_SOURCES, ORDERS, SOURCE_RELIABILITY
from warehouse.time_zone import today

SURE: Final = 0.995
DOUBTFUL: Final = 0.95


def train_confidence(home: Home) -> None:
    """Learn from all labels, and keep a candidate if it is better on labels that it has not seen."""
    with explain_model_errors():
        release = current_release(home)
        if release is None:
            raise LookupError(f"no release in {home.path}: run `concord nightly`")
        matching = find_models(home, None).models
        current = current_models(home)
        former = load_value_model(current.path if current else None)
        try:
            lesson = learn_from_labels(former, gather_labelled(home))
        except (LedgerError, TooFewLabelsError) as error:
            fail(str(error), Exit.FAILED)
    loss = f"loss {lesson.loss_before:.4f} before, {lesson.loss_after:.4f} after, on labels that were not learned from"
    typer.echo(f"{lesson.labels:,} labels, {lesson.wrong:,} of them of wrong values; {loss}")
    if not lesson.holds:
        fail("the labels teach nothing that holds: no candidate was made", Exit.REFUSED)

    def write(folder: Path) -> None:
        matching.save(folder)
        lesson.model.save(folder / FILE)

    kept = save_models(home, write, as_of=release.as_of)
    typer.echo(f"{kept.set_id} is a candidate: `concord model compare {kept.set_id}` shows what it would change")


def print_confidence(home: Home, new: str, old: str) -> None:
    """Print by field what another model of confidence would change in the release in force, and how it fits labels."""
    models = [_model_of(home, name) for name in (old, new)]
    if models[0] == models[1]:
        return
    tables = (FIELD_PROVENANCE, ORDERS, ORDER_SOURCES)
    with Register.open(home) as register:
        provenance, orders, places = (register.completed(table) for table in tables)
    before, after = (value_confidence(provenance, orders, places, model=model) for model in models)
    both = before.join(after, on=["order_id", "field"], suffix="_new").drop_nulls("confidence")
    was, now = pl.col("confidence"), pl.col("confidence_new")
    table = both.group_by("field").agg(
        pl.len().alias("values"),
        (1 - was).sum().round(1).alias("expected wrong"),
        (1 - now).sum().round(1).alias("then"),
        ((was >= SURE) & (now < SURE)).sum().alias("no longer sure"),
        ((was < SURE) & (now >= SURE)).sum().alias("newly sure"),
        ((was > DOUBTFUL) & (now <= DOUBTFUL)).sum().alias("newly in doubt"),
    )
    print_table("CONFIDENCE", table.sort("field"))
    if losses := _losses(home, models):
        say(f"mean loss on {losses[2]:,} labels: {losses[0]:.4f} by {old}, {losses[1]:.4f} by {new}")


def worse_confidence(home: Home, new: str, old: str) -> str | None:
    """Why a set should not be put in force for its model of confidence; None: nothing speaks against it."""
    models = [_model_of(home, name) for name in (old, new)]
    losses = _losses(home, models) if models[0] != models[1] else None
    if losses is None or losses[1] <= losses[0]:
        return None
    return f"{new} fits {losses[2]:,} labels worse than {old}: mean loss {losses[1]:.4f} instead of {losses[0]:.4f}"


def _losses(home: Home, models: list[ConfidenceModel]) -> tuple[float, float, int] | None:
    """The mean loss of two models on all labels, and how many there are; None: there are none."""
    try:
        labelled = gather_labelled(home)
    except (LedgerError, LookupError):
        return None
    before, after = (mean_loss(model, labelled) for model in models)
    return before, after, labelled.height


def _model_of(home: Home, name: str) -> ConfidenceModel:
    return load_value_model(None if name == SHIPPED else read_models(home, name).verified())


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
            in_force(ledger.read(), as_of=today()),
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
