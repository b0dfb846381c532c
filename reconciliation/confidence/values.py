"""How sure each golden value is, by what its provenance and the rest of its order show.

Belongs here: what is observed of a golden value, and its probability. Does not: whose value wins
(`reconciliation.golden`), the weights (`confidence/shipped/value.json`).
"""

from collections.abc import Mapping
from math import log2
from typing import Any, Final

import polars as pl

from reconciliation.confidence.differences import KEY, NONE, find_rivals, weigh_rivals
from reconciliation.confidence.model import LEAST, ConfidenceModel, Reason, shipped_model, weight_of
from reconciliation.date_arithmetic import whole_months
from reconciliation.overrides import RULE as STEWARD_RULE
from reconciliation.plausibility import fact_of
from reconciliation.reliability import estimate_errors
from reconciliation.sitting_days import is_sitting_day
from warehouse.sources import SOURCE_NAMES, SOURCE_TITLES

UNMEASURED: Final = ("cro_number",)
"""Fields whose truth no night of ours holds: nothing was learned of them."""

STEWARD: Final = 0.99
"""Of a value that a steward decided. An assumption: no decision has been judged twice yet."""

FEATURES: Final = (
    "field, rule",
    "field, votes",
    "rule, votes",
    "field, difference",
    "field, fit",
    "field, source",
    "field, slips",
    "field, is_split",
    "field, held_by",
    "field, link",
)
"""What is weighed: observations, and such as mean something only together."""

MEASURES: Final = ("errors_in_field", "errors_of_source", "people")
"""How often sources are wrong tonight (`reconciliation.reliability`), in doublings from `USUAL_ERRORS`: in this field,
and, of the source that the value is taken from, in all fields. And of a name that nobody else bears, among how many
people, in doublings from `USUAL_PEOPLE`: among few it says little."""
USUAL_ERRORS: Final = 0.04
USUAL_PEOPLE: Final = 1_650

LINK_BANDS: Final = (0.5, 0.9, 0.99)
MOST_VOTES, MOST_SLIPS = 4, 3


def value_confidence(
    provenance: pl.DataFrame,
    orders: pl.DataFrame,
    order_sources: pl.DataFrame,
    *,
    model: ConfidenceModel | None = None,
    errors: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """`order_id`, `field`, `confidence`: the probability that the golden value is the true one.

    There is none of a field without a value (no value passes its check), and of a field that is not measured.

    Args:
        provenance: `FIELD_PROVENANCE` without its confidence.
        orders: `ORDERS`, the golden values.
        order_sources: `ORDER_SOURCES`, with the confidence of links.
        model: defaults to the one that comes with Concord.
        errors: as for `observe_values`.
    """
    observed = observe_values(provenance, orders, order_sources, errors=errors)
    is_decided = pl.col("rule") == STEWARD_RULE
    probability = (model or shipped_model("value")).probability()
    return observed.select(*KEY, confidence=pl.when(is_decided).then(STEWARD).otherwise(probability))


def observe_values(
    provenance: pl.DataFrame,
    orders: pl.DataFrame,
    order_sources: pl.DataFrame,
    *,
    errors: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What is observed of each golden value, as text: `order_id`, `field`, and each observation of `FEATURES`.

    Args:
        provenance: `FIELD_PROVENANCE` without its confidence.
        orders: `ORDERS`, the golden values.
        order_sources: `ORDER_SOURCES`, with the confidence of links.
        errors: of `estimate_errors` or `SOURCE_RELIABILITY` of the night; estimated from the provenance unless given.
    """
    amended = order_sources.filter("is_amended").get_column("record_id")
    rivals = find_rivals(provenance).filter(~pl.col("record_id").is_in(amended.implode()))
    is_judged = ~pl.col("field").is_in(UNMEASURED) & (pl.col("rule") != "none_valid")
    voices = pl.sum_horizontal(_states(source).cast(pl.Int64) for source in SOURCE_NAMES)
    return (
        provenance.filter(is_judged)
        .select(*KEY, "rule", "source", voices.alias("voices"))
        .join(weigh_rivals(rivals), on=KEY, how="left", maintain_order="left")
        .join(_slips(rivals), on=["order_id", "source"], how="left", maintain_order="left")
        .join(_fits(orders), on=KEY, how="left", maintain_order="left")
        .join(hold_orders(order_sources), on="order_id", maintain_order="left")
        .pipe(_with_errors, estimate_errors(provenance, order_sources) if errors is None else errors)
        .with_columns(people=_people(orders))
        .select(
            *KEY,
            "rule",
            pl.col("source").fill_null("no one source"),
            pl.format(
                "{} to {}", pl.col("voices").clip(0, MOST_VOTES), pl.col("against").fill_null(0).clip(0, MOST_VOTES - 1)
            ).alias("votes"),
            pl.col("difference").fill_null(NONE),
            pl.col("fit").fill_null("-"),
            pl.col("slips").fill_null(0).clip(0, MOST_SLIPS).cast(pl.String),
            pl.when("is_split").then(pl.lit("split")).otherwise(pl.lit("not split")).alias("is_split"),
            "held_by",
            "link",
            *MEASURES,
        )
    )


def explain_confidence(
    observed: Mapping[str, Any], *, model: ConfidenceModel | None = None, most: int = 4
) -> list[str]:
    """Why a golden value is sure or unsure: one line for each of the observations that weigh most.

    Args:
        observed: a row of `observe_values`.
        model: defaults to the one that comes with Concord.
        most: the number of lines.
    """
    return [f"{weight:+.1f}: {words}" for weight, words in weigh_observations(observed, model=model)[:most]]


def weigh_observations(observed: Mapping[str, Any], *, model: ConfidenceModel | None = None) -> list[tuple[float, str]]:
    """What was observed of a golden value, in words, each with its weight (log2 odds of being right); heaviest first.

    Args:
        observed: a row of `observe_values`.
        model: defaults to the one that comes with Concord.
    """
    reasons = (model or shipped_model("value")).reasons(observed)
    return [(reason.weight, _in_words(reason)) for reason in reasons]


def _in_words(reason: Reason) -> str:
    parts = zip(reason.names, reason.levels, strict=True)
    return "; ".join(WORDS[name].format(_level_words(name, level)) for name, level in parts if name in WORDS)


def _level_words(name: str, level: str) -> str:
    if name in MEASURES:
        return "more" if float(level) > 0 else "less"
    return RULE_WORDS.get(level, SOURCE_TITLES.get(level, level))


RULE_WORDS: Final = {
    "only_source": "one source alone gives a value",
    "agreement": "most sources agree",
    "corroboration": "sources are divided, and other facts speak for it",
    "precedence": "sources are divided, and the most trusted one was taken",
    "valid_over_invalid": "the other values fail a check",
    "amended_result": "a later court result amends the earlier one",
    "derived": "worked out from other values",
    STEWARD_RULE: "a steward decided it",
}
WORDS: Final[Mapping[str, str]] = {
    "rule": "{}",
    "votes": "sources for and against: {}",
    "difference": "how the other value differs: {}",
    "fit": "beside the order's other values: {}",
    "source": "taken from: {}",
    "slips": "other values of the order that this source has wrong: {}",
    "is_split": "other values: {}",
    "held_by": "sources that hold the order: {}",
    "link": "its records belong together: {}",
    "errors_in_field": "sources are wrong in this field tonight {} often than usual",
    "errors_of_source": "this source is wrong tonight {} often than usual",
    "people": "nobody else bears the name, and the register holds {} people than usual",
}
"""Observations in words; the field itself needs none."""


def _states(source: str) -> pl.Expr:
    """Whether a source states the golden value."""
    agrees = pl.col("agreeing").list.eval(pl.element().str.starts_with(f"{source}:")).list.any()
    return ((pl.col("source") == source) | agrees).fill_null(value=False)


def _people(orders: pl.DataFrame) -> pl.Expr:
    """How many people there are, in doublings of the usual, where nobody else of them bears the name; else 0."""
    doublings = round(log2(max(orders.get_column("subject_id").n_unique(), 1) / USUAL_PEOPLE), 3)
    is_alone = pl.col("fit").str.ends_with(_ALONE).fill_null(value=False)
    return pl.when(is_alone).then(doublings).otherwise(0.0)


def _with_errors(values: pl.DataFrame, errors: pl.DataFrame) -> pl.DataFrame:
    """The first two of `MEASURES`: 0 where nothing is known."""
    doublings = weight_of(pl.col("error_rate").clip(LEAST)) - weight_of(pl.lit(USUAL_ERRORS))
    means = [
        errors.sort("field", "source").group_by(key, maintain_order=True).agg(doublings.mean().round(3).alias(name))
        for key, name in (("field", "errors_in_field"), ("source", "errors_of_source"))
    ]
    for key, mean in zip(("field", "source"), means, strict=True):
        values = values.join(mean, on=key, how="left", maintain_order="left")
    return values.with_columns(pl.col("errors_in_field", "errors_of_source").fill_null(0.0))


def _slips(rivals: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `source`, `slips`: the fields of an order in which a source states another value."""
    return rivals.group_by("order_id", "source").agg(slips=pl.col("field").n_unique().cast(pl.Int64))


def hold_orders(order_sources: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `held_by` (sources), `link`: how sure it is that its records belong together."""
    least = pl.col("link_confidence").min()
    bands = pl.coalesce(
        pl.when(least.is_null()).then(pl.lit("alone")),
        *(pl.when(least < band).then(pl.lit(f"below {band}")) for band in LINK_BANDS),
        pl.lit("sure"),
    )
    return order_sources.group_by("order_id").agg(held_by=pl.col("source").n_unique().cast(pl.String), link=bands)


def _fits(orders: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `field`, `fit`: how a golden value fits the others of its order."""
    fits = {name: _chosen(*choices) for name, choices in FITS.items()}
    wide = orders.select("order_id", **fits)
    return wide.unpivot(list(FITS), index="order_id", variable_name="field", value_name="fit")


def _chosen(*choices: tuple[str, pl.Expr]) -> pl.Expr:
    """The first of these that holds."""
    return pl.coalesce(*(pl.when(holds.fill_null(value=False)).then(pl.lit(words)) for words, holds in choices))


_made, _start, _end, _term = (pl.col(name) for name in ("made_on", "start_on", "end_on", "term_months"))
_span = whole_months(_start, _end)
_is_near = fact_of(pl.col("court_code"), "courts", "force_code") == pl.col("force_code")
_ALWAYS = pl.lit(value=True)
_ALONE = "borne by nobody else"
_NEAR = (("court in the area of the force", _is_near), ("court elsewhere", _ALWAYS))
_TERM = ("start, end and length agree", _span == _term)


def _borne(name: str) -> pl.Expr:
    return pl.col("subject_id").n_unique().over(name) > 1


def _words(count: int) -> pl.Expr:
    return pl.col("forenames_folded").str.count_matches(" ") == count - 1


FITS: Final[Mapping[str, tuple[tuple[str, pl.Expr], ...]]] = {
    "made_on": (
        ("the day of the start", _made == _start),
        ("a day on which the court does not sit", ~is_sitting_day(_made, pl.col("court_code"))),
        ("after the start", _made > _start),
        ("before the start", _ALWAYS),
    ),
    "start_on": (
        ("start, end and length agree, and it is the day of making", (_made == _start) & (_span == _term)),
        _TERM,
        ("the day of making, and no whole length", (_made == _start) & (_span != _term).fill_null(_end.is_not_null())),
        ("the day of making", _made == _start),
        ("before the day of making", _start < _made),
        ("borne out by nothing", _ALWAYS),
    ),
    "end_on": (
        _TERM,
        ("a whole number of months", _span.is_not_null()),
        ("no length known", _term.is_null()),
        ("against the length", _ALWAYS),
    ),
    "term_months": (_TERM, ("no end known", _end.is_null()), ("against the dates", _ALWAYS)),
    "is_interim": (("interim", pl.col("is_interim")), ("full", _ALWAYS)),
    "is_until_further_order": (("open", pl.col("is_until_further_order")), ("closed", _ALWAYS)),
    "order_type": tuple((code, pl.col("order_type") == code) for code in ("STRO", "STPO", "TERO", "TEPO")),
    "court_code": _NEAR,
    "force_code": _NEAR,
    "is_county_lines": (("marked", pl.col("is_county_lines")), ("not marked", _ALWAYS)),
    "pnc_id": (("held by another person too", _borne("pnc_id")), ("held by nobody else", _ALWAYS)),
    "date_of_birth": (("the first of a month", pl.col("date_of_birth").dt.day() == 1), ("any day", _ALWAYS)),
    "surname": (("borne by others too", _borne("surname_folded")), (_ALONE, _ALWAYS)),
    "forenames": (
        ("one name, borne by others too", _words(1) & _borne("forenames_folded")),
        (f"one name, {_ALONE}", _words(1)),
        ("several names, borne by others too", _borne("forenames_folded")),
        (f"several names, {_ALONE}", _ALWAYS),
    ),
}
"""By field: what a golden value is beside the others, the first that holds. A name, or an id, by who else bears it."""
