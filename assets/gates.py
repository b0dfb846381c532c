"""The gates before publication, put to a night.

Belongs here: what the gates look at, and what an operator accepted of it. Does not: when a gate holds
(`expectations.gates`).
"""

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import date

import polars as pl

from assets.changes.compared_nights import Tonight
from assets.former import Former
from assets.frame import Night
from expectations.bounds import Bounds
from expectations.gate_findings import GatedNight, GatedRegister
from expectations.gates import GateResult, judge_gates
from warehouse.disk import put_text
from warehouse.home import Home
from warehouse.releases.publication_checks import PublicationRefusedError
from warehouse.releases.release import revisions_of
from warehouse.store import TableStore
from warehouse.tables.core import EVENT_REFUSED
from warehouse.tables.register import (
    ARRESTS,
    DISCREPANCIES,
    ORDERS,
    SUBJECTS,
)

GATES_FOUND = "gates.json"
"""What the gates found when the night last ran, and what of it was accepted, among the tables of the night."""


def pass_gates(
    night: Night,
    former: Former,
    store: TableStore,
    *,
    tonight: Tonight,
    changes: pl.DataFrame,
    suites: pl.DataFrame,
) -> tuple[GateResult, ...]:
    """Put the gates to the night.

    What an operator accepted when the night ran before still counts, as long as the gate finds the same.

    Raises:
        PublicationRefusedError: a gate does not hold, and no operator accepted what it found.
    """
    before = GatedRegister(
        former.table(ORDERS), former.table(DISCREPANCIES), former.table(SUBJECTS).height, former.table(ARRESTS).height
    )
    looked_at = GatedNight(
        now=GatedRegister(
            tonight.orders,
            store.scan(DISCREPANCIES.name).collect(),
            store.count(SUBJECTS.name),
            store.count(ARRESTS.name),
        ),
        before=before if former.release else None,
        deliveries=tonight.evidence["deliveries"].collect(),
        order_sources=tonight.evidence["order_sources"].collect(),
        # A refused application is set aside, and is in an order only where the police hold one of its time.
        records=tonight.evidence["core_orders"]
        .filter(pl.col("event").ne_missing(EVENT_REFUSED))
        .select("record_id")
        .collect()
        .to_series(),
        changes=changes,
        redirects=tonight.redirects,
        suites=suites,
        bounds=Bounds.model_validate(night.bounds),
        policies=night.policies,
    )
    again = accepted_before(night.state, store, tonight.as_of)
    results = judge_gates(looked_at, accepted=night.accepted, accepted_before=again)
    put_text(store.folder / GATES_FOUND, json.dumps([asdict(result) for result in results]))
    if shut := [result for result in results if not result.lets_pass]:
        raise PublicationRefusedError("\n".join(result.refusal for result in shut))
    return results


def accepted_before(home: Home, store: TableStore, as_of: date) -> dict[tuple[str, str], str]:
    """Why an operator accepted what a gate found, by its name and these words, when the night ran before.

    Also when it then failed: at another gate, or on a full disk.
    """
    gates = [gate for made in revisions_of(home, as_of) for gate in made.manifest.get("gates", ())]
    with suppress(OSError, ValueError):
        gates += json.loads((store.folder / GATES_FOUND).read_text(encoding="utf-8"))
    return {(gate["name"], gate["found"]): gate["accepted"] for gate in gates if gate["accepted"]}
