"""What a study knows: orders and arrests in one shape, of one source or of several.

Belongs here: reading them from a release and from the truth of a synthetic night. Does not: what single sources hold
(`study.effect.by_source`), who can be studied (`study.effect.cohort`).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from study.effect.study_settings import CATEGORIES
from warehouse.codes import reference
from warehouse.tables.register import FIELD_PROVENANCE, UNCODED_CONDITIONS

NOT_KNOWN: Final = "not_known"
ORDER_COLUMNS: Final = (
    "order_id",
    "subject_id",
    "order_type",
    "is_interim",
    "region_code",
    "made_on",
    "start_on",
    "ended_on",
    "is_start_settled",
    "is_length_settled",
    "is_conditions_known",
    "is_history_known",
)
ARREST_COLUMNS: Final = ("subject_id", "arrest_id", "arrested_on", "offence_code", "category")


@dataclass(frozen=True, eq=False)
class StudyData:
    """Orders and arrests as they are held, by a source or the register.

    Attributes:
        orders: `ORDER_COLUMNS`; `ended_on` is the last day on which an order is known to bind, null for none.
        arrests: `ARREST_COLUMNS`, linked to the people whom the orders bind; offences only.
    """

    orders: pl.DataFrame
    arrests: pl.DataFrame

    @classmethod
    def of(cls, orders: pl.DataFrame, arrests: pl.DataFrame) -> "StudyData":
        """From tables that hold at least the columns; an arrest says what its offence code says."""
        categorised = arrests.drop("category", strict=False).join(categories(), on="offence_code", how="left")
        named = categorised.with_columns(pl.col("category").fill_null(NOT_KNOWN))
        offences = named.filter(pl.col("category").is_in([*CATEGORIES, NOT_KNOWN]) & pl.col("subject_id").is_not_null())
        return cls(orders.select(ORDER_COLUMNS), offences.select(ARREST_COLUMNS).sort("subject_id", "arrest_id"))


def categories() -> pl.DataFrame:
    """`offence_code`, `category`: the heading of each offence in the offence list."""
    offences = reference("offences").filter(pl.col("is_default_for_code") == "true")
    listed = offences.select(pl.col("cjs_code").alias("offence_code"), "category")
    return listed.unique("offence_code", keep="first", maintain_order=True)


def data_of_register(table: Callable[[str], pl.DataFrame], *, sure: float) -> StudyData:
    """What a release holds.

    Args:
        table: reads a table of the release by name.
        sure: the confidence from which a start or a length counts as undisputed.
    """
    orders = table("orders").filter(pl.col("legal_status") != "withdrawn")
    provenance = FIELD_PROVENANCE.completed(table(FIELD_PROVENANCE.name))
    # A release from before there was confidence says nothing on how sure it is: that is doubt.
    doubted = provenance.filter(pl.col("confidence").fill_null(0) < sure).select("order_id", "field")
    arrests, has_condition = table("arrests"), [table("conditions").filter("is_golden")["order_id"]]
    with suppress(KeyError):  # a release from before such conditions were kept
        has_condition.append(table(UNCODED_CONDITIONS.name)["order_id"])
    is_doubted = {
        name: pl.col("order_id").is_in(doubted.filter(pl.col("field").is_in(fields))["order_id"].implode())
        for name, fields in {"start": ["made_on", "start_on"], "length": ["end_on", "is_until_further_order"]}.items()
    }
    is_linked = pl.col("subject_id").is_in(arrests["subject_id"].drop_nulls().unique().implode())
    is_length_known = pl.col("end_on").is_not_null() | pl.col("is_until_further_order").fill_null(value=False)
    return StudyData.of(
        orders.with_columns(
            pl.col("is_interim").fill_null(value=False),
            ended_on=pl.coalesce("ended_after", "end_on"),
            is_start_settled=~is_doubted["start"],
            is_length_settled=is_length_known
            & ~is_doubted["length"]
            & (pl.col("disputed_ends").list.len() == 0)
            & (pl.col("legal_status") != "discharged"),
            is_conditions_known=pl.col("order_id").is_in(pl.concat(has_condition).unique().implode()),
            is_history_known=pl.col("pnc_id").is_not_null() | is_linked,
        ),
        arrests,
    )


def data_of_truth(folder: Path) -> StudyData:
    """What is true of a synthetic night: the truth beside its deliveries.

    Of a discharge no source gives the day, so the length of a discharged order counts as not known here too.

    Raises:
        FileNotFoundError: the folder holds no truth.
    """
    orders, arrests = (
        pl.read_csv(folder / f"{name}.csv", infer_schema=False).fill_null("") for name in ("orders", "arrests")
    )
    days = pl.col("made", "start", "end").str.to_date(strict=False)
    dated = orders.with_columns(days).rename({"person_id": "subject_id", "kind": "order_type"})
    has_arrests = pl.col("subject_id").is_in(arrests["person_id"].implode())
    return StudyData.of(
        dated.join(regions(), left_on="force", right_on="force_code", how="left").select(
            "order_id",
            "subject_id",
            "order_type",
            "region_code",
            is_interim=pl.col("interim") == "True",
            made_on="made",
            start_on="start",
            ended_on="end",
            is_start_settled=pl.lit(value=True),
            is_length_settled=pl.col("status") != "D",
            is_conditions_known=pl.col("conditions") != "",
            is_history_known=(pl.col("pncid") != "") | has_arrests,
        ),
        arrests.select(
            arrest_id="event_id",
            subject_id="person_id",
            arrested_on=pl.col("date").str.to_date(),
            offence_code="cjs_code",
        ),
    )


def regions() -> pl.DataFrame:
    """`force_code`, `region_code`: the region of each force."""
    forces = reference("forces").select(pl.col("current_code").alias("force_code"), "region_code")
    return forces.unique("force_code", keep="first", maintain_order=True)
