"""Order records: labelled cases, laws, and quality on nights with known truth."""

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import THIRD
from shares import one_in

from matching.bound import Decisions
from matching.orders import OrderLinks, link_orders
from warehouse.identifiers import check_letter
from warehouse.tables.core import CORE_ALIASES, CORE_CONDITIONS, CORE_ORDERS
from warehouse.tables.link import LINK_CLUSTERS, LINK_PAIRS

CASES = list(csv.DictReader((Path(__file__).parent / "cases.csv").open(encoding="utf-8")))
BASE = {
    "forenames": "SAMUEL",
    "surname": "OKONKWO",
    "born": "1984-08-17",
    "sex": "M",
    "pnc": "A",
    "type": "STRO",
    "interim": "no",
    "made": "2020-01-31",
    "start": "2020-01-31",
    "end": "2023-01-30",
    "term": "36",
    "court": "B33HU00",
    "force": "33",
}
NAMES = (("OLGA", "PETRENKO"), ("IAN", "MCKAY"), ("MEI", "ZHOU"), ("CARLOS", "ORTEGA"), ("AMINA", "DIALLO"))


def pnc_id(sign: str) -> str | None:
    """`A`: a valid id; `A digit`, `A letter`: mistyped; nothing: none."""
    letter, _, fault = sign.partition(" ")
    if not letter:
        return None
    serial = 86_352 + ord(letter) * 1_000
    number = f"2019/{serial + (fault == 'digit'):07d}"
    return number + check_letter(19 * 10**7 + serial + (fault == "letter"))


def order(key: str, facts: dict[str, str]) -> dict[str, object]:
    born = facts["born"]
    day = date.fromisoformat(born) if len(born) == 10 else None
    identifier = pnc_id(facts["pnc"])
    source = facts["source"]
    return {
        "record_id": f"{source}:{key}",
        "source": source,
        "source_key": key,
        "forenames_folded": facts["forenames"] or None,
        "surname_folded": facts["surname"],
        "date_of_birth": day,
        "birth_year": int(born[:4]) if born else None,
        "birth_month": day.month if day else None,
        "is_birth_placeholder": day is not None and (day.month, day.day) == (1, 1),
        "sex": facts["sex"],
        "pnc_id": identifier,
        "is_pnc_id_valid": None if identifier is None else " " not in facts["pnc"],
        "order_type": facts["type"],
        "is_interim": {"yes": True, "no": False}.get(facts["interim"]),
        **{f"{name}_on": day_of(facts[name]) for name in ("made", "start", "end")},
        "is_until_further_order": False if facts["end"] else None,
        "term_months": int(facts["term"]) if facts["term"] else None,
        "court_code": facts["court"],
        "force_code": facts["force"],
        "amends_source_key": facts.get("amends"),
    }


def day_of(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def frame_of(table, rows):
    columns = [column for column in table.columns if rows and column.name in rows[0]]
    known = pl.DataFrame(rows, schema={column.name: column.dtype for column in columns}, orient="row")
    missing = [pl.lit(None, column.dtype).alias(column.name) for column in table.columns if column not in columns]
    return table.conform(known.with_columns(missing))


def bystanders(count: int) -> list[dict[str, object]]:
    """Records of other people, so that a pair is judged among others as it is on a real night."""
    rows = []
    for index in range(count):
        forename, surname = NAMES[index % 5]
        facts = BASE | {
            "source": "pnc",
            "forenames": forename,
            "surname": surname + chr(65 + index % 26) + chr(65 + index // 26),
            "born": date(1960 + index % 40, 1 + index % 12, 1 + index % 27).isoformat(),
            "pnc": "",
            "made": date(2016 + index % 7, 1 + index % 11, 1 + index % 28).isoformat(),
            "start": "",
            "end": "",
        }
        rows.append(order(f"bystander{index:03d}", facts))
    return rows


def facts_of(text: str) -> dict[str, str]:
    pairs = (part.split("=", 1) for part in text.split(";") if part.strip())
    return {name.strip(): value.strip() for name, value in pairs}


def link(left: dict[str, str], right: dict[str, str]) -> OrderLinks:
    one, other = BASE | {"source": "pnc"} | left, BASE | {"source": "court"} | left | {"source": "court"} | right
    rows = [order(one.get("key", "1"), one), order(other.get("key", "2"), other)]
    aliases = []
    if "alias" in left:
        forenames, surname = left["alias"].split()
        aliases = [{"record_id": rows[0]["record_id"], "forenames_folded": forenames, "surname_folded": surname}]
    return link_orders(
        frame_of(CORE_ORDERS, rows + bystanders(100)),
        frame_of(CORE_ALIASES, aliases),
        CORE_CONDITIONS.empty(),
    )


@one_in(
    4,
    "case",
    [pytest.param(case, id=case["case"]) for case in CASES],
)
def test_labelled_case(case):
    clusters = link(facts_of(case["left"]), facts_of(case["right"])).clusters
    pair = clusters.filter(~pl.col("record_id").str.contains("bystander"))
    found = (pair.get_column("order_cluster").n_unique(), pair.get_column("subject_cluster").n_unique())
    assert {(1, 1): "one order", (2, 1): "two orders", (2, 2): "two persons"}[found] == case["expected"]


def test_second_record_of_an_order_in_one_source_is_marked_as_duplicate():
    clusters = link({"source": "pnd", "key": "P1"}, {"source": "pnd", "key": "P2"}).clusters
    assert clusters.filter("is_duplicate").get_column("record_id").to_list() == ["pnd:P2"]


def test_tables_have_their_declared_shape():
    links = link({}, {})
    assert links.pairs.schema == LINK_PAIRS.schema
    assert links.clusters.schema == LINK_CLUSTERS.schema
    assert links.clusters.height == links.diagnostics["records"] == 102


def test_no_records_give_no_links():
    links = link_orders(CORE_ORDERS.empty(), CORE_ALIASES.empty(), CORE_CONDITIONS.empty())
    assert (links.pairs.height, links.clusters.height) == (0, 0)


def test_weights_of_a_pair_add_up_to_its_match_weight():
    pair = link({}, {}).pairs.row(0, named=True)
    reported = sum(float(weight.rpartition("=")[2]) for weight in pair["weights"])
    assert reported == pytest.approx(pair["match_weight"], abs=0.01)
    assert pair["person_weight"] + pair["order_weight"] == pytest.approx(pair["match_weight"], abs=0.01)


def linked_by_stewards(decisions: Decisions) -> OrderLinks:
    """Three records of one order: `pnc:a`, `court:b`, `pnd:c`."""
    rows = [order(key, BASE | {"source": source}) for source, key in (("pnc", "a"), ("court", "b"), ("pnd", "c"))]
    core = frame_of(CORE_ORDERS, rows), CORE_ALIASES.empty(), CORE_CONDITIONS.empty()
    return link_orders(*core, decisions=decisions)


def pairs_of(*pairs: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"left_id": pl.String, "right_id": pl.String}, orient="row")


def test_a_steward_parts_orders_that_every_value_joins():
    links = linked_by_stewards(Decisions(different_orders=pairs_of(("pnd:c", "pnc:a"), ("court:b", "pnc:a"))))
    clusters = dict(links.clusters.select("record_id", "order_cluster").rows())
    assert clusters["court:b"] == clusters["pnd:c"] != clusters["pnc:a"]
    assert links.clusters.get_column("subject_cluster").n_unique() == 1


def test_a_steward_parts_persons_and_their_orders_with_them():
    links = linked_by_stewards(Decisions(different_persons=pairs_of(("pnc:a", "court:b"), ("pnc:a", "pnd:c"))))
    for kind in ("order_cluster", "subject_cluster"):
        assert links.clusters.filter(pl.col("record_id") != "pnc:a").get_column(kind).n_unique() == 1
        assert links.clusters.get_column(kind).n_unique() == 2


def test_a_steward_joins_what_no_value_joins():
    other = {
        "forenames": "OLGA",
        "surname": "PETRENKO",
        "born": "1991-02-03",
        "sex": "F",
        "pnc": "B",
        "made": "2021-06-07",
    }
    rows = [order("a", BASE | {"source": "pnc"}), order("b", BASE | other | {"source": "court"})]
    core = frame_of(CORE_ORDERS, rows), CORE_ALIASES.empty(), CORE_CONDITIONS.empty()
    apart = link_orders(*core).clusters
    assert apart.get_column("order_cluster").n_unique() == 2
    joined = link_orders(*core, decisions=Decisions(same_order=pairs_of(("court:b", "pnc:a")))).clusters
    assert joined.get_column("order_cluster").n_unique() == joined.get_column("subject_cluster").n_unique() == 1


def test_a_steward_joins_two_names_of_one_source_and_nothing_contradicts_it():
    rows = [
        order(key, BASE | {"source": "pnd", "forenames": forename, "surname": surname, "pnc": ""})
        for key, forename, surname in (("a", "WEI", "WANG"), ("b", "NA", "LI"))
    ]
    core = frame_of(CORE_ORDERS, rows), CORE_ALIASES.empty(), CORE_CONDITIONS.empty()
    assert link_orders(*core).conflicts.get_column("reason").to_list() == ["cannot", "cannot"]
    joined = link_orders(*core, decisions=Decisions(same_order=pairs_of(("pnd:b", "pnd:a"))))
    assert joined.clusters.get_column("order_cluster").n_unique() == 1
    assert joined.conflicts.is_empty()


TWINS = [
    order(f"{source}-{number}", BASE | {"source": source, "forenames": forename, "surname": "POPA", "pnc": ""})
    for source in ("pnd", "court")
    for number, forename in enumerate(("ANA", "ADA"))
]


@pytest.mark.parametrize(
    ("dropped", "others", "orders"),
    [
        pytest.param(None, {}, 2, id="both sources hold both names"),
        pytest.param("court-1", {}, 1, id="one source holds it twice, with a slip"),
        pytest.param(None, {"pnc_id": pnc_id("A"), "is_pnc_id_valid": True}, 1, id="an identifier in common"),
    ],
)
def test_two_names_that_two_sources_hold_are_two_people(dropped, others, orders):
    rows = [row | {"pnc_id": None, "is_pnc_id_valid": None} | others for row in TWINS if row["source_key"] != dropped]
    links = link_orders(frame_of(CORE_ORDERS, rows), CORE_ALIASES.empty(), CORE_CONDITIONS.empty())
    assert links.clusters.get_column("order_cluster").n_unique() == orders
    assert links.clusters.get_column("subject_cluster").n_unique() == orders
    assert links.conflicts.is_empty() == (orders == 1)  # a steward is asked


@pytest.mark.parametrize(
    ("letters", "orders"),
    [pytest.param("AB", 1, id="held twice, with slips"), pytest.param("ABC", 3, id="three are three people")],
)
def test_near_twins_of_one_source_are_as_many_people_as_it_holds_three_of(letters, orders):
    rows = [
        order(
            letter, BASE | {"source": "pnd", "surname": f"QUARTERMAINE{letter}", "born": f"198{year}-08-17", "pnc": ""}
        )
        for year, letter in enumerate(letters)
    ]
    found = link_orders(frame_of(CORE_ORDERS, rows), CORE_ALIASES.empty(), CORE_CONDITIONS.empty()).clusters
    assert found.get_column("order_cluster").n_unique() == orders


@pytest.mark.parametrize(
    ("ids", "born", "amends", "orders"),
    [
        pytest.param("xy", "1993-11-03", None, 2, id="two defendants of one case"),
        pytest.param("xx", "1993-11-03", None, 1, id="one defendant, with a slip in the birth"),
        pytest.param("xy", "1993-12-03", None, 1, id="of one birth: the court may have given two ids"),
        pytest.param("xy", "1993-11-03", "a", 1, id="one result amends the other"),
    ],
)
def test_two_defendants_of_one_case_are_two_people(ids, born, amends, orders):
    facts = BASE | {"source": "court", "pnc": "", "surname": "QUARTERMAINE", "born": "1993-12-03"}
    rows = [
        order(key, facts | {"born": day}) | {"case_urn": "33AB0000123", "defendant_id": defendant}
        for key, defendant, day in zip("ab", ids, ("1993-12-03", born), strict=True)
    ]
    rows[1]["amends_source_key"] = amends
    found = link_orders(frame_of(CORE_ORDERS, rows + bystanders(100)), CORE_ALIASES.empty(), CORE_CONDITIONS.empty())
    of_case = found.clusters.filter(pl.col("record_id").str.starts_with("court:"))
    assert of_case.get_column("order_cluster").n_unique() == orders
    assert of_case.get_column("subject_cluster").n_unique() == orders


def test_decisions_that_contradict_each_other_are_reported():
    links = linked_by_stewards(
        Decisions(
            same_order=pairs_of(("pnc:a", "court:b"), ("court:b", "pnd:c")),
            different_orders=pairs_of(("pnd:c", "pnc:a")),
        )
    )
    reported = links.conflicts.filter(pl.col("reason") == "decisions contradict")
    assert reported.select("kind", "left_id", "right_id").rows() == [("order", "pnc:a", "pnd:c")]


def test_a_decision_on_a_record_that_is_gone_is_an_error():
    with pytest.raises(ValueError, match="1 decisions name a record"):
        linked_by_stewards(Decisions(same_person=pairs_of(("pnc:a", "pnc:gone"))))


CASE_RECORDS = [
    order(f"{index}-{side}", BASE | {"source": source} | facts_of(case["left"]) | facts)
    for index, case in enumerate(CASES[:12])
    for side, source, facts in (("left", "pnc", {}), ("right", "court", facts_of(case["right"])))
]


@pytest.mark.long
@THIRD
@given(st.permutations(CASE_RECORDS))
def test_order_of_rows_does_not_matter(rows):
    expected = link_orders(frame_of(CORE_ORDERS, CASE_RECORDS), CORE_ALIASES.empty(), CORE_CONDITIONS.empty())
    found = link_orders(frame_of(CORE_ORDERS, rows), CORE_ALIASES.empty(), CORE_CONDITIONS.empty())
    assert found.clusters.equals(expected.clusters)
    assert found.pairs.equals(expected.pairs)


@one_in(
    2,
    ("differs", "orders"),
    [
        pytest.param({"forenames": "", "born": "", "pnc": ""}, 1, id="a surname alone: each is what the other lacks"),
        pytest.param({"forenames": "SIMON", "pnc": ""}, 2, id="twins"),
        pytest.param({"born": "2009-08-17", "pnc": ""}, 2, id="father and son"),
        pytest.param({"made": "2021-01-31", "start": "2021-01-31", "end": "2024-01-30"}, 2, id="renewed for a year"),
    ],
)
def test_where_sources_are_complete_an_order_that_one_lacks_is_joined(differs, orders):
    one = BASE | {"source": "pnc"}
    others = [
        row | {"source": s, "record_id": f"{s}:{row['source_key']}"} for row in bystanders(40) for s in ("pnc", "court")
    ]
    rows = [order("1", one), order("2", one | {"source": "court"} | differs), *others]
    found = link_orders(frame_of(CORE_ORDERS, rows), CORE_ALIASES.empty(), CORE_CONDITIONS.empty()).clusters
    pair = found.filter(pl.col("record_id").is_in(["pnc:1", "court:2"]))
    assert pair.get_column("order_cluster").n_unique() == orders


EARLIER, LATER = {"born": "1984-08-17"}, {"born": "1984-09-17", "made": "2022-06-07", "start": "2022-06-07", "end": ""}
NAMESAKES = {
    "court:a": EARLIER | {"pnc": ""},
    "pnc:b": EARLIER | {"forenames": "SAM"},
    "court:c": LATER | {"court": "B13HT00", "force": "13", "pnc": ""},
    "pnc:d": LATER | {"court": "B13HT00", "force": "13", "pnc": "B"},
}


@one_in(
    2,
    ("changed", "decided", "people"),
    [
        pytest.param({}, [], 2, id="namesakes"),
        pytest.param({}, [("court:a", "court:c")], 1, id="a steward joins them"),
        pytest.param({"pnc": "A"}, [], 1, id="an identifier in common"),
        pytest.param({"born": "1984-08-17"}, [], 1, id="one record gives the birth of the other order"),
    ],
)
def test_orders_that_share_neither_birth_nor_identifier_are_of_two_people(changed, decided, people):
    records = NAMESAKES | {"pnc:d": NAMESAKES["pnc:d"] | changed}
    rows = [order(key[-1], BASE | {"source": key.partition(":")[0]} | facts) for key, facts in records.items()]
    core = frame_of(CORE_ORDERS, rows), CORE_ALIASES.empty(), CORE_CONDITIONS.empty()
    links = link_orders(*core, decisions=Decisions(same_person=pairs_of(*decided)))
    assert links.clusters.get_column("order_cluster").n_unique() == 2
    assert links.clusters.get_column("subject_cluster").n_unique() == people
