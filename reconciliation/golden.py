"""Whose value wins: one golden value for each field of an order, and for the person bound by it.

Belongs here: the table of fields (whom to trust, what can be right, what one field says of another). Does not:
the rule of choosing (`reconciliation.choosing`), how the fields of an order's period depend on each other
(`reconciliation.periods`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from reconciliation import plausibility
from reconciliation.choosing import choose_fields, choose_values
from reconciliation.overrides import name_decisions, overrides_of
from reconciliation.periods import complete_period
from reconciliation.person_names import NameFacts
from reconciliation.ranking import Field
from reconciliation.record_context import hold_people
from reconciliation.standing import STANDS
from reconciliation.statutes import OPEN_ENDED_TYPES
from reconciliation.travel import find_travel_only
from warehouse.sources import BIRTH, COURT_FIRST, PNC_FIRST, REGION_FIRST, SPELLED_OUT_FIRST, UPLOAD_FIRST
from warehouse.tables.core import CORE_ALIASES, CORE_ARRESTS, CORE_CONDITIONS

NO_ARRESTS: Final = CORE_ARRESTS.empty().with_columns(
    subject_cluster=pl.lit(None, pl.String), event_cluster=pl.lit(None, pl.String)
)

PERSON_FIELDS: Final = (
    Field(
        "pnc_id",
        PNC_FIRST,
        "The PNC issues the id.",
        check=pl.col("is_pnc_id_valid"),
        must_pass=True,
        fails="its check letter is wrong (E16)",
    ),
    Field(
        "cro_number",
        PNC_FIRST,
        "Held on the PNC.",
        check=pl.col("is_cro_valid"),
        must_pass=True,
        fails="its check letter is wrong (E18)",
    ),
    Field("sex", PNC_FIRST, "Taken on arrest, under fingerprints."),
    Field(
        "date_of_birth",
        BIRTH,
        "Taken on arrest, under fingerprints; confirmed in court; uploads and returns are copies.",
        check=~pl.col("is_birth_placeholder") & plausibility.is_old_enough,
        must_pass=True,
        fails="a filler such as 1 January 1970 (E14), or of a child below the age of criminal responsibility",
    ),
    Field(
        "forenames",
        SPELLED_OUT_FIRST,
        "The PNC holds capitals without diacritics.",
        canonical="forenames_folded",
        check=plausibility.is_main_given,
        grows=True,
        is_given=True,
        fails="another record of the person knows it as an alias with another first forename (E13), or surname and "
        "forename are in each other's place, as the night's people bear them, or half of the surname among the "
        "forenames (E11)",
        favours="the name whose rarest word more people bear; shorter, begun, familiar and English forms speak for "
        "the fuller name (a source that holds both, for that one only), and a slip for the listed name that it is "
        "meant for; the first of several names is read as another record spells it; between equals the one with more "
        "names",
    ),
    Field(
        "surname",
        SPELLED_OUT_FIRST,
        "The PNC holds capitals without diacritics.",
        canonical="surname_folded",
        check=plausibility.is_main_name,
        grows=True,
        fails="another record of the person knows it as an alias with another surname (E13), or surname and forename "
        "are in each other's place, as the night's people bear them (E11)",
        favours="the name whose rarest word more people bear; shorter, begun and familiar forms speak for the fuller "
        "name, and a slip that nobody else bears, or one for a listed family name, for the name that it is meant for",
    ),
)
"""Facts of the person: chosen among the records of all of the person's orders."""

ORDER_FIELDS: Final = (
    Field(
        "court_code",
        COURT_FIRST,
        "The court's own code; others write its name.",
        likely=plausibility.is_court_of_force,
        favours="a court in the area of the record's force (R11)",
    ),
    Field(
        "order_type",
        COURT_FIRST,
        "The court made it.",
        check=plausibility.is_type_of_nation & ~plausibility.is_too_short_for_type,
        implied=(plausibility.type_by_length,),
        fails="the courts of the nation cannot make such orders (R35), or its length and dates agree and are too "
        "short for a prevention order (R02, R27)",
        favours="a risk order, where length or dates are too short for a prevention order (R02, R27)",
    ),
    Field(
        "is_interim",
        COURT_FIRST,
        "The court made it.",
        check=pl.col("is_interim") | ~plausibility.is_short_for_full,
        implied=(plausibility.is_short_for_full,),
        fails="full, though start and end are less than two years apart (R02, R03), unless it forbids only travel",
        favours="what start and end imply",
    ),
    Field(
        "made_on",
        COURT_FIRST,
        "Day of the court's hearing.",
        check=(pl.col("made_on") >= plausibility.commenced_on)
        & ~(pl.col("made_on") > pl.col("recorded_on")).fill_null(value=False)
        & ~plausibility.is_after_night
        & ~plausibility.is_made_copied,
        likely=plausibility.is_sitting_day,
        implied=(pl.col("start_on"), *plausibility.starts_by_term, pl.col("heard_with_on")),
        fails="before the law was in force (R01, R26, R28), after the night or the day it was recorded, or the same as "
        "the start although another record shows that the start was delayed (R23)",
        favours="the start, on which most orders are made, and the day of another order of the case; then a day on "
        "which the court sits: no Sunday or bank holiday, and a Saturday only for magistrates",
    ),
    Field(
        "start_on",
        COURT_FIRST,
        "Fixed by the court.",
        # Against the record's own days: one wrong golden day must not make right ones fail.
        check=(pl.col("start_on") >= pl.col("made_on"))
        & (pl.col("start_on") <= pl.col("end_on"))
        & ~plausibility.is_start_filled_in
        & ~plausibility.is_start_copied,
        implied=plausibility.starts_by_term,
        fails="before the record's own date of order or after its own end; or the date of order filled in where a "
        "later start is known: stated twice, stated and borne out by an end less its length, or stated once and no "
        "slip for the date of order (E08, R23); or a wrong date of order copied",
        favours="the end less the length",
    ),
    Field(
        "is_until_further_order",
        COURT_FIRST,
        "Fixed by the court.",
        check=~(
            pl.col("is_until_further_order")
            & (~pl.col("golden_order_type").is_in(OPEN_ENDED_TYPES) | pl.col("golden_is_interim"))
        ),
        fails="open, though interim or Scottish (R13, R27, R29)",
    ),
    Field(
        "end_on",
        COURT_FIRST,
        "Fixed by the court.",
        check=(pl.col("end_on") >= plausibility.start_so_far)
        & ~(pl.col("end_on") < plausibility.shortest_end)
        & ~(pl.col("end_on") > plausibility.longest_end).fill_null(value=False)
        & ~plausibility.is_end_counted_from_making,
        implied=(
            *plausibility.ends_by_term,
            pl.when(pl.col("is_interim")).then(pl.col("determined_on")),
        ),
        fails="before the start, sooner than the shortest term (R02, R03, R27, R29), later than 5 years where it "
        "forbids only travel (R05, R30), or counted from the date of order where the order starts later (E08)",
        favours="start and length; of an interim order, the day of the full one (R13)",
    ),
    Field(
        "term_months",
        COURT_FIRST,
        "Fixed by the court.",
        check=(pl.col("term_months") > 0)
        & ~(pl.col("term_months") < plausibility.shortest_months)
        & ~plausibility.is_against_dates,
        implied=(plausibility.length_by_own_dates,),
        fails="shorter than the shortest term (R02, R03, R27, R29), or not what the order's start and end span (E09)",
        favours="what start and end of a record span",
    ),
    Field(
        "force_code",
        PNC_FIRST,
        "The owner force keeps the PNC entry; courts name the applicant.",
        check=plausibility.can_force_hold_it,
        implied=(plausibility.force_of_case,),
        likely=plausibility.is_force_of_court,
        fails="an agency, which applies and holds none (R10), or a force of another nation than the court's (R35)",
        favours="the force that numbered the case; then the one in whose area the court sits (R11)",
    ),
    Field("is_county_lines", REGION_FIRST, "A mark of the regional units; no other source is asked for it."),
)
"""Facts of the order, in the order of choosing: a check may lean on a field chosen before."""

ARREST_FIELDS: Final = (
    Field("arrested_on", PNC_FIRST, "Taken in custody."),
    Field("offence_code", PNC_FIRST, "Coded on the PNC; others often write a title."),
    Field(
        "asn", PNC_FIRST, "The PNC issues it.", check=pl.col("is_asn_valid"), fails="its check letter is wrong (E20)"
    ),
    Field("custody_ref", UPLOAD_FIRST, "The force's own reference, sent with its upload."),
    Field("force_code", PNC_FIRST, "Taken in custody."),
)
"""Facts of an arrest."""


def choose_golden(
    held: pl.DataFrame,
    *,
    as_of: date,
    conditions: pl.DataFrame | None = None,
    aliases: pl.DataFrame | None = None,
    arrests: pl.DataFrame | None = None,
    decided: Mapping[str, pl.DataFrame] | None = None,
    facts: NameFacts | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Choose the golden values of every order and say why.

    Args:
        held: order records of all sources with their clusters and context (`hold_records`); each record in exactly one
            order and one subject.
        as_of: the night.
        conditions: `core__conditions`; none unless given.
        aliases: `core__aliases`; none unless given.
        arrests: arrest records with `HEARD_COLUMNS`, `subject_cluster` and `event_cluster`; none
            unless given. They speak for the person, not for the order.
        decided: what stewards decided, by field: `order_cluster`, `value`, `canonical` and `decision_id`; a fact of
            the person for every order of the person. Nothing unless given.
        facts: what all of the night's people say of a name; of those of the records unless given.

    Returns:
        The golden values (`order_cluster`, `subject_cluster`, `is_travel_only`, every field of `PERSON_FIELDS` and
        `ORDER_FIELDS`), and their provenance (`order_cluster` and the columns of `field_provenance` but `order_id`;
        rows in no order).
    """
    people = hold_people(
        held,
        CORE_ALIASES.empty() if aliases is None else aliases,
        NO_ARRESTS if arrests is None else arrests,
        names=facts.names if facts else None,
    )
    listed = CORE_CONDITIONS.empty() if conditions is None else conditions
    held = held.join(find_travel_only(listed, held), on="order_cluster", how="left").with_columns(
        pl.col("is_travel_only").fill_null(value=False), night=pl.lit(as_of)
    )
    orders = held.select("order_cluster", "subject_cluster").unique("order_cluster")
    given = decided or {}
    person, person_reasons = choose_fields(
        people,
        PERSON_FIELDS,
        group="subject_cluster",
        overrides=overrides_of(given, orders, group="subject_cluster"),
        borne=facts.borne if facts else {},
    )
    origins = people.select("record_id", "source", "source_key", "file_name", "row_number")
    del people
    order, order_reasons = choose_fields(
        held,
        ORDER_FIELDS,
        group="order_cluster",
        complete=complete_period,
        given=("is_travel_only",),
        overrides=overrides_of(given, orders, group="order_cluster"),
    )
    golden = orders.join(person, on="subject_cluster", how="left").join(order, on="order_cluster", how="left")
    of_orders = orders.join(person_reasons, on="subject_cluster").select(order_reasons.columns)
    reasons = pl.concat([of_orders, order_reasons]).join(origins, on="record_id", how="left")
    return golden.sort("order_cluster"), name_decisions(reasons, given)


def choose_arrests(records: pl.DataFrame) -> pl.DataFrame:
    """Choose the golden values of every arrest event.

    Args:
        records: arrest records of all sources, in the shape of `core__arrests`, with `event_cluster`.

    Returns:
        `event_cluster` and every field of `ARREST_FIELDS`.
    """
    held = records.with_columns(
        pl.lit(STANDS).alias("standing"), pl.lit(None, pl.Date).alias("recorded_on"), pl.lit(0).alias("holding")
    )
    return choose_values(held, ARREST_FIELDS, group="event_cluster")
