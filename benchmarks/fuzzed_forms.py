"""What a fuzzer changes of a delivery: the bytes inside its packing, put back with what must agree with them.

Belongs here: the form of each source's delivery. Does not: which bytes (`fuzz_readers`, `tests/corpus/fuzzed`).
"""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

from samples.court import write_manifest

FIRST = {"pnc": "PNC_ANCORD*", "pnd": "*.gz", "court": "*.csv", "rocu": "*.xlsx"}
SHEET = "xl/worksheets/sheet1.xml"


def form_of(path: Path) -> tuple[bytes, Callable[[bytes], object]]:
    """The bytes of a delivery that are changed, and a function that puts the changed ones back."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()), lambda data: path.write_bytes(gzip.compress(data, 1))
    if path.suffix == ".csv":
        manifest = path.with_suffix(".manifest.json")

        def put_results(data: bytes) -> None:
            path.write_bytes(data)
            write_manifest(manifest, max(0, data.count(b"\n") - 1), data)

        return path.read_bytes(), put_results
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            parts = {name: book.read(name) for name in book.namelist()}

        def put_sheet(data: bytes) -> None:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
                for name, content in (parts | {SHEET: data}).items():
                    changed.writestr(name, content)

        return parts[SHEET], put_sheet
    return path.read_bytes(), path.write_bytes
