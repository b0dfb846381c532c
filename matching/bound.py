"""What binds the linking of order records whatever the weights: decisions of stewards, and what sources say outright.

Belongs here: pairs of rows that are of one order or person, or never are. Does not: weights, how pairs become clusters
(`matching.orders`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from matching.engine.clusters import Clusters
from matching.engine.linkage import Linkage
from matching.engine.merges import NO_PAIRS, Flags
from matching.engine.patterns import unpack
from matching.names import NAMES_DIFFER, SLIPS
from matching.weighed_orders import PIECE

MANY = 2
"""Sources that hold two names: from this many on, they hold two people."""

NO_IDS = pl.DataFrame(schema={"left_id": pl.String, "right_id": pl.String})


@dataclass(frozen=True, eq=False)
class Decisions:
    """What stewards have decided of records: pairs `left_id`, `right_id`, in any order.

    Attributes:
        same_order: of one order, and so of one person.
        different_orders: of two orders.
        same_person: of one person.
        different_persons: of two persons, and so of two orders.
    """

    same_order: pl.DataFrame = field(default_factory=lambda: NO_IDS)
    different_orders: pl.DataFrame = field(default_factory=lambda: NO_IDS)
    same_person: pl.DataFrame = field(default_factory=lambda: NO_IDS)
    different_persons: pl.DataFrame = field(default_factory=lambda: NO_IDS)


def row_pairs(records: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of record ids as pairs of row numbers, the smaller first.

    Raises:
        ValueError: an id that no record has.
    """
    if pairs.is_empty():
        return NO_PAIRS
    rows = records.select("record_id").with_row_index("row")
    ends = []
    for side in ("left_id", "right_id"):
        found = pairs.select(record_id=side).join(rows, on="record_id", how="left", maintain_order="left")
        if missing := found.get_column("row").null_count():
            raise ValueError(f"{missing} decisions name a record that no delivery holds any longer")
        ends.append(found.get_column("row").cast(pl.Int64).alias(side))
    frame = pl.DataFrame(ends)
    return frame.select(left=pl.min_horizontal("left_id", "right_id"), right=pl.max_horizontal("left_id", "right_id"))


def amendments(records: pl.DataFrame) -> pl.DataFrame:
    """Pairs of court results of which one amends the other."""
    rows = records.select("source", "source_key", "amends_source_key").with_row_index("row")
    amended = rows.filter(pl.col("amends_source_key").is_not_null()).join(
        rows, left_on=["source", "amends_source_key"], right_on=["source", "source_key"]
    )
    return amended.select(left=pl.col("row").cast(pl.Int64), right=pl.col("row_right").cast(pl.Int64))


def together(clusters: Clusters) -> pl.DataFrame:
    """Each record with the first of its cluster, as must-links."""
    rows = clusters.labels.to_frame("left").with_row_index("right")
    return rows.filter(pl.col("left") != pl.col("right")).select("left", pl.col("right").cast(pl.Int64))


def strangers(records: pl.DataFrame, linkage: Linkage, pairs: pl.DataFrame, *, decided: pl.DataFrame) -> pl.DataFrame:
    """Pairs that are rather of two people, whatever they weigh: stewards are asked, and what they decide counts.

    Args:
        records: in the order of their rows.
        linkage: the records compared as persons.
        pairs: `left`, `right` (rows), `link` (how far the pair is above the bar).
        decided: `left`, `right` (rows): pairs that stewards have joined.
    """
    found = [_near_twins(records, pairs)]
    for start in range(0, len(linkage.left), PIECE):
        left, right, patterns = (
            column[start : start + PIECE] for column in (linkage.left, linkage.right, linkage.patterns)
        )
        some = replace(linkage, left=left, right=right, patterns=patterns)
        found += [find(records, some) for find in (_two_names, _two_held_twice, _two_defendants)]
    return pl.concat(found).unique().join(decided, on=["left", "right"], how="anti").sort("left", "right")


def _two_names(records: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Pairs of one source's records of one day, whose names have nothing in common and that share no identifier.

    A source seldom holds an order twice, and hardly ever under another name: two such records are rather of two people
    who were born on one day and stood before one court.
    """
    facts = records.select("source", "made_on", "pnc_id", "cro_number").with_columns(pl.all().rank("dense"))
    pairs = _pairs_of(linkage, _names_reach(linkage, [NAMES_DIFFER]))
    one, other = facts[pairs["left"]], facts[pairs["right"]]
    same = {name: (one[name] == other[name]).fill_null(value=False) for name in facts.columns}
    return pairs.filter(same["source"] & same["made_on"] & ~same["pnc_id"] & ~same["cro_number"])


def _names_reach(linkage: Linkage, levels: Sequence[str]) -> Flags:
    """Which candidate pairs reach one of these levels of the comparison of names."""
    names, *_ = linkage.model.comparisons
    return np.isin(unpack(linkage.patterns, [names])[0], [names.levels.index(level) for level in levels])


def _pairs_of(linkage: Linkage, chosen: Flags) -> pl.DataFrame:
    """Some of the candidate pairs: `left`, `right` (rows)."""
    return pl.DataFrame({"left": linkage.left[chosen], "right": linkage.right[chosen]}).cast(pl.Int64)


def _near_twins(records: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of one source's records of one day that differ a little in name and birth, where it holds three or more.

    Once a source may hold an order twice with a slip in the name and another in the birth. Three such records are as
    many people, such as brothers, or a list filled in by numbers.
    """
    facts = records.select("source", "made_on", "full_name", "date_of_birth", "pnc_id", "cro_number")
    alike = pairs.filter(pl.col("link") > 0).select(pl.col("left", "right").cast(pl.Int64))
    one, other = facts[alike["left"]], facts[alike["right"]]
    same = {name: (one[name] == other[name]) for name in facts.columns}
    is_apart = same["source"] & same["made_on"] & ~same["full_name"] & ~same["date_of_birth"]
    for name in ("pnc_id", "cro_number"):
        is_apart &= ~same[name].fill_null(value=False)
    found = alike.filter(is_apart.fill_null(value=False))
    many = found.unpivot().group_by("value").len().filter(pl.col("len") > 1).get_column("value").implode()
    return found.filter(pl.col("left").is_in(many) | pl.col("right").is_in(many))


def _two_defendants(records: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Pairs of court results of one case that are of two defendants by the court's own ids, and of two births.

    Two brothers of one forename may stand before one court on one day, and have orders of one type made.
    """
    facts = records.select("case_urn", "defendant_id", "date_of_birth")
    gives_all = pl.all_horizontal(pl.col(facts.columns).is_not_null()) & pl.col("amends_source_key").is_null()
    of_first = records.select(gives_all).to_series().to_numpy()
    pairs = _pairs_of(linkage, of_first[linkage.left] & of_first[linkage.right])
    one, other = facts[pairs["left"]], facts[pairs["right"]]
    same = {name: one[name] == other[name] for name in facts.columns}
    return pairs.filter(same["case_urn"] & ~same["defendant_id"] & ~same["date_of_birth"])


def _two_held_twice(records: pl.DataFrame, linkage: Linkage) -> pl.DataFrame:
    """Pairs of one birth whose forenames differ a little, where two sources hold both names.

    A slip stands in one record; two sources that both know a Jan and a Jana know two people.
    """
    born = ["full_name", "date_of_birth"]
    known = ("source", "pnc_id", "cro_number")
    facts = records.select(
        "date_of_birth",
        "first_forename",
        *(pl.col(name).drop_nulls().unique().implode().over(born, mapping_strategy="join") for name in known),
    )
    pairs = _pairs_of(linkage, _names_reach(linkage, SLIPS))
    one, other = facts[pairs["left"]], facts[pairs["right"]].select(pl.all().name.suffix("_other"))
    shared = {name: pl.col(name).list.set_intersection(f"{name}_other").list.len() for name in known}
    is_apart = (
        (shared["source"] >= MANY)
        & (shared["pnc_id"] + shared["cro_number"] == 0)
        & (pl.col("date_of_birth") == pl.col("date_of_birth_other"))
        & (pl.col("first_forename") != pl.col("first_forename_other"))
    )
    return pl.concat([pairs, one, other], how="horizontal").filter(is_apart).select("left", "right")


def two_holders(records: pl.DataFrame, orders: Clusters) -> pl.DataFrame:
    """Pairs of records that are certainly of two persons, though these may share a name and a date of birth.

    In one source, under two PNC ids, they hold two orders of one kind made on one day by one court, and no person is
    made subject to the same order twice.
    """
    facts = ["source", "date_of_birth", "order_type", "is_interim", "made_on", "court_code"]
    rows = records.with_row_index("row").with_columns(order=orders.labels)
    known = rows.filter("is_pnc_id_valid").select("row", "order", "pnc_id", *facts).drop_nulls()
    pairs = known.join(known, on=facts, suffix="_right").filter(
        (pl.col("order") < pl.col("order_right")) & (pl.col("pnc_id") != pl.col("pnc_id_right"))
    )
    return pairs.select(pl.col("row").cast(pl.Int64).alias("left"), pl.col("row_right").cast(pl.Int64).alias("right"))


def two_identities(
    records: pl.DataFrame, orders: Clusters, pairs: pl.DataFrame, *, decided: pl.DataFrame
) -> pl.DataFrame:
    """Pairs of records of two orders that agree on no date of birth and on no identifier, though each gives both.

    Namesakes: the orders are put to one person by a record without a PNC id. A slip stands in one record, and an order
    that all its records give another birth and another PNC id is rather another person's; as one person's, the later
    would end the earlier.

    Args:
        records: in the order of their rows.
        orders: the orders found.
        pairs: `left`, `right` (rows).
        decided: `left`, `right` (rows) that stewards have put to one person, and so the orders that they are of.
    """
    ids = {"pnc_id": pl.col("is_pnc_id_valid"), "cro_number": pl.col("is_cro_valid")}
    held = records.select(
        "date_of_birth", *(pl.when(is_valid).then(pl.col(name)).alias(name) for name, is_valid in ids.items())
    ).with_columns(order=orders.labels)
    names = ("date_of_birth", *ids)
    known = held.select(
        "order",
        *(pl.col(name).drop_nulls().unique().implode().over("order", mapping_strategy="join") for name in names),
    )
    ends = pairs.select(pl.col("left", "right").cast(pl.Int64))
    ends = ends.filter(orders.labels.gather(ends["left"]) != orders.labels.gather(ends["right"]))
    one, other = known[ends["left"]], known[ends["right"]].select(pl.all().name.suffix("_other"))
    gives_both = pl.all_horizontal(pl.col(name, f"{name}_other").list.len() > 0 for name in ("date_of_birth", "pnc_id"))
    share_none = pl.all_horizontal(
        pl.col(name).list.set_intersection(f"{name}_other").list.len() == 0 for name in names
    )
    found = pl.concat([ends, one, other], how="horizontal").filter(gives_both & share_none)
    joined = pl.concat([decided, decided.select(left="right", right="left")])
    labels = joined.select(left=orders.labels.gather(joined["left"]), right=orders.labels.gather(joined["right"]))
    return found.join(labels, left_on=["order", "order_other"], right_on=["left", "right"], how="anti").select(
        "left", "right"
    )
