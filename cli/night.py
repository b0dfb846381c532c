"""Running a night from the command line: the run itself, its summary, its exit code, and the night of the demo.

Belongs here: what `concord nightly`, `concord demo` and `concord review --demo` share. Does not: their arguments.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.options import Exit, console, fail, settings_of, warn, words_of
from warehouse.home import Home

if TYPE_CHECKING:
    from cli.night_summary import Summary
    from pipelines.runs import RunRecord
    from pipelines.settings import Settings

SAMPLE_NIGHT = "2026-11-20"
"""The night of the synthetic world."""
DEMO_ORDERS = 400


def make_demo(home: Path, *, orders: int = DEMO_ORDERS, seed: int = 1) -> Exit:
    """Make the night of the demo; the exit code says how it went."""
    from samples.nights import write_nights

    as_of = date.fromisoformat(SAMPLE_NIGHT)
    write_nights(home / "demo", orders=orders, seed=seed, as_of=as_of)
    return run_and_summarise(home, home / "demo" / "landing", as_of)


def run_and_summarise(
    home: Path,
    landing: Path,
    as_of: date,
    *,
    accepted: Mapping[str, str] | None = None,
    retry_of: "RunRecord | None" = None,
    is_full: bool = False,
) -> Exit:
    """Run a night and print its summary; the exit code says how it went."""
    from expectations.gx import Validator

    Validator.shared()  # its import takes seconds: it starts before Dagster's
    from pipelines.after_run import look_again
    from pipelines.nightly import NightFailedError, UnknownNightError, run_night
    from warehouse.log_lines import log_as_json
    from warehouse.run_lock import RunUnderWayError

    log_as_json()
    state = Home(home.resolve())
    settings = settings_of(state.path)
    warn_of_landing(landing, settings)
    try:
        release = run_night(
            state,
            landing=landing.resolve(),
            as_of=as_of,
            settings=settings,
            accepted=accepted,
            retry_of=retry_of,
            is_full=is_full,
        )
    except UnknownNightError as error:
        fail(str(error), Exit.USAGE)
    except (NightFailedError, RunUnderWayError) as error:
        look_again(state, settings)
        fail(f"night {as_of} failed, the last release is untouched: {error}", Exit.FAILED)
    look_again(state, settings)
    try:
        print_summary(state, release.release_id)
    except Exception as error:  # noqa: BLE001  # in force, whatever fails
        warn(f"release {release.release_id} is published and in force; its summary can't be shown: {words_of(error)}")
    return Exit.DEGRADED if release.state == "degraded" else Exit.PUBLISHED


def warn_of_landing(landing: Path, settings: "Settings") -> None:
    """Say that a landing folder has a folder of no source: it is most often one above or below the right one."""
    from warehouse.sources import SOURCE_NAMES

    is_brought = settings.storage.landing is not None  # its folders are made when deliveries are brought
    if not is_brought and not any((landing / name).is_dir() for name in SOURCE_NAMES):
        warn(f"is this the landing folder? {landing} has none of the folders {', '.join(SOURCE_NAMES)}")


def _stays_in_force(home: "Home", release_id: str) -> list[str]:
    """Lines that say that another release stays in force, and why: one was withdrawn, or is of an older night."""
    from warehouse.releases.release import current_release
    from warehouse.releases.rollback_history import withdrawn_releases

    current = current_release(home)
    if current is None or current.release_id == release_id:
        return []
    is_withdrawn = release_id in withdrawn_releases(home)
    why = "was withdrawn by a rollback" if is_withdrawn else "is of an older night"
    return [f"none for {release_id}: it {why}, and {current.release_id} stays in force"]


def print_summary(home: "Home", release_id: str) -> "Summary":
    """Print the summary of a release: as text for a person, and as one JSON line to whatever else reads it."""
    from cli.night_summary import read_decided, summarise
    from cli.printed_summary import render
    from reconciliation.register import Register
    from warehouse.log_lines import log_event

    summary = summarise(Register.open(home, release_id), read_decided(home.path))
    summary = replace(summary, next_steps=[*_stays_in_force(home, release_id), *summary.next_steps])
    render(summary, console())
    if not sys.stderr.isatty():
        log_event("summary", **summary.as_dict())
    return summary
