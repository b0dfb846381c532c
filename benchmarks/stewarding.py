"""How well the register knows where it is wrong, and what a steward's minute is worth.

Run: `python -m benchmarks.stewarding --folder CACHE [--orders 2000] [--seeds 301 302] [--noise 1 2] [--given NIGHT]
[--decide 100]`. Nights are run as `concord nightly` runs them, once, in homes that are kept in the folder; with
`--given` a folder with `landing/` and `truth/` is measured. With `--decide` a steward who knows the truth decides that
many items, and the night is run again.

Belongs here: the yield of the queue, errors of what is sent, what decisions gain. Does not: calibration
(`calibration`), learning (`train_confidence`), labels (`labels`).
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.calibration import calibrate, calibration_error
from benchmarks.discrepancies import latest_night
from benchmarks.judged import PAIR_KINDS, Judged, opened, states_truth
from benchmarks.labels import label_links, label_pairs
from expectations.gates import acceptable_gates
from ledger.decisions.bulk import draft_of
from ledger.decisions.decision import Signature
from ledger.decisions.errors import DecisionError, DecisionRefusedError
from ledger.decisions.ledger import Ledger
from ledger.decisions.published import read_present
from pipelines.settings import read_settings
from reconciliation.golden import ORDER_FIELDS, PERSON_FIELDS
from samples.nights import write_nights
from warehouse.home import Home

FIRST: Final = (20, 100, 300)
SURE: Final = 0.995
"""The least confidence from which a correction would be asked for without a steward."""

BARS: Final = (
    (r"share of the first 100 that change the register", "least", 0.5),
    (r"share of these \d+ in an item to settle", "least", 0.8),
    (r"share of \d+ wrong links in the first tenth", "least", 0.9),
    (r"share of orders to settle", "most", 0.1),
    (r"share of these that are wrong", "most", 0.003),
)
"""What figures should reach at ordinary noise, by the form of their name (ADR 19). At twice the noise two thirds of the
first 100 should change the register, and more than a tenth of the orders may be to settle."""

GOOD_EXITS: Final = (0, 3)

DECIDABLE: Final = tuple(field.name for field in (*PERSON_FIELDS, *ORDER_FIELDS))


def describe_queue(judged: Judged) -> dict[str, float]:
    """What the queue holds and finds, by name; shares are of 1."""
    queue, orders = judged.queue, judged.table("orders").height
    settle = judged.settle
    figures: dict[str, float] = {
        "items": queue.height,
        "items to settle": settle.height,
        "share of orders to settle": settle.get_column("order_id").n_unique() / orders,
        "items that change the register: no order finds more": queue.filter("changes").height,
        "of these to settle": settle.filter("changes").height,
        "of these, in force or not: nobody knows": settle.filter("changes", kind="doubt").height,
    }
    for count in FIRST:
        first = settle.head(count)
        figures[f"share of the first {count} that change the register"] = _rate(first)
        figures[f"at most, of {count}"] = min(settle.filter("changes").height / max(min(count, settle.height), 1), 1.0)
        figures[f"wrong values and links in the first {count}"] = _gain(judged, first)
    wrong = judged.values.filter(~pl.col("is_right"))
    disputed = wrong.filter(pl.col("losing").list.len() > 0)
    sets = {
        "wrong disputed values": disputed,
        "wrong values whose truth a record states": disputed.filter(states_truth),
    }
    for place, items in (("first tenth", settle.head(queue.height // 10)), ("whole queue", queue)):
        fields = _asked(items)
        for name, rows in sets.items():
            figures[f"share of {rows.height} {name} in the {place}"] = _share(rows, fields, ["order_id", "field"])
        split = judged.split
        figures[f"share of {split.height} wrong links in the {place}"] = _share(
            split, items, ["order_id", "other_order_id"]
        )
    for name, rows in sets.items():
        most = int(rows.group_by("order_id").len().sort("len", descending=True).head(queue.height // 10)["len"].sum())
        figures[f"at most, of {rows.height} {name}, in any order"] = most / max(rows.height, 1)
    least_sure = judged.values.filter(pl.col("losing").list.len() > 0).sort("confidence").head(queue.height // 10)
    suspected = disputed.join(least_sure, on=["order_id", "field"], how="semi")
    figures[f"at most, of {disputed.height} by the confidences of tonight"] = suspected.height / max(disputed.height, 1)
    asked = _asked(settle)
    figures[f"share of these {suspected.height} in an item to settle"] = _share(suspected, asked, ["order_id", "field"])
    return figures | _sent(judged)


def judge_bar(name: str, figure: float) -> str:
    """What a figure should reach, and whether it does; empty where there is no such bar."""
    for form, side, bar in BARS:
        if re.fullmatch(form, name):
            is_met = figure >= bar if side == "least" else figure <= bar
            return f"at {side} {bar:g}: {'met' if is_met else 'missed'}"
    return ""


def _asked(items: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `field`: what these items ask about."""
    return items.select("order_id", field="fields").explode("field", empty_as_null=False)


def _rate(items: pl.DataFrame) -> float:
    return int(items["changes"].sum()) / max(items.height, 1)


def _gain(judged: Judged, items: pl.DataFrame) -> int:
    """What is wrong in the register of what these items ask: values, and pairs of orders that are one."""
    fields = _asked(items)
    values = judged.wrong.join(fields, on=["order_id", "field"], how="semi")
    return values.height + judged.split.join(items, on=["order_id", "other_order_id"], how="semi").height


def _share(wanted: pl.DataFrame, shown: pl.DataFrame, key: list[str]) -> float:
    return wanted.join(shown, on=key, how="semi").height / max(wanted.height, 1)


def _sent(judged: Judged) -> dict[str, float]:
    """Lines that a sending policy may let go: those of the stream to send, where the register is sure.

    An absence or a second record disputes no value: whether it is wrong is not measured.
    """
    lines = judged.table("discrepancies").filter(pl.col("stream") == "send")
    sure = lines.filter(pl.col("confidence") >= SURE)
    wrong = sure.join(judged.wrong, on=["order_id", "field"], how="semi")
    return {
        f"lines to send, from confidence {SURE}": sure.height,
        "share of these that are wrong": wrong.height / max(sure.height, 1),
        "lines less sure, not to settle": lines.height - sure.height,
    }


def run_night(landing: Path, home: Path, as_of: date, *more: str) -> None:
    """Run a night as `concord nightly` does, with more options."""
    words = ["nightly", "--landing", landing, "--as-of", as_of, "--home", home, *more]
    command = [str(Path(sys.executable).with_name("concord")), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in GOOD_EXITS:
        raise RuntimeError(f"the night failed with exit code {done.returncode}: {done.stderr[-500:]}")


def decide(judged: Judged, home: Path, items: pl.DataFrame) -> tuple[int, int]:
    """Decide items as a person who knows the truth would: how many decisions were taken, and how many refused."""
    taken = refused = 0
    ledger, _ = Ledger.create(Home(home).ledger_url(read_settings(home).ledger), Home(home))
    with ledger:
        if "steward" not in ledger.users().get_column("name").to_list():
            ledger.add_user("steward")
        present = read_present(judged.register.release, judged.register.table)
        for asked in _answers(judged, items):
            try:
                ledger.decide(draft_of(asked, present), Signature("steward", "document_seen", None))
                taken += 1
            except (DecisionError, DecisionRefusedError):
                refused += 1
    return taken, refused


def _answers(judged: Judged, items: pl.DataFrame) -> Iterator[dict[str, str | None]]:
    """What the truth says to each item; nothing where the register is right."""
    pairs = items.filter(pl.col("kind").is_in(PAIR_KINDS))
    labels = label_pairs(pairs, judged.table("order_sources"), judged.truth)
    for row in pairs.join(labels, on=["order_id", "other_order_id"]).iter_rows(named=True):
        kind = "same_order" if row["is_right"] else "different_order"
        yield {"kind": kind, "left_record_id": row["left_record_id"], "right_record_id": row["right_record_id"]}
    fields = _asked(items).unique()
    wrong = judged.values.filter(~pl.col("is_right") & pl.col("field").is_in(DECIDABLE))
    places = pl.col("order_id", "field", "true")
    known = wrong.join(fields, on=["order_id", "field"]).drop_nulls("true").select(places)
    ended = judged.ended.filter(pl.col("true") <= str(judged.register.release.as_of)).with_columns(
        field=pl.lit("end_on")
    )
    doubts = items.filter(kind="doubt").select("order_id").join(ended, on="order_id").select(places)
    for order_id, field, true in pl.concat([known, doubts]).unique().sort("order_id", "field").iter_rows():
        yield {"kind": "value", "order_id": order_id, "field": field, "value": true}


def count_right(judged: Judged) -> dict[str, int]:
    """Golden values that are wrong, and true orders that are split or mixed."""
    links = label_links(judged.table("order_sources"), judged.truth)
    owners = judged.table("order_sources").join(links, on="record_id")
    mixed = owners.filter(~pl.col("is_right")).get_column("order_id").n_unique()
    return {
        "wrong golden values": judged.values.filter(~pl.col("is_right")).height,
        "orders split or mixed": judged.split.get_column("order_id").n_unique() + mixed,
    }


def measure(night: Path, home: Path, *, decide_items: int) -> None:
    """Run the night where it was not, and print its figures."""
    landing, as_of = night / "landing", latest_night(night / "landing")
    first = f"r{as_of}"
    if not (home / "releases" / first).exists():
        run_night(landing, home, as_of)
    with opened(home, first) as register:
        judged = Judged(register, night / "truth")
        print(f"\n{night.name}")
        with pl.Config(tbl_rows=-1, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True, float_precision=4):
            print(calibrate(pl.concat([judged.values, judged.contents], how="diagonal")))
        orders = judged.orders
        expected, wrong = (1 - orders["confidence"]).sum(), (~orders["is_right"]).sum()
        print(f"orders: {wrong} wrong, {expected:.0f} expected, calibration error {calibration_error(orders):.4f}")
        for name, figure in describe_queue(judged).items():
            print(f"{name:72} {figure:10,.4g}  {judge_bar(name, figure)}".rstrip())
        before = count_right(judged)
        if not decide_items:
            return
        settle = judged.settle.head(decide_items)
        taken, refused = decide(judged, home, settle)
    second = as_of + timedelta(days=1)
    accepted = [word for name in sorted(acceptable_gates()) for word in ("--accept", name)]
    run_night(landing, home, second, *accepted, "--reason", "many decisions at once, measured")
    with opened(home, f"r{second}") as register:
        after = count_right(Judged(register, night / "truth"))
    print(f"first {settle.height} items: {taken} decisions taken, {refused} refused")
    for name, count in before.items():
        print(f"{name:52} {count:6,} before, {after[name]:6,} after")


def main() -> None:
    """Measure every night."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where nights and homes are kept")
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[301, 302])
    parser.add_argument("--noise", type=float, nargs="+", default=[1.0, 2.0])
    parser.add_argument("--given", type=Path, nargs="+", help="folders with `landing/` and `truth/`")
    parser.add_argument("--decide", type=int, default=0, help="items that a perfect steward decides")
    settings = parser.parse_args()
    if settings.given:
        for night in settings.given:
            measure(night, settings.folder / "homes" / night.name, decide_items=settings.decide)
        return
    for seed in settings.seeds:
        for noise in settings.noise:
            night = settings.folder / f"{settings.orders}-orders-seed-{seed}-noise-{noise:g}"
            if not (night / "truth").exists():
                write_nights(night, orders=settings.orders, seed=seed, noise=noise)
            measure(night, settings.folder / "homes" / night.name, decide_items=settings.decide)


if __name__ == "__main__":
    main()
