"""Which decisions rest on evidence that has changed, and which value it was.

Belongs here: the comparison of what a steward saw with what is there now. Does not: what follows from it
(`ledger.decisions.binding`).

Values are compared, not files: another format, another order of rows, or a record that did not come tonight makes no
decision stale. Nor does a change towards what was decided: that is what the steward expected.
"""

import polars as pl

from ledger.decisions.decision import OF_CONFLICT
from ledger.decisions.kinds import KINDS, LEFT_OPEN, codes_about
from ledger.decisions.record_values import canonical_values, normal
from reconciliation.redirects import follow_orders
from warehouse.tables.core import RECORD_ID

CHANGE = {"decision_id": pl.String, "of": pl.String, "field": pl.String, "was": pl.String, "now": pl.String}
"""A value that changed: `of` is the handle of the record, `observed` or `expected` of a discrepancy, or `order` where
the order itself is gone; `was` and `now` are canonical, null for none."""

SIDES = ("left_handle", "right_handle")

SEEN = pl.List(pl.Struct({"of": pl.String, "field": pl.String, "value": pl.String}))


def sightings(decisions: pl.DataFrame) -> pl.DataFrame:
    """What was seen, one row for each value: `decision_id`, `of`, `field`, `was`."""
    return (
        decisions.select("decision_id", pl.col("seen").str.json_decode(SEEN))
        .explode("seen", empty_as_null=False)
        .unnest("seen")
        .rename({"value": "was"})
    )


def stale_pairs(decisions: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Changed values of the two records of a decision, where they now speak against it more than they did.

    In each field the two records agree, differ, or one is silent. Records that were put together go stale where they
    come to differ, or differ by another value, or no longer agree; records that were kept apart where they come to
    agree, or no longer differ; records of which nobody could say where either comes about. A record that did not
    come tonight counts as it was.

    Args:
        decisions: those in force.
        records: `name_records` of the night.

    Returns:
        `CHANGE`, sorted.
    """
    pairs = decisions.filter(pl.col("kind").is_in(codes_about("pair")))
    handles = pl.concat([pairs.get_column(side) for side in SIDES])
    values = canonical_values(records.filter(pl.col("handle").is_in(handles.implode())))
    seen = sightings(pairs).join(values.select("field", of="handle", now="value"), on=["of", "field"], how="left")
    came = pl.col("of").is_in(values.get_column("handle").unique().implode())
    current = seen.with_columns(now=pl.when(came).then("now").otherwise("was"))
    compared = pairs.select("decision_id", "kind", *SIDES).join(
        current.select("decision_id", "field").unique(), on="decision_id"
    )
    for side in SIDES:
        held = current.rename({"of": side, "was": f"{side}_was", "now": f"{side}_now"})
        compared = compared.join(held, on=["decision_id", "field", side], how="left")
    against = compared.filter(_speaks_against())
    changed = [
        against.select("decision_id", "field", of=side, was=f"{side}_was", now=f"{side}_now").filter(
            pl.col("was").ne_missing(pl.col("now"))
        )
        for side in SIDES
    ]
    return _changes(pl.concat(changed))


def stale_values(
    decisions: pl.DataFrame, records: pl.DataFrame, owners: pl.DataFrame, redirects: pl.DataFrame
) -> pl.DataFrame:
    """Changed values of the field that was decided on.

    A record that moved to a value other than the one decided, a new record with a value that nobody saw, and support
    that fell away make a decision stale; so does an order that is gone or was split.

    Args:
        decisions: those in force.
        records: `name_records` of the night.
        owners: `record_id`, `order_id` of the night.
        redirects: `id_redirects` of the night.

    Returns:
        `CHANGE`, sorted.
    """
    decided = decisions.filter(pl.col("kind").is_in(codes_about("value")))
    places = follow_orders(decided.get_column("order_id"), owners.get_column("order_id"), redirects)
    placed = decided.join(places, on="order_id").select(
        "decision_id", "field", "order_id", "order_now", decided=normal(pl.col("value"))
    )
    gone = placed.filter(pl.col("order_now").is_null()).with_columns(
        of=pl.lit("order"), was="order_id", now=pl.lit(None, pl.String)
    )
    owned = owners.select("record_id", order_now="order_id").join(placed, on="order_now", how="semi")
    held = records.join(owned, on="record_id")
    values = canonical_values(held).join(held.select("record_id", "order_now"), on="record_id")
    seen = sightings(decided)
    compared = (
        placed.join(values.select("order_now", "field", of="handle", now="value"), on=["order_now", "field"])
        .join(seen.with_columns(is_known=pl.lit(value=True)), on=["decision_id", "of", "field"], how="left")
        .join(
            seen.select("decision_id", now="was", is_seen=pl.lit(value=True)).unique(),
            on=["decision_id", "now"],
            how="left",
        )
    )
    return _changes(pl.concat([gone.select(*CHANGE), compared.filter(_opposes()).select(*CHANGE)]))


def find_successors(decisions: pl.DataFrame, discrepancies: pl.DataFrame) -> pl.DataFrame:
    """Discrepancies that took the place of one that was decided on.

    A discrepancy is another one when its values change: the decision is stale if such a one has come up since under
    the same rule for the same record. If none has, the discrepancy was resolved, and there is nothing to be stale.

    Args:
        decisions: those in force, with `order_now`.
        discrepancies: of `conflicts`.

    Returns:
        One row for each stale decision: `decision_id`, `field`, `discrepancy_id_now`, and `observed` and `expected`
        beside `observed_now` and `expected_now`.
    """
    key = ["order_now", "rule_code", "source", "handle"]
    decided = conflicts_decided(decisions)
    vanished = decided.join(discrepancies, on=[*key, *OF_CONFLICT], how="anti", nulls_equal=True)
    seen_on = pl.col("release_id").str.extract(r"^r(\d{4}-\d{2}-\d{2})").str.to_date()
    others = vanished.join(discrepancies, on=key, nulls_equal=True, suffix="_now").filter(
        (pl.col("first_seen_on") > seen_on).fill_null(value=True)
    )
    return others.sort("decision_id", "discrepancy_id_now").unique("decision_id", keep="first", maintain_order=True)


def stale_discrepancies(successors: pl.DataFrame) -> pl.DataFrame:
    """Changed values of discrepancies that were decided on (`find_successors`), as `CHANGE`, sorted."""
    sides = [
        successors.select("decision_id", "field", of=pl.lit(side), was=side, now=f"{side}_now").filter(
            pl.col("was").ne_missing(pl.col("now"))
        )
        for side in OF_CONFLICT
    ]
    return _changes(pl.concat(sides))


def conflicts(discrepancies: pl.DataFrame, handles: pl.DataFrame) -> pl.DataFrame:
    """Discrepancies in the form in which decisions on them are found again.

    Args:
        discrepancies: `DISCREPANCIES`.
        handles: `record_id`, `handle` of the night.

    Returns:
        `discrepancy_id`, `order_now`, `rule_code`, `source`, `record_id`, `handle`, `field`, `first_seen_on`,
        `observed` and `expected` (canonical).
    """
    located = discrepancies.with_columns(record_id=RECORD_ID)
    known = handles.select("record_id", "handle").join(located, on="record_id", how="semi")
    return located.join(known, on="record_id", how="left").select(
        "discrepancy_id",
        "rule_code",
        "source",
        "record_id",
        "handle",
        "field",
        "first_seen_on",
        *(normal(pl.col(side)) for side in OF_CONFLICT),
        order_now="order_id",
    )


def conflicts_decided(decisions: pl.DataFrame) -> pl.DataFrame:
    """Decisions on discrepancies with the values in conflict that were seen: as decisions, with `conflicts`' key."""
    about = decisions.filter(pl.col("kind").is_in(codes_about("discrepancy"))).rename({"left_handle": "handle"})
    seen = sightings(about)
    for side in OF_CONFLICT:
        values = seen.filter(pl.col("of") == side).select("decision_id", pl.col("was").alias(side))
        about = about.join(values, on="decision_id", how="left")
    return about


def _speaks_against() -> pl.Expr:
    """Whether two records speak against a decision on them, in one field, more than they did when it was taken."""
    before, after = (
        pl.col(f"left_handle_{moment}") == pl.col(f"right_handle_{moment}") for moment in ("was", "now")
    )  # null where one is silent
    is_changed = pl.any_horizontal(pl.col(f"{side}_was").ne_missing(pl.col(f"{side}_now")) for side in SIDES)
    is_parting = pl.col("kind").is_in([kind.code for kind in KINDS if kind.parts])
    comes_to_agree = pl.coalesce(after & before.ne_missing(other=True), ~before)
    comes_to_differ = pl.coalesce(~after, before)
    either = comes_to_agree.fill_null(value=False) | comes_to_differ.fill_null(value=False)
    is_open = pl.col("kind").is_in(LEFT_OPEN)
    speaks = pl.when(is_open).then(either).when(is_parting).then(comes_to_agree).otherwise(comes_to_differ)
    return is_changed & speaks.fill_null(value=False)


def _opposes() -> pl.Expr:
    """Whether what a record says now speaks against a decided value, and did not when it was decided.

    Where none was decided, every other value speaks for looking again.
    """
    was, now, decided = pl.col("was"), pl.col("now"), pl.col("decided")
    is_known, is_other = pl.col("is_known").fill_null(value=False), (now != decided).fill_null(now.is_not_null())
    moved = is_known & was.ne_missing(now) & is_other
    support_lost = is_known & (was == decided).fill_null(value=False) & now.is_null()
    new_voice = ~is_known & is_other & pl.col("is_seen").is_null()
    return moved.fill_null(value=False) | support_lost | new_voice.fill_null(value=False)


def _changes(changes: pl.DataFrame) -> pl.DataFrame:
    return changes.select(*CHANGE).sort(*CHANGE, nulls_last=True)
