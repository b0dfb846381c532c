"""Forms of one name: familiar, translated, transliterated, shortened, begun.

Belongs here: which names stand for each other, for all that compare names; which speak for a fuller one that another
record states. Does not: which name wins, how alike two names are (`matching.names`).
"""

from functools import cache
from itertools import combinations
from typing import Final

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from warehouse.codes import reference
from warehouse.standardise import fold

FAMILIAR_SHORTER, FAMILIAR_LONGEST = 2, 5
"""A familiar form of the list of forenames is shorter than the name by two letters at least, has five at most, and is
no fullest form itself. Other forms are spellings and translations, and speak for themselves but for English ones and
those of a language that has a spelling of its own."""
COMMON = 3
"""A name that this many people bear is one that a word of one other person may be a slip for."""
OWN_SPELLING: Final = ("Albanian", "Bulgarian", "Hungarian", "Lithuanian", "Polish", "Portuguese", "Romanian", "Slovak")
"""Languages that fix how a name is spelled in Latin letters, by origin of the lists. The law on Bulgarian names was not
read; the others are written in these letters."""


@cache
def name_variants() -> tuple[tuple[str, str], ...]:
    """Folded names that stand for each other, from the lists of variants and of forenames."""
    listed = reference("name_variants").select(fold(pl.col("a", "b"))).rows()
    known = {(one, other) for one, other in listed if one != other}
    return tuple(sorted(known | {pair for forms in _families() for pair in combinations(sorted(forms), 2)}))


def spelled_either_way() -> pl.DataFrame:
    """`one`, `other`: each two of `name_variants`, in both orders."""
    spelled = pl.DataFrame(name_variants(), schema=["one", "other"], orient="row")
    return pl.concat([spelled, spelled.select(one="other", other="one")])


@cache
def listed_forenames() -> tuple[str, ...]:
    """Folded forenames that are names in their own right."""
    return tuple(sorted({form for forms in _families() for form in forms}))


def is_listed_forename(word: pl.Expr) -> pl.Expr:
    """Whether a folded word is a forename in its own right; null without a word."""
    return word.is_in(_forenames())


@cache
def _forenames() -> pl.Series:
    """`listed_forenames` as one list: making it takes longer than looking through it."""
    return pl.Series(listed_forenames()).implode()


@cache
def listed_family_names() -> tuple[str, ...]:
    """Frequent family names of peoples that write them first, folded.

    The list leaves out those that serve as forenames too (Kim, Wei, László) or are a slip away from one (Lim, Park).
    """
    return tuple(reference("family_names").select(fold(pl.col("name"))).to_series().unique().sort())


def is_family_name(word: pl.Expr) -> pl.Expr:
    """Whether a folded word is a frequent family name of a people that writes it first."""
    return word.is_in(listed_family_names())


def _families() -> list[list[str]]:
    """Forms of one forename in each, the fullest first; a form can be in several."""
    return reference("forenames").get_column("forms").str.split("|").to_list()


def hear_fuller_names(voices: pl.DataFrame) -> pl.DataFrame:
    """The voices, and those for a name that stands for a fuller one as voices for the fuller one too.

    `ANA` speaks for `ANA MARIA`, so does `ANA M`; `LIZ` and `LIZ MARY` speak for `ELIZABETH MARY`; `JESS` speaks for
    `JESSICA`, though on no list. A letter less is not a form of a name but a slip, of one or of the other. A source
    that holds a fuller form itself speaks for that one only: by its shorter ones it means the same.

    Args:
        voices: `group`, `source`, `canonical` (folded names, a blank between words) and other columns.

    Returns:
        The same columns, no row twice.
    """
    fuller = voices.select("group", pl.col("canonical").alias("fuller")).unique()
    formal = voices.with_columns(familiar=pl.col("canonical").str.extract(r"^(\S+)")).join(
        formal_names(), on="familiar"
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
    # Of the name as written: `JOSEPH`, which is `JOSE` in Portuguese, is no beginning of the slip `JOSEPJ`.
    is_written = pl.col("form") == pl.col("canonical")
    is_long_enough = ~pl.col("form").str.contains(" ") & (letters >= 3) & (first_word >= letters + 2)
    is_beginning = begins & is_written & is_long_enough
    spoken = (
        forms.join(fuller, on="group")
        .filter((pl.col("canonical") != pl.col("fuller")) & (is_part | is_initial | is_beginning))
        .select(*voices.columns, "fuller")
        .unique()
    )
    own = spoken.join(
        voices, left_on=["group", "source", "fuller"], right_on=["group", "source", "canonical"], how="semi"
    )
    said = ["group", "source", "canonical"]
    heard = pl.concat([own, spoken.join(own, on=said, how="anti")]).select(
        pl.col("fuller").alias("canonical") if name == "canonical" else name for name in voices.columns
    )
    return pl.concat([voices.join(own, on=said, how="anti"), heard]).unique()


def add_slips(voices: pl.DataFrame, bearers: pl.DataFrame, *, is_given: bool) -> pl.DataFrame:
    """The voices for names with a slip, as voices for those of the same group that they are meant for.

    `ENDRIT FTMIR` speaks for `ENDRIT FATMIR`, and `NGYUEN` for `NGUYEN`: the latter are listed, and one letter away.
    `HOLMEA` speaks for `HOLMES`: nobody else of the night bears it, others bear the latter, and no list has the two as
    spellings of one name. What two more sources write is not a slip, nor is what one more writes for a name that is on
    no list: Smyth may be rare.

    Args:
        voices: as for `hear_fuller_names`.
        bearers: `group`, `canonical`, `implied` (the people who bear its rarest word).
        is_given: forenames; else surnames.
    """
    words = pl.col("canonical").str.split(" ").list
    is_listed_word = is_listed_forename(pl.element()) if is_given else is_family_name(pl.element())
    is_listed = words.eval(is_listed_word).list.all()
    named = voices.group_by("group", "canonical").agg(sources=pl.col("source").n_unique().cast(pl.Int64))
    names = named.join(bearers, on=["group", "canonical"]).with_columns(is_listed=is_listed, words=words.len())
    pairs = names.filter(~pl.col("is_listed")).join(names, on=["group", "words"], suffix="_meant")
    is_rare = (pl.col("implied") == 1) & (pl.col("implied_meant") >= COMMON)
    lead = pl.col("sources") - pl.col("sources_meant")
    likely = pairs.filter((pl.col("is_listed_meant") & (lead <= 1)) | (is_rare & (lead <= 0))).select(
        "group", "canonical", meant="canonical_meant"
    )
    slips = cpdist(likely["canonical"].to_list(), likely["meant"].to_list(), scorer=OSA.distance, score_cutoff=1)
    either = spelled_either_way().rename({"one": "canonical", "other": "meant"})
    near = likely.filter(pl.Series(slips, dtype=pl.Int64) == 1).join(either, on=["canonical", "meant"], how="anti")
    spoken = voices.join(near, on=["group", "canonical"]).with_columns(canonical="meant")
    return spoken.select(voices.columns).unique()


def as_likely_as_shorter(names: pl.DataFrame) -> pl.DataFrame:
    """Forenames that add nothing but listed forenames to shorter ones of the group are as likely as those.

    Args:
        names: `group`, `canonical`, `implied` (how likely they are).
    """
    added = pl.col("canonical").str.strip_prefix(pl.col("shorter") + " ")
    are_listed = added.str.split(" ").list.eval(is_listed_forename(pl.element())).list.all()
    likely = (
        names.filter(pl.col("canonical").str.contains(" "))
        .join(names.select("group", shorter="canonical", other="implied"), on="group")
        .filter(pl.col("canonical").str.starts_with(pl.col("shorter") + " ") & are_listed)
        .group_by("group", "canonical")
        .agg(pl.col("other").max())
    )
    joined = names.join(likely, on=["group", "canonical"], how="left")
    return joined.select("group", "canonical", pl.max_horizontal("implied", "other").alias("implied"))


@cache
def formal_names() -> pl.DataFrame:
    """`familiar` and `formal` names, folded; one familiar form may stand for several.

    An English form is familiar beside the name it translates, and so are its own: an office writes `PAUL` for `PAWEL`
    and `JOE` for `JOZSEF`, seldom the other way. One letter away (`MICHAEL`, `MICHAL`) it may as well be a slip. So is
    any other spelling beside that of a language of `OWN_SPELLING`, unless it is a name of its own: `JIVKO`, `ZHIVKO`.
    """
    listed = reference("name_variants").with_columns(fold(pl.col("a", "b")))
    is_spelled = pl.col("origin").is_in(OWN_SPELLING) & (pl.col("kind") == "spelling")
    pairs = set(listed.filter((pl.col("kind") == "nickname") | is_spelled).select("b", "a").rows())
    translated = set(listed.filter(kind="anglicised").select("b", "a").rows())
    families = reference("forenames").select("origin", pl.col("forms").str.split("|")).rows()
    fullest = {formal for _, (formal, *_) in families}
    english = {formal for origin, (formal, *_) in families if origin == "English"}
    for origin, (formal, *forms) in families:
        longest = min(len(formal) - FAMILIAR_SHORTER, FAMILIAR_LONGEST)
        is_own = origin in OWN_SPELLING
        pairs |= {(form, formal) for form in forms if form not in fullest and (is_own or len(form) <= longest)}
        translated |= {(form, formal) for form in forms if form in english and formal not in english}
    pairs |= {(form, formal) for english_form, formal in translated for form, whole in pairs if whole == english_form}
    pairs |= {pair for pair in translated if OSA.distance(*pair) > 1}
    return pl.DataFrame(sorted(pairs), schema=["familiar", "formal"], orient="row")
