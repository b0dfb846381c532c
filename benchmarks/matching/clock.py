"""What one run took, as the child process itself measures it.

Belongs here: seconds by phase and memory of the process. Does not: starting processes (`runs`). Both environments
import it, before anything heavy, so it needs nothing beyond the standard library.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CORES = 2


def settle() -> None:
    """Keep the process to as many cores as every run may use; to be called before the engine is imported."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def held(what: str) -> int:
    """Bytes in memory: `VmRSS` now, `VmHWM` at most since the process began."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{what}:"))


class Clock:
    """Times phases and notes memory.

    Attributes:
        seconds: of wall time by phase.
        processor: seconds of processor time of all phases and threads.
        candidates: pairs that the blocking rules made, if the engine reports them.

    It is made when the engine is imported, and asked when the engine is done: what is in memory at first is the
    interpreter and the libraries.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.processor = 0.0
        self.candidates: int | None = None
        self._imported = held("VmRSS")
        self._most = 0

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time inside to a phase."""
        started, busy = time.perf_counter(), time.process_time()
        yield
        self.processor += time.process_time() - busy
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
        self._most = held("VmHWM")

    def write(self, path: Path) -> None:
        """Write what was measured up to the end of the last phase."""
        took = {
            "seconds": self.seconds,
            "processor": self.processor,
            "candidates": self.candidates,
            "imported": self._imported,
            "most": self._most,
        }
        path.write_text(json.dumps(took))
