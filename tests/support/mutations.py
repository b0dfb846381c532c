"""Other forms of the same deliveries: what an office changes without meaning anything by it.

Belongs here: ways to write a delivery again so that its meaning stays. Does not: what must stay equal.
"""

import csv
import gzip
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Record = dict[str, Any]
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
BLANKS = "\u00a0\u2009\u202f\u3000"
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
DATE_FORMS: tuple[Callable[[date], str], ...] = (
    lambda day: f"{day:%d/%m/%Y}",
    lambda day: f"{day.day}.{day.month}.{day.year}",
    lambda day: f"{day:%d-%b-%Y}",
    lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    lambda day: f"{MONTHS[day.month - 1]} {day.day}, {day.year}",
    lambda day: f"{day:%a} {day:%d %b %Y}",
    lambda day: f"{day.isoformat()}T00:00:00",
    lambda day: f"{day:%Y/%m/%d}",
    lambda day: f"{day.isoformat()}T12:00:00Z",
    lambda day: f"{day:%d-%m-%Y}",
    lambda day: f"{day.day} of {MONTHS[day.month - 1]} {day.year}",
)
PND_DATES = {"dob", "made", "starts", "ends", "date"}
COURT_DATES = ("date_of_birth", "hearing_date", "order_start", "order_end")
COURT_HEADINGS = {
    "defendant_name": "Defendant Name",
    "date_of_birth": "Date of birth",
    "hearing_date": "HEARING_DATE",
    "prohibitions": "Prohibitions",
    "result_id": "Result ID",
}
HEADINGS = {
    "DOB": "Date of birth",
    "D.O.B.": "DoB",
    "PNC ID": "PNCID",
    "Nominal": "Subject name",
    "Date Obtained": "Date order made",
    "Start Date": "Start",
    "Surname": "SURNAME",
    "Court": "Court name",
    "Conditions": "Conditions of order",
}
ANSWERS = {"Y": "yes", "N": "No", "y": "YES", "No": "n", "Yes": "Y"}
LONG = {
    "STRO": "Slavery and Trafficking Risk Order",
    "STPO": "Slavery & Trafficking Prevention Order",
    "TERO": "Trafficking and Exploitation Risk Order",
    "TEPO": "Trafficking and exploitation prevention order",
}
NUMBERED = re.compile(r"\d|\b[a-z]\)|^[a-z]")  # numbers of its own, or a line that goes on with the one before
NAME_HEADINGS = ("Nominal", "Nominal (Surname, Forename)", "Name", "Subject name", "Subject")
HINTS = ("{}:", "{} *", "{} (see note)", "{}\n(as on the order)", " {} ", "{} [please fill in]")
UNKNOWN = {"n/k": "N/K", "?": "not known", "TBC": "tbc", "-": "\u2013"}


def another_date(day: date, random: Random) -> str:
    """The day in another form, none of which can be read as another day."""
    return random.choice(DATE_FORMS)(day)


def another_name(name: str, random: Random) -> str:
    """A name of one forename and one surname the other way round, with a title, or in other capitals."""
    turned = re.fullmatch(r"(?P<surname>[A-Z]{3,}), (?P<forename>[A-Z][a-z]+)", name)
    plain = re.fullmatch(r"(?P<forename>[A-Z][a-z]+) (?P<surname>[A-Z]{3,})", name)
    if not (found := turned or plain) or found["surname"].startswith(("MC", "MAC")):
        return name
    forename, surname = found["forename"], found["surname"]
    return random.choice(
        [
            f"{surname}, {forename}",
            f"{forename} {surname}",
            f"Mr {forename} {surname}",
            f"{surname.title()}, {forename}",
            f"{forename} {surname.title()}",
            f"{surname}, {forename} (Mr)",
            f"{surname} , {forename.upper()}",
            f"{surname} Mr {forename}",
            f"1. {forename} {surname}",
            f"{surname}; {forename}",
        ]
    )


def another_pnc_id(value: str, random: Random) -> str:
    """A PNC id in the long or the short form, with or without its slash, in small letters."""
    found = re.fullmatch(r"((?:19|20)?\d\d)/(\d{1,7})([A-Z])", value)
    if not found:
        return value
    year, serial, letter = found.groups()
    return random.choice(
        [
            f"{year}/{serial.zfill(7)}{letter}",
            f"{year[-2:]}/{serial.lstrip('0') or '0'}{letter}",
            f"{year} / {serial.zfill(7)} {letter}",
            f"{year}/{serial.zfill(7)}{letter.lower()}",
            f"PNC {year}/{serial.zfill(7)}{letter}",
        ]
    )


def another_length(value: str, random: Random) -> str:
    """A length of whole years in other words."""
    found = re.fullmatch(r"(\d{1,2}) ?(?:yrs?|years?|Y)", value)
    if not found:
        return value
    years = int(found[1])
    return random.choice(
        [f"{years} years", f"{years}yrs", f"{12 * years} months", f"{12 * years} mths", f"{years} YEARS"]
    )


def another_space(text: str, random: Random) -> str:
    """Other dashes and blanks, a blank at either end."""
    changed = text.replace("-", random.choice(DASHES)).replace(" ", random.choice(BLANKS))
    return random.choice(["", " ", "\t"]) + changed + random.choice(["", " ", "\u00a0"])


def decomposed(text: str) -> str:
    """Letters and their accents as two signs each."""
    return unicodedata.normalize("NFD", text)


# ---- the PNC ----


def pnc_line_ends(landing: Path, random: Random) -> None:
    """Line feeds alone, or a mark of the end of the file."""
    for file in (landing / "pnc").iterdir():
        content = file.read_bytes()
        file.write_bytes(random.choice([content.replace(b"\r\n", b"\n"), content + b"\x1a", content + b"\r\n"]))


def pnc_fields(landing: Path, random: Random) -> None:
    """Dates with signs between their parts, blanks around fields."""
    for file in (landing / "pnc").iterdir():
        lines = file.read_bytes().decode("cp1252").split("\r\n")
        changed = ("|".join(_pnc_line(line.split("|"), random)) for line in lines)
        file.write_bytes("\r\n".join(changed).encode("cp1252"))


def _pnc_line(fields: list[str], random: Random) -> Iterator[str]:
    kind = fields[0]
    for place, value in enumerate(fields):
        if kind not in ("ORD", "ALS", "ARR") or place == 0 or random.random() < 0.5:
            yield value
        elif re.fullmatch(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(19|20)\d{2}", value) and kind != "ALS":
            yield f"{value[:2]}/{value[2:4]}/{value[4:]}"
        elif kind == "ORD" and place > 2 and value:
            yield f" {value} "
        else:
            yield value


# ---- the PND ----


def pnd_keys(landing: Path, random: Random) -> None:
    """Keys in another order, at any depth."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            items = [(key, change(content)) for key, content in value.items()]
            random.shuffle(items)
            return dict(items)
        return [change(entry) for entry in value] if isinstance(value, list) else value

    _rewrite_pnd(landing, change, random)


def pnd_values(landing: Path, random: Random) -> None:
    """Dates in other forms, accents as signs of their own, other blanks."""

    def change(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: change(content, name) for name, content in value.items()}
        if isinstance(value, list):
            return [change(entry, key) for entry in value]
        if isinstance(value, str) and key in PND_DATES and ISO.fullmatch(value) and random.random() < 0.5:
            return another_date(date.fromisoformat(value), random) if _is_day(value) else value
        if isinstance(value, str) and key == "full" and random.random() < 0.5:
            return another_name(decomposed(value), random)
        if isinstance(value, str) and key == "pncid":
            return another_pnc_id(value, random)
        if isinstance(value, str) and key in ("court", "status", "submitting_force") and random.random() < 0.3:
            return f" {value.upper()} "
        return value

    _rewrite_pnd(landing, change, random)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _rewrite_pnd(landing: Path, change: Callable[[Any], Any], random: Random) -> None:
    escaped, blanks = random.random() < 0.5, random.random() < 0.5
    for file in (landing / "pnd").glob("*.jsonl.gz"):
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()
        written = []
        for line in lines:
            try:
                document = json.loads(line)
            except ValueError:
                written.append(line)
                continue
            separators = (",", ":") if blanks else None
            written.append(json.dumps(change(document), ensure_ascii=escaped, separators=separators))
        file.write_bytes(gzip.compress("\n".join(written).encode() + b"\n"))


def pnd_documents(landing: Path, random: Random) -> None:
    """Documents in another order, conditions of one document in one text with numbers before them."""

    def change(document: Any) -> Any:
        event = document.get("event") or {}
        conditions = event.get("conditions")
        if isinstance(conditions, list) and len(conditions) > 1 and not any(map(NUMBERED.search, conditions)):
            form = random.choice(["({}) ", "{}. ", "{}) ", "No. {}: "])
            numbered = [form.format(place) + text for place, text in enumerate(conditions, start=1)]
            event["conditions"] = [random.choice([" ", "\n", "; "]).join(numbered)]
        return document

    _rewrite_pnd(landing, change, random)
    for file in (landing / "pnd").glob("*.jsonl.gz"):
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()
        random.shuffle(lines)
        file.write_bytes(gzip.compress("\n".join(lines).encode() + b"\n"))


# ---- the courts ----


def court_form(landing: Path, random: Random) -> None:
    """A mark of UTF-8 or none, another delimiter, quotes, end of line, order and wording of the headings."""
    wording = {name: random.choice([name, other]) for name, other in COURT_HEADINGS.items()}
    encoding = random.choice(["utf-8", "utf-8-sig"])
    delimiter, quoting = random.choice(",;\t"), random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    ending = random.choice(["\n", "\r\n"])

    def write(rows: list[Record]) -> bytes:
        names = list(rows[0])
        random.shuffle(names)
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=ending)
        writer.writerow([wording.get(name, name) for name in names])
        writer.writerows([row[name] for name in names] for row in rows)
        return text.getvalue().encode(encoding)

    _rewrite_court(landing, lambda rows: rows, write)


def court_values(landing: Path, random: Random) -> None:
    """Dates, names, PNC ids, dashes and blanks in other forms, other numbers before the prohibitions."""

    def change(rows: list[Record]) -> list[Record]:
        for row in rows:
            for name in COURT_DATES:
                if _is_day(row[name]) and ISO.fullmatch(row[name]) and random.random() < 0.5:
                    row[name] = another_date(date.fromisoformat(row[name]), random)
            if random.random() < 0.5:
                row["defendant_name"] = another_name(row["defendant_name"], random)
            if random.random() < 0.5:
                row["defendant_name"] = another_space(decomposed(row["defendant_name"]), random)
            row["pncid"] = another_pnc_id(row["pncid"], random)
            row["prohibitions"] = renumbered(row["prohibitions"], random)
        return rows

    _rewrite_court(landing, change, _plain_csv)


def court_rows(landing: Path, random: Random) -> None:
    """Rows in another order, the headings once more among them, blank lines between."""

    def write(rows: list[Record]) -> bytes:
        heading, *lines = io.StringIO(_plain_csv(rows).decode("utf-8-sig"), newline="").read().split("\r\n")[:-1]
        if len(lines) == len(rows):  # no cell holds an end of line
            random.shuffle(lines)
        lines.insert(random.randint(0, len(lines)), heading)
        return ("\r\n".join([heading, *lines, "", ""])).encode("utf-8-sig")

    _rewrite_court(landing, lambda rows: rows, write)


def renumbered(conditions: str, random: Random) -> str:
    """A numbered list with other numbers."""
    lines = re.split(r"\n(?=\d+\. )", conditions)
    if not re.match(r"\d+\. ", conditions):
        return conditions
    forms: tuple[Callable[[int], str], ...] = (
        lambda place: f"({place}) ",
        lambda place: f"{place}) ",
        lambda place: f"{chr(96 + place)}) ",
        lambda _: "\u2022 ",
        lambda _: "- ",
    )
    form = random.choice(forms)
    return "\n".join(form(place) + re.sub(r"^\d+\. ", "", line) for place, line in enumerate(lines, start=1))


def _plain_csv(rows: list[Record]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _rewrite_court(
    landing: Path, change: Callable[[list[Record]], list[Record]], write: Callable[[list[Record]], bytes]
) -> None:
    for file in (landing / "court").glob("*.csv"):
        rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
        if rows:
            file.write_bytes(write(change(rows)))
        manifest = file.with_name(file.name.replace(".csv", ".manifest.json"))
        said = json.loads(manifest.read_text()) | {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        manifest.write_text(json.dumps(said))


# ---- the regional units ----


def rocu_columns(landing: Path, random: Random) -> None:
    """Columns in another order with other headings, sheets in another order."""

    def change(sheet: Worksheet) -> None:
        heading = next(row for row in sheet.iter_rows() if sum(cell.value is not None for cell in row) > 3)
        columns = [cell.column for cell in heading if cell.value is not None]
        for cell in heading:
            if cell.value in HEADINGS and random.random() < 0.5:
                cell.value = HEADINGS[cell.value]
        shuffled = random.sample(columns, len(columns))
        for row in sheet.iter_rows(min_row=heading[0].row):
            cells = {cell.column: cell for cell in row}
            if sum(cell.value is not None for cell in row) < 2:
                continue
            held = [(cells[column].value, cells[column].number_format) for column in columns]
            for column, (value, form) in zip(shuffled, held, strict=True):
                cells[column].value, cells[column].number_format = value, form

    _rewrite_rocu(landing, change)


def rocu_values(landing: Path, random: Random) -> None:
    """Days, names, PNC ids, lengths, types, answers, unknowns and lists in other forms."""

    def change(sheet: Worksheet) -> None:
        for row in sheet.iter_rows():
            filled = [cell for cell in row if cell.value is not None]
            if len(filled) < 4:
                continue
            for cell in filled:
                if random.random() < 0.5:
                    cell.value = _another_cell(cell.value, random)

    _rewrite_rocu(landing, change)


def _another_cell(value: Any, random: Random) -> Any:
    if isinstance(value, datetime):
        return another_date(value.date(), random)
    if not isinstance(value, str):
        return value
    if value in ANSWERS or value in UNKNOWN:
        return (ANSWERS | UNKNOWN)[value]
    if value in LONG:
        return random.choice([LONG[value], value.lower(), ".".join(value) + "."])
    if value.count(" / ") > 1:
        return value.replace(" / ", random.choice(["\n", "; ", " | ", "\n\u2022 "]))
    for other in (another_name, another_pnc_id, another_length):
        value = other(value, random)
    return value


def rocu_notes(landing: Path, random: Random) -> None:
    """Notes, an empty column on the right, a sheet of help, hidden columns of help."""

    def change(sheet: Worksheet) -> None:
        sheet.cell(sheet.max_row + 3, 1, "Please send by the fifth of the month")
        sheet.cell(1, sheet.max_column + 4, " ")

    _rewrite_rocu(landing, change)
    for file in (landing / "rocu").iterdir():
        book = openpyxl.load_workbook(file)
        book.create_sheet("Guidance", random.choice([0, 2]))["A1"] = "Fill in one row for each order."
        book.save(file)


def rocu_layout(landing: Path, random: Random) -> None:
    """A blank column before the first and one among the others."""

    def change(sheet: Worksheet) -> None:
        heading = next(row for row in sheet.iter_rows() if sum(cell.value is not None for cell in row) > 3)
        sheet.insert_cols(random.randint(heading[0].column + 1, heading[-1].column))
        sheet.insert_cols(1)

    _rewrite_rocu(landing, change)


def rocu_headings(landing: Path, random: Random) -> None:
    """Headings with a hint, a star, a colon, a line break, in capitals."""

    def change(sheet: Worksheet) -> None:
        heading = next(row for row in sheet.iter_rows() if sum(cell.value is not None for cell in row) > 3)
        for cell in heading:
            if isinstance(cell.value, str) and random.random() < 0.5:
                cell.value = random.choice([*HINTS, cell.value.upper()]).format(cell.value)

    _rewrite_rocu(landing, change)


def rocu_name_columns(landing: Path, random: Random) -> None:
    """Names in one column parted into surname and forenames where a comma parts them; others whole in the second."""

    def change(sheet: Worksheet) -> None:
        heading = next(row for row in sheet.iter_rows() if sum(cell.value is not None for cell in row) > 3)
        place = next((cell.column for cell in heading if cell.value in NAME_HEADINGS), None)
        if place is None:
            return
        names = [sheet.cell(row, place).value for row in range(heading[0].row + 1, sheet.max_row + 1)]
        sheet.insert_cols(place + 1)
        sheet.cell(heading[0].row, place, "Surname")
        sheet.cell(heading[0].row, place + 1, "Forename(s)")
        for row, name in enumerate(names, start=heading[0].row + 1):
            if isinstance(name, str) and (parts := re.fullmatch(r"([A-Z]{3,}), ([^,]+)", name)):
                sheet.cell(row, place, parts[1])
                sheet.cell(row, place + 1, parts[2])
            elif name:
                sheet.cell(row, place).value = None
                sheet.cell(row, place + 1, name)

    _rewrite_rocu(landing, change)


def _rewrite_rocu(landing: Path, change: Callable[[Worksheet], None]) -> None:
    for file in (landing / "rocu").iterdir():
        book = openpyxl.load_workbook(file)
        for sheet in book.worksheets:
            if sheet.max_row > 1:
                change(sheet)
        book.save(file)


MUTATIONS: dict[str, Callable[[Path, Random], None]] = {
    "PNC: ends of lines": pnc_line_ends,
    "PNC: fields": pnc_fields,
    "PND: keys": pnd_keys,
    "PND: values": pnd_values,
    "PND: documents": pnd_documents,
    "courts: rows": court_rows,
    "courts: values": court_values,
    "courts: form of the file": court_form,
    "regions: values": rocu_values,
    "regions: columns": rocu_columns,
    "regions: notes": rocu_notes,
    "regions: layout": rocu_layout,
    "regions: wording of headings": rocu_headings,
    "regions: names in two columns": rocu_name_columns,
}
