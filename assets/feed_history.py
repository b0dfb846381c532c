"""What recent releases know of each feed, and tonight's deliveries beside it. No Dagster here.

Belongs here: gathering what a delivery is compared with. Does not: the rule itself (`expectations.delivery_sizes`).
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from statistics import median
from typing import Self

import polars as pl

from assets.former import Former
from assets.sources.contract import Delivery, Fault, Reading, Source
from expectations.bounds import Bounds
from expectations.delivery_sizes import FeedHistory, find_implausible
from expectations.gates import DELIVERY
from warehouse.delivery_states import IMPLAUSIBLE, policy_for
from warehouse.home import Home
from warehouse.releases.manifests import release_of_each_night
from warehouse.releases.release import DamagedReleaseError, read_release
from warehouse.sources import has_row_key
from warehouse.tables.register import ARREST_SOURCES, DELIVERIES, ORDER_SOURCES

RECENT = timedelta(days=31)
GOOD = ("fresh", "late")


@dataclass(frozen=True)
class RecentNights:
    """What tonight's deliveries are compared with, and what is done about those that do not fit.

    Attributes:
        histories: by feed.
        bounds: how much deliveries may change.
        policies: by state, or source and state.
        accepted: why an operator accepts deliveries, by `delivery:<feed>`.
        accepted_digests: why one accepted a delivery when this night ran before, by its digest.
    """

    histories: Mapping[str, FeedHistory] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=Bounds)
    policies: Mapping[str, str] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    accepted_digests: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def before(
        cls,
        home: Home,
        as_of: date,
        *,
        bounds: Bounds,
        policies: Mapping[str, str],
        accepted: Mapping[str, str],
    ) -> Self:
        """The nights of the month before a night.

        Raises:
            DamagedReleaseError: the release that the night carries on from is damaged.
        """
        nights = release_of_each_night(home)
        published = _deliveries(home, [nights[night] for night in nights if night == str(as_of)])
        again = (
            pl.concat([DELIVERIES.empty(), *published, *_deliveries_read(home, as_of)])
            .drop_nulls(["sha256", "accepted"])
            .select("sha256", "accepted")
            .iter_rows()
        )
        return cls(_histories(home, as_of), bounds, policies, accepted, dict(again))

    def compare(self, source: Source, delivery: Delivery, reading: Reading) -> Reading:
        """What a delivery gave, with a fault if it is sound and does not fit recent nights.

        A delivery that a release rests on is not judged again. One that an operator accepts, or that the policy
        publishes, keeps a fault that is only a note.
        """
        history = self.histories.get(delivery.feed.name)
        if history is None or not reading.is_sound:
            return reading
        reading = replace(reading, records_expected=history.expected)
        found = find_implausible(reading.records_kept, source.keys_of(reading), history, self.bounds)
        digest = delivery.sha256() if found else ""
        if found is None or digest in history.known:
            return reading
        gate = f"{DELIVERY}:{delivery.feed.name}"
        accepted = self.accepted.get(gate) or self.accepted_digests.get(digest)
        if accepted:
            fault = Fault("accepted", f"{found} An operator accepted it: {accepted}", is_structural=False)
            return replace(reading, accepted=accepted, faults=(*reading.faults, fault))
        advice = (
            "Ask the sender whether the delivery is whole. If it is right, run the night again with "
            f"--accept {gate} --reason REASON."
        )
        is_kept_out = policy_for(self.policies, delivery.feed.source, IMPLAUSIBLE) != "publish"
        fault = Fault(IMPLAUSIBLE, f"{found} {advice}", is_structural=is_kept_out)
        return replace(reading, faults=(*reading.faults, fault))


NO_NIGHTS = RecentNights()


def _histories(home: Home, as_of: date) -> dict[str, FeedHistory]:
    """The history of every feed by its name, from the releases of the month before a night."""
    recent = [
        release_id
        for night, release_id in release_of_each_night(home).items()
        if as_of - RECENT <= date.fromisoformat(night) < as_of
    ]
    used = pl.concat([DELIVERIES.empty(), *_deliveries(home, recent)]).filter("is_used")
    is_good = pl.col("state").is_in(GOOD) | pl.col("accepted").is_not_null()
    once = used.filter(is_good).unique(["feed", "sha256"], keep="first", maintain_order=True)
    keys = _former_keys(Former.of(home, as_of))
    return {
        str(feed): _history(rows, keys.get(str(feed), FeedHistory().keys))
        for (feed,), rows in once.partition_by("feed", as_dict=True).items()
    }


def _history(rows: pl.DataFrame, keys: pl.Series) -> FeedHistory:
    """The history of a feed, cut before each accepted delivery, which made its own size the usual one."""
    parts = rows.group_by(pl.col("accepted").is_not_null().cum_sum(), maintain_order=True).agg("records_kept")
    *before, since = (tuple(records.drop_nulls()) for records in parts.get_column("records_kept"))
    return FeedHistory(
        records=since,
        usual_before=max((round(median(records)) for records in before if records), default=None),
        keys=keys,
        known=frozenset(rows.get_column("sha256").drop_nulls()),
    )


def _deliveries(home: Home, release_ids: list[str]) -> list[pl.DataFrame]:
    tables = []
    for release_id in release_ids:
        # A damaged release is left out; whether the night may carry on from it is checked elsewhere.
        with suppress(DamagedReleaseError, OSError, pl.exceptions.PolarsError):
            tables.append(
                DELIVERIES.completed(pl.read_parquet(read_release(home, release_id).parquet(DELIVERIES.name)))
            )
    return tables


def _deliveries_read(home: Home, as_of: date) -> list[pl.DataFrame]:
    """What the night noted of its deliveries when it last ran, though it may have failed after that."""
    tables = []
    for path in sorted((home.tables / as_of.isoformat()).glob("raw_*__deliveries.parquet")):
        with suppress(OSError, pl.exceptions.PolarsError):
            tables.append(DELIVERIES.completed(pl.read_parquet(path)))
    return tables


def _former_keys(former: Former) -> dict[str, pl.Series]:
    """The keys of the records that the release before rests on, by feed, where records have lasting keys."""
    columns = ("source", "delivery_id", "source_key")
    is_held = ~pl.col("is_dropped").fill_null(value=False)
    held = [former.table(ORDER_SOURCES).filter(is_held).select(columns), former.table(ARREST_SOURCES).select(columns)]
    feed = pl.col("delivery_id").str.extract("^([^:]+)")
    keyed = pl.concat(held).filter(has_row_key).with_columns(feed=feed)
    return {
        str(name): rows.get_column("source_key") for (name,), rows in keyed.partition_by("feed", as_dict=True).items()
    }
