"""How sure golden values, links and orders are: what is observed, what it weighs, what it is called in words."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.confidence import links, values
from reconciliation.confidence.differences import name_differences
from reconciliation.confidence.model import ConfidenceModel, load_model, shipped_model, weight_of
from reconciliation.confidence.orders import order_confidence
from reconciliation.confidence.population import Population
from reconciliation.overrides import RULE as STEWARD
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.link import LINK_CONFLICTS, LINK_PAIRS
from warehouse.tables.register import FIELD_PROVENANCE, ORDER_SOURCES, ORDERS


def rows_of(table, *rows):
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return table.completed(frame) if rows else table.empty()


def golden(field="made_on", value="2024-03-04", *, agree=(), against=(), rule="agreement", source="court"):
    return {
        "order_id": "ORD-1",
        "field": field,
        "value": value,
        "rule": rule,
        "source": source,
        "source_key": "1",
        "agreeing": [f"{name}:1" for name in agree],
        "losing": [f"{name}:1={rival}" for name, rival in against],
    }


def order(**more):
    return rows_of(ORDERS, {"order_id": "ORD-1", "subject_id": "SUB-1", "made_on": date(2024, 3, 4)} | more)


def held(*confidences):
    """The records of the order, one a source, with the confidence of their links."""
    return rows_of(
        ORDER_SOURCES,
        *(
            {
                "source": source,
                "source_key": "1",
                "record_id": f"{source}:1",
                "order_id": "ORD-1",
                "is_amended": False,
                "link_confidence": confidence,
            }
            for source, confidence in zip(SOURCE_NAMES, confidences, strict=False)
        ),
    )


def confidence(row, *, orders=None, sources=None):
    found = values.value_confidence(
        rows_of(FIELD_PROVENANCE, row),
        order() if orders is None else orders,
        held(1.0, 1.0, 1.0) if sources is None else sources,
    )
    return dict(found.select("field", "confidence").iter_rows()).get(row["field"])


def test_a_value_on_which_all_agree_is_surer_than_one_that_a_source_disputes():
    undisputed = confidence(golden(agree=["pnc", "pnd"]))
    disputed = confidence(golden(agree=["pnc"], against=[("pnd", "2024-04-03")]))
    divided = confidence(golden(against=[("pnd", "2024-04-03")], rule="precedence"))
    assert undisputed > disputed > divided


def test_a_day_borne_out_by_the_start_is_surer_than_a_sunday():
    sunday = date(2024, 3, 3)
    borne_out = order(start_on=date(2024, 3, 4))
    at_weekend = order(made_on=sunday, start_on=date(2024, 3, 4))
    row = golden(rule="only_source")
    assert confidence(row, orders=borne_out) > confidence(row | {"value": str(sunday)}, orders=at_weekend)


def test_a_value_that_a_steward_decided_rests_on_the_steward():
    assert confidence(golden(rule=STEWARD, source=None, against=[("pnc", "2024-05-05")])) == values.STEWARD


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(golden(value=None, rule="none_valid"), id="no value passes its check"),
        pytest.param(golden("cro_number", "1/99A"), id="no night knows the truth of the field"),
    ],
)
def test_where_nothing_is_claimed_or_measured_there_is_no_confidence(row):
    assert confidence(row) is None


def test_orders_looked_at_a_few_at_a_time_come_out_as_all_at_once(monkeypatch):
    # The second order leans on what records of the first say, and on how many people bear its name.
    first = golden("surname", "Bates", agree=["pnc"], against=[("pnd", "Bate")])
    second = first | {"order_id": "ORD-2", "agreeing": [], "source_key": "2"}
    provenance = rows_of(FIELD_PROVENANCE, first, second, golden(), golden() | {"order_id": "ORD-2"})
    orders = rows_of(ORDERS, *({"order_id": f"ORD-{n}", "subject_id": f"SUB-{n}", "surname": "Bates"} for n in (1, 2)))
    records = held(1.0, 0.8, 1.0).with_columns(is_amended=pl.col("source") == "pnd")
    sources = pl.concat([records, records.with_columns(order_id=pl.lit("ORD-2"), is_amended=False).head(1)])
    at_once = values.value_confidence(provenance, orders, sources)
    monkeypatch.setattr(values, "SLICE", 1)
    apart = values.value_confidence(provenance, orders, sources)
    assert apart.sort(values.VALUE_KEY).equals(at_once.sort(values.VALUE_KEY))
    assert at_once.height == 4


def test_a_result_that_a_later_one_amends_is_not_heard_against_a_value():
    amended = held(1.0, 1.0, 1.0).with_columns(is_amended=pl.col("source") == "pnd")
    row = golden(agree=["pnc"], against=[("pnd", "2024-04-03")])
    (observed,) = values.observe_values(rows_of(FIELD_PROVENANCE, row), Population.of(order()), amended).to_dicts()
    assert observed["votes"] == "2 to 0"


@pytest.mark.parametrize(
    ("field", "value", "rival", "kind"),
    [
        pytest.param("made_on", "2024-03-04", "2024-04-03", "day and month exchanged", id="day and month exchanged"),
        pytest.param("made_on", "2024-03-04", "2024-03-14", "one digit", id="one digit of a date"),
        pytest.param("end_on", "2024-03-04", "2016-03-04", "another year", id="the year, by more than a digit"),
        pytest.param("end_on", "2024-03-04", "2024-03-11", "a few days", id="a week off"),
        pytest.param("end_on", "2024-03-04", "2024-09-20", "another value", id="another date"),
        pytest.param("forenames", "Maria Ana", "Maria", "shorter form", id="a middle name left out"),
        pytest.param("surname", "Ștefănescu", "Stefanesku", "one or two letters", id="a letter, whatever the accents"),
        pytest.param("surname", "Kovács", "Nagy", "another value", id="another name"),
        pytest.param("court_code", "B01GU00", "B01IX00", "another value", id="a code"),
        pytest.param("end_on", None, "2024-03-04", "none is believed", id="no value is believed"),
    ],
)
def test_kinds_of_difference(field, value, rival, kind):
    pairs = pl.DataFrame({"field": [field], "value": [value], "rival": [rival]}, schema_overrides={"value": pl.String})
    assert name_differences(pairs).get_column("difference").item() == kind


def test_a_fuller_form_counts_though_most_state_another_rival():
    row = golden("forenames", "Maria", against=[("pnc", "Marla"), ("pnd", "Marla"), ("rocu", "Maria Ana")])
    names = order(forenames="Maria", forenames_folded="MARIA")
    (observed,) = values.observe_values(rows_of(FIELD_PROVENANCE, row), Population.of(names), held(1.0)).to_dicts()
    assert observed["difference"] == "a fuller form is stated"


def observed_name(value, rivals, *, others=(), field="forenames"):
    """What is observed of a forename, where other people bear other forenames."""
    people = [{"order_id": f"ORD-{n}", "subject_id": f"SUB-{n}", field: name} for n, name in enumerate(others, start=2)]
    mine = {"order_id": "ORD-1", "subject_id": "SUB-1", field: value}
    row = golden(field, value, agree=["pnc"], against=rivals)
    population = Population.of(rows_of(ORDERS, mine, *people))
    return values.observe_values(rows_of(FIELD_PROVENANCE, row), population, held(1.0))


def test_a_name_that_two_sources_write_with_and_without_accents_is_one_rival():
    observed = observed_name("Fam", [("pnd", "Phạm"), ("rocu", "Pham")], field="surname").row(0, named=True)
    assert (observed["votes"], observed["records"], observed["is_split"]) == ("2 to 2", "2 to 2", "not split")


def test_the_more_records_contradict_a_name_the_less_sure_it_is():
    observed = [
        observed_name("Fam", [("pnd", "Pham")] * count, others=["Pham", "Fam"] * 500, field="surname")
        for count in (1, 3)
    ]
    once, often = (row.select(shipped_model("value").probability()).item() for row in observed)
    assert once > often


@pytest.mark.parametrize(
    ("rivals", "opposed", "longer"),
    [
        pytest.param([], "none", "0", id="nothing else is stated"),
        pytest.param([("pnd", "Tom")], "fewer", "0", id="a shorter form once"),
        pytest.param([("pnd", "Tom Craig"), ("rocu", "Tom Craig")], "as many or more", "2", id="another name in two"),
        pytest.param(
            [("pnd", "Tom"), ("rocu", "Tim"), ("rocu", "Ted")] * 2, "three times as many or more", "0", id="many"
        ),
        pytest.param([("pnd", "Palmer-Webb")], "fewer", "0", id="a double surname in its place"),
    ],
)
def test_all_that_is_stated_beside_a_name_is_counted_whatever_it_is(rivals, opposed, longer):
    observed = observed_name("Thomas", rivals).row(0, named=True)
    assert (observed["opposed"], observed["longer"]) == (opposed, longer)


def test_a_name_is_less_sure_where_another_form_of_it_has_a_further_name():
    others = ["Thomas", "Tom", "Craig"] * 5
    shorter, longer = (
        observed_name("Thomas", [("pnd", rival)], others=others).select(shipped_model("value").probability()).item()
        for rival in ("Tom", "Tom Craig")
    )
    assert longer < shorter


@pytest.mark.parametrize(
    ("value", "rival", "words", "bearers", "rarest"),
    [
        pytest.param("Roman Radovna", "Roman Radovan", "2", "nobody to many", "nobody", id="a slip of a usual name"),
        pytest.param("Roman Radovan", "Roman Radovna", "2", "many to nobody", "many", id="a usual name beside a slip"),
        pytest.param("Radovan", "Radovan Petrica", "1", "- to few", "many", id="a word more is stated"),
        pytest.param("José", "Jose", "1", "- to -", "nobody", id="the same but for an accent"),
    ],
)
def test_a_name_is_as_usual_as_the_words_in_which_it_differs(value, rival, words, bearers, rarest):
    others = ["Roman Radovan", "Radovan", "Radovan Roman", "Roman", "Petrica"]
    observed = observed_name(value, [("pnd", rival)], others=others).row(0, named=True)
    assert (observed["words"], observed["bearers"], observed["rarest"]) == (words, bearers, rarest)


def test_a_usual_name_is_surer_than_the_slip_of_one():
    others = ["Radovan"] * 5
    usual, slip = (
        observed_name(value, [("pnd", rival)], others=others).select(shipped_model("value").probability()).item()
        for value, rival in (("Radovan", "Radovna"), ("Radovna", "Radovan"))
    )
    assert usual > slip


def test_a_name_that_nobody_else_bears_says_less_among_few_people():
    def surety(people):
        others = [
            {"order_id": f"ORD-{n}", "subject_id": f"SUB-{n}", "surname_folded": f"N{n}"} for n in range(2, people)
        ]
        mine = {"order_id": "ORD-1", "subject_id": "SUB-1", "surname_folded": "NAGI"}
        return confidence(golden("surname", "Nagi", rule="only_source"), orders=rows_of(ORDERS, mine, *others))

    assert surety(100) > surety(2_000)


def test_the_explanation_names_the_heaviest_observations_first():
    row = golden(agree=["pnc"], against=[("pnd", "2024-04-03")])
    observed = values.observe_values(rows_of(FIELD_PROVENANCE, row), Population.of(order()), held(1.0, 1.0, 1.0)).row(
        0, named=True
    )
    lines = values.explain_confidence(observed, most=3)
    weights = [abs(float(line.partition(":")[0])) for line in lines]
    assert len(lines) == 3
    assert weights == sorted(weights, reverse=True)
    assert any("sources for and against: 2 to 1" in line for line in values.explain_confidence(observed, most=20))


def test_the_reasons_of_a_value_add_up_to_its_weight():
    model = shipped_model("value")
    row = golden(agree=["pnc"], against=[("pnd", "2024-04-03")])
    observed = values.observe_values(rows_of(FIELD_PROVENANCE, row), Population.of(order()), held(1.0, 1.0, 1.0))
    total = sum(reason.weight for reason in model.reasons(observed.row(0, named=True)))
    weight = observed.select(model.weight()).item()
    assert weight == pytest.approx(total + model.slope * model.base + model.intercept, abs=1e-4)


SMALL = ConfidenceModel(model="small", base=1.0, weights={"rule": {"agreement": 2.0}, "field, rule": {"a, b": -1.0}})


@given(st.text(min_size=1), st.text(min_size=1))
def test_what_was_never_seen_weighs_nothing(field, rule):
    seen = {"rule": {"agreement": 2.0}.get(rule, 0.0), "both": -1.0 if (field, rule) == ("a", "b") else 0.0}
    weight = pl.DataFrame({"field": [field], "rule": [rule]}).select(SMALL.weight()).item()
    assert weight == pytest.approx(1.0 + sum(seen.values()))


@given(st.floats(-1e6, 1e6))
def test_nothing_is_ever_certain(base):
    model = ConfidenceModel(model="one", base=base)
    assert 0 < pl.DataFrame({"field": ["a"]}).select(model.probability()).item() < 1


@given(st.floats(0.001, 0.999))
def test_weights_and_probabilities_are_two_forms_of_one_thing(probability):
    model = ConfidenceModel(model="one")
    frame = pl.DataFrame({"p": [probability]})
    calibrated = ConfidenceModel(model="two", base=frame.select(weight_of(pl.col("p"))).item())
    assert frame.select(calibrated.probability()).item() == pytest.approx(probability, abs=1e-4)
    assert frame.select(model.probability()).item() == 0.5


def test_a_file_that_is_no_model_is_named(tmp_path):
    path = tmp_path / "value.json"
    path.write_text('{"format": 7}')
    with pytest.raises(ValueError, match=r"value\.json is not a model of confidence of format 1"):
        load_model(path)


def test_a_model_is_read_as_it_was_written(tmp_path):
    SMALL.save(tmp_path / "small.json")
    assert load_model(tmp_path / "small.json") == SMALL


def pair(left, right, person, order_weight):
    weights = {"person_weight": person, "order_weight": order_weight, "match_weight": person + order_weight}
    return {"left_id": left, "right_id": right, "blocking_rule": "x", "levels": [], "weights": []} | weights


PLACES = pl.DataFrame(
    {
        "record_id": ["court:1", "pnc:1", "pnd:1", "rocu:9"],
        "order_id": ["ORD-1", "ORD-1", "ORD-2", "ORD-3"],
        "source": ["court", "pnc", "pnd", "rocu"],
    }
)


def test_a_record_that_stands_alone_has_no_link_to_be_sure_of():
    pairs = rows_of(LINK_PAIRS, pair("court:1", "pnc:1", 20.0, 18.0))
    found = links.link_confidence(PLACES, pairs)
    assert set(found.get_column("record_id")) == {"court:1", "pnc:1"}


def test_the_closer_two_orders_come_the_surer_they_are_one():
    near, far = (
        pair("court:1", other, *weights) for other, weights in (("pnd:1", (3.0, 22.0)), ("rocu:9", (-5.0, 2.0)))
    )
    found = links.pair_confidence(PLACES, rows_of(LINK_PAIRS, near, far), LINK_CONFLICTS.empty())
    chances = dict(found.select("other_order_id", "confidence").iter_rows())
    assert chances["ORD-2"] > 0.5 > chances["ORD-3"]


def test_records_of_one_order_are_no_pair_of_orders():
    pairs = rows_of(LINK_PAIRS, pair("court:1", "pnc:1", 20.0, 18.0))
    assert links.pair_confidence(PLACES, pairs, LINK_CONFLICTS.empty()).is_empty()


def whole(value, link):
    provenance = rows_of(FIELD_PROVENANCE, golden("surname", "Nagy") | {"confidence": value})
    return order_confidence(provenance, held(link)).get_column("confidence").item()


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_an_order_is_the_surer_the_surer_its_values_and_links(value, link):
    assert whole(value, link) <= whole(min(value + 0.01, 1), link)
    assert whole(value, link) <= whole(value, min(link + 0.01, 1))


def test_fields_that_bind_nobody_do_not_make_an_order_unsure():
    unsure = rows_of(FIELD_PROVENANCE, golden("is_county_lines", "true") | {"confidence": 0.1})
    sure = rows_of(FIELD_PROVENANCE, golden("is_county_lines", "true") | {"confidence": 0.9})
    assert order_confidence(unsure, held(1.0)).equals(order_confidence(sure, held(1.0)))
