"""What offices write beside a name: titles, honours, other names, a date of birth, the number of the row.

Belongs here: taking a text apart into the name and what stands beside it. Does not: which words of the name are the
surname (`names`).

The words are in `name_words.csv`. Words that are names too (Major, King, Junior, KC, MD, Nee) count as an addition only
where they cannot be the name; when in doubt they stay in the name.
"""

from functools import cache
from importlib.resources import files

import polars as pl

from assets.parsing.words import known
from reconciliation.name_forms import is_listed_forename

# Parts a text where another name begins; the letter after it is the kind of that name.
MARK = "\x1f"
NAME, SURNAME, FORENAME, REMARK = "NSFR"
OTHERS = ((SURNAME, "other surname"), (NAME, "other name"))
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = (
    r"\d{1,2} ?[/.\-] ?\d{1,2} ?[/.\-] ?(?:19|20)?\d{2}|(?:19|20)\d{2}-\d{1,2}-\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ \-]{_MONTH}[ ,\-]*(?:19|20)?\d{{2}}|\d{{2}}[01]\d(?:19|20)\d{{2}}"
)
_BORN = r"(?:\bd\.?\s?o\.?\s?b\.?|\bdate of birth|\bborn(?: on)?|\bb\.)\s*[:\-]?\s*"
_AGE = r"\b(?:aged?:? ?\d{1,3}(?: ?(?:years?|yrs?)(?: old)?)?|\d{1,3} ?(?:years?|yrs?|y/?o)(?: old)?)\b"
BIRTH = (
    rf"(?i)[\s,(\[–-]*(?:(?:{_BORN})?\b({_DATE})|{_BORN}((?:19|20)\d{{2}})|[(\[](?:b\.?\s*)?((?:19|20)\d{{2}})"
    r"|\s((?:19|20)\d{2})$)\b[\])]?"
)
AGE = rf"(?i)[\s,(\[]*({_AGE})[\])]?"
IDENTIFIER = (
    r"(?i)[\s,(\[–-]*\b((?:(?:pnc|cro|nominal|ref|custody)[ .:]*(?:id|no|ref|number)?[ .:]*)?\d{2,6}/\d{1,7}[a-z])"
    r"\b[\])]?"
)
# What is said of the person after a whole name: whose child, where from, a note after a dash; and a mark of doubt.
SAID = (
    r"(?i)^([^\s,/]+[\s,/]+[^\s,/].*?)\s+((?:[cdhsw]/o|(?:son|daughter|wife|husband|widow) of)\s.+"
    r"|[-–—]\s+(?:see|hmp|hmyoi|yoi|ref|note|now|currently|deceased|address|lives|c/o|co-?def(?:endant)?|co-?accused|alleged|arrested|wanted|charged|bailed|remanded|released|convicted)\b.*"
    r"|(?:t/as?|trading as|(?:director|owner|manager) of)\s.+|(?-i:of)\s+\p{Lu}[\p{L} ]+)$"
)
# A text all in quotation marks or angle brackets; two whole names around a slash or a semicolon.
ENCLOSED = r"""^[<"“”«'‘]+([^<>"“”«»]+)[>"“”»'’]+$"""
TWO_NAMES = r"^((\p{L}+)\s[^/,;|]+?)(?:\s/|\s?[;|])\s((\p{L}+)\s[^/,;|]+)$"
DOUBT = r"^(\?+)\s*\p{L}|\p{L}\s*(\?+)$"
# Two people in one cell; the surname may stand with the second alone.
TWO_PEOPLE = r"(?i)^(\p{L}\S+\s\p{L}[^,/&]*?)\s+((?:&|and)\s+\p{L}.*)$"
TWO_FORENAMES = r"(?i)^(\p{L}\S+)\s+(?:&|and)\s+(\p{L}\S+)\s+(\p{L}.*)$"
BRACKETS = r"[(\[{]([^()\[\]{}]*)[)\]}]"
QUOTES = r"""["“”„«»]([^"“”„«»]+)["“”„«»]|(?:^|\s)['‘]([^'‘’]+)['’](?:\s|$)"""
# Three words at least.
IS_LONG = r"[^\s,/]+[\s,/]+[^\s,/]+[\s,/]+[^\s,/]"


@cache
def _listed() -> pl.DataFrame:
    return pl.read_csv(files("assets.parsing").joinpath("name_words.csv").read_bytes(), infer_schema=False)


@cache
def _any_of(*kinds: str, dots: bool = False) -> str:
    """The words of some kinds as alternatives of a pattern, the longest first; with `dots`, `O.B.E.` is `OBE`."""
    found = _listed().filter(pl.col("kind").is_in(kinds)).get_column("word").to_list()
    escaped = [r"\.?".join(word) if dots else word.replace(".", r"\.") for word in found]
    return "|".join(sorted(escaped, key=len, reverse=True))


@cache
def _last_additions(*generations: str) -> str:
    """Titles, honours and generations at the end of a name, or of its part before the comma or slash."""
    titles = rf"(?i:{_any_of('title')})"
    honour = rf"(?:{_any_of('honour', dots=True)})(?:[\s,]+(?:{_any_of('honour after another')})\b)*"
    generation = rf"(?i:{_any_of(*generations)})"
    return rf"((?:[\s,(]+(?:{titles}|{honour}|{generation})\.?\)?)+)\s*([,/]|$)"


@cache
def _kings_counsel() -> str:
    """`KC` is a family name in Nepal: an honour after a surname in capitals or after two words and a comma."""
    return r"(\p{Ll}.*\s\p{Lu}[\p{Lu}'’\-]+|^[^\s,/]+\s[^,/]*,)[\s,]+K\.?C\.?$"


@cache
def _clean() -> tuple[tuple[str, str], ...]:
    """Patterns of what is left out of a name, each with what is put in its place."""
    title, not_known = _any_of("title", "title before"), _any_of("not known")
    return (
        (rf"(?i)^(?:{_any_of('label')})\s*\d{{0,3}}\s*[:.)\-–]+\s*", ""),
        (r"^(?:D\d{1,2}[\s:.)\-–]+|\(\d{1,4}\)|#?\s?\d{1,4}\s?[.):\]\-–]+|#\s?\d{1,4}\b|\d{1,4}\s)[\s.]*", ""),
        (
            r"^(?:(?i:no|number)\.?\s?\d{1,3}[.:)]?|\d{1,3}/|\(?(?:[a-h]|i{1,3}|iv|vi{0,3}|ix)\)|(?:i{1,3}|iv|vi{0,3}|ix)\.)\s*(\p{Lu})",
            "${1}",
        ),
        (r"^[\s•*·>–—\-]+", ""),
        (r"(\p{L})\s+[^\p{L}\p{N}\s(){}\[\]\"“”?]+$", "${1}"),  # a mark or a picture behind the name
        (r"(?i)^(jnr|jr|snr)\.?\s+(\p{L}.*)$", "${2} ${1}"),
        (r"(?i)^(?:r|rex|regina|the (?:king|queen|crown))\s*[-–]?\s*\bvs?\b\.?\s*[-–]?\s*(\p{L})", "${1}"),
        (r"(?i)^the (?:defendant|respondent|accused|subject)\s+(\p{L})", "${1}"),
        (r"(?i)[\s(\[]+(?:def(?:endant)?|nominal|subject)\.?\s?(?:no\.?\s?)?\d{1,2}[)\]]?$", ""),
        (rf"(?i)^(?:male|female|man|woman)[\s,]+(?:{not_known})$", ""),
        (r"(\p{Lu}{2})[\s,(]+[mf]\)?$", "${1}"),  # the sex behind a name in capitals
        (r"^((?:\p{Lu}\.){1,3})(\p{Lu}\p{L}{2,})", "${1} ${2}"),  # initials close to the surname
        (r"^([^;,/]+?)\s*[;|\\]\s*([^;,/|\\]+)$", "${1}, ${2}"),
        (r"(?i)\b(?:[sdwh]/o|a/[lp])\b", " "),  # son, daughter, wife of
        # A name reads forename, surname: what is not known at its end is the surname.
        (rf"^([^\s,/]*\p{{Ll}}[^\s,/]*)\s+(?i:{not_known})$", ",${1}"),
        (rf"^(\p{{L}}+)[\s,]*\(?(?i:(?:surname|last name|family name|s/n) (?:is )?(?:{not_known}))\)?$", ",${1}"),
        (rf"(?i)[\s,(]+(?:(?:first|given|fore)[ -]?names?|f/n|name) (?:is )?(?:{not_known})\)?$", ""),
        (rf"(?i)(^|[\s,/(])(?:{not_known})(?:\s+(?:male|female|person|subject))?([\s,/)]|$)", "${1}${2}"),
        (rf"(?i)(^|[,/])[\s(]*(?:(?:{title})\b[.)]*\s*(?:&\s*)?)+", "${1}"),
        (r"^(\S+\s.*\S)[\s,(]+(?:née|nee|aka|a\.k\.a\.?|alias)\)?$", "${1}"),  # and no other name after it
        # `HARTNELL Mr Callum`: a title stands before the forenames.
        (r"^([^\s,/]+)\s+(?i:mr|mrs|ms|mx|dr)\.?\s+(\p{L}[^,/]*)$", "${1}, ${2}"),
        (r"(?i)\s(?:no\.?|number)?\s?(?:[(\[#]+\d{1,3}[)\].]*|\d{1,3}\.?)$", ""),
        (r"(\p{Lu}{2}) [-–] (\p{Lu}{2})", "${1}-${2}"),
        (rf"(?i)\((?:{_any_of('title', 'title before', 'not known')})\.?\)", " "),
        (rf"(?i)\(({_any_of('remark')})\)(.+)$", "${2} (${1})"),
        # One word in brackets before the surname is what the person is called.
        (r"\(([\p{L}\p{M}'’-]+)\)(\s+\p{L})", '"${1}"${2}'),
        (_kings_counsel(), "${1}"),
    )


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
    named = without_additions(dated).with_columns(brackets=_of_brackets(brackets).list.join(MARK).replace("", None))
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
    return pl.when(are_names).then(two).otherwise(seen).alias("seen")


def _without_remarks(rows: pl.DataFrame) -> pl.DataFrame:
    """`seen` without what is said of the person, a mark of doubt and a second person; these as `said`."""
    seen = pl.col("seen")
    is_list = seen.str.contains(rf"(?i)\b(?:{_any_of('other name', 'other surname', 'title')})\b|{QUOTES}|[()]")
    is_pair = ~is_list.fill_null(value=False)
    pair = pl.when(is_pair).then(seen.str.extract_groups(TWO_FORENAMES)).struct.field
    second = pl.when(is_pair).then(seen.str.extract(TWO_PEOPLE, 2))
    marked = rows.with_columns(
        said=pl.coalesce(
            seen.str.extract(SAID, 2),
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
        .str.replace(SAID, "${1}")
        .str.replace(r"^\?+\s*(\p{L})", "${1}")
        .str.replace(r"(\p{L})\s*\?+$", "${1}")
        .alias("seen")
    ).drop("pair", "has_second")


def without_additions(rows: pl.DataFrame) -> pl.DataFrame:
    """`seen` without titles, honours, row numbers and words for what is not known; `generation` as a column."""
    seen = cleaned = pl.col("seen")
    for pattern, put in _clean():
        cleaned = cleaned.str.replace_all(pattern, put)
    rows = rows.with_columns(cleaned)
    short, long = _last_additions("generation"), _last_additions("generation", "generation after two words")
    last = pl.when(seen.str.contains(IS_LONG)).then(seen.str.extract(long)).otherwise(seen.str.extract(short))
    generation = last.str.extract(rf"(?i)\b({_any_of('generation', 'generation after two words')})(?:\W|$)")
    return rows.with_columns(
        generation=generation.str.to_lowercase().replace_strict(_generations(), default=None)
    ).with_columns(
        pl.when(seen.str.contains(IS_LONG))
        .then(seen.str.replace_all(long, "${2}"))
        .otherwise(seen.str.replace_all(short, "${2}"))
        .str.replace_all(r"\s+", " ")
    )


@cache
def _generations() -> dict[str, str]:
    listed = _listed().drop_nulls("reading")
    return dict(listed.select(pl.col("word").str.to_lowercase(), "reading").iter_rows())


def _marked(text: pl.Expr) -> pl.Expr:
    """The text with a mark and its kind where words such as `aka` or `née` begin another name, outside brackets."""
    for kind, listed in OTHERS:
        begins = rf"(?i)([\p{{L}}\p{{M}}\d.)'’\"”])[\s,;/–-]+(?:{_any_of(listed)})[\s:.=–-]+([\p{{L}}\"“'‘])"
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
        pl.lit(kind) + inner.str.extract(rf"(?i)^(?:{_any_of(listed)})[\s:.=–-]+[\"“'‘]*(\p{{L}}.*)$")
        for kind, listed in OTHERS
    ]
    remark = rf"(?i)^(?:{_any_of('remark')})$"
    guess = (
        pl.when(
            ~inner.str.contains(r"^[\p{L}\p{M}.'’\-\s,/]+$")
            | inner.str.contains(remark)
            | inner.str.contains(r"(?i)^(?:hmp|hmyoi|yoi|irc)\b|\b(?:national|citizen)$")
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
    """Other names that are in one list (`aka Deano and Dino`), each with its kind."""
    again = pl.col("piece").str.replace_all(r"\s*(?:;|&|\band\b)\s*", f"{MARK}{NAME}")
    return pl.when(pl.col("place") > 0).then(again).otherwise("piece")


def _exploded(rows: pl.DataFrame, pieces: pl.Expr) -> pl.DataFrame:
    """A row for each piece, parted again at its marks, with its place among those of the text."""
    parted = rows.with_columns(piece=pieces.str.split(MARK)).explode("piece")
    return parted.with_columns(place=pl.int_range(pl.len()).over("text"))


def _rows(pieces: pl.DataFrame) -> pl.DataFrame:
    """The kind parted from each piece; what is not a name goes beside the main one."""
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
    no_name = pl.when(~has_letters).then(alone)
    return tidy.with_columns(
        seen=pl.when(has_letters).then(unquoted),
        beside_name=pl.concat_str("beside_name", no_name, separator="; ", ignore_nulls=True).replace("", None),
    ).select(columns)
