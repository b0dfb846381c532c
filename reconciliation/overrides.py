"""Overrides: golden values that stewards decided, in the place of those that the rules would choose.

Belongs here: putting a decided value where a chosen one would be. Does not: who decided it and whether the decision
still holds (`ledger.decisions.binding`), what other fields follow from it (`reconciliation.periods`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

RULE = "steward"
STATED = "stated_"
"""Begins the column of what would have been chosen of a field that is overridden for any group."""
PERIOD_FIELDS = ("end_on", "is_until_further_order", "term_months")


@dataclass(frozen=True, eq=False)
class Overrides:
    """Decided values by field.

    Attributes:
        fields: for each field that has any: `group`, `value` and `canonical` in the types of the field, one row a
            group.
    """

    fields: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def number(self, names: pl.DataFrame, group: str) -> "Overrides":
        """The same by the numbers of groups; groups of which there is no record are left out.

        Args:
            names: `group`, the number, and the column of names.
            group: that column.
        """
        numbered = {
            name: names.join(values.rename({"group": group}), on=group).select("group", "value", "canonical")
            for name, values in self.fields.items()
        }
        return Overrides(numbered)

    def has(self, name: str) -> pl.Expr:
        """Whether a group's field is overridden."""
        if name not in self.fields:
            return pl.lit(value=False)
        return pl.col("group").is_in(self.fields[name].get_column("group").implode())

    def apply_to(self, winners: pl.DataFrame, name: str) -> pl.DataFrame:
        """The winners of a field (`reconciliation.choosing.take_winners`), with the overrides in their place."""
        if name not in self.fields:
            return winners
        overrides = self.fields[name].select(
            "group",
            *(pl.col(column).cast(winners.schema[column]) for column in ("value", "canonical")),
            pl.lit(None, winners.schema["record"]).alias("record"),
            pl.lit(RULE).alias("forced"),
        )
        return pl.concat([winners.join(overrides, on="group", how="anti"), overrides]).sort("group")


NO_OVERRIDES = Overrides()


def overrides_of(decided: Mapping[str, pl.DataFrame], orders: pl.DataFrame, *, group: str) -> Overrides:
    """What is decided, by the groups for which it would be chosen.

    Args:
        decided: by field: `order_cluster`, `value`, `canonical`.
        orders: `order_cluster` and the column of groups.
        group: that column: `order_cluster`, or `subject_cluster` for facts of the person.
    """
    by_field = {
        name: values.join(orders, on="order_cluster")
        .select(pl.col(group).alias("group"), "value", "canonical")
        .unique("group", keep="first", maintain_order=True)
        for name, values in decided.items()
    }
    return Overrides(by_field)


def name_decisions(reasons: pl.DataFrame, decided: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The reasons of golden values with `decision_id`, where a decision is the reason.

    Args:
        reasons: `order_cluster`, `field`, `rule` and more.
        decided: by field: `order_cluster`, `decision_id`.
    """
    if not decided:
        return reasons.with_columns(decision_id=pl.lit(None, pl.String))
    decisions = [
        values.select("order_cluster", "decision_id", pl.lit(name).alias("field")) for name, values in decided.items()
    ]
    named = pl.concat(decisions).with_columns(rule=pl.lit(RULE))
    return reasons.join(named, on=["order_cluster", "field", "rule"], how="left")


def orders_with_decided_period(decided: Mapping[str, pl.DataFrame]) -> pl.Series:
    """The orders whose period a steward decided: its end, its length, or whether it runs until further order.

    Args:
        decided: what stewards decided, by field, with `order_id`.
    """
    orders = (decided[name].get_column("order_id") for name in PERIOD_FIELDS if name in decided)
    return pl.concat([pl.Series("order_id", [], pl.String), *orders])
