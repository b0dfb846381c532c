"""Identifiers as national systems issue them, and the forms in which people write them down.

Belongs here: making PNC ids, CRO numbers, ASNs and case numbers. Does not: reading them (`warehouse.identifiers`).
"""

from random import Random

from warehouse.identifiers import check_letter

PLACEHOLDER_CRO = "000000/00Z"
PLACEHOLDER_ASNS = ("NRPR", "00NP", "0800NP01")
_UNIT_LETTERS = "ABCDEFGH"


def pnc_id(year: int, serial: int) -> str:
    """A PNC id in the long form, its check letter right."""
    return f"{year}/{serial:07d}{check_letter(int(f'{year % 100:02d}{serial:07d}'))}"


def cro_number(year: int, serial: int) -> str:
    """A CRO number: the small-file form before 1995, the standard form since."""
    digits = f"{year % 100:02d}"
    if year < 1995:
        return f"SF{digits}/{serial}{check_letter(int(f'{digits}{serial}'))}"
    return f"{serial:06d}/{digits}{check_letter(int(f'{digits}{serial:06d}'))}"


def arrest_summons_number(year: int, force: str, serial: int) -> str:
    """An ASN of 20 characters, its check letter right; the unit follows from the serial."""
    unit = _UNIT_LETTERS[serial % 8] + _UNIT_LETTERS[serial // 8 % 8]
    digits = f"{force if force.isdigit() else ''}01{year % 100:02d}{serial:011d}"
    return f"{year % 100:02d}{force}{unit}01{serial:011d}{check_letter(int(digits))}"


def pnc_id_as_written(pncid: str, random: Random) -> str:
    """A PNC id in the long or the short form, with or without its slash."""
    draw = random.random()
    if draw < 0.5:
        return pncid
    if draw < 0.65:
        return pncid.replace("/", "")
    # A four-digit year would be read as such where the slash is missing, so the short form keeps its slash more often.
    slash = "/" if draw < 0.93 else ""
    return f"{pncid[2:4]}{slash}{pncid[5:12].lstrip('0')}{pncid[12]}"


def asn_as_written(asn: str, random: Random) -> str:
    """An ASN in its 20 characters or, now and then, in the form it is shown on screens."""
    if random.random() < 0.9:
        return asn
    return f"{asn[:2]}/{asn[2:6]}/{asn[6:8]}/{asn[8:19].lstrip('0')}{asn[19]}"
