"""How records of arrests go wrong. Each function changes a holding and says whether it could."""

from random import Random

from samples.arrests import offences
from samples.holdings import Holding
from samples.identifiers import PLACEHOLDER_ASNS
from samples.value_errors import shifted
from warehouse.identifiers import CHECK_LETTERS


def fill_asn(holding: Holding, random: Random) -> bool:
    """A dummy ASN."""
    holding.asn = random.choice(PLACEHOLDER_ASNS)
    return True


def change_asn_letter(holding: Holding, random: Random) -> bool:
    """The check letter of the ASN mistaken."""
    holding.asn = holding.asn[:-1] + random.choice(CHECK_LETTERS.replace(holding.asn[-1], ""))
    return True


def lose_asn(holding: Holding, _random: Random) -> bool:
    """No ASN."""
    holding.asn = ""
    return True


def shift_arrest(holding: Holding, random: Random) -> bool:
    """The day of the arrest a few days off."""
    if not holding.arrested:
        return False
    holding.arrested = shifted(holding.arrested, random)
    return True


def change_offence(holding: Holding, random: Random) -> bool:
    """Another offence of the same category, as charges are amended."""
    if not holding.offence or holding.offence.category not in offences():
        return False
    before = holding.offence
    holding.offence = random.choice(offences()[before.category])
    return holding.offence != before
