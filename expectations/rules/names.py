"""How the name of a record compares with the golden name: features that the rules on names read.

Belongs here: features worked out once for each distinct pair of names. Does not: what counts as a discrepancy.
"""

import polars as pl
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from reconciliation.name_forms import name_variants

NAME_PAIR = ("surname_folded", "forenames_folded", "golden_surname_folded", "golden_forenames_folded")


def with_name_features(records: pl.DataFrame, known_names: pl.DataFrame) -> pl.DataFrame:
    """Add the features of the names to records beside their order.

    Args:
        records: `order_id`, `record_id` and the four folded names of `NAME_PAIR`.
        known_names: `order_id`, `record_id`, `surname_folded`, `forenames_folded`: aliases that a record of the order
            gives.

    Returns:
        The records with `surname_squashed`, `forenames_squashed` and their golden counterparts (spaces dropped),
        `surname_similarity`, `forename_similarity`, `swapped_similarity` (0 to 1), `is_surname_part`,
        `is_forenames_shortened`, `is_forenames_extended`, `is_name_variant`, `is_known_alias`.
    """
    pairs = records.select(NAME_PAIR).unique().drop_nulls().sort(NAME_PAIR)
    features = _similarities(pairs.with_columns(_squashed(name) for name in NAME_PAIR)).with_columns(_token_features())
    return records.join(features, on=NAME_PAIR, how="left").join(
        _alias_marks(records, known_names), on="record_id", how="left"
    )


def _squashed(name: str) -> pl.Expr:
    return pl.col(name).str.replace_all(" ", "").alias(name.replace("_folded", "_squashed"))


def _similarities(pairs: pl.DataFrame) -> pl.DataFrame:
    """Jaro-Winkler similarity of surnames, of forenames, and of each with the other's golden one (the weaker)."""
    straight = _similarity(pairs, "surname_squashed", "golden_surname_squashed")
    fore = _similarity(_firsts(pairs), "forename", "golden_forename")
    crossed = pl.DataFrame(
        {
            "surname": _similarity(_firsts(pairs), "surname_squashed", "golden_forename"),
            "forename": _similarity(_firsts(pairs), "forename", "golden_surname_squashed"),
        }
    )
    return pairs.with_columns(
        surname_similarity=straight,
        forename_similarity=fore,
        swapped_similarity=crossed.select(pl.min_horizontal("surname", "forename")).to_series(),
    )


def _firsts(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.with_columns(
        forename=pl.col("forenames_folded").str.extract(r"^(\S+)"),
        golden_forename=pl.col("golden_forenames_folded").str.extract(r"^(\S+)"),
    )


def _similarity(pairs: pl.DataFrame, left: str, right: str) -> pl.Series:
    values = [pairs.get_column(name).fill_null("").to_list() for name in (left, right)]
    return pl.Series(cpdist(values[0], values[1], scorer=JaroWinkler.similarity), dtype=pl.Float64)


def _token_features() -> list[pl.Expr]:
    record, gold = (pl.col(name).str.split(" ") for name in ("forenames_folded", "golden_forenames_folded"))
    surname_parts = pl.col("golden_surname_folded").str.split(" ")
    shortened = _initials_or_names(pl.col("forenames_folded"), pl.col("golden_forenames_folded"))
    return [
        ((surname_parts.list.len() > 1) & surname_parts.list.contains(pl.col("surname_folded"))).alias(
            "is_surname_part"
        ),
        ((record.list.set_difference(gold).list.len() == 0) | shortened).alias("is_forenames_shortened"),
        ((gold.list.set_difference(record).list.len() == 0) & (record.list.len() > gold.list.len())).alias(
            "is_forenames_extended"
        ),
        _is_variant().alias("is_name_variant"),
    ]


def _initials_or_names(short: pl.Expr, full: pl.Expr) -> pl.Expr:
    """`J` for `JOHN`, `JOHN P` for `JOHN PAUL`: the short form starts as the full one and ends in an initial."""
    return short.str.contains(r"(^| )\S$") & full.str.starts_with(short)


def _is_variant() -> pl.Expr:
    """The first forenames are two forms of one name."""
    forms = [f"{one}~{other}" for pair in name_variants() for one, other in (pair, pair[::-1])]
    first, gold = (pl.col(name).str.extract(r"^(\S+)") for name in ("forenames_folded", "golden_forenames_folded"))
    return pl.format("{}~{}", first, gold).is_in(forms)


def _alias_marks(records: pl.DataFrame, known_names: pl.DataFrame) -> pl.DataFrame:
    """Which records hold as main name an alias of the order, or hold the golden name as an alias."""
    own = records.select("order_id", "record_id", *NAME_PAIR)
    by_order = known_names.select("order_id", "surname_folded", "forenames_folded").unique()
    as_alias = own.join(by_order, on=["order_id", "surname_folded", "forenames_folded"], how="semi")
    gold = known_names.select(
        "record_id", golden_surname_folded="surname_folded", golden_forenames_folded="forenames_folded"
    )
    has_gold = own.join(gold, on=["record_id", "golden_surname_folded", "golden_forenames_folded"], how="semi")
    marked = pl.concat([as_alias, has_gold]).get_column("record_id").unique()
    return own.select("record_id", is_known_alias=pl.col("record_id").is_in(marked.implode()))
