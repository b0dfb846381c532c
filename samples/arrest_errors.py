"""How records of arrests go wrong. Each fault changes a holding and says whether it could."""

from random import Random

from samples.arrests import offences
from samples.holdings import Holding
from samples.identifiers import PLACEHOLDER_ASNS
from samples.value_errors import other_letter, put, shifted

fill_asn = put("asn", lambda _, random: random.choice(PLACEHOLDER_ASNS))
change_asn_letter = put("asn", lambda held, random: other_letter(held.asn, random))
lose_asn = put("asn", lambda *_: "")
shift_arrest = put("arrested", lambda held, random: held.arrested and shifted(held.arrested, random))


def change_offence(holding: Holding, random: Random) -> bool:
    """Another offence of the same category, as charges are amended."""
    if not holding.offence or holding.offence.category not in offences():
        return False
    before = holding.offence
    holding.offence = random.choice(offences()[before.category])
    return holding.offence != before
