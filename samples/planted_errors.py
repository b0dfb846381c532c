"""The mixture of errors: what goes wrong, in which field, how often in which source.

Belongs here: the list and how it is applied to a record. Does not: the single faults (`name_errors`, `value_errors`)
nor faults of whole files (`tests.support.spoil`).

No public source gives error rates for these records: the rates are assumptions.
"""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Literal

from samples import name_errors as name
from samples import value_errors as value
from samples.holdings import Holding
from samples.layouts import LAYOUTS
from samples.records import Record
from samples.value_errors import Spoil

Nature = Literal["error", "format", "gap"]
HIGHEST_RATE = 0.9
# Results are amended or withdrawn because something in them is wrong.
NOISE_OF_REPLACED = 3.0
SEVERAL_AT_ONCE = ("name",)
PERSON_FIELDS = ("name", "dob", "pncid", "cro", "sex")
ARREST_FIELDS = {"pnc": ("pncid",), "pnd": (*PERSON_FIELDS, "asn", "arrested", "offence")}


@dataclass(frozen=True)
class ErrorKind:
    """A kind of error: its name in the list of planted errors, the field it harms, its rate by source at noise 1.

    A rate is the chance that it is tried; it has no effect where it cannot apply (no middle name to drop). `nature`
    says how a reader would see the fault: the record says something untrue or leaves out what an order must
    have (error), it says the truth in another form (format), or it does not say (gap).
    """

    name: str
    field: str
    spoil: Spoil
    pnc: float = 0.0
    pnd: float = 0.0
    court: float = 0.0
    rocu: float = 0.0
    nature: Nature = "error"


MIXTURE = (
    ErrorKind("alias as main name", "name", name.use_alias, 0.08, 0.08, 0.06, 0.06),
    ErrorKind("nickname", "name", name.replace_word("nickname"), 0.22, 0.24, 0.18, 0.24),
    ErrorKind("other spelling", "name", name.replace_word("spelling"), 0.12, 0.14, 0.12, 0.12),
    ErrorKind("other transliteration", "name", name.replace_word("transliteration"), 0.2, 0.2, 0.2, 0.2),
    ErrorKind("diacritics lost", "name", name.lose_diacritics, 0.0, 0.25, 0.25, 0.2, nature="format"),
    ErrorKind("double-barrel cut", "name", name.cut_double_barrel, 0.2, 0.25, 0.15, 0.2),
    ErrorKind("middle name dropped", "name", name.drop_middle_name, 0.42, 0.42, 0.45, 0.34),
    ErrorKind("forename as initial", "name", name.shorten_to_initial, 0.004, 0.01, 0.004, 0.02),
    ErrorKind("typo forename", "name", name.mistype_forename, 0.04, 0.045, 0.035, 0.05),
    ErrorKind("typo surname", "name", name.mistype_surname, 0.065, 0.075, 0.06, 0.07),
    ErrorKind("name order swapped", "name", name.swap_names, 0.02, 0.03, 0.015, 0.04),
    ErrorKind("dob missing", "dob", value.lose_birth, 0.015, 0.01, 0.006, 0.01),
    ErrorKind("dob placeholder", "dob", value.fill_birth, 0.02, 0.025, 0.018, 0.02),
    ErrorKind("dob partial", "dob", value.cut_birth, 0.0, 0.02, 0.0, 0.012, nature="gap"),
    ErrorKind("dob day/month swapped", "dob", value.swap_birth, 0.025, 0.025, 0.025, 0.03),
    ErrorKind("dob day wrong", "dob", value.shift_birth_day, 0.02, 0.025, 0.015, 0.025),
    ErrorKind("dob year wrong", "dob", value.change_birth_year, 0.018, 0.022, 0.018, 0.018),
    ErrorKind("pncid missing", "pncid", value.lose_pncid, 0.02, 0.24, 0.5, 0.2, nature="gap"),
    ErrorKind("pncid digit wrong", "pncid", value.change_digit, 0.012, 0.01, 0.01, 0.018),
    ErrorKind("pncid check letter wrong", "pncid", value.change_check_letter, 0.014, 0.01, 0.008, 0.012),
    ErrorKind("pncid of another person", "pncid", value.use_neighbours_pncid, 0.003, 0.003, 0.002, 0.003),
    ErrorKind("second pncid", "pncid", value.use_second_pncid, 0.014, 0.014, 0.008, 0.01),
    ErrorKind("cro missing", "cro", value.lose_cro, 0.12, 0.4, nature="gap"),
    ErrorKind("cro dummy", "cro", value.fill_cro, 0.012, 0.018),
    ErrorKind("sex missing", "sex", value.lose_sex, 0.02, 0.07, 0.08, nature="gap"),
    ErrorKind("sex wrong", "sex", value.change_sex, 0.006, 0.008, 0.006),
    ErrorKind("type wrong", "kind", value.change_kind, 0.022, 0.03, 0.004, 0.026),
    ErrorKind("interim held as full", "interim", value.hold_interim_as_full, 0.08, 0.1, 0.01, 0.09),
    ErrorKind("day/month swapped", "made", value.swap_made, 0.02, 0.025, 0.008, 0.03),
    ErrorKind("days off", "made", value.shift_made, 0.03, 0.035, 0.025, 0.05),
    ErrorKind("year wrong", "made", value.change_made_year, 0.02, 0.022, 0.018, 0.025),
    ErrorKind("start date given as made", "made", value.made_when_started, 0.06, 0.06, 0.01, 0.08),
    ErrorKind("made date given as start", "start", value.start_when_made, 0.18, 0.2, 0.02, 0.18),
    ErrorKind("days off", "start", value.shift_start, 0.01, 0.01, 0.008, 0.015),
    ErrorKind("year wrong", "start", value.change_start_year, 0.005, 0.005, 0.004, 0.006),
    ErrorKind("end missing", "end", value.lose_end, 0.035, 0.04, 0.035, 0.045),
    ErrorKind("end counted from made date", "end", value.end_from_made, 0.15, 0.15, 0.03, 0.15),
    ErrorKind("end wrong", "end", value.change_end, 0.025, 0.025, 0.02, 0.025),
    ErrorKind("length wrong", "term", value.change_term, 0.03, 0.035, 0.02, 0.04),
    ErrorKind("court wrong", "court", value.change_court, 0.03, 0.04, 0.006, 0.03),
    ErrorKind("unknown court code", "court", value.use_unknown_court, court=0.012),
    ErrorKind("urn malformed", "urn", value.malform_urn, court=0.012),
    ErrorKind("other force", "force", value.change_force, 0.02, 0.03, 0.0, 0.02),
    ErrorKind("legacy force code", "force", value.use_legacy_force, 0.15, 0.15, nature="format"),
    ErrorKind("not closed", "status", value.leave_open, 0.14, 0.12),
    ErrorKind("closed too early", "status", value.close_early, 0.006, 0.006),
    ErrorKind("closed beside a prevention order", "status", value.close_beside, 0.25, 0.25),
    ErrorKind("condition missing", "conditions", value.lose_condition, 0.07, 0.09, 0.05, 0.07),
    ErrorKind("condition extra", "conditions", value.add_condition, 0.015, 0.02, 0.006, 0.015),
    ErrorKind("conditions missing", "conditions", value.lose_conditions, 0.02, 0.0, 0.004, 0.03),
    # Uploads are made from forms that have no place for them; the others are asked for them.
    ErrorKind("conditions not sent", "conditions", value.lose_conditions, pnd=0.03, nature="gap"),
    ErrorKind("county lines flag wrong", "county_lines", value.flip_county_lines, rocu=0.035),
)
ARREST_MIXTURE = (
    *(kind for kind in MIXTURE if kind.field in PERSON_FIELDS),
    ErrorKind("asn missing", "asn", value.lose_asn, pnd=0.4, nature="gap"),
    ErrorKind("asn dummy", "asn", value.fill_asn, pnd=0.012),
    ErrorKind("asn check letter wrong", "asn", value.change_asn_letter, pnd=0.01),
    ErrorKind("days off", "arrested", value.shift_arrest, pnd=0.02),
    ErrorKind("other offence", "offence", value.change_offence, pnd=0.02),
)
NATURES: dict[tuple[str, str], Nature] = {(kind.field, kind.name): kind.nature for kind in (*MIXTURE, *ARREST_MIXTURE)}
"""The nature of an error by field and name; what is not listed is an error."""


class Mixture:
    """The errors of one night: what each record holds and what is wrong with it."""

    def __init__(self, noise: float, on: date) -> None:
        self.on = on
        self._noise = noise
        self._random = Random()
        self._orders = {source: _rates(MIXTURE, source, noise) for source in ("pnc", "pnd", "court", "rocu")}
        self._replaced = _rates(MIXTURE, "court", noise * NOISE_OF_REPLACED)
        self._arrests = {
            source: _rates(tuple(kind for kind in ARREST_MIXTURE if kind.field in fields), source, noise)
            for source, fields in ARREST_FIELDS.items()
        }

    def holding(self, record: Record) -> tuple[Holding, list[tuple[str, str]]]:
        """The values a record holds on this night, and its errors as (field, error).

        The same record has the same errors every night until they are corrected. A correcting court result is right.
        """
        holding = Holding(record, self.on)
        is_corrected = record.corrected_on is not None and record.corrected_on <= self.on
        if self._noise <= 0 or is_corrected or record.amends:
            return holding, []
        self._random.seed(record.seed)
        planted: list[tuple[str, str]] = []
        harmed = set() if record.source != "rocu" else set(LAYOUTS[record.region].not_carried)
        for kind, rate in self._rates_of(record):
            if self._random.random() < rate and kind.field not in harmed and kind.spoil(holding, self._random):
                planted.append((kind.field, kind.name))
                if kind.field not in SEVERAL_AT_ONCE:
                    harmed.add(kind.field)
        return holding, planted

    def _rates_of(self, record: Record) -> list[tuple["ErrorKind", float]]:
        if record.is_replaced:
            return self._replaced
        return self._arrests[record.source] if record.arrest else self._orders[record.source]


def _rates(mixture: tuple[ErrorKind, ...], source: str, noise: float) -> list[tuple[ErrorKind, float]]:
    rates = ((kind, min(getattr(kind, source) * noise, HIGHEST_RATE)) for kind in mixture)
    return [(kind, rate) for kind, rate in rates if rate > 0]
