"""The patterns of what stands beside a name.

Belongs here: patterns, and the words of `name_words.csv` as patterns. Does not: taking a text apart by them
(`name_additions`).
"""

from functools import cache
from importlib.resources import files

import polars as pl

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
    r"(?i)^([^\s,/]+[\s,/]+[^\s,/].*?)\s+(deceased|deported|(?:[cdhsw]/o|(?:son|daughter|wife|husband|widow) of)\s.+"
    r"|[-–—]\s+(?:in|on|nfa|\d+(?:st|nd|rd|th)|see|pnd|pnc|hmp|hmyoi|yoi|ref|note|now|currently|deceased|died|deported|removed|transferred|address|lives|c/o|co-?def(?:endant)?|co-?accused|alleged|arrested|wanted|charged|bailed|remanded|released|convicted)\b.*"
    r"|(?:t/as?|trading as|(?:director|owner|manager) of)\s.+|(?-i:of)\s+\p{Lu}[\p{L} ]+)$"
)
# A text all in quotation marks or angle brackets; two whole names around a slash or a semicolon.
ENCLOSED = r"""^[<"“”«'‘]+([^<>"“”«»]+)[>"“”»'’]+$"""
TWO_NAMES = r"^((\p{L}+)\s[^/,;|]+?)(?:\s/|\s?[;|])\s((\p{L}+)\s[^/,;|]+)$"
OTHER_SURNAME = r"^((\p{L}+) \p{Lu}\p{Ll}[\p{L}'’-]*)/(\p{Lu}\p{Ll}[\p{L}'’-]*)$"
DOUBT = r"^(\?+)\s*\p{L}|\p{L}\s*(\?+)$"
# Two people in one cell; the surname may stand with the second alone.
TWO_PEOPLE = r"(?i)^(\p{L}\S+\s\p{L}[^,/&]*?)\s+((?:&|and)\s+\p{L}.*)$"
TWO_FORENAMES = r"(?i)^(\p{L}\S+)\s+(?:&|and)\s+(\p{L}\S+)\s+(\p{L}.*)$"
BRACKETS = r"[(\[{]([^()\[\]{}]*)[)\]}]"
QUOTES = r"""["“”„«»]([^"“”„«»]+)["“”„«»]|(?:^|\s)['‘]([^'‘’]+)['’](?:\s|$)"""
_PLACE = "row|line|item|entry|serial|ser|case|page|record|sheet"  # with a number: where the name stands
_PLACE_BEHIND = "row|line|item|entry|serial|ser|record|sheet|r"  # without those that are surnames
# `T/Mariam`, `G/Michael`: the usual short forms of Tekle Mariam and Gebre Michael.
_ETHIOPIAN = (
    r"(?i)(\s[TGWHKF])/(Mariam|Maryam|Medhin|Sellassie|Selassie|Silassie|Michael|Mikael|Yohannes|Giorgis|Haimanot"
    r"|Egziabher|Egziabiher|Meskel|Kidan|Tsadi[kq]|Tsion|Hiwot|Kirstos|Kristos)\b"
)
KEPT = "\x1d"  # before a word that is no title
# Three words at least.
IS_LONG = r"[^\s,/]+[\s,/]+[^\s,/]+[\s,/]+[^\s,/]"


@cache
def listed_words() -> pl.DataFrame:
    """`kind`, `word`, `reading` of the words that are no part of a name."""
    return pl.read_csv(files("assets.parsing").joinpath("name_words.csv").read_bytes(), infer_schema=False)


@cache
def any_of(*kinds: str, dots: bool = False) -> str:
    """The words of some kinds as alternatives of a pattern, the longest first; with `dots`, `O.B.E.` is `OBE`."""
    found = listed_words().filter(pl.col("kind").is_in(kinds)).get_column("word").to_list()
    escaped = [r"\.?".join(word) if dots else word.replace(".", r"\.") for word in found]
    return "|".join(sorted(escaped, key=len, reverse=True))


@cache
def last_additions(*generations: str) -> str:
    """Titles, honours and generations at the end of a name, or of its part before the comma or slash."""
    titles = rf"(?i:{any_of('title')})"
    honour = rf"(?:{any_of('honour', dots=True)})(?:[\s,]+(?:{any_of('honour after another')})\b)*"
    generation = rf"(?i:{any_of(*generations)})"
    return rf"((?:[\s,(]+(?:{titles}|{honour}|{generation})\.?\)?)+)\s*([,/]|$)"


@cache
def ditto() -> str:
    """A text that refers to the row above and names nobody."""
    return rf"(?i)^\W*({any_of('ditto')})\W*$"


@cache
def _kings_counsel() -> str:
    """`KC` is a family name in Nepal: an honour after a surname in capitals or a whole name with a comma in it."""
    return r"(\p{Ll}.*\s\p{Lu}[\p{Lu}'’\-]+|^[^\s,/]+\s[^,/]*,|^[^\s,/]+\s*,\s*\p{L}{2}[^,/]*?)[\s,]+K\.?C\.?$"


@cache
def left_out() -> tuple[tuple[str, str], ...]:
    """Patterns of what is left out of a name, each with what is put in its place, in the order they are tried."""
    return (*_around_the_name(), *_unknown_parts_and_titles())


def _around_the_name() -> tuple[tuple[str, str], ...]:
    """Headings of a field, numbers, marks, the parties' words of a court list."""
    not_known = any_of("not known", "ditto")
    surname, forename = (
        r"(?:surname|last name|family name)",
        r"(?:forenames?|first names?|given names?|christian names?)",
    )
    return (
        (rf"(?i)^{surname}\s*[:=-]\s*(\p{{L}}.*?)[\s,;|]+{forename}\s*[:=-]\s*(.+)$", "${1}, ${2}"),
        (rf"(?i)^{forename}\s*[:=-]\s*(\p{{L}}.*?)[\s,;|]+{surname}\s*[:=-]\s*(.+)$", "${2}, ${1}"),
        (rf"(?i)[\s,(]+(?:d\.?o\.?b\.?|date of birth|age)\s*[:-]?\s*(?:{not_known})\)?$", ""),
        (r"(?i)^(?:unknown|unidentified)\s+\w+\s+(?:only )?(?:known as|a\.?k\.?a\.?|called)\s+", ""),
        (r"^(?:AKA|aka|a\.k\.a\.?)\s+(\p{Lu}\p{Ll}+\s+\p{L})", "${1}"),
        (r"(?i)^(?:the )?late\s+(\p{L}+\s+\p{L})", "${1}"),
        (r"^(\p{L}{2,})\.(\p{L}{2,})$", "${1} ${2}"),
        (_ETHIOPIAN, "${1} ${2}"),
        (r"""^(\p{Lu}\p{Ll}+)\s+["'‘“](\p{Lu}{2,})["'’”]$""", "${1} ${2}"),
        (rf"(?i)^(?:{any_of('label')})\s*\d{{0,3}}\s*[:.)\-–]+\s*", ""),
        (r"^(?:[DNS]\d{1,2}[\s:.)\-–]+|\(\d{1,4}\)|#?\s?\d{1,4}\s?[.):\]\-–]+|#\s?\d{1,4}\b|\d{1,4}\s)[\s.]*", ""),
        (
            rf"(?i)^(?:{any_of('label')}|{_PLACE})\.?\s*\d{{1,5}}(?:\s*[,:.)\-–]+\s*|\s+)",
            "",
        ),
        (
            r"^(?:(?i:no|number)\.?\s?\d{1,3}[.:)]?|\d{1,3}/|\(?(?:[a-h]|i{1,3}|iv|vi{0,3}|ix)\)|(?:i{1,3}|iv|vi{0,3}|ix)\.)\s*(\p{Lu})",
            "${1}",
        ),
        (r"^[\s•*·>~–—\-]+", ""),
        (r"(\p{L}\s+\p{L}+.*)\s+NFA$|^NFA(?:$|[\s,:–-]+(\p{L}))", "${1}${2}"),  # of no fixed abode
        (rf"(?i)^(\p{{L}}\S*[\s,/]+\p{{L}}.*?)[\s,–-]+(?:{_PLACE_BEHIND})\.?\s*\d{{1,5}}$", "${1}"),
        (r"(\p{L})\s+[^\p{L}\p{N}\s(){}\[\]\"“”?]+$", "${1}"),  # a mark or a picture behind the name
        (r"(?i)^(jnr|jr|snr)\.?\s+(\p{L}.*)$", "${2} ${1}"),
        (r"(?i)^(?:r|rex|regina|the (?:king|queen|crown))\s*[-–]?\s*\bvs?\b\.?\s*[-–]?\s*(\p{L})", "${1}"),
        (r"(?i)^(?:the )?(?:defendant|respondent|accused|subject)\s+(\p{L})", "${1}"),
        (r"(?i)[\s(\[]+(?:def(?:endant)?|nominal|subject)\.?\s?(?:no\.?\s?)?\d{1,2}[)\]]?$", ""),
        (rf"(?i)^(?:male|female|man|woman)[\s,]+(?:{not_known})$", ""),
        (r"(\p{Lu}{2})(?:[\s,(]+[mf]\)?|\s*[(\[]\s*[MF][)\]]?)$", "${1}"),  # the sex behind a name in capitals
        (r"^((?:\p{Lu}\.){1,3})(\p{Lu}\p{L}{2,})", "${1} ${2}"),  # initials close to the surname
        (r"^([^;,/]+?)\s*[;|\\]\s*([^;,/|\\]+)$", "${1}, ${2}"),
    )


def _unknown_parts_and_titles() -> tuple[tuple[str, str], ...]:
    """Words for a part that nobody knows, titles, remarks in brackets."""
    title, not_known = any_of("title", "title before"), any_of("not known", "ditto")
    before = any_of("title before")
    return (
        # `LORD/PETER`, `HON, Wei`, `MASTER Sunil`: a surname that is a title too. Unlike one it ends at once.
        (rf"^((?i:{before})\s*[,/]\s*\p{{L}})", f"{KEPT}${{1}}"),
        (rf"^({before.upper()})\s+(\p{{Lu}}\p{{Ll}}+)$", f"{KEPT}${{1}}, ${{2}}"),
        (r"(?i)\b(?:[sdwh]/o|a/[lp])\b", " "),  # son, daughter, wife of
        # A name reads forename, surname: what is not known at its end is the surname.
        (rf"^([^\s,/]*\p{{Ll}}[^\s,/]*)\s+(?i:{not_known})$", ",${1}"),
        (rf"^(\p{{L}}+)[\s,]*[(\[]?(?i:(?:surname|last name|family name|s/n) (?:is )?(?:{not_known}))[)\]]?$", ",${1}"),
        (rf"(?i)[\s,(\[]+(?:(?:first|given|fore)[ -]?names?|f/n|name) (?:is )?(?:{not_known})[)\]]?$", ""),
        (rf"(?i)(^|[\s,/(])(?:{not_known})(?:\s+(?:male|female|person|subject))?([\s,/)]|$)", "${1}${2}"),
        (rf"(?i)(^|[,/])[\s(]*(?:(?:{title})\b[.)]*\s*(?:[&/]\s*)?)+", "${1}"),
        (r"^(\S+\s.*\S)[\s,(]+(?:née|nee|aka|a\.k\.a\.?|alias)\)?$", "${1}"),  # and no other name after it
        # `HARTNELL Mr Callum`: a title stands before the forenames.
        (r"^([^\s,/]+)\s+(?i:mr|mrs|ms|mx|dr)\.?\s+(\p{L}[^,/]*)$", "${1}, ${2}"),
        (r"(?i)\s(?:no\.?|number)?\s?(?:[(\[#x×]+\s?\d{1,3}[)\].]*|\d{1,6}\.?)$", ""),
        (r"(\p{Lu}{2}) [-–] (\p{Lu}{2})", "${1}-${2}"),
        (rf"(?i)\((?:{any_of('title', 'title before', 'not known')})\.?\)", " "),
        (rf"(?i)\(({any_of('remark')})\)(.+)$", "${2} (${1})"),
        # One word in brackets before the surname is what the person is called.
        (r"\(([\p{L}\p{M}'’-]+)\)(\s+\p{L})", '"${1}"${2}'),
        (_kings_counsel(), "${1}"),
        (r"^(?:D\.?\s?O\.?\s?B\.?|(?i:(?:full |last |family )?name|surname))[\s:;=–-]+(\p{L}[^:=]*)$", "${1}"),
        (KEPT, ""),
    )
