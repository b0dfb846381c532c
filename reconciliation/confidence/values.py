"""How sure each golden value is, by what its provenance and the rest of its order show.

Belongs here: what is observed of a golden value, and its probability. Does not: whose value wins
(`reconciliation.golden`), the weights (`confidence/shipped/value.json`).
"""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from reconciliation.confidence.bearers import ABSENT, observe_bearers
from reconciliation.confidence.differences import NONE, VALUE_KEY, count_rivals, find_rivals, weigh_rivals
from reconciliation.confidence.fits import ALONE
from reconciliation.confidence.model import LEAST, ConfidenceModel, Reason, shipped_model, weight_of
from reconciliation.confidence.population import Population
from reconciliation.confidence.source_errors import estimate_errors
from reconciliation.overrides import RULE as STEWARD_RULE
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
    "field, records",
    "field, rarest",
    "field, bearers",
    "field, words, bearers",
    "field, opposed",
    "field, longer, words",
)
"""What is weighed: observations, and such as mean something only together."""

MEASURES: Final = ("errors_in_field", "errors_of_source", "people")
"""How often sources are wrong tonight (`source_errors`), in doublings from `USUAL_ERRORS`: in this field, and, of the
source that the value is taken from, in all fields. And of a name that nobody else bears, among how many
people, in doublings from `population.USUAL_PEOPLE`: among few it says little."""
USUAL_ERRORS: Final = 0.04

_IS_ALONE = pl.col("fit").str.ends_with(ALONE).fill_null(value=False)
LINK_BANDS: Final = (0.5, 0.9, 0.99)
SLICE: Final = 20_000
MOST_VOTES, MOST_SLIPS, MOST_LONGER = 4, 3, 2
OPPOSED: Final = {
    0.5: "fewer than half as many",
    1: "fewer",
    2: "as many or more",
    3: "twice as many or more",
}
"""Records that state another value, by the least multiple of those that state the golden one that they do not reach."""


def value_confidence(
    provenance: pl.DataFrame,
    orders: pl.DataFrame,
    order_sources: pl.DataFrame,
    *,
    model: ConfidenceModel | None = None,
    errors: pl.DataFrame | None = None,
    population: Population | None = None,
) -> pl.DataFrame:
    """`order_id`, `field`, `confidence`: the probability that the golden value is the true one.

    There is none of a field without a value (no value passes its check), and of a field that is not measured.

    Args:
        provenance: `FIELD_PROVENANCE` without its confidence.
        orders: `ORDERS`, the golden values.
        order_sources: `ORDER_SOURCES`, with the confidence of links.
        model: defaults to the one that comes with Concord.
        errors: as for `observe_values`.
        population: that of all orders, where these are some of them.
    """
    population = Population.of(orders) if population is None else population.seen_in(orders)
    errors = estimate_errors(provenance, order_sources) if errors is None else errors
    probability = (model or shipped_model("value")).probability()
    confident = pl.when(pl.col("rule") == STEWARD_RULE).then(STEWARD).otherwise(probability).alias("confidence")
    # Some orders at a time: what is observed of all side by side takes more memory than anything else in a night.
    ids = provenance.select("order_id").unique()
    starts = range(0, max(ids.height, 1), SLICE)
    parts = (provenance.join(ids.slice(start, SLICE), on="order_id", how="semi") for start in starts)
    return pl.concat(
        observe_values(part, population, order_sources, errors=errors).select(*VALUE_KEY, confident) for part in parts
    )


def observe_values(
    provenance: pl.DataFrame,
    population: Population,
    order_sources: pl.DataFrame,
    *,
    errors: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What is observed of each golden value, as text: `order_id`, `field`, and each observation of `FEATURES`.

    Args:
        provenance: `FIELD_PROVENANCE` without its confidence.
        population: that of all orders of the register.
        order_sources: `ORDER_SOURCES`, with the confidence of links.
        errors: of `estimate_errors` or `SOURCE_RELIABILITY` of the night; estimated from the provenance unless given.
    """
    amended = order_sources.filter("is_amended").get_column("record_id")
    rivals = find_rivals(provenance).filter(~pl.col("record_id").is_in(amended.implode()))
    slips = rivals.group_by("order_id", "source").agg(slips=pl.col("field").n_unique().cast(pl.Int64))
    judged = (
        _judged_values(provenance)
        .join(weigh_rivals(rivals), on=VALUE_KEY, how="left", maintain_order="left")
        .join(count_rivals(rivals), on=VALUE_KEY, how="left", maintain_order="left")
    )
    return (
        judged.join(observe_bearers(judged, population.borne), on=VALUE_KEY, how="left", maintain_order="left")
        .join(slips, on=["order_id", "source"], how="left", maintain_order="left")
        .join(population.fits.join(judged, on="order_id", how="semi"), on=VALUE_KEY, how="left", maintain_order="left")
        .join(
            observe_holding(order_sources.join(judged, on="order_id", how="semi")), on="order_id", maintain_order="left"
        )
        .pipe(_with_errors, estimate_errors(provenance, order_sources) if errors is None else errors)
        .with_columns(people=pl.when(_IS_ALONE).then(population.people).otherwise(0.0))
        .select(
            *VALUE_KEY,
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
            pl.format("{} to {}", *(_record_band(pl.col(name)) for name in ("stating", "records"))).alias("records"),
            pl.col("words", "rarest", "bearers").fill_null(ABSENT),
            _opposed().alias("opposed"),
            pl.col("longer").fill_null(0).clip(0, MOST_LONGER).cast(pl.String),
            *MEASURES,
        )
    )


def _judged_values(provenance: pl.DataFrame) -> pl.DataFrame:
    """The values whose confidence is measured, with how many sources (`voices`) and records (`stating`) give them."""
    is_judged = ~pl.col("field").is_in(UNMEASURED) & (pl.col("rule") != "none_valid")
    voices = pl.sum_horizontal(_states(source).cast(pl.Int64) for source in SOURCE_NAMES)
    stating = pl.col("agreeing").list.len().cast(pl.Int64) + pl.col("source").is_not_null().cast(pl.Int64)
    return provenance.filter(is_judged).select(*VALUE_KEY, "value", "rule", "source", voices=voices, stating=stating)


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
    "only_source": "only one source gives a value",
    "agreement": "most sources agree",
    "corroboration": "sources are divided, and other facts support it",
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
    "records": "records for and against: {}",
    "rarest": "others who bear its rarest word: {}",
    "words": "words of the name: {}",
    "bearers": "others who bear the words in which it differs, and those of the other value: {}",
    "opposed": "records of another value, against those of this one: {}",
    "longer": "sources that give a name of more words: {}",
    "errors_in_field": "sources are wrong in this field tonight {} often than usual",
    "errors_of_source": "this source is wrong tonight {} often than usual",
    "people": "nobody else bears the name, and the register holds {} people than usual",
}
"""Observations in words; the field itself needs none."""


def _states(source: str) -> pl.Expr:
    """Whether a source states the golden value."""
    agrees = pl.col("agreeing").list.eval(pl.element().str.starts_with(f"{source}:")).list.any()
    return ((pl.col("source") == source) | agrees).fill_null(value=False)


def _record_band(records: pl.Expr) -> pl.Expr:
    """A number of records, as text; many records say little more than some."""
    count = records.fill_null(0)
    return (
        pl.when(count > 4)
        .then(pl.lit("5 or more"))
        .when(count > 2)
        .then(pl.lit("3 or 4"))
        .otherwise(count.cast(pl.String))
    )


def _opposed() -> pl.Expr:
    """How many records state another value, whichever, against those that state the golden one, in words."""
    share = pl.col("opposing") / pl.col("stating").clip(1)
    bands = (pl.when(share < most).then(pl.lit(words)) for most, words in OPPOSED.items())
    return pl.coalesce(
        pl.when(pl.col("opposing").is_null()).then(pl.lit("none")), *bands, pl.lit("three times as many or more")
    )


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


def observe_holding(order_sources: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `held_by` (sources), `link` (how sure it is that its records belong together)."""
    least = pl.col("link_confidence").min()
    bands = pl.coalesce(
        pl.when(least.is_null()).then(pl.lit("alone")),
        *(pl.when(least < band).then(pl.lit(f"below {band}")) for band in LINK_BANDS),
        pl.lit("sure"),
    )
    return order_sources.group_by("order_id").agg(held_by=pl.col("source").n_unique().cast(pl.String), link=bands)
