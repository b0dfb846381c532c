"""What a rule is, what it is given, and the words it may use.

Belongs here: `Rule`, `Evidence`, `PresenceClock`. Does not: any single rule, or how the frames are prepared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

import polars as pl

from warehouse.codes import reference
from warehouse.sources import SOURCES, Severity
from warehouse.tables.register import FIELD_PROVENANCE

Dimension = Literal["completeness", "uniqueness", "consistency", "timeliness", "validity", "accuracy"]
Subject = Literal["record", "order", "absence", "duplicate", "rejected"]
Owner = Literal["holder", "court", "force"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One kind of discrepancy.

    The rules of one subject and field stand in order: the first that holds is the cause, the others are silent.

    Attributes:
        code: short and stable; part of the identity of every discrepancy it finds.
        title: what it is, in a few words.
        field: a column of `orders`, or `conditions`, `breach_count`, `presence`, `duplicate`.
        severity: high: who is bound, until when, or by what; medium: identity or evidence; low: form.
        dimension: the quality dimension (Government Data Quality Framework) that it speaks of.
        when: holds on the rows of the subject's frame that are wrong.
        message: what is wrong, in words, without personal data; `{source}` stands for the record's source.
        correction: what should be done.
        note: the statute or standard behind it, with its source.
        example: a case worked out: what the record says, what the order is, what follows. Invented.
        subject: the frame it looks at: a source record beside its order, an order, an order absent
            from a source, a second record of an order in one source, or a value that could not be read.
        owner: who corrects it: the holder of the record (by its source), the court, or the force.
        observed: the value found; defaults to the column of the field.
        expected: the value expected; defaults to the golden column of the field.
    """

    code: str
    title: str
    field: str
    severity: Severity
    dimension: Dimension
    when: pl.Expr
    message: str
    correction: str
    note: str
    example: str
    subject: Subject = "record"
    owner: Owner = "holder"
    observed: pl.Expr | None = None
    expected: pl.Expr | None = None

    @property
    def verified(self) -> str:
        """Whether its basis was read by one who tried to refute the rule: `yes`, `in part` or `not verified`."""
        return self._verification["verified"]

    @property
    def read(self) -> str:
        """What was read of its basis, and what was not."""
        return self._verification["read"]

    @property
    def _verification(self) -> dict[str, str]:
        return reference("rule_verification").row(by_predicate=pl.col("code") == self.code, named=True)

    @property
    def observed_text(self) -> pl.Expr:
        """The value found, as text."""
        return (pl.col(self.field) if self.observed is None else self.observed).cast(pl.String)

    @property
    def expected_text(self) -> pl.Expr:
        """The value expected, as text."""
        return (golden(self.field) if self.expected is None else self.expected).cast(pl.String)


@dataclass(frozen=True)
class PresenceClock:
    """How long a source has to hold an order after it was made.

    Attributes:
        days: days of grace, by the name of a source or by its name and an order type (`pnc`, `pnc:STRO`): the narrower
            key counts. Defaults to the days of `warehouse.sources`.
    """

    days: dict[str, int] = field(default_factory=lambda: {facts.name: facts.grace_days for facts in SOURCES})

    def days_of_grace(self, order_type: str) -> pl.Expr:
        """The days of grace of a row, by its `source` and the column that holds the type of the order."""
        of_type = pl.concat_str("source", order_type, separator=":")
        return pl.coalesce(
            of_type.replace_strict(self.days, default=None, return_dtype=pl.Int64),
            pl.col("source").replace_strict(self.days, return_dtype=pl.Int64),
        )


@dataclass(frozen=True)
class Evidence:
    """What the rules look at: the core tables (all sources together) and the register made of them.

    Attributes:
        orders: `ORDERS`, golden values; counts and scores may still be empty.
        arrests: `ARRESTS`; those for breach are enough.
        decided: `order_id`, `field` of the golden values that stewards decided.
    """

    core_orders: pl.DataFrame
    core_aliases: pl.DataFrame
    core_conditions: pl.DataFrame
    rejected_values: pl.DataFrame
    orders: pl.DataFrame
    order_sources: pl.DataFrame
    conditions: pl.DataFrame
    arrests: pl.DataFrame
    deliveries: pl.DataFrame
    decided: pl.DataFrame = field(default_factory=lambda: FIELD_PROVENANCE.empty().select("order_id", "field"))

    @classmethod
    def of_columns(cls, scanned: Mapping[str, pl.LazyFrame], columns: Mapping[str, Sequence[str]]) -> Self:
        """All rows of the tables, in the columns named by the table's name here; a table not named has none."""
        frames = pl.collect_all([frame.select(columns.get(name, ())) for name, frame in scanned.items()])
        return cls(**dict(zip(scanned, frames, strict=True)))

    @classmethod
    def of_orders(cls, scanned: Mapping[str, pl.LazyFrame], orders: pl.DataFrame) -> Self:
        """The evidence of some orders (`order_id`); of what is known by neither order nor record, all."""
        is_wanted = pl.col("order_id").is_in(orders.get_column("order_id").implode())
        held = scanned["order_sources"].filter(is_wanted).select("record_id").collect()
        is_held = pl.col("record_id").is_in(held.get_column("record_id").implode())
        narrowed = dict(scanned)
        for name, frame in scanned.items():
            columns = frame.collect_schema()
            # By a filter, unlike by a join, rows that are not wanted are not read.
            if "order_id" in columns or "record_id" in columns:
                narrowed[name] = frame.filter(is_wanted if "order_id" in columns else is_held)
        return cls(**dict(zip(narrowed, pl.collect_all(list(narrowed.values())), strict=True)))


def golden(name: str) -> pl.Expr:
    """The golden value of a column, beside a source record."""
    return pl.col(f"golden_{name}")


def differs(name: str) -> pl.Expr:
    """Both the record and its order give a value, and not the same one."""
    return pl.col(name) != golden(name)
