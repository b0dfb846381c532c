"""Writes nights of deliveries with their truth: the way into this package."""

from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

from samples.planted_errors import Mixture
from samples.truth import Truth
from samples.world import DAYS_BETWEEN_NIGHTS, World, make_world
from warehouse.sources import SOURCE_NAMES

DEFAULT_DATE = date(2026, 11, 20)


def write_nights(
    folder: Path, *, orders: int | None, seed: int, noise: float = 1.0, nights: int = 1, as_of: date = DEFAULT_DATE
) -> None:
    """Write synthetic deliveries and their truth.

    One night goes to `folder/landing` and `folder/truth`. Several go to `folder/night-1` and so on, ten days apart,
    the last one on `as_of`: new orders, late records, corrections, expiries and a new month of regional returns come
    between them, while keys stay.

    Args:
        folder: where to write; made if it is not there.
        orders: orders of the world on the last night; None for the world of the practice note.
        seed: same seed and arguments, same bytes.
        noise: how much goes wrong: 0 nothing, 1 about as much as is realistic, 2 twice that.
        nights: how many nights.
        as_of: date of the last night.

    Raises:
        ValueError: a number below its least, or nights before the law was in force.
    """
    if (orders is not None and orders < 1) or nights < 1 or noise < 0:
        raise ValueError(f"orders={orders} and nights={nights} must be 1 or more, noise={noise} 0 or more")
    world = make_world(orders, seed=seed, noise=noise, nights=nights, as_of=as_of)
    for night in range(1, nights + 1):
        on = as_of - timedelta(days=DAYS_BETWEEN_NIGHTS * (nights - night))
        _write_night(folder / f"night-{night}" if nights > 1 else folder, world, on)


def _write_night(folder: Path, world: World, on: date) -> None:
    truth, mixture = Truth(), Mixture(world.noise, on)
    for source in SOURCE_NAMES:
        import_module(f"samples.{source}").write(folder / "landing" / source, world, mixture, truth)
    truth.write(folder / "truth", world.arrests, on)
