"""Views and macros of a release's DuckDB file: the questions that analysts ask most, each as a query of its own.

Belongs here: their queries, what a row of each is, the meaning of the columns they add. Does not: how they are written
into the file (`warehouse.releases.duckdb_file`), worked examples (`docs/query.md`).

Doubt leaves a person bound: what may be in force is shown with what is (`is_in_force_doubtful` says which).
"""

from typing import Final

import polars as pl

from warehouse.releases.quality_view import QUALITY_BY_FORCE
from warehouse.releases.view import ORDER_COUNT, View, number, share
from warehouse.schema import Column
from warehouse.sources import SOURCE_NAMES, SOURCE_TITLES
from warehouse.tables.register import ARRESTS, CONDITIONS, DISCREPANCIES, FIELD_PROVENANCE, ORDERS

_SHARES: Final = ", ".join(f"max(h.share) FILTER (h.source = '{name}') AS in_{name}" for name in SOURCE_NAMES)

VIEWS: Final = (
    View(
        "orders_active",
        "an order that is in force in law on the date of the release, or may be (`is_in_force_doubtful`)",
        "SELECT * FROM orders WHERE legal_status = 'live' OR is_in_force_doubtful",
    ),
    View(
        "in_force_on",
        "an order that was, is or will be in force in law on a day, or may be, by what this release knows",
        """
        SELECT * FROM orders
        WHERE legal_status <> 'withdrawn' AND coalesce(binds_from <= day, true) AND coalesce(binds_until >= day, true)
        """,
        parameters=("day",),
    ),
    View(
        "bound_today",
        "a person and an order, interim orders too, that binds on the day of asking, or may",
        """
        SELECT subject_id, forenames, surname, date_of_birth, pnc_id, order_id, order_type, is_interim,
               is_in_force_doubtful, binds_from, binds_until, binds_until - current_date AS days_left,
               force_code, force_name, region_code, nation, sources
        FROM in_force_on(current_date)
        """,
        columns=(
            number(
                "days_left",
                "Days until its last day.",
                unit="days",
                example="83",
                caveat="Null if no last day is known.",
            ),
        ),
    ),
    View(
        "expiring",
        "an order in force, or possibly in force, on the day of asking, whose last day comes within so many days",
        "SELECT * FROM bound_today WHERE days_left <= days",
        parameters=("days",),
    ),
    View(
        "prohibitions",
        "a prohibition or travel ban that has not lapsed, or a condition that may be one since it fits nothing in the "
        "catalogue, of an order that is in force in law, or may be",
        """
        SELECT c.order_id, o.subject_id, o.order_type, o.force_code, o.legal_status, o.is_in_force_doubtful,
               o.binds_from, least(o.binds_until, c.end_on) AS binds_until, o.is_until_further_order,
               c.condition_code, c.label, c.kind, c.text, c.sources, c.is_doubtful
        FROM conditions AS c JOIN orders_active AS o USING (order_id)
        WHERE (c.is_golden OR c.is_doubtful) AND NOT c.is_lapsed AND c.kind IN ('prohibition', 'travel')
        UNION ALL BY NAME
        SELECT u.order_id, o.subject_id, o.order_type, o.force_code, o.legal_status, o.is_in_force_doubtful,
               o.binds_from, o.binds_until, o.is_until_further_order, 'Not in the catalogue' AS label, u.text,
               u.sources, true AS is_doubtful
        FROM uncoded_conditions AS u JOIN orders_active AS o USING (order_id)
        """,
        known=(*ORDERS.columns, *CONDITIONS.columns),
    ),
    View(
        "prohibitions_in_force",
        "a prohibition or travel ban that binds on a day, or may; a travel ban only until its own last day; what fits "
        "nothing in the catalogue has no code and no kind, and may be one too",
        """
        SELECT o.order_id, o.subject_id, o.order_type, o.force_code, o.is_in_force_doubtful, o.binds_from,
               least(o.binds_until, c.end_on) AS binds_until, c.condition_code, c.label, c.kind, c.text, c.sources,
               c.is_doubtful
        FROM conditions AS c JOIN in_force_on(day) AS o USING (order_id)
        WHERE (c.is_golden OR c.is_doubtful) AND c.kind IN ('prohibition', 'travel') AND coalesce(c.end_on >= day, true)
        UNION ALL BY NAME
        SELECT u.order_id, o.subject_id, o.order_type, o.force_code, o.is_in_force_doubtful, o.binds_from,
               o.binds_until, 'Not in the catalogue' AS label, u.text, u.sources, true AS is_doubtful
        FROM uncoded_conditions AS u JOIN in_force_on(day) AS o USING (order_id)
        """,
        parameters=("day",),
    ),
    View(
        "prohibition_use",
        "a condition, with how often orders of a type, region, court and year have it; withdrawn orders left out",
        """
        SELECT c.condition_code, c.label, c.kind, o.order_type, o.is_interim, o.region_code, o.court_code, o.court_name,
               year(o.made_on) AS made_in, count(*) AS order_count,
               count(*) FILTER (o.legal_status = 'live' OR o.is_in_force_doubtful) AS live_count,
               median(o.term_months) AS median_months, count(*) FILTER (o.breach_count > 0) AS breached_count,
               count(o.breach_count) AS breach_known_count, min(c.match_score) AS lowest_score
        FROM conditions AS c JOIN orders AS o USING (order_id)
        WHERE c.is_golden AND o.legal_status <> 'withdrawn' GROUP BY ALL
        """,
        known=(*ORDERS.columns, *CONDITIONS.columns),
        columns=(
            number("made_in", "Year in which the orders were made.", unit="year", example="2024"),
            number("order_count", "Orders that have it.", example="12"),
            number("live_count", "Of these, in force, or possibly in force, on the date of the release.", example="7"),
            Column("median_months", "Median length of these orders, of those with one.", pl.Float64, example="60.0"),
            number(
                "breached_count",
                "Of these, with a recorded breach.",
                example="3",
                caveat="Of whichever of their conditions: no source says which.",
            ),
            number("breach_known_count", "Of these, whose records say anything of breaches.", example="9"),
            Column(
                "lowest_score",
                "How well the worst of their wordings fits the catalogue.",
                pl.Float64,
                unit="score, 0 to 100",
                example="91.3",
            ),
        ),
        is_stored=True,
    ),
    View(
        "arrests_while_bound",
        "an arrest and an order that bound the person on that day, or may have",
        """
        SELECT a.arrest_id, a.subject_id, a.arrested_on, a.offence_code, a.offence_category, o.order_id, o.order_type,
               o.is_interim, o.force_code, o.binds_from, o.binds_until,
               row_number() OVER (PARTITION BY a.arrest_id ORDER BY o.order_id) = 1 AS is_first_of_arrest
        FROM arrests AS a JOIN orders AS o USING (subject_id)
        WHERE o.legal_status <> 'withdrawn' AND coalesce(o.binds_from <= a.arrested_on, a.arrested_on IS NOT NULL)
              AND coalesce(o.binds_until >= a.arrested_on, true)
        """,
        known=(*ORDERS.columns, *ARRESTS.columns),
        columns=(Column("is_first_of_arrest", "Yes in one row of each arrest, to count arrests by.", pl.Boolean),),
        is_stored=True,
    ),
    View(
        "orders_by_force",
        "a force and a type of order, with the number of its orders and of those in force",
        """
        SELECT force_code, force_name, region_code, order_type, is_interim, count(*) AS order_count,
               count(*) FILTER (legal_status = 'live') AS live_count,
               count(*) FILTER (is_in_force_doubtful) AS doubtful_count
        FROM orders GROUP BY ALL
        """,
        columns=(
            ORDER_COUNT,
            number("live_count", "Of these, in force on the date of the release.", example="14"),
            number("doubtful_count", "Of these, not known to be in force and not known not to be.", example="1"),
        ),
    ),
    View(
        "holdings_by_force",
        "a force and a source, with how many of the force's orders the source holds",
        """
        SELECT o.force_code, any_value(o.force_name) AS force_name, s.source, count(*) AS order_count,
               count(*) FILTER (list_contains(o.sources, s.source)) AS held_count, held_count / order_count AS share
        FROM orders AS o CROSS JOIN (SELECT DISTINCT source FROM deliveries) AS s
        GROUP BY o.force_code, s.source
        """,
        columns=(
            Column("source", "The source.", codes=SOURCE_NAMES),
            ORDER_COUNT,
            number("held_count", "Of these, held by the source.", example="31"),
            share("share", "Share held.", example="0.87"),
        ),
    ),
    View(
        "recording_by_force",
        "a force, with the share of its orders that each system holds and how complete its records are",
        f"""
        SELECT h.force_code, any_value(h.force_name) AS force_name, any_value(h.order_count) AS order_count,
               {_SHARES}, any_value(q.score) AS completeness, any_value(q.low) AS low, any_value(q.high) AS high
        FROM holdings_by_force AS h LEFT JOIN quality_scores AS q
             ON q.scope = 'force' AND q.dimension = 'completeness' AND q.scope_key = h.force_code
        GROUP BY h.force_code
        """,  # noqa: S608
        columns=(
            ORDER_COUNT,
            *(
                share(f"in_{name}", f"Share of them that the {title} holds.", example="0.87")
                for name, title in SOURCE_TITLES.items()
            ),
            share("completeness", "Score of the force's PNC and PND records in completeness.", example="0.84"),
            share("low", "Lower end of its 95 % interval.", example="0.81"),
            share("high", "Upper end of its 95 % interval.", example="0.88"),
        ),
    ),
    View(
        "source_agreement",
        "a source and a field, with how often what the source states is the golden value",
        """
        WITH stated AS (
            SELECT field, source, true AS agrees FROM field_provenance WHERE source IS NOT NULL
            UNION ALL
            SELECT field, split_part(unnest(agreeing), ':', 1), true FROM field_provenance WHERE value IS NOT NULL
            UNION ALL
            SELECT field, split_part(unnest(losing), ':', 1), false FROM field_provenance WHERE value IS NOT NULL)
        SELECT source, field, count(*) AS statements, count(*) FILTER (agrees) AS agreeing_count,
               agreeing_count / statements AS share
        FROM stated GROUP BY ALL
        """,
        known=FIELD_PROVENANCE.columns,
        columns=(
            number("statements", "Values that its records state.", unit="values", example="1725"),
            number(
                "agreeing_count",
                "Of these, equal to the golden value.",
                example="1697",
                caveat="The source may itself have given it.",
            ),
            share("share", "Share that is equal.", example="0.984"),
        ),
        is_stored=True,
    ),
    View(
        "open_discrepancies",
        "a discrepancy that is not resolved, with the order it is about",
        """
        SELECT d.*, o.order_type, o.legal_status, o.is_in_force_doubtful, o.force_code, o.force_name, o.region_code
        FROM discrepancies AS d JOIN orders AS o USING (order_id) WHERE d.state <> 'resolved'
        """,
        known=(*ORDERS.columns, *DISCREPANCIES.columns),
    ),
    View(
        "co_defendants",
        "two orders of different persons made in one case, or that may have been (`is_doubtful`): the court's results "
        "name the case, and where they do not for one of the two, both are of one day, court and force; each pair is "
        "listed twice, once from either side",
        """
        SELECT o.case_urn, o.order_id, o.subject_id, other.order_id AS other_order_id,
               other.subject_id AS other_subject_id, o.made_on = other.made_on AS is_same_day, false AS is_doubtful
        FROM orders AS o JOIN orders AS other ON o.case_urn = other.case_urn AND o.subject_id <> other.subject_id
        UNION ALL
        SELECT coalesce(o.case_urn, other.case_urn), o.order_id, o.subject_id, other.order_id, other.subject_id,
               true, true
        FROM orders AS o JOIN orders AS other ON o.made_on = other.made_on AND o.court_code = other.court_code
             AND o.force_code = other.force_code AND o.subject_id <> other.subject_id
        WHERE o.case_urn IS NULL OR other.case_urn IS NULL
        """,
        columns=(
            Column("other_order_id", "The order of the other person.", example="ORD-MEQQSDGY0A"),
            Column("other_subject_id", "The other person.", example="SUB-JB06JW4GKD"),
            Column(
                "is_same_day", "Both orders were made on one day.", pl.Boolean, caveat="Null where a day is not known."
            ),
            Column(
                "is_doubtful", "The case of one of them is not known: day, court and force are the same.", pl.Boolean
            ),
        ),
        is_stored=True,
    ),
    View(
        "chains",
        "an order and its place in the chain of orders of one person that followed each other",
        """
        WITH RECURSIVE chain AS (
            SELECT order_id AS chain_id, 1 AS position, order_id, followed_by_order_id FROM orders
            WHERE follows_order_id IS NULL
            UNION ALL
            SELECT c.chain_id, c.position + 1, o.order_id, o.followed_by_order_id
            FROM chain AS c JOIN orders AS o ON o.order_id = c.followed_by_order_id AND o.follows_order_id = c.order_id)
        SELECT chain_id, position, o.order_id, o.subject_id, o.order_type, o.is_interim, o.made_on, o.binds_from,
               o.binds_until, o.legal_status
        FROM chain JOIN orders AS o USING (order_id)
        """,
        columns=(
            Column("chain_id", "The first order of the chain.", example="ORD-2EQVDKAZX2"),
            number("position", "Place in the chain, from 1.", unit="number", example="2"),
        ),
        is_stored=True,
    ),
    View(
        "order_now",
        "the order that an id refers to now: itself, or where it was merged or split into (`is_redirected`)",
        """
        WITH RECURSIVE way AS (
            SELECT asked AS order_id
            UNION
            SELECT r.new_id FROM way JOIN id_redirects AS r ON r.old_id = way.order_id AND r.kind = 'order'
            WHERE way.order_id NOT IN (SELECT order_id FROM orders))
        SELECT o.order_id <> asked AS is_redirected, o.* FROM way JOIN orders AS o USING (order_id)
        """,
        columns=(Column("is_redirected", "It was asked for by an id that it no longer has.", pl.Boolean),),
        parameters=("asked",),
    ),
    QUALITY_BY_FORCE,
)
"""In an order in which each may use those before it."""
