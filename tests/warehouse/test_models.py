"""The folder of trained models: candidates, what is in force, what was before."""

from datetime import date
from pathlib import Path

import pytest

from warehouse.home import Home
from warehouse.models import (
    Promotion,
    current_models,
    list_models,
    list_promotions,
    put_in_force,
    read_models,
    save_models,
)

NIGHT = date(2023, 11, 30)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def save(home: Home, text: str = "{}", night: date = NIGHT):
    def write(folder: Path) -> None:
        (folder / "order.json").write_text(text)
        (folder / "person.json").write_text("[]")

    return save_models(home, write, as_of=night)


def visible(home: Home) -> list[str]:
    return sorted(path.name for path in home.models.glob("[!.]*"))


def test_a_set_holds_a_file_a_model_and_is_no_more_than_a_candidate(home: Home) -> None:
    models = save(home)
    assert models.set_id == "m2023-11-30"
    assert models.as_of == NIGHT
    assert (models.verified() / "person.json").read_text() == "[]"
    assert current_models(home) is None
    assert visible(home) == ["m2023-11-30"]


def test_the_same_models_of_a_night_are_kept_once(home: Home) -> None:
    assert save(home) == save(home)
    assert len(list_models(home)) == 1


def test_other_models_of_a_night_are_a_set_of_their_own_in_the_order_they_came(home: Home) -> None:
    made = [save(home, str(number)).set_id for number in range(11)]
    assert (made[0], made[10]) == ("m2023-11-30", "m2023-11-30.11")
    assert [models.set_id for models in list_models(home)] == made


def test_sets_stand_in_the_order_of_their_nights(home: Home) -> None:
    later, earlier = save(home), save(home, night=date(2023, 11, 1))
    assert list_models(home) == (earlier, later)


def test_a_set_put_in_force_is_the_current_one_and_the_former_stays(home: Home) -> None:
    first, second = save(home, "1"), save(home, "2")
    put_in_force(home, first)
    promotion = put_in_force(home, second, reason="a year of new records", is_forced=True)
    assert promotion == Promotion(second.set_id, first.set_id, "a year of new records", is_forced=True)
    assert current_models(home) == second
    put_in_force(home, read_models(home, first.set_id))
    assert current_models(home) == first
    assert [line.set_id for line in list_promotions(home)] == [first.set_id, second.set_id, first.set_id]
    assert list_promotions(home)[0].former is None


def test_a_changed_file_is_reported_and_not_put_in_force(home: Home) -> None:
    models = save(home)
    (models.path / "order.json").write_text("other")
    with pytest.raises(LookupError, match=r"m2023-11-30 are not as they were saved: order\.json"):
        put_in_force(home, models)
    assert current_models(home) is None


@pytest.mark.parametrize(
    "set_id",
    [
        pytest.param("m2023-12-01", id="no such set"),
        pytest.param("../releases", id="a path"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_unknown_set_is_reported(home: Home, set_id: str) -> None:
    save(home)
    with pytest.raises(LookupError, match="there are no models"):
        read_models(home, set_id)


def test_models_that_cannot_be_written_leave_nothing_behind(home: Home) -> None:
    def fail(folder: Path) -> None:
        (folder / "order.json").write_text("half")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        save_models(home, fail, as_of=NIGHT)
    assert visible(home) == []
    assert not list(home.models.glob(".building-*"))


def test_a_damaged_pointer_is_reported(home: Home) -> None:
    put_in_force(home, save(home))
    home.models_current.write_text("m19")
    with pytest.raises(LookupError, match="names no models"):
        current_models(home)


def test_nothing_unfinished_stays_behind(home: Home) -> None:
    put_in_force(home, save(home))
    assert visible(home) == ["CURRENT", "history.jsonl", "m2023-11-30"]
    assert sorted(path.name for path in home.models.glob(".*")) == [".lock"]
