"""How another value differs from the golden one: a slip of the hand, another form of it, or something else.

Belongs here: kinds of difference, and who states the other value. Does not: whose value wins
(`reconciliation.choosing`), what a difference weighs (`reconciliation.confidence.model`).
"""

from typing import Final

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from reconciliation.date_arithmetic import DAYS_OF_SLIP, digits_apart, is_exchanged, is_same_but_for_year
from warehouse.standardise import fold

DATES: Final = ("date_of_birth", "made_on", "start_on", "end_on")
NAME_FIELDS: Final = ("forenames", "surname")
SLIP_OF_PEN: Final = 2
"""Letters in which a misspelt name differs at most."""

VALUE_KEY: Final = ("order_id", "field")
NONE: Final = "no other value"


def find_rivals(provenance: pl.DataFrame) -> pl.DataFrame:
    """The values that records state beside the golden ones.

    Args:
        provenance: `FIELD_PROVENANCE`.

    Returns:
        `order_id`, `field`, `value`, `rival` (text), `record_id`, `source`: a row for each record and value.
    """
    lost = provenance.filter(pl.col("losing").list.len() > 0).select(*VALUE_KEY, "value", "losing").explode("losing")
    # Keys hold no `=`; values may.
    parts = lost.with_columns(
        record_id=pl.col("losing").str.extract(r"^([^=]*)="), rival=pl.col("losing").str.extract(r"(?s)^[^=]*=(.*)$")
    )
    return parts.select(*VALUE_KEY, "value", "rival", "record_id", source=pl.col("record_id").str.extract("^([^:]*):"))


def weigh_rivals(rivals: pl.DataFrame) -> pl.DataFrame:
    """The strongest other value of each golden value: that of most sources, then of most records.

    Args:
        rivals: from `find_rivals`.

    Returns:
        `order_id`, `field`, `rival`, `against` (sources that state it), `records` (that state it), `is_split` (still
        others are stated), `difference`.
    """
    counted = _counted(rivals)
    names = counted.filter(pl.col("field").is_in(NAME_FIELDS))
    fuller = _with_forms(names).filter("is_fuller").select(VALUE_KEY).unique().with_columns(has_fuller=True)
    values = counted.group_by(VALUE_KEY).agg(is_split=pl.len() > 1)
    ordered = counted.sort("against", "records", "rival", descending=[True, True, False])
    return (
        name_differences(ordered.unique(VALUE_KEY, keep="first", maintain_order=True))
        .join(values, on=VALUE_KEY)
        .join(fuller, on=VALUE_KEY, how="left")
        .with_columns(difference=pl.when("has_fuller").then(pl.lit("a fuller form is stated")).otherwise("difference"))
        .select(*VALUE_KEY, "rival", "against", "records", "is_split", "difference")
    )


def count_rivals(rivals: pl.DataFrame) -> pl.DataFrame:
    """All that is stated beside each golden value, whatever it is.

    Args:
        rivals: from `find_rivals`.

    Returns:
        `order_id`, `field`, `opposing` (records that state another value), `longer` (sources that state a name of more
        words, in whatever form: `Tom Craig` beside `Thomas` says that a middle name is missing).
    """
    # A hyphen parts no words here: where names were exchanged, a double surname is no further forename.
    words = {name: pl.col(name).str.count_matches(r"\S+") for name in ("value", "rival")}
    is_longer = pl.col("field").is_in(NAME_FIELDS) & (words["rival"] > words["value"])
    return rivals.group_by(VALUE_KEY).agg(
        opposing=pl.len().cast(pl.Int64), longer=pl.col("source").filter(is_longer).n_unique().cast(pl.Int64)
    )


def _counted(rivals: pl.DataFrame) -> pl.DataFrame:
    """Each other value once, with its sources and records; names that differ in accents and punctuation are one."""
    is_name = pl.col("field").is_in(NAME_FIELDS)
    form = pl.when(is_name).then(fold(pl.col("rival"))).otherwise("rival")
    return rivals.group_by(*VALUE_KEY, "value", form=form).agg(
        pl.col("rival").min(), against=pl.col("source").n_unique().cast(pl.Int64), records=pl.len().cast(pl.Int64)
    )


def name_differences(pairs: pl.DataFrame) -> pl.DataFrame:
    """The kind of difference, in words.

    Args:
        pairs: `field`, `value`, `rival` and others.

    Returns:
        The same with `difference`.
    """
    is_date, is_name = pl.col("field").is_in(DATES), pl.col("field").is_in(NAME_FIELDS)
    days = [
        pl.when(is_date).then(pl.col(name)).str.to_date(strict=False).alias(f"{name}_day")
        for name in ("value", "rival")
    ]
    day, other = pl.col("value_day"), pl.col("rival_day")
    kinds = {
        "none is believed": pl.col("value").is_null(),
        "day and month exchanged": is_exchanged(day, other),
        "one digit": digits_apart(day, other) == 1,
        "another year": is_same_but_for_year(day, other),
        "a few days": (day - other).dt.total_days().abs() <= DAYS_OF_SLIP,
        "shorter form": is_name & pl.col("is_shorter"),
        "one or two letters": is_name & (pl.col("letters") <= SLIP_OF_PEN),
    }
    named = pl.coalesce(
        *(pl.when(holds.fill_null(value=False)).then(pl.lit(kind)) for kind, holds in kinds.items()),
        pl.lit("another value"),
    )
    return (
        _with_forms(pairs)
        .with_columns(days)
        .with_columns(difference=named)
        .drop("value_day", "rival_day", "is_fuller", "is_shorter", "letters")
    )


def _with_forms(pairs: pl.DataFrame) -> pl.DataFrame:
    """`is_fuller`, `is_shorter` (the rival is the value with words or letters more, or less), `letters` that differ."""
    plain = pairs.with_columns(fold(pl.col(name)).alias(f"{name}_folded") for name in ("value", "rival"))
    texts = (plain.get_column(f"{name}_folded").fill_null("").to_list() for name in ("value", "rival"))
    is_name = pl.col("field").is_in(NAME_FIELDS)
    value, rival = pl.col("value_folded"), pl.col("rival_folded")
    return plain.with_columns(
        letters=pl.Series(cpdist(*texts, scorer=OSA.distance, workers=-1), dtype=pl.Int64),
        is_fuller=is_name & _is_part(value, rival),
        is_shorter=is_name & _is_part(rival, value),
    ).drop("value_folded", "rival_folded")


def _is_part(form: pl.Expr, fuller: pl.Expr) -> pl.Expr:
    words = pl.lit(" ") + form + " "
    is_within = (pl.lit(" ") + fuller + " ").str.contains(words, literal=True) | fuller.str.starts_with(form)
    return (is_within & (form != fuller)).fill_null(value=False)
