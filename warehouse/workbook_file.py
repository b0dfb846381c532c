"""A new workbook, packed in memory and then written in one piece.

Belongs here: how the file comes about. Does not: what any workbook holds.

Written straight to a disk that fills up, the library leaves files of its own behind and prints a traceback afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook


@contextmanager
def new_workbook(path: Path, **options: bool) -> Iterator[Workbook]:
    """A workbook to fill, which is written at the end of the block; not if the block raises.

    Args:
        path: the file.
        options: of xlsxwriter; with `constant_memory` its rows lie beside the file until it is packed.

    Raises:
        OSError: the file can't be written.
    """
    packed = BytesIO()
    # Not in a folder that others may read.
    places = {"in_memory": "constant_memory" not in options, "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(packed, options | places) as book:
        yield book
    path.write_bytes(packed.getbuffer())
