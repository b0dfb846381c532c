"""The model file: what was trained comes back to the last digit, and no other file is taken for it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linked_people import MODEL, link_people

from matching.engine.comparators.base import Exact
from matching.engine.parameters import Lift, Parameters, RivalShares, Shares, check_parameters, load_parameters
from matching.engine.patterns import Comparison

COMPARISONS = (Comparison("town", ("town",), Exact()), Comparison("born", ("born",), Exact()))
LEVELS = COMPARISONS[0].levels
SHARE = st.floats(0, 1)
SHARES = st.tuples(st.just(0.0), SHARE, SHARE)
NUMBER = st.floats(-60, 60)
Change = Callable[[dict[str, Any]], object]


@st.composite
def trained(draw: st.DrawFn) -> Parameters:
    return Parameters(
        model="people",
        prior=draw(st.floats(1e-12, 0.9)),
        records=draw(st.integers(0, 10**9)),
        shares=tuple(Shares(name=entry.name, levels=LEVELS, m=draw(SHARES), u=draw(SHARES)) for entry in COMPARISONS),
        rivals=tuple(
            RivalShares(name=name, prior=draw(SHARE), alike=(draw(SHARE), draw(SHARE)))
            for name in draw(st.sampled_from([(), ("a relative",), ("a relative", "a neighbour")]))
        ),
        lifts=tuple(
            Lift(one=0, other=1, log2=tuple(draw(st.tuples(NUMBER, NUMBER, NUMBER)) for _ in LEVELS))
            for _ in range(draw(st.integers(0, 1)))
        ),
        rounds=draw(st.integers(0, 100)),
        trained_on="7 candidate pairs",
    )


def write(folder: Path, parameters: Parameters, change: Change | None = None) -> Path:
    """A model file, changed by hand."""
    path = folder / "people.json"
    parameters.save(path)
    if change:
        reported = json.loads(path.read_text(encoding="utf-8"))
        change(reported)
        path.write_text(json.dumps(reported), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return link_people()[1].scales.parameters


@given(parameters=trained())
def test_a_model_file_gives_back_what_was_trained_and_its_version(folder: Path, parameters: Parameters) -> None:
    read = load_parameters(write(folder, parameters), COMPARISONS)
    assert read == parameters
    assert read.version == parameters.version
    first = (folder / "people.json").read_bytes()
    assert write(folder, read).read_bytes() == first


def test_a_really_trained_model_comes_back_too(folder: Path, parameters: Parameters) -> None:
    assert load_parameters(write(folder, parameters), MODEL.comparisons) == parameters


def test_the_version_changes_with_any_number(parameters: Parameters) -> None:
    nudged = parameters.shares[0].m[1] + 1e-9
    shares = parameters.shares[0].model_copy(update={"m": (0.0, nudged, *parameters.shares[0].m[2:])})
    others = [
        parameters.model_copy(update={"prior": parameters.prior * 1.001}),
        parameters.model_copy(update={"records": parameters.records + 1}),
        parameters.model_copy(update={"shares": (shares, *parameters.shares[1:])}),
    ]
    assert len({parameters.version, *(other.version for other in others)}) == 4


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda reported: reported.update(format=1), id="an older format"),
        pytest.param(lambda reported: reported.update(format=99), id="a newer format"),
        pytest.param(lambda reported: reported.pop("prior"), id="no share of matches"),
        pytest.param(lambda reported: reported.update(prior=0), id="a share of matches of none, which has no odds"),
        pytest.param(lambda reported: reported.update(prior=1), id="a share of matches of all, which has no odds"),
        pytest.param(lambda reported: reported.update(prior=float("nan")), id="a share of matches that is no number"),
        pytest.param(lambda reported: reported.update(prior="many"), id="a share of matches in words"),
        pytest.param(lambda reported: reported.update(records=-1), id="fewer records than none"),
        pytest.param(lambda reported: reported.update(colour="red"), id="an entry that no model has"),
        pytest.param(lambda reported: reported.update(shares={}), id="shares that are no list"),
        pytest.param(
            lambda reported: reported["shares"][0]["m"].__setitem__(1, float("nan")), id="m that is no number"
        ),
        pytest.param(lambda reported: reported["shares"][0]["u"].__setitem__(1, float("inf")), id="u without end"),
        pytest.param(lambda reported: reported["shares"][0]["u"].__setitem__(1, -0.1), id="u below none"),
        pytest.param(lambda reported: reported["shares"][0]["m"].__setitem__(1, 1.1), id="m above all"),
        pytest.param(lambda reported: reported["shares"][0]["m"].__setitem__(1, None), id="m that is missing"),
        pytest.param(lambda reported: reported["shares"][0]["m"].pop(), id="one m too few"),
        pytest.param(lambda reported: reported["shares"][0]["u"].append(0.5), id="one u too many"),
        pytest.param(lambda reported: reported["rivals"][0].update(prior=2), id="a share of rivals above all"),
    ],
)
def test_a_file_that_is_no_model_is_refused_with_advice(folder: Path, parameters: Parameters, change: Change) -> None:
    path = write(folder, parameters, change)
    with pytest.raises(ValueError, match=r"people.json is not a model file of format 2 .*train the model again"):
        load_parameters(path, MODEL.comparisons)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda reported: reported["shares"].pop(), "compares", id="a comparison less"),
        pytest.param(
            lambda reported: reported["shares"].append(reported["shares"][0]), "compares", id="a comparison twice"
        ),
        pytest.param(lambda reported: reported["shares"].reverse(), "compares", id="comparisons in another order"),
        pytest.param(
            lambda reported: reported["shares"][0].update(name="shoe size"),
            "compares .*'shoe size'",
            id="another comparison",
        ),
        pytest.param(
            lambda reported: reported["shares"][0]["levels"].__setitem__(2, "alike"),
            r"other levels in \['forename'\]",
            id="a level of another name",
        ),
        pytest.param(
            lambda reported: [reported["shares"][0][part].pop() for part in ("levels", "m", "u")],
            r"other levels in \['forename'\]",
            id="a level less",
        ),
        pytest.param(
            lambda reported: reported["rivals"][0]["alike"].pop(), "incomplete rivals", id="a rival cut short"
        ),
        pytest.param(
            lambda reported: reported["lifts"].append({"one": 0, "other": 9, "log2": []}),
            "incomplete dependences",
            id="a dependence of a comparison that is not there",
        ),
        pytest.param(
            lambda reported: reported["lifts"].append({"one": -1, "other": 0, "log2": []}),
            "incomplete dependences",
            id="a dependence counted from the end",
        ),
        pytest.param(
            lambda reported: reported["lifts"].append({"one": 0, "other": 1, "log2": [[0.0]]}),
            "incomplete dependences",
            id="a dependence without all levels",
        ),
    ],
)
def test_the_file_of_another_model_is_refused(
    folder: Path, parameters: Parameters, change: Change, message: str
) -> None:
    path = write(folder, parameters, change)
    with pytest.raises(ValueError, match=rf"the file of model 'people' .*{message}.*train the model again"):
        load_parameters(path, MODEL.comparisons)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_a_file_cut_anywhere_is_refused(folder: Path, parameters: Parameters, share: float) -> None:
    path = write(folder, parameters)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * (len(whole) - 2))])
    with pytest.raises(ValueError, match="is not a model file"):
        load_parameters(path, MODEL.comparisons)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[]", id="a list"),
        pytest.param(b"7", id="a number"),
        pytest.param(b"null", id="nothing"),
        pytest.param(b"\xff\xfe\x00", id="bytes that are no text"),
        pytest.param(b"PK\x03\x04", id="an archive"),
    ],
)
def test_any_other_file_is_refused(folder: Path, content: bytes) -> None:
    path = folder / "other.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"other.json is not a model file"):
        load_parameters(path, MODEL.comparisons)


def test_messages_say_no_value_of_the_file(folder: Path, parameters: Parameters) -> None:
    path = write(folder, parameters, lambda reported: reported.update(prior="a name that is private"))
    with pytest.raises(ValueError, match="not a model file") as reported:
        load_parameters(path, MODEL.comparisons)
    assert "private" not in str(reported.value)
    assert reported.value.__suppress_context__


def test_parameters_of_this_very_model_pass(parameters: Parameters) -> None:
    check_parameters(parameters, MODEL.comparisons)
