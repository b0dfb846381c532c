"""The standard output and errors of a command, such that what can't be shown never changes what it does.

Belongs here: streams that are closed, can't show a character, or can't be written to. Does not: what is printed.
"""

import io
import os
import sys
from typing import Any


class _WhileRead(io.FileIO):
    """A stream of the process: once its reader has left (`| head -1`), what is still written goes nowhere.

    Else click and rich would end the command with 1, whatever it had to say: a probe would take a sound night for one
    that failed.
    """

    def write(self, data: Any) -> int:
        """Write bytes; how many, as if they had been read."""
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            _point_nowhere(self.fileno())
            return super().write(data) or 0


def prepare_streams() -> None:
    """Make both streams writable.

    One that was closed (`>&-`) goes nowhere: the next file that is opened, such as a register, would take its place,
    and receive what is printed. So does what is printed after the reader left. A character that the terminal can't show
    is replaced.
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            _open_nowhere(number)
            setattr(sys, name, open(number, "w", closefd=False))  # noqa: SIM115  # as long as the process
        elif isinstance(stream, io.TextIOWrapper) and stream is getattr(sys, f"__{name}__"):
            written = io.BufferedWriter(_WhileRead(number, "w", closefd=False))
            setattr(
                sys,
                name,
                io.TextIOWrapper(
                    written,
                    encoding=stream.encoding,
                    errors="replace",
                    line_buffering=stream.line_buffering,
                    write_through=stream.write_through,
                ),
            )


def _open_nowhere(number: int) -> None:
    """Point a number to nowhere, unless a file has it already."""
    try:
        os.fstat(number)
    except OSError:
        _point_nowhere(number)


def _point_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)
    os.set_inheritable(number, True)


def drop_unwritten() -> None:
    """What is left to print and can't be printed is dropped: Python would end with a code of its own."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _point_nowhere(stream.fileno())
