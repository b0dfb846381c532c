"""The commands by which a steward decides: `concord decide …`.

Belongs here: what each asks for, its preview, what it prints. Does not: the ledger as a whole (`cli.decisions`), who
may decide alone (`cli.door`).

0 taken, or known already; 1 the ledger can't be used; 2 wrong usage: no such record, order, value, reason or user;
4 refused: it contradicts decisions in force, or the values have changed since they were seen.
"""

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import DEFAULT_HOME, HomeOption
from cli.shown import show
from warehouse.wording import count_words

if TYPE_CHECKING:
    import polars as pl

    from ledger.decisions.decision import Draft
    from ledger.decisions.submitting import Taken

decide_app = typer.Typer(no_args_is_help=True, help="Decide as a steward.")

RecordArgument = Annotated[str, typer.Argument(help="A record id (`<source>:<key>`) or its handle.")]
DiscrepancyArgument = Annotated[str, typer.Argument(help="A discrepancy id.")]
ByOption = Annotated[str, typer.Option(envvar="CONCORD_USER", help="Who decides: a user of the ledger.")]
ReasonOption = Annotated[str, typer.Option(help="Why, as a code: see docs/reference/ledger.md.")]
CommentOption = Annotated[str | None, typer.Option(help="Why, in words.")]

Asked = dict[str, Any]
"""What is asked for, by columns of the ledger."""

PAIRS = {
    "same-order": "The two records are about the same order.",
    "different-order": "The two records are about different orders.",
    "same-person": "The two records are about the same person.",
    "different-person": "The two records are about different persons.",
    "pair-unclear": "What is known does not show whether the two records belong together; the reason says what would.",
}


def take(
    asked: Asked,
    *,
    by: ByOption,
    reason: ReasonOption,
    comment: CommentOption = None,
    replace: Annotated[str | None, typer.Option(help="The decision in force that this one replaces.")] = None,
    seen: Annotated[
        str | None, typer.Option(help="Fingerprint that `--preview` showed: refused if values have changed since.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would change, and save nothing.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Take the decision that is asked for on the release in force, or show what it would change."""
    from assets.wording_decisions import foresee_with_names
    from cli.desk_tools import opened_desk
    from cli.door import decide
    from cli.ledger_access import present_of
    from ledger.decisions.bulk import draft_of
    from ledger.decisions.decision import Signature

    signature = Signature(by, reason, comment)
    with opened_desk(home) as desk:
        present = present_of(home)
        draft = draft_of(asked | {"replaces": replace, "fingerprint": seen}, present)
        if preview:
            print_preview(
                draft, desk.ledger.rehearse(draft, signature), foresee_with_names([draft], desk.ledger.read(), present)
            )
        else:
            print_outcome(*decide(desk, [draft], signature))


def decision(ask: Callable[..., Asked], *, name: str | None = None, words: str | None = None) -> Callable[..., Asked]:
    """Make a command of a kind of decision: it has the arguments of `ask` and the options of `take`."""
    own = inspect.signature(ask).parameters.values()
    shared = list(inspect.signature(take).parameters.values())[1:]

    def command(**given: Any) -> None:
        options = {option.name: given.pop(option.name) for option in shared}
        take(ask(**given), **options)

    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in (*own, *shared)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    decide_app.command(name or ask.__name__.replace("_", "-"), help=words or ask.__doc__)(command)
    return ask


def ask_pair(kind: str) -> Callable[..., Asked]:
    """What a decision of that kind on two records asks for."""

    def pair(one: RecordArgument, other: RecordArgument) -> Asked:
        return {"kind": kind, "left_record_id": one, "right_record_id": other}

    return pair


for pair_name, pair_words in PAIRS.items():
    decision(ask_pair(pair_name.replace("-", "_")), name=pair_name, words=pair_words)


@decision
def value(
    order_id: Annotated[str, typer.Argument(help="An order id, or one that was merged into another.")],
    field: Annotated[str, typer.Argument(help="A field of the order.")],
    decided: Annotated[str, typer.Argument(metavar="VALUE", help="The value; dates as YYYY-MM-DD.")],
) -> Asked:
    """This value of a field of the order is right."""
    return {"kind": "value", "order_id": order_id, "field": field, "value": decided}


@decision
def value_unclear(
    order_id: Annotated[str, typer.Argument(help="An order id, or one that was merged into another.")],
    field: Annotated[str, typer.Argument(help="A field of the order.")],
) -> Asked:
    """What is known does not show which value is right; the reason says what would."""
    return {"kind": "value_unclear", "order_id": order_id, "field": field}


@decision
def both_right(discrepancy_id: DiscrepancyArgument) -> Asked:
    """The values of a discrepancy differ and both are right."""
    return {"kind": "both_right", "discrepancy_id": discrepancy_id}


@decision
def accept(
    discrepancy_id: DiscrepancyArgument,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it is accepted.")],
) -> Asked:
    """A discrepancy is known, and accepted until a date."""
    return {"kind": "accept", "discrepancy_id": discrepancy_id, "accepted_until": until.date()}


@decision
def refer(
    discrepancy_id: DiscrepancyArgument,
    to: Annotated[str | None, typer.Option(help="Who to refer it to; defaults to its owner.")] = None,
) -> Asked:
    """A discrepancy is referred to its owner."""
    return {"kind": "refer", "discrepancy_id": discrepancy_id, "referred_to": to}


@decision
def not_enough(discrepancy_id: DiscrepancyArgument) -> Asked:
    """What is known is not enough to decide; the reason says what would settle it."""
    return {"kind": "not_enough", "discrepancy_id": discrepancy_id}


@decision
def wording(
    wording_id: Annotated[str, typer.Argument(help="A wording of `condition_wordings` that has no code.")],
    condition: Annotated[
        str, typer.Argument(help="A code of the catalogue; or P: (prohibition) or R: (requirement) and a new title.")
    ],
) -> Asked:
    """A wording, and those like it, are this condition."""
    return {"kind": "wording", "left_handle": wording_id, "value": condition}


@decide_app.command()
def undo(
    name: Annotated[str, typer.Argument(help="A decision id; with `--batch` the id of a batch.")],
    by: ByOption,
    reason: ReasonOption,
    comment: CommentOption = None,
    batch: Annotated[bool, typer.Option("--batch", help="Undo all of a batch that is still in force.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Undo a decision; what it replaced is in force again."""
    from cli.desk_tools import opened_desk
    from cli.door import decide
    from ledger.decisions.decision import Draft, Signature

    signature = Signature(by, reason, comment)
    with opened_desk(home) as desk:
        names = desk.ledger.standing_of(name) if batch else [name]
        taken = decide(desk, [Draft(kind="undo", replaces=one) for one in names], signature)
    if batch:
        typer.echo(f"undid {count_words(len(taken), 'decision', 'decisions')} of batch {name}")
    else:
        print_outcome(*taken)


def print_preview(draft: "Draft", rehearsed: "Taken", changes: "pl.DataFrame") -> None:
    """Print what a decision would change."""
    typer.echo(f"seen {draft.fingerprint}")
    if not rehearsed.is_new:
        typer.echo(f"{rehearsed.decision_id} already says so")
    elif rehearsed.replaced:
        typer.echo(f"it would replace {rehearsed.replaced}")
    show(changes, empty="it would change nothing on its own")


def print_outcome(taken: "Taken") -> None:
    """Print what became of a decision."""
    replaced = f", in place of {taken.replaced}" if taken.is_new and taken.replaced else ""
    typer.echo(f"{taken.decision_id}{replaced}" if taken.is_new else f"{taken.decision_id} already says so")
