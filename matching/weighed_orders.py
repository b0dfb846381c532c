"""Candidate pairs of order records weighed as persons and as orders: those that matter, and the table of those to show.

Belongs here: weights of pairs. Does not: comparing the records (`matching.compared_orders`), how weights become orders
and subjects (`matching.orders`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.compared_orders import Compared
from matching.engine.linkage import Linkage
from matching.engine.patterns import unpack
from matching.engine.weights import Scales, Weights
from matching.links import describe_levels, hundredths
from matching.names import TWINS
from matching.order_model import RENEWAL
from matching.persons import subject_bar
from matching.trained import Models
from warehouse.tables.link import LINK_PAIRS, ORDER_BAR, PERSON_BAR

# Pairs further below the threshold than this are not shown.
SHOWN = -10.0
# Pairs that are weighed at once, which bounds memory.
PIECE = 4_000_000
# What twins, a father and his son, or an order and its renewal show: such a pair never speaks for `complements`.
OTHER_PERSON = {"name": TWINS, "date of birth": "other date"}
OTHER_ORDER = {"dates made and start": RENEWAL}


@dataclass(frozen=True, eq=False)
class OrderScales:
    """Both models put to the records."""

    person: Scales
    order: Scales

    @classmethod
    def of(cls, compared: Compared, models: Models) -> "OrderScales":
        """Put the models to records."""
        return cls(Scales(compared.persons.coded, models.person, {}), Scales(compared.orders.coded, models.order, {}))

    def persons(self, left: npt.NDArray[np.integer[Any]], right: npt.NDArray[np.integer[Any]]) -> Weights:
        """The weight of evidence that each pair of rows is of one person."""
        return self.person.evidence_between(left, right)

    def links(self, left: npt.NDArray[np.integer[Any]], right: npt.NDArray[np.integer[Any]]) -> Weights:
        """How far the lower of both weights of each pair of rows is above its threshold."""
        return _link(self.persons(left, right), self.order.evidence_between(left, right))


def _link(person: Weights, order: Weights) -> Weights:
    return hundredths(np.minimum(person - PERSON_BAR, order - ORDER_BAR))


def pairs_that_matter(compared: Compared, scales: OrderScales) -> npt.NDArray[np.intp]:
    """The places of the candidate pairs that are shown, or may be of one order or person: one in five."""
    persons, bar = compared.persons, subject_bar(compared.records.height)
    found = []
    for start in range(0, max(len(persons.left), 1), PIECE):
        person = scales.person.evidence(persons.patterns[start : start + PIECE])
        link = _link(person, scales.order.evidence(compared.orders.patterns[start : start + PIECE]))
        found.append(np.nonzero((link > SHOWN) | (person > bar))[0] + start)
    return np.concatenate(found)


def pairs_within(compared: Compared, labels: pl.Series) -> npt.NDArray[np.intp]:
    """The places of the candidate pairs of which both records have the same label."""
    label = labels.to_numpy()
    return np.nonzero(label[compared.persons.left] == label[compared.persons.right])[0]


def weigh_pairs(compared: Compared, scales: OrderScales, places: npt.NDArray[np.intp]) -> pl.DataFrame:
    """Some candidate pairs: `place`, `left`, `right` (rows), their weights, `link` (`links`), `is_other` (`_reach`)."""
    persons, orders = (
        replace(part, left=part.left[places], right=part.right[places], patterns=part.patterns[places])
        for part in (compared.persons, compared.orders)
    )
    person, order = scales.person.evidence(persons.patterns), scales.order.evidence(orders.patterns)
    return pl.DataFrame(
        {
            "place": places,
            "left": persons.left,
            "right": persons.right,
            "person_weight": person,
            "order_weight": order,
            "match_weight": hundredths(person + order),
            "link": _link(person, order),
            "is_other": _reach(persons, OTHER_PERSON) | _reach(orders, OTHER_ORDER),
        }
    )


def _reach(linkage: Linkage, marks: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    """Which candidate pairs reach one of these levels, by comparison."""
    comparisons = linkage.model.comparisons
    reached = [
        levels == comparison.levels.index(marks[comparison.name])
        for comparison, levels in zip(comparisons, unpack(linkage.patterns, comparisons), strict=True)
        if comparison.name in marks
    ]
    return np.asarray(np.logical_or.reduce(reached), np.bool_)


def pair_table(compared: Compared, scales: OrderScales, pairs: pl.DataFrame) -> pl.LazyFrame:
    """The pairs to show. Rows are in the order of ids, so pairs sorted by row are sorted by id.

    Described when read, some pairs at a time: the words of a pair take as much room as thirty numbers.
    """
    linkage, ids = compared.persons, compared.records.get_column("record_id")
    rules = pl.Series([rule.name for rule in linkage.model.rules])
    models = [(part.coded.comparisons, part.parameters) for part in (scales.person, scales.order)]
    shown = pairs.filter(pl.col("link") > SHOWN).sort("left", "right")
    places = shown.get_column("place").to_numpy()
    # The lowest bit is the first rule that made the pair.
    masks = linkage.rules[places]
    shown = shown.with_columns(
        first=np.bitwise_count(masks ^ (masks - np.uint32(1))) - np.uint8(1),
        person=linkage.patterns[places],
        order=compared.orders.patterns[places],
    )

    def describe(some: pl.DataFrame) -> pl.DataFrame:
        patterns = (some.get_column(name).to_numpy() for name in ("person", "order"))
        levels, weights = describe_levels([(*model, own) for model, own in zip(models, patterns, strict=True)])
        return LINK_PAIRS.conform(
            some.with_columns(
                left_id=ids.gather(some.get_column("left")),
                right_id=ids.gather(some.get_column("right")),
                blocking_rule=rules.gather(some.get_column("first")),
                levels=levels,
                weights=weights,
            )
        )

    return shown.lazy().map_batches(describe, schema=LINK_PAIRS.schema, streamable=True)
