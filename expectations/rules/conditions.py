"""Rules on the conditions of an order, and what they need beside a record.

Not a discrepancy: a condition in other words.
"""

from functools import partial

import polars as pl

from expectations.rules.rule import Evidence, Rule, golden
from warehouse.sources import COURT_SOURCES, is_from_court, may_omit

CONDITION_NOTE = "Conditions are shortened or left out when copied (E33) [COLLEGE-STRO: they were re-requested]."
PERIOD = r"\b\d+\s*(?:hour|day|week|month|year)s?\b"
ENOUGH_AGAINST_COURT = 2
"""Other sources that hold a condition, and the court's result does not: fewer are not believed against it."""

missing = pl.col("missing_codes").list.len()
extra = pl.col("extra_codes").list.len()
# Conditions are a part of every PNC record and court result, and regions are asked for them. A PND document without
# any does not contradict the order: it is incomplete, and scored so.
lists_none = (pl.col("condition_codes").list.len() == 0) & (pl.col("uncoded_conditions") == 0)
# A wording that was cut or could not be coded may be the one that seems to be missing.
is_explained_by_cut = (missing <= pl.col("uncoded_conditions")) | (pl.col("has_cut_condition") & (missing == extra))


condition_rule = partial(
    Rule,
    field="conditions",
    severity="high",
    dimension="consistency",
    note=CONDITION_NOTE,
    observed=pl.col("condition_codes").list.join(" "),
    expected=golden("condition_codes").list.join(" "),
)
"""On the set of conditions."""


CONDITION_RULES = (
    condition_rule(
        code="COND-COURT-LACKS",
        title="Condition not in the court's result",
        when=is_from_court & (missing > 0) & ~is_explained_by_cut,
        message="At least two other sources hold conditions that are not in {source}: confirm.",
        correction="Compare with the sealed order, and confirm which conditions the court set.",
        example="Court: C01. PNC, PND: C01, C02. The result may have been entered in part. One other source does not "
        "outweigh the court.",
    ),
    condition_rule(
        code="COND-COURT-ALONE",
        title="Condition only in the court's result",
        when=is_from_court & (extra > 0),
        message="{source} holds conditions that the other sources lack: confirm. They count as in force until then.",
        correction="Compare with the sealed order, and confirm which conditions the court set.",
        example="Court: C01, C09. PNC, PND, return: C01. C09 is in doubt, and stays among the prohibitions.",
    ),
    condition_rule(
        code="COND-NONE",
        title="No conditions at all",
        when=~is_from_court & lists_none & (missing > 0) & ~may_omit("conditions"),
        message="{source} lists no conditions; the order has some.",
        correction="Enter the conditions that the court set.",
        example="Return: cell empty. Court: C01, C02. Nobody can see from the return what is forbidden. A PND document "
        "has no place for conditions in many forms: an empty list there is incomplete, not wrong.",
    ),
    condition_rule(
        code="COND-DIFFER",
        title="Conditions differ",
        when=~is_from_court & (missing > 0) & (extra > 0) & ~is_explained_by_cut,
        message="{source} lacks conditions of the order and holds others that few sources support.",
        correction="Compare with the court result condition by condition.",
        example="PNC: C01, C09. Court, PND: C01, C02. C02 is missing and C09 should not be there.",
    ),
    condition_rule(
        code="COND-MISSING",
        title="Condition missing",
        when=~is_from_court & ~lists_none & (missing > 0) & (extra == 0) & ~is_explained_by_cut,
        message="{source} lacks conditions of the order.",
        correction="Add the conditions that the court set.",
        example="PND: C01. Court, PNC: C01, C02. C02 is missing.",
    ),
    condition_rule(
        code="COND-EXTRA",
        title="Extra condition",
        when=~is_from_court & (extra > 0) & (missing == 0),
        message="{source} holds conditions that few sources support.",
        correction="Remove the conditions that the court did not set.",
        example="Return: C01, C02, C09. Court, PNC: C01, C02. C09 should not be there.",
    ),
    condition_rule(
        code="COND-CUT",
        title="Condition cut too short to identify",
        severity="low",
        when=(missing > 0) & pl.col("has_cut_condition") & (pl.col("uncoded_conditions") > 0),
        message="{source} cuts conditions off at a fixed width, and what is left of one does not show which it is.",
        correction="Read the condition in the court result; shorten its wording by sense.",
        example="PNC, cut at 60 characters: NOT TO BE IN THE COMPANY OF ANY PERSON WHO TO HIS KNOWLEDGE. Court: C02 "
        "among others. A cut condition that can still be identified is not reported.",
    ),
    condition_rule(
        code="COND-PERIOD",
        title="Condition with a different period",
        when=pl.col("has_other_period"),
        message="{source} gives a condition with a different number of days, months or years.",
        correction="Take the period from the court result.",
        example="PNC: notify an address within 7 days. Court: within 3 days. Same condition (C29), different period.",
    ),
)


def with_condition_features(records: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """The codes a record holds, those of its order, what is missing or too many, and whether periods differ.

    Nothing is missing in a court's own result unless at least two other sources hold it, and nothing of it is too many
    in them, though it is in doubt; what a court's result lacks is.
    """
    places = records.select("record_id", "order_id")
    is_golden, is_doubtful = pl.col("is_golden"), pl.col("is_doubtful")
    others = pl.col("sources").list.set_difference(list(COURT_SOURCES)).list.len()
    code = pl.col("condition_code")
    judged = evidence.conditions.group_by("order_id").agg(
        code.filter(is_golden).unique().sort().alias("golden_condition_codes"),
        code.filter(is_golden & (others >= ENOUGH_AGAINST_COURT)).alias("firm_codes"),
        code.filter(is_doubtful & (others < pl.col("sources").list.len())).alias("doubtful_codes"),
    )
    worded = evidence.core_conditions.join(places, on="record_id")
    held = (
        worded.group_by("record_id")
        .agg(
            pl.col("condition_code").drop_nulls().unique().sort().alias("condition_codes"),
            pl.col("condition_code").null_count().cast(pl.Int64).alias("uncoded_conditions"),
            pl.col("is_cut").any().alias("has_cut_condition"),
        )
        .with_columns(has_other_period=pl.col("record_id").is_in(_with_other_period(worded, evidence).implode()))
    )
    codes, expected = pl.col("condition_codes"), pl.col("golden_condition_codes")
    missing = pl.when(is_from_court).then("firm_codes").otherwise(expected).list.set_difference(codes)
    extra = codes.list.set_difference(expected)
    return (
        records.join(held, on="record_id", how="left")
        .join(judged, on="order_id", how="left")
        .with_columns(
            codes.fill_null([]),
            pl.col("uncoded_conditions").fill_null(0),
            pl.col("has_cut_condition", "has_other_period").fill_null(False),
        )
        .with_columns(
            missing_codes=missing,
            extra_codes=pl.when(is_from_court).then(extra).otherwise(extra.list.set_difference("doubtful_codes")),
        )
        .drop("firm_codes", "doubtful_codes")
    )


def _with_other_period(worded: pl.DataFrame, evidence: Evidence) -> pl.Series:
    """Records of which a wording gives a period, and that of the order another; one that was cut may have lost it."""
    golden = evidence.conditions.filter("is_golden").select("order_id", "condition_code", "text")
    texts = pl.concat([worded.get_column("text"), golden.get_column("text")]).unique()
    found = pl.col("text").str.to_lowercase().str.extract_all(PERIOD)
    periods = texts.to_frame().with_columns(own=found.list.eval(pl.element().str.replace_all(r"\s+|s$", "")))
    given = periods.filter(pl.col("own").list.len() > 0)
    other = golden.join(given, on="text").select("order_id", "condition_code", other="own")
    both = worded.filter(~pl.col("is_cut")).join(given, on="text").join(other, on=["order_id", "condition_code"])
    return both.filter(pl.col("own").list.set_symmetric_difference("other").list.len() > 0).get_column("record_id")


def travel_ends(conditions: pl.DataFrame) -> pl.DataFrame:
    """`travel_end_on`: the last day of the longest prohibition on foreign travel that binds, or may."""
    is_held = pl.col("is_golden") | pl.col("is_doubtful")
    return conditions.filter((pl.col("kind") == "travel") & is_held).group_by("order_id").agg(
        travel_end_on=pl.col("end_on").max()
    )  # fmt: skip
