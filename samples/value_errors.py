"""How dates, numbers, codes and conditions go wrong. Each function changes a holding and says whether it could."""

from datetime import date, timedelta
from random import Random

from samples.cases import condition_codes, courts, courts_of, forces_by_region
from samples.holdings import Holding
from samples.identifiers import PLACEHOLDER_CRO, pnc_id
from samples.orders import add_months
from samples.records import region_of
from warehouse.identifiers import CHECK_LETTERS

OTHER_KIND = {"STRO": "STPO", "STPO": "STRO", "TERO": "TEPO", "TEPO": "TERO"}
LEGACY_FORCES = {"01": ("02",), "PS": ("70", "74", "76", "78", "80", "82", "84", "87")}
OTHER_TERMS = (12, 24, 36, 48, 60, 84, 120)


def swapped(day: date) -> date:
    """The date with day and month swapped, or the same where that is no date."""
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def shifted(day: date, random: Random) -> date:
    """The date a few days off, more often by one."""
    return day + timedelta(days=random.choice((-7, -3, -2, -1, -1, 1, 1, 2, 3, 7, 10)))


def other_year(day: date, random: Random) -> date:
    """The same day of a neighbouring year."""
    return add_months(day, random.choice((-12, 12)))


def swap_birth(holding: Holding, _random: Random) -> bool:
    """Day and month of birth the wrong way round."""
    return _set_birth(holding, swapped(holding.person.birth))


def shift_birth_day(holding: Holding, random: Random) -> bool:
    """A day of birth mistaken."""
    day = holding.person.birth.day + random.choice((-10, -2, -1, 1, 2, 10))
    return 1 <= day <= 28 and _set_birth(holding, holding.person.birth.replace(day=day))


def change_birth_year(holding: Holding, random: Random) -> bool:
    """A year of birth mistaken."""
    return _set_birth(holding, add_months(holding.person.birth, 12 * random.choice((-10, -2, -1, 1, 2, 10))))


def fill_birth(holding: Holding, random: Random) -> bool:
    """A filler: the first of January, 1900 or 1970."""
    first = holding.person.birth.replace(month=1, day=1)
    return _set_birth(holding, random.choice((first, first, first, date(1900, 1, 1), date(1970, 1, 1))))


def lose_birth(holding: Holding, _random: Random) -> bool:
    """No date of birth."""
    holding.dob = None
    return True


def cut_birth(holding: Holding, random: Random) -> bool:
    """Year, or year and month, of birth alone."""
    holding.dob_digits = random.choice((4, 6))
    return True


def change_digit(holding: Holding, random: Random) -> bool:
    """One digit of the PNC id mistaken."""
    if not holding.pncid:
        return False
    place = random.choice((3, 8, 9, 10, 11))
    digit = str((int(holding.pncid[place]) + random.randint(1, 9)) % 10)
    holding.pncid = holding.pncid[:place] + digit + holding.pncid[place + 1 :]
    return True


def change_check_letter(holding: Holding, random: Random) -> bool:
    """The check letter of the PNC id mistaken."""
    if not holding.pncid:
        return False
    holding.pncid = holding.pncid[:-1] + random.choice(CHECK_LETTERS.replace(holding.pncid[-1], ""))
    return True


def lose_pncid(holding: Holding, _random: Random) -> bool:
    """No PNC id."""
    had, holding.pncid = bool(holding.pncid), ""
    return had


def use_second_pncid(holding: Holding, _random: Random) -> bool:
    """A second PNC id, made by mistake at another arrest."""
    holding.pncid = holding.person.second_pncid
    return True


def use_neighbours_pncid(holding: Holding, random: Random) -> bool:
    """An id one off, its check letter right: somebody else's."""
    if not holding.pncid:
        return False
    holding.pncid = pnc_id(int(holding.pncid[:4]), int(holding.pncid[5:12]) + random.randint(1, 9))
    return True


def fill_cro(holding: Holding, _random: Random) -> bool:
    """A dummy CRO number."""
    holding.cro = PLACEHOLDER_CRO
    return True


def lose_cro(holding: Holding, _random: Random) -> bool:
    """No CRO number."""
    had, holding.cro = bool(holding.cro), ""
    return had


def change_sex(holding: Holding, _random: Random) -> bool:
    """The other sex."""
    holding.sex = "F" if holding.sex == "M" else "M"
    return True


def lose_sex(holding: Holding, _random: Random) -> bool:
    """Sex not known."""
    holding.sex = "U"
    return True


def swap_made(holding: Holding, _random: Random) -> bool:
    """Day and month of the order the wrong way round."""
    holding.made = swapped(holding.order.made)
    return holding.made != holding.order.made


def shift_made(holding: Holding, random: Random) -> bool:
    """The day of the order a few days off."""
    holding.made = shifted(holding.order.made, random)
    return True


def change_made_year(holding: Holding, random: Random) -> bool:
    """The year of the order mistaken."""
    holding.made = other_year(holding.order.made, random)
    return True


def start_when_made(holding: Holding, _random: Random) -> bool:
    """The day the order was made given as its start."""
    holding.start = holding.order.made
    return holding.start != holding.order.start


def made_when_started(holding: Holding, _random: Random) -> bool:
    """The start given as the day the order was made."""
    holding.made = holding.order.start
    return holding.made != holding.order.made


def shift_start(holding: Holding, random: Random) -> bool:
    """The start a few days off."""
    holding.start = shifted(holding.order.start, random)
    return True


def change_start_year(holding: Holding, random: Random) -> bool:
    """The year of the start mistaken."""
    holding.start = other_year(holding.order.start, random)
    return True


def lose_end(holding: Holding, _random: Random) -> bool:
    """No end though there is one."""
    holding.end = None
    return holding.order.end is not None


def change_end(holding: Holding, random: Random) -> bool:
    """An end a month, a year or two off."""
    if not holding.order.end:
        return False
    holding.end = add_months(holding.order.end, random.choice((-12, -1, 1, 12, 24)))
    return True


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


def change_kind(holding: Holding, _random: Random) -> bool:
    """A risk order as a prevention order or the reverse."""
    holding.kind = OTHER_KIND[holding.order.kind]
    return True


def hold_interim_as_full(holding: Holding, _random: Random) -> bool:
    """An interim order as a full one."""
    holding.interim = False
    return holding.order.is_interim


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


def malform_urn(holding: Holding, random: Random) -> bool:
    """A case number keyed by hand: a sign short, a suffix for a split case, letters for digits."""
    urn = holding.order.urn
    holding.urn = random.choice((urn[:-1], f"{urn}/1", urn[:4] + urn[4:].replace("0", "O") + "A"))
    return True


def change_force(holding: Holding, random: Random) -> bool:
    """Another force of the region."""
    region = region_of(holding.force)
    others = [force for force in forces_by_region().get(region, ()) if force != holding.force]
    holding.force = random.choice(others or ["20"])
    return True


def use_legacy_force(holding: Holding, random: Random) -> bool:
    """A code the force no longer goes by."""
    if holding.force not in LEGACY_FORCES:
        return False
    holding.force = random.choice(LEGACY_FORCES[holding.force])
    return True


def leave_open(holding: Holding, _random: Random) -> bool:
    """Shown as live though it has ended."""
    was, holding.status = holding.status, "L"
    return was != "L"


def close_early(holding: Holding, _random: Random) -> bool:
    """Shown as expired though it is live."""
    if holding.status != "L":
        return False
    holding.status = "E"
    return True


def close_beside(holding: Holding, _random: Random) -> bool:
    """A risk order shown as superseded since a prevention order was made beside it, though it goes on binding."""
    if holding.status != "L" or holding.order.joined_on is None:
        return False
    holding.status = "S"
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


def flip_county_lines(holding: Holding, _random: Random) -> bool:
    """The county lines mark the wrong way round."""
    holding.county_lines = not holding.county_lines
    return True


def _set_birth(holding: Holding, birth: date) -> bool:
    holding.dob = birth
    return birth != holding.person.birth
