"""What the commands of stewards work with: the ledger, the night behind a release, and how errors end a command.

Belongs here: opening and closing. Does not: the commands (`cli.decisions`), or anything about decisions
(`ledger.decisions`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from cli.options import Exit, fail
from ledger.decisions.decidable import Present
from ledger.decisions.errors import DecisionError, DecisionRefusedError, ImportRefusedError, LedgerError
from ledger.decisions.ledger import Ledger
from ledger.decisions.published import read_present
from pipelines.settings import SettingsError, read_settings
from reconciliation.register import Register
from warehouse.home import Home

SHOWN_LINES = 50


def place_of(home: Path) -> str:
    """The URL of the ledger of an installation."""
    state = Home(home.resolve())
    return state.ledger_url(read_settings(state.path).ledger)


@contextmanager
def opened_ledger(home: Path) -> Iterator[Ledger]:
    """The ledger of an installation; what goes wrong is explained and ends the command."""
    with explain_ledger_errors(), Ledger.open(place_of(home), Home(home.resolve())) as ledger:
        yield ledger


@contextmanager
def explain_ledger_errors() -> Iterator[None]:
    """Explain what goes wrong with ledger or decision, and exit with the code that says whose fault it is."""
    try:
        yield
    except (SettingsError, DecisionError) as error:
        fail(str(error), Exit.USAGE)
    except ImportRefusedError as error:
        for bad in error.lines[:SHOWN_LINES]:
            typer.echo(f"line {bad.line}: {bad.reason}", err=True)
        fail(str(error), Exit.REFUSED)
    except DecisionRefusedError as error:
        fail(f"refused: {error}", Exit.REFUSED)
    except (LedgerError, FileNotFoundError) as error:
        fail(str(error), Exit.FAILED)


def present_of(home: Path) -> Present:
    """The night behind the release in force.

    Raises:
        LookupError: there is no release.
        FileNotFoundError: it was made by a version of Concord that kept no records in it.
    """
    with Register.open(Home(home.resolve())) as register:
        return read_present(register.release, register.table)
