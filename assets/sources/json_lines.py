"""Gzipped JSON Lines: unpacking what is whole, and reporting what is not.

Belongs here: bytes, compression and encoding of such a file. Does not: what a document holds.
"""

import codecs
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from assets.sources.contract import DeliveryTooLargeError, Fault

BLOCK_BYTES = 1 << 16
GZIP_MARK = b"\x1f\x8b"
GZIP_FORM = 31  # zlib's code for "gzip header and trailer, largest window"
NOT_PADDING = re.compile(rb"[^\0]")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")

NOT_GZIP = Fault(
    "not_gzip",
    "The file does not start as gzip does. Expected gzipped JSON Lines: ask the sender to send the delivery again.",
)
EMPTY = Fault("empty", "The file holds no document. Expected one a line: ask the sender to send the delivery again.")
UTF_16 = Fault(
    "wrong_encoding",
    "The text inside the gzip is UTF-16. Expected UTF-8: ask the sender to send the delivery again as UTF-8.",
)


def gunzip(path: Path, *, most_bytes: int) -> tuple[bytes, tuple[Fault, ...]]:
    """Unpack a gzip file as far as it goes.

    Returns:
        What could be unpacked, and what is wrong with the file: nothing, `empty`, `not_gzip`, `cut_short` or
        `wrong_encoding`. Of a file cut in the middle, all that stands before the cut is returned.

    Raises:
        DeliveryTooLargeError: there is more to unpack.
    """
    packed = path.read_bytes()
    if packed and not packed.startswith(GZIP_MARK):
        return b"", (NOT_GZIP,)
    text, is_whole = _unpack(packed, most_bytes)
    if packed and not is_whole:
        return text, (_cut_short(len(text)),)
    if not text.strip():
        return b"", (EMPTY,)
    return (b"", (UTF_16,)) if _is_utf_16(text) else (text.removeprefix(codecs.BOM_UTF8), ())


class _Pieces(list[bytes]):
    """What was unpacked so far, and how much more may be."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__()
        self._most = self._left = most_bytes

    def add(self, piece: bytes) -> None:
        """Keep a piece.

        Raises:
            DeliveryTooLargeError: it is more than may be unpacked.
        """
        self._left -= len(piece)
        if self._left < 0:
            raise DeliveryTooLargeError("unpacked_bytes", f"it unpacks to more than {self._most:,} bytes")
        self.append(piece)


def _unpack(packed: bytes, most_bytes: int) -> tuple[bytes, bool]:
    """Unpack member after member: programs that append write several into one file, and tapes pad it with nulls."""
    pieces, start = _Pieces(most_bytes), 0
    whole = memoryview(packed)
    while (start := _without_padding(packed, start)) < len(packed):
        rest = _unpack_member(whole[start:], pieces) if packed.startswith(GZIP_MARK, start) else None
        if rest is None:
            return b"".join(pieces), False
        start = len(packed) - rest
    return b"".join(pieces), True


def _without_padding(packed: bytes, start: int) -> int:
    """Where the nulls end that begin at a place."""
    found = NOT_PADDING.search(packed, start)
    return found.start() if found else len(packed)


def _unpack_member(packed: memoryview, pieces: _Pieces) -> int | None:
    """Unpack one member onto the pieces; how much stands after it, or none if it does not end as it should."""
    unpacker = zlib.decompressobj(GZIP_FORM)
    for start in range(0, len(packed), BLOCK_BYTES):
        block, before = bytes(packed[start : start + BLOCK_BYTES]), unpacker.copy()
        try:
            pieces.add(unpacker.decompress(block))
        except zlib.error:
            pieces.extend(_salvage(before, block))
            return None
        if unpacker.eof:
            return len(unpacker.unused_data) + max(0, len(packed) - start - BLOCK_BYTES)
    return None


def _salvage(unpacker: "zlib._Decompress", block: bytes) -> Iterator[bytes]:
    """What a damaged block gives, byte by byte up to the damage, which must not cost what stands before it."""
    try:
        for place in range(len(block)):
            yield unpacker.decompress(block[place : place + 1])
    except zlib.error:
        return


def _is_utf_16(text: bytes) -> bool:
    """A mark at the front, or every second byte null: plain JSON in UTF-16 without a mark."""
    start = text[:1000]
    return start.startswith(UTF_16_MARKS) or start.count(b"\0") > len(start) // 4


def _cut_short(size: int) -> Fault:
    return Fault(
        "cut_short",
        f"The gzip ends, breaks or is followed by something else after {size:,} bytes of text. "
        "Expected a whole file: ask the sender to send the delivery again.",
    )
