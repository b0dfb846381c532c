"""Writes the tables of `docs/error-budget.md` again, so that no figure there is typed.

Run: `python -m benchmarks.error_budget --folder CACHE [--orders 2000] [--seeds 41 42 43 44 45] [--twists]`. Each table
stands between two comments in the page; those of the twists are written with `--twists` alone, the others without it.

Belongs here: what the tables hold and look like. Does not: linking and its errors (`linkage`), golden values
(`golden`), who is shown as bound (`protection`).
"""

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.discrepancies import build_night, latest_night, link
from benchmarks.golden import compare_register, mean_of
from benchmarks.linkage import FIELDS, Counts, SampleNight, budget, count_pairs, found_clusters, link_night, read_night
from benchmarks.protection import Shown, count_shown
from benchmarks.twists import TWISTS
from reconciliation.register_tables import build_register
from samples.nights import write_nights

PAGE: Final = Path(__file__).parents[1] / "docs" / "error-budget.md"
NOISES: Final = (1, 2)
TITLES: Final = {"orders": "order records", "subjects": "subjects", "arrests": "arrests"}
CAUSES: Final = {
    "pnc_id differs": "PNC ids differ",
    "pnc_id not known": "a PNC id not known",
    "forenames_folded differs": "forenames differ",
    "surname_folded differs": "surnames differ",
    "date_of_birth differs": "dates of birth differ",
    "surname_folded not known": "no name in one of them",
}
GOLDEN_TITLES: Final = {
    "dob": "date of birth", "pncid": "PNC id", "kind": "type", "term": "length", "county_lines": "county lines",
}  # fmt: skip
KINDS: Final = (
    "two orders of one person", "one name and one date of birth, two persons", "twins before one court",
    "namesakes (father and son)", "other relatives", "others",
)  # fmt: skip


Table = tuple[str, list[list[object]], str]
"""Its name in the page, its rows and its heading."""


def write_table(page: str, name: str, rows: Iterable[Iterable[object]], heading: str) -> str:
    """The page with a table put between `<!-- name -->` and `<!-- end -->`."""
    ruled = "|".join("---" if place == 0 else "---:" for place in range(heading.count("|") - 1))
    lines = [heading, f"|{ruled}|", *(f"| {' | '.join(map(str, row))} |" for row in rows)]
    before, _, rest = page.partition(f"<!-- {name} -->\n")
    _, _, after = rest.partition("<!-- end -->")
    return f"{before}<!-- {name} -->\n" + "\n".join(lines) + f"\n<!-- end -->{after}"


def share(value: float) -> str:
    """A share with four digits: `.9993`."""
    return f"{value:.4f}".removeprefix("0")


def link_rows(counts: Mapping[int, list[dict[str, Counts]]]) -> list[list[object]]:
    """Noise, kind of record, precision, recall, F1, the lowest F1 of a night, whole."""
    rows: list[list[object]] = []
    for noise, nights in counts.items():
        for things, title in TITLES.items():
            found = [night[things] for night in nights]
            names = ("precision", "recall", "f1", "share_whole")
            precision, recall, f1, whole = (sum(getattr(one, name) for one in found) / len(found) for name in names)
            lowest = min(one.f1 for one in found)
            rows.append([noise, title, *map(share, (precision, recall, f1, lowest, whole))])
    return rows


def missed_rows(
    causes: Mapping[int, pl.DataFrame], counts: Mapping[int, list[dict[str, Counts]]]
) -> list[list[object]]:
    """Missed pairs by noise and cause."""
    rows: list[list[object]] = []
    for noise, nights in counts.items():
        missed = [f"{sum(night[things].true - night[things].hits for night in nights):,}" for things in FIELDS]
        rows.append([f"missed, noise {noise}", *missed])
        shown = causes[noise].filter(of="missed", by="field", kind="any")
        for cause, title in CAUSES.items():
            pairs = {name: shown.filter(things=name, cause=cause).get_column("pairs").sum() for name in FIELDS}
            has_field = {name: cause.split()[0] in FIELDS[name] for name in FIELDS}
            rows.append([f"– {title}", *(f"{pairs[name]:,}" if has_field[name] else "–" for name in FIELDS)])
    return rows


def merged_kinds(records: pl.DataFrame, orders: pl.DataFrame) -> dict[str, int]:
    """Pairs of true orders in one found cluster, by `KINDS`."""
    placed = records.select("found", order_id="true").unique().join(orders, on="order_id")
    pairs = placed.join(placed, on="found", suffix="_2").filter(pl.col("order_id") < pl.col("order_id_2"))
    same = {name: pl.col(name) == pl.col(f"{name}_2") for name in ("person_id", "forenames", "surname", "dob")}
    is_one_hearing = (pl.col("court_ou") == pl.col("court_ou_2")) & (pl.col("made") == pl.col("made_2"))
    is_one_name = same["forenames"] & same["surname"]
    tests = (
        same["person_id"], is_one_name & same["dob"], same["surname"] & same["dob"] & is_one_hearing, is_one_name,
        same["surname"],
    )  # fmt: skip
    kind = pl.coalesce(
        *(pl.when(test).then(pl.lit(name)) for test, name in zip(tests, KINDS, strict=False)), pl.lit(KINDS[-1])
    )
    found = pairs.group_by(kind.alias("kind")).len()
    return dict(found.iter_rows())


def golden_rows(tables: Mapping[int, pl.DataFrame]) -> list[list[object]]:
    """The field, and for each noise the share that is true, the share that some record states, the share true of it."""
    rows: list[list[object]] = []
    for field in tables[NOISES[0]].get_column("field"):
        measured = [tables[noise].row(by_predicate=pl.col("field") == field, named=True) for noise in NOISES]
        shares = (share(row[name]) for row in measured for name in ("register", "held", "of held"))
        rows.append([GOLDEN_TITLES.get(field, field), *shares])
    return rows


def shown_rows(shown: Mapping[int, list[Shown]]) -> list[list[object]]:
    """Noise, orders that bind, those shown as free; orders that do not, those shown as bound or in doubt."""
    return [[noise, *(f"{sum(counts):,}" for counts in zip(*nights, strict=True))] for noise, nights in shown.items()]


def measure(folders: Mapping[int, list[Path]]) -> list[Table]:
    """The tables of links, of what is missed and merged, of golden values, and of who is shown as bound."""
    counts: dict[int, list[dict[str, Counts]]] = {}
    causes, merged, tables = {}, {}, {}
    shown: dict[int, list[Shown]] = {noise: [] for noise in folders}
    for noise, nights in folders.items():
        parts, kinds, golden = [], dict.fromkeys(KINDS, 0), []
        for folder in nights:
            night = read_night(folder, folder / "core")
            clusters, events = link(night.core, None)
            linked = found_clusters(night, clusters, events)
            counts.setdefault(noise, []).append({name: count_pairs(rows) for name, rows in linked.items()})
            parts.append(budget(night, linked))
            truth = pl.read_csv(folder / "truth" / "orders.csv", infer_schema=False)
            for kind, pairs in merged_kinds(linked["orders"], truth).items():
                kinds[kind] += pairs
            as_of = latest_night(folder / "landing")
            register = build_register(build_night(night.core, clusters, events, as_of=as_of))
            golden.append(compare_register(night.core, register, folder / "truth"))
            shown[noise].append(count_shown(register, folder / "truth", as_of))
        causes[noise], merged[noise], tables[noise] = pl.concat(parts), kinds, mean_of(golden)
    wrong: list[list[object]] = [[kind, *(merged[noise][kind] for noise in NOISES)] for kind in KINDS]
    return [
        ("links", link_rows(counts), "| noise | | precision | recall | F1 | lowest F1 | whole |"),
        ("missed", missed_rows(causes, counts), "| | order records | subjects | arrests |"),
        ("merged", wrong, "| pairs of orders | noise 1 | noise 2 |"),
        (
            "golden",
            golden_rows(tables),
            "| field | true, noise 1 | held | true of held | true, noise 2 | held | true of held |",
        ),
        (
            "shown",
            shown_rows(shown),
            "| noise | orders that bind | shown as free | orders that do not | shown as bound or in doubt |",
        ),
    ]


def measure_twists(nights: Iterable[Path]) -> list[Table]:
    """The table of F1 by habit."""
    read = [read_night(folder, folder / "core") for folder in nights]
    rows: list[list[object]] = []
    for habit, twist in {"none": dict, **TWISTS}.items():
        linked = [link_night(SampleNight(twist(night.core), night.truth, night.errors)) for night in read]
        means = (sum(count_pairs(night[name]).f1 for night in linked) / len(linked) for name in FIELDS)
        what = (twist.__doc__ or "").strip().partition(".")[0]
        rows.append([habit if twist is dict else f"`{habit}`: {what}", *map(share, means)])
    return [("twists", rows, "| habit | order records | subjects | arrests |")]


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where nights are kept")
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[41, 42, 43, 44, 45])
    parser.add_argument("--twists", action="store_true", help="measure the habits that the generator does not have")
    settings = parser.parse_args()
    folders: dict[int, list[Path]] = {noise: [] for noise in NOISES}
    for noise, seed in ((noise, seed) for noise in NOISES for seed in settings.seeds):
        night = settings.folder / f"{settings.orders}-orders-seed-{seed}-noise-{noise}"
        if not (night / "truth").exists():
            write_nights(night, orders=settings.orders, seed=seed, noise=noise)
        folders[noise].append(night)
    tables = measure_twists(folders[1]) if settings.twists else measure(folders)
    page = PAGE.read_text(encoding="utf-8")  # only now: to measure takes minutes
    for name, rows, heading in tables:
        page = write_table(page, name, rows, heading)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
