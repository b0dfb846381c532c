from datetime import date

import polars as pl

from samples.holdings import Holding
from samples.orders import Order
from samples.planted_errors import MIXTURE, Mixture
from samples.world import World, make_world
from warehouse.identifiers import is_asn_valid, is_cro_valid, is_pnc_id_valid

ON = date(2026, 11, 20)


def world(noise: float = 1.0) -> World:
    return make_world(400, seed=2, noise=noise, nights=1, as_of=ON)


def test_every_planted_error_differs_from_the_truth() -> None:
    mixture = Mixture(1.5, ON)
    planted = 0
    for record in world().records:
        holding, errors = mixture.holding(record)
        truth = Holding(record, ON)
        for field in {field for field, _ in errors}:
            assert holding.value(field) != truth.value(field), field
            planted += 1
    assert planted > 500


def test_fields_without_an_error_are_true() -> None:
    mixture = Mixture(1.5, ON)
    fields = {kind.field for kind in MIXTURE}
    for record in world().records:
        holding, errors = mixture.holding(record)
        truth = Holding(record, ON)
        for field in fields - {field for field, _ in errors}:
            assert holding.value(field) == truth.value(field), field


def test_every_kind_of_error_occurs() -> None:
    big = make_world(4000, seed=9, noise=2.0, nights=1, as_of=ON)
    mixture = Mixture(2.0, ON)
    found = {error for record in big.records for error in mixture.holding(record)[1]}
    assert found == {(kind.field, kind.name) for kind in MIXTURE}


def test_planted_errors_of_arrests_differ_from_the_truth() -> None:
    mixture = Mixture(1.5, ON)
    planted: set[str] = set()
    for record in world().arrest_records:
        holding, errors = mixture.holding(record)
        truth = Holding(record, ON)
        for field in {field for field, _ in errors}:
            assert holding.value(field) != truth.value(field), field
            planted.add(field)
    assert planted == {"name", "dob", "pncid", "cro", "sex", "asn", "arrested", "offence"}


def test_no_person_has_two_live_full_orders_of_one_type() -> None:
    live = [
        (order.person.person_id, order.kind)
        for order in world().orders
        if not order.is_interim and order.status(ON) == "L"
    ]
    assert len(live) == len(set(live))


def test_co_defendants_share_court_day_and_most_conditions() -> None:
    cases: dict[str, list[Order]] = {}
    for order in world().orders:
        if not order.is_interim:
            cases.setdefault(order.urn, []).append(order)
    shared = [orders for orders in cases.values() if len(orders) > 1]
    assert len(shared) > 40
    for first, *others in shared:
        for other in others:
            assert (other.court, other.made, other.force) == (first.court, first.made, first.force)
            assert len(set(other.conditions) & set(first.conditions)) >= len(first.conditions) - 2


def test_check_letters_are_right_in_the_truth() -> None:
    made = world()
    people = [order.person for order in made.orders]
    frame = pl.DataFrame(
        {
            "pncid": [person.pncid or None for person in people],
            "cro": [person.cro or None for person in people],
            "asn": [arrest.asn for arrest in made.arrests[: len(people)]],
        }
    )
    checks = frame.select(is_pnc_id_valid(pl.col("pncid")), is_cro_valid(pl.col("cro")), is_asn_valid(pl.col("asn")))
    assert all(checks[column].all() for column in checks.columns)
    assert checks["pncid"].drop_nulls().len() > 300


def test_no_two_people_share_a_pnc_id() -> None:
    people = {order.person.person_id: order.person for order in world().orders}.values()
    numbers = [number for person in people for number in (person.pncid, person.second_pncid) if number]
    assert len(numbers) == len(set(numbers))
