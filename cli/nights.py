"""The commands about nights beside `nightly`: retry, backfill, replay, and before the first one init and check.

Belongs here: their arguments and what they print. Does not: how a night is run (`cli.night`, `pipelines.nightly`).
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.acceptance import AcceptOption, ByOption, ReasonOption, accepted_gates
from cli.night import run_and_summarise, warn_of_landing
from cli.options import DEFAULT_HOME, Exit, HomeOption, LandingOption, console, fail, settings_of
from cli.shown import JsonOption, draw
from warehouse.home import Home

DAY = ["%Y-%m-%d"]


def retry(
    accept: AcceptOption = None, reason: ReasonOption = None, by: ByOption = None, home: HomeOption = DEFAULT_HOME
) -> None:
    """Run again the last night that failed, from the step that failed if nothing has changed since."""
    from datetime import date

    from pipelines.nightly import NothingToRetryError, run_to_retry

    try:
        last = run_to_retry(Home(home.resolve()))
    except NothingToRetryError as error:
        fail(str(error), Exit.USAGE)
    as_of = date.fromisoformat(last.night)
    accepted = accepted_gates(home, as_of, accept or [], reason=reason, by=by)
    typer.echo(f"night {as_of} again")
    raise typer.Exit(run_and_summarise(home, Path(last.landing), as_of, accepted=accepted, retry_of=last))


def backfill(
    landing: LandingOption,
    first: Annotated[datetime, typer.Option("--from", formats=DAY, help="The first night.")],
    last: Annotated[datetime, typer.Option("--to", formats=DAY, help="The last night.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Run past nights again, the earliest first; a night whose content differs becomes a revision of its release."""
    nights = [first.date() + timedelta(days=day) for day in range((last - first).days + 1)]
    if not nights:
        fail("--to is before --from", Exit.USAGE)
    codes = {night: run_and_summarise(home, landing, night) for night in nights}
    raise typer.Exit(Exit.DEGRADED if Exit.DEGRADED in codes.values() else Exit.PUBLISHED)


def replay_night(
    release: Annotated[str, typer.Argument(help="The release of the night, such as r2026-11-20.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Run a past night again from what is kept, and say whether the result is the same; nothing is changed."""
    from pipelines.nightly import NightFailedError
    from pipelines.replay import NotReplayableError, replay
    from warehouse.releases.release import read_release

    state = Home(home.resolve())
    published = read_release(state, release)
    erased = "; a person was erased from it since, which may be why" if published.manifest.get("erasures") else ""
    try:
        found = replay(state, published, settings_of(state.path))
    except (NotReplayableError, NightFailedError) as error:
        fail(f"{release} can't be replayed: {error}{erased}", Exit.FAILED)
    if found.is_same:
        typer.echo(f"{release}: the same content")
        return
    code = "" if found.is_same_code else "; it was made by other code, which may be why"
    fail(f"{release}: another content, in {', '.join(found.differing)}{erased or code}", Exit.FAILED)


def init(home: HomeOption = DEFAULT_HOME) -> None:
    """Make the folder of all state, a landing folder for each source, and `concord.toml`; what is there stays."""
    from pipelines.settings import FILE_NAME, settings_template
    from warehouse.sources import SOURCE_NAMES

    state = Home(home.resolve()).create()
    for source in SOURCE_NAMES:
        (state.path / "landing" / source).mkdir(parents=True, exist_ok=True)
    settings = state.path / FILE_NAME
    if not settings.exists():
        settings.write_text(settings_template(), encoding="utf-8")
    typer.echo(f"{state.path} is ready: settings are in {settings}, deliveries go below {state.path / 'landing'}")
    typer.echo("next: concord check --landing LANDING --as-of YYYY-MM-DD, then concord nightly with the same")


def check(
    landing: LandingOption,
    as_of: Annotated[datetime, typer.Option("--as-of", formats=DAY, help="The night.")],
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Read settings and deliveries as the night would, and say what is wrong; nothing is kept or published."""
    import polars as pl

    from assets.deliveries import take_in
    from assets.feed_history import RecentNights
    from assets.sources import find_sources
    from cli.night_summary import source_line
    from cli.printed_summary import source_grid
    from pipelines.nightly import UnknownNightError, require_night
    from warehouse.sources import SOURCE_NAMES

    state = Home(home.resolve())
    settings = settings_of(state.path)
    night = as_of.date()
    try:
        require_night(night)
    except UnknownNightError as error:
        fail(str(error), Exit.USAGE)
    warn_of_landing(landing, settings)
    recent = RecentNights.before(state, night, bounds=settings.bounds, policies=settings.deliveries, accepted={})
    deliveries = pl.concat(
        take_in(source, landing=landing, archive=state.archive, as_of=night, recent=recent, keeps=False).deliveries
        for source in find_sources()
    )
    lines = [source_line(source, deliveries) for source in SOURCE_NAMES]

    def print_lines() -> None:
        console().print(source_grid(lines))
        for line in lines:
            for note in line.notes:
                typer.echo(f"  {line.source}: {note}")

    draw({"sources": [asdict(line) for line in lines]}, print_lines)
    is_whole = all(line.state == "fresh" for line in lines)
    raise typer.Exit(Exit.PUBLISHED if is_whole else Exit.DEGRADED)
