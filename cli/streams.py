"""The standard output and errors of a command, such that what can't be shown never changes what it does.

Belongs here: streams that are closed, can't show a character, or can't be written to. Does not: what is printed.
"""

import io
import os
import sys


def prepare_streams() -> None:
    """Make both streams writable.

    One that was closed (`>&-`) goes nowhere: the next file that is opened, such as a register, would take its place,
    and receive what is printed. A character that the terminal can't show is replaced.
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            _open_nowhere(number)
            setattr(sys, name, open(number, "w", closefd=False))  # noqa: SIM115  # as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _open_nowhere(number: int) -> None:
    """Point a number to nowhere, unless a file has it already."""
    try:
        os.fstat(number)
    except OSError:
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
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
