"""The measure of discrepancies against planted errors."""

import polars as pl
import pytest
from order_cases import against_agreement, discrepancies, record

from benchmarks.discrepancies import PLACE, measure, places, plant, tell_fates
from benchmarks.truth import FIELDS

TRUE = dict.fromkeys(FIELDS) | {
    "surname": "NOVAKBLACK",
    "forenames": "JANA",
    "made": "2021-03-09",
    "dob": "1988-04-17",
    "end": "2026-03-31",
}


def statements(*rows):
    base = {"source": "pnc", "source_key": "1", "is_standing": True} | TRUE
    schema = dict.fromkeys(("source", "source_key", *FIELDS), pl.String) | {"is_standing": pl.Boolean}
    return pl.DataFrame([base | row for row in rows], schema=schema)


def links_of(stated):
    return stated.select("source", "source_key", order_id=pl.lit("T1"))


def truth():
    return pl.DataFrame(
        [{"order_id": "T1", "person_id": "P1"} | TRUE],
        schema=dict.fromkeys(("order_id", "person_id", *FIELDS), pl.String),
    )


def errors(*fields, **more):
    rows = [{"source": "pnc", "source_key": "1", "field": field} | more for field in fields]
    return pl.DataFrame(rows, schema=dict.fromkeys(("source", "source_key", "field", *more), pl.String))


def fate(field, *rows):
    stated = statements(*rows)
    links = links_of(stated)
    told = tell_fates(plant(errors(field), stated, truth(), links), stated, truth(), links)
    return told.filter(pl.col("field") == field).get_column("fate").item()


def test_found_planted_and_hits_are_counted_by_field():
    found = discrepancies(against_agreement(record("pnc", surname_folded="NOVAK", order_type="STRO")))
    keys = pl.DataFrame({"source": ["pnc"], "source_key": ["00000001"], "order_id": ["T1"]})
    planted = pl.DataFrame(
        [{"source": "pnc", "source_key": "00000001", "field": field, "fate": "missed"} for field in ("name", "made")]
    )
    table = measure(places(found, keys), planted)
    counts = {field: tuple(rest) for field, *rest in table.select("field", "planted", "found", "hits").rows()}
    assert counts == {"kind": (0, 1, 0), "made": (1, 0, 0), "name": (1, 1, 1), "all": (2, 2, 1)}
    assert table.row(by_predicate=pl.col("field") == "all", named=True)["visible"] == 0.5


OTHER = {"source": "pnd", "source_key": "2"}


@pytest.mark.parametrize(
    ("field", "rows", "expected"),
    [
        pytest.param("made", [{"made": "2021-03-10"}, OTHER], "missed", id="another record tells the truth"),
        pytest.param("made", [{"made": "2021-03-10"}], "untold", id="no other record"),
        pytest.param(
            "made", [{"made": "2021-03-10"}, OTHER | {"made": "2021-03-11"}], "untold", id="all others are wrong too"
        ),
        pytest.param("made", [{}, OTHER], "no trace", id="the record says the truth"),
        pytest.param("sex", [{"sex": None}, OTHER | {"sex": "F"}], "no trace", id="the record does not say"),
        pytest.param("dob", [{"dob": None}, OTHER], "missed", id="a date of birth is left out"),
        pytest.param(
            "made", [{"made": "2021-03-10", "is_standing": False}, OTHER], "corrected", id="the court has amended it"
        ),
        pytest.param("name", [{"surname": "NOVAK"}, OTHER], "missed", id="names are one field"),
    ],
)
def test_what_became_of_an_error_that_was_not_found(field, rows, expected):
    assert fate(field, *rows) == expected


def test_another_form_and_a_gap_are_no_errors():
    stated = statements({}, OTHER)
    wrong = pl.concat([errors("name", nature="format"), errors("sex", nature="gap"), errors("made", nature="error")])
    assert plant(wrong, stated, truth(), links_of(stated)).get_column("field").to_list() == ["made"]


def test_a_record_with_one_day_gives_it_as_the_start():
    stated = statements({"made": None, "start": "2021-03-10"})
    assert plant(errors("made"), stated, truth(), links_of(stated)).get_column("field").to_list() == ["start"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        pytest.param({"end": "2027-03-31"}, "term", id="a year off, no length"),
        pytest.param({"end": "2026-03-28"}, "end", id="days off, no length"),
        pytest.param({"end": "2027-03-31", "term": "60"}, "end", id="a year off beside a length"),
    ],
)
def test_a_record_without_a_length_gives_it_by_its_end(given, field):
    stated = statements(given)
    planted = plant(errors("end"), stated, truth(), links_of(stated))
    assert planted.get_column("field").to_list() == [field]


def test_two_standing_records_of_an_order_in_one_source_are_one_duplicate():
    stated = statements({}, {"source_key": "2"}, {"source_key": "3", "is_standing": False})
    assert plant(errors(), stated, truth(), links_of(stated)).select(PLACE).rows() == [("pnc", "T1", "duplicate")]
