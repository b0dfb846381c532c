"""What a source says of an order: the true values, as a record holds them before and after errors.

Belongs here: the values of a record and their truth. Does not: how they are written into a file.
"""

from datetime import date

from samples.records import Record


class Holding:
    """The values of a record: at first what it would say if all of it were right on a day.

    `dob_digits`: 8 for a whole date, 6 for year and month, 4 for the year alone.
    """

    def __init__(self, record: Record, on: date) -> None:
        order, person, arrest = record.order, record.order.person, record.arrest
        self.person, self.order = person, order
        self.forenames, self.surname, self.sex = person.forenames, person.surname, person.sex
        self.dob: date | None = person.birth
        self.dob_digits = 8
        self.pncid, self.cro = person.pncid, person.cro
        self.kind, self.interim = order.kind, order.is_interim
        self.made, self.start, self.end, self.term = order.made, order.start, order.end, order.months
        self.court, self.court_name = order.court.code, order.court.name
        self.force = record.force
        self.status = order.status(on)
        self.conditions = list(order.conditions)
        self.county_lines = order.case.is_county_lines
        self.urn = order.urn
        self.asn = arrest.asn if arrest else ""
        self.arrested = arrest.made if arrest else None
        self.offence = arrest.offence if arrest else None

    def value(self, field: str) -> object:
        """The value of a field in the vocabulary of the list of errors."""
        if field == "name":
            return self.forenames, self.surname
        if field == "dob":
            return self.dob, self.dob_digits
        value: object = getattr(self, field)
        return value
