"""How well order records, subjects and arrests are linked on synthetic nights, and what the remaining errors are.

Run: `python -m benchmarks.linkage --orders 400 2000 --seeds 1 2 3 4 5 --noise 1 2 [--folder CACHE] [--given NIGHT]
[--twist NAME]`. Nights are made once and kept in the folder with their core tables, so that a rerun only links. With
`--given` a folder with `landing/` and `truth/` is measured instead. A twist changes the core tables in a way that the
generator does not (`benchmarks.twists`). The error budget counts records and fields; it holds no values.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.discrepancies import latest_night, link, read_core
from benchmarks.twists import TWISTS
from samples.nights import write_nights
from warehouse.tables.core import RECORD_ID

CORE = ("orders", "aliases", "conditions", "arrests")
PERSON_FIELDS = ("forenames_folded", "surname_folded", "date_of_birth", "pnc_id")
ORDER_FIELDS = ("order_type", "is_interim", "made_on", "start_on", "end_on", "term_months", "court_code")
EVENT_FIELDS = ("arrested_on", "offence_code", "asn", "custody_ref", "force_code")
FIELDS = {
    "orders": PERSON_FIELDS + ORDER_FIELDS,
    "subjects": PERSON_FIELDS,
    "arrests": PERSON_FIELDS + EVENT_FIELDS,
}
SHOWN_CAUSES = 12


@dataclass(frozen=True)
class SampleNight:
    """The core tables of a night, and its truth.

    Attributes:
        core: core tables by short name.
        truth: for `orders`, `subjects`, `arrests`: `record_id`, `true` (the order, person or event).
        errors: `record_id`, `error`: the planted errors.
    """

    core: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]
    errors: pl.DataFrame


@dataclass(frozen=True)
class Counts:
    """Pairs of records and whole clusters: `true`, `found`, both (`hits`); clusters of truth, and those found whole."""

    true: int
    found: int
    hits: int
    clusters: int
    whole: int

    @property
    def precision(self) -> float:
        """Share of the found pairs that are true."""
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that are found."""
        return self.hits / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall over pairs."""
        return 2 * self.hits / (self.true + self.found) if self.true + self.found else 1.0

    @property
    def share_whole(self) -> float:
        """Share of the true clusters that are found without a record too few or too many."""
        return self.whole / self.clusters if self.clusters else 1.0


def count_pairs(records: pl.DataFrame) -> Counts:
    """Compare found clusters with true ones.

    Args:
        records: `true` and `found`, one row a record.
    """
    true, found, both = (records.group_by(by).len("size") for by in (["true"], ["found"], ["true", "found"]))
    sizes = both.join(true, on="true", suffix="_true").join(found, on="found", suffix="_found")
    whole = sizes.filter((pl.col("size") == pl.col("size_true")) & (pl.col("size") == pl.col("size_found")))
    return Counts(_pairs(true), _pairs(found), _pairs(both), true.height, whole.height)


def _pairs(sizes: pl.DataFrame) -> int:
    size = sizes.get_column("size").cast(pl.Int64)
    return int((size * (size - 1) // 2).sum())


def wrong_pairs(records: pl.DataFrame, of: str) -> pl.DataFrame:
    """The pairs of records on which found and true clusters disagree.

    Args:
        records: `record_id`, `true`, `found`.
        of: `missed` (one true cluster, two found) or `merged` (two true clusters, one found).

    Returns:
        `left_id`, `right_id`.
    """
    together, apart = ("true", "found") if of == "missed" else ("found", "true")
    mixed = records.filter(pl.col(apart).n_unique().over(together) > 1)
    pairs = mixed.join(mixed, on=together, suffix="_right").filter(
        (pl.col("record_id") < pl.col("record_id_right")) & (pl.col(apart) != pl.col(f"{apart}_right"))
    )
    return pairs.select(left_id="record_id", right_id="record_id_right")


def field_states(pairs: pl.DataFrame, records: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """What two records say of each field, for each pair.

    Returns:
        `left_id`, `right_id`, `causes`: a list such as `pnc_id not known`, `date_of_birth differs`; fields that agree
        are left out.
    """
    compared = records.select("record_id", *fields)
    both = pairs.join(compared, left_on="left_id", right_on="record_id").join(
        compared, left_on="right_id", right_on="record_id", suffix="_right"
    )
    states = [
        pl.when(pl.col(field).is_null() | pl.col(f"{field}_right").is_null())
        .then(pl.lit(f"{field} not known"))
        .when(pl.col(field) != pl.col(f"{field}_right"))
        .then(pl.lit(f"{field} differs"))
        for field in fields
    ]
    return both.select("left_id", "right_id", causes=pl.concat_list(states).list.drop_nulls())


def planted_in(pairs: pl.DataFrame, errors: pl.DataFrame) -> pl.DataFrame:
    """The kinds of planted errors that either record of a pair holds, as `field_states` gives fields."""
    by_record = errors.group_by("record_id").agg(pl.col("error").unique())
    both = pairs.join(by_record, left_on="left_id", right_on="record_id", how="left").join(
        by_record, left_on="right_id", right_on="record_id", how="left", suffix="_right"
    )
    none = pl.lit([], dtype=pl.List(pl.String))
    union = pl.col("error").fill_null(none).list.set_union(pl.col("error_right").fill_null(none))
    return both.select("left_id", "right_id", causes=union)


def count_causes(found: pl.DataFrame) -> pl.DataFrame:
    """How many pairs show each cause, and each whole set of causes: `cause`, `pairs`; the most frequent first."""
    single = found.explode("causes").drop_nulls().select(cause="causes")
    whole = found.select(cause=pl.col("causes").list.sort().list.join(" + "))
    counts = [
        frame.group_by("cause").len("pairs").with_columns(kind=pl.lit(kind))
        for kind, frame in (("any", single), ("all", whole))
    ]
    return pl.concat(counts).sort("kind", "pairs", "cause", descending=[True, True, False])


def read_night(folder: Path, kept: Path) -> SampleNight:
    """A night with its truth; core tables are read from the folder `kept` where they were kept."""
    truth = folder / "truth"
    if not (kept / f"{CORE[-1]}.parquet").exists():
        core, _ = read_core(folder / "landing", latest_night(folder / "landing"))
        kept.mkdir(parents=True, exist_ok=True)
        for name in CORE:
            core[name].write_parquet(kept / f"{name}.parquet")
    core = {name: pl.read_parquet(kept / f"{name}.parquet") for name in CORE}
    orders, events = (_truth(truth / f"{name}.csv") for name in ("links", "arrest_links"))
    persons = pl.read_csv(truth / "orders.csv", infer_schema=False).select("order_id", "person_id")
    kinds = [_truth(path).select("record_id", "error") for path in sorted(truth.glob("*errors.csv"))]
    return SampleNight(
        core,
        {
            "orders": orders.select("record_id", true="order_id"),
            "subjects": orders.join(persons, on="order_id").select("record_id", true="person_id"),
            "arrests": events.select("record_id", true="event_id"),
        },
        pl.concat(kinds).unique(),
    )


def _truth(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).with_columns(record_id=RECORD_ID)


def link_night(night: SampleNight) -> dict[str, pl.DataFrame]:
    """The records of each kind with their `true` and `found` clusters."""
    return found_clusters(night, *link(night.core, None))


def found_clusters(night: SampleNight, clusters: pl.DataFrame, events: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What `link_night` returns, of records that are linked."""
    found = {
        "orders": clusters.select("record_id", found="order_cluster"),
        "subjects": clusters.select("record_id", found="subject_cluster"),
        "arrests": events.select("record_id", found="event_cluster"),
    }
    return {kind: rows.join(night.truth[kind], on="record_id").sort("record_id") for kind, rows in found.items()}


def budget(night: SampleNight, linked: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The errors of a night: `things`, `of` (missed, merged), `by` (field, planted), `kind`, `cause`, `pairs`."""
    parts = []
    for things, records in linked.items():
        core = night.core["arrests" if things == "arrests" else "orders"]
        for of in ("missed", "merged"):
            pairs = wrong_pairs(records, of)
            causes = {
                "field": field_states(pairs, core, FIELDS[things]),
                "planted": planted_in(pairs, night.errors),
            }
            for by, found in causes.items():
                labels = {"things": pl.lit(things), "of": pl.lit(of), "by": pl.lit(by)}
                parts.append(count_causes(found).with_columns(**labels))
    return pl.concat(parts)


def nights_of(settings: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Path]]:
    """The nights to measure, each with the name of its group; made where they are not there."""
    for given in settings.given or []:
        yield given.name, given
    if settings.given:
        return
    for orders in settings.orders:
        for noise in settings.noise:
            for seed in settings.seeds:
                night = folder / f"{orders}-orders-seed-{seed}-noise-{noise:g}"
                if not (night / "truth").exists():  # the last that is written
                    write_nights(night, orders=orders, seed=seed, noise=noise)
                yield f"{orders} orders, noise {noise:g}", night


def render(counts: dict[str, list[dict[str, Counts]]]) -> str:
    """The table: a row for each group of nights and kind of thing, means over the nights."""
    lines = [f"{'nights':26} {'of':9} {'precision':>9} {'recall':>7} {'F1':>7} {'lowest F1':>9} {'whole':>7}"]
    for group, nights in counts.items():
        for things in FIELDS:
            found = [night[things] for night in nights]
            measures = [[getattr(count, name) for count in found] for name in ("precision", "recall", "f1")]
            precision, recall, f1 = (sum(values) / len(values) for values in measures)
            whole = sum(count.share_whole for count in found) / len(found)
            lines.append(
                f"{group:26} {things:9} {precision:9.4f} {recall:7.4f} {f1:7.4f} {min(measures[2]):9.4f} {whole:7.4f}"
            )
    return "\n".join(lines)


def render_budget(causes: pl.DataFrame, counts: dict[str, dict[str, int]]) -> str:
    """The most frequent causes of each kind of error, in counts of pairs."""
    lines = []
    for (things, of, by, kind), rows in causes.group_by("things", "of", "by", "kind", maintain_order=True):
        shown = rows.group_by("cause").agg(pl.col("pairs").sum()).sort("pairs", "cause", descending=[True, False])
        total = counts[str(things)][str(of)]
        lines.append(f"\n{things} {of}: {total:,} pairs, by {by} ({'one' if kind == 'any' else 'all'} of a pair)")
        lines += [f"  {pairs:7,} {cause or 'none'}" for cause, pairs in shown.head(SHOWN_CAUSES).iter_rows()]
    return "\n".join(lines)


def main() -> None:
    """Measure every night and print the table and the error budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[400, 2000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--noise", type=float, nargs="+", default=[1.0, 2.0])
    parser.add_argument("--folder", type=Path, help="where nights are kept; temporary unless given")
    parser.add_argument("--given", type=Path, nargs="+", help="folders with `landing/` and `truth/`")
    parser.add_argument("--twist", choices=sorted(TWISTS), help="change the core tables unlike the generator does")
    settings = parser.parse_args()
    counts: dict[str, list[dict[str, Counts]]] = {}
    wrong: dict[str, dict[str, int]] = {things: {"missed": 0, "merged": 0} for things in FIELDS}
    causes, seconds = [], 0.0
    with tempfile.TemporaryDirectory() as temporary:
        for number, (group, folder) in enumerate(nights_of(settings, settings.folder or Path(temporary))):
            # A given folder is read and nothing is written into it.
            night = read_night(folder, Path(temporary) / str(number) if settings.given else folder / "core")
            if settings.twist:
                night = SampleNight(TWISTS[settings.twist](night.core), night.truth, night.errors)
            started = time.perf_counter()
            linked = link_night(night)
            seconds += time.perf_counter() - started
            counts.setdefault(group, []).append({things: count_pairs(rows) for things, rows in linked.items()})
            for things, count in counts[group][-1].items():
                wrong[things]["missed"] += count.true - count.hits
                wrong[things]["merged"] += count.found - count.hits
            causes.append(budget(night, linked))
    print(render(counts))
    print(render_budget(pl.concat(causes), wrong))
    print(f"\nlinked in {seconds:.1f} s")


if __name__ == "__main__":
    main()
