"""What owners are asked, in which words, and what is not reported to them."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from ledger_cases import discrepancies, policy_of, records, rows

from expectations.discrepancies import RULES
from ledger.decisions.decidable import Present
from ledger.decisions.in_force import in_force
from ledger.owners import UnknownOwnerError, owner_title
from ledger.packs.columns import COLUMNS
from ledger.packs.content import Material, find_lines
from warehouse.home import Home
from warehouse.installation_key import VARIABLE
from warehouse.tables.packs import ASKED_CORRECTIONS, PACK_ANSWERS, SAMPLE_CHECKS
from warehouse.tables.register import DISCREPANCIES, FIELD_PROVENANCE, ID_REDIRECTS, ORDER_SOURCES, ORDERS
from warehouse.tables.titles import FIELD_TITLES

AS_OF = date(2026, 11, 20)
PNC, COURT, PND, OTHER = "pnc:00000001", "court:R000000009", "pnd:PND-0000005", "pnc:00000002"
CATALOGUE = pl.DataFrame({"rule_code": ["end_differs"], "title": ["End differs"], "note": ["s.17 [MSA-2015]"]})
PERSON = {"surname": "Novak", "forenames": "Jana", "surname_folded": "NOVAK", "forenames_folded": "JANA"}
HELD = (
    (
        PNC,
        PERSON | {"surname": "Nowak", "surname_folded": "NOWAK", "pnc_id": "2012/0612542N", "end_on": date(2027, 1, 1)},
    ),
    (COURT, PERSON | {"surname": "Novák", "end_on": date(2026, 1, 1), "case_urn": "33AB0123126"}),
    (PND, PERSON | {"surname": "Novakova", "date_of_birth": date(1988, 4, 17), "cro_number": "SF93/179885H"}),
    (OTHER, {"surname": "Ward", "surname_folded": "WARD", "forenames": "Ann"}),
)
ORDER = {
    "subject_id": "SUB-1",
    "order_type": "STPO",
    "is_interim": False,
    "surname": "Novák",
    "surname_folded": "NOVAK",
    "forenames": "Jana",
    "forenames_folded": "JANA",
    "date_of_birth": date(1988, 4, 17),
    "pnc_id": "2012/0612542N",
    "made_on": date(2021, 3, 9),
    "end_on": date(2026, 1, 1),
    "court_code": "C31NT00",
    "court_name": "Nottingham Crown Court",
    "legal_status": "live",
}
FLAW = {"source_key": "00000001", "observed": "2027-01-01", "expected": "2026-01-01", "severity": "high"}
FLAW |= {"message": "The PNC record gives another end.", "owner": "pnc_bureau", "correction": "Correct the end."}
FLAW |= {"state": "open", "first_seen_on": date(2026, 11, 1), "stream": "send", "confidence": 0.999}


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(VARIABLE, "a key of these tests")


def frame(table, *given):
    return pl.DataFrame(list(given), schema=table.schema)


def present(*flaws):
    places = [
        {"record_id": name, "source": name.partition(":")[0], "source_key": name.partition(":")[2], "order_id": order}
        for name, order in ((PNC, "ORD-1"), (COURT, "ORD-1"), (PND, "ORD-1"), (OTHER, "ORD-2"))
    ]
    orders = [
        ORDER | {"order_id": "ORD-1", "sources": ["court", "pnc", "pnd"]},
        ORDER | {"order_id": "ORD-2", "sources": ["pnc"], "subject_id": "SUB-2"},
    ]
    tables = {
        ORDERS: frame(ORDERS, *orders),
        ORDER_SOURCES: frame(ORDER_SOURCES, *places),
        DISCREPANCIES: discrepancies(*(FLAW | flaw for flaw in flaws)),
        ID_REDIRECTS: ID_REDIRECTS.empty(),
    }
    named = {table.name: made for table, made in tables.items()}
    return Present.of(records(*HELD), named, release_id="r2026-11-20", as_of=AS_OF, model_version="1")


def provenance(**values):
    reported = {"order_id": "ORD-1", "field": "end_on", "value": "2026-01-01", "rule": "precedence", "losing": []}
    reported |= {"source": "court", "source_key": "R000000009", "agreeing": [PND], "losing": [f"{PNC}=2027-01-01"]}
    return frame(FIELD_PROVENANCE, reported | values)


def find(*flaws, decided=(), reported=None, asked=None):
    """The lines of these flaws; `decided` makes drafts of decisions of what is there, all by one steward."""
    night = present(*(flaws or ({},)))
    return find_lines(
        Material(
            present=night,
            provenance=provenance() if reported is None else reported,
            decisions=in_force(rows(*(draft(night) for draft in decided)), as_of=AS_OF),
            asked=ASKED_CORRECTIONS.empty() if asked is None else asked,
            catalogue=CATALOGUE,
            policy=policy_of(),
            checks=SAMPLE_CHECKS.empty(),
            answers=PACK_ANSWERS.empty(),
            home=Home(Path("unused")),
        )
    )


def only(lines):
    (row,) = lines.ready.to_dicts()
    return row


def test_a_line_says_what_is_held_what_is_asked_and_why():
    line = only(find())
    assert {name: line[name] for name in ("reference", "owner", "severity", "system", "source_key", "field")} == {
        "reference": "ORD-1/d",
        "owner": "pnc_bureau",
        "severity": "high",
        "system": "PNC",
        "source_key": "00000001",
        "field": "Last day",
    }
    assert (line["held"], line["asked"]) == ("2027-01-01", "2026-01-01")
    assert line["why"] == "End differs. The PNC record gives another end."
    assert line["order"] == "STPO, made 2021-03-09, Nottingham Crown Court"
    assert line["evidence"] == "given by PND, court result R000000009"
    assert (line["basis"], line["correction"], line["first_seen_on"]) == (
        "s.17 [MSA-2015]",
        "Correct the end.",
        "2026-11-01",
    )
    assert line["handed_out_on"] is None


def test_the_person_is_reported_as_the_owner_holds_them():
    line = only(find())
    assert (line["surname"], line["pnc_id"], line["date_of_birth"]) == ("Nowak", "2012/0612542N", None)
    assert line["details_from"] == "your record"


def test_where_the_owner_holds_no_record_the_register_says_who_is_meant():
    absent = {"field": "presence", "source": "pnd", "source_key": None, "observed": "absent", "expected": "present"}
    line = only(find(absent | {"order_id": "ORD-2", "owner": "force:01"}))
    assert (line["surname"], line["date_of_birth"]) == ("Novák", "1988-04-17")
    assert (line["details_from"], line["file_name"], line["held"]) == ("the register", None, "no record")
    assert line["evidence"] == "the order is held by PNC"


def test_no_value_of_another_owner_stands_in_a_line_but_the_one_asked_for():
    reported = " ".join(str(value) for value in only(find()).values())
    for value in ("Novák", "Novakova", "1988-04-17", "SF93/179885H", "33AB0123126", "PND-0000005"):
        assert value not in reported


def test_a_name_is_asked_for_as_it_is_written_not_as_it_is_compared():
    flaw = {"field": "surname", "observed": "NOWAK", "expected": "NOVAK"}
    line = only(find(flaw, reported=provenance(field="surname", value="Novák")))
    assert (line["held"], line["asked"]) == ("Nowak", "Novák")
    assert line["evidence"].startswith("given by")


@pytest.mark.parametrize(
    ("flaw", "held", "asked"),
    [
        pytest.param(
            {"field": "conditions", "observed": "C05 C30", "expected": "C05 C31"},
            "C05 No association with named co-subjects, C30 Vehicle limits",
            "add C31 Cash limit; remove C30 Vehicle limits",
            id="conditions",
        ),
        pytest.param(
            {"field": "conditions", "observed": "", "expected": "C31"},
            "",
            "add C31 Cash limit",
            id="no conditions at all",
        ),
        pytest.param(
            {"field": "conditions", "observed": "C31", "expected": "C31"},
            "C31 Cash limit",
            "C31 Cash limit",
            id="conditions of another period",
        ),
        pytest.param(
            {"field": "court_code", "observed": "Nowhere MC", "expected": "C31NT00"},
            "Nowhere MC",
            "Nottingham Crown Court (C31NT00)",
            id="a court, written in a way nobody could read",
        ),
        pytest.param(
            {"field": "is_interim", "observed": "false", "expected": "true"},
            "full order",
            "interim order",
            id="interim",
        ),
        pytest.param({"observed": None}, None, "2026-01-01", id="no value"),
    ],
)
def test_codes_are_reported_in_words(flaw, held, asked):
    line = only(find(flaw))
    assert (line["held"] or None, line["asked"]) == (held or None, asked)


def test_what_was_asked_before_says_since_when():
    asked = pl.DataFrame({"reference": ["ORD-1/d"], "handed_out_on": [date(2026, 11, 2)]})
    assert only(find(asked=asked))["handed_out_on"] == "2026-11-02"


def test_resolved_discrepancies_are_not_asked_for():
    lines = find({"state": "resolved", "resolved_by": "source"})
    assert (lines.ready.height, lines.waiting.height) == (0, 0)


@pytest.mark.parametrize("kind", ["both_right", "accept"])
def test_what_a_steward_has_closed_since_the_release_is_not_asked_for(kind):
    until = date(2026, 12, 1) if kind == "accept" else None
    lines = find(decided=[lambda night: night.draft_discrepancy(kind, "d", accepted_until=until)])
    assert (lines.ready.height, lines.waiting.height) == (0, 0)


def test_a_referral_is_asked_of_whom_it_names_and_named_as_evidence():
    line = only(find(decided=[lambda night: night.draft_discrepancy("refer", "d", referred_to="court:C31NT00")]))
    assert line["owner"] == "court:C31NT00"
    assert "referred by a steward (DEC-" in line["evidence"]


def test_where_what_is_known_is_not_enough_the_owner_reads_what_would_settle_it():
    line = only(find(decided=[lambda night: night.draft_discrepancy("not_enough", "d")]))
    assert "We cannot decide which is right: The court's order or its sealed copy would settle it." in line["why"]
    assert line["owner"] == "pnc_bureau"


def test_a_value_decided_since_the_release_waits_for_the_night_that_obeys_it():
    lines = find(decided=[lambda night: night.draft_value("ORD-1", "end_on", "2025-06-01")])
    assert lines.ready.is_empty()
    assert lines.waiting.rows() == [("pnc_bureau", "ORD-1", "ORD-1/d")]


def test_a_value_that_the_release_obeys_is_asked_for_by_its_decision():
    def decide(night):
        return night.draft_value("ORD-1", "end_on", "2026-01-01")

    decision_id = rows(decide(present({}))).item(0, "decision_id")
    reported = provenance(rule="steward", decision_id=decision_id, source=None, source_key=None, agreeing=[])
    lines = find(decided=[decide], reported=reported)
    assert only(lines)["evidence"] == f"decided by a steward ({decision_id})"
    assert find(reported=reported).waiting.rows() == [
        ("pnc_bureau", "ORD-1", "ORD-1/d")
    ]  # the decision was taken back since


@pytest.mark.parametrize(
    ("kind", "one", "other", "waits"),
    [
        pytest.param("same_order", PNC, OTHER, True, id="put together, and still apart"),
        pytest.param("different_order", PNC, COURT, True, id="kept apart, and still together"),
        pytest.param("different_person", PNC, PND, True, id="two persons, and still one"),
        pytest.param("same_order", PNC, COURT, False, id="put together, as they are"),
        pytest.param("different_person", PNC, OTHER, False, id="kept apart, as they are"),
    ],
)
def test_lines_of_orders_that_a_decision_will_regroup_wait(kind, one, other, waits):
    lines = find(decided=[lambda night: night.draft_pair(kind, one, other)])
    assert (lines.waiting.height, lines.ready.height) == ((1, 0) if waits else (0, 1))


def test_the_weightiest_lines_come_first_in_any_order_of_rows():
    flaws = [
        {"discrepancy_id": f"d{place}", "severity": severity, "observed": str(place)}
        for place, severity in enumerate(("low", "high", "medium", "high"))
    ]
    reported = find(*flaws).ready
    assert reported.get_column("reference").to_list() == ["ORD-1/d1", "ORD-1/d3", "ORD-1/d2", "ORD-1/d0"]
    assert reported.equals(find(*reversed(flaws)).ready)


def test_every_column_of_a_pack_is_filled_or_left_for_the_answer():
    line = only(find())
    assert [column.name for column in COLUMNS if not column.is_answer and column.name not in line] == []
    assert not {column.name for column in COLUMNS if column.is_answer} & set(line)


def test_every_field_that_a_rule_speaks_of_has_a_title():
    assert {rule.field for rule in RULES} <= set(FIELD_TITLES)


@pytest.mark.parametrize(
    ("owner", "title"),
    [
        pytest.param("pnc_bureau", "PNC bureau", id="the PNC bureau"),
        pytest.param("force:01", "Metropolitan Police Service", id="a force"),
        pytest.param("court:C31NT00", "Nottingham Crown Court", id="a court"),
        pytest.param("region:SWROCU", "South West Regional Organised Crime Unit", id="a region"),
    ],
)
def test_owners_have_names(owner, title):
    assert owner_title(owner) == title


@pytest.mark.parametrize("owner", ["", "force:999", "force:not_known", "C31NT00", "pnc"])
def test_an_owner_on_no_list_is_reported_with_the_forms_there_are(owner):
    with pytest.raises(UnknownOwnerError, match="use force:<code>"):
        owner_title(owner)
