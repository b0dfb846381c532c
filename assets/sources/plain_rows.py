"""Plain rows of a sheet's XML, taken in bulk: a handler called for each cell took most of the time of a workbook.

Belongs here: rows of which only the size counts, and the XML that is left without them. Does not: what any other
element says (`workbook_xml`).

A row is plain if programs write it so and nothing is to be said of it: shown, its cells in their places, each with one
value and no formula. Where a pattern could be mistaken, no row is plain: beside comments, instructions, sections of
raw text, or a second default namespace.
"""

import re
from collections.abc import Iterator
from typing import IO

BLOCK_BYTES = 1 << 16

# The characters that XML allows, and of the references those to them; Ef begins U+FFFE and U+FFFF, which it does not.
_CHARACTERS = rb"[\t\n -%'-;=?-~\x80-\xee\xf0-\xf4]*+"
_TEXT = rb"%b(?:&(?:amp|lt|gt|quot|apos|#(?:9|10|13|39));%b)*+" % (_CHARACTERS, _CHARACTERS)
_CELL = rb'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]+")?(?: t="[a-zA-Z]+")?'
_EMPTY = rb"%b(?:/>|></c>)" % _CELL
_FILLED = rb'%b>(?:<v>%b</v>|<is><t(?: xml:space="preserve")?>%b</t></is>)</c>' % (_CELL, _TEXT, _TEXT)
_ROW = (
    rb'<row r="([1-9][0-9]{0,6})"(?: spans="[0-9: ]*")?(?: s="[0-9]+" customFormat="1")?'
    rb'(?: ht="[1-9][0-9]*(?:\.[0-9]+)?")?(?: customHeight="1")?( x14ac:dyDescent="[0-9.]+")?>'
)
HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml version="1\.0"(?: encoding="[uU][tT][fF]-8")?(?: standalone="(?:yes|no)")? ?\?>)?\s*'
    rb"<worksheet(?:\s[^<>]*)?>"
)
NOT_PLAIN = (b"<!", b"<?", b"xmlns=")
PLAIN_ROWS = re.compile(rb"(?:%b(?:%b)*+%b(?:%b|%b)*+</row>\s*+)++" % (_ROW, _EMPTY, _FILLED, _FILLED, _EMPTY))
ROW = re.compile(_ROW)
FILLED_CELL = re.compile(rb'<c r="([A-Z]+)[^<>]*><[vi]')


class PlainRows:
    """The plain rows of one sheet.

    Attributes:
        height: number of the last of them.
        columns: letters of the columns that are filled in them.
    """

    def __init__(self) -> None:
        self.height = 0
        self.columns: set[bytes] = set()

    def left_out_of(self, file: IO[bytes]) -> Iterator[bytes]:
        """The XML of a sheet, of the plain rows in a run only that there is a last one."""
        block = file.read(BLOCK_BYTES)
        head = HEAD.match(block)
        yield head[0] if head else b""
        rest, is_plain = block[head.end() :] if head else block, head is not None
        while block:
            block = file.read(BLOCK_BYTES)
            end = _last_whole(rest) if block else len(rest)
            is_plain = is_plain and not any(mark in rest[:end] for mark in NOT_PLAIN)
            yield PLAIN_ROWS.sub(self._take, rest[:end]) if is_plain else rest[:end]
            rest = rest[end:] + block

    def _take(self, run: re.Match[bytes]) -> bytes:
        try:
            run[0].decode()
        except UnicodeError:
            return run[0]  # the parser says so
        rows = ROW.findall(run[0])
        self.height = max(self.height, *(int(number) for number, _ in rows))
        self.columns.update(FILLED_CELL.findall(run[0]))
        # With the prefix that stood in any of them, so that the parser refuses one that is not declared.
        return b'<row r="%b"%b/>' % (rows[-1][0], max(prefixed for _, prefixed in rows))


def _last_whole(xml: bytes) -> int:
    """The end of the last whole row, or where the last tag begins: no mark is cut in two."""
    row = xml.rfind(b"</row>")
    tag = row + len(b"</row>") if row >= 0 else xml.rfind(b"<")
    return tag if tag > 0 else len(xml)
