"""The measure of discrepancies against planted errors."""

import polars as pl
import pytest
from order_cases import against_agreement, discrepancies, record

from benchmarks.discrepancies import find_in_folder
from benchmarks.planted import PLACE, find_hidden, measure, places, plant
from benchmarks.truth import FIELDS
from samples.nights import write_nights
from warehouse.tables.core import CORE_REJECTED_VALUES

LEAST = 0.95
"""Recall of what the deliveries show, and precision, that the project asks for by field."""

ENOUGH = 40
"""Errors of a field in a small night below which a share says little."""

TRUE = dict.fromkeys(FIELDS) | {
    "surname": "NOVAKBLACK",
    "forenames": "JANA",
    "made": "2021-03-09",
    "dob": "1988-04-17",
    "end": "2026-03-31",
    "term": "months",
    "status": "live",
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


def hidden(field, *rows, refused=()):
    stated = statements(*rows)
    links = links_of(stated)
    unread = [{"source": "pnc", "source_key": "1", "field": name} for name in refused]
    reported = find_hidden(
        plant(errors(field), stated, truth(), links),
        stated,
        truth(),
        links,
        refused=pl.DataFrame(unread, schema=CORE_REJECTED_VALUES.schema | {"source": pl.String}),
    )
    return reported.filter(pl.col("field") == field).get_column("hidden").item()


def test_found_planted_and_hits_are_counted_by_field():
    found = discrepancies(against_agreement(record("pnc", surname_folded="NOVAK", order_type="STRO")))
    keys = pl.DataFrame({"source": ["pnc"], "source_key": ["00000001"], "order_id": ["T1"]})
    planted = pl.DataFrame(
        [{"source": "pnc", "source_key": "00000001", "field": field, "hidden": None} for field in ("name", "made")],
        schema=dict.fromkeys((*PLACE, "hidden"), pl.String),
    )
    table = measure(places(found, planted, keys), planted)
    counts = {field: tuple(rest) for field, *rest in table.select("field", "planted", "found", "hits").rows()}
    assert counts == {"kind": (0, 1, 0), "made": (1, 0, 0), "name": (1, 1, 1), "all": (2, 2, 1)}
    whole = table.row(by_predicate=pl.col("field") == "all", named=True)
    assert (whole["recall"], whole["precision"], whole["visible_recall"]) == (0.5, 0.5, 0.5)


def test_what_the_deliveries_do_not_show_counts_in_the_one_recall_alone():
    schema = dict.fromkeys((*PLACE, "hidden"), pl.String)
    rows = [("pnc", "1", "made", None), ("pnc", "2", "made", "unstated"), ("pnc", "3", "made", "no trace")]
    planted = pl.DataFrame(rows, schema=schema, orient="row")
    table = measure(planted.head(2).select(PLACE), planted).row(0, named=True)
    assert (table["planted"], table["hits"], table["recall"]) == (3, 2, 0.667)
    assert (table["visible"], table["visible_recall"], table["unstated"], table["no trace"]) == (1, 1.0, 1, 1)


@pytest.mark.parametrize(
    ("mistaken", "expected"),
    [
        pytest.param(["end"], ["end"], id="the end"),
        pytest.param(["start", "end"], ["end"], id="the end before the start"),
        pytest.param(["made"], ["term"], id="neither"),
    ],
)
def test_a_length_that_its_dates_contradict_finds_the_day_that_is_wrong(mistaken, expected):
    finding = {"source": "pnc", "source_key": "1", "field": "term_months", "rule_code": "TERM-SELF"}
    keys = pl.DataFrame({"source": ["pnc"], "source_key": ["1"], "order_id": ["T1"]})
    assert places(pl.DataFrame([finding]), errors(*mistaken), keys).get_column("field").to_list() == expected


OTHER = {"source": "pnd", "source_key": "2"}


@pytest.mark.parametrize(
    ("field", "rows", "expected"),
    [
        pytest.param("made", [{"made": "2021-03-10"}, OTHER], None, id="another record says the truth"),
        pytest.param("made", [{"made": "2021-03-10"}], "unstated", id="no other record"),
        pytest.param(
            "made", [{"made": "2021-03-10"}, OTHER | {"made": "2021-03-11"}], "unstated", id="all others are wrong too"
        ),
        pytest.param("made", [{}, OTHER], "no trace", id="the record says the truth"),
        pytest.param("sex", [{"sex": None}, OTHER | {"sex": "F"}], "no trace", id="the record does not say"),
        pytest.param("dob", [{"dob": None}, OTHER], None, id="a date of birth is left out"),
        pytest.param(
            "made", [{"made": "2021-03-10", "is_standing": False}, OTHER], "corrected", id="the court has amended it"
        ),
        pytest.param("urn", [{"is_standing": False}], "corrected", id="a field without a value, amended"),
        pytest.param("name", [{"surname": "NOVAK"}, OTHER], None, id="one part of the name is wrong"),
        pytest.param(
            "name",
            [{"surname": "NOVAK", "forenames": "J"}, OTHER | {"forenames": "J"}],
            None,
            id="of two wrong parts of a name one is reported",
        ),
        pytest.param(
            "name",
            [{"surname": "BLACK", "forenames": "JANANOVAK"}, OTHER],
            "no trace",
            id="the same name split otherwise",
        ),
        pytest.param("status", [{"status": "expired"}], None, id="dates say the status"),
    ],
)
def test_whether_and_why_the_deliveries_hide_an_error(field, rows, expected):
    assert hidden(field, *rows) == expected


def test_a_discharge_that_no_record_says_is_hidden():
    stated = statements({"status": "live"}, OTHER | {"status": "live"})
    discharged = truth().with_columns(status=pl.lit("discharged"))
    links = links_of(stated)
    reported = find_hidden(errors("status"), stated, discharged, links, refused=CORE_REJECTED_VALUES.empty())
    assert reported.get_column("hidden").item() == "unstated"


def test_what_cannot_be_read_shows_by_itself():
    assert hidden("court", {"court": None}) == "no trace"
    assert hidden("court", {"court": None}, refused=["court_code"]) is None


def test_an_upload_without_conditions_says_nothing_untrue():
    said = {"conditions": None}
    assert hidden("conditions", said, OTHER | {"conditions": "C01"}) == "unstated"
    stated = statements(OTHER | said)
    wrong = errors("conditions").with_columns(source=pl.lit("pnd"), source_key=pl.lit("2"))
    reported = find_hidden(wrong, stated, truth(), links_of(stated), refused=CORE_REJECTED_VALUES.empty())
    assert reported.get_column("hidden").item() == "no trace"


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
        pytest.param({"end": "2027-03-31", "term": None}, "term", id="a year off, no length"),
        pytest.param({"end": "2026-03-28", "term": None}, "end", id="days off, no length"),
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


def test_an_interim_order_has_no_length_to_mistake():
    stated = statements({"end": "2027-03-31", "term": None})
    interim = truth().with_columns(term=pl.lit(None, pl.String))
    assert plant(errors("end"), stated, interim, links_of(stated)).get_column("field").to_list() == ["end"]


def test_a_wrong_day_of_making_copied_as_the_start_is_one_mistake():
    stated = statements({"made": "2021-03-10", "start": "2021-03-10"})
    planted = plant(errors("made", "start"), stated, truth(), links_of(stated))
    assert planted.get_column("field").to_list() == ["made"]


@pytest.fixture(scope="module", params=[1, 2], ids=["ordinary noise", "twice the noise"])
def measured(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    write_nights(folder, orders=600, seed=17, noise=request.param)
    return find_in_folder(folder, is_given=True).table


@pytest.mark.long
def test_planted_errors_are_found_and_what_is_found_was_planted(measured):
    fields = measured.filter((pl.col("visible") >= ENOUGH) & (pl.col("field") != "all"))
    assert fields.height > 8
    missed = fields.filter((pl.col("visible_recall") < LEAST) | (pl.col("precision") < LEAST))
    assert missed.select("field", "visible_recall", "precision").rows() == []
