"""Coverage-guided fuzzing of the readers: any bytes give rows, quarantined rows or a named fault.

    make fuzz SECONDS=60      as far as the fuzzer comes in that time, each time elsewhere
    make fuzz-check           as many inputs as CI tries, the same ones each time

A delivery of a small synthetic night is where each source starts from (of a workbook, its first sheet). An exception,
rows that do not add up, more than 20 seconds or 3 GB end it, and the bytes are in `.bench/fuzzed/<source>/`. Most of a
reader's work is done by polars, of which the fuzzer sees nothing: mutated nights (`tests/corpus`) look deeper. Inputs
that reached new code are kept in `tests/corpus/fuzzed` and read by every run of the tests.
"""

import sys
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["assets"]):
    from assets.deliveries import take_in
    from assets.sources import find_sources

from benchmarks.fuzzed_forms import FIRST, form_of
from samples.nights import write_nights

NIGHT = date(2026, 11, 20)
LIMITS = ("-timeout=20", "-rss_limit_mb=3000", "-max_len=20000")


def main() -> None:
    """Fuzz one source: `fuzz_readers SOURCE FOLDER BOUND...`, a bound being an option of libFuzzer."""
    name, folder, bounds = sys.argv[1], Path(sys.argv[2]) / sys.argv[1], sys.argv[3:]
    write_nights(folder / "night", orders=3, seed=3, as_of=NIGHT)
    path = min((folder / "night" / "landing" / name).glob(FIRST[name]))
    unpacked, put = form_of(path)
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "sound").write_bytes(unpacked)
    source = next(source for source in find_sources() if source.name == name)

    def read(data: bytes) -> None:
        put(data)
        take_in(source, landing=folder / "night" / "landing", archive=folder / "none", as_of=NIGHT, keeps=False)

    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={folder}/", *LIMITS, *bounds], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
