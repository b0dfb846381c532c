"""What a user may bring to the engine: tables of several libraries and columns of several types, or a clear error."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from linked_people import MODEL, write_people
from shares import one_in

from matching.engine.blocking import BlockingRule
from matching.engine.comparators import AnyShared, Custom, Dates, Exact, JaroWinkler, Numbers
from matching.engine.comparators.base import Comparator
from matching.engine.comparators.expressions import Level
from matching.engine.comparators.pair_conditions import days_apart
from matching.engine.entries import expression_comparison
from matching.engine.linkage import Linkage
from matching.engine.model import LinkageModel
from matching.engine.patterns import Comparison
from matching.engine.tables import Table

PEOPLE = write_people(60)
BOTH = replace(MODEL, link_type="link_and_dedupe")
EXPECTED = "expected a polars DataFrame or LazyFrame, a pandas DataFrame or a pyarrow Table, or several by name"


def facts(linkage: Linkage) -> tuple[object, ...]:
    """Everything that comes out, but for the tables' own form."""
    scores = linkage.score(linkage.train())
    return linkage.keys.to_list(), linkage.patterns.tolist(), scores.weights.tolist(), scores.cluster().labels.to_list()


@one_in(
    2,
    "convert",
    [
        pytest.param(lambda table: table.lazy(), id="a lazy frame"),
        pytest.param(lambda table: table.to_arrow(), id="a pyarrow table"),
        pytest.param(lambda table: table.to_pandas(), id="a pandas data frame"),
        pytest.param(lambda table: table.to_pandas().set_index("forename", drop=False), id="one with its own index"),
        pytest.param(lambda table: table.lazy().with_columns(shoe=7), id="a lazy frame with a column more"),
        pytest.param(lambda table: table.cast({"surname": pl.Categorical}), id="categories"),
        pytest.param(lambda table: table.cast({"town": pl.Enum(PEOPLE["town"].drop_nulls().unique())}), id="an enum"),
    ],
)
def test_a_table_is_linked_in_whatever_form_it_comes(convert: Callable[[pl.DataFrame], Table]) -> None:
    assert facts(MODEL.on(convert(PEOPLE))) == facts(MODEL.on(PEOPLE))
    several = BOTH.on({"court": convert(PEOPLE.head(50)), "prison": PEOPLE.tail(50)})
    assert facts(several) == facts(BOTH.on({"court": PEOPLE.head(50), "prison": PEOPLE.tail(50)}))


@pytest.mark.parametrize(
    ("tables", "kind", "message"),
    [
        pytest.param([PEOPLE, PEOPLE], TypeError, f"table 'records' is a list: {EXPECTED}", id="a list of tables"),
        pytest.param("people.csv", TypeError, f"table 'records' is a str: {EXPECTED}", id="a path"),
        pytest.param(PEOPLE["forename"], TypeError, f"'records' is a Series: {EXPECTED}", id="a series"),
        pytest.param(PEOPLE.to_dict(as_series=False), TypeError, "table 'record_id' is a list", id="columns in a dict"),
        pytest.param({7: PEOPLE}, TypeError, f"the name of a table is 7: {EXPECTED}", id="a name that is a number"),
        pytest.param(pd.Series(["ann"]), ValueError, "a Series, can't be read as named columns", id="a pandas series"),
        pytest.param(pa.chunked_array([[1]]), ValueError, "can't be read as named columns", id="an array"),
        pytest.param(
            pd.DataFrame({"record_id": [1, 2], "forename": ["ann", 7]}),
            ValueError,
            "table 'records', a DataFrame, can't be read as named columns of one type each",
            id="a pandas column of mixed types",
        ),
        pytest.param(pl.DataFrame(), ValueError, "lacks columns record_id, born.*; it has none", id="an empty frame"),
        pytest.param(
            PEOPLE.lazy().drop("town"),
            ValueError,
            "lacks columns town; it has record_id, born, forename, surname",
            id="a lazy frame without a column",
        ),
        pytest.param(
            PEOPLE.with_columns(record_id=pl.concat_list("record_id")),
            ValueError,
            r"the key record_id of table 'records' is List\(String\)",
            id="keys that are lists",
        ),
        pytest.param(
            PEOPLE.with_columns(town=pl.Series([object()] * PEOPLE.height, dtype=pl.Object)),
            ValueError,
            "columns town of table 'records' hold Python objects",
            id="a column of objects",
        ),
        pytest.param(
            {"court": PEOPLE, "prison": PEOPLE.with_columns(town=pl.concat_list("town"))},
            ValueError,
            r"differ in type between tables: town \(String in 'court', List\(String\) in 'prison'\)",
            id="a list in one table and a text in the other",
        ),
    ],
)
def test_what_is_no_table_of_records_is_refused_with_what_was_expected(
    tables: Table, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message) as refused:
        BOTH.on(tables)
    assert "ann" not in str(refused.value), "no value of a record in an error"


def one(comparator: Comparator, *keys: pl.Expr) -> LinkageModel:
    """A model of one comparison, of column `x`."""
    return LinkageModel("one", (Comparison("fact", ("x",), comparator),), (BlockingRule("k", keys or (pl.col("k"),)),))


def column(values: list[object], kind: pl.DataType | None = None) -> pl.DataFrame:
    return pl.DataFrame({"record_id": range(len(values)), "k": 1, "x": pl.Series(values, dtype=kind, strict=False)})


@pytest.mark.parametrize(
    ("comparator", "values", "message"),
    [
        pytest.param(JaroWinkler(), [1984, 1985], "of x: values must be text, not Int64", id="numbers as text"),
        pytest.param(JaroWinkler(), [["ann"]], "values must be text, not lists of String", id="lists as text"),
        pytest.param(Numbers((1,)), ["1"], "values must be numbers, not String", id="text as numbers"),
        pytest.param(Numbers((1,)), [[1]], "values must be numbers, not lists of Int64", id="lists as numbers"),
        pytest.param(Dates(), [1984], "values must be dates or text, not Int64", id="numbers as dates"),
        pytest.param(AnyShared(), ["ann"], "values must be lists, not String", id="text as lists"),
        pytest.param(
            Custom(lambda one, other: one == other, (1,)),
            [["ann"]],
            "values must be single values, not lists of String",
            id="lists in a custom comparator",
        ),
    ],
)
def test_values_that_a_comparator_cannot_compare_are_refused_with_the_comparison(
    comparator: Comparator, values: list[object], message: str
) -> None:
    with pytest.raises(ValueError, match=f"comparison 'fact' of x: .*{message.removeprefix('of x: ')}"):
        one(comparator).on(column(values))


def test_conditions_that_do_not_fit_the_columns_are_refused_with_their_types() -> None:
    levels = (Level("near", days_apart("x") <= 2, 0.9, 0.1), Level("far", pl.lit(True), 0.1, 0.9))
    model = LinkageModel("one", (expression_comparison("day", ("x",), levels),), (BlockingRule("k", (pl.col("k"),)),))
    with pytest.raises(ValueError, match=r"conditions can't be worked out from x \(String\)"):
        model.on(column(["1984-05-03", "1984-05-04"]))


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(pl.col("x").str.head(2), id="text functions of numbers"),
        pytest.param(pl.col("x").dt.year(), id="date functions of numbers"),
    ],
)
def test_a_blocking_key_that_does_not_fit_its_column_is_refused_with_the_rule(key: pl.Expr) -> None:
    with pytest.raises(ValueError, match=r"key of blocking rule 'k' can't be worked out from x \(Int64\)"):
        one(Exact(), key).on(column([1, 2]))


def test_a_comparison_of_a_text_for_a_tuple_of_columns_is_refused() -> None:
    with pytest.raises(TypeError, match=r"columns of comparison 'name' are a tuple of names: \('forename',\)"):
        Comparison("name", "forename", Exact())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(pl.List(pl.String), id="lists"),
        pytest.param(pl.Array(pl.String, 2), id="arrays"),
        pytest.param(pl.List(pl.Categorical), id="lists of categories"),
    ],
)
def test_arrays_are_compared_and_blocked_on_as_lists(kind: pl.DataType) -> None:
    table = column([["ann", "bea"], ["bea", "cat"], ["dot", "eve"], None], pl.List(pl.String)).cast({"x": kind})
    linkage = one(AnyShared(), pl.col("x")).on(table)
    assert (linkage.left.tolist(), linkage.right.tolist()) == ([0], [1])
    everyone = one(AnyShared()).on(table)
    assert everyone.patterns.tolist() == [1, 2, 0, 2, 0, 0], "in common, not in common, not known"


@pytest.mark.parametrize("size", [63, 64, 65, 71, 2_000])
def test_lists_of_any_length_are_compared_to_the_last_element(size: int) -> None:
    first, second = ([f"{letter}{number:04}" for number in range(size)] + ["zz"] for letter in "ab")
    table = column([first, second, ["zz"], ["other"]])
    for model in (one(AnyShared()), one(AnyShared(), pl.col("x"))):
        linkage = model.on(table)
        pairs = zip(linkage.left.tolist(), linkage.right.tolist(), linkage.patterns.tolist(), strict=True)
        assert sorted(pair[:2] for pair in pairs if pair[2] == 1) == [(0, 1), (0, 2), (1, 2)]


@pytest.mark.parametrize("empty", ["court", "prison"])
def test_a_table_without_a_record_is_linked_to_nothing(empty: str) -> None:
    tables = {"court": PEOPLE, "prison": PEOPLE} | {empty: PEOPLE.clear()}
    linkage = replace(MODEL, link_type="link").on(tables)
    scores = linkage.score(linkage.train())
    assert scores.pairs(at_least=float("-inf")).is_empty()
    assert scores.table(scores.cluster())["cluster"].n_unique() == PEOPLE.height


def test_dates_of_two_types_are_compared_as_text() -> None:
    texts = pl.DataFrame({"record_id": ["a"], "k": 1, "x": ["1984-05-03"]})
    dates = pl.DataFrame({"record_id": ["a"], "k": 1, "x": [date(1984, 5, 3)]})
    model = replace(one(Exact()), link_type="link")
    assert model.on({"one": texts, "other": dates}).patterns.tolist() == [1]
