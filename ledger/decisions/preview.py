"""What a decision would change in the register, shown before it is saved.

Belongs here: what follows from the decision alone. Does not: what else the next night's evidence will change, or
which further records a link draws along: only the night itself can show.
"""

from collections.abc import Collection, Sequence

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.decided_orders import with_values
from ledger.decisions.decision import Draft
from ledger.decisions.kinds import KIND
from reconciliation.law import OPEN_END, counts_as_in_force, facts_of, judge_status
from warehouse.tables.core import parts_of_record_id

CHANGE = {"order_id": pl.String, "change": pl.String, "field": pl.String, "before": pl.String, "after": pl.String}
"""`change` is changed, merged, split, closed, referred or unsettled."""

PERIOD = ("is_until_further_order", "end_on", "term_months")
"""Fields that follow from one another."""

WHETHER_IN_FORCE = ("legal_status", "in_force")
IN_FORCE = "in force"
IN_DOUBT = "in doubt"
NOT_YET = "not yet in force"
NOT_IN_FORCE = "not in force"
"""What may change of `in_force`, which says of an order whether it binds anyone; one in doubt counts as in force."""

WORDS_OF_DISCREPANCY = {"both_right": "closed", "accept": "closed", "refer": "referred", "not_enough": "unsettled"}
CLOSING = frozenset(WORDS_OF_DISCREPANCY.values())
"""Changes of a discrepancy; they leave the register as it is."""


def foresee_all(drafts: Sequence[Draft], present: Present) -> pl.DataFrame:
    """What decisions that are taken together would change: the rows of `foresee`, each once.

    Values are foreseen all together: a start and an end that are both decided make one period.
    """
    decided = {name for draft in drafts for name in (draft.left_record_id, draft.right_record_id) if name}
    values = [draft for draft in drafts if draft.kind == "value"]
    changes = [foresee(draft, present, decided=decided) for draft in drafts if draft.kind != "value"]
    changes = [_value_changes(values, present), *changes] if values else changes
    return pl.concat(changes).unique(maintain_order=True) if changes else pl.DataFrame(schema=CHANGE)


def foresee(draft: Draft, present: Present, *, decided: Collection[str] = ()) -> pl.DataFrame:
    """What a decision would change.

    Args:
        draft: the decision.
        present: the night that it was drafted on.
        decided: ids of records that are put together by other decisions taken with it.

    Returns:
        `CHANGE`: changed fields of orders, among them their status in law and whether they are in force; orders or
        persons that would be merged or split; the discrepancy that would be closed. Empty for the taking back of a
        decision.
    """
    about = KIND[draft.kind].about
    if about in ("value", "pair") and KIND[draft.kind].leaves_open:
        return pl.DataFrame(schema=CHANGE)
    if about == "value":
        return _value_changes([draft], present)
    if about == "pair":
        return _link_changes(draft, present, decided)
    if about == "discrepancy":
        row = (draft.order_id, WORDS_OF_DISCREPANCY[draft.kind], draft.field, "open", draft.kind)
        return pl.DataFrame([row], schema=CHANGE, orient="row")
    return pl.DataFrame(schema=CHANGE)


def _value_changes(drafts: Sequence[Draft], present: Present) -> pl.DataFrame:
    """The changes of values that are decided together."""
    given = [(str(draft.order_id), str(draft.field), str(draft.value)) for draft in drafts]
    meant = pl.col("order_id").is_in([order_id for order_id, _, _ in given])
    subjects = present.orders.filter(meant).get_column("subject_id")
    orders = present.orders.filter(pl.col("subject_id").is_in(subjects.implode())).sort("order_id")
    decided = with_values(orders, given)
    fields = (PERIOD if field in PERIOD else (field,) for _, field, _ in given)
    names = dict.fromkeys(name for several in fields for name in several)
    facts = facts_of(decided)
    for draft in drafts:
        facts = _settled(facts, draft)
    before, after = (
        {name: frame.get_column(name) for name in names} | {name: judged.get_column(name) for name in WHETHER_IN_FORCE}
        for frame, judged in (
            (orders, _judged(facts_of(orders), present)),
            (decided, _judged(facts, present)),
        )
    )
    compared = [
        pl.DataFrame({"order_id": orders.get_column("order_id"), "before": before[name], "after": after[name]})
        .with_columns(pl.col("before", "after").cast(pl.String), change=pl.lit("changed"), field=pl.lit(name))
        .filter(pl.col("before").ne_missing(pl.col("after")))
        .select(*CHANGE)
        for name in before
    ]
    return pl.concat(compared)


def _settled(facts: pl.DataFrame, draft: Draft) -> pl.DataFrame:
    """The facts once a steward gave a value: its own order is doubted for it no more (`reconciliation.endings`)."""
    is_meant = pl.col("order_id") == draft.order_id
    if draft.field == "order_type":
        return facts.with_columns(pl.col("is_type_doubtful") & ~is_meant)
    if draft.field not in PERIOD:
        return facts
    own_end = pl.concat_list(pl.coalesce(pl.col("end_on").cast(pl.String), pl.lit(OPEN_END)))
    is_disputed = pl.col("is_discharged") & (pl.col("disputed_ends").list.len() > 0)
    return facts.with_columns(
        pl.col("is_without_making") & ~is_meant,
        disputed_ends=pl.when(~is_meant)
        .then("disputed_ends")
        .when(is_disputed)
        .then(own_end)
        .otherwise(pl.lit([], pl.List(pl.String))),
    )


def _judged(facts: pl.DataFrame, present: Present) -> pl.DataFrame:
    """`WHETHER_IN_FORCE` of the orders of one person; what the court took back stays taken back."""
    binds = (
        pl.when(pl.col("is_in_force_doubtful").fill_null(value=False))
        .then(pl.lit(IN_DOUBT))
        .when(counts_as_in_force())
        .then(pl.lit(IN_FORCE))
        .when(pl.col("legal_status") == "not_started")
        .then(pl.lit(NOT_YET))
        .otherwise(pl.lit(NOT_IN_FORCE))
    )
    judged = judge_status(facts, as_of=present.as_of).select("order_id", "legal_status", in_force=binds)
    return facts.select("order_id").join(judged, on="order_id", how="left", maintain_order="left")


def _link_changes(draft: Draft, present: Present, decided: Collection[str]) -> pl.DataFrame:
    kind = KIND[draft.kind]
    column = f"{'subject' if kind.level == 'person' else 'order'}_id"
    handles = [draft.left_handle, draft.right_handle]
    ids = present.records.filter(pl.col("handle").is_in(handles)).select("record_id")
    held = present.owners.join(ids, on="record_id").sort(column, "order_id")
    names = held.get_column(column).unique().sort()
    if (len(names) > 1) != kind.parts:
        merged = f"{len(names)} become one{_unless_kept_apart(draft, held, present, decided)}"
        after = "one becomes two" if kind.parts else merged
        row = (held.item(0, "order_id"), "split" if kind.parts else "merged", column, ", ".join(names), after)
        return pl.DataFrame([row], schema=CHANGE, orient="row")
    return pl.DataFrame(schema=CHANGE)


def _unless_kept_apart(draft: Draft, held: pl.DataFrame, present: Present, decided: Collection[str]) -> str:
    """What may come about instead: a source should hold an order once, so what else it holds can keep orders apart."""
    others = present.owners.join(held.select("order_id").unique(), on="order_id").filter(
        ~pl.col("record_id").is_in([draft.left_record_id, draft.right_record_id, *sorted(decided)])
    )
    twice = (
        others.select("order_id", source=parts_of_record_id(pl.col("record_id"))[0])
        .unique()
        .filter(pl.col("source").is_duplicated())
    )
    if KIND[draft.kind].level == "person" or twice.is_empty():
        return ""
    sources = ", ".join(twice.get_column("source").unique().sort())
    return f", or one record moves to the other order: both have others of {sources}"
