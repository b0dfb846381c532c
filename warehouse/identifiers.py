"""National identifiers: their canonical forms, the check letter they share, and fillers that pass it.

PNC id `YYYY/NNNNNNNL`, CRO number `NNNNNN/YYL` or `SFYY/N...L`, ASN `YYFFUUSSNNNNNNNNNNNL`.
Sources: CJS Data Standards Catalogue; HMPPS Person Record; Bichard7.
"""

import polars as pl

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
PNC_ID_PATTERN = r"^\d{4}/\d{7}[A-Z]$"
CRO_PATTERN = r"^(\d{6}/\d{2}|SF\d{2}/\d{1,6})[A-Z]$"
ASN_PATTERN = r"^\d{2}[A-Z0-9]{6}\d{11}[A-Z]$"
EARLIEST_YEAR = 1900
DUMMY = "dummy"
IMPOSSIBLE_YEAR = "impossible_year"


def check_letter(number: int) -> str:
    """The check letter of a number: its remainder by 23 in an alphabet without I, O and S."""
    return CHECK_LETTERS[number % 23]


def check_letters(number: pl.Expr) -> pl.Expr:
    """`check_letter` for a column of whole numbers."""
    return (number % 23).replace_strict(dict(enumerate(CHECK_LETTERS)), return_dtype=pl.String)


def is_dummy_serial(serial: pl.Expr) -> pl.Expr:
    """Whether a serial stands for no number: zero, or one digit typed six times or more (9999999, 0111111).

    No serial is zero. Nine real serials in a million are one digit throughout: they are given up, because people who
    must fill a field type one of them, and two strangers would be linked by it.
    """
    return serial.str.contains(r"^0*(?:1{6,}|2{6,}|3{6,}|4{6,}|5{6,}|6{6,}|7{6,}|8{6,}|9{6,})?$")


def pnc_id_form(text: pl.Expr, *, this_year: int) -> pl.Expr:
    """Read PNC ids in any form and return them in the long form, or null where the form is not that of a PNC id.

    Long or short year, leading zeros dropped or kept, slash or none. Without a slash the year is read first:
    eight digits make a long id (four-digit year only if eleven digits follow the long pattern), else two digits.
    A two-digit year above `this_year` belongs to the 1900s.
    """
    bare = text.str.to_uppercase().str.replace_all(r"[^A-Z0-9/]", "")
    long = bare.str.extract_groups(r"^(\d{4})/?(\d{7})([A-Z])$")
    slashed = bare.str.extract_groups(r"^(\d{4}|\d{2})/(\d{1,7})([A-Z])$")
    short = bare.str.extract_groups(r"^(\d{2})(\d{1,7})([A-Z])$")
    parts = [pl.coalesce(group.struct.field(str(index)) for group in (long, slashed, short)) for index in (1, 2, 3)]
    year = _full_year(parts[0], this_year)
    return year + "/" + parts[1].str.zfill(7) + parts[2]


def pnc_id_refusal(pnc_id: pl.Expr, *, this_year: int) -> pl.Expr:
    """Why a PNC id in the long form is nobody's: `DUMMY`, `IMPOSSIBLE_YEAR` (before 1900 or to come), else null."""
    year = pnc_id.str.head(4).cast(pl.Int64, strict=False)
    return (
        pl.when(is_dummy_serial(pnc_id.str.slice(5, 7)))
        .then(pl.lit(DUMMY))
        .when(~year.is_between(EARLIEST_YEAR, this_year))
        .then(pl.lit(IMPOSSIBLE_YEAR))
    )


def parse_pnc_id(text: pl.Expr, *, this_year: int) -> pl.Expr:
    """Read PNC ids (see `pnc_id_form`); null also for those that are nobody's (see `pnc_id_refusal`)."""
    pnc_id = pnc_id_form(text, this_year=this_year)
    return pl.when(pnc_id_refusal(pnc_id, this_year=this_year).is_null()).then(pnc_id)


def is_pnc_id_valid(pnc_id: pl.Expr) -> pl.Expr:
    """Whether the check letter of a long-form PNC id is right, and its serial no dummy; null where there is no id."""
    serial = pnc_id.str.slice(5, 7)
    number = (pnc_id.str.slice(2, 2) + serial).cast(pl.Int64, strict=False)
    return (check_letters(number) == pnc_id.str.slice(12, 1)) & ~is_dummy_serial(serial)


def cro_form(text: pl.Expr) -> pl.Expr:
    """Read CRO numbers and return their canonical form; null for other forms."""
    bare = text.str.to_uppercase().str.replace_all(r"[^A-Z0-9/]", "")
    standard = bare.str.extract_groups(r"^(\d{1,6})/(\d{2})([A-Z])$")
    small = bare.str.extract(r"^(SF\d{2}/\d{1,6}[A-Z])$")
    padded = standard.struct.field("1").str.zfill(6) + "/" + standard.struct.field("2") + standard.struct.field("3")
    return pl.coalesce(small, padded)


def cro_refusal(cro: pl.Expr) -> pl.Expr:
    """Why a canonical CRO number is nobody's: `DUMMY`, else null. Its year has two digits, so none is to come."""
    return pl.when(is_dummy_serial(_cro_parts(cro)[1])).then(pl.lit(DUMMY))


def parse_cro(text: pl.Expr) -> pl.Expr:
    """Read CRO numbers (see `cro_form`); null also for dummies, such as 000000/00Z and 000000/21L."""
    cro = cro_form(text)
    return pl.when(cro_refusal(cro).is_null()).then(cro)


def is_cro_valid(cro: pl.Expr) -> pl.Expr:
    """Whether the check letter of a canonical CRO number is right, and its serial no dummy; null without a number."""
    year, serial = _cro_parts(cro)
    return (check_letters((year + serial).cast(pl.Int64, strict=False)) == cro.str.slice(-1, 1)) & ~is_dummy_serial(
        serial
    )


def _cro_parts(cro: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Year and serial of a canonical CRO number."""
    small = cro.str.extract_groups(r"^SF(\d{2})/(\d+)[A-Z]$")
    standard = cro.str.extract_groups(r"^(\d{6})/(\d{2})[A-Z]$")
    year = pl.coalesce(small.struct.field("1"), standard.struct.field("2"))
    return year, pl.coalesce(small.struct.field("2"), standard.struct.field("1"))


def asn_form(text: pl.Expr) -> pl.Expr:
    """Read ASNs and return their 20 characters; null for other forms.

    The display form drops leading zeros of the serial (`11/01ZD/01/448754K`). A 21-character form carries one more
    character after the year, which is dropped.
    """
    bare = text.str.to_uppercase().str.replace_all(r"[^A-Z0-9/]", "")
    shown = bare.str.extract_groups(r"^(\d{2})/([A-Z0-9]{4})/([A-Z0-9]{2})/(\d{1,11})([A-Z])$")
    display = (
        shown.struct.field("1")
        + shown.struct.field("2")
        + shown.struct.field("3")
        + shown.struct.field("4").str.zfill(11)
        + shown.struct.field("5")
    )
    plain = bare.str.replace_all("/", "")
    long = plain.str.replace(r"^(\d{2})[A-Z0-9]([A-Z0-9]{6}\d{11}[A-Z])$", "$1$2")
    return pl.coalesce(display, long.str.extract(ASN_PATTERN.replace("^", "^(").replace("$", ")$")))


def asn_refusal(asn: pl.Expr) -> pl.Expr:
    """Why an ASN of 20 characters is not that of an arrest: `DUMMY` (a known pattern, a dummy serial), else null."""
    return pl.when(asn.str.contains(r"NRPR|00NP") | is_dummy_serial(asn.str.slice(8, 11))).then(pl.lit(DUMMY))


def is_asn_valid(asn: pl.Expr) -> pl.Expr:
    """Whether the check letter of a 20-character ASN is right, and it is not a dummy; null where there is no ASN.

    The number is force (if numeric), system (if numeric), year and the 11-digit serial.
    """
    force, system = asn.str.slice(2, 2), asn.str.slice(6, 2)
    digits = (
        pl.when(force.str.contains(r"^\d+$")).then(force).otherwise(pl.lit(""))
        + pl.when(system.str.contains(r"^\d+$")).then(system).otherwise(pl.lit(""))
        + asn.str.slice(0, 2)
        + asn.str.slice(8, 11)
    )
    return (check_letters(digits.cast(pl.Int64, strict=False)) == asn.str.slice(19, 1)) & asn_refusal(asn).is_null()


def _full_year(year: pl.Expr, this_year: int) -> pl.Expr:
    century = pl.when(year.cast(pl.Int64, strict=False) > this_year % 100).then(pl.lit("19")).otherwise(pl.lit("20"))
    return pl.when(year.str.len_chars() == 4).then(year).otherwise(century + year)
