"""How dates, numbers, codes and conditions go wrong. Each fault changes a holding and says whether it could."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random

from samples.arrests import offences
from samples.cases import condition_codes, courts, courts_of, forces_by_region
from samples.holdings import Holding
from samples.identifiers import PLACEHOLDER_ASNS, PLACEHOLDER_CRO, pnc_id
from samples.orders import add_months
from samples.records import region_of
from warehouse.identifiers import CHECK_LETTERS

OTHER_KIND = {"STRO": "STPO", "STPO": "STRO", "TERO": "TEPO", "TEPO": "TERO"}
LEGACY_FORCES = {"01": ("02",), "PS": ("70", "74", "76", "78", "80", "82", "84", "87")}
OTHER_TERMS = (12, 24, 36, 48, 60, 84, 120)


Spoil = Callable[[Holding, Random], bool]


def put(name: str, value: Callable[[Holding, Random], object]) -> Spoil:
    """The fault that an attribute has another value; it could not happen where that is the value it had."""

    def spoil(holding: Holding, random: Random) -> bool:
        before = getattr(holding, name)
        setattr(holding, name, value(holding, random))
        return bool(getattr(holding, name) != before)

    return spoil


def swapped(day: date) -> date:
    """The date with day and month swapped, or the same where that is not a date."""
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def shifted(day: date, random: Random) -> date:
    """The date a few days off, more often by one."""
    return day + timedelta(days=random.choice((-7, -3, -2, -1, -1, 1, 1, 2, 3, 7, 10)))


def other_day(day: date, random: Random) -> date:
    """Another day of the month, or the same where there may be none."""
    other = day.day + random.choice((-10, -2, -1, 1, 2, 10))
    return day.replace(day=other) if 1 <= other <= 28 else day


def other_year(day: date, random: Random, years: Sequence[int] = (-1, 1)) -> date:
    """The same day of another year."""
    return add_months(day, 12 * random.choice(years))


def fillers(birth: date) -> tuple[date, ...]:
    """The first of January, of the year of birth, 1900 or 1970."""
    first = birth.replace(month=1, day=1)
    return (first, first, first, date(1900, 1, 1), date(1970, 1, 1))


def other_digit(pncid: str, random: Random) -> str:
    """A PNC id with one digit mistaken."""
    place = random.choice((3, 8, 9, 10, 11))
    digit = str((int(pncid[place]) + random.randint(1, 9)) % 10)
    return pncid[:place] + digit + pncid[place + 1 :]


def other_letter(number: str, random: Random) -> str:
    """A number with its check letter, the last character, mistaken."""
    return number[:-1] + random.choice(CHECK_LETTERS.replace(number[-1], ""))


def malformed(urn: str, random: Random) -> str:
    """A case number keyed by hand: a character short, a suffix for a split case, letters for digits."""
    return random.choice((urn[:-1], f"{urn}/1", urn[:4] + urn[4:].replace("0", "O") + "A"))


swap_birth = put("dob", lambda held, _: swapped(held.person.birth))
shift_birth_day = put("dob", lambda held, random: other_day(held.person.birth, random))
change_birth_year = put("dob", lambda held, random: other_year(held.person.birth, random, (-10, -2, -1, 1, 2, 10)))
fill_birth = put("dob", lambda held, random: random.choice(fillers(held.person.birth)))
lose_birth = put("dob", lambda *_: None)
# Year, or year and month, of birth alone.
cut_birth = put("dob_digits", lambda _, random: random.choice((4, 6)))
change_digit = put("pncid", lambda held, random: held.pncid and other_digit(held.pncid, random))
change_check_letter = put("pncid", lambda held, random: held.pncid and other_letter(held.pncid, random))
lose_pncid = put("pncid", lambda *_: "")
# Made by mistake at another arrest.
use_second_pncid = put("pncid", lambda held, _: held.person.second_pncid)
# An id a few off, its check letter right: another person's.
use_neighbours_pncid = put(
    "pncid",
    lambda held, random: held.pncid and pnc_id(int(held.pncid[:4]), int(held.pncid[5:12]) + random.randint(1, 9)),
)
fill_cro = put("cro", lambda *_: PLACEHOLDER_CRO)
lose_cro = put("cro", lambda *_: "")
change_sex = put("sex", lambda held, _: "F" if held.sex == "M" else "M")
lose_sex = put("sex", lambda *_: "U")
swap_made = put("made", lambda held, _: swapped(held.order.made))
shift_made = put("made", lambda held, random: shifted(held.order.made, random))
change_made_year = put("made", lambda held, random: other_year(held.order.made, random))
made_when_started = put("made", lambda held, _: held.order.start)
start_when_made = put("start", lambda held, _: held.order.made)
shift_start = put("start", lambda held, random: shifted(held.order.start, random))
change_start_year = put("start", lambda held, random: other_year(held.order.start, random))
lose_end = put("end", lambda *_: None)
change_end = put(
    "end",
    lambda held, random: held.order.end and add_months(held.order.end, random.choice((-12, -1, 1, 12, 24))),
)
change_kind = put("kind", lambda held, _: OTHER_KIND[held.order.kind])
hold_interim_as_full = put("interim", lambda *_: False)
malform_urn = put("urn", lambda held, random: malformed(held.order.urn, random))
use_legacy_force = put(
    "force",
    lambda held, random: random.choice(LEGACY_FORCES[held.force]) if held.force in LEGACY_FORCES else held.force,
)
leave_open = put("status", lambda *_: "L")
close_early = put("status", lambda held, _: "E" if held.status == "L" else held.status)
# A risk order goes on binding beside a prevention order.
close_beside = put("status", lambda held, _: "S" if held.status == "L" and held.order.joined_on else held.status)
flip_county_lines = put("county_lines", lambda held, _: not held.county_lines)


def end_from_made(holding: Holding, _random: Random) -> bool:
    """The end counted from the day the order was made, though it runs from a later start."""
    if not holding.term or holding.order.start == holding.order.made:
        return False
    holding.end = add_months(holding.order.made, holding.term)
    return holding.end != holding.order.end


def change_term(holding: Holding, random: Random) -> bool:
    """Another length."""
    if not holding.order.months:
        return False
    holding.term = random.choice([term for term in OTHER_TERMS if term != holding.order.months])
    return True


def change_court(holding: Holding, random: Random) -> bool:
    """Another court of the same type near by."""
    court = holding.order.court
    near = [other for other in courts_of(court.jurisdiction, court.type, court.region, "") if other != court]
    others = near or [other for other in courts() if other.jurisdiction == court.jurisdiction and other != court]
    other = random.choice(others)
    holding.court, holding.court_name = other.code, other.name
    return True


def use_unknown_court(holding: Holding, random: Random) -> bool:
    """The code of a court that is closed, merged or mistyped: on no list."""
    code = holding.order.court.code
    holding.court = f"{code[:3]}{random.choice('XZ')}{random.choice('QXZ')}00"
    return True


def change_force(holding: Holding, random: Random) -> bool:
    """Another force of the region."""
    region = region_of(holding.force)
    others = [force for force in forces_by_region().get(region, ()) if force != holding.force]
    holding.force = random.choice(others or ["20"])
    return True


def lose_condition(holding: Holding, random: Random) -> bool:
    """One condition left out."""
    if len(holding.conditions) < 2:
        return False
    holding.conditions.remove(random.choice(holding.conditions))
    return True


def add_condition(holding: Holding, random: Random) -> bool:
    """A condition that the court did not make."""
    codes = [code for code in condition_codes(holding.order.case.context) if code not in holding.conditions]
    holding.conditions.append(random.choice(codes))
    return True


def lose_conditions(holding: Holding, _random: Random) -> bool:
    """No conditions."""
    holding.conditions.clear()
    return True


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
