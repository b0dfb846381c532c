"""Which process does something, so that another can see later whether that process is gone.

Belongs here: the mark of a process. Does not: what is done about a process that is gone (`pipelines.runs`).
"""

import os
from pathlib import Path

PROCESSES, BOOT = Path("/proc"), Path("/proc/sys/kernel/random/boot_id")
STATE, STARTED = 0, 19
"""Places in `/proc/PID/stat` after the name: see proc_pid_stat(5)."""


def own_mark() -> str:
    """The mark of this process; empty where the system does not list processes."""
    return _mark(os.getpid())


def is_gone(mark: str) -> bool:
    """Whether the process of a mark has ended; False if that can't be known."""
    parts = mark.split()
    return len(parts) == 3 and parts[1].isdecimal() and bool(own_mark()) and _mark(int(parts[1])) != mark


def _mark(pid: int) -> str:
    """The boot of the machine, the number and the start of a process: numbers alone are given again."""
    try:
        said = (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return "" if said[STATE] == "Z" else f"{BOOT.read_text().strip()} {pid} {said[STARTED]}"
    except OSError:
        return ""
