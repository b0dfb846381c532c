"""The linking of arrest records: which tell of one arrest, and whose orders the arrested person has.

Belongs here: how records come to their subject and to their event, and the table handed on. Does not: the comparisons
of arrests (`matching.arrest_model`) and persons (`matching.persons`), the linking of orders (`matching.orders`).

The PNC holds arrests by PNC id and ASN without a name, the regions by name and custody reference without an ASN. The
subjects of the orders bridge the two: records are first brought to their subject, then to one event.
"""

from collections.abc import Sequence
from functools import cache

import polars as pl

from matching.arrest_model import EVENT, EVENT_RULES, REFERENCES, SUBJECT
from matching.blocking import candidate_pairs
from matching.clusters import Constraints, Policy, agglomerate
from matching.links import mean_weights
from matching.nameless import join_nameless
from matching.names import describe_names, name_variants
from matching.persons import FORBIDDEN, PERSON_COLUMNS, PERSON_RULES, lenient, person_model, subject_bar
from matching.weights import Model, Scales, on_demand, set_up, weigh
from warehouse.codes import reference
from warehouse.tables.link import LINK_ARRESTS

PERSON_BAR = 4.0
# The date alone is not enough, nor the offence: both, or a reference.
EVENT_BAR = 6.0
# Two right PNC ids alone do not forbid an event that a number holds together; with another name or birth they do.
FLOOR = -25.0
# A subject must fit better than the next one by 8 to 1, or none is named.
LEAD = 3.0

NAME_COLUMNS = (
    "forenames_folded",
    "surname_folded",
    "full_name",
    "first_forename",
    "sorted_name",
    "short_name",
    "names",
    "given_names",
    "first_sound",
    "surname_sound",
    "is_first_listed",
)
BIRTH_COLUMNS = ("date_of_birth", "birth_year", "birth_month", "is_birth_placeholder")

ARREST_COLUMNS = (
    "record_id",
    "source",
    *PERSON_COLUMNS,
    "arrested_on",
    "offence_code",
    "asn",
    "is_asn_valid",
    "custody_ref",
    "force_code",
)


@cache
def offence_categories() -> dict[str, str]:
    """The kind of each offence code."""
    offences = reference("offences").sort("cjs_code", "is_default_for_code").unique("cjs_code", keep="last")
    return dict(offences.select("cjs_code", "category").drop_nulls().rows())


def link_arrests(
    arrests: pl.DataFrame, orders: pl.DataFrame, aliases: pl.DataFrame, clusters: pl.DataFrame
) -> pl.DataFrame:
    """Decide which arrest records tell of one arrest, and to which subject of orders it belongs.

    Args:
        arrests: the union over sources in the shape of `CORE_ARRESTS`.
        orders: likewise, `CORE_ORDERS`.
        aliases: likewise, `CORE_ALIASES`, of both orders and arrests.
        clusters: the subjects of the order records, in the shape of `LINK_CLUSTERS`.

    Returns:
        Every arrest record, in the shape of `LINK_ARRESTS`.
    """
    names = aliases.select("record_id", "forenames_folded", "surname_folded")
    persons = person_model(name_variants())
    records = describe_names(arrests.select(ARREST_COLUMNS).sort("record_id"), names).with_columns(
        offence_category=pl.col("offence_code").replace_strict(offence_categories(), default=None)
    )
    holders = describe_names(orders.select("record_id", *PERSON_COLUMNS).sort("record_id"), names).join(
        clusters.select("record_id", "subject_cluster"), on="record_id", maintain_order="left"
    )
    records = _with_names(records.with_columns(subject_cluster=_subjects(records, holders, persons)), holders)
    pairs = candidate_pairs(records, EVENT_RULES).pairs
    scales = [set_up(model, records) for model in (persons, SUBJECT, REFERENCES, EVENT)]
    weighed = _weigh(scales, pairs)
    known = weighed.select("left", "right", "weight")
    events = agglomerate(
        records.height,
        known,
        on_demand(known, lambda pairs: _weigh(scales, pairs).get_column("weight")),
        policy=Policy(floor=FORBIDDEN + 1),
        constraints=Constraints(group=records.get_column("source").rank("dense").cast(pl.Int64)),
    )
    return _arrest_table(records.with_columns(event=join_nameless(records, events.labels)), weighed)


def _subjects(records: pl.DataFrame, holders: pl.DataFrame, persons: Model) -> pl.Series:
    """The subject whose order records fit each arrest record best; null where none fits or two fit alike."""
    described = list(dict.fromkeys((*PERSON_COLUMNS, *NAME_COLUMNS, "alias_names", "all_names")))
    code = pl.struct(described).hash(0)
    arrested = records.select(*described, code=code)
    known = holders.select(*described, "subject_cluster", code=code).unique(
        ["code", "subject_cluster"], maintain_order=True
    )
    people = pl.concat(
        [
            known.with_columns(is_arrested=pl.lit(value=False)),
            arrested.unique("code", maintain_order=True).with_columns(is_arrested=pl.lit(value=True)),
        ],
        how="diagonal",
    )
    pairs = candidate_pairs(people, PERSON_RULES, across="is_arrested").pairs
    fits = pairs.with_columns(weight=weigh(set_up(persons, people), pairs).get_column("person_weight")).select(
        code=people.get_column("code").gather(pairs.get_column("right")),
        subject_cluster=people.get_column("subject_cluster").gather(pairs.get_column("left")),
        weight="weight",
    )
    best = _best_subject(fits, subject_bar(holders.height))
    return arrested.join(best, on="code", how="left", maintain_order="left").get_column("subject_cluster")


def _with_names(records: pl.DataFrame, holders: pl.DataFrame) -> pl.DataFrame:
    """Records that hold no name speak with the name and birth of their subject, all its other names as aliases."""
    told = [*NAME_COLUMNS, *BIRTH_COLUMNS]
    commonest = (
        holders.drop_nulls("full_name")
        .group_by("subject_cluster", *told)
        .agg(pl.len().alias("records"))
        .sort("subject_cluster", "records", *told, descending=[False, True, *[False] * len(told)])
        .unique("subject_cluster", keep="first", maintain_order=True)
    )
    names = pl.concat([pl.col("alias_names").explode(), pl.col("sorted_name"), pl.col("short_name")])
    aliases = holders.group_by("subject_cluster").agg(alias_names=names.drop_nulls().unique().sort())
    known = commonest.join(aliases, on="subject_cluster").select("subject_cluster", *told, "alias_names")
    joined = records.join(known, on="subject_cluster", how="left", maintain_order="left", suffix="_known")
    is_nameless = pl.col("full_name").is_null() & pl.col("full_name_known").is_not_null()
    return joined.with_columns(
        pl.when(is_nameless).then(pl.col(f"{column}_known")).otherwise(pl.col(column)).alias(column)
        for column in (*told, "alias_names")
    ).select(records.columns)


def _best_subject(fits: pl.DataFrame, bar: float) -> pl.DataFrame:
    ranked = (
        fits.group_by("code", "subject_cluster")
        .agg(pl.col("weight").max())
        .sort("code", "weight", "subject_cluster", descending=[False, True, False])
    )
    by_person = ranked.group_by("code", maintain_order=True).agg(
        pl.col("subject_cluster", "weight").first(), next_weight=pl.col("weight").slice(1, 1).first()
    )
    clear = pl.col("weight") - pl.col("next_weight").fill_null(0.0) >= LEAD
    return by_person.filter((pl.col("weight") > bar) & clear).select("code", "subject_cluster")


def _weigh(scales: Sequence[Scales], pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs with `match_weight`, the sum of all, and `weight`, how far person and event are above their bars.

    A reference belongs to one person and one event, so it counts for both.
    """
    parts = [weigh(scale, pairs) for scale in scales]
    # Where the subject is the same, what speaks against the person has been weighed already.
    against = pl.when(pl.col("subject_weight") > 0).then(0.0).otherwise(pl.col("person_weight"))
    person = pl.max_horizontal("person_weight", against) + pl.col("subject_weight") + pl.col("reference_weight")
    event = pl.col("event_weight") + pl.col("reference_weight")
    sums = pl.concat([part.select(part.columns[-1]) for part in parts], how="horizontal").select(
        weight=lenient(pl.min_horizontal(person - PERSON_BAR, event - EVENT_BAR), FLOOR),
        match_weight=(person + pl.col("event_weight")).round(2),
    )
    return pl.concat([pairs.select("left", "right"), sums], how="horizontal")


def _arrest_table(records: pl.DataFrame, weighed: pl.DataFrame) -> pl.DataFrame:
    ids, event = records.get_column("record_id"), records.get_column("event")
    # The rest of the event may know the person where a record does not.
    subjects = (
        records.drop_nulls("subject_cluster")
        .group_by("event", "subject_cluster")
        .len("records")
        .sort("event", "records", "subject_cluster", descending=[False, True, False])
        .unique("event", keep="first", maintain_order=True)
        .select("event", of_event="subject_cluster")
    )
    table = (
        records.with_row_index("row")
        .with_columns(event_cluster=ids.gather(event))
        .join(mean_weights(weighed, event), on="row", how="left")
        .join(subjects, on="event", how="left")
        .with_columns(subject_cluster=pl.coalesce("subject_cluster", "of_event"))
    )
    return LINK_ARRESTS.conform(table).sort("record_id")
