"""Whether the process that did something is gone."""

import os
import subprocess
import sys

from warehouse.processes import is_gone, own_mark

SAY_MARK = "from warehouse.processes import own_mark; print(own_mark(), flush=True); input()"


def test_a_process_is_there_until_it_ends_even_while_nobody_has_asked_how():
    with subprocess.Popen(
        [sys.executable, "-c", SAY_MARK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        mark = other.stdout.readline().strip()
        assert not is_gone(mark)
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(mark)
    assert is_gone(mark)


def test_another_process_of_the_same_number_is_another_one():
    boot, number, started = own_mark().split()
    assert is_gone(f"{boot} {number} {int(started) - 1}")
    assert is_gone(f"an-earlier-boot {number} {started}")


def test_what_can_t_be_known_is_not_said_to_be_gone():
    assert not is_gone("")
    assert not is_gone("three words there")
