"""The release for researchers: nobody can be found in it by what is left, and no small number can be worked out."""

import json
import resource
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.research.counts import GROUP, TOTAL, count_all, hide_small
from study.research.people import KNOWN, LEVELS, describe_orders, prepare
from study.research.publication import publish_for_research
from warehouse.releases.release import Release
from warehouse.tables.register import ARRESTS, CONDITION_WORDINGS, CONDITIONS, ORDERS

LEAST = 5
PERSONS = st.lists(
    st.fixed_dictionaries(
        {
            "subject_id": st.integers(0, 40).map("SUB-{}".format),
            "order_type": st.sampled_from(["STRO", "STPO"]),
            "is_interim": st.sampled_from([False, False, True]),
            "legal_status": st.sampled_from(["live", "expired"]),
            "region_code": st.sampled_from(["EMSOU", "LONDON", "SEROCU"]),
            "nation": st.sampled_from(["England", "Wales", None]),
            "sex": st.sampled_from(["M", "M", "F", None]),
            "date_of_birth": st.dates(date(1960, 1, 1), date(2000, 1, 1)),
            "made_on": st.dates(date(2016, 1, 1), date(2026, 1, 1)),
            "term_months": st.sampled_from([24, 60, 120, None]),
        }
    ),
    max_size=60,
)


def orders_of(persons):
    rows = [dict.fromkeys(ORDERS.schema) | row | {"order_id": f"ORD-{at}"} for at, row in enumerate(persons)]
    return pl.DataFrame(rows, schema=ORDERS.schema)


def spans(value):
    first, _, last = value.partition("-")
    return int(first), int(last or first)


def fits(published, known):
    """Whether somebody who knows a person may take a published row for theirs: what it leaves out fits everybody."""
    for name in KNOWN:
        said = published[name]
        if said is None:
            continue
        if name in ("made_years", "birth_years"):
            first, last = spans(said)
            if not first <= known[name.replace("years", "year")] <= last:
                return False
        elif name == "place":
            if said not in (known["region"], known["nation"]):
                return False
        elif said != known[name]:
            return False
    return True


@settings(max_examples=25, deadline=None)
@given(PERSONS)
def test_whoever_knows_all_of_a_person_but_the_name_finds_several_or_none(persons):
    known = prepare(orders_of(persons))
    published = describe_orders(orders_of(persons), least=LEAST, mark=str).to_dicts()
    owner = dict(known.select("order_id", "subject_id").iter_rows())
    for person in known.to_dicts():
        found = {owner[row["order_ref"]] for row in published if fits(row, person)}
        assert not found or len(found) >= LEAST


def test_many_alike_are_described_finely_and_a_rare_one_coarsely():
    alike = {
        "order_type": "STPO", "is_interim": False, "legal_status": "live", "region_code": "LONDON", "sex": "M",
        "nation": "England", "date_of_birth": date(1980, 5, 1), "made_on": date(2020, 3, 1), "term_months": 60,
    }  # fmt: skip
    rare = alike | {"subject_id": "SUB-rare", "date_of_birth": date(1931, 1, 1)}
    persons = [alike | {"subject_id": f"SUB-{number}"} for number in range(LEAST)]
    found = describe_orders(orders_of([*persons, rare]), least=LEAST, mark=str)
    assert found.get_column("level").to_list() == [0] * LEAST
    assert found.item(0, "birth_years") == "1980"
    again = describe_orders(orders_of([*persons, *([rare] * LEAST)]), least=LEAST, mark=str)
    assert again.height == LEAST  # five orders of one person are one person


COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=8)


@given(COUNTS)
def test_no_hidden_count_is_given_away_by_a_total(numbers):
    rows = [{"counted": "orders", "of": "STPO", "value": str(at), "count": count} for at, count in enumerate(numbers)]
    marked = hide_small(pl.DataFrame(rows), least=LEAST)
    hidden = marked.filter("is_hidden").get_column("count")
    small = [count for count in numbers if 0 < count < LEAST]
    assert len(hidden) >= len(small)
    if small and sum(numbers) >= LEAST:
        assert len(hidden) > 1
        assert hidden.sum() >= LEAST
    if not small:
        assert hidden.is_empty()


def test_a_total_that_is_small_is_hidden_too():
    orders = orders_of([{"subject_id": "SUB-1", "order_type": "TEPO", "is_interim": False, "legal_status": "live"}])
    counts = count_all(orders, CONDITIONS.empty(), ARRESTS.empty(), least=LEAST)
    assert counts.filter(value=TOTAL).get_column("count").null_count() == 3
    assert counts.select(GROUP).unique().height == 3


def test_nothing_tells_how_many_orders_a_rare_type_has_or_where(tmp_path, release):
    alike = {"order_type": "STPO", "is_interim": False, "legal_status": "live", "region_code": "LONDON"}
    alike |= {"made_on": date(2020, 3, 1), "sex": "M"}
    persons = [alike | {"subject_id": f"SUB-{number}"} for number in range(2 * LEAST)]
    odd = [alike | {"subject_id": f"SUB-odd-{number}", "sex": "F", "region_code": "EMSOU"} for number in range(2)]
    rare = [alike | {"subject_id": "SUB-rare", "order_type": "TEPO", "region_code": "SEROCU"}]
    orders = orders_of([*persons, *odd, *rare])
    held = orders.select("order_id", label=pl.lit("No travel"), is_golden=True)
    conditions = pl.concat([CONDITIONS.empty(), held], how="diagonal")
    tables = {"orders": orders, "conditions": conditions, "arrests": ARRESTS.empty()}
    tables |= {"condition_wordings": CONDITION_WORDINGS.empty()}
    manifest = publish_for_research(release, tables, tmp_path / "out", least=LEAST, mark=str)
    counts = pl.read_parquet(tmp_path / "out" / "counts.parquet")
    said = counts.filter(of="TEPO")
    assert said.get_column("value").unique().to_list() == [TOTAL]
    assert said.get_column("count").drop_nulls().is_empty()
    shown = counts.filter(pl.col("counted") == "orders by status", value=TOTAL).get_column("count").sum()
    assert manifest["orders"] == {"published": 2 * LEAST, "left_out": 2}
    assert sum(manifest["orders"].values()) == shown


@pytest.fixture
def release(tmp_path):
    return Release(tmp_path / "r2026-11-20", {"as_of": "2026-11-20"})


def test_the_folder_holds_no_name_id_or_day_and_accounts_for_itself(tmp_path, release):
    persons = [
        {"subject_id": f"SUB-{number}", "order_type": "STPO", "legal_status": "live", "surname": "Novak", "sex": "F"}
        | {"is_interim": False, "made_on": date(2020, 3, number + 1), "pnc_id": "2012/0612542N"}
        for number in range(9)
    ]
    tables = {"orders": orders_of(persons), "conditions": CONDITIONS.empty(), "arrests": ARRESTS.empty()}
    tables |= {"condition_wordings": CONDITION_WORDINGS.empty()}
    manifest = publish_for_research(release, tables, tmp_path / "out", least=LEAST, mark=lambda name: f"ref{name[-1]}")
    written = "".join(path.read_text() for path in (tmp_path / "out").glob("*.csv"))
    assert not [word for word in ("Novak", "SUB-", "ORD-", "2012/", "2020-03") if word in written]
    assert manifest == json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["orders"] == {"published": 9, "left_out": 0}
    assert set(manifest["digests"]) == {path.name for path in (tmp_path / "out").iterdir()} - {"manifest.json"}
    assert len(LEVELS) == manifest["levels"]


def test_on_a_full_disk_the_folder_is_as_it_was_before(tmp_path, release):
    persons = [
        {"subject_id": f"SUB-{number}", "order_type": "STPO", "made_on": date(2020, 3, 1)} for number in range(9)
    ]
    tables = {"orders": orders_of(persons), "conditions": CONDITIONS.empty(), "arrests": ARRESTS.empty()}
    tables |= {"condition_wordings": CONDITION_WORDINGS.empty()}
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text("the former one")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(pl.exceptions.ComputeError, match="File too large"):
            publish_for_research(release, tables, out, least=LEAST, mark=str)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [(file.name, file.read_text()) for file in out.iterdir()] == [("manifest.json", "the former one")]
