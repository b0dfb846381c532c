"""The commands about correction packs: `concord packs list`, `make`, `receive`, `log`, `show`, `check`.

0 done, or nothing is to be corrected; 1 there is no release, or the ledger or the folder can't be used; 2 wrong usage:
no such owner, pack or user.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail
from cli.pack_policy import policy_app, sample_app
from cli.shown import JsonOption, say, show
from cli.writing import naming
from warehouse.wording import count_words

if TYPE_CHECKING:
    import polars as pl

    from ledger.decisions.ledger import Ledger
    from ledger.packs.content import AskableLines
    from ledger.packs.log import Disclosure

packs_app = typer.Typer(no_args_is_help=True, help="Correction packs: ask the owners of records to correct them.")
packs_app.add_typer(policy_app, name="policy")
packs_app.add_typer(sample_app, name="sample")

OwnerArgument = Annotated[
    str | None,
    typer.Argument(help="`force:<code>`, `court:<code>`, `region:<code>` or `pnc_bureau`."),
]


@packs_app.command("list")
def list_owners(_json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List how many corrections each owner can be asked for, by the release, later decisions and the policy."""
    from cli.ledger_access import opened_ledger
    from cli.pack_tables import count_by_owner, lines_of
    from ledger.packs.policy import policy_in_force
    from review.packs.policy_words import describe_policy

    with opened_ledger(home) as ledger:
        lines, release_id = lines_of(home, ledger)
        policy = policy_in_force(ledger)
    show(count_by_owner(lines), empty=f"nothing is to be corrected by {release_id}")
    say(describe_policy(policy))


@packs_app.command()
def make(
    owner: OwnerArgument = None,
    *,
    out: Annotated[
        Path, typer.Option(help="The folder to write to; it is made if it does not exist.", file_okay=False)
    ],
    by: Annotated[str, typer.Option(envvar="CONCORD_USER", help="Who hands it out: a user of the ledger.")],
    reason: Annotated[str, typer.Option(help="Why it is disclosed; it is logged.")],
    recipient: Annotated[
        str | None, typer.Option(help="Who receives it: a person or an office; defaults to the owner's name.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="A pack for every owner with something to correct.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Make an owner's pack of the orders you may see, XLSX and CSV, and log the disclosure: it holds personal data."""
    from cli.door import require_at
    from cli.ledger_access import opened_ledger
    from cli.pack_tables import lines_of
    from ledger.owners import owner_title
    from ledger.packs.log import Disclosure
    from pipelines.settings import read_settings

    if everyone == (owner is not None) or (everyone and recipient):
        fail("name one owner, or ask for --all without a --recipient", Exit.USAGE)
    if owner is not None:
        known_owner(owner)
    who = require_at(home, "decide", by=by)
    with opened_ledger(home) as ledger:
        settings, (lines, release_id) = read_settings(home.resolve()), lines_of(home, ledger, who)
        for name in all_owners(lines) if owner is None else (owner,):
            disclosure = Disclosure(
                owner=name,
                recipient=recipient or owner_title(name),
                reason=reason.strip(),
                disclosed_by=by,
                disclosed_at=datetime.now(UTC),
                release_id=release_id,
                marking=settings.marking,
            )
            make_one(ledger, lines, disclosure, folder=out, answers_to=settings.answers_to)


def make_one(
    ledger: "Ledger", lines: "AskableLines", disclosure: "Disclosure", *, folder: Path, answers_to: str
) -> None:
    """Hand one pack out, if there is anything to ask, and say so."""
    import polars as pl

    from ledger.owners import owner_title
    from ledger.packs.handing import hand_out
    from ledger.packs.workbook import TooManyLinesError

    title, is_owners = owner_title(disclosure.owner), pl.col("owner") == disclosure.owner
    asked, waiting = lines.ready.filter(is_owners), lines.waiting.filter(is_owners).height
    if waiting:
        waits = count_words(waiting, "line waits", "lines wait")
        typer.echo(f"{title}: {waits} for the next night: decisions were taken since the release")
    kept = lines.every.filter(is_owners).height - asked.height
    if kept:
        held = count_words(kept, "line is", "lines are")
        typer.echo(f"{title}: {held} not sent without a steward: see `concord packs policy show`")
    if asked.is_empty():
        typer.echo(f"{title}: nothing to send by {disclosure.release_id}; no pack was made")
        return
    try:
        with naming(folder):
            done = hand_out(ledger, asked, disclosure, folder=folder, answers_to=answers_to)
    except TooManyLinesError as error:
        fail(f"{title}: {error}; nothing was handed out", Exit.FAILED)
    except OSError as error:
        words = f"{folder} can't be written to: {error.strerror}" if error.strerror else str(error)
        fail(f"{title}: {words}; nothing was handed out", Exit.FAILED)
    again = asked.get_column("handed_out_on").count()
    typer.echo(
        f"{done.disclosure_id}  {title}: {count_words(asked.height, 'line', 'lines')}, {again:,} of them asked before"
    )
    for file in done.files:
        typer.echo(f"  {file}")


def all_owners(lines: "AskableLines") -> list[str]:
    """The owners of whom anything is asked; of those that are on no list it is only said that they are."""
    import polars as pl

    from ledger.owners import title_or_none

    owners = pl.concat([lines.ready.select("owner"), lines.waiting.select("owner")]).to_series().unique().sort()
    unknown = [owner for owner in owners if title_or_none(owner) is None]
    if unknown:
        typer.echo(f"no owner is known as {', '.join(unknown)}: deal with these lines by hand", err=True)
    return [owner for owner in owners if owner not in unknown]


@packs_app.command()
def log(_json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List the packs that were handed out: when, by whom, to whom, why."""
    from cli.ledger_access import opened_ledger
    from cli.pack_tables import disclosure_rows
    from ledger.packs.log import read_disclosures, read_pack_lines

    with opened_ledger(home) as ledger:
        show(disclosure_rows(read_disclosures(ledger), read_pack_lines(ledger)), empty="no pack was handed out")


@packs_app.command("show")
def show_one(
    disclosure_id: Annotated[str, typer.Argument(help="A pack, as `concord packs log` names it.")],
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """List the lines of a pack with what became of each: keys and states, no values."""
    import polars as pl

    from cli.ledger_access import opened_ledger
    from cli.pack_tables import followed_up, line_rows
    from ledger.packs.answers import last_answers, read_answers

    of_pack = pl.col("disclosure_id") == disclosure_id
    with opened_ledger(home) as ledger:
        lines = known_lines(ledger, disclosure_id)
        answers = last_answers(read_answers(ledger).filter(of_pack))
    show(line_rows(lines, followed_up(home), answers), empty="")


@packs_app.command()
def receive(
    disclosure_id: Annotated[str, typer.Argument(help="The pack that is answered, as `concord packs log` names it.")],
    file: Annotated[Path, typer.Argument(help="Its workbook or CSV file, with the owner's answers.", exists=True)],
    by: Annotated[str, typer.Option(envvar="CONCORD_USER", help="Who takes it in: a user of the ledger.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Take in the answers to a pack; if any cell cannot be taken, all are listed and nothing is recorded."""
    from cli.door import require_at
    from cli.ledger_access import opened_ledger
    from ledger.packs.answers import record_answers
    from review.packs.answer_file import AnswerFileError, read_answer_file
    from warehouse.time_zone import day_in_london

    at = datetime.now(UTC)
    require_at(home, "decide", by=by)
    with opened_ledger(home) as ledger:
        references = frozenset(known_lines(ledger, disclosure_id).get_column("reference"))
        try:
            read = read_answer_file(file, disclosure_id=disclosure_id, references=references, today=day_in_london(at))
        except AnswerFileError as error:
            fail(str(error), Exit.USAGE)
        for fault in read.faults:
            typer.echo(f"{fault.cell}: {fault.words}", err=True)
        if read.faults:
            fail("nothing was recorded", Exit.USAGE)
        new = record_answers(ledger, disclosure_id, read.answers, by=by, at=at, file_sha256=read.sha256)
    typer.echo(f"{disclosure_id}: {read.answers.height:,} of {len(references):,} lines answered, {new:,} of them new")


def known_lines(ledger: "Ledger", disclosure_id: str) -> "pl.DataFrame":
    """The lines of a pack that was handed out; another name ends the command."""
    import polars as pl

    from ledger.packs.log import read_pack_lines

    lines = read_pack_lines(ledger).filter(pl.col("disclosure_id") == disclosure_id)
    if lines.is_empty():
        fail(f"there is no pack {disclosure_id}: see `concord packs log`", Exit.USAGE)
    return lines


@packs_app.command()
def check(owner: OwnerArgument = None, _json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """Show by owner what became of the lines handed out, how many were answered, and in how many days."""
    import polars as pl

    from cli.ledger_access import opened_ledger
    from cli.pack_tables import followed_up
    from ledger.packs.answers import last_answers, read_answers
    from ledger.packs.response_figures import ANSWERING, sum_up
    from review.packs.pack_material import asked_of
    from warehouse.time_zone import today

    title = known_owner(owner) if owner is not None else "anybody"
    with opened_ledger(home) as ledger:
        asked, answers = asked_of(ledger), last_answers(read_answers(ledger))
    if owner is not None:
        asked = asked.filter(pl.col("owner") == owner)
    found = sum_up(asked, followed_up(home), answers, today=today())
    show(found.drop(ANSWERING), empty=f"nothing was ever asked of {title}")
    if found.height:
        show(found.select("owner", *ANSWERING), empty="", name="answers")


def known_owner(owner: str) -> str:
    """What an owner is called; one that there is not ends the command."""
    from ledger.owners import UnknownOwnerError, owner_title

    try:
        return owner_title(owner)
    except UnknownOwnerError as error:
        fail(str(error), Exit.USAGE)
