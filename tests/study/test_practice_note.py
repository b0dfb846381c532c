"""The preset of the practice note: its truth has the note's totals, and the register of its night gives them back."""

from datetime import date

import polars as pl
import pytest
from nights import nightly
from papers import ROOT

from reconciliation.register import Register
from samples.nights import write_nights
from study.effect.by_source import REGISTER, TRUTH, UNRECONCILED, compare_bases, data_of_sources
from study.effect.cohort import Coverage, select_cohort
from study.effect.measures import find_events
from study.effect.study import make_study
from study.effect.study_data import data_of_register, data_of_truth
from study.effect.study_settings import StudySettings
from study.effect.true_arrests import ABSENT, LEFT_OUT, NOBODY, OTHER_SIDE, RIGHT, count_outcomes, trace_true_arrests
from warehouse.home import Home
from warehouse.store import TableStore

NIGHT = date(2026, 11, 20)
SETTINGS = StudySettings(resamples=199)
# Falls in per cent [COLLEGE-STRO]: events, harm.
PUBLISHED = {
    "overall": (56, 83),
    "modern_slavery": (52, 92),
    "violence": (50, 60),
    "drugs": (58, 64),
    "other": (65, 99),
}


@pytest.mark.parametrize("seed", [1, 7])
def test_the_truth_has_the_totals_and_percentages_of_the_note(tmp_path, seed):
    write_nights(tmp_path, orders=None, seed=seed, as_of=NIGHT)
    study = make_study(data_of_truth(tmp_path / "truth"), SETTINGS, as_of=NIGHT)
    cohort = study.cohort
    assert (cohort.orders.height, cohort.with_windows.height, cohort.eligible.height) == (114, 49, 41)
    assert (study.overall["before"], study.overall["after"]) == (210, 93)
    falls = study.changes.with_columns(fall=-pl.col("change_percent").round(0)).select("category", "measure", "fall")
    found = {name: tuple(part.sort("measure")["fall"]) for (name,), part in falls.group_by("category")}
    assert found == PUBLISHED


def test_the_same_seed_gives_the_same_world(tmp_path):
    for name in ("one", "two"):
        write_nights(tmp_path / name, orders=None, seed=3, as_of=NIGHT)
    files = [path.relative_to(tmp_path / "one") for path in sorted((tmp_path / "one").rglob("*")) if path.is_file()]
    assert len(files) > 10
    assert [
        name for name in files if (tmp_path / "one" / name).read_bytes() != (tmp_path / "two" / name).read_bytes()
    ] == []


def test_no_event_is_so_near_an_edge_that_a_few_days_would_move_it_across(tmp_path):
    write_nights(tmp_path, orders=None, seed=1, as_of=NIGHT)
    data = data_of_truth(tmp_path / "truth")
    covered = Coverage(date(2010, 1, 1), NIGHT)
    for days in (-20, 20):
        moved = data.orders.with_columns(pl.col("start_on").dt.offset_by(f"{days}d"))
        cohort = select_cohort(type(data)(moved, data.arrests), SETTINGS, covered)
        events = find_events(cohort.eligible, data.arrests, SETTINGS)
        assert events["is_after"].value_counts(sort=True)["count"].to_list() == [210, 93]


@pytest.fixture(scope="module", params=[0, 1], ids=["without errors", "with ordinary errors"])
def night(request, tmp_path_factory):
    """The preset's night at one level of noise, and the level."""
    folder = tmp_path_factory.mktemp(f"noise_{request.param}")
    write_nights(folder, orders=None, seed=1, noise=request.param, as_of=NIGHT)
    nightly(folder / "home", folder / "landing", NIGHT)
    return folder, request.param


@pytest.mark.long
def test_the_register_gives_the_true_numbers_back_and_says_which_it_cannot(night):
    folder, noise = night
    with Register.open(folder / "home") as register:
        data = data_of_register(register.table, sure=SETTINGS.sure)
        study = make_study(data, SETTINGS, as_of=NIGHT)
        true = data_of_truth(folder / "truth")
        expected = find_events(select_cohort(true, SETTINGS, study.covered).eligible, true.arrests, SETTINGS)
        traced = trace_true_arrests(
            expected, study, data, arrest_sources=register.table("arrest_sources"), folder=folder / "truth"
        )
    found = {outcome: (before, after) for outcome, before, after in count_outcomes(traced).rows()}
    counted, absent = found.pop(RIGHT), found.pop(ABSENT)
    assert (study.cohort.with_windows.height, study.cohort.eligible.height) == (49, 41)
    assert traced["arrest_id"].n_unique() == 303
    if noise == 0:
        assert (counted[0] + absent[0], counted[1] + absent[1]) == (210, 93)
        assert not found
    else:
        assert set(found) <= {NOBODY, OTHER_SIDE}
        assert sum(map(sum, found.values())) <= 5


@pytest.mark.long
def test_an_arrest_whose_order_is_left_out_says_why(night):
    """Were the register less sure of each length than it must be, every arrest held would name that reason."""
    folder, _ = night
    with Register.open(folder / "home") as register:
        data = data_of_register(register.table, sure=SETTINGS.sure)
        sources = register.table("arrest_sources")
    study = make_study(data, SETTINGS, as_of=NIGHT)
    one = study.cohort.eligible["order_id"][0]
    doubted = type(data)(
        data.orders.with_columns(is_length_settled=pl.col("is_length_settled") & (pl.col("order_id") != one)),
        data.arrests,
    )
    true = data_of_truth(folder / "truth")
    expected = find_events(select_cohort(true, SETTINGS, study.covered).eligible, true.arrests, SETTINGS)
    traced = trace_true_arrests(
        expected,
        make_study(doubted, SETTINGS, as_of=NIGHT),
        doubted,
        arrest_sources=sources,
        folder=folder / "truth",
    )
    left_out = traced.filter(outcome=f"{LEFT_OUT}the length is not known, or in dispute")
    lost = study.events.filter(order_id=one)["arrest_id"].sort().to_list()
    assert left_out["register_arrests"].sort().to_list() == lost
    assert left_out["order_id"].n_unique() == 1


@pytest.mark.long
def test_neither_one_source_nor_all_unreconciled_give_the_true_counts(night):
    folder, noise = night
    with Register.open(folder / "home") as register:
        of_register = data_of_register(register.table, sure=SETTINGS.sure)
    store = TableStore(Home(folder / "home").tables / str(NIGHT))
    data_by_basis = data_of_sources(store) | {REGISTER: of_register, TRUTH: data_of_truth(folder / "truth")}
    rows = compare_bases(data_by_basis, SETTINGS, Coverage(date(2010, 1, 1), NIGHT))
    before = dict(rows.select("basis", "before").rows())
    true = before.pop(TRUTH)
    off = {basis: abs(count - true) for basis, count in before.items() if count is not None}
    assert off.pop(REGISTER) <= 6
    assert before[UNRECONCILED] > 3 * true
    assert min(off.values()) > 40
    assert rows.filter(pl.col("note") == "holds no arrests")["before"].to_list() == [None]
    if noise:
        page = (ROOT / "docs" / "effect-study.md").read_text(encoding="utf-8")
        counts = rows.drop_nulls("before").select("orders", "with_both_windows", "eligible", "before", "after").rows()
        missing = [row for row in counts if f"| {' | '.join(f'{count:,}' for count in row)} |" not in page]
        assert not missing, "docs/effect-study.md shows other counts"
