"""What looking at tonight's facts on the former day proves."""

import hashlib
from dataclasses import fields, replace
from datetime import date, timedelta

import polars as pl
import pytest
from order_cases import AS_OF, evidence, golden, record, watched

from assets.changes.compared_nights import Tonight, find_replayed
from assets.former import Former
from expectations.discrepancies import PresenceClock
from reconciliation.law import facts_of, judge_status
from warehouse.releases.release import Release
from warehouse.tables.register import DELIVERIES, ID_REDIRECTS
from warehouse.tables.release import OBEYED_DECISIONS, RECORD_DIGESTS

FORMER_NIGHT, MADE_ON = AS_OF - timedelta(days=10), AS_OF - timedelta(days=16)
PNC_DAYS = PresenceClock().days["pnc"]


def former(folder, deliveries):
    """The release before, as far as these looks read it: its day, and what was delivered."""
    folder.mkdir()
    file = folder / f"{DELIVERIES.name}.parquet"
    deliveries.write_parquet(file)
    digests = {DELIVERIES.name: hashlib.sha256(file.read_bytes()).hexdigest()}
    return Former(Release(folder, {"as_of": FORMER_NIGHT.isoformat(), "digests": digests}))


def tonight(whole):
    """A night of this evidence, with orders judged on its day."""
    judged = judge_status(facts_of(whole.orders), as_of=AS_OF)
    orders = whole.orders.drop(set(judged.columns) - {"order_id"}).join(judged, on="order_id")
    nothing = RECORD_DIGESTS.empty(), OBEYED_DECISIONS.empty(), ID_REDIRECTS.empty()
    published = replace(whole, orders=orders.select(whole.orders.columns))
    scanned = {each.name: getattr(published, each.name).lazy() for each in fields(published)}
    return Tonight(AS_OF, scanned, PresenceClock(), *nothing, {})


@pytest.mark.parametrize(
    ("made_on", "replayed"),
    [
        pytest.param(MADE_ON, ["calendar"], id="its time in the PNC is up since"),
        pytest.param(FORMER_NIGHT - timedelta(days=PNC_DAYS), [], id="its time was up before"),
    ],
)
def test_an_order_of_a_person_who_came_with_the_former_night_is_due_by_the_calendar(made_on, replayed, tmp_path):
    # Since when the PNC is watched, other people's records tell: this person's first came on the former night.
    dated = {"made_on": made_on, "start_on": made_on, "end_on": date(2028, 11, 30)}
    held = [record(source, first_seen_on=FORMER_NIGHT, **dated) for source in ("pnc", "court")]
    whole = watched(evidence(held, [golden(sources=["court", "pnc"], record_count=2, **dated)]))
    differences = pl.DataFrame({"order_id": ["ORDER-1"], "field": ["quality_score"], "before": ["1"]})
    reach = pl.DataFrame({"order_id": ["ORDER-1"]}).with_columns(
        pl.lit(value=False).alias(name) for name in ("is_decided", "is_closed", "is_changed")
    )
    found = find_replayed(
        differences, reach, former=former(tmp_path / f"r{FORMER_NIGHT}", whole.deliveries), tonight=tonight(whole)
    )
    assert found.filter(field="quality_score").get_column("replayed").to_list() == replayed
