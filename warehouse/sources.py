"""What each source is: its names, whose records it holds, when an order is due in it, what can be asked of it.

Belongs here: facts of a source that modules other than its reader need; orders of precedence between sources. Does
not: how its deliveries are read (`assets.sources`), which precedence a field goes by (`reconciliation.golden`).

To add a source, declare it here, give it a place in every order of precedence, and write its reader
(`assets/sources/<name>.py`) and its sample (`samples/<name>.py`). Nothing else names a source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import polars as pl

Severity = Literal["high", "medium", "low"]


@dataclass(frozen=True, kw_only=True)
class Absence:
    """What it means that a source does not hold an order that it ought to hold.

    Attributes:
        title: in a few words.
        severity: how much it matters.
        note: why the source ought to hold it, with what was read.
        example: a case worked out. Invented.
        alone: a case in which one other source alone holds the order: that matters most. Empty where it matters no
            more than any absence.
        older: a case of an order made before `SourceFacts.must_hold_since`.
    """

    title: str
    severity: Severity
    note: str
    example: str
    alone: str = ""
    older: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """A source, as all parts of Concord know it.

    Attributes:
        name: in keys, tables and folders.
        title: on screens and in correction packs.
        full_title: in headings.
        record_title: one of its records, within a sentence.
        kind: police systems are filled by forces; courts make the orders; regional units send returns.
        owner: who corrects its records: the force, court or region of the record, or a body by its code.
        order_feed: the feed that its orders come by; of a regional source each region has one, `<name>_<REGION>`.
        grace_days: days after an order was made until its absence counts. A setting of the service, not law.
        absence: what the absence of an order means.
        must_hold_since: orders made earlier need not be held.
        jurisdiction: holds orders of courts of this jurisdiction alone.
        has_row_keys: its records have keys that stay. Else a record is known by what it says.
        is_dated: a record has a day of its own on which it was last changed.
        is_heard_on_arrest: its arrest records state facts of the person, taken on arrest. Else they are copies.
        not_asked_for: columns that it has no place for.
        may_omit: columns that it may leave empty though the order has a value.
    """

    name: str
    title: str
    full_title: str
    record_title: str
    kind: Literal["police", "court", "region"]
    owner: str
    order_feed: str
    grace_days: int
    absence: Absence
    must_hold_since: date | None = None
    jurisdiction: str | None = None
    has_row_keys: bool = True
    is_dated: bool = True
    is_heard_on_arrest: bool = False
    not_asked_for: tuple[str, ...] = ()
    may_omit: tuple[str, ...] = ()


PNC_BUREAU: Final = "pnc_bureau"
BODIES: Final = {PNC_BUREAU: "PNC bureau"}
"""Owners of records that are neither force, court nor region, with their titles."""

SOURCES: Final = (
    SourceFacts(
        name="pnc",
        title="PNC",
        full_title="Police National Computer",
        record_title="the PNC record",
        kind="police",
        owner=PNC_BUREAU,
        order_feed="pnc_ancord",
        # Code of Practice 2005: 75 per cent of court results within 7 days, later 10 [PNC-COP].
        grace_days=10,
        must_hold_since=date(2020, 6, 1),
        is_heard_on_arrest=True,
        absence=Absence(
            title="Not on the PNC",
            severity="high",
            note="All forces were instructed in June 2020 to record orders on the PNC; a civil order is entered by "
            "hand (E01) [IASC-2022; B7-CORE].",
            example="Court result and return of 9 March 2021, no PNC record ten days later.",
            alone="Only a court result of 9 March 2021: no police system holds the order, so nobody enforces it.",
            older="Court result of 9 March 2019, no PNC record. Forces were not yet instructed to record such orders.",
        ),
    ),
    SourceFacts(
        name="pnd",
        title="PND",
        full_title="Police National Database",
        record_title="the PND record",
        kind="police",
        owner="force",
        order_feed="pnd",
        grace_days=31,
        is_heard_on_arrest=True,
        may_omit=("conditions",),
        absence=Absence(
            title="Not on the PND",
            severity="medium",
            note="Held in one system and missing from another (E01) [COLLEGE-STRO].",
            example="Court result and PNC record of 9 March 2021, no PND document by 9 April 2021.",
        ),
    ),
    SourceFacts(
        name="court",
        title="Court",
        full_title="Courts",
        record_title="the court result",
        kind="court",
        owner="court",
        order_feed="court",
        grace_days=7,
        jurisdiction="England and Wales",
        # A result names the applicant, not the force that holds the order.
        not_asked_for=("force_code",),
        absence=Absence(
            title="In no court result",
            severity="medium",
            note="Only a court makes an order, ss.14, 15 and 23 [MSA-2015]; results get lost in transfer [NAO-2023].",
            example="PNC and PND hold an STPO of Leeds Crown Court of 9 March 2021. The courts' delivery has no result "
            "for it. An order made in Scotland or Northern Ireland is not looked for there.",
            alone="A PND document records an STRO of Leeds Magistrates' Court. No court result, PNC record or return "
            "does.",
        ),
    ),
    SourceFacts(
        name="rocu",
        title="Regional return",
        full_title="Returns of the regional units",
        record_title="the regional return",
        kind="region",
        owner="region",
        order_feed="rocu",
        grace_days=31,
        has_row_keys=False,
        # The day of a row is that of the whole return.
        is_dated=False,
        absence=Absence(
            title="Not in the regional return",
            severity="medium",
            note="Regional units were asked for their orders by return (E01, E03) [COLLEGE-STRO].",
            example="Court, PNC and PND hold an order of Kent. The region's return came and lacks it. If a region "
            "sent no return, no order counts as absent from it: the missing delivery is reported instead.",
        ),
    ),
)

FACTS: Final[Mapping[str, SourceFacts]] = {facts.name: facts for facts in SOURCES}
SOURCE_NAMES: Final = tuple(FACTS)
SOURCE_TITLES: Final = {facts.name: facts.title for facts in SOURCES}
POLICE_SOURCES: Final = tuple(facts.name for facts in SOURCES if facts.kind == "police")
COURT_SOURCES: Final = tuple(facts.name for facts in SOURCES if facts.kind == "court")
REGIONAL_SOURCES: Final = tuple(facts.name for facts in SOURCES if facts.kind == "region")

# Orders of precedence: the most trusted source first.
COURT_FIRST: Final = ("court", "pnc", "pnd", "rocu")
"""What a court fixes."""
PNC_FIRST: Final = ("pnc", "pnd", "rocu", "court")
"""What is taken or issued in custody."""
BIRTH: Final = ("pnc", "court", "pnd", "rocu")
"""Taken on arrest, confirmed in court, copied elsewhere."""
SPELLED_OUT_FIRST: Final = ("court", "pnd", "rocu", "pnc")
"""Names: the PNC holds capitals without diacritics."""
UPLOAD_FIRST: Final = ("pnd", "rocu", "pnc", "court")
"""A force's own references, sent with its uploads."""
REGION_FIRST: Final = ("rocu", "pnd", "pnc", "court")
"""What regional units alone are asked for."""
PRECEDENCES: Final = (COURT_FIRST, PNC_FIRST, BIRTH, SPELLED_OUT_FIRST, UPLOAD_FIRST, REGION_FIRST)
if any(sorted(precedence) != sorted(SOURCE_NAMES) for precedence in PRECEDENCES):
    raise ValueError("an order of precedence does not rank every source once")

is_from_court: Final = pl.col("source").is_in(COURT_SOURCES)
has_row_key: Final = pl.col("source").is_in([facts.name for facts in SOURCES if facts.has_row_keys])
delivered_on: Final = pl.col("delivery_id").str.extract(r":(\d{4}-\d{2}-\d{2}):").str.to_date("%Y-%m-%d", strict=False)
"""The day of a delivery, which its id holds; of a return the last of its month."""


def is_asked_for(column: str) -> pl.Expr:
    """Whether each row's `source` has a place for a column."""
    return ~pl.col("source").is_in([facts.name for facts in SOURCES if column in facts.not_asked_for])


def may_omit(column: str) -> pl.Expr:
    """Whether each row's `source` may leave a column empty though the order has a value."""
    return pl.col("source").is_in([facts.name for facts in SOURCES if column in facts.may_omit])


def fact_of_source(attribute: str) -> pl.Expr:
    """A fact of each row's `source`; null where there is no such source or it has no such fact."""
    facts = {facts.name: getattr(facts, attribute) for facts in SOURCES}
    return pl.col("source").replace_strict(facts, default=None)


def feed_of_orders(region: pl.Expr) -> pl.Expr:
    """The feed that brings the orders of each row's `source`; null for a regional source without a region."""
    of_region = pl.format("{}_{}", fact_of_source("order_feed"), region)
    return pl.when(pl.col("source").is_in(REGIONAL_SOURCES)).then(of_region).otherwise(fact_of_source("order_feed"))


def region_of_feed(feed: pl.Expr) -> pl.Expr:
    """The region that sends a feed, from its name or the id of a delivery; null for feeds of the whole country."""
    return feed.str.extract(rf"^(?:{'|'.join(REGIONAL_SOURCES)})_([^:]+)")
