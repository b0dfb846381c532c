"""The linking of arrest records: which are of one arrest, and which subject of orders was arrested.

Belongs here: how records are assigned to a subject and an event, and the resulting table. Does not: the comparisons
of arrests (`matching.arrest_model`) and persons (`matching.persons`), the linking of orders (`matching.orders`).

The PNC holds arrests by PNC id and ASN without a name, the regions by name and custody reference without an ASN. The
subjects of the orders connect the two: records are first assigned to their subject, then to an event.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.arrest_model import EVENT, EVENT_RULES, REFERENCES, SUBJECT
from matching.engine.clusters import agglomerate
from matching.engine.merges import Constraints, Policy
from matching.engine.model import LinkageModel
from matching.engine.parameters import Parameters
from matching.engine.patterns import Each
from matching.engine.tables import Described, narrowed, widened
from matching.engine.values import encode_rows
from matching.engine.weights import Scales, Weights
from matching.links import hundredths, mean_weights
from matching.nameless import NAMELESS_COLUMNS, join_nameless
from matching.names import NAME, number_names
from matching.persons import FORBIDDEN, PERSON_COLUMNS, PERSON_RULES, lenient, person_model, subject_bar
from matching.trained import Models, shipped_models
from warehouse.codes import reference
from warehouse.tables.link import LINK_ARRESTS

# Records of arrests; those of orders have a threshold of their own (`warehouse.tables.link`).
ONE_PERSON_BAR = 4.0
# The date alone is not enough, nor the offence: both, or a reference.
EVENT_BAR = 6.0
# Two right PNC ids alone do not forbid an event that a number holds together; with another name or birth they do.
FLOOR = -25.0
# A subject must fit better than the next one by 8 to 1, or none is named.
LEAD = 3.0

BIRTH_COLUMNS = ("date_of_birth", "birth_year", "birth_month", "is_birth_placeholder")
# What many records share is held once.
SHARED = {"birth": BIRTH_COLUMNS, "numbers": ("pnc_id", "is_pnc_id_valid", "cro_number", "is_cro_valid")}

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
    arrests: pl.DataFrame | pl.LazyFrame,
    orders: pl.DataFrame | pl.LazyFrame,
    aliases: pl.DataFrame | pl.LazyFrame,
    clusters: pl.DataFrame,
    *,
    models: Models | None = None,
    each: Each | None = None,
) -> pl.DataFrame:
    """Decide which arrest records are of one arrest, and to which subject of orders it belongs.

    Args:
        arrests: the union over sources in the shape of `CORE_ARRESTS`. Of a lazy table only what is compared is read.
        orders: likewise, `CORE_ORDERS`.
        aliases: likewise, `CORE_ALIASES`, of both orders and arrests.
        clusters: the subjects of the order records, in the shape of `LINK_CLUSTERS`.
        models: trained; defaults to those that come with Concord. Comparisons of arrests are weighed as declared.
        each: compares elsewhere than in threads; see `LinkageModel.on`.

    Returns:
        Every arrest record, in the shape of `LINK_ARRESTS`.
    """
    person = (models or shipped_models()).person
    others = aliases.lazy().select("record_id", *NAME).collect()
    holders, described = _shared(_sorted(orders, ("record_id", *PERSON_COLUMNS)), others, {})
    holders = holders.join(clusters.select("record_id", "subject_cluster"), on="record_id", maintain_order="left")
    records, described = _shared(_sorted(arrests, ARREST_COLUMNS), others, described)
    records = records.with_row_index("row").with_columns(
        offence_category=pl.col("offence_code").replace_strict(offence_categories(), default=None)
    )
    records = records.with_columns(subject_cluster=_subjects(records, holders, person, described, each))
    records, described = _with_names(records, holders, described)
    del holders
    pairs, events = _cluster(records, person, described, each)
    records = widened(records, described, NAMELESS_COLUMNS).select("record_id", *NAMELESS_COLUMNS)
    del described
    return _arrest_table(records.with_columns(event=join_nameless(records, events)), pairs)


def _sorted(records: pl.DataFrame | pl.LazyFrame, columns: Sequence[str]) -> pl.DataFrame:
    """These columns alone, by record: of a table on the disk the others are never read."""
    frame = records.lazy().select(columns).collect()
    return frame if frame.get_column("record_id").is_sorted() else frame.sort("record_id")


def _shared(records: pl.DataFrame, aliases: pl.DataFrame, described: Described) -> tuple[pl.DataFrame, Described]:
    """The records with the row of their name, birth and numbers in frames of those that occur, after others' frames."""
    records, names = number_names(records, aliases)
    frames = {"name": names}
    for place, columns in SHARED.items():
        coded = encode_rows(records.select(columns))
        records = records.drop(columns).with_columns(pl.Series(place, coded.codes))
        frames[place] = coded.dictionary.values.struct.unnest()
    after = [pl.col(place) + frame.height for place, frame in described.items()]
    return records.with_columns(after), {
        place: pl.concat([described[place], frame]) if place in described else frame for place, frame in frames.items()
    }


def _cluster(
    records: pl.DataFrame, person: Parameters, described: Described, each: Each | None
) -> tuple[pl.DataFrame, pl.Series]:
    """The candidate pairs with their weights, and the event of each record; what compares them is let go."""
    on = partial(LinkageModel.on, tables=records, key="row", each=each, described=described)
    persons = on(replace(person_model(), blocking=EVENT_RULES), copies=False)
    linkages = (persons, *(on(model, pairs_of=persons) for model in (SUBJECT, REFERENCES, EVENT)))
    scales = [
        Scales(linkages[0].coded, person, {}),
        *(Scales(part.coded, part.model.declared(), {}) for part in linkages[1:]),
    ]
    weights = [scale.evidence(part.patterns) for scale, part in zip(scales, linkages, strict=True)]
    pairs = _weighed(linkages[0].left, linkages[0].right, weights)
    del linkages
    events = agglomerate(
        records.height,
        pairs,
        lambda left, right: _weigh(scales, left, right),
        policy=Policy(floor=FORBIDDEN + 1),
        constraints=Constraints(group=records.get_column("source").rank("dense").cast(pl.Int64).to_numpy()),
    )
    return pairs, events.labels


def _subjects(
    records: pl.DataFrame, holders: pl.DataFrame, person: Parameters, described: Described, each: Each | None
) -> pl.Series:
    """The subject whose order records fit each arrest record best; null where none fits, or two fit equally well."""
    model = replace(person_model(), blocking=PERSON_RULES, link_type="link")
    columns = narrowed(model.columns, described)
    known, met = (encode_rows(rows.select(columns)) for rows in (holders, records))
    tables = {
        name: coded.dictionary.values.struct.unnest().with_row_index("code")
        for name, coded in (("holders", known), ("arrested", met))
    }
    linkage = model.on(tables, key="code", each=each, described=described)
    weights, bar = Scales(linkage.coded, person, {}).evidence(linkage.patterns), subject_bar(holders.height)
    # One that fits less well than this is no subject, and no rival of one.
    likely = np.nonzero(weights > bar - LEAD)[0]
    one, other = (linkage.keys.gather(rows[likely]) for rows in (linkage.left, linkage.right))
    del linkage
    fits = pl.DataFrame({"holder": one, "code": other, "weight": weights[likely]}).join(
        holders.select("subject_cluster", holder=pl.Series(known.codes).cast(pl.UInt32)).unique(), on="holder"
    )
    best = _best_subject(fits, bar)
    codes = pl.DataFrame({"code": met.codes}).cast(pl.UInt32)
    return codes.join(best, on="code", how="left", maintain_order="left").get_column("subject_cluster")


def _with_names(records: pl.DataFrame, holders: pl.DataFrame, described: Described) -> tuple[pl.DataFrame, Described]:
    """Records without a name get the name and birth of their subject, and its other names as aliases."""
    # What else describes a name follows from these.
    distinct = ["forenames_folded", "full_name", "surname_folded", *BIRTH_COLUMNS]
    commonest = (
        widened(holders.select("subject_cluster", "name", "birth"), described, distinct)
        .drop_nulls("full_name")
        .group_by("subject_cluster", *distinct)
        .agg(pl.len().alias("records"), pl.col("name", "birth").min())
        .sort("subject_cluster", "records", *distinct, descending=[False, True, *[False] * len(distinct)])
        .unique("subject_cluster", keep="first", maintain_order=True)
        .select("subject_cluster", "name", "birth")
    )
    borne = ("alias_names", "sorted_name", "short_name")
    names = pl.concat([pl.col("alias_names").explode(), pl.col("sorted_name"), pl.col("short_name")])
    aliases = (
        widened(holders.select("subject_cluster", "name").unique(), described, borne)
        .group_by("subject_cluster")
        .agg(alias_names=names.drop_nulls().unique().sort())
    )
    known = commonest.join(aliases, on="subject_cluster", maintain_order="left")
    own = described["name"]
    added = own[known.get_column("name")].with_columns(known.get_column("alias_names"))
    known = known.select("subject_cluster", "birth", name=pl.int_range(pl.len(), dtype=pl.Int32) + own.height)
    joined = records.join(known, on="subject_cluster", how="left", maintain_order="left", suffix="_known")
    is_named = own.get_column("full_name").is_not_null().gather(records.get_column("name"))
    filled = [
        pl.when(is_named).then(place).otherwise(pl.coalesce(f"{place}_known", place)).alias(place)
        for place in ("name", "birth")
    ]
    return joined.with_columns(filled).select(records.columns), {**described, "name": pl.concat([own, added])}


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


def _weigh(
    scales: Sequence[Scales], left: npt.NDArray[np.integer[Any]], right: npt.NDArray[np.integer[Any]]
) -> Weights:
    """How far the lesser of person and event of any pairs of rows is above its bar."""
    weights = [scale.evidence_between(left, right) for scale in scales]
    return _weighed(left, right, weights).get_column("weight").to_numpy()


def _weighed(
    left: npt.NDArray[np.integer[Any]], right: npt.NDArray[np.integer[Any]], weights: Sequence[Weights]
) -> pl.DataFrame:
    """Pairs with `match_weight`, the sum of all, and `weight`, how far the lesser of person and event is above its bar.

    A reference belongs to one person and one event, so it counts for both.

    Args:
        left: rows.
        right: rows.
        weights: of the person, the subject, the references and the event.
    """
    person, subject, references, event = weights
    # Where the subject is the same, evidence against the person has been weighed already.
    against = np.where(subject > 0, 0.0, person)
    whole = np.maximum(person, against) + subject + references
    above = np.minimum(whole - ONE_PERSON_BAR, event + references - EVENT_BAR)
    return pl.DataFrame(
        {
            "left": left,
            "right": right,
            "weight": lenient(hundredths(above), FLOOR),
            "match_weight": hundredths(whole + event),
        }
    )


def _arrest_table(records: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    ids, event = records.get_column("record_id"), records.get_column("event")
    # An arrest is of one person: the one that most of its records fit.
    subjects = (
        records.select("event", "subject_cluster")
        .drop_nulls("subject_cluster")
        .group_by("event", "subject_cluster")
        .len("records")
        .sort("event", "records", "subject_cluster", descending=[False, True, False])
        .unique("event", keep="first", maintain_order=True)
        .select("event", "subject_cluster")
    )
    table = (
        records.select("record_id", "event")
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64), event_cluster=ids.gather(event))
        .join(mean_weights(pairs, event), on="row", how="left")
        .join(subjects, on="event", how="left")
    )
    return LINK_ARRESTS.conform(table).sort("record_id")
