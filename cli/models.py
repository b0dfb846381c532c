"""The commands about models: `concord model train`, `compare`, `promote`, `show`.

Training is a decision: a new set is a candidate, changes nothing, and is put in force only after what it would change
has been shown. 0 done, 1 there is no such night or set, 2 wrong usage, 4 refused: another version of Concord, or pairs
that stewards decided would be lost.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.acceptance import ByOption, log_act
from cli.options import DEFAULT_HOME, Exit, HomeOption, fail
from cli.shown import JsonOption, draw, print_table, say
from warehouse.home import Home

if TYPE_CHECKING:
    from warehouse.models import Promotion

model_app = typer.Typer(no_args_is_help=True, help="The models that link records, and say how sure golden values are.")

NightOption = Annotated[
    datetime | None,
    typer.Option(
        "--night",
        formats=["%Y-%m-%d"],
        help="The night whose records to use; defaults to that of the release in force.",
    ),
]
PageOption = Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write a page with pictures there.")]
# Fewer records teach little more than what the comparisons declare.
FEW_RECORDS = 1_000


@model_app.command()
def train(
    night: NightOption = None,
    *,
    confidence: Annotated[
        bool, typer.Option("--confidence", help="Learn how sure golden values are, from labels.")
    ] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Train models on the records of a night, or on what stewards and owners found. The result is a candidate."""
    from assets.models import save_beside
    from cli.confidence_models import train_confidence
    from cli.model_inputs import explain_model_errors, find_night
    from matching.compared_orders import train_models
    from warehouse.models import save_models

    state = Home(home.resolve())
    if confidence:
        train_confidence(state)
        return
    with explain_model_errors():
        records = find_night(state, night)
        models = train_models(records.compared)
        kept = save_models(state, lambda folder: save_beside(state, models, folder), as_of=records.as_of)
    if records.orders.height < FEW_RECORDS:
        typer.echo(f"only {records.orders.height} records: they teach little more than what is declared", err=True)
    for parameters in (models.person, models.order):
        typer.echo(f"{parameters.model}: {parameters.trained_on}, {parameters.rounds} rounds")
    typer.echo(f"{kept.set_id} is a candidate: `concord model compare {kept.set_id}` shows what it would change")


@model_app.command()
def compare(
    candidate: Annotated[str | None, typer.Argument(help="A set of models; defaults to the newest candidate.")] = None,
    *,
    against: Annotated[
        str | None, typer.Option(help="Another set, or `shipped`; defaults to the models in force.")
    ] = None,
    night: NightOption = None,
    out: PageOption = None,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show what a candidate would change before it is used."""
    from cli.confidence_models import print_confidence
    from cli.model_changes import compare_models
    from cli.model_inputs import explain_model_errors, find_models, find_night, newest_candidate, write_file
    from cli.model_report import describe_changes, describe_models, write_page

    state = Home(home.resolve())
    with explain_model_errors():
        new = find_models(state, candidate or newest_candidate(state))
        old = find_models(state, against)
        records = find_night(state, night)
        changes = compare_models(
            records.compared, old.models, new.models, decisions=records.decisions, labels=records.labels
        )
    say(f"{new.name} instead of {old.name}, on the records of {records.as_of}")
    print_table("WHAT WOULD CHANGE", changes.counts())
    print_table("DECIDED PAIRS", changes.measures.drop_nulls("recall"))
    print_table("DECIDED PAIRS JUDGED DIFFERENTLY", changes.labels)
    print_table("ORDERS AND PERSONS", changes.clusters)
    print_table("PAIRS THAT CROSS THE THRESHOLD", changes.pairs)
    with explain_model_errors():
        print_confidence(state, new.name, old.name)
    if out:
        introduction = [f"Models {new.name} instead of {old.name}, on the records of the night of {records.as_of}."]
        sections = describe_changes(changes, old.models, new.models)
        sections += describe_models(new.models, records.compared, records.labels)
        write_file(out, write_page(f"What models {new.name} would change", introduction, sections))
        say(f"wrote {out}")


@model_app.command()
def promote(
    candidate: Annotated[str, typer.Argument(help="A set of models, or `shipped`.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Promote even if pairs that stewards decided are lost.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; must be given with --force.")] = "",
    by: ByOption = None,
    night: NightOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Put a set of models in force from the next night on; an approver must, once there are accounts."""
    from cli.confidence_models import worse_confidence
    from cli.model_inputs import explain_model_errors, find_lost, find_models, find_night
    from warehouse.models import SHIPPED, put_in_force, read_models
    from warehouse.run_lock import only_run

    if force and not reason.strip():
        fail("--force needs a --reason", Exit.USAGE)
    state = Home(home.resolve())
    with explain_model_errors():
        new = find_models(state, candidate)
        models = None if candidate == SHIPPED else read_models(state, candidate)
        old = find_models(state, None)
        lost = find_lost(find_night(state, night), old.models, new.models)
        worse = worse_confidence(state, new.name, old.name)
    if worse and not force:
        fail(f"refused: {worse}", Exit.REFUSED)
    if lost.height and not force:
        print_table("DECIDED PAIRS THAT WOULD BE LOST", lost)
        wrong = lost.get_column("decision_id").n_unique()
        fail(f"refused: {candidate} gets {wrong} decided pairs wrong that {old.name} gets right", Exit.REFUSED)
    # What is in force changes between nights, not within one.
    with explain_model_errors(), only_run(state):
        what = {"kind": "models", "models": candidate}
        who = log_act(state.path, what, reason=reason.strip(), by=by)
        is_forced = bool(lost.height or worse)
        promotion = put_in_force(state, models, reason=reason.strip(), is_forced=is_forced, by=who)
    typer.echo(f"{candidate} is in force from the next night on, instead of {promotion.former or old.name}")


@model_app.command()
def show(
    models: Annotated[
        str | None, typer.Argument(help="A set of models, or `shipped`; without one, all sets are listed.")
    ] = None,
    *,
    night: NightOption = None,
    out: PageOption = None,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """List the sets of models, or show what one learned."""
    from cli.model_inputs import explain_model_errors, find_models, find_night, write_file
    from cli.model_report import describe_models, write_page
    from matching.engine.diagnostics import tabulate_shares

    state = Home(home.resolve())
    if models is None:
        with explain_model_errors():
            list_sets(state.path)
        return
    with explain_model_errors():
        found = find_models(state, models)
        if out:
            records = find_night(state, night)
            introduction = [f"Models {found.name}, on the records of the night of {records.as_of}."]
            sections = describe_models(found.models, records.compared, records.labels)
            write_file(out, write_page(f"Models {found.name}", introduction, sections))
    for parameters in (found.models.person, found.models.order):
        table = tabulate_shares(parameters).drop("pairs")
        title = f"{parameters.model}: {parameters.trained_on}"
        draw({parameters.model: table.to_dicts()}, partial(print_table, title, table, most=table.height))
    if out:
        say(f"wrote {out}")


def list_sets(home: Path) -> None:
    """List all sets, the one in force marked, and when it was put in force instead of which."""
    from warehouse.models import current_models, list_models, list_promotions

    state = Home(home)
    current, sets, promotions = current_models(state), list_models(state), list_promotions(state)
    found = {
        "in_force": current.set_id if current else "shipped",
        "sets": [models.set_id for models in sets],
        "promotions": [asdict(promotion) for promotion in promotions],
    }

    def print_sets() -> None:
        for models in sets:
            typer.echo(f"{'*' if models == current else ' '} {models.set_id}")
        if current is None:
            typer.echo("* shipped: the models that come with Concord")
        _print_promotions(promotions)

    draw(found, print_sets)


def _print_promotions(promotions: "Sequence[Promotion]") -> None:
    for promotion in promotions:
        forced = ", forced" if promotion.is_forced else ""
        why = f": {promotion.reason}" if promotion.reason else ""
        who = f", by {promotion.by}" if promotion.by else ""
        typer.echo(f"{promotion.set_id} instead of {promotion.former or 'shipped'}{who}{forced}{why}")
