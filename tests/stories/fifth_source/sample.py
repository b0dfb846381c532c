"""Writes the list of the British Transport Police: every third order of the world, one in ten with a wrong end."""

import csv
from datetime import timedelta
from pathlib import Path

from samples.planted_errors import Mixture
from samples.truth import Truth
from samples.world import World

FIELDS = ("list_no", "name", "born", "pncid", "order_type", "made", "start", "end", "court", "force")


def write(folder: Path, world: World, mixture: Mixture, truth: Truth) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    known = [order for order in world.orders if order.made <= mixture.on - timedelta(days=30)]
    with (folder / f"btp_orders_{mixture.on}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(FIELDS)
        for number, order in enumerate(known[::3], 1):
            end = order.end and (order.end.replace(year=order.end.year + 1) if number % 10 == 0 else order.end)
            kind = f"I{order.kind}" if order.is_interim else order.kind
            person = order.person
            name = f"{person.forenames} {person.surname}"
            writer.writerow(
                [f"B{number:05d}", name, person.birth, person.pncid, kind, order.made, order.start, end or "",
                 order.court.name, order.force]
            )  # fmt: skip
