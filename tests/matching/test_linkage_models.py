"""The models of persons, orders and arrests: their comparisons keep the laws, their files belong to them."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.arrest_model import EVENT, REFERENCES, SUBJECT
from matching.engine.patterns import code_records, compare, unpack
from matching.engine.weights import level_weights
from matching.names import describe_names
from matching.order_model import ORDER_MODEL
from matching.persons import PERSON_COLUMNS, person_model
from matching.trained import load_models, shipped_models
from warehouse.tables.core import CORE_ALIASES, CORE_ORDERS

PERSONS = person_model()
MODELS = {model.name: model for model in (PERSONS, ORDER_MODEL, EVENT, REFERENCES, SUBJECT)}

names = st.sampled_from(["ANNA", "ANA", "MARIA ANNA", "VAN ANH", "NGUYEN", "NGUYEN VAN", "ROSS SHORT", "SHORT", "S"])
days = st.sampled_from([date(1984, 8, 17), date(1984, 7, 8), date(1984, 8, 7), date(1984, 1, 1), date(1900, 1, 1)])
identifiers = st.sampled_from(["2019/0086352Z", "2019/0086352K", "2019/0086353A", "1995/0689675R"])
record = st.fixed_dictionaries(
    {
        "forenames_folded": st.none() | names,
        "surname_folded": st.none() | names,
        "date_of_birth": st.none() | days,
        "birth_year": st.none() | st.sampled_from([1984, 1900]),
        "birth_month": st.none() | st.sampled_from([1, 7, 8]),
        "is_birth_placeholder": st.booleans(),
        "sex": st.sampled_from([None, "M", "F"]),
        "pnc_id": st.none() | identifiers,
        "is_pnc_id_valid": st.sampled_from([None, True, False]),
        "cro_number": st.sampled_from([None, "000123/20A", "000124/20B"]),
        "is_cro_valid": st.none(),
        "order_type": st.sampled_from([None, "STRO", "STPO"]),
        "is_interim": st.sampled_from([None, True, False]),
        "made_on": st.none() | days,
        "start_on": st.none() | days,
        "end_on": st.none() | days,
        "is_until_further_order": st.sampled_from([None, True, False]),
        "term_months": st.sampled_from([None, 12, 24]),
    }
)


def described(*records: dict[str, object]) -> pl.DataFrame:
    schema = CORE_ORDERS.schema
    frame = pl.DataFrame(records, schema={name: schema[name] for name in records[0]}, orient="row").with_columns(
        record_id=pl.Series(["a", "b"]), source=pl.Series(["pnc", "court"])
    )
    rest = [pl.lit(None, schema[name]).alias(name) for name in ("court_code", "force_code", "case_urn")]
    aliases = CORE_ALIASES.empty().select("record_id", "forenames_folded", "surname_folded")
    return describe_names(frame, aliases).with_columns(
        *rest,
        pl.lit(None, pl.String).alias("occurrence_ref"),
        pl.lit(None, pl.List(pl.String)).alias("condition_codes"),
    )


def levels(comparisons, records: pl.DataFrame, left: int, right: int) -> list[int]:
    """The level of two records in each comparison."""
    coded = code_records(comparisons, records, np.arange(records.height))
    pattern = compare(coded, np.array([left], np.int32), np.array([right], np.int32))
    return [int(reached[0]) for reached in unpack(pattern, comparisons)]


@given(record, record)
def test_comparisons_do_not_distinguish_left_from_right(one, other):
    frame = described(one, other)
    for model in (PERSONS, ORDER_MODEL):
        assert levels(model.comparisons, frame, 0, 1) == levels(model.comparisons, frame, 1, 0)


@given(record)
def test_nothing_speaks_against_a_record_and_its_copy(one):
    weights = level_weights(shipped_models().person)
    found = levels(PERSONS.comparisons, described(one, one), 0, 1)
    for comparison, by_level, level in zip(PERSONS.comparisons, weights, found, strict=True):
        if comparison.name != "date of birth":  # parts drawn apart need not fit together
            assert by_level[level] >= 0, comparison.name


@pytest.mark.parametrize("name", MODELS)
def test_declared_shares_are_probabilities(name):
    for shares in MODELS[name].declared().shares:
        assert all(0 < m <= 1 and 0 < u <= 1 for m, u in zip(shares.m[1:], shares.u[1:], strict=True)), shares.name


def test_person_columns_are_those_of_the_core_tables():
    assert set(PERSON_COLUMNS) <= set(CORE_ORDERS.schema)


def test_what_random_strangers_cannot_show_weighs_as_declared():
    learned, held = shipped_models(), set()
    for parameters, model in ((learned.person, PERSONS), (learned.order, ORDER_MODEL)):
        parts = zip(parameters.shares, model.declared().shares, model.comparisons, strict=True)
        for shares, declared, comparison in parts:
            for level in comparison.fixed:
                assert (shares.m[level], shares.u[level]) == (declared.m[level], declared.u[level]), shares.levels[
                    level
                ]
                held.add(shares.levels[level])
    assert {
        "twins: surname and birth agree, forename does not",
        "surname agrees, forename does not",
        "differ, both check letters right",
        "the same, under two PNC ids",
        "made and end both a year apart: a renewal",
    } <= held


def test_model_files_give_back_what_was_saved(tmp_path):
    shipped_models().save(tmp_path / "models")
    assert load_models(tmp_path / "models") == shipped_models()


@pytest.mark.parametrize(
    ("spoil", "reported"),
    [
        pytest.param(lambda text: text[: len(text) // 2], "is not a model file", id="cut short"),
        pytest.param(lambda text: text.replace('"format": 2', '"format": 1'), "of format 2", id="another format"),
        pytest.param(lambda text: text.replace('"sex"', '"gender"'), "compares", id="other comparisons"),
        pytest.param(lambda text: text.replace('"same"', '"alike"'), "other levels", id="other levels"),
    ],
)
def test_a_file_of_another_model_is_refused_with_advice(tmp_path, spoil, reported):
    shipped_models().save(tmp_path)
    text = (tmp_path / "person.json").read_text()
    assert spoil(text) != text
    (tmp_path / "person.json").write_text(spoil(text))
    with pytest.raises(ValueError, match=reported) as failure:
        load_models(tmp_path)
    assert "train the model again" in str(failure.value)
