"""What the commands share: options, exit codes, where they print.

Belongs here: what more than one module of commands needs. Does not: any command.
"""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from warehouse import home

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.settings import Settings

HomeOption = Annotated[
    Path,
    typer.Option("--home", envvar="CONCORD_HOME", help="The folder where Concord keeps its data.", file_okay=False),
]

LandingOption = Annotated[
    Path, typer.Option(exists=True, file_okay=False, help="The folder that holds one folder for each source.")
]

ReleaseOption = Annotated[str | None, typer.Option(help="A release id; defaults to the one in force.")]

DEFAULT_HOME = home.DEFAULT_HOME


class Exit(IntEnum):
    """What the exit codes mean."""

    PUBLISHED = 0
    FAILED = 1
    USAGE = 2
    DEGRADED = 3
    REFUSED = 4


EXIT_MEANINGS: Mapping[Exit, tuple[str, str]] = {
    Exit.PUBLISHED: ("done; of a night: published", "Nothing."),
    Exit.FAILED: (
        "failed; the last release is untouched",
        "Read the message; nothing has to be undone before the next try. Of a night: `concord retry`.",
    ),
    Exit.USAGE: ("wrong usage or setting; nothing ran", "Correct the command or `concord.toml`."),
    Exit.DEGRADED: (
        "published, degraded: a source was late, missing or partly unreadable",
        "Read the summary's lines on sources; ask the sender; run the night again when the delivery is there.",
    ),
    Exit.REFUSED: (
        "refused: a decision that can't be taken, or a user who may not take it",
        "Read why; ask a user who may do it, or decide again on what the register says now.",
    ),
}
"""What each exit code means, and what to do."""


def console() -> "Console":
    """Where commands print for a person; wide enough for a table where the width is not known."""
    from rich.console import Console

    found = Console()
    return found if found.is_terminal else Console(width=120)


def settings_of(home: Path) -> "Settings":
    """The settings of an installation; what is wrong with them ends the command."""
    from pipelines.settings import SettingsError, read_settings

    try:
        return read_settings(home.resolve())
    except SettingsError as error:
        fail(str(error), Exit.USAGE)


def require_reason(reason: str) -> str:
    """The reason without blanks around it; an empty one ends the command."""
    return reason.strip() or fail("the --reason is empty: say why", Exit.USAGE)


def fail(message: str, code: Exit) -> NoReturn:
    """Say on standard error what went wrong, and exit with the code."""
    warn(message)
    raise typer.Exit(code)


_LAST_WORDS: ContextVar[str] = ContextVar("last_words", default="wrong usage: standard error says what")


def last_words() -> str:
    """What was said last on standard error."""
    return _LAST_WORDS.get()


def warn(message: str) -> None:
    """Say something on standard error, where that can be written."""
    _LAST_WORDS.set(message)
    with suppress(OSError):
        typer.echo(message, err=True)


def words_of(error: BaseException) -> str:
    """What went wrong, without a value of anybody's record: the words of the operating system, or else the kind."""
    if not isinstance(error, OSError):
        return type(error).__name__
    if isinstance(error, shutil.Error):  # of many files: source, target and reason of each
        files = error.args[0]
        return f"{len(files)} files can't be copied; the first: {str(files[0][2]).split('] ', 1)[-1]}"
    place = f": {error.filename}" if error.filename else ""
    return f"{error.strerror}{place}" if error.strerror else str(error)
