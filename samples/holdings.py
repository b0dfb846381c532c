"""What a source says of an order: the true values, as a record holds them before and after errors.

Belongs here: the values of a record and their truth. Does not: how they are written into a file.
"""

from dataclasses import dataclass
from datetime import date

from samples.arrests import Offence
from samples.orders import Order
from samples.people import Person
from samples.records import Record


@dataclass(slots=True)
class Holding:
    """The values of a record. `dob_digits`: 8 for a whole date, 6 for year and month, 4 for the year alone."""

    person: Person
    order: Order
    forenames: str
    surname: str
    dob: date | None
    dob_digits: int
    sex: str
    pncid: str
    cro: str
    kind: str
    interim: bool
    made: date
    start: date
    end: date | None
    term: int
    court: str
    court_name: str
    force: str
    status: str
    conditions: list[str]
    county_lines: bool
    urn: str
    asn: str = ""
    arrested: date | None = None
    offence: Offence | None = None

    def value(self, field: str) -> object:
        """The value of a field in the vocabulary of the list of errors."""
        if field == "name":
            return self.forenames, self.surname
        if field == "dob":
            return self.dob, self.dob_digits
        value: object = getattr(self, field)
        return value


def true_holding(record: Record, on: date) -> Holding:
    """What a record would say if all of it were right on a day."""
    order, person = record.order, record.order.person
    return Holding(
        person=person,
        order=order,
        forenames=person.forenames,
        surname=person.surname,
        dob=person.birth,
        dob_digits=8,
        sex=person.sex,
        pncid=person.pncid,
        cro=person.cro,
        kind=order.kind,
        interim=order.is_interim,
        made=order.made,
        start=order.start,
        end=order.end,
        term=order.months,
        court=order.court.code,
        court_name=order.court.name,
        force=record.force,
        status=order.status(on),
        conditions=list(order.conditions),
        county_lines=order.case.is_county_lines,
        urn=order.urn,
        asn=record.arrest.asn if record.arrest else "",
        arrested=record.arrest.made if record.arrest else None,
        offence=record.arrest.offence if record.arrest else None,
    )
