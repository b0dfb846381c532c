"""Order records compared: described for the models, put into candidate pairs, compared as persons and as orders.

Belongs here: what happens before weights become orders and subjects (`matching.orders`). Does not: the comparisons of
orders (`matching.order_model`) and persons (`matching.persons`).
"""

from dataclasses import dataclass, replace

import polars as pl

from matching.engine.linkage import Linkage, Progress
from matching.engine.patterns import Each
from matching.engine.tables import widened
from matching.events import FACTS as EVENT_FACTS
from matching.names import NAME, number_names
from matching.order_model import ORDER_MODEL, ORDER_RULES
from matching.persons import PERSON_COLUMNS, person_model
from matching.trained import Models

NAME_FACTS = ("full_name", "first_forename")
RECORD_COLUMNS = (
    "record_id", "source_key", "amends_source_key", "defendant_id", "name", "date_of_birth", "pnc_id",
    "is_pnc_id_valid", "cro_number", "is_cro_valid", "court_code", "force_code", *EVENT_FACTS,
)  # fmt: skip
"""What is read of records when their pairs have been compared; of their names, `NAME_FACTS`."""
# The log2 odds from which two records count as one person's when the model of orders is trained.
ONE_PERSON = 3.0


@dataclass(frozen=True, eq=False)
class Compared:
    """Order records compared by both models; rows are in the order of the record id.

    Attributes:
        records: with what is read of them beside the models.
        persons: their candidate pairs, compared as persons.
        orders: the same pairs, compared as orders.
    """

    records: pl.DataFrame
    persons: Linkage
    orders: Linkage


def compare_orders(
    orders: pl.DataFrame | pl.LazyFrame,
    aliases: pl.DataFrame | pl.LazyFrame,
    conditions: pl.DataFrame | pl.LazyFrame,
    *,
    progress: Progress | None = None,
    each: Each | None = None,
) -> Compared:
    """Find the candidate pairs and compare them.

    Args:
        orders: the union over sources in the shape of `CORE_ORDERS`. Of a lazy table only what is compared is read.
        aliases: likewise, `CORE_ALIASES`.
        conditions: likewise, `CORE_CONDITIONS`.
        progress: called with the number of pairs compared so far, and of all.
        each: compares elsewhere than in threads; see `LinkageModel.on`.
    """
    records, names = describe_orders(orders, aliases, conditions)
    described = {"name": names}
    model = replace(person_model(), blocking=ORDER_RULES)
    persons = model.on(records, progress=progress, copies=False, each=each, described=described)
    compared = ORDER_MODEL.on(records, pairs_of=persons, each=each, described=described)
    return Compared(widened(records.select(RECORD_COLUMNS), described, NAME_FACTS).drop("name"), persons, compared)


def train_models(compared: Compared) -> Models:
    """Learn both models from the records: persons among all pairs, orders among pairs of records of one person."""
    person = compared.persons.train()
    is_one = compared.persons.score(person).weights > ONE_PERSON
    return Models(person, compared.orders.train(among=is_one))


def describe_orders(
    orders: pl.DataFrame | pl.LazyFrame, aliases: pl.DataFrame | pl.LazyFrame, conditions: pl.DataFrame | pl.LazyFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records sorted by id, with every column that the models and the blocking rules read, and their names.

    Those of names are in the second frame; see `number_names`.
    """
    read = {column for comparison in ORDER_MODEL.comparisons for column in comparison.read}
    columns = {"record_id", "source_key", "amends_source_key", "defendant_id", *PERSON_COLUMNS, *read, *EVENT_FACTS}
    codes = (
        conditions.lazy()
        .filter(pl.col("condition_code").is_not_null())
        .group_by("record_id")
        .agg(condition_codes=pl.col("condition_code").unique().sort())
        .collect()
    )
    has = orders.lazy().collect_schema().names()
    records = orders.lazy().select(column for column in has if column in columns).sort("record_id").collect()
    records = records.join(codes, on="record_id", how="left", maintain_order="left")
    return number_names(records, aliases.lazy().select("record_id", *NAME).collect())
