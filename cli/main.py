"""The command line: `concord`. Every command prints what a person can read and exits with a code a scheduler can.

0 published or done, 3 published but degraded, 1 failed with the last release untouched,
2 wrong usage, 4 a decision was refused.

Dagster and polars are imported by the commands that need them: `--help` must not wait for them, and the worker that
validates tables starts from this module.
"""

import gc
import sys
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.acceptance import AcceptOption, ByOption, ReasonOption, accepted_gates
from cli.accounts import accounts_app
from cli.alerts import alerts_app
from cli.audit import audit_app
from cli.backup import backup, restore
from cli.dagster_pages import dagster
from cli.deciding import decide_app
from cli.decisions import decisions_app
from cli.erase import erase, prune
from cli.models import model_app
from cli.night import DEMO_ORDERS, SAMPLE_NIGHT, make_demo, run_and_summarise
from cli.nights import backfill, check, init, replay_night, retry
from cli.options import (
    DEFAULT_HOME,
    Exit,
    HomeOption,
    LandingOption,
    ReleaseOption,
    console,
    fail,
    settings_of,
    warn,
    words_of,
)
from cli.packs import packs_app
from cli.quality import quality_app
from cli.query import export, query
from cli.releases import release_app
from cli.review import review
from cli.shown import JsonOption, draw, write_outcome
from cli.streams import drop_unwritten, prepare_streams
from cli.study import study_app
from cli.writing import naming, writing
from warehouse.disk import keep_private
from warehouse.home import Home
from warehouse.secret_files import SecretFileError, read_secret_files

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reconciles slavery and trafficking order records of the PNC, the PND, the courts and the regional units.",
)
app.add_typer(release_app, name="release")
app.add_typer(decide_app, name="decide")
app.add_typer(decisions_app, name="decisions")
app.add_typer(packs_app, name="packs")
app.add_typer(model_app, name="model")
app.add_typer(quality_app, name="quality")
app.add_typer(accounts_app, name="accounts")
app.add_typer(audit_app, name="audit")
app.add_typer(alerts_app, name="alerts")
for command in (init, check, retry, backfill):
    app.command()(command)
app.command("replay")(replay_night)
app.add_typer(study_app, name="study")
app.command()(query)
app.command()(export)
app.command()(review)
app.command()(dagster)
app.command()(prune)
app.command()(erase)
app.command()(backup)
app.command()(restore)

AsOfOption = Annotated[
    datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The night to reconcile, YYYY-MM-DD.")
]
Preset = Literal["practice-note"]


def show_version(asked: bool) -> None:  # typer calls it with the option's value
    """Print the version, if asked for, and end."""
    if asked:
        typer.echo(f"concord {version('concord')}")
        raise typer.Exit


@app.callback()
def begin(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """What every command makes is its user's alone: exports, packs and reports hold personal data too."""
    keep_private()
    try:
        read_secret_files()
    except SecretFileError as error:
        fail(str(error), Exit.USAGE)


@app.command()
def nightly(
    landing: LandingOption,
    as_of: AsOfOption,
    accept: AcceptOption = None,
    reason: ReasonOption = None,
    by: ByOption = None,
    full: Annotated[
        bool, typer.Option("--full", help="Do everything again, including what has not changed since the night before.")
    ] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Reconcile one night: read what landed, match, judge, publish a release, sum it up."""
    accepted = accepted_gates(home, as_of.date(), accept or [], reason=reason, by=by)
    raise typer.Exit(run_and_summarise(home, landing, as_of.date(), accepted=accepted, is_full=full))


@app.command()
def demo(
    home: HomeOption = DEFAULT_HOME,
    orders: Annotated[int, typer.Option(min=1, help="How many orders the synthetic world holds.")] = DEMO_ORDERS,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic world.")] = 1,
) -> None:
    """Make one night of synthetic deliveries and reconcile it: no real person, no real order."""
    code = make_demo(home, orders=orders, seed=seed)
    raise typer.Exit(Exit.PUBLISHED if code == Exit.DEGRADED else code)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where to write `landing/` and `truth/`.")],
    orders: Annotated[
        int | None, typer.Option(min=1, help=f"How many orders; defaults to {DEMO_ORDERS}, or to those of the preset.")
    ] = None,
    preset: Annotated[
        Preset | None, typer.Option(help="A world with a known answer: practice-note has the totals of that study.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic world.")] = 1,
    noise: Annotated[float, typer.Option(min=0, help="Errors: 0 none, 1 ordinary, 2 twice as many.")] = 1.0,
    nights: Annotated[
        int, typer.Option(min=1, help="How many nights, ten days apart, each in a folder of its own.")
    ] = 1,
    as_of: AsOfOption = SAMPLE_NIGHT,  # type: ignore[assignment]  # typer reads it like an argument
) -> None:
    """Write synthetic deliveries with their truth."""
    from samples.nights import write_nights

    if preset and orders:
        fail("--preset has orders of its own: leave out --orders or --preset", Exit.USAGE)
    count = None if preset else orders or DEMO_ORDERS
    with naming(folder):
        write_nights(folder, orders=count, seed=seed, noise=noise, nights=nights, as_of=as_of.date())
    written = f"{count} orders" if count else f"the {preset} preset"
    typer.echo(f"wrote {nights} night(s) of {written} to {folder}, the last one of {as_of:%Y-%m-%d}")


@app.command()
def status(home: HomeOption = DEFAULT_HOME, _json: JsonOption = False) -> None:
    """Show the release in force, its age, the last run, the gates and the disk; the exit code is for probes."""
    from cli.night_summary import read_decided, summarise
    from cli.printed_summary import render
    from cli.status import gather_status, render_status
    from pipelines.runs import list_runs
    from pipelines.settings import read_settings
    from reconciliation.register import Register
    from warehouse.releases.release import current_release

    state = Home(home.resolve())
    late_days = read_settings(state.path).alerts.late_days
    release, runs = current_release(state), list_runs(state)
    if release is None:
        cause = f"; the last run failed: {runs[-1].cause}" if runs and runs[-1].cause else ""
        fail(f"no release in {home}: run `concord nightly`{cause}", Exit.FAILED)
    summary = summarise(Register.open(state, release.release_id), read_decided(state.path))
    found = gather_status(state, release, summary, runs=runs, late_days=late_days)

    def draw_status() -> None:
        render(summary, console())
        render_status(found, console())

    draw(found.as_dict(), draw_status)
    raise typer.Exit(found.exit_code)


@app.command()
def report(
    out: Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False)] = Path("report.html"),
    home: HomeOption = DEFAULT_HOME,
    release: ReleaseOption = None,
) -> None:
    """Write a page on a release: sources, who is bound, how sources agree, quality, what is wrong."""
    from cli.night_summary import read_decided, summarise
    from cli.release_report import write_report
    from reconciliation.register import Register

    register = Register.open(Home(home.resolve()), release)
    summary = summarise(register, read_decided(home.resolve()))
    threshold = settings_of(home).quality.suppress_below
    page = write_report(summary, register, threshold=threshold)
    with writing(out) as written:
        written.write_text(page, encoding="utf-8")
    typer.echo(f"wrote {out}")


@app.command()
def explain(
    order_id: Annotated[str, typer.Argument(help="An order id, or one that was merged or split.")],
    home: HomeOption = DEFAULT_HOME,
    release: ReleaseOption = None,
    _json: JsonOption = False,
) -> None:
    """Explain why these records are one order, and where each golden value came from."""
    from cli.explanation import render
    from reconciliation.register import Register

    found = Register.open(Home(home.resolve()), release).explain(order_id)
    draw(found.as_dict(), lambda: render(found, console()))


def main() -> None:
    """Entry point of the `concord` command: what is not there, or can't be read or written, is said in words."""
    gc.set_threshold(500_000)  # with Python's 700, a quarter of the time to import the libraries goes to collections
    prepare_streams()
    if sys.flags.optimize > 1:
        warn("Python runs with -OO (PYTHONOPTIMIZE=2), which takes away texts that the libraries read: run it without")
        sys.exit(Exit.USAGE)
    code = _run()
    with suppress(OSError):
        write_outcome(code)
    drop_unwritten()
    sys.exit(code)


def _run() -> int:
    try:
        return int(app(standalone_mode=True) or 0)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(Exit.FAILED)
    except ValueError as error:
        from pipelines.settings import SettingsError

        if not isinstance(error, SettingsError):
            raise
        warn(str(error))
        return Exit.USAGE
    except (KeyError, IndexError):
        raise
    except LookupError as error:
        warn(str(error))
    except Exception as error:
        from pipelines.failures import known_cause

        said, cause = words_of(error), known_cause(str(error))
        if cause is None and not isinstance(error, OSError):
            raise
        warn(f"{said}: {cause}" if cause else said)
    return Exit.FAILED
