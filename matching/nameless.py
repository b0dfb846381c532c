"""Arrest records without a name: joined to the only arrest that they can be, where few agree by chance.

Belongs here: what is done with an event whose records hold neither a name nor a PNC id that any order holds. Does not:
the weighing of pairs (`matching.arrests`).

The PNC identifies an arrest by PNC id. Without it, day, offence and force are all there is. Their worth depends
on the night: where raids bring many people to one custody suite for one offence, not much. So the chance that another
person's arrest agrees in them is estimated from the night itself, from the arrests whose persons are known, and an
event is joined only if it can be exactly one other event and that chance is small.
"""

from math import log2

import polars as pl

# What must agree, the stricter first. Where the force is not known, the other two are enough on small nights only.
FACTS = (("arrested_on", "offence_code", "force_code"), ("arrested_on", "offence_code"))
NAMELESS_COLUMNS = ("source", "subject_cluster", "full_name", "pnc_id", "is_pnc_id_valid", *FACTS[0])
"""What is read of each record."""
# 16 to 1 that it is not another person's arrest.
BAR = 4.0
# A right PNC id that the person is not known by: two arrests in a hundred are entered under a second id. A mistyped one
# is not another person's.
OTHER_ID = -5.6


def join_nameless(records: pl.DataFrame, events: pl.Series) -> pl.Series:
    """Join events without a name to the only event of a person that agrees in day, offence and force.

    Args:
        records: one row for each record, with `NAMELESS_COLUMNS`.
        events: for each record the smallest row number in its event.

    Returns:
        The events after joining, in the same form.
    """
    is_named = pl.col("subject_cluster").is_not_null() | pl.col("full_name").is_not_null()
    right_id = pl.when("is_pnc_id_valid").then("pnc_id")
    rows = records.select("source", "subject_cluster", right_id.alias("pnc_id"), *FACTS[0], is_named=is_named)
    for facts in FACTS:
        joined = _joined(rows.with_columns(event=events), facts)
        events = events.replace(joined.get_column("larger"), joined.get_column("smaller"))
    return events


def chance_of_another(records: pl.DataFrame, facts: tuple[str, ...]) -> float:
    """How many other persons' arrests agree with an arrest in the facts, on average; one more than seen, for safety.

    Args:
        records: `subject_cluster` and the facts, one row for each record.
        facts: columns.
    """
    known = records.drop_nulls(["subject_cluster", *facts])
    persons = known.group_by(facts).agg(persons=pl.col("subject_cluster").n_unique()).get_column("persons")
    return float((persons * (persons - 1)).sum() + 1) / float(persons.sum() + 1)


def _joined(records: pl.DataFrame, facts: tuple[str, ...]) -> pl.DataFrame:
    """`smaller`, `larger`: the row numbers of two events to be joined."""
    of_nameless = records.filter(~pl.col("is_named").any().over("event"))
    held = records.join(of_nameless.select(facts).drop_nulls().unique(), on=facts, how="semi").select("event").unique()
    lists = {f"{name}s": pl.col(name).drop_nulls().unique() for name in ("source", "pnc_id", "force_code")}
    beside = records.join(held, on="event", how="semi")
    events = beside.group_by("event").agg(pl.col("is_named").any(), **lists)
    places = beside.select("event", *facts).drop_nulls().unique().join(events, on="event").sort("event")
    named, nameless = places.filter("is_named"), places.filter(~pl.col("is_named"))
    pairs = nameless.join(named, on=facts, suffix="_named").filter(~_share("sources"), ~_conflict("force_codes"))
    is_only = (pl.len().over("event") == 1) & (pl.len().over("event_named") == 1)
    against = pl.when(_conflict("pnc_ids")).then(OTHER_ID).otherwise(0.0)
    is_clear = is_only & (-log2(chance_of_another(records, facts)) + against >= BAR)
    return pairs.filter(is_clear).select(
        smaller=pl.min_horizontal("event", "event_named"), larger=pl.max_horizontal("event", "event_named")
    )


def _share(column: str) -> pl.Expr:
    return pl.col(column).list.set_intersection(f"{column}_named").list.len() > 0


def _conflict(column: str) -> pl.Expr:
    """Both events know of it, and nothing is the same."""
    both = pl.min_horizontal(pl.col(column).list.len(), pl.col(f"{column}_named").list.len()) > 0
    return both & ~_share(column)
