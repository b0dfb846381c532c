"""What is true, what each record states and what the register says, in one canonical form that can be compared.

Belongs here: the canonical values by field. Does not: counting what is right (`golden`) or found (`discrepancies`).
"""

from pathlib import Path
from typing import Final

import polars as pl

from warehouse.standardise import fold

FIELDS: Final = (
    "surname", "forenames", "dob", "sex", "pncid", "kind", "interim", "made", "start", "end", "term", "court", "force",
    "conditions", "county_lines", "status",
)  # fmt: skip
PERSON_FIELDS: Final = ("surname", "forenames", "dob", "sex", "pncid")
COLUMNS: Final = {
    "dob": "date_of_birth",
    "sex": "sex",
    "pncid": "pnc_id",
    "kind": "order_type",
    "interim": "is_interim",
    "made": "made_on",
    "start": "start_on",
    "term": "term_months",
    "court": "court_code",
    "force": "force_code",
    "county_lines": "is_county_lines",
}
"""Fields that are in one column of the records and of the register."""

STATUSES: Final = {"L": "live", "E": "expired", "D": "discharged", "S": "superseded"}
OPEN: Final = "until further order"


def squashed(name: str) -> pl.Expr:
    """A name in ASCII capitals without any blank: form is no matter of truth."""
    return fold(pl.col(name)).str.replace_all(" ", "").alias(name)


def _values() -> list[pl.Expr]:
    ends = pl.when(pl.col("is_until_further_order")).then(pl.lit(OPEN)).otherwise(pl.col("end_on").cast(pl.String))
    return [
        squashed("surname"),
        squashed("forenames"),
        ends.alias("end"),
        *(pl.col(column).cast(pl.String).alias(name) for name, column in COLUMNS.items()),
    ]


def _listed(codes: pl.Expr) -> pl.Expr:
    return codes.drop_nulls().unique().sort().str.join(" ").alias("conditions")


def true_values(truth: Path) -> pl.DataFrame:
    """Every order as it is: `order_id`, `person_id` and `FIELDS` as text; null where the order has no such value."""
    orders = pl.read_csv(truth / "orders.csv", infer_schema=False)
    return orders.select(
        "order_id",
        "person_id",
        squashed("surname"),
        squashed("forenames"),
        *(pl.col(name) for name in ("dob", "sex", "pncid", "kind", "made", "start", "force")),
        pl.col("interim", "county_lines").str.to_lowercase(),
        pl.when(pl.col("interim") == "False").then("months").alias("term"),
        pl.col("end").fill_null(OPEN),
        pl.col("court_ou").alias("court"),
        pl.col("conditions").str.split(";").list.sort().list.join(" "),
        pl.col("status").replace_strict(STATUSES),
    ).select("order_id", "person_id", *FIELDS)


def stated_values(core: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Every order record: `record_id`, `source`, `source_key`, `is_standing` and `FIELDS`; null where it does not say.

    A court result that a later one amends, or that was withdrawn, does not stand.
    """
    orders = core["orders"]
    amended = orders.filter(pl.col("source") == "court").get_column("amends_source_key").drop_nulls()
    is_amended = (pl.col("source") == "court") & pl.col("source_key").is_in(amended.implode())
    is_withdrawn = pl.col("result_state").fill_null("FINAL") == "WITHDRAWN"
    codes = core["conditions"].group_by("record_id").agg(_listed(pl.col("condition_code")))
    return (
        orders.join(codes, on="record_id", how="left")
        .with_columns(
            *_values(), pl.col("recorded_status").alias("status"), (~is_amended & ~is_withdrawn).alias("is_standing")
        )
        .select("record_id", "source", "source_key", "is_standing", *FIELDS)
    )


def register_values(orders: pl.DataFrame, conditions: pl.DataFrame) -> pl.DataFrame:
    """Every order of the register: `order_id` and `FIELDS`.

    Truth, and the sources, have no word for an order that has not begun, nor for one that was determined.
    """
    in_words_of_truth = pl.col("legal_status").replace({"not_started": "live", "determined": "superseded"})
    believed = conditions.filter(pl.col("is_golden"))
    codes = believed.group_by("order_id").agg(_listed(pl.col("condition_code")))
    return (
        orders.join(codes, on="order_id", how="left")
        .with_columns(*_values(), in_words_of_truth.alias("status"))
        .select("order_id", *FIELDS)
    )
