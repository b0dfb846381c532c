"""Gzipped JSON Lines: unpacking what is whole, and telling what is not.

Belongs here: bytes, compression and encoding of such a file. Does not: what a document holds.
"""

import zlib
from pathlib import Path

from assets.sources.contract import Fault

BLOCK_BYTES = 1 << 20
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
    return (b"", (UTF_16,)) if _is_utf_16(text) else (text, ())


def _unpack(packed: bytes) -> tuple[bytes, bool]:
    """Unpack member after member: programs that append write several into one file."""
    pieces, is_whole = [], True
    while packed.startswith(GZIP_MARK):
        unpacker = zlib.decompressobj(GZIP_FORM)
        try:
            # Block by block: an error in the middle must not cost what stands before it.
            for start in range(0, len(packed), BLOCK_BYTES):
                pieces.append(unpacker.decompress(packed[start : start + BLOCK_BYTES]))
                if unpacker.eof:
                    packed = unpacker.unused_data + packed[start + BLOCK_BYTES :]
                    break
        except zlib.error:
            is_whole = False
        is_whole = is_whole and unpacker.eof
        if not is_whole:
            break
    return b"".join(pieces), is_whole


def _is_utf_16(text: bytes) -> bool:
    """A mark at the front, or every second byte null: plain JSON in UTF-16 without a mark."""
    start = text[:1000]
    return start.startswith(UTF_16_MARKS) or start.count(b"\0") > len(start) // 4


def _cut_short(size: int) -> Fault:
    return Fault(
        "cut_short",
        f"The gzip ends or breaks after {size:,} bytes of text, before its own end mark. "
        "Expected a whole file: ask the sender to send the delivery again.",
    )
