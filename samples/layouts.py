"""How each regional unit lays out its monthly return: sheets, titles, headings, their order, notes."""

from dataclasses import dataclass

Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReturnLayout:
    """A workbook's form.

    Attributes:
        orders, arrests: names of the two sheets.
        titles: rows above the headings; `{unit}`, `{period}` and `{old}` (a former name) are filled in.
        notes: rows below the data, after an empty one.
        columns, arrest_columns: heading and what stands under it.
        is_by_name: rows stand in the order of surnames, not as they came in.
    """

    orders: str
    arrests: str
    titles: tuple[str, ...]
    notes: tuple[str, ...]
    columns: Columns
    arrest_columns: Columns
    is_by_name: bool = False

    @property
    def not_carried(self) -> tuple[str, ...]:
        """Fields of the list of errors that this layout does not hold."""
        fields = {field for _, field in self.columns}
        return tuple(field for field in ("made", "start", "term", "end", "county_lines") if field not in fields)


_PLAIN = ReturnLayout(
    "Orders",
    "Offending",
    (),
    ("N.B. some dates awaited from force",),
    (
        ("Nominal", "name"),
        ("DOB", "dob"),
        ("PNC ID", "pncid"),
        ("Force", "force"),
        ("Order Type", "kind"),
        ("Interim/Full", "interim"),
        ("Date Obtained", "made"),
        ("Start Date", "start"),
        ("Length", "term"),
        ("End Date", "end"),
        ("Court", "court"),
        ("Conditions", "conditions"),
        ("County Lines", "county_lines"),
        ("Breaches", "breaches"),
        ("Occurrence Ref", "occurrence"),
    ),
    (
        ("Nominal", "name"),
        ("DOB", "dob"),
        ("PNC ID", "pncid"),
        ("Date of arrest", "arrested"),
        ("Offence", "offence"),
        ("Custody ref", "custody"),
    ),
)
_TITLED = ReturnLayout(
    "STRO STPO",
    "Arrests",
    ("{unit} – slavery and trafficking orders return", "Period: {period}", "OFFICIAL-SENSITIVE"),
    (),
    (
        ("Occ Ref", "occurrence"),
        ("Surname", "surname"),
        ("Forename(s)", "forenames"),
        ("D.O.B.", "dob"),
        ("PNCID", "pncid"),
        ("Type of order", "kind_and_interim"),
        ("Date granted", "made"),
        ("Commences", "start"),
        ("Duration", "term"),
        ("Expires", "end"),
        ("Granted at", "court"),
        ("Prohibitions", "conditions"),
        ("CL?", "county_lines"),
        ("No. of breaches", "breaches"),
        ("Owning force", "force"),
    ),
    (
        ("Surname", "surname"),
        ("Forename(s)", "forenames"),
        ("D.O.B.", "dob"),
        ("PNCID", "pncid"),
        ("Arrested on", "arrested"),
        ("Offence title", "offence"),
        ("Custody number", "custody"),
    ),
    is_by_name=True,
)
_NUMBERED = ReturnLayout(
    "Data return",
    "Offending history",
    ("{unit} – slavery and trafficking orders return", "Period: {period}", "", "Please complete ALL columns"),
    ("Return compiled by the regional intelligence unit", "n/k = not known"),
    (
        ("No.", "number"),
        ("Name of subject", "name"),
        ("DOB", "dob"),
        ("PNC", "pncid"),
        ("STRO/STPO", "kind"),
        ("Full or interim", "interim"),
        ("Start date", "start"),
        ("Length of order", "term"),
        ("End", "end"),
        ("Court", "court"),
        ("Conditions of order", "conditions"),
        ("Force area", "force"),
        ("Reference", "occurrence"),
        ("CL", "county_lines"),
    ),
    (
        ("Name of subject", "name"),
        ("DOB", "dob"),
        ("PNC", "pncid"),
        ("Arrest date", "arrested"),
        ("Offence (or code)", "offence"),
        ("Custody ref", "custody"),
    ),
)
_DEFAULT_NAMES = ReturnLayout(
    "Sheet1",
    "Sheet2",
    ("{old} – slavery and trafficking orders return",),
    ("Total orders this period: see above",),
    (
        ("Force", "force"),
        ("Subject", "name"),
        ("Date of Birth", "dob"),
        ("PNC No", "pncid"),
        ("Order", "kind_and_interim"),
        ("Made", "made"),
        ("From", "start"),
        ("To", "end"),
        ("Term", "term"),
        ("Court name", "court"),
        ("Restrictions", "conditions"),
        ("Niche ref", "occurrence"),
        ("County lines (Y/N)", "county_lines"),
        ("Breached?", "breaches"),
    ),
    (
        ("Subject", "name"),
        ("Date of Birth", "dob"),
        ("PNC No", "pncid"),
        ("Arrest date", "arrested"),
        ("Offence", "offence"),
        ("Custody ref", "custody"),
    ),
    is_by_name=True,
)
_FORM = ReturnLayout(
    "Civil Orders",
    "Arrest History",
    ("Regional return to the national team", "Unit:  {unit}", "", "Month: {period}"),
    ("* as given by the force",),
    (
        ("PNC ID", "pncid"),
        ("FAMILY NAME", "surname"),
        ("GIVEN NAMES", "forenames"),
        ("DATE OF BIRTH", "dob"),
        ("ORDER TYPE", "kind_and_interim"),
        ("DATE MADE", "made"),
        ("START DATE", "start"),
        ("END DATE", "end"),
        ("LENGTH", "term"),
        ("ISSUING COURT", "court"),
        ("FORCE", "force"),
        ("CONDITIONS", "conditions"),
        ("COUNTY LINES", "county_lines"),
        ("BREACHES", "breaches"),
        ("OCCURRENCE REFERENCE", "occurrence"),
    ),
    (
        ("PNC ID", "pncid"),
        ("FAMILY NAME", "surname"),
        ("GIVEN NAMES", "forenames"),
        ("DATE OF BIRTH", "dob"),
        ("DATE OF ARREST", "arrested"),
        ("OFFENCE", "offence"),
        ("CUSTODY REFERENCE", "custody"),
    ),
)
LAYOUTS = {
    "EMSOU": _PLAIN,
    "TARIAN": _PLAIN,
    "NWROCU": _FORM,
    "ERSOU": _TITLED,
    "YHROCU": _TITLED,
    "ROCUWM": _DEFAULT_NAMES,
    "LONDON": _DEFAULT_NAMES,
    "NEROCU": _NUMBERED,
    "SWROCU": _NUMBERED,
    "SEROCU": _FORM,
}
OLD_NAMES = {"ROCUWM": "WMROCU", "LONDON": "MPS"}
