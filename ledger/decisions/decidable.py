"""What a steward can decide on: the records, orders and discrepancies behind a release, and drafts made of them.

Belongs here: finding what a steward names, and noting what they saw. Does not: judging the decision against others
(`ledger.decisions.submitting`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

import polars as pl

from ledger.decisions.decision import OF_CONFLICT, Draft, Sighting, read_sightings
from ledger.decisions.errors import DecisionError, ValuesChangedError
from ledger.decisions.kinds import LINK_FIELDS
from ledger.decisions.record_values import canonical_values, name_records
from ledger.decisions.staleness import conflicts
from ledger.decisions.values import read_value, require_field, require_period
from ledger.owners import title_or_none
from reconciliation.redirects import follow_orders, order_redirects
from reconciliation.register_tables import owners_of_records
from reconciliation.third_parties import proper_words
from reconciliation.wording_gaps import LEFT_OUT, is_nameable
from warehouse.codes import DOUBT, NAMEABLE_CODES, is_new_condition_code, new_condition_code
from warehouse.tables.register import (
    CONDITION_WORDINGS,
    CONDITIONS,
    DISCREPANCIES,
    ID_REDIRECTS,
    ORDER_SOURCES,
    ORDERS,
    UNCODED_CONDITIONS,
)
from warehouse.wording import day_in_words

LONGEST_ACCEPTANCE = 731
"""Days, two years: what is accepted for longer is forgotten."""


@dataclass(frozen=True, eq=False)
class Present:
    """The night behind a release.

    Attributes:
        records: `name_records` of all sources.
        owners: `record_id`, `order_id`, `subject_id`.
        redirects: `id_redirects` of orders.
        model_version: the version of the matching model behind it.
    """

    records: pl.DataFrame
    owners: pl.DataFrame
    orders: pl.DataFrame
    discrepancies: pl.DataFrame
    redirects: pl.DataFrame
    release_id: str
    as_of: date
    model_version: str
    wordings: pl.DataFrame = field(default_factory=CONDITION_WORDINGS.empty)
    conditions: pl.DataFrame = field(default_factory=CONDITIONS.empty)
    uncoded: pl.DataFrame = field(default_factory=UNCODED_CONDITIONS.empty)

    @classmethod
    def of(
        cls,
        records: pl.DataFrame,
        tables: Mapping[str, pl.DataFrame],
        *,
        release_id: str,
        as_of: date,
        model_version: str,
    ) -> Self:
        """Put a night together.

        Args:
            records: order records of all sources in their core shape.
            tables: `orders`, `order_sources`, `discrepancies` and `id_redirects` of the release, by name; and
                `condition_wordings`, `conditions` and `uncoded_conditions`, if it has them.
            release_id: the release.
            as_of: its date.
            model_version: the version of the matching model behind it.
        """
        orders = ORDERS.completed(tables[ORDERS.name])
        return cls(
            records=name_records(records),
            owners=owners_of_records(tables[ORDER_SOURCES.name], orders),
            orders=orders,
            discrepancies=DISCREPANCIES.completed(tables[DISCREPANCIES.name]),
            redirects=order_redirects(tables[ID_REDIRECTS.name]),
            release_id=release_id,
            as_of=as_of,
            model_version=model_version,
            **{
                name: tables.get(table.name, table.empty())
                for name, table in (
                    ("wordings", CONDITION_WORDINGS),
                    ("conditions", CONDITIONS),
                    ("uncoded", UNCODED_CONDITIONS),
                )
            },
        )

    def draft_pair(self, kind: str, one: str, other: str) -> Draft:
        """A decision on two records.

        Args:
            kind: `same_order`, `different_order`, `same_person` or `different_person`.
            one: id or handle of a record.
            other: of another one.

        Raises:
            DecisionError: there is no such record, or it is the same one twice.
        """
        found = sorted((self._record(one), self._record(other)), key=lambda record: record["handle"])
        if found[0]["handle"] == found[1]["handle"]:
            raise DecisionError(f"{one} and {other} are one record: nothing is to be decided")
        records = self.records.filter(pl.col("handle").is_in([record["handle"] for record in found]))
        return self._draft(
            kind=kind,
            left_handle=found[0]["handle"],
            right_handle=found[1]["handle"],
            left_record_id=found[0]["record_id"],
            right_record_id=found[1]["record_id"],
            seen=_sightings(records, LINK_FIELDS),
        )

    def draft_value(self, order_id: str, field: str, value: str | None = None) -> Draft:
        """A decision on a field of an order.

        Args:
            order_id: the order.
            field: the field.
            value: the value that it has; None: what is known is not enough.

        Raises:
            DecisionError: there is no such order or field, or the value can't be one of the field or of the order.
        """
        order_now = self.find_order(order_id)
        require_field(field)
        decided = None if value is None else self.require_value(order_now, field, value)
        records = self.records.join(self.owners.filter(order_id=order_now), on="record_id", how="semi")
        return self._draft(
            kind="value_unclear" if value is None else "value",
            order_id=order_now,
            field=field,
            value=decided,
            seen=_sightings(records, (field,)),
        )

    def draft_discrepancy(
        self, kind: str, discrepancy_id: str, *, accepted_until: date | None = None, referred_to: str | None = None
    ) -> Draft:
        """A decision on a discrepancy: both are right, accepted until a day, or referred (by default to its owner).

        Raises:
            DecisionError: there is no such discrepancy or owner; the day is missing, lies before the release or more
                than `LONGEST_ACCEPTANCE` days after it; or an order would be in force and not.
        """
        found = self.discrepancies.filter(pl.col("discrepancy_id") == discrepancy_id)
        if found.is_empty():
            raise DecisionError(f"release {self.release_id} has no discrepancy {discrepancy_id}: it may be resolved")
        if kind == "both_right" and found.item(0, "rule_code").startswith(DOUBT):
            raise DecisionError(
                "an order is in force or it is not: give its last day, or accept until when it is in force"
            )
        owner = (referred_to or found.item(0, "owner")) if kind == "refer" else None
        if owner and title_or_none(owner) is None:
            if not referred_to:
                raise DecisionError("it is not known who owns this: say who it is referred to")
            raise DecisionError(f"there is no owner {owner!r}: use force:, court: or region: and a code, or pnc_bureau")
        if kind == "accept":
            self.require_acceptance(accepted_until)
        row = conflicts(found, self.records).row(0, named=True)
        return self._draft(
            kind=kind,
            order_id=row["order_now"],
            field=row["field"],
            discrepancy_id=discrepancy_id,
            rule_code=row["rule_code"],
            source=row["source"],
            left_handle=row["handle"],
            left_record_id=row["record_id"],
            accepted_until=accepted_until if kind == "accept" else None,
            referred_to=owner,
            seen=tuple(Sighting(side, row["field"], row[side]) for side in OF_CONFLICT),
        )

    def require_value(self, order_id: str, field: str, value: str) -> str:
        """A value that a field of an order can have, in its canonical form.

        Raises:
            DecisionError: it can't be one of the field, or of the order with its other values.
        """
        decided = read_value(field, value)
        require_period(self.orders.filter(pl.col("order_id") == order_id), field, decided)
        return decided

    def require_acceptance(self, until: date | None) -> None:
        """A last day that an acceptance can have.

        Raises:
            DecisionError: it is missing, lies before the release or more than `LONGEST_ACCEPTANCE` days after it.
        """
        if until is None or until < self.as_of:
            raise DecisionError(f"an acceptance needs a last day that is not before {day_in_words(self.as_of)}")
        last = self.as_of + timedelta(days=LONGEST_ACCEPTANCE)
        if until > last:
            raise DecisionError(f"an acceptance lasts two years at most: enter {day_in_words(last)} or an earlier day")

    def draft_wording(self, wording_id: str, code: str) -> Draft:
        """Which condition a wording is that fits none, and those like it that say enough with it.

        Args:
            wording_id: of any wording of the cluster.
            code: of a condition of the catalogue; or a letter of `NAMED_KINDS`, a colon and the title of a condition
                that it lacks.

        Raises:
            DecisionError: there is no such wording or condition, its kind changes how long people are bound, or too
                much is left out of the wording (`is_nameable`).
        """
        alike = alike_wordings(self.wordings, wording_id)
        if alike.is_empty():
            raise DecisionError(f"release {self.release_id} has no wording {wording_id} that fits no condition")
        if ":" in code:
            code = new_condition_code(*code.split(":", 1))
        if code not in NAMEABLE_CODES and not is_new_condition_code(code):
            raise DecisionError(f"{code} can't be given to a wording: choose a condition, or give a new title")
        if names := proper_words() & {*code[2:].split("-")}:
            raise DecisionError(
                f"the title of a condition names nobody and no place: leave out {', '.join(sorted(names))}"
            )
        nameable = alike.filter(is_nameable("wording"))
        if nameable.is_empty():
            raise DecisionError(f"the wording says too little: nobody can see what {LEFT_OUT} was")
        seen = tuple(Sighting(*row) for row in nameable.select("wording_id", pl.lit("wording"), "wording").iter_rows())
        return self._draft(kind="wording", left_handle=nameable.item(0, "wording_id"), value=code, seen=seen)

    def draft_undo(self, decision_id: str) -> Draft:
        """The taking back of a decision."""
        return self._draft(kind="undo", replaces=decision_id)

    def find_order(self, order_id: str) -> str:
        """The id that an order has now.

        Raises:
            DecisionError: it is no longer there, or was split.
        """
        present = self.orders.get_column("order_id")
        order_now = follow_orders(pl.Series([order_id]), present, self.redirects).item(0, "order_now")
        if order_now is None:
            parts = self.redirects.filter(old_id=order_id).get_column("new_id").to_list()
            there = sorted({*parts} & {*present})
            went = f": it was split into {', '.join(there) or 'others'}" if len(parts) > 1 else ""
            raise DecisionError(f"release {self.release_id} has no order {order_id}{went}")
        return str(order_now)

    def _draft(self, **parts: Any) -> Draft:
        return Draft(**parts, release_id=self.release_id, model_version=self.model_version)

    def _record(self, name: str) -> dict[str, Any]:
        found = self.records.filter((pl.col("record_id") == name) | (pl.col("handle") == name))
        if found.is_empty():
            raise DecisionError(f"release {self.release_id} rests on no order record {name}")
        return found.row(0, named=True)


def alike_wordings(wordings: pl.DataFrame, wording_id: str) -> pl.DataFrame:
    """The wordings that fit nothing and are alike, of which this is one, the most used first; none without it."""
    loose = wordings.filter(pl.col("condition_code").is_null())
    own = loose.filter(wording_id=wording_id)
    if own.height and own.item(0, "cluster") is not None:
        own = loose.filter(cluster=own.item(0, "cluster"))
    return own.sort("order_count", "wording_id", descending=[True, False])


def require_seen(draft: Draft, fingerprint: str | None, former: str | None = None) -> Draft:
    """The draft, if what there is now is what the steward saw.

    Args:
        draft: made of what there is now.
        fingerprint: of what the steward saw; None if that was not noted.
        former: the `seen` text behind that fingerprint, if it is known, to name the values that changed.

    Raises:
        ValuesChangedError: it is not.
    """
    if fingerprint is None or fingerprint == draft.fingerprint:
        return draft
    changed = sorted({sight.field for sight in {*draft.seen} ^ {*read_sightings(former)}}) if former else []
    what = f" ({', '.join(changed)})" if changed else ""
    raise ValuesChangedError(
        f"values have changed since they were seen{what}: look again; they are now seen as {draft.fingerprint}"
    )


def _sightings(records: pl.DataFrame, fields: tuple[str, ...]) -> tuple[Sighting, ...]:
    values = canonical_values(records).filter(pl.col("field").is_in(fields)).select("handle", "field", "value")
    return tuple(Sighting(*row) for row in values.sort("handle", "field").iter_rows())
