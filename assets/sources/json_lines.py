"""Gzipped JSON Lines: unpacking what is whole, and reporting what is not.

Belongs here: bytes, compression and encoding of such a file. Does not: what a document holds.
"""

import codecs
import re
import zlib
from collections import deque
from collections.abc import Iterable, Iterator

from assets.sources.contract import Delivery, DeliveryTooLargeError, Fault

BLOCK_BYTES = 1 << 16
START_BYTES = 1000
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


class GzipLines:
    """The lines of a gzip file, as far as it can be unpacked, without their ends; never all in memory.

    Attributes:
        faults: what is wrong with the file, known once the lines were taken: nothing, `empty`, `not_gzip`, `cut_short`
            or `wrong_encoding`.
    """

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self.faults: tuple[Fault, ...] = ()

    def __iter__(self) -> Iterator[bytes]:
        """Take the lines.

        Raises:
            DeliveryTooLargeError: it unpacks to more bytes or lines than a delivery may have.
        """
        packed = self._delivery.path.read_bytes()
        if packed and not packed.startswith(GZIP_MARK):
            self.faults = (NOT_GZIP,)
            return
        begun: list[bytes] = []
        for block in self._read_start(self._check(self._unpack(packed))):
            begun.append(block)
            if b"\n" in block:
                *lines, rest = b"".join(begun).split(b"\n")
                begun = [rest]
                yield from lines
        yield b"".join(begun)

    def _unpack(self, packed: bytes) -> Iterator[bytes]:
        """Unpack member after member: programs that append write several into one file, and tapes pad it with nulls."""
        start, size, is_blank = 0, 0, True
        whole = memoryview(packed)
        while (start := _without_padding(packed, start)) < len(packed):
            member = _Member(whole[start:])
            for block in member if packed.startswith(GZIP_MARK, start) else ():
                size += len(block)
                is_blank = is_blank and (not block or block.isspace())
                yield block
            if member.rest is None:
                self.faults = (_cut_short(size),)
                return
            start = len(packed) - member.rest
        self.faults = (EMPTY,) if is_blank else ()

    def _check(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The blocks, if they are not too many."""
        size = newlines = returns = 0
        most = self._delivery.limits.unpacked_bytes
        for block in blocks:
            size += len(block)
            if size > most:
                raise DeliveryTooLargeError("unpacked_bytes", f"it unpacks to more than {most:,} bytes")
            newlines, returns = newlines + block.count(b"\n"), returns + block.count(b"\r")
            self._delivery.check_rows(max(newlines, returns))
            yield block

    def _read_start(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The blocks without a mark of UTF-8 at the front; none if it is UTF-16."""
        start = b""
        while len(start) < START_BYTES and (block := next(blocks, b"")):
            start += block
        if _is_utf_16(start):
            deque(blocks, maxlen=0)  # whether it is whole and not too large is said first
            self.faults = self.faults or (UTF_16,)
            return
        yield start.removeprefix(codecs.BOM_UTF8)
        yield from blocks


def _without_padding(packed: bytes, start: int) -> int:
    """Where the nulls end that begin at a place."""
    found = NOT_PADDING.search(packed, start)
    return found.start() if found else len(packed)


class _Member:
    """Unpacks one member of a file.

    Attributes:
        rest: how much stands after it, once it was unpacked; none if it does not end as it should.
    """

    def __init__(self, packed: memoryview) -> None:
        self._packed = packed
        self.rest: int | None = None

    def __iter__(self) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(GZIP_FORM)
        for start in range(0, len(self._packed), BLOCK_BYTES):
            block, before = bytes(self._packed[start : start + BLOCK_BYTES]), unpacker.copy()
            try:
                unpacked = unpacker.decompress(block)
            except zlib.error:
                yield b"".join(_salvage(before, block))
                return
            yield unpacked
            if unpacker.eof:
                self.rest = len(unpacker.unused_data) + max(0, len(self._packed) - start - BLOCK_BYTES)
                return


def _salvage(unpacker: "zlib._Decompress", block: bytes) -> Iterator[bytes]:
    """What a damaged block gives, byte by byte up to the damage, which must not cost what stands before it."""
    try:
        for place in range(len(block)):
            yield unpacker.decompress(block[place : place + 1])
    except zlib.error:
        return


def _is_utf_16(text: bytes) -> bool:
    """A mark at the front, or every second byte null: plain JSON in UTF-16 without a mark."""
    start = text[:START_BYTES]
    return start.startswith(UTF_16_MARKS) or start.count(b"\0") > len(start) // 4


def _cut_short(size: int) -> Fault:
    return Fault(
        "cut_short",
        f"The gzip ends, breaks or is followed by something else after {size:,} bytes of text. "
        "Expected a whole file: ask the sender to send the delivery again.",
    )
