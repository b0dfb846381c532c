"""Rows taken in bulk: what is found out of a sheet is what the parser alone finds, whatever stands in it."""

from io import BytesIO
from pathlib import Path
from xml.parsers import expat
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources import plain_rows
from assets.sources.workbook_xml import RELATIONS, WORKBOOK, SheetFacts, read_facts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PLAIN = '<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>SMITH, Tom</t></is></c><c r="C{row}"><v>5</v></c></row>'
ROWS = (
    PLAIN,
    '<row r="{row}" spans="1:9" x14ac:dyDescent="0.25"><c r="B{row}" s="1"/><c r="D{row}" t="s"><v>7</v></c></row>',
    '<row r="{row}" ht="30" customHeight="1"><c r="E{row}"><v>1</v></c><c r="XFD{row}" s="1"/></row>',
    '<row r="{row}"><c r="A{row}" t="inlineStr"><is><t xml:space="preserve"> Łuç &amp; co.&#10;</t></is></c></row>',
    '<row r="{row}" hidden="1"><c r="F{row}"><v>1</v></c></row>',
    '<row r="{row}" ht="0"><c r="A{row}"><v>1</v></c></row>',
    '<row r="{row}"><c r="A{row}"><f>1+1</f></c><c r="B{row}"><f>2</f><v>2</v></c><c><v>2</v></c></row>',
    '<row r="{row}"><c><v>1</v></c><c><v>1</v></c></row>',
    "<row><c><v>1</v></c></row>",
    '<row r="{row}"><c r="ZZ{row}"/></row>',
    '<row r="{row}"/>',
    "<!-- " + PLAIN + " -->",
    "<?note " + PLAIN + "?>",
    "<ext xmlns='urn:other'>" + PLAIN + "</ext>",
    '<x:row r="{row}"><x:c r="G{row}"><x:v>1</x:v></x:c></x:row>',
    '<row r="{row}"><c r="A{row}"><v>&unknown;</v></c></row>',
    '<row r="{row}"><c r="A{row}"><v>&#1;</v></c></row>',
    '<row r="{row}"><c r="A{row}"><v>\x01</v></c></row>',
    '<row r="{row}"><c r="A{row}"><v>\ufffe</v></c></row>',
    '<row r="{row}"><c r="A{row}"><v>]]></v></c></row>',
    '<row r="{row}"><c r="A{row}"><v>1</c></row>',
    '<row r="{row}"><c r="A{row}" r="A{row}"><v>1</v></c></row>',
)
HEADS = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{MAIN}" xmlns:x14ac="urn:ac" xmlns:x="{MAIN}">',
    f'<worksheet xmlns="{MAIN}" xmlns:x="{MAIN}">',
    f'<x:worksheet xmlns:x="{MAIN}" xmlns:x14ac="urn:ac">',
    f'<?xml version="1.0" encoding="us-ascii"?><worksheet xmlns="{MAIN}" xmlns:x14ac="urn:ac" xmlns:x="{MAIN}">',
    "<worksheet>",
)


def _facts(path: Path, head: str, rows: list[str]) -> SheetFacts | str:
    body = "".join(row.replace("{row}", str(place)) for place, row in enumerate(rows, start=1))
    tail = "</x:worksheet>" if head.startswith("<x:") else "</worksheet>"
    with ZipFile(path, "w") as archive:
        archive.writestr(
            WORKBOOK,
            f'<workbook xmlns="{MAIN}"><sheets><sheet name="S" id="1" r:id="1" /></sheets></workbook>'.replace(
                " r:id", ' xmlns:r="urn:r" r:id'
            ),
        )
        archive.writestr(
            RELATIONS, '<Relationships><Relationship Id="1" Type="urn:x/worksheet" Target="s.xml"/></Relationships>'
        )
        archive.writestr("xl/s.xml", f"{head}<sheetData>{body}</sheetData>{tail}")
    try:
        return read_facts(path).sheets[0].facts
    except expat.ExpatError:
        return "not well-formed"


def _alone(path: Path, head: str, rows: list[str]) -> SheetFacts | str:
    """The facts where no row counts as plain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_rows, "NOT_PLAIN", (b"",))
        return _facts(path, head, rows)


@pytest.mark.parametrize("block", [20, 100, 1 << 16])
@given(head=st.sampled_from(HEADS), rows=st.lists(st.sampled_from((PLAIN, *ROWS[:4], *ROWS)), max_size=8))
def test_facts_are_those_that_the_parser_finds_alone(tmp_path_factory, block, head, rows) -> None:
    path = tmp_path_factory.mktemp("sheet") / "return.xlsx"
    alone = _alone(path, head, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_rows, "BLOCK_BYTES", block)
        assert _facts(path, head, rows) == alone


def test_each_kind_of_row_alone_and_between_plain_ones(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    for head in HEADS:
        for row in ROWS:
            for rows in ([row], [PLAIN, row, PLAIN]):
                assert _facts(path, head, rows) == _alone(path, head, rows), (head, row)


def test_plain_rows_are_not_handed_to_the_parser() -> None:
    rows = "".join(ROWS[place % 3].replace("{row}", str(place)) for place in range(1, 1000))
    plain = plain_rows.PlainRows()
    left = b"".join(plain.left_out_of(BytesIO(f"{HEADS[0]}<sheetData>{rows}</sheetData></worksheet>".encode())))
    assert left.count(b"<c") == 0
    assert (plain.height, plain.columns) == (999, {b"A", b"C", b"D", b"E"})
