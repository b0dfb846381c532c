"""Which words of a name are the surname.

Belongs here: splitting a name that stands alone. Does not: what stands beside it (`name_additions`), its case and
folding (`names`).
"""

from functools import cache

import polars as pl

from assets.parsing.words import known
from matching.names import PATRONYMIC
from reconciliation.name_forms import is_family_name, is_listed_forename, listed_family_names, listed_forenames
from warehouse.standardise import OTHER_SCRIPTS, fold

PARTICLE_WORDS = (
    "de", "da", "do", "dos", "das", "di", "du", "del", "della", "der", "den", "van", "von", "ter", "ten", "bin",
    "ibn", "bint", "abu", "al", "el", "la", "le", r"st\.?", "y", "ó", "ní", "nic", "mac", "ap", "ferch", "(?-i:zu)",
)  # fmt: skip
PARTICLES = rf"(?:(?:{'|'.join(PARTICLE_WORDS)})\s+)+"
_CAPITAL_WORD = r"^(?:Mc|Mac|[OD]['’])?\p{Lu}['’]?\p{Lu}[\p{Lu}\p{M}'’\-]*$"
# `da Silva e Souza`, `Ortega y Gasset`; a lone capital is an initial, unless a particle stands before.
_JOINED = rf"(?:\S+\s+(?-i:[ey])\s+(?:{PARTICLES})?)?"
_LAST_WORDS = rf"(?i)^(?P<forenames>\S.*?)\s+(?P<surname>(?:{PARTICLES})?{_JOINED}\S+)$"
# `de Souza` and `van Gogh` are surnames alone; `Da Liu`, `Van Morrison` and `Al Capone` are not.
_SURNAME_ALONE = rf"^(?:(?i:dos|das|del|della|der|von|ibn|bint|st\.?)\s+|{PARTICLES})+\S+$"
_PARTICLES_BEHIND = r"^(.*?\S)\s+((?:(?:van|von|de|der|den|da|do|dos|das|di|du|del|della|la)\s?)+)$"
# Initials written together: consonants alone, or a vowel before another letter. MA, LE, HO are family names.
_INITIALS = r"^(?:[B-DF-HJ-NP-TV-XZ]{2,3}|[AEIOU][B-DF-HJ-NP-TV-XZ]|[AEIOU]{2})$"
_NO_INITIALS = ("NG", "KC", "AK", "AN", "AU", "AL", "ED", "EK", "ER", "OH", "OK", "OZ", "UR", "US", "IM")
_INITIALS_ALONE = r"^\p{L}\.?(?: \p{L}\.?)*$"
_WORD_AND_INITIALS = r"^\p{L}{2}\S* \p{L}\.?(?: \p{L}\.?)+$"
_IDEOGRAMS = r"[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}ー]+"
_RUN_OF_IDEOGRAMS = r"^(?:\p{Han}{2,4}|\p{Hangul}{2,5})$"
_TWO_SIGN_SURNAMES = r"^(欧阳|歐陽|司马|司馬|诸葛|諸葛|上官|司徒|皇甫|尉迟|남궁|황보|제갈|사공|선우|독고)"


def split_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Split names into `forenames` and `surname`, as written. `names.read_name` explains what decides.

    Args:
        rows: `seen`, a name and nothing beside it, and any other columns.
    """
    seen = pl.col("seen")
    words = rows.with_columns(
        parted=seen.str.replace_all(r"\s*[,/]\s*", ",").str.extract_groups(r"^(?P<surname>[^,]*),(?P<forenames>.*)$"),
        words=seen.str.replace_all("[·・]", " ").str.split(" "),
    ).with_columns(whole=pl.col("words").list.join(" "))
    last = pl.when(~pl.col("whole").str.contains(_SURNAME_ALONE)).then(pl.col("whole").str.extract_groups(_LAST_WORDS))
    folded = {f"{place}_folded": fold(getattr(pl.col("words").list, place)()) for place in ("first", "last")}
    decided = words.with_columns(_capitals(), last=last, **folded).with_columns(way=_way())
    first, rest = pl.col("words").list.first(), pl.col("words").list.slice(1).list.join(" ")
    run = pl.coalesce(
        seen.str.extract(_TWO_SIGN_SURNAMES), seen.str.extract(r"^(\p{Han}{2})\p{Han}{2}$"), seen.str.head(1)
    )
    ways = (
        ("parted", pl.col("parted").struct.field("surname"), pl.col("parted").struct.field("forenames")),
        ("capitals", pl.col("capitals"), pl.col("others")),
        ("surname first", first, rest),
        ("one run", run, seen.str.slice(run.str.len_chars())),
        (
            "last words",
            pl.coalesce(pl.col("last").struct.field("surname"), "whole"),
            pl.col("last").struct.field("forenames"),
        ),
    )
    split = decided.with_columns(
        surname=pl.coalesce(pl.when(way=way).then(surname) for way, surname, _ in ways),
        forenames=pl.coalesce(pl.when(way=way).then(forenames) for way, _, forenames in ways),
    )
    return _without_repeats(split).select(*rows.columns, known(pl.col("forenames")), known(pl.col("surname")))


def initials_apart(forenames: pl.Expr) -> pl.Expr:
    """`AJ` as `A J`; three letters may be a slip (`MRK`)."""
    is_pair = are_forename_initials(forenames) & (forenames.str.len_chars() == 2)
    return pl.when(is_pair).then(forenames.str.replace(r"^(.)(.)$", "${1} ${2}")).otherwise(forenames)


def are_initials(word: pl.Expr) -> pl.Expr:
    """Whether a word in capitals is initials written together (`AJ`), and no name."""
    return (word.str.contains(_INITIALS) & ~word.is_in(_names_like_initials())).fill_null(value=False)


def are_forename_initials(forenames: pl.Expr) -> pl.Expr:
    """Whether forenames are initials written together. `KC` is a family name in Nepal, and no forename."""
    return are_initials(forenames) | (forenames == "KC")


def _way() -> pl.Expr:
    """What shows which part is the surname."""
    words, seen = pl.col("words"), pl.col("seen")
    count, first, final = words.list.len(), pl.col("first_folded"), pl.col("last_folded")
    is_forename = is_listed_forename(first)
    before = fold(words.list.get(-2, null_on_oob=True))
    patronymic = (count >= 3) & final.str.contains(PATRONYMIC) & ~before.str.contains(PATRONYMIC) & ~is_forename
    initials = words.list.slice(1).list.join(" ").str.contains(_INITIALS_ALONE) | are_initials(words.list.last())
    initials |= (count >= 3) & words.list.last().str.contains(_INITIALS_ALONE)  # `SMITH JOHN M`
    initials_last = (count >= 2) & initials & ~is_forename & ~are_initials(words.list.first())
    initials_last |= seen.str.contains(_WORD_AND_INITIALS)  # `Adeyemi N K`, though Adeyemi is a forename too
    is_family = is_family_name(first) & ~is_family_name(final)
    # Office lists in other scripts often begin with the surname.
    is_turned = seen.str.contains(OTHER_SCRIPTS) & ~is_forename & is_listed_forename(final)
    is_spaced = seen.str.contains(rf"^{_IDEOGRAMS} {_IDEOGRAMS}")
    return (
        pl.when(seen.str.contains("[,/]"))
        .then(pl.lit("parted"))
        .when((pl.col("capitals") != "") & (pl.col("others") != ""))
        .then(pl.lit("capitals"))
        .when((count > 1) & (patronymic | initials_last | is_family | is_turned | is_spaced))
        .then(pl.lit("surname first"))
        .when(seen.str.contains(_RUN_OF_IDEOGRAMS))
        .then(pl.lit("one run"))
        .otherwise(pl.lit("last words"))
    )


def _capitals() -> list[pl.Expr]:
    """`capitals`, the words in capitals of a mixed-case name, particles before them included, and `others`."""
    word = pl.element()
    is_capital = word.str.contains(_CAPITAL_WORD) & ~are_initials(word)
    # An Irish O that has lost its apostrophe, beside capitals.
    mixed = pl.when(pl.col("whole").str.contains(r"\p{Ll}")).then(
        pl.col("whole").str.replace(r"\bO (\p{Lu}{3,})", "O'${1}").str.split(" ")
    )
    capitals = mixed.list.eval(word.filter(is_capital)).list.join(" ")
    others = mixed.list.eval(word.filter(~is_capital)).list.join(" ")
    particles = (others + " ").str.extract(rf"\S( {PARTICLES})$").fill_null("")
    return [
        (particles.str.strip_chars_start() + capitals).alias("capitals"),
        (others + " ").str.strip_suffix(particles).str.strip_chars().alias("others"),
    ]


def _without_repeats(split: pl.DataFrame) -> pl.DataFrame:
    """Where the parts have columns of their own, a cell may hold the whole name: what the other cell has is left out.

    `BRACKLEY, Tom BRACKLEY`, `Tom BRACKLEY, Tom` and `BRACKLEY Tom, Tom` are Tom Brackley, `ALI, Mohamed Ali` stays.
    """
    surname, forenames = pl.col("surname"), pl.col("forenames")
    tidy = split.with_columns(
        surname.str.replace(r"^O (\p{L}{3,})", "O'${1}").str.replace(r"^M([cC]) (\p{L})", "M${1}${2}")
    )
    one, other = surname.str.to_lowercase(), forenames.str.to_lowercase()
    letters, is_forename = surname.str.len_chars() + 1, is_listed_forename(surname.str.to_uppercase())
    has_forenames = one.str.starts_with(other + " ") & surname.str.contains(r"\p{Ll}.* \p{Lu}{2}")
    is_followed = one.str.ends_with(pl.lit(" ") + other) & surname.str.contains(r"^\p{Lu}{2}.* .*\p{Ll}")
    alone = tidy.with_columns(
        forenames=pl.when(other.str.ends_with(pl.lit(" ") + one) & ~is_forename)
        .then(forenames.str.slice(0, forenames.str.len_chars() - letters))
        .when(
            forenames.str.starts_with(surname + " ") & forenames.str.contains(r"^\p{Lu}{2}.* .*\p{Ll}") & ~is_forename
        )
        .then(forenames.str.slice(letters))
        .otherwise(forenames),
        surname=pl.when(has_forenames)
        .then(surname.str.slice(forenames.str.len_chars() + 1))
        .when(is_followed)
        .then(surname.str.slice(0, surname.str.len_chars() - forenames.str.len_chars() - 1))
        .otherwise(surname),
    )
    cells = (
        forenames.str.split(",").list.eval(pl.element().str.strip_chars().unique(maintain_order=True)).list.join(" ")
    )
    whole = alone.with_columns(pl.when(way="parted").then(cells.str.strip_chars()).otherwise(forenames))
    # `BERG, Jan van der`: lists put what stands before a surname behind the forenames.
    behind = forenames.str.extract(_PARTICLES_BEHIND, 2)
    return whole.with_columns(
        forenames=pl.when(way="parted").then(forenames.str.replace(_PARTICLES_BEHIND, "${1}")).otherwise(forenames),
        surname=pl.when(way="parted")
        .then(pl.concat_str(behind, surname, separator=" ", ignore_nulls=True))
        .otherwise(surname),
    )


@cache
def _names_like_initials() -> tuple[str, ...]:
    """Names that read as initials do; so few that to look a word up costs little for each."""
    names = pl.Series([*_NO_INITIALS, *listed_family_names(), *listed_forenames()])
    return tuple(names.filter(names.str.contains(_INITIALS)).unique().sort())
