"""The forms in which dates are written, and the words that stand around them.

Belongs here: patterns. Does not: reading by them (`dates`).
"""

from dataclasses import dataclass

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\.?"
_UNKNOWN = (
    r"x{1,2}|\?{1,2}|_{1,2}|\*{1,2}|#{1,2}|-{1,2}|\.{2,3}|u{1,2}|un|unk|unknown|nk|n/k|n\.k\.?|nn|nil|tbc|zz|dd|mm"
    r"|0{3,4}"
)
# October alone, `x`, is a part that is not known.
ROMAN_MONTHS = {"ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12}
_DAY = rf"(?P<day>\d{{1,2}}|{_UNKNOWN})"
_MONTH_NUMBER = rf"(?P<month>\d{{1,2}}|{'|'.join(ROMAN_MONTHS)}|{_UNKNOWN})"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_LONG_YEAR = r"(?P<year>\d{4})"
_ORDINAL = r" ?(?:st|nd|rd|th)?(?: day)?"


@dataclass(frozen=True)
class DateForm:
    """A form of a date: its name and the pattern of the whole text, with groups `day`, `month`, `year`, `serial`.

    Patterns see small letters and one kind of digit, dash and slash, without weekday, time and words for `about`. No
    two forms of one list match the same text. A part that is not a number, or is zero, is not known.
    """

    name: str
    pattern: str


# The forms of dates in text.
WRITTEN = (
    DateForm("ddmmyyyy", r"^(?P<day>\d{2}|xx|\?\?)(?P<month>\d{2}|xx|\?\?)(?P<year>(?:19|20)\d{2})$"),
    DateForm("yyyymmdd", r"^(?P<year>(?:19|20)\d{2})(?P<month>0\d|1[0-2])(?P<day>\d{2})$"),
    DateForm("yyyy-mm-dd", rf"^{_LONG_YEAR} ?[/.\- ] ?{_MONTH_NUMBER} ?[/.\- ] ?{_DAY}$"),
    DateForm("dd/mm/yyyy", rf"^{_DAY} ?[/.\-\\ ] ?{_MONTH_NUMBER} ?[/.\-\\ ] ?['’]?{_YEAR}$"),
    DateForm("/mm/yyyy", rf"^ ?/ ?(?:{_MONTH_NUMBER})? ?/ ?{_LONG_YEAR}$"),
    DateForm("mm/yyyy", rf"^{_MONTH_NUMBER} ?[/.\- ] ?{_LONG_YEAR}$"),
    DateForm("yyyy-mm", rf"^{_LONG_YEAR} ?[/.\- ] ?{_MONTH_NUMBER}[-/.]?$"),
    DateForm("yyyy", r"^(?P<year>(?:19|20)\d{2})[-/.]?$"),
    DateForm("1st March 2019", rf"^(?:the )?{_DAY}{_ORDINAL}[ ,./-]*(?:of )?{_MONTH}[ ,./'’-]*{_YEAR}$"),
    DateForm("March 1st, 2019", rf"^{_MONTH}[ -]+(?:the )?{_DAY}(?:st|nd|rd|th)?(?: |,)[ ,]*{_LONG_YEAR}$"),
    DateForm("2019 March 1", rf"^{_LONG_YEAR}[ ,./-]*{_MONTH}[ ,./-]+{_DAY}{_ORDINAL}$"),
    DateForm("2019 March", rf"^{_LONG_YEAR}[ ,./-]*{_MONTH}$"),
    DateForm("March 2019", rf"^{_MONTH}[ ,./-]*{_LONG_YEAR}$"),
    DateForm("Mar-19", rf"^{_MONTH}(?:[-/'’]| ['’])(?P<year>\d{{2}})$"),
)
# The forms of dates in cells that a spreadsheet, or a program that read one, may have filled.
HAND_TYPED = (*WRITTEN, DateForm("Excel serial", r"^(?P<serial>\d{5})(?:\.\d+)?$"))
NO_PART_KNOWN = rf"^(?:(?:0{{1,4}}|[xy?]{{1,4}}|{_UNKNOWN})(?:[ /.\-\\]+|$)){{3}}$|^0+$"
# Words around a date that say nothing of it; words that say that it is only about right.
LABEL = r"^(?:(?:d\.?o\.?b\.?|date of birth|born(?: on| in)?|b\.|y\.?o\.?b\.?|year of birth|year|dated|on|in)[ :]+)+"
WEEKDAY = r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[,.]? |[ ,]+\(?(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\)?$"
ABOUT_BEFORE = (
    r"^(?:circa|ca?[. ]|c\b|approx(?:imately|\.)?|abt\.?|about|around|est(?:imated|\.)?|early|mid|late|spring|summer"
    r"|autumn|winter|q[1-4]|start|beginning|end|possibly|probably|maybe|believed|~|≈)[ .:-]*(?:of )?|^c(?P<digit>\d)"
    r"|^(?:day|date|month)(?: and month)? (?:not known|unknown|n/?k)[ ,;:-]+"
)
ABOUT_AFTER = (
    r" ?\?+$| ?~$|(\d)ish$"
    r"|[ ,-]*\(?(?:approx(?:imately|\.)?|est(?:imated|\.)?|circa|(?:un|not )confirmed|unverified|estimate|tbc"
    r"|claim(?:s|ed)|alleged|disputed|self[ -]declared|as stated|given|(?:year )?only)\)?$"
    r"|(\d{4}) *\([^()\d]+\)$"  # a remark that nobody knows leaves the day in doubt
    r"|[ ,]+\(?(?:(?:exact|full|day|date|month|and|of|birth) ?)+(?:not known|unknown|n/?k)\)?$"
)
_YEARS_OLD = r"(?:years?|yrs?)(?: old)?"
# Letters typed for digits, other characters between the parts, and what stands behind a date: `year` in Polish and
# Russian, an age.
SLIPS = (
    (r"^(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]?$", "${1}-${2}-${3}"),
    (r"^(?:ngày )?(\d{1,2}) tháng (\d{1,2}),? năm (\d{4})$", "${1}/${2}/${3}"),
    (r"^(\d{1,2})[,|](\d{1,2})[,|](\d{4})$", "${1}/${2}/${3}"),
    (r"^['’`]+(\d)|([^.])[.,;]+$", "${1}${2}"),
    (r"(\d)//(\d)", "${1}/${2}"),
    (r"(^|\d[/.-]?)o([\d/.-])", "${1}0${2}"),
    (r"(^|[\d/.-])[il|](\d?[/.-])", "${1}1${2}"),
    (r"^(\d{1,2})[_:](\d{1,2})[_:](\d{4})$", "${1}/${2}/${3}"),
    (r"(\d{4}) ?(?:r\.?|г\.?|\*+)$", "${1}"),
    (
        r"(\d{2}) ?\((?:verified|confirmed|correct|(?:as )?(?:per|on|from) [a-z ]+|pnc|pnd|cro|passport)\)$",
        "${1}",
    ),
    (
        rf"(\d{{2}})[ ,-]+(?:\(\d{{1,3}}\)|\(?(?:aged?:? ?\d{{1,3}}(?: ?{_YEARS_OLD})?|\d{{1,3}} ?{_YEARS_OLD})\)?)$",
        "${1}",
    ),
)
# A date in another language: what stands before, its month as a word, what follows; words that join its parts.
MONTH_WORD = r"^(\d{1,4}[ ./-]*(?:de[l ]? ?)?|)(\p{L}{3,})(\.?[ ./-]*\d.*)$"
OF = r" (?:de|del|di) "
# A day that a program wrote with the offset of its midnight, and no time.
DAY_WITH_OFFSET = r"^(\d{4}-\d{2}-\d{2})(?:z|[+-]\d{2}:\d{2})$"
# A day with a time of day; the offset makes an instant of it.
TIMED = (
    r"^(?P<day>.*\d)(?:t|[ ,]+(?:at )?)(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?:[:.]\d{2}(?:[.,]\d+)?)?"
    r"|(?P<minute_2>\d{2})\d{2}) ?(?P<half>[ap]\.?m\.?)? ?(?P<zone>z|utc|gmt|bst|[+-]\d{2}(?::?\d{2})?)?(?:\[.*\])?$"
)
