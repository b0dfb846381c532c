"""Spoils written deliveries in the ways real ones go wrong, for tests and for demonstration.

Belongs here: faults of files. Does not: errors in the values of records (`errors`). Each function changes the file at a
path in place, unless it returns another path. All are deterministic.
"""

import csv
import gzip
import io
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from samples.court import write_manifest

COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HUGE = 1_000_000


def cut(path: Path, share: float = 0.6) -> None:
    """End the file early, in the middle of a row, a gzip stream or a workbook."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def cut_in_row(path: Path) -> None:
    """End a text file in the middle of its last full row but one, without a line end."""
    rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(rows[:-2]) + rows[-2][: len(rows[-2]) // 2])


def empty(path: Path) -> None:
    """Leave a file of no bytes."""
    path.write_bytes(b"")


def keep_first(path: Path, records: int) -> None:
    """Leave the first records of a PNC or PND file, as a selection gone wrong does: a trailer counts them right."""
    if path.suffix == ".gz":
        _pack(path, b"".join(gzip.decompress(path.read_bytes()).splitlines(keepends=True)[:records]))
        return
    header, *body, _ = path.read_bytes().splitlines(keepends=True)
    mains = [place for place, line in enumerate(body) if line.startswith((b"ORD|", b"ARR|"))]
    kept = body[: mains[records]] if records < len(mains) else body
    path.write_bytes(b"".join([header, *kept, f"TRL|{min(records, len(mains))}|{len(kept)}\r\n".encode("ascii")]))


def keep_rows(path: Path, count: int) -> None:
    """Leave the first rows of a court file, with a manifest that fits."""
    _save(path, _read(path)[: count + 1])


def change_rows(path: Path, change: Callable[[list[str], list[list[str]]], object]) -> None:
    """Change the rows of a court file, given with its heading, in place; with a manifest that fits."""
    heading, *rows = _read(path)
    change(heading, rows)
    _save(path, [heading, *rows])


def drop_trailer(path: Path) -> None:
    """Leave out the trailer of a PNC file."""
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def miscount_trailer(path: Path, by: int = 5) -> None:
    """Let the trailer of a PNC file announce more records than there are."""
    rows = path.read_bytes().splitlines(keepends=True)
    kind, main, every = rows[-1].decode("ascii").strip().split("|")
    rows[-1] = f"{kind}|{int(main) + by}|{int(every) + by}\r\n".encode("ascii")
    path.write_bytes(b"".join(rows))


def reencode(path: Path, encoding: str, *, due: str = "utf-8-sig") -> None:
    """Write a text file in another encoding, such as `utf-16` or `latin-1`; what it cannot hold becomes `?`."""
    path.write_bytes(path.read_bytes().decode(due).encode(encoding, "replace"))


def latin_1_documents(path: Path) -> None:
    """Write the documents of a PND delivery in Latin-1 where UTF-8 is due."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    _pack(path, text.encode("latin-1", "replace"))


def falsify_manifest(path: Path) -> None:
    """Let the manifest beside a court file hold the digest of another file."""
    write_manifest(_manifest(path), len(_read(path)) - 1, path.read_bytes() + b"\n")


def drop_manifest(path: Path) -> None:
    """Leave out the manifest beside a court file."""
    _manifest(path).unlink()


def renew_manifest(path: Path) -> None:
    """Make the manifest fit a court file that was changed, so that the change alone is the fault."""
    write_manifest(_manifest(path), len(_read(path)) - 1, path.read_bytes())


def drop_column(path: Path, column: str) -> None:
    """Leave out a column of a court file."""
    _rewrite(path, lambda row, place: row[:place] + row[place + 1 :], column)


def add_column(path: Path, column: str = "hearing_type", *, value: str = "SUMMARY") -> None:
    """Add a column that is not known to a court file."""
    heading, *rows = _read(path)
    _save(path, [[*heading, column], *([*row, value] for row in rows)])


def rename_column(path: Path, column: str, new: str) -> None:
    """Give a column of a court file another name."""
    heading, *rows = _read(path)
    _save(path, [[new if name == column else name for name in heading], *rows])


def repeat_column(path: Path, column: str) -> None:
    """Put a column of a court file in twice."""
    _rewrite(path, lambda row, place: [*row, row[place]], column)


def set_values(path: Path, column: str, value: str, *, every: int = 10) -> int:
    """Put a value, such as an unknown code or an impossible date, into every n-th row of a court file.

    Returns:
        The number of rows changed.
    """
    heading, *rows = _read(path)
    place = heading.index(column)
    chosen = rows[::every]
    for row in chosen:
        row[place] = value
    _save(path, [heading, *rows])
    return len(chosen)


def set_field(path: Path, record: str, place: int, value: str, *, every: int = 10) -> int:
    """Put a value into field `place` (the record type is 0) of every n-th record of a type of a PNC file.

    Returns:
        The number of records changed.
    """
    lines = path.read_bytes().decode("cp1252").split("\r\n")
    chosen = [number for number, line in enumerate(lines) if line.startswith(f"{record}|")][::every]
    for number in chosen:
        fields = lines[number].split("|")
        fields[place] = value
        lines[number] = "|".join(fields)
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return len(chosen)


def set_huge_value(path: Path, column: str = "prohibitions") -> int:
    """Put a field of a million characters into one row of a court file."""
    return set_values(path, column, "x" * HUGE, every=HUGE)


def insert_null_byte(path: Path) -> None:
    """Put a null byte into the middle of a text file's second row."""
    rows = path.read_bytes().splitlines(keepends=True)
    middle = len(rows[1]) // 2
    rows[1] = rows[1][:middle] + b"\x00" + rows[1][middle:]
    path.write_bytes(b"".join(rows))


def insert_stray_quote(path: Path) -> None:
    """Open a quote in the second row of a court file that nothing closes."""
    heading, first, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join((heading, first.replace(b",", b',"', 1), *rest)))


def break_document(path: Path, number: int = 3) -> None:
    """Cut one document of a PND delivery in two, so that it is not JSON."""
    rows = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    rows[number] = rows[number][: len(rows[number]) // 2] + b"\n"
    _pack(path, b"".join(rows))


def repeat_rows(path: Path, count: int = 3) -> None:
    """Send the last rows of a court file twice."""
    heading, *rows = _read(path)
    _save(path, [heading, *rows, *rows[-count:]])


def add_macros(path: Path) -> None:
    """Put a macro project into a workbook and keep its name."""
    with zipfile.ZipFile(path, "a") as book:
        book.writestr(zipfile.ZipInfo("xl/vbaProject.bin"), COMPOUND_FILE + bytes(1024))


def protect(path: Path) -> None:
    """Put a compound file, the form of a password-protected workbook, in place of a workbook."""
    header = COMPOUND_FILE + bytes(16) + struct.pack("<HHHHH", 62, 3, 65534, 9, 6) + bytes(478)
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(header + name + path.read_bytes())


def change_heading(path: Path, heading: str, new: str) -> None:
    """Give a heading of a workbook other words."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as changed:
        for entry in book.infolist():
            content = book.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                content = content.replace(f">{heading}<".encode(), f">{new}<".encode())
            changed.writestr(entry, content)
    path.write_bytes(packed.getvalue())


def send_again(path: Path, revision: int = 2) -> Path:
    """Put a second revision beside a file, with a court file its manifest too.

    Returns:
        The path of the new revision.
    """
    if _manifest(path).exists():
        shutil.copyfile(_manifest(path), _manifest(_revised(path, revision)))
    return Path(shutil.copyfile(path, _revised(path, revision)))


def misplace(path: Path, source: str) -> Path:
    """Move a file into the folder of another source.

    Returns:
        Its new path.
    """
    return path.rename(path.parent.parent / source / path.name)


def rename_unit(path: Path, name: str) -> Path:
    """Let a regional return bear another name of its unit, such as a former one.

    Returns:
        Its new path.
    """
    return path.rename(path.with_name(name + path.name[path.name.index("_") :]))


def _revised(path: Path, revision: int) -> Path:
    stem, dot, endings = path.name.partition(".")
    return path.with_name(f"{stem}_r{revision}{dot}{endings}")


def _manifest(path: Path) -> Path:
    return path.with_name(path.name.partition(".")[0] + ".manifest.json")


def _read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def _save(path: Path, rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    content = text.getvalue().encode("utf-8-sig")
    path.write_bytes(content)
    write_manifest(_manifest(path), len(rows) - 1, content)


def _rewrite(path: Path, change: Callable[[list[str], int], list[str]], column: str) -> None:
    rows = _read(path)
    place = rows[0].index(column)
    _save(path, [change(row, place) for row in rows])


def _pack(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, mtime=0))
