"""No block of a page stands there that no test runs: a new one fails until a test runs it or a reason is given here.

Beside the lines that are listed here, what is run is run by `test_blocks`, `test_guides_followed`, `test_tutorial`,
`test_proxies` and `tests/stories/test_night.py`; each of these takes what pages show, so nothing is typed twice.
"""

import re
import shlex
from textwrap import dedent

import pytest
from papers import ROOT, name_of
from test_blocks import LOOKS, WRITES_BESIDE
from test_docs import GUIDES
from test_guides_followed import NAMED_ALONE, NEEDS_MORE, RUN_ELSEWHERE

RUN_BY_KIND = {
    "python": "test_blocks",
    "toml": "test_blocks",
    "sql": "test_night, test_blocks",
    "nginx": "test_proxies",
}
FOLLOWED = ("correction-packs.md", "decisions.md", "first-release.md", "operate.md", "review.md")
ELSEWHERE = {
    "python -m benchmarks.answers": "tests/benchmarks/test_answers_benchmark.py",
    "python -m benchmarks.discrepancies": "tests/docs/test_benchmarks_followed.py",
    "python -m benchmarks.error_budget": "tests/benchmarks/test_error_budget.py",
    "python -m benchmarks.matching": "tests/benchmarks/test_matching_benchmark.py",
    "python -m benchmarks.train_confidence": "tests/benchmarks/test_confidence_benchmark.py",
    "concord study effect --truth": "tests/study/test_practice_note.py",
}
"""By how a line starts: the file of the test that runs the same in Python, smaller or with other folders."""
BY_COMMAND = {
    "concord sample": "the nights that tests share",
    "concord nightly": "the nights that tests share",
    "concord model": "tests of the command, on a night with decisions",
    "concord report": "test_tutorial",
    "concord retry": "tests of the command, after a night that failed",
    "concord backfill": "tests of the command, on nights of their own",
    "concord dagster": "it serves until it is stopped; tests start it on a port of their own",
    "concord erase": "tests of the command: the sources must have erased the person first",
    "concord demo": "what `make demo` prints is held against the README",
    "concord review": "it serves until it is stopped; tests start it on a port of their own",
    "concord audit verify --head": "tests of the command: the end of a log is each ledger's own",
    "concord decide wording": "tests of the command: the wording must fit nothing",
    "concord packs receive": "tests of the command, with an owner's answer",
    "concord packs sample check": "tests of the command, with an owner's answer",
}
"""Commands that need what a page can't show, and what runs them; `test_blocks` holds that each is run somewhere."""
NOT_RUN = {
    "export ": "it sets a variable, for the lines below it",
    "CONCORD_DAGSTER_TOKEN=": "it serves until it is stopped",
    "make ": "the gate itself, or what CI runs beside it",
    "pre-commit install": "it writes into the reader's own git",
    "python3.11 -m venv /opt/concord": "it is for root on a server; the lock files have tests",
    "/opt/concord/bin/pip install": "it is for root on a server; the lock files have tests",
    "cp deploy/": "it is for root on a server; systemd takes the units in `test_deploy`",
    "pip install 'concord[spark]'": "430 MB and Java",
}


def blocks_of(page):
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [(kind, dedent(block)) for kind, block in found]


def lines_of(page):
    """The lines that a shell would be given, a line continued on the next as one."""
    blocks = [re.sub(r"\\\n", " ", block) for kind, block in blocks_of(page) if kind in ("", "sh")]
    lines = (line.strip() for block in blocks for line in block.splitlines())
    return [line.removeprefix(".venv/bin/") for line in lines if line]


def is_followed(page, line):
    """Whether a test takes this line from its page and runs it."""
    if not line.startswith("concord "):
        return False
    words = " ".join(shlex.split(line, comments=True)[1:])
    if words.startswith(LOOKS) or (words.startswith(WRITES_BESIDE) and "--truth" not in words):
        return True
    needs_more = words.startswith((*NEEDS_MORE, *RUN_ELSEWHERE)) or words in NAMED_ALONE
    return page.name in FOLLOWED and not needs_more


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_every_line_for_a_shell_is_run_or_has_a_reason(page):
    starts = (*ELSEWHERE, *BY_COMMAND, *NOT_RUN, "#")
    assert not [line for line in lines_of(page) if not is_followed(page, line) and not line.startswith(starts)]


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_every_other_block_is_of_a_kind_that_a_test_takes(page):
    kinds = {kind for kind, _ in blocks_of(page)} - {"", "sh"}
    # What the demo prints is held against the README.
    assert kinds - set(RUN_BY_KIND) <= ({"text"} if page.name == "README.md" else set())


def test_no_reason_is_left_of_a_line_that_is_gone():
    lines = [line for page in GUIDES for line in lines_of(page) if not is_followed(page, line)]
    assert not [
        start
        for start in (*ELSEWHERE, *BY_COMMAND, *NOT_RUN)
        if not any(map(re.compile(re.escape(start)).match, lines))
    ]


def test_every_test_that_is_named_is_there():
    assert all((ROOT / path).exists() for path in ELSEWHERE.values())
