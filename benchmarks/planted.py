"""What was planted in a night, whether its deliveries show it, and how much of it was found.

Belongs here: planted errors and findings in the same terms, and their count. Does not: what puts a folder through the
pipeline (`benchmarks.discrepancies`), the values themselves (`benchmarks.truth`).
"""

import polars as pl

from benchmarks.truth import FIELDS as VALUES
from benchmarks.truth import PERSON_FIELDS
from reconciliation.date_arithmetic import whole_months
from reconciliation.statutes import HALF_YEAR

FIELDS = {
    "made_on": "made",
    "start_on": "start",
    "end_on": "end",
    "term_months": "term",
    "order_type": "kind",
    "is_interim": "interim",
    "surname": "name",
    "forenames": "name",
    "date_of_birth": "dob",
    "pnc_id": "pncid",
    "cro_number": "cro",
    "sex": "sex",
    "court_code": "court",
    "force_code": "force",
    "legal_status": "status",
    "conditions": "conditions",
    "is_county_lines": "county_lines",
    "duplicate": "duplicate",
    "case_urn": "urn",
}
PLACE = ["source", "source_key", "field"]
HIDDEN = ("corrected", "no trace", "unstated")
# What a record leaves out is an error where every order has it; elsewhere a record that does not say is not wrong, nor
# is an upload to the PND without conditions, for which many forms have no place.
NEVER_ABSENT = ("dob", "end", "conditions")
NAME_PARTS = ("surname", "forenames")
# A length that its own dates contradict is counted as the length; the mistake may be in either day.
CONTRADICTION = "TERM-SELF"
CONTRADICTED = ("term", "end", "start")


def places(discrepancies: pl.DataFrame, planted: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Where something was found: record and field, in the terms of truth; a duplicate stands for its order."""
    found = discrepancies.filter(pl.col("source_key").is_not_null() & pl.col("field").is_in(FIELDS))
    named = found.with_columns(pl.col("field").replace_strict(FIELDS))
    mistaken = planted.filter(pl.col("field").is_in(CONTRADICTED)).group_by(PLACE[:2]).agg(wrong=pl.col("field"))
    is_either = (pl.col("rule_code") == CONTRADICTION) & pl.col("wrong").is_not_null()
    meant = pl.coalesce(pl.when(pl.col("wrong").list.contains(field)).then(pl.lit(field)) for field in CONTRADICTED)
    reported = named.join(mistaken, on=PLACE[:2], how="left").with_columns(
        field=pl.when(is_either).then(meant).otherwise("field")
    )
    return _name_duplicates(reported.select(PLACE), links).unique()


def plant(errors: pl.DataFrame, stated: pl.DataFrame, truth: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Where something is wrong: record and field.

    What truth marks as another form of the fact or as a gap is nothing wrong. Duplicates are the orders of which a
    source holds two records that stand. What a record does not give apart it gives by what stands for it: a day of
    making mistaken in a record that has a start alone is a start mistaken, and an end whole half years off in a record
    that has no length is a length mistaken, unless the order is interim and has none. A wrong date of order that is
    copied as the start is one mistake.

    Args:
        errors: truth: `source`, `source_key`, `field`, and, if given, `nature`.
        stated: from `benchmarks.truth.stated_values`.
        truth: from `benchmarks.truth.true_values`.
        links: truth: `source`, `source_key`, `order_id`.
    """
    wrong = errors.filter(pl.col("nature") == "error") if "nature" in errors.columns else errors
    ends = (pl.col(name).str.to_date(strict=False) for name in ("true_end", "end"))
    given = (
        stated.join(links, on=PLACE[:2])
        .join(truth.select("order_id", true_end="end", true_term="term"), on="order_id")
        .select(
            *PLACE[:2],
            has_one_day=pl.col("made").is_null() & pl.col("start").is_not_null(),
            has_other_length=pl.col("term").is_null()
            & pl.col("true_term").is_not_null()
            & (whole_months(*ends) % HALF_YEAR == 0),
            has_copied_day=pl.col("made") == pl.col("start"),
        )
    )
    is_start = (pl.col("field") == "made") & pl.col("has_one_day")
    is_length = (pl.col("field") == "end") & pl.col("has_other_length").fill_null(value=False)
    moved = wrong.join(given, on=PLACE[:2]).with_columns(
        field=pl.when(is_start).then(pl.lit("start")).when(is_length).then(pl.lit("term")).otherwise(pl.col("field"))
    )
    is_copy = (
        (pl.col("field") == "start")
        & pl.col("has_copied_day").fill_null(value=False)
        & (pl.col("field") == "made").any().over(PLACE[:2])
    )
    standing = links.join(stated.filter("is_standing"), on=PLACE[:2], how="semi")
    twice = standing.filter(pl.len().over("source", "order_id") > 1)
    duplicates = twice.select("source", "source_key", field=pl.lit("duplicate"))
    kept = moved.filter((pl.col("field") != "duplicate") & ~is_copy).select(PLACE)
    return _name_duplicates(pl.concat([kept, duplicates]), links).unique()


def _name_duplicates(rows: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Which of two records is the second one is nobody's fault: both stand for their order."""
    key = pl.when(pl.col("field") == "duplicate").then("order_id").otherwise("source_key")
    return rows.join(links, on=PLACE[:2], how="left").select("source", key.alias("source_key"), "field")


def find_hidden(
    planted: pl.DataFrame, stated: pl.DataFrame, truth: pl.DataFrame, links: pl.DataFrame, *, refused: pl.DataFrame
) -> pl.DataFrame:
    """Which errors the deliveries show to nobody, and why: by truth and deliveries, not by findings.

    Args:
        planted: from `plant`.
        stated: from `benchmarks.truth.stated_values`.
        truth: from `benchmarks.truth.true_values`.
        links: truth.
        refused: `core__rejected_values`: what could not be read, or fails the check letter, shows by itself.

    Returns:
        `planted` with `hidden`: corrected (the court itself has amended or withdrawn the result), no trace (the record,
        as it is read, says the truth or nothing), unstated (no other record of the order, or of the person, states the
        truth; of a status, where dates don't show it), or null. Of a name it is enough that one part shows.
    """
    said = lengthen_values(stated, "source", "source_key", "is_standing").join(links, on=PLACE[:2])
    true = lengthen_values(truth, "order_id", "person_id").rename({"value": "true", "name": "true_name"})
    known = said.join(true, on=["order_id", "part"])
    group = pl.when(pl.col("part").is_in(PERSON_FIELDS)).then("person_id").otherwise("order_id")
    known = known.with_columns(group=group)
    is_true = pl.col("is_standing") & (pl.col("value") == pl.col("true")).fill_null(value=False)
    known = known.with_columns(true_count=is_true.sum().over("group", "part"))
    is_asked = pl.col("field").is_in(NEVER_ABSENT) & ~((pl.col("field") == "conditions") & (pl.col("source") == "pnd"))
    is_silent = pl.col("value").is_null() & ~is_asked
    # The same words split otherwise into forenames and surname are the same name.
    is_alike = (pl.col("field") == "name") & (pl.col("name") == pl.col("true_name"))
    is_worked_out = (pl.col("field") == "status") & (pl.col("true") != "discharged")
    hidden = (
        pl.when(~pl.col("is_standing"))
        .then(pl.lit("corrected"))
        .when(is_silent | (pl.col("value") == pl.col("true")) | is_alike)
        .then(pl.lit("no trace"))
        .when((pl.col("true_count") == 0) & ~is_worked_out)
        .then(pl.lit("unstated"))
    )
    hidden_parts = (
        known.with_columns(hidden=hidden)
        .group_by(PLACE)
        .agg(hidden=pl.when(pl.col("hidden").is_not_null().all()).then(pl.col("hidden").max()))
    )
    gone = stated.filter(~pl.col("is_standing")).select(*PLACE[:2], gone=pl.lit("corrected"))
    shown = refused.filter(pl.col("field").is_in(FIELDS)).select(
        *PLACE[:2], pl.col("field").replace_strict(FIELDS), is_shown=pl.lit(value=True)
    )
    whole = planted.join(hidden_parts, on=PLACE, how="left").join(gone, on=PLACE[:2], how="left")
    whole = whole.join(shown.unique(), on=PLACE, how="left")
    return whole.select(*PLACE, hidden=pl.coalesce("gone", pl.when(pl.col("is_shown").is_null()).then("hidden")))


def lengthen_values(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """One row a value: the keys, `name`, `part` (a column of the values), `field` (as errors call it), `value`."""
    named = frame.with_columns(name=pl.concat_str("forenames", "surname", ignore_nulls=True))
    rows = named.unpivot(VALUES, index=[*keys, "name"], variable_name="part")
    return rows.with_columns(field=pl.col("part").replace(dict.fromkeys(NAME_PARTS, "name")))


def measure(found: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    """Recall and precision by field, and over all.

    Args:
        found: from `places`; absences and findings on the order itself are left aside.
        planted: from `find_hidden`; several errors of one field in one record count once.

    Returns:
        `field`, `planted`, `found`, `hits`, `recall` (of all planted), `precision`, `visible` (planted that the
        deliveries show), `visible_recall` (of these), and the number of the others by the reason why they don't; null
        where there is nothing to divide by. Last row `all`.
    """
    hits = planted.join(found, on=PLACE)
    visible = pl.col("hidden").is_null()
    sets = {"planted": planted, "found": found, "hits": hits}
    sets |= {"visible": planted.filter(visible), "visible_hits": hits.filter(visible)}
    sets |= {reason: planted.filter(pl.col("hidden") == reason) for reason in HIDDEN}
    counts = pl.DataFrame({"field": sorted({*planted["field"], *found["field"]})}, schema={"field": pl.String})
    for name, rows in sets.items():
        counts = counts.join(rows.group_by("field").agg(pl.len().alias(name)), on="field", how="left")
    counts = counts.fill_null(0)
    whole = counts.select(pl.lit("all").alias("field"), pl.col(list(sets)).sum())
    return pl.concat([counts, whole]).select(
        "field",
        "planted",
        "found",
        "hits",
        recall=_share("hits", "planted"),
        precision=_share("hits", "found"),
        visible=pl.col("visible"),
        visible_recall=_share("visible_hits", "visible"),
        **{reason: pl.col(reason) for reason in HIDDEN},
    )


def _share(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then((pl.col(part) / pl.col(whole)).round(3))
