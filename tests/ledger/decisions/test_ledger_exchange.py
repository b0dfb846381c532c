"""Decisions in files: what was exported comes back whole, in any order, and bad lines are all reported."""

import csv
import random
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_cases import BY_KIM, HOME, MISTAKE, Clock, conflict, night, pair, rows, undo, value
from properties import HALF
from shares import one_in

from ledger.decisions.bulk import import_lines
from ledger.decisions.decision import Sighting, Signature, name_row
from ledger.decisions.errors import DecisionError, ImportRefusedError
from ledger.decisions.exchange import read_lines, write_decisions
from ledger.decisions.in_force import fold, in_force
from ledger.decisions.ledger import Ledger
from warehouse.tables.ledger import DECISIONS

TEXTS = st.text(
    st.characters(blacklist_categories=["Cc", "Cs"]) | st.sampled_from("\n\r\t'\"=+-@,;"), min_size=1, max_size=20
)
SEEN = st.lists(st.builds(Sighting, TEXTS, TEXTS, st.none() | TEXTS), max_size=3).map(tuple)
ABOUT = st.one_of(
    st.builds(value, TEXTS, TEXTS, TEXTS, seen=SEEN),
    st.builds(pair, st.sampled_from(["same_order", "different_person"]), st.just("a"), st.just("b"), seen=SEEN),
    st.builds(conflict, st.sampled_from(["accept", "refer", "both_right"]), TEXTS),
)


def never():
    raise AssertionError("nothing is to be taken")


def new_ledger(url):
    ledger, _ = Ledger.create(url, HOME, clock=Clock(datetime(2027, 1, 1, tzinfo=UTC)))
    ledger.add_user("kim")
    return ledger


def import_file(ledger, path):
    return import_lines(ledger, read_lines(path), by="kim", present=never)


def ledger_of(drafts, comments):
    """A ledger without any judgement, in which every other decision takes back the one before."""
    ledger = DECISIONS.empty()
    for number, (draft, comment) in enumerate(zip(drafts, comments, strict=False)):
        start = datetime(2026, 1, 1 + number, tzinfo=UTC)
        made = rows(draft, by=Signature("kim", "other", comment), start=start)
        taken_back = rows(undo(made.item(0, "decision_id")), start=start.replace(hour=1))
        ledger = pl.concat([ledger, made, taken_back] if number % 2 else [ledger, made])
    return ledger


@HALF
@given(
    st.lists(ABOUT, max_size=5),
    st.lists(TEXTS.filter(str.strip), min_size=5, max_size=5),
    st.sampled_from(["csv", "parquet"]),
)
def test_what_is_exported_and_imported_into_an_empty_ledger_is_the_same(drafts, comments, kind):
    given_rows = ledger_of(drafts, comments)
    with TemporaryDirectory() as folder:
        first, second = (new_ledger(f"sqlite:///{folder}/{name}.sqlite") for name in ("first", "second"))
        first.insert(given_rows)
        write_decisions(first.read(), Path(folder) / f"out.{kind}")
        done = import_file(second, Path(folder) / f"out.{kind}")
        assert (done.added, done.known) == (given_rows.height, 0)
        assert second.read().equals(first.read())
        assert first.read().equals(given_rows.sort(*DECISIONS.order))


def played():
    """A ledger with something of everything: replaced, taken back, put in force again."""
    by = Signature("kim", "document_seen", "=2+3 isn’t run")
    first = rows(value("ORD-1", "sex", "M"), by=by)
    second = rows(value("ORD-1", "sex", "F", replaces=first.item(0, "decision_id")), by=by, start=at(1))
    third = rows(undo(second.item(0, "decision_id")), start=at(2))
    others = rows(pair("same_order", "a", "b", seen=(Sighting("a", "surname", None),)), conflict("accept"), start=at(3))
    return pl.concat([first, second, third, others])


def at(day):
    return datetime(2026, 12, day, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_order_of_lines_does_not_matter_and_a_second_import_adds_nothing(ledger_url, tmp_path, kind):
    ledger = new_ledger(ledger_url)
    file = tmp_path / f"decisions.{kind}"
    write_decisions(played(), file)
    lines = read_lines(file)
    random.Random(4).shuffle(lines)
    assert import_lines(ledger, lines, by="kim", present=never).added == 5
    again = import_file(ledger, file)
    assert (again.added, again.known) == (0, 5)
    assert fold(ledger.read()).equals(fold(played()))
    assert in_force(ledger.read()).get_column("value").to_list() == ["M", None, None]


def test_a_spreadsheet_would_run_nothing_of_what_is_exported(tmp_path):
    write_decisions(played(), tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'=2+3 isn’t run" in cells


@one_in(
    2,
    ("column", "text", "words"),
    [
        pytest.param("value", "X", "was altered", id="another value"),
        pytest.param("decided_by", "noor", "was altered", id="another user"),
        pytest.param("decided_at", "2026-12-01T00:00:01+00:00", "was altered", id="another moment"),
        pytest.param("target", "[]", "was altered", id="another target"),
        pytest.param("decided_at", "2026-12-01 00:00", "can't be read", id="a moment without a zone"),
        pytest.param("accepted_until", "01/02/2027", "can't be read", id="a date in another form"),
        pytest.param("kind", "whim", "no kind of decision", id="another kind"),
        pytest.param("reason_code", "", "lacks reason_code", id="no reason"),
    ],
)
def test_a_line_that_was_altered_is_reported_and_nothing_is_imported(ledger_url, tmp_path, column, text, words):
    ledger = new_ledger(ledger_url)
    file = tmp_path / "decisions.csv"
    write_decisions(played(), file)
    with file.open(encoding="utf-8-sig", newline="") as given_file:
        lines = list(csv.DictReader(given_file))
    lines[1][column] = text
    with file.open("w", encoding="utf-8", newline="") as changed:
        writer = csv.DictWriter(changed, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    with pytest.raises(ImportRefusedError) as reported:
        import_file(ledger, file)
    assert [(bad.line, words in bad.reason) for bad in reported.value.lines] == [(3, True)]
    assert ledger.read().is_empty()


def test_a_line_whose_target_is_another_is_reported_though_its_id_fits(ledger_url, tmp_path):
    forged = played()[:1].with_columns(target=pl.lit("[]"))
    content = forged.row(0, named=True)
    write_decisions(forged.with_columns(decision_id=pl.lit(name_row(content))), tmp_path / "forged.parquet")
    with pytest.raises(ImportRefusedError):
        import_file(new_ledger(ledger_url), tmp_path / "forged.parquet")


def test_history_by_strangers_of_the_future_or_with_a_piece_missing_is_refused(ledger_url, tmp_path):
    ledger = new_ledger(ledger_url)
    stranger = rows(value("ORD-7", "sex", "M"), by=Signature("sam", "slip"))
    late = rows(value("ORD-8", "sex", "M"), start=datetime(2028, 1, 1, tzinfo=UTC))
    write_decisions(pl.concat([played()[1:], stranger, late]), tmp_path / "decisions.parquet")
    with pytest.raises(ImportRefusedError) as reported:
        import_file(ledger, tmp_path / "decisions.parquet")
    assert {bad.reason.split(":")[0] for bad in reported.value.lines} == {
        "its user is not known here",
        "it replaces a decision that is neither here nor in the file",
        "it is in the future",
    }
    assert ledger.read().is_empty()


def test_decisions_of_a_user_who_has_retired_come_back(ledger_url, tmp_path):
    ledger = new_ledger(ledger_url)
    ledger.retire_user("kim")
    write_decisions(played(), tmp_path / "decisions.parquet")
    assert import_file(ledger, tmp_path / "decisions.parquet").added == 5


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("a.xlsx", b"", "kept in .csv or .parquet", id="another kind of file"),
        pytest.param("a.csv", b"", "a column twice, or none", id="empty file"),
        pytest.param("a.csv", b"kind,whim\n", "unknown columns whim", id="a column there is not"),
        pytest.param("a.csv", b"kind,kind\n", "a column twice", id="a column twice"),
        pytest.param("a.csv", b"kind,value\nvalue,\xff\n", "can't be read: UnicodeDecodeError", id="another encoding"),
        pytest.param("a.csv", b'kind,value\nvalue,"a\n', "can't be read: Error", id="a quote that does not end"),
        pytest.param("a.parquet", b"PAR1", "can't be read: ComputeError", id="no Parquet"),
    ],
)
def test_a_file_that_can_not_be_read_is_reported(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DecisionError, match=words):
        read_lines(tmp_path / name)


def test_lines_with_too_few_cells_are_reported_by_the_number_a_person_counts(tmp_path):
    (tmp_path / "a.csv").write_text('kind,comment\nvalue,"two\nlines"\nvalue\n')
    with pytest.raises(ImportRefusedError) as reported:
        read_lines(tmp_path / "a.csv")
    assert [(bad.line, bad.reason) for bad in reported.value.lines] == [(4, "1 cells in place of 2")]


NEW_LINES = """kind,left_record_id,right_record_id,order_id,field,value,discrepancy_id,accepted_until,reason_code
same_person,pnc:1,pnc:3,,,,,,biography
value,,,ORD-0,sex,M,,,slip
accept,,,,,,d1,2026-12-31,cannot_be_corrected
"""


def take_text(ledger, path, text):
    path.write_text(text)
    return import_lines(ledger, read_lines(path), by="kim", present=night)


def test_new_decisions_are_taken_once_as_a_batch_and_can_be_taken_back_together(ledger_url, tmp_path):
    ledger = new_ledger(ledger_url)
    done = take_text(ledger, tmp_path / "new.csv", NEW_LINES)
    assert (done.added, done.known) == (3, 0)
    again = take_text(ledger, tmp_path / "new.csv", NEW_LINES)
    assert (again.added, again.known, again.batch_id) == (0, 3, None)
    assert in_force(ledger.read()).get_column("order_id").to_list() == [None, "ORD-1", "ORD-2"]
    assert len(ledger.decide_all([(undo(name), MISTAKE) for name in ledger.standing_of(done.batch_id)])) == 3
    assert in_force(ledger.read()).is_empty()


def test_every_bad_line_of_new_decisions_is_reported_and_none_is_taken(ledger_url, tmp_path):
    ledger = new_ledger(ledger_url)
    ledger.decide(night().draft_pair("different_person", "court:2", "pnc:3"), BY_KIM)
    bad = NEW_LINES + (
        "same_order,pnc:1,pnc:9,,,,,,biography\n"
        "same_order,pnc:1,pnc:1,,,,,,biography\n"
        "same_order,court:2,pnc:3,,,,,,biography\n"
        "value,,,ORD-1,sex,F,,,slip\n"
        "value,,,ORD-9,sex,F,,,slip\n"
        "value,,,ORD-1,colour,F,,,slip\n"
        "value,,,ORD-1,sex,X,,,slip\n"
        "value,,,ORD-1,made_on,31/12/2020,,,slip\n"
        "value,,,ORD-1,sex,,,,slip\n"
        "refer,,,,,,d9,,slip\n"
        "accept,,,,,,d1,2020-01-01,slip\n"
        "whim,,,,,,,,slip\n"
        "value,,,ORD-2,sex,M,,,whim\n"
    )
    with pytest.raises(ImportRefusedError) as reported:
        take_text(ledger, tmp_path / "new.csv", bad)
    reasons = {line.line: line.reason for line in reported.value.lines}
    expected = {
        5: "rests on no order record pnc:9",
        6: "are one record",
        7: "can't hold together with",
        8: "says otherwise",
        9: "has no order ORD-9",
        10: "'colour' is not a field",
        11: "expected one of M, F",
        12: "a date as YYYY-MM-DD",
        13: "value is missing",
        14: "has no discrepancy d9",
        15: "not before 20 November 2026",
        16: "no kind of decision 'whim'",
        17: "reason 'whim' does not fit",
    }
    assert reasons.keys() == expected.keys()
    assert not [line for line, words in expected.items() if words not in reasons[line]]
    assert ledger.read().height == 1


def test_values_that_have_changed_since_they_were_seen_are_reported(ledger_url, tmp_path):
    ledger = new_ledger(ledger_url)
    seen = night().draft_value("ORD-1", "sex", "M").fingerprint
    line = "kind,order_id,field,value,reason_code,fingerprint\nvalue,ORD-1,sex,M,slip,{}\n"
    with pytest.raises(ImportRefusedError) as reported:
        take_text(ledger, tmp_path / "new.csv", line.format("0" * 20))
    assert seen in reported.value.lines[0].reason
    assert take_text(ledger, tmp_path / "new.csv", line.format(seen)).added == 1


def test_lines_of_both_kinds_are_reported_to_be_split(ledger_url, tmp_path):
    lines = "decision_id,kind\nDEC-1,value\n,value\n"
    with pytest.raises(DecisionError, match="split the file"):
        take_text(new_ledger(ledger_url), tmp_path / "new.csv", lines)


def test_a_file_without_lines_changes_nothing(ledger_url, tmp_path):
    assert take_text(new_ledger(ledger_url), tmp_path / "new.csv", "kind\n").added == 0
