"""The commands that look after the ledger of stewards' decisions: `concord decisions …`.

Belongs here: making and migrating it, users, lists, checks, files of decisions. Does not: deciding (`cli.deciding`).

0 done; 1 the ledger can't be used; 2 wrong usage; 4 refused, as a line contradicts decisions in force.
"""

from pathlib import Path
from typing import Annotated

import typer

from cli.acceptance import ByOption as WhoVouchesOption
from cli.deciding import ByOption
from cli.options import DEFAULT_HOME, HomeOption
from cli.shown import JsonOption, show
from cli.writing import naming
from warehouse.home import Home
from warehouse.wording import count_words

decisions_app = typer.Typer(no_args_is_help=True, help="The ledger of stewards' decisions.")


@decisions_app.command()
def migrate(home: HomeOption = DEFAULT_HOME) -> None:
    """Make the ledger, or bring it to the schema of this version."""
    from cli.ledger_access import explain_ledger_errors, place_of
    from ledger.decisions.ledger import Ledger

    words = {"missing": "made", "older": "brought up to date", "current": "is up to date"}
    with explain_ledger_errors():
        ledger, was = Ledger.create(place_of(home), Home(home.resolve()))
        ledger.close()
        typer.echo(f"ledger {words[was]}")


@decisions_app.command()
def vouch(
    reason: Annotated[str, typer.Option(help="Why the decisions are right as they are; it is logged.")],
    by: WhoVouchesOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Vouch for all decisions in the ledger, after a restore or under a new key: each gets a new mark."""
    from cli.acceptance import log_act
    from cli.ledger_access import explain_ledger_errors, opened_ledger
    from cli.options import require_reason

    reason = require_reason(reason)
    with explain_ledger_errors():
        log_act(home, {"kind": "marks of decisions"}, reason=reason, by=by)
    with opened_ledger(home) as ledger:
        typer.echo(f"{count_words(ledger.vouch(), 'decision', 'decisions')} marked")


@decisions_app.command()
def users(
    add: Annotated[str | None, typer.Option(help="Let this user decide.")] = None,
    retire: Annotated[str | None, typer.Option(help="Stop this user from deciding.")] = None,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """List, add or retire those who may decide; once there are accounts, their roles decide (`concord accounts`)."""
    from cli.desk_tools import accounts_of, opened_desk
    from cli.door import note
    from cli.options import Exit, fail

    with opened_desk(home) as desk:
        if (add or retire) and accounts_of(desk):
            fail("there are accounts, and their roles say who decides: use `concord accounts`", Exit.REFUSED)
        if add:
            desk.ledger.add_user(add)
            note(desk, "collection", {"user": add, "change": "added"})
        if retire:
            desk.ledger.retire_user(retire)
            note(desk, "alteration", {"user": retire, "change": "retired"})
        show(desk.ledger.users(), empty="there are no users yet")


@decisions_app.command("list")
def list_all(
    everything: Annotated[bool, typer.Option("--all", help="Also those no longer in force.")] = False,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """List the decisions in force."""
    from cli.decision_tables import decision_rows
    from cli.ledger_access import opened_ledger

    with opened_ledger(home) as ledger:
        show(decision_rows(ledger.read(), everything=everything), empty="there are no decisions")


@decisions_app.command()
def check(_json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """Check the decisions in force against the release in force: stale ones, contradictions."""
    from cli.decision_tables import contradiction_rows, stale_rows
    from cli.ledger_access import opened_ledger, present_of

    with opened_ledger(home) as ledger:
        present, decisions = present_of(home), ledger.read()
    show(stale_rows(decisions, present), empty="no decision is stale", name="stale")
    show(contradiction_rows(decisions, present), empty="no decisions contradict one another", name="contradictions")


@decisions_app.command("export")
def write(
    file: Annotated[Path, typer.Argument(help="The file to write: .csv or .parquet.", dir_okay=False)],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write all decisions to a file: it may hold personal data, and is logged."""
    from cli.desk_tools import opened_desk
    from cli.door import note
    from cli.ledger_access import explain_ledger_errors
    from ledger.decisions.exchange import require_suffix, write_decisions

    with explain_ledger_errors():
        require_suffix(file)
    with opened_desk(home) as desk:
        decisions = desk.ledger.read()
        note(desk, "disclosure", {"decisions": decisions.height}, right="approve")
        with naming(file):
            write_decisions(decisions, file)
    typer.echo(f"wrote {count_words(decisions.height, 'decision', 'decisions')} to {file}")


@decisions_app.command("import")
def bring_in(
    file: Annotated[Path, typer.Argument(help="The file to read: .csv or .parquet.", exists=True, dir_okay=False)],
    by: ByOption,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Put the decisions of a file into the ledger, all or none: exported ones, or new ones without a decision_id."""
    from cli.desk_tools import opened_desk
    from cli.door import note, require_importable
    from cli.ledger_access import present_of
    from ledger.decisions.bulk import import_lines
    from ledger.decisions.exchange import read_lines

    with opened_desk(home) as desk:
        lines = read_lines(file)
        require_importable(home, desk, [line.values.get("decision_id") for line in lines])
        note(desk, "alteration", {"imported_lines": len(lines)}, by=by, right="approve")
        done = import_lines(desk.ledger, lines, by=by, present=lambda: present_of(home))
    batch = f"; batch {done.batch_id}" if done.batch_id else ""
    typer.echo(f"added {done.added}, known already {done.known}{batch}")
