"""Splitting a cell that holds several conditions of an order.

Belongs here: breaks, bullets, numbering, and what separates conditions within a line. Does not: which condition of the
catalogue a wording is (`conditions`).

The first of these that the cell shows is the way its writer separated them:

1. numbering that begins with the first number at the front, or after an introduction such as `The defendant must not:`,
   and goes on by one: `(1) .. (2) ..`, `1. .. 2. ..`, `a) .. b) ..`, `i. .. ii. ..`, `1.1 .. 1.2 ..`. So `s.30(2)`,
   `1.5 metres` and `No. 10` are never cut, nor are the names in `Not to contact: (a) .. (b) ..`;
2. bullets; a dash or star only where the cell begins with one;
3. breaks of the line of every kind, runs of tabs, and the tags of a web page;
4. ` | `, or `;` before a capital or a number;
5. ` / ` before words that begin a condition;
6. a full stop before a capital or a number.

A line that begins in small letters, or any line of a numbered condition, goes on with the words before it, unless it
begins as conditions do.
"""

import re
from dataclasses import dataclass

import polars as pl

from assets.parsing.words import known

BREAK, WITHIN = "\x1e", "\x1f"  # stand where a condition ends, and after a full stop that ends none
# Every character for a new line that there is, and what programs write for one; tabs in a row.
LINE_BREAKS = (
    r"\r\n|[\n\r\x0b\x0c\x1c-\x1f\x{85}\x{2028}\x{2029}]|_x000[aAdD]_|&#(?:10|13|x0?[aAdD]);|\\r\\n|\\n|\t{2,}"
    r"|</?(?i:br|p|li|ul|ol|div)\s*/?>|[¶↵⏎]"
)
# Characters that serve as nothing but bullets, those of Word's symbol fonts too, with or without a blank before them.
BULLET_ALONE = r"[☐☑☒⚫⚪•‣◦▪▫■□●○⁃➢➤►▶❖➔\x{f0a7}\x{f0b7}\x{f0d8}\x{f0fc}]"
BULLET = r"(?:^|\s)[•∙✓✔·]\s*"
# Numbers that are one character, and what they are in plain ones.
FIRST_ROMAN = (
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii",
    "xviii", "xix", "xx",
)  # fmt: skip
ONE_SIGN_NUMBERS = {
    **{chr(ord(first) + place): f" ({place + 1}) " for first in "①⑴" for place in range(20)},
    **{chr(ord(first) + place): f" ({place + 1}) " for first in "❶➀➊" for place in range(10)},
    **{chr(ord("⒈") + place): f" {place + 1}. " for place in range(20)},
    **{chr(ord("ⅰ") + place): FIRST_ROMAN[place] for place in range(12)},
    **{chr(ord("０") + digit): str(digit) for digit in range(10)},
    "．": ".", "（": "(", "）": ")", "¦": " | ", "&nbsp;": " ", "&amp;": "&",
    "&lt;": "<", "&gt;": ">",
}  # fmt: skip
DASH_FIRST = r"^[-–—*]\s"
# Words with which conditions begin.
_WORDS = (
    r"(?:not|no|must|shall|do not|only|excluded?|prohibited|subject|never|to (?:not|attend|notify|inform|report|live))"
)
_BEGINS = rf"(?i:{_WORDS})\b"
# What opens a condition within a line: a number, a capital word before a small one (names go on with a capital), or
# words in capitals with which conditions begin.
_OPENING = r"\(?\d{1,2}[.)]\s|\p{Lu}\p{Ll}+ \p{Ll}|(?:NOT|NO|MUST|SHALL|DO NOT|ONLY|EXCLUDED|PROHIBITED|SUBJECT) "
DASH_WITHIN = rf"\s+[-–—*]\s+(?P<next>{_OPENING}|{_BEGINS})"
# A list as a program prints it, or texts in quotation marks; a number and a condition without a blank between them.
LISTED = r"""(?s)^\s*(?:\[\s*["'“‘]|["“])(.*)["'”’]\s*\]?\s*$"""
BETWEEN_LISTED = r"""["”]\s*[,;]?\s*["“]|['’]\s*,\s*['‘]"""
CLOSE_BETWEEN = r"(?P<last>\p{Ll})(?P<number>\(\d{1,2}\)|\d{1,2}[.)])(?P<next>\p{Lu}\p{Ll})"
TAB_WITHIN = rf"(?P<last>\p{{L}}{{3}}[.;,)]?) *\t *(?P<next>{_BEGINS})"
# What separates two conditions, before the capitalised words with which they begin.
_LARGE = r"(?:Not|NOT|No|NO|Must|MUST|Shall|SHALL|Do not|DO NOT|Only|Excluded?|Prohibited|Subject|Never|To not)\b"
_CLEARLY = r"(?:Not to|NOT TO|Must|MUST|Shall not|Do not|Prohibited from)\b"
SIGN_WITHIN = rf"\s*(?://|[+~^#§→⇒—–…·]+|&&|\so\s|\*{{2,}}|>{{1,2}}|-{{2,}})\s*(?P<next>{_LARGE})|\s*\(\d{{1,2}}\)\s+(?P<next_2>{_LARGE})"
# A number that does not go on with the one at the front (`2. .. 3. ..`, `1. .. 1. ..`).
OTHER_NUMBER = rf"\s\(?\d{{1,2}}[.)]+\s+(?P<next>{_LARGE})"
NUMBERED_OTHERWISE = rf"^\(?\d{{1,2}}[.)]+\s.*{OTHER_NUMBER}"
# Where one line parts into conditions. The first rule that fits the cell is the one the writer used.
SEPARATORS = (
    rf"[,;]? (?:and|AND|&|plus|as well as)(?: also)? (?P<next>{_LARGE})",
    rf",\s+(?P<next>{_CLEARLY})",
    r"\s+\|\s+|[\"”]?\s*[;|]\s*[\"“]?(?P<next>\(?\d{1,2}[.)]\s|\p{Lu})",
    rf"\s+/\s+(?P<next>{_OPENING})",
    r"[.]\s+(?P<next>\(?\d{1,2}[.)]\s+\p{Lu}|\p{Lu})",
)


@dataclass(frozen=True)
class Numbering:
    """A way to number: the numbers in their order, the pattern that any of them fits, and the characters around one."""

    numbers: tuple[str, ...]
    any_number: str
    form: str

    def pattern(self, number: str) -> str:
        """The pattern of a number with the characters around it."""
        return self.form.replace("{}", number)


NUMBERS = (tuple(str(number) for number in range(1, 41)), r"\d{1,2}")
ROMAN = (FIRST_ROMAN, "[ivxIVX]{1,5}")
LETTERS = (tuple("abcdefghijklmnopqrstuvwxyz"), "[a-zA-Z]")
DECIMALS = (tuple(f"1.{number}" for number in range(1, 41)), r"1\.\d{1,2}")
WORDS = (("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), "(?i:[a-z]{3,5})")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ORDINALS = (_ORDINALS, f"(?i:{'|'.join(_ORDINALS)})")
_LABEL = (
    r"(?i:condition|cond\.?|prohib(?:ition|\.)?|restriction|requirement|paragraph|para\.?|item|term|clause|order|no\.|c|p"
    r"|#|§)"
)
_AFTER = r"(?:\s+|(?P<next>[^\d\s]))"  # a decimal is not the number of a condition
NUMBERINGS = (
    *(
        Numbering(*numbers, form + _AFTER)
        for numbers in (NUMBERS, ROMAN, LETTERS)
        for form in (r"\(({})\)[.:]?", r"\[({})\]", r"({}) ?[.º]?\)", r"({}) ?[.:/;°º=]")
    ),
    Numbering(*NUMBERS, r"({}) ?[-–]" + _AFTER),
    Numbering(*LETTERS, r"1({})[.:)]?" + _AFTER),
    Numbering(*LETTERS, r"({}) ?[-–]\s+(?P<next>\S)"),
    Numbering(*NUMBERS, rf"{_LABEL} ?\(?({{}})[.:)]?(?: ?[-–])?" + _AFTER),
    Numbering(*NUMBERS, r"({})(?:st|nd|rd|th)[.:)]" + _AFTER),
    Numbering(*NUMBERS, r"0({})[.:)]?" + _AFTER),
    Numbering(*LETTERS, rf"{_LABEL} ?\(({{}})\)[.:]?" + _AFTER),
    Numbering(*WORDS, rf"{_LABEL} ({{}}) [-–]" + _AFTER),
    Numbering(*WORDS, rf"(?:{_LABEL} )?({{}})[.:,)]" + _AFTER),
    Numbering(*ORDINALS, r"({})(?:ly)?[.:,)]?" + _AFTER),
    Numbering(*NUMBERS, rf"({{}})(?:,| ?/)? +(?P<next>{_BEGINS})"),
    Numbering(*DECIMALS, r"({})[.:)]?" + _AFTER),
)
INTRODUCTION = (
    r"^[^:]*\b(?i:must|shall|not|from|conditions?|prohibitions?|restrictions?|requirements?|terms|following|order|schedule|that|to)"
    r" ?:[\s–-]*(?P<next>[(\[]?(?:1|[iIaA])[.:)\]])"
)
BEFORE_NUMBER = r"(?:\s+|[.;,/]\s*)(?:and |or )?"
LEADING_NUMBER = (
    r"^\s*(?:(?i:condition|prohibition) \d{1,2}[.:)]*|\(?\d{1,2}[.)]+|\d{1,2}\.\d{1,2}\.?|\(?[a-z]\)"
    rf"|\((?:i{{1,3}}|iv|vi{{0,3}}|ix)\)|(?:i{{1,3}}|iv|vi{{0,3}}|ix)[.)]|[-•*–—])\s+|^o\s+(?P<next>{_BEGINS})"
)
CLOSE_NUMBER = r"^\s*(?:\(?\d{1,2}[.)]+|[-–—*])(\p{L})"  # `1.Not to enter`, `-Not to enter`
ABBREVIATIONS = (
    r"\b(Mr|Mrs|Ms|Dr|St|Op|Nos?|approx|intl|Rd|Ave|Ltd|Sgt|Insp|nr|e\.g|i\.e|etc|para|ss?|a\.m|p\.m|d\.o\.b|Tel)\.\s"
)


# `Not to contact A. Smith` is one; `Not to enter area A. Must report` and `Not to contact A.B. / To report` are two.
INITIAL = r"\b(\p{Lu})\.\s"


def split_conditions(cells: pl.DataFrame) -> pl.DataFrame:
    """Split cells into conditions, numbering and bullets taken off.

    Args:
        cells: `text`, one cell a row, and any columns to keep.

    Returns:
        One row for each condition, in the order of the cells and within them; cells without a condition have none.
    """
    parted, waiting = _part_plainly(cells)
    waiting = waiting.with_columns(
        pl.col("text")
        .str.replace(LEADING_NUMBER, "${next}")
        .str.replace_all(rf"(\p{{L}}{{2}})\.({_LARGE})", "$1. $2")
        .str.replace_all(ABBREVIATIONS, f"$1.{WITHIN}")
        .str.replace_all(INITIAL, f"$1.{WITHIN}")
        .str.replace_all(rf"{WITHIN}(?P<next>{_LARGE}|[^\p{{L}}\p{{N}}])", " ${next}")
    )
    for rule in SEPARATORS:
        separator = BREAK + ("${next}" if "next" in rule else "")
        done, waiting = _parted(waiting, rule)
        parted.append(done.with_columns(pl.col("text").str.replace_all(rule, separator)))
    return _pieces(pl.concat([*parted, waiting]))


def split_listed(texts: pl.DataFrame) -> pl.DataFrame:
    """Split the entries of a list of conditions that hold several by numbering, bullets or lines.

    A list separates its conditions: full stops and slashes within an entry are the entry's own. Arguments and
    result are those of `split_conditions`.
    """
    # Lists say few texts over and over.
    distinct = texts.select("text", entry="text").unique(maintain_order=True)
    parted, waiting = _part_plainly(distinct)
    pieces = _pieces(pl.concat([*parted, waiting]))
    listed = texts.rename({"text": "entry"}).join(pieces, on="entry", how="inner", maintain_order="left_right")
    return listed.select(texts.columns)


def _part_plainly(cells: pl.DataFrame) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """The cells that numbering, bullets or lines part, with `BREAK` between conditions, and the cells that are left."""
    lines = (
        pl.col("text")
        .str.replace_many(ONE_SIGN_NUMBERS)
        .str.replace_all(LINE_BREAKS, "\n")
        .str.replace_all(TAB_WITHIN, "${last}\n${next}")
        .str.replace_all(rf" {{2,}}(?P<next>{_CLEARLY})", "\n${next}")
        .str.replace_all(BULLET_ALONE, " • ")
        .str.replace_all(CLOSE_BETWEEN, "${last} ${number} ${next}")
    )
    listed = pl.col("text").str.replace(LISTED, "$1").str.replace_all(BETWEEN_LISTED, "\n")
    unlisted = pl.when(pl.col("text").str.contains(LISTED)).then(listed).otherwise("text")
    waiting = cells.with_row_index("cell").with_columns(lines).with_columns(text=known(unlisted)).drop_nulls("text")
    numbered, waiting = _by_numbering(waiting)
    bulleted, waiting = _parted(waiting, rf"{BULLET}[^\n]*\S\s*{BULLET}|{BULLET}.*\n|\n{BULLET}|\S{BULLET}")
    dashed, waiting = _parted(waiting, DASH_FIRST)
    lined, waiting = _parted(waiting, "\n")
    otherwise, waiting = _parted(waiting, NUMBERED_OTHERWISE)
    signed, waiting = _parted(waiting, SIGN_WITHIN)
    dashes = pl.col("text").str.replace(DASH_FIRST, "").str.replace_all(DASH_WITHIN, f"{BREAK}${{next}}")
    return [
        numbered,
        bulleted.with_columns(_joined_lines(pl.col("text").str.replace_all(BULLET, BREAK))),
        dashed.with_columns(_line_ends(dashes)),
        lined.with_columns(_line_ends(pl.col("text"))),
        otherwise.with_columns(pl.col("text").str.replace_all(OTHER_NUMBER, f"{BREAK}${{next}}")),
        signed.with_columns(pl.col("text").str.replace_all(SIGN_WITHIN, f"{BREAK}${{next}}${{next_2}}")),
    ], waiting


def _parted(cells: pl.DataFrame, pattern: str, *, column: str = "text") -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells that fit a pattern, and the others."""
    if cells.is_empty():
        return cells, cells
    fits = cells.get_column(column).str.contains(pattern)
    return cells.filter(fits), cells.filter(~fits)


def _by_numbering(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells that are numbered from the first number on, and the others."""
    done = []
    bare = pl.col("text").str.replace(INTRODUCTION, "${next}")
    waiting = cells.with_columns(
        bare=pl.when(pl.col("text").str.contains(":", literal=True)).then(bare).otherwise("text")
    )
    for numbering in NUMBERINGS:
        begun, waiting = _parted(waiting, "^" + _only(numbering, 0), column="bare")
        numbered, others = _parted(begun, BEFORE_NUMBER + _only(numbering, 1), column="bare")
        waiting = pl.concat([waiting, others])
        if not numbered.is_empty():
            done.append(_renumbered(numbered, numbering))
    numbered = pl.concat([waiting.clear(), *done]).with_columns(text=_joined_lines(pl.col("bare")))
    return numbered.drop("bare"), waiting.drop("bare")


def _only(numbering: Numbering, place: int) -> str:
    """The pattern of the number at a place, in capitals or small letters."""
    number = re.escape(numbering.numbers[place])
    return numbering.pattern(f"(?i:{number})" if number.isalpha() else number)


def _renumbered(cells: pl.DataFrame, numbering: Numbering) -> pl.DataFrame:
    """Cells numbered in one way with `BREAK` for each number that goes on with the one before."""
    following = BEFORE_NUMBER + numbering.pattern(numbering.any_number)
    found = pl.col("bare").str.extract_all(following).list.eval(pl.element().str.extract(following)).list.join(",")
    in_order = pl.lit(",".join(numbering.numbers[1:]) + ",").str.starts_with(found.str.to_lowercase() + ",")
    cells = cells.with_columns(pl.col("bare").str.replace("^" + _only(numbering, 0), "${next}")).with_columns(
        in_order=in_order
    )
    plain = cells.filter("in_order").with_columns(pl.col("bare").str.replace_all(following, f"{BREAK}${{next}}"))
    # A number within a condition stands among those before them: `1. No more than 2. 2. Must ..`.
    going, done = cells.filter(~pl.col("in_order")), [plain]
    for place in range(1, len(numbering.numbers)):
        if going.is_empty():
            break
        number = BEFORE_NUMBER + _only(numbering, place)
        going, ended = _parted(going, number, column="bare")
        done.append(ended)
        going = going.with_columns(pl.col("bare").str.replace(number, f"{BREAK}${{next}}"))
    return pl.concat([*done, going]).drop("in_order")


def _joined_lines(text: pl.Expr) -> pl.Expr:
    """Lines that go on with a condition joined to it; a line that begins as conditions do is another."""
    return text.str.replace_all(rf"\n\s*(?P<next>{_BEGINS})", f"{BREAK}${{next}}").str.replace_all(r"\s*\n\s*", " ")


def _line_ends(text: pl.Expr) -> pl.Expr:
    """Lines split; in a cell that begins with a capital, a line in small letters goes on with the one before."""
    marked = text.str.replace_all(rf"\n\s*(?P<next>{_BEGINS})", f"{BREAK}${{next}}")
    goes_on = marked.str.replace_all(r"\n\s*(?P<next>\p{Ll})", " ${next}")
    in_small_letters = text.str.contains(r"^[^\p{L}]*\p{Ll}")
    return pl.when(in_small_letters).then(marked).otherwise(goes_on).str.replace_all("\n", BREAK)


def _pieces(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells exploded at the breaks, each piece bare; what holds no letter or digit is none."""
    pieces = cells.with_columns(pl.col("text").str.replace_all(WITHIN, " ").str.split(BREAK)).explode("text")
    bare = (
        pl.col("text")
        .str.replace(LEADING_NUMBER, "${next}")
        .str.replace(CLOSE_NUMBER, "$1")
        .str.replace(r"[;,]\s*(?:and|or)\s*$|\s?[/|]$", "")
        .str.strip_chars(' \t\r\n;,"“”')
        .str.replace(r"([^.][^.])\.$", "$1")
    )
    return (
        pieces.with_columns(bare)
        .filter(pl.col("text").str.contains(r"[\p{L}\p{N}]") & ~pl.col("text").str.contains("(?i)^(?:and|or|plus)$"))
        .sort("cell", maintain_order=True)
        .drop("cell")
    )
