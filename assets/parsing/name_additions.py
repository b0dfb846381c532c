"""What offices write beside a name: titles, honours, other names, a date of birth, the number of the row.

Belongs here: taking a text apart into the name and what stands beside it. Does not: which words of the name are the
surname (`names`).

The words are in `name_words.csv`. Words that are names too (Major, King, Junior, KC, MD, Nee) count as an addition only
where they cannot be the name; when in doubt they stay in the name.
"""

from functools import cache

import polars as pl

from assets.parsing.name_letters import NK, without_letters
from assets.parsing.name_patterns import (
    AGE,
    BIRTH,
    BRACKETS,
    DOUBT,
    ENCLOSED,
    IDENTIFIER,
    IS_LONG,
    OTHER_SURNAME,
    QUOTES,
    SAID,
    TWO_FORENAMES,
    TWO_NAMES,
    TWO_PEOPLE,
    any_of,
    ditto,
    last_additions,
    left_out,
    listed_words,
)
from assets.parsing.words import known
from reconciliation.name_forms import is_listed_forename
from warehouse.standardise import fold

# Parts a text where another name begins; the letter after it is the kind of that name.
MARK = "\x1f"
NAME, SURNAME, FORENAME, REMARK = "NSFR"
OTHERS = ((SURNAME, "other surname"), (NAME, "other name"))


def take_apart(texts: pl.DataFrame) -> pl.DataFrame:
    """Take texts apart into a row for each name: the main one, and other names of the same person.

    Args:
        texts: `text`, distinct.

    Returns:
        `text`, `place` (0 for the main name), `kind` (`NAME`, `SURNAME`, `FORENAME`: what another name is), `seen` (the
        name alone), `generation` (Jnr, Snr, II, III, IV), `birth_in_name` (a date of birth, as written),
        `beside_name` (an age, what is in brackets and is neither a name nor a listed word, a text without letters).
    """
    seen = pl.col("seen")
    dated = (
        texts.with_columns(seen=known(pl.col("text")).str.replace_all(r"[\s_]+", " ").str.replace(ENCLOSED, "${1}"))
        .with_columns(_with_second_name(seen))
        .with_columns(birth_in_name=pl.coalesce(seen.str.extract(BIRTH, group) for group in range(1, 5)))
        .with_columns(seen.str.replace(BIRTH, " ").str.strip_chars_end())
        .with_columns(age=seen.str.extract(AGE))
        .with_columns(seen.str.replace(AGE, " ").str.strip_chars_end())
        .with_columns(identifier=seen.str.extract(IDENTIFIER))
        .with_columns(seen.str.replace(IDENTIFIER, " ").str.strip_chars_end())
    )
    dated = _without_remarks(dated)
    brackets, quotes = seen.str.extract_all(BRACKETS), seen.str.extract_all(QUOTES)
    named = without_letters(without_additions(dated)).with_columns(
        brackets=_of_brackets(brackets).list.join(MARK).replace("", None)
    )
    marked = named.with_columns(_marked(seen.str.replace_all(BRACKETS, " ")))
    quoted = quotes.list.eval(FORENAME + _inner(pl.element())).list.join(MARK).replace("", None)
    main = seen.str.replace_all(QUOTES, " ")
    pieces = marked.with_columns(piece=pl.concat_str(main, "brackets", quoted, separator=MARK, ignore_nulls=True))
    return _rows(_exploded(_exploded(pieces, pl.col("piece")), _listed_others()))


def _with_second_name(seen: pl.Expr) -> pl.Expr:
    """`Dean Rothery / Deano Marshlow` as `Dean Rothery aka Deano Marshlow`: both sides begin with a forename."""
    parts = seen.str.extract_groups(TWO_NAMES).struct
    are_names = [is_listed_forename(parts.field(group).str.to_uppercase()) for group in ("2", "4")]
    # A slash parts two names of one person, a semicolon perhaps two people.
    between = pl.when(seen.str.contains("[;|]")).then(pl.lit("&")).otherwise(pl.lit("aka"))
    two = pl.concat_str(parts.field("1"), between, parts.field("3"), separator=" ")
    # `Ngozi Adeyemi/Obi`: a name and another surname.
    surnames = seen.str.extract_groups(OTHER_SURNAME).struct.field
    has_other = is_listed_forename(fold(surnames("2"))) & ~is_listed_forename(fold(surnames("3")))
    former = pl.concat_str(surnames("1"), pl.lit(" née "), surnames("3"))
    return pl.when(are_names).then(two).when(has_other).then(former).otherwise(seen).alias("seen")


def _without_remarks(rows: pl.DataFrame) -> pl.DataFrame:
    """`seen` without what is said of the person, a mark of doubt and a second person; these as `said`."""
    seen = pl.col("seen")
    is_list = seen.str.contains(rf"(?i)\b(?:{any_of('other name', 'other surname', 'title')})\b|{QUOTES}|[()]")
    is_pair = ~is_list.fill_null(value=False)
    pair = pl.when(is_pair).then(seen.str.extract_groups(TWO_FORENAMES)).struct.field
    second = pl.when(is_pair).then(seen.str.extract(TWO_PEOPLE, 2))
    marked = rows.with_columns(
        said=pl.coalesce(
            seen.str.extract(ditto(), 1),
            seen.str.extract(SAID, 2),
            *(seen.str.extract(NK, group) for group in (1, 2)),
            pl.concat_str(pl.lit("and "), pair("2"), pl.lit(" "), pair("3")),
            second,
            *(seen.str.extract(DOUBT, group) for group in (1, 2)),
        ),
        pair=pl.concat_str(pair("1"), pl.lit(" "), pair("3")),
        has_second=second.is_not_null(),
    )
    alone = pl.when("has_second").then(seen.str.replace(TWO_PEOPLE, "${1}")).otherwise("seen")
    return marked.with_columns(
        pl.coalesce("pair", alone)
        .str.replace(ditto(), "")
        .str.replace(SAID, "${1}")
        .str.replace(r"^\?+\s*(\p{L})", "${1}")
        .str.replace(r"(\p{L})\s*\?+$", "${1}")
        .alias("seen")
    ).drop("pair", "has_second")


def without_additions(rows: pl.DataFrame) -> pl.DataFrame:
    """`seen` without titles, honours, row numbers and words for what is not known; `generation` as a column."""
    seen = pl.col("seen")
    cleaned = _with_comma(seen)
    for pattern, put in left_out():
        cleaned = cleaned.str.replace_all(pattern, put)
    rows = rows.with_columns(cleaned)
    short, long = last_additions("generation"), last_additions("generation", "generation after two words")
    last = pl.when(seen.str.contains(IS_LONG)).then(seen.str.extract(long)).otherwise(seen.str.extract(short))
    generation = last.str.extract(rf"(?i)\b({any_of('generation', 'generation after two words')})(?:\W|$)")
    return rows.with_columns(
        generation=generation.str.to_lowercase().replace_strict(_generations(), default=None)
    ).with_columns(
        pl.when(seen.str.contains(IS_LONG))
        .then(seen.str.replace_all(long, "${2}"))
        .otherwise(seen.str.replace_all(short, "${2}"))
        .str.replace_all(r"\s+", " ")
    )


def _with_comma(seen: pl.Expr) -> pl.Expr:
    """`SMITH JOHN MR` as `SMITH, JOHN MR`: who puts the title last puts the surname first, if the words say so too."""
    words = seen.str.extract_groups(rf"(?i)^([^\s,/]+)\s+([^,/]*?([^\s,/]+)\s+\(?(?:{any_of('title')})\.?\)?)$").struct
    first, rest, last = (words.field(group) for group in ("1", "2", "3"))
    is_turned = is_listed_forename(fold(last)) & ~is_listed_forename(fold(first))
    return pl.when(is_turned).then(first + ", " + rest).otherwise(seen).alias("seen")


@cache
def _generations() -> dict[str, str]:
    listed = listed_words().drop_nulls("reading")
    return dict(listed.select(pl.col("word").str.to_lowercase(), "reading").iter_rows())


def _marked(text: pl.Expr) -> pl.Expr:
    """The text with a mark and its kind where words such as `aka` or `née` begin another name, outside brackets."""
    for kind, listed in OTHERS:
        begins = rf"(?i)([\p{{L}}\p{{M}}\d.)'’\"”])[\s,;/–-]+(?:{any_of(listed)})[\s:.=–-]+([\p{{L}}\"“'‘])"
        text = text.str.replace_all(begins, f"${{1}}{MARK}{kind}${{2}}")
    return text


def _inner(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars(" ()[]{}\"“”„«»'‘’")


def _of_brackets(brackets: pl.Expr) -> pl.Expr:
    """What is in brackets, the kind before it; listed words are left out.

    Without a word that says so, two words are another name and one is a forename, if it is listed as one, or a surname.
    """
    inner = _inner(pl.element())
    named = [
        pl.lit(kind) + inner.str.extract(rf"(?i)^(?:{any_of(listed)})[\s:.=–-]+[\"“'‘]*(\p{{L}}.*)$")
        for kind, listed in OTHERS
    ]
    remark = rf"(?i)^(?:{any_of('remark')})$"
    guess = (
        pl.when(
            ~inner.str.contains(r"^[\p{L}\p{M}.'’\-\s,/]+$")
            | inner.str.contains(remark)
            | inner.str.contains(r"(?i)^(?:hmp|hmyoi|yoi|irc|nb|see|cf|not|nfa)\b|\b(?:national|citizen|ltd|limited)$")
            | inner.str.contains(r"(?i)\b(?:son|daughter|wife|husband|brother|sister|partner) of\b")
            | (inner.str.contains(r"^\p{Ll}[^\p{Lu}]*$") & ~is_listed_forename(inner.str.to_uppercase()))
        )
        .then(pl.lit(REMARK))
        .when(inner.str.contains(r"\s"))
        .then(pl.lit(NAME))
        .when(is_listed_forename(inner.str.to_uppercase()))
        .then(pl.lit(FORENAME))
        .otherwise(pl.lit(SURNAME))
    )
    kinds = pl.coalesce(*named, guess + inner)
    return brackets.list.eval(pl.when(inner != "").then(kinds)).list.drop_nulls()


def _listed_others() -> pl.Expr:
    """Other names that are in one list (`aka Deano and Dino`, `aka Deano/Dino`), each with its kind."""
    parts = pl.col("piece").str.extract_groups(r"^.(\p{Lu}\p{Ll}+)\s*/\s*(\p{Lu}\p{Ll}+)$").struct
    one, other = (is_listed_forename(parts.field(group).str.to_uppercase()) for group in ("1", "2"))
    is_turned = (other & ~one).fill_null(value=False)  # `aka Jones/Tom`
    slashed = pl.concat_str(pl.lit(FORENAME), parts.field("1"), pl.lit(f"{MARK}{FORENAME}"), parts.field("2"))
    listed = pl.col("piece").str.replace_all(r"\s*(?:;|&|\band\b)\s*", f"{MARK}{NAME}")
    again = pl.coalesce(pl.when(~is_turned).then(slashed), listed)
    return pl.when(pl.col("place") > 0).then(again).otherwise("piece")


def _exploded(rows: pl.DataFrame, pieces: pl.Expr) -> pl.DataFrame:
    """A row for each piece, split again at its marks, with its place among those of the text."""
    parted = rows.with_columns(piece=pieces.str.split(MARK)).explode("piece")
    return parted.with_columns(place=pl.int_range(pl.len()).over("text"))


def _rows(pieces: pl.DataFrame) -> pl.DataFrame:
    """The kind and the text of each piece; what is not a name goes beside the main one."""
    is_main = pl.col("place") == 0
    kind = pl.when(is_main).then(pl.lit(NAME)).otherwise(pl.col("piece").str.head(1))
    name = pl.when(is_main).then("piece").otherwise(pl.col("piece").str.slice(1))
    kinds = pieces.with_columns(kind=kind, seen=name)
    remarks = kinds.filter(kind=REMARK).group_by("text").agg(remarks=pl.col("seen").str.join("; "))
    main = kinds.filter(is_main).join(remarks, on="text", how="left", nulls_equal=True)
    others = kinds.filter(~is_main, pl.col("kind") != REMARK, pl.col("seen").str.contains(r"\p{L}"))
    beside = pl.concat_str("age", "identifier", "said", "remarks", separator="; ", ignore_nulls=True).replace("", None)
    rows = pl.concat([main.with_columns(beside_name=beside).drop("remarks"), others], how="diagonal")
    generation = pl.col("generation")  # from the whole text, or from the other name alone
    tidy = without_additions(rows.rename({"generation": "whole"})).with_columns(
        pl.when(is_main).then(pl.coalesce(generation, "whole")).otherwise(generation)
    )
    columns = ("text", "place", "kind", "seen", "generation", "birth_in_name", "beside_name")
    has_letters = pl.col("seen").str.contains(r"\p{L}")
    alone = pl.col("seen").str.strip_chars(' .;:-–—*()"“”«»').str.strip_chars_end(" ,'‘’")
    unquoted = pl.when(is_main).then(alone).otherwise(alone.str.strip_chars_start("'‘’"))
    no_name = pl.when(~has_letters).then(alone.replace("", None))
    return tidy.with_columns(
        seen=pl.when(has_letters).then(unquoted),
        beside_name=pl.concat_str("beside_name", no_name, separator="; ", ignore_nulls=True).replace("", None),
    ).select(columns)
