"""Gzipped JSON Lines: unpacking what is whole, and reporting what is not.

Belongs here: bytes, compression and encoding of such a file. Does not: what a document holds.
"""

import codecs
import zlib
from collections.abc import Iterator
from pathlib import Path

from assets.sources.contract import Fault

BLOCK_BYTES = 1 << 16
GZIP_MARK = b"\x1f\x8b"
GZIP_FORM = 31  # zlib's code for "gzip header and trailer, largest window"
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


def gunzip(path: Path) -> tuple[bytes, tuple[Fault, ...]]:
    """Unpack a gzip file as far as it goes.

    Returns:
        What could be unpacked, and what is wrong with the file: nothing, `empty`, `not_gzip`, `cut_short` or
        `wrong_encoding`. Of a file cut in the middle, all that stands before the cut is returned.
    """
    packed = path.read_bytes()
    if packed and not packed.startswith(GZIP_MARK):
        return b"", (NOT_GZIP,)
    text, is_whole = _unpack(packed)
    if packed and not is_whole:
        return text, (_cut_short(len(text)),)
    if not text.strip():
        return b"", (EMPTY,)
    return (b"", (UTF_16,)) if _is_utf_16(text) else (text.removeprefix(codecs.BOM_UTF8), ())


def _unpack(packed: bytes) -> tuple[bytes, bool]:
    """Unpack member after member: programs that append write several into one file, and tapes pad it with nulls."""
    pieces: list[bytes] = []
    while packed := packed.lstrip(b"\0"):
        rest = _unpack_member(packed, pieces) if packed.startswith(GZIP_MARK) else None
        if rest is None:
            return b"".join(pieces), False
        packed = rest
    return b"".join(pieces), True


def _unpack_member(packed: bytes, pieces: list[bytes]) -> bytes | None:
    """Unpack one member onto the pieces; what stands after it, or none if it does not end as it should."""
    unpacker = zlib.decompressobj(GZIP_FORM)
    for start in range(0, len(packed), BLOCK_BYTES):
        block, before = packed[start : start + BLOCK_BYTES], unpacker.copy()
        try:
            pieces.append(unpacker.decompress(block))
        except zlib.error:
            pieces.extend(_salvage(before, block))
            return None
        if unpacker.eof:
            return unpacker.unused_data + packed[start + BLOCK_BYTES :]
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
