"""Files that remember what was done, a line of JSON each time; the first one first.

Belongs here: the form of such a file. Does not: what is remembered (`warehouse.models`,
`warehouse.releases.rollback_history`).
"""

import json
from pathlib import Path
from typing import TypeVar

from warehouse.disk import put_text

Line = TypeVar("Line")


def read_history(path: Path, kind: type[Line]) -> tuple[Line, ...]:
    """What a file remembers; nothing if there is no file.

    Args:
        path: the file.
        kind: the dataclass that a line holds the fields of.

    Raises:
        LookupError: a line can't be read.
    """
    if not path.exists():
        return ()
    lines = path.read_bytes().splitlines()
    return tuple(_read(path, kind, number, line) for number, line in enumerate(lines, start=1))


def add_to_history(path: Path, line: object) -> None:
    """Add a line, a dataclass, to a file; the whole file is put in the place of the old one.

    Raises:
        LookupError: a line that is there can't be read.
    """
    lines = [*read_history(path, type(line)), line]
    put_text(path, "".join(json.dumps(vars(each), ensure_ascii=False) + "\n" for each in lines))


def _read(path: Path, kind: type[Line], number: int, line: bytes) -> Line:
    try:
        return kind(**json.loads(line))
    except (TypeError, ValueError) as error:
        raise LookupError(f"{path} line {number} can't be read: restore the file, or mend the line") from error
