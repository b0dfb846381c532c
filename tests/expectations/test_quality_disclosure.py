"""What is published outside: small numbers are hidden, and no sum of what is shown says them."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.disclosure import POLICE_CELL, POLICE_PARTS, protect, totals_of
from warehouse.codes import FORCE_CODES, REGION_CODES, reference
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.register import DIMENSIONS, QUALITY_SCORES

AREA_OF = dict(
    reference("forces").filter(pl.col("code") == pl.col("current_code")).select("code", "region_code").rows()
)
NOTHING = (0, 0)
DIMENSION = "completeness"


def released(forces, regions, court=(200, 100)):
    """Scores of a release of which one dimension is shown: (orders, orders with a fault) by force and region."""
    by_force = {code: forces.get(code, NOTHING) for code in FORCE_CODES}
    by_area = {
        area: tuple(map(sum, zip(*(by_force[code] for code in FORCE_CODES if AREA_OF[code] == area), strict=True)))
        for area in REGION_CODES
    }
    police = tuple(map(sum, zip(*by_force.values(), strict=True)))
    rocu = tuple(map(sum, zip(*regions.values(), strict=True))) if regions else NOTHING
    sources = {"pnc": police, "pnd": police, "court": court, "rocu": rocu}
    doubled = {code: (2 * units, 2 * failed) for code, (units, failed) in by_force.items()}
    of_areas = {code: (2 * units, 2 * failed) for code, (units, failed) in by_area.items()}
    all_of_them = tuple(map(sum, zip(*sources.values(), strict=True)))
    scopes = {
        "force": doubled,
        "area": of_areas,
        "region": {code: regions.get(code, NOTHING) for code in REGION_CODES},
        "source": sources,
        "all": {"all": all_of_them},
        "record": {"ORDER-1": (1, 1)},
    }
    rows = [
        {
            "scope": scope,
            "scope_key": key,
            "dimension": dimension,
            "score": (units - failed) / units if units else None,
            "low": 0.0 if units else None,
            "high": 1.0 if units else None,
            "numerator": float(units - failed),
            "denominator": float(units),
            "units": units,
            "failed_units": failed,
            "trials": float(units) if units else None,
            "weight": 1,
        }
        for scope, cells in scopes.items()
        for key, (reported, wrong) in cells.items()
        for dimension in DIMENSIONS
        for units, failed in [(reported, wrong) if dimension == DIMENSION else NOTHING]
    ]
    return QUALITY_SCORES.conform(pl.DataFrame(rows, infer_schema_length=None))


def hidden_in(scores, threshold=10):
    found = protect(scores, threshold).filter(pl.col("is_hidden") & (pl.col("dimension") == DIMENSION))
    return set(found.select("scope", "scope_key").rows())


BIG = (60, 30)
EVERYWHERE = dict.fromkeys(FORCE_CODES, BIG)
ALL_RETURNS = dict.fromkeys(REGION_CODES, BIG)


def test_nothing_is_hidden_where_no_number_is_small():
    assert hidden_in(released(EVERYWHERE, ALL_RETURNS)) == set()


def test_a_hidden_force_in_a_region_whose_total_is_shown_takes_another_with_it():
    hidden = hidden_in(released(EVERYWHERE | {"33": (4, 2)}, ALL_RETURNS))
    assert ("force", "33") in hidden
    same_area = {code for code in FORCE_CODES if AREA_OF[code] == AREA_OF["33"]}
    assert len(hidden) == 2
    assert {scope for scope, _ in hidden} == {"force"}
    assert {code for _, code in hidden} <= same_area


def test_the_smallest_of_the_others_is_hidden_with_it():
    neighbour = next(code for code in FORCE_CODES if AREA_OF[code] == AREA_OF["33"] and code != "33")
    hidden = hidden_in(released(EVERYWHERE | {"33": (4, 2), neighbour: (40, 20)}, ALL_RETURNS))
    assert hidden == {("force", "33"), ("force", neighbour)}


def test_two_hidden_ones_that_are_together_still_small_take_a_third_with_them():
    pair = [code for code in FORCE_CODES if AREA_OF[code] == AREA_OF["33"]][:2]
    hidden = hidden_in(released(EVERYWHERE | dict.fromkeys(pair, (2, 1)), ALL_RETURNS))
    assert len(hidden) == 3


@pytest.mark.parametrize(
    ("units", "failed", "is_hidden"),
    [
        pytest.param(4, 4, True, id="few orders"),
        pytest.param(40, 3, True, id="few orders with something wrong"),
        pytest.param(40, 37, True, id="few orders with nothing wrong"),
        pytest.param(5, 5, False, id="as many as the threshold"),
        pytest.param(40, 0, False, id="none with anything wrong"),
        pytest.param(0, 0, False, id="no orders"),
    ],
)
def test_a_count_between_nothing_and_the_threshold_is_hidden(units, failed, is_hidden):
    scores = released(EVERYWHERE | {"33": (units, failed)}, ALL_RETURNS)
    assert (("force", "33") in hidden_in(scores)) == is_hidden


def test_a_small_return_is_hidden_and_not_to_be_had_from_the_source():
    hidden = hidden_in(released(EVERYWHERE, ALL_RETURNS | {"EMSOU": (3, 1)}))
    assert ("region", "EMSOU") in hidden
    assert len(hidden) == 2


def test_a_small_source_is_not_to_be_had_from_the_whole():
    hidden = hidden_in(released(EVERYWHERE, ALL_RETURNS, court=(3, 1)))
    assert ("source", "court") in hidden
    assert len(hidden & {("source", source) for source in SOURCE_NAMES} | hidden & {("all", "all")}) >= 2


def test_a_hidden_score_shows_no_number_at_all():
    shown = protect(released(EVERYWHERE | {"33": (4, 2)}, ALL_RETURNS), 10)
    numbers = ["score", "low", "high", "numerator", "denominator", "units", "failed_units", "trials"]
    assert shown.filter("is_hidden").select(pl.col(numbers).is_null().all()).row(0) == (True,) * len(numbers)
    assert shown.filter((pl.col("scope_key") == "01") & (pl.col("dimension") == DIMENSION)).item(0, "units") == 120


def test_single_orders_are_not_published():
    assert "record" not in protect(released(EVERYWHERE, ALL_RETURNS), 10).get_column("scope")


def test_deliveries_are_no_people_and_are_shown_however_few():
    one = pl.col("scope").is_in(["region"]) & (pl.col("dimension") == "timeliness")
    counts = {"units": 1, "failed_units": 1, "denominator": 1.0, "score": 0.0}
    scores = released(EVERYWHERE, ALL_RETURNS).with_columns(
        pl.when(one).then(pl.lit(value)).otherwise(name).alias(name) for name, value in counts.items()
    )
    of_regions = protect(QUALITY_SCORES.conform(scores), 10).filter(one)
    assert of_regions.get_column("is_hidden").any() is False


@pytest.mark.parametrize("threshold", [pytest.param(0, id="zero"), pytest.param(-1, id="negative"), 2])
def test_a_threshold_that_hides_too_little_is_refused(threshold):
    with pytest.raises(ValueError, match="hides too little: 3 or more"):
        protect(released(EVERYWHERE, ALL_RETURNS), threshold)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(
            lambda scores: scores.with_columns(units=pl.lit(None, pl.Int64)), id="made before orders were reported"
        ),
        pytest.param(lambda scores: scores.filter(pl.col("scope") == "force"), id="without totals"),
        pytest.param(lambda scores: scores.clear(), id="empty"),
    ],
)
def test_scores_that_cannot_be_hidden_soundly_are_refused(spoil):
    with pytest.raises(ValueError, match="running the night again"):
        protect(spoil(released(EVERYWHERE, ALL_RETURNS)), 10)


def solvable(scores, hidden):
    """The hidden cells that linear algebra has from the sums of all cells."""
    cells = set(scores.filter(pl.col("scope") != "record").select("scope", "scope_key").rows())
    unknown = sorted(hidden)
    rows = []
    for total in totals_of(cells):
        if total.whole == POLICE_CELL and total.parts == POLICE_PARTS:
            continue
        row = np.zeros(len(unknown))
        members = [(total.whole, 1), *((part, -1) for part in total.parts)]
        spelt = [
            (cell, sign) for whole, sign in members for cell in (POLICE_PARTS if whole == POLICE_CELL else (whole,))
        ]
        for cell, sign in spelt:
            if cell in hidden:
                row[unknown.index(cell)] += sign
        rows.append(row)
    matrix = np.array(rows)
    rank = np.linalg.matrix_rank(matrix)
    units = np.eye(len(unknown))
    return [cell for cell, unit in zip(unknown, units, strict=True) if np.linalg.matrix_rank([*matrix, unit]) == rank]


def test_the_audit_of_the_next_test_finds_a_number_that_is_hidden_alone():
    scores = released(EVERYWHERE | {"33": (4, 2)}, ALL_RETURNS)
    assert solvable(scores, {("force", "33")}) == [("force", "33")]
    assert solvable(scores, {("force", "33"), ("force", "01")}) == [("force", "01"), ("force", "33")]


cells = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (max(pair), min(pair)))


@given(
    st.dictionaries(st.sampled_from(FORCE_CODES), cells, max_size=45),
    st.dictionaries(st.sampled_from(REGION_CODES), cells, max_size=10),
    cells,
    st.sampled_from([3, 5, 10, 20]),
)
def test_no_hidden_number_can_be_worked_out_from_those_shown(forces, regions, court, threshold):
    scores = released(forces, regions, court)
    hidden = hidden_in(scores, threshold)
    judged = scores.filter((pl.col("dimension") == DIMENSION) & (pl.col("units") > 0) & (pl.col("scope") != "record"))
    assert hidden <= set(judged.select("scope", "scope_key").rows())
    shown = protect(scores, threshold).filter(~pl.col("is_hidden") & (pl.col("dimension") == DIMENSION))
    counts = (*map(pl.col, ("units", "failed_units", "numerator")), pl.col("denominator") - pl.col("numerator"))
    small = shown.select(pl.any_horizontal(number.is_between(1, threshold - 1) for number in counts))
    assert not small.to_series().any()
    assert solvable(scores, hidden) == []


def test_hiding_is_the_same_in_any_order_of_rows():
    scores = released(EVERYWHERE | {"33": (4, 2), "01": (7, 7)}, ALL_RETURNS | {"EMSOU": (3, 1)})
    assert protect(scores.sample(fraction=1, shuffle=True, seed=3), 10).equals(protect(scores, 10))
