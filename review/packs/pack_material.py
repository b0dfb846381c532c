"""What packs are made of: a release, the decisions since, and what the log of packs holds.

Belongs here: gathering it for the desk and the commands. Does not: what is in a pack (`ledger.packs.content`).
"""

import polars as pl

from expectations.discrepancies import RULES
from ledger.decisions.decidable import Present
from ledger.decisions.in_force import in_force
from ledger.decisions.ledger import Ledger
from ledger.packs.answers import last_answers, read_answers
from ledger.packs.content import AskableLines, Material, find_lines
from ledger.packs.log import asked_before, read_disclosures, read_pack_lines
from ledger.packs.policy import policy_in_force
from ledger.packs.sample import read_checks
from warehouse.home import Home


def lines_of(home: Home, ledger: Ledger, present: Present, provenance: pl.DataFrame) -> AskableLines:
    """Every line that can be asked for, with its route.

    Args:
        home: whose key draws the sample.
        ledger: decisions, policy, checks, answers and what was handed out.
        present: the night behind a release.
        provenance: `FIELD_PROVENANCE` of the release.
    """
    return find_lines(
        Material(
            present=present,
            provenance=provenance,
            decisions=in_force(ledger.read(), as_of=present.as_of),
            asked=asked_of(ledger),
            catalogue=rule_catalogue(),
            policy=policy_in_force(ledger),
            checks=read_checks(ledger),
            answers=last_answers(read_answers(ledger)),
            home=home,
        )
    )


def asked_of(ledger: Ledger) -> pl.DataFrame:
    """What owners were asked for: `ASKED_CORRECTIONS`."""
    return asked_before(read_disclosures(ledger), read_pack_lines(ledger))


def rule_catalogue() -> pl.DataFrame:
    """`rule_code`, `title`, `note` of every rule."""
    rows = [(rule.code, rule.title, rule.note) for rule in RULES]
    return pl.DataFrame(rows, schema=["rule_code", "title", "note"], orient="row")
