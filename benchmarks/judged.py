"""A release beside the truth: what is wrong in it, and which items of its queue ask about that.

Belongs here: reading a release and its truth once. Does not: figures (`stewarding`), labels (`labels`).
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.calibration import judge_contents
from benchmarks.labels import label_links, label_orders, label_pairs, label_values, true_orders
from benchmarks.truth import true_values
from reconciliation.register import Register
from warehouse.home import Home

PAIR_KINDS: Final = ("near_match", "link_conflict")

states_truth: Final = (
    pl.col("losing")
    .list.eval(pl.element().str.extract("(?s)=(.*)$").str.replace_all(" ", "").str.to_uppercase())
    .list.contains(pl.col("true").str.to_uppercase())
)
"""Whether a record states the true value beside the golden one."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A release beside the truth.

    Attributes:
        register: the release.
        truth: the folder of truth.
    """

    register: Register
    truth: Path

    def table(self, name: str) -> pl.DataFrame:
        """A table of the release."""
        return self.register.table(name)

    @cached_property
    def values(self) -> pl.DataFrame:
        """Golden values that truth knows: `FIELD_PROVENANCE` with `is_right` and `true`."""
        labels = label_values(self.table("field_provenance"), self.table("order_sources"), self.truth)
        return self.table("field_provenance").join(labels, on=["order_id", "field"])

    @cached_property
    def contents(self) -> pl.DataFrame:
        """Conditions and statuses: `order_id`, `field`, `rule`, `confidence`, `is_right`."""
        orders, conditions = self.table("orders"), self.table("conditions")
        return judge_contents(orders, conditions, self.table("order_sources"), self.truth)

    @cached_property
    def orders(self) -> pl.DataFrame:
        """`order_id`, `confidence`, `is_right`."""
        links = label_links(self.table("order_sources"), self.truth)
        labels = label_orders(self.values, links, self.table("order_sources"))
        return self.table("orders").select("order_id", "confidence").join(labels, on="order_id")

    @cached_property
    def wrong(self) -> pl.DataFrame:
        """`order_id`, `field`: everything of an order that is not true."""
        places = ["order_id", "field"]
        both = pl.concat([self.values.select(*places, "is_right"), self.contents.select(*places, "is_right")])
        return both.filter(~pl.col("is_right")).select(places)

    @cached_property
    def ended(self) -> pl.DataFrame:
        """`order_id`, `true` (the last day, as text): orders that are in doubt and have ended in truth."""
        doubted = self.table("orders").filter("is_in_force_doubtful").select("order_id")
        places = doubted.join(true_orders(self.table("order_sources"), self.truth), on="order_id")
        true = true_values(self.truth).filter(pl.col("status") != "live").select(true_id="order_id", true="end")
        return places.join(true, on="true_id").select("order_id", "true")

    @cached_property
    def split(self) -> pl.DataFrame:
        """`order_id`, `other_order_id`: any two orders of the register that are one in truth."""
        places = true_orders(self.table("order_sources"), self.truth)
        both = places.join(places, on="true_id", suffix="_other").filter(pl.col("order_id") < pl.col("order_id_other"))
        return both.select("order_id", other_order_id="order_id_other")

    @cached_property
    def queue(self) -> pl.DataFrame:
        """The queue, most important first, with `changes`: whether the answer changes the register.

        It does where the register is wrong in what is asked, and where an order that is in doubt has ended.
        """
        queue = self.table("review_queue").sort("priority", "item_id", descending=[True, False])
        fields = queue.select("item_id", "order_id", field="fields").explode("field", empty_as_null=False)
        open_places = pl.concat([self.wrong, self.ended.select("order_id", field=pl.lit("legal_status"))])
        about_fields = fields.join(open_places, on=["order_id", "field"], how="semi").get_column("item_id")
        pairs = queue.filter(pl.col("kind").is_in(PAIR_KINDS)).select("item_id", "order_id", "other_order_id")
        labels = label_pairs(pairs, self.table("order_sources"), self.truth).filter("is_right")
        about_pairs = pairs.join(labels, on=["order_id", "other_order_id"], how="semi").get_column("item_id")
        known = pl.concat([about_fields, about_pairs])
        return queue.with_columns(changes=pl.col("item_id").is_in(known.implode()))

    @property
    def settle(self) -> pl.DataFrame:
        """The items to settle; a release of before there were two streams has no others."""
        return self.queue.filter(pl.col("stream") == "settle") if "stream" in self.queue.columns else self.queue


def opened(home: Path, release: str | None = None) -> Register:
    """The release in force of a home, or another."""
    return Register.open(Home(home), release)
