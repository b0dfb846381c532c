"""Names that stand for fuller ones: shorter, begun, familiar.

Belongs here: which forms of a name speak for a fuller one that another record states. Does not: which name wins.
"""

import polars as pl

from warehouse.codes import reference


def add_fuller_names(voices: pl.DataFrame) -> pl.DataFrame:
    """The voices for a name that stands for a fuller one, as voices for the fuller one.

    `ANA` speaks for `ANA MARIA`, so does `ANA M`; `LIZ` and `LIZ MARY` speak for `ELIZABETH MARY`; `JESS` speaks for
    `JESSICA`, though on no list. A letter less is no form of a name but a slip, of one or of the other.

    Args:
        voices: `group`, `source`, `canonical` (folded names, a blank between words) and other columns.

    Returns:
        The same columns, `canonical` being the fuller name of the same group; no row where there is none.
    """
    fuller = voices.select("group", pl.col("canonical").alias("fuller")).unique()
    formal = voices.with_columns(familiar=pl.col("canonical").str.extract(r"^(\S+)")).join(
        _formal_names(), on="familiar"
    )
    first = pl.col("formal") + pl.col("canonical").str.slice(pl.col("familiar").str.len_chars())
    forms = pl.concat(
        [voices.with_columns(form="canonical"), formal.with_columns(form=first).drop("familiar", "formal")]
    )
    words = pl.lit(" ") + pl.col("form") + " "
    is_part = (pl.lit(" ") + pl.col("fuller") + " ").str.contains(words, literal=True)
    begins = pl.col("fuller").str.starts_with(pl.col("form"))
    is_initial = begins & pl.col("form").str.contains(r"(^| )\S$")
    first_word = pl.col("fuller").str.extract(r"^(\S+)").str.len_chars()
    letters = pl.col("form").str.len_chars()
    is_beginning = begins & ~pl.col("form").str.contains(" ") & (letters >= 3) & (first_word >= letters + 2)
    spoken = (
        forms.join(fuller, on="group")
        .filter((pl.col("canonical") != pl.col("fuller")) & (is_part | is_initial | is_beginning))
        .select(*voices.columns, "fuller")
        .unique()
    )
    # A source that holds a fuller form itself means that one by its shorter ones, and no slip of another source.
    own = spoken.join(
        voices, left_on=["group", "source", "fuller"], right_on=["group", "source", "canonical"], how="semi"
    )
    heard = pl.concat([own, spoken.join(own, on=["group", "source", "canonical"], how="anti")])
    return heard.select(
        pl.col("fuller").alias("canonical") if name == "canonical" else name for name in voices.columns
    ).unique()


def _formal_names() -> pl.DataFrame:
    """`familiar` and `formal` forenames of the reference list, folded; one familiar form may stand for several."""
    names = reference("name_variants").filter(pl.col("kind") == "nickname")
    plain = pl.col("a", "b").str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_uppercase()
    return names.select(plain).select(familiar="b", formal="a").unique()
