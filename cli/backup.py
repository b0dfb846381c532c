"""`concord backup` and `concord restore`: copies of all that can't be made again.

Belongs here: the commands. Does not: what is copied and how it is proved (`warehouse.backup`).
"""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail
from cli.writing import naming
from warehouse.home import Home

FolderArgument = Annotated[Path, typer.Argument(help="The folder of the backup.", file_okay=False)]


def backup(folder: FolderArgument, home: HomeOption = DEFAULT_HOME) -> None:
    """Copy releases, archive, ledger, models, packs and settings into a new folder, while no night runs."""
    from cli.ledger_access import explain_ledger_errors, place_of
    from ledger.copying import back_up_ledger
    from ledger.decisions.database import Database
    from warehouse.backup import BackupError, back_up
    from warehouse.run_lock import RunUnderWayError, only_run

    state = Home(home.resolve())
    with explain_ledger_errors():
        database = Database(place_of(home))
        has_ledger = database.state() != "missing"
        copy = partial(back_up_ledger, database) if has_ledger else None
        try:
            with only_run(state), naming(folder):
                count = back_up(state, folder.resolve(), copy_ledger=copy)
        except (BackupError, RunUnderWayError) as error:
            fail(str(error), Exit.FAILED)
        finally:
            database.close()
    typer.echo(f"copied {count} files to {folder}")


def restore(folder: FolderArgument, home: HomeOption = DEFAULT_HOME) -> None:
    """Put a backup into a home that has nothing yet, after proving every file of it."""
    from cli.ledger_access import explain_ledger_errors, place_of
    from ledger.copying import restore_ledger
    from ledger.decisions.database import Database
    from warehouse.backup import BackupError
    from warehouse.backup import restore as restore_backup

    state = Home(home.resolve())
    try:
        with naming(state.path):
            count = restore_backup(folder.resolve(), state)
    except BackupError as error:
        fail(str(error), Exit.FAILED)
    with explain_ledger_errors():
        database = Database(place_of(home))
        if not database.is_file and state.ledger.exists():
            restore_ledger(state.ledger, database)
            state.ledger.unlink()
        database.close()
    typer.echo(f"restored {count} files; prove the release in force by `concord release verify`")
