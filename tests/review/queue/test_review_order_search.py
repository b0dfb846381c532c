"""Finding orders by what somebody has typed."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.kept_in_memory import KeptInMemory
from review.queue.order_search import build_search_index, find_orders
from warehouse.tables.register import ID_REDIRECTS, ORDER_SOURCES, ORDERS, REVIEW_QUEUE, SUBJECTS
from warehouse.tables.release import SOURCE_RECORDS

PEOPLE = [
    ("ORD-1", "SUB-1", "KAMIL BARTLOMIEJ", "WIECZOREK", "1998/0327729T"),
    ("ORD-2", "SUB-2", "JOHN", "SMITH", None),
    ("ORD-3", "SUB-3", "JON", "SMYTHE", None),
    ("ORD-4", "SUB-4", "SMITH", "JONES", None),
]
RECORDS = [
    ("pnc", "00000289", "KAMIL", "WIECZOREK", None),
    ("court", "R000000326", "JOHN", "SMITH", "01AB0012326"),
    ("rocu", "a b.xlsx#Sheet1#12", "JON", "SMYTHE", None),
    ("pnd", "PND-0000288", "FIRSTNAME", "OTHERWISE", None),
]
THIS_YEAR = 2026


@pytest.fixture(scope="module")
def index():
    orders = pl.DataFrame(
        PEOPLE, schema=["order_id", "subject_id", "forenames_folded", "surname_folded", "pnc_id"], orient="row"
    )
    columns = ["source", "source_key", "forenames_folded", "surname_folded", "case_urn"]
    records = pl.DataFrame(RECORDS, schema=columns, orient="row").with_columns(
        order_id=orders["order_id"],
        record_id=pl.format("{}:{}", "source", "source_key"),
        date_of_birth=pl.Series([date(1990, 7, 4), date(1985, 1, 2), None, None]),
    )
    subjects = pl.DataFrame({"subject_id": ["SUB-2"], "other_names": [["BLACKWOOD, TERENCE"]]})
    redirects = pl.DataFrame({"kind": ["order"], "old_id": ["ORD-9"], "new_id": ["ORD-4"]})
    items = pl.DataFrame({"item_id": ["abc123"], "order_id": ["ORD-3"]})
    tables = {
        ORDERS: orders,
        ORDER_SOURCES: records,
        SOURCE_RECORDS: records,
        SUBJECTS: subjects,
        ID_REDIRECTS: redirects,
        REVIEW_QUEUE: items,
    }
    made = {
        table.name: frame.with_columns(
            pl.lit(None, column.dtype).alias(column.name)
            for column in table.columns
            if column.name not in frame.columns
        ).select(column.name for column in table.columns)
        for table, frame in tables.items()
    }
    return build_search_index(made.__getitem__)


def found(index, text):
    return find_orders(index, text, this_year=THIS_YEAR).orders["order_id"].to_list()


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        pytest.param("ord-1", ["ORD-1"], id="id of an order, in small letters"),
        pytest.param("ORD-9", ["ORD-4"], id="id that an order had before"),
        pytest.param("1998/0327729T", ["ORD-1"], id="PNC id in the long form"),
        pytest.param("98/327729t", ["ORD-1"], id="PNC id in the short form"),
        pytest.param("00000289", ["ORD-1"], id="key of a record"),
        pytest.param("pnc:00000289", ["ORD-1"], id="id of a record"),
        pytest.param("a b.xlsx#Sheet1#12", ["ORD-3"], id="row of a return"),
        pytest.param("01 AB 00123 26", ["ORD-2"], id="case reference with blanks"),
        pytest.param("abc123", ["ORD-3"], id="id of an item"),
        pytest.param("Kamil Bartłomiej Wieczorek", ["ORD-1"], id="whole name with its signs"),
        pytest.param("Wieczorek, Kamil", ["ORD-1"], id="surname first"),
        pytest.param("wieczorec", ["ORD-1"], id="one letter wrong"),
        pytest.param("terence blackwood", ["ORD-2"], id="another name of the person"),
        pytest.param("otherwise", ["ORD-4"], id="name that one source alone holds"),
        pytest.param("Smith Wieczorek", [], id="words of two people"),
        pytest.param("", [], id="nothing"),
        pytest.param("   ", [], id="blanks"),
        pytest.param("<script>alert(1)</script>", [], id="a script"),
        pytest.param("%' OR 1=1 --", [], id="a query"),
        pytest.param("\x00\u202e", [], id="signs that are not seen"),
        pytest.param("漢字", [], id="letters that fold to nothing"),
    ],
)
def test_orders_are_found_by(index, text, orders):
    assert found(index, text) == orders


def test_what_fits_exactly_comes_first(index):
    hits = find_orders(index, "Jon Smythe", this_year=THIS_YEAR)
    assert hits.by == "name"
    assert hits.orders.row(0) == ("ORD-3", 1.0, True)
    assert hits.orders["likeness"].is_sorted(descending=True)
    assert "ORD-2" in hits.orders["order_id"]


def test_a_name_that_only_a_source_holds_is_reported_from_the_one_in_the_register(index):
    assert find_orders(index, "Otherwise", this_year=THIS_YEAR).orders.row(0) == ("ORD-4", 1.0, False)


@given(text=st.text(max_size=300))
def test_whatever_is_typed_is_answered_with_orders_once_each(index, text):
    orders = found(index, text)
    assert len(set(orders)) == len(orders)
    assert set(orders) <= {person[0] for person in PEOPLE}


@given(st.sampled_from(PEOPLE), st.randoms(use_true_random=False), st.data())
def test_any_words_of_a_name_in_any_order_find_it(index, person, random, data):
    words = f"{person[2]} {person[3]}".split()
    chosen = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True))
    random.shuffle(chosen)
    assert person[0] in found(index, " ".join(chosen).lower())


def test_a_register_without_names_finds_nothing(index):
    empty = type(index)(index.references.clear(), index.births.clear(), index.words.clear(), [])
    assert found(empty, "Smith") == []


def test_a_search_is_found_again_only_by_who_made_it():
    searches = KeptInMemory[str](5)
    name = searches.keep("kim", "a name")
    assert searches.find(name, "kim") == "a name"
    assert searches.find(name, "noor") is None
    assert searches.find("forged", "kim") is None


def test_the_oldest_searches_are_forgotten():
    searches = KeptInMemory[str](5)
    names = [searches.keep("kim", str(number)) for number in range(6)]
    assert searches.find(names[0], "kim") is None
    assert searches.find(names[-1], "kim") is not None


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        pytest.param("4 July 1990", ["ORD-1"], id="as it is written"),
        pytest.param("04/07/1990", ["ORD-1"], id="in numbers"),
        pytest.param("1985-01-02", ["ORD-2"], id="as computers write it"),
        pytest.param("4 July 1991", [], id="nobody is born on that day"),
    ],
)
def test_orders_are_found_by_a_date_of_birth(index, text, orders):
    assert found(index, text) == orders


def test_an_order_is_found_by_the_line_of_a_pack(index):
    assert found(index, "ord-2/AB12CD") == ["ORD-2"]
    assert found(index, "ORD-9/ab12cd") == ["ORD-4"]
