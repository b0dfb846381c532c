"""Records that repeat another exactly: they end up in one cluster, however many, and leave the rest as it was."""

import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from linked_people import MODEL, write_people
from shares import one_in

from matching.engine.blocking import BlockingRule, BlocksLeftOut
from matching.engine.linkage import Linkage
from matching.engine.repeated_records import MOST_COPIES
from matching.engine.scores import Scores

PEOPLE = write_people(250)
ROW = PEOPLE.row(5, named=True)
READ = [column for column in PEOPLE.columns if column != "record_id"]


def copies_of(row: dict[str, object], count: int) -> pl.DataFrame:
    """Records that repeat a row, with keys of their own."""
    return pl.DataFrame({"record_id": [f"copy {number}" for number in range(count)]}).with_columns(
        pl.lit(value, pl.String).alias(column) for column, value in row.items() if column != "record_id"
    )


def link(table: pl.DataFrame) -> tuple[Linkage, Scores]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        linkage = MODEL.on(table)
    return linkage, linkage.score(linkage.train())


def clusters_of_row(scores: Scores, table: pl.DataFrame) -> pl.Series:
    same = table.filter(*(pl.col(column) == ROW[column] for column in READ))["record_id"]
    return scores.table(scores.cluster()).filter(pl.col("key").is_in(same.implode()))["cluster"]


@one_in(2, "count", [1, MOST_COPIES - 1, MOST_COPIES, 149, 150, 151, 300, 3_000])
def test_any_number_of_copies_is_one_cluster_and_no_block_is_left_out(count: int) -> None:
    table = pl.concat([PEOPLE, copies_of(ROW, count)])
    _, scores = link(table)
    clusters = clusters_of_row(scores, table)
    assert len(clusters) > count
    assert clusters.n_unique() == 1


def test_many_copies_of_one_record_change_others_no_more_than_a_few_do() -> None:
    def pairs_together(table: pl.DataFrame) -> set[tuple[str, str]]:
        _, scores = link(table)
        found = scores.table(scores.cluster()).filter(pl.col("key").is_in(PEOPLE["record_id"].implode()))
        both = found.join(found, on="cluster").filter(pl.col("key") < pl.col("key_right"))
        return set(both.select("key", "key_right").iter_rows())

    few, many = (pairs_together(pl.concat([PEOPLE, copies_of(ROW, count)])) for count in (MOST_COPIES - 1, 500))
    assert many == few
    assert len(few ^ pairs_together(PEOPLE)) <= 0.1 * len(few)


def test_a_copy_is_listed_beside_the_record_that_it_repeats() -> None:
    linkage, scores = link(pl.concat([PEOPLE, copies_of(ROW, 200)]))
    assert len(linkage.copies.rows) > 200 - MOST_COPIES
    pairs = scores.pairs(at_least=0)
    listed = set(pairs["right"]) | set(pairs["left"])
    assert {f"copy {number}" for number in range(200)} <= listed
    assert pairs.select("left", "right").is_unique().all()
    assert (pairs["weight"] >= 0).all()


def test_the_result_is_the_same_in_any_order_of_the_records() -> None:
    table = pl.concat([PEOPLE, copies_of(ROW, 60)])
    _, plain = link(table)
    _, shuffled = link(table.sample(fraction=1, shuffle=True, seed=4))
    assert shuffled.table(shuffled.cluster()).equals(plain.table(plain.cluster()))
    assert shuffled.weights.tolist() == plain.weights.tolist()


@pytest.mark.parametrize("count", [19, 400])
def test_records_that_say_too_little_are_not_one_because_they_are_the_same(count: int) -> None:
    """Sixty people of whom nothing but a town is known are sixty people."""
    poor = copies_of(dict.fromkeys(READ) | {"town": "town 1"}, count)
    model = replace(MODEL, blocking=(*MODEL.blocking, BlockingRule("town", (pl.col("town"),))))
    linkage = model.on(pl.concat([PEOPLE, poor]))
    scores = linkage.score(linkage.train())
    found = scores.table(scores.cluster()).filter(pl.col("key").str.starts_with("copy"))
    assert found["cluster"].n_unique() == count


def test_copies_that_are_only_in_blocks_left_out_are_paired_all_the_same() -> None:
    """A table loaded twice, with a rule so wide that its only block is left out."""
    once = PEOPLE.drop_nulls().unique(READ, keep="first", maintain_order=True).with_columns(surname=pl.lit("smith"))
    once = once.unique(READ, keep="first", maintain_order=True)
    twice = pl.concat([once, once.with_columns(record_id=pl.format("{} again", "record_id"))])
    wide = replace(MODEL, blocking=(BlockingRule("surname", (pl.col("surname"),)),))
    with pytest.warns(BlocksLeftOut, match="'surname' left out"):
        linkage = wide.on(twice)
    assert linkage.rules.tolist() == [1] * once.height
    scores = linkage.score(linkage.train())
    labels = scores.table(scores.cluster()).with_columns(pl.col("key").str.strip_suffix(" again"))
    assert labels.group_by("key").agg(pl.col("cluster").n_unique())["cluster"].to_list() == [1] * once.height
    assert labels["cluster"].n_unique() == once.height


def test_a_table_that_may_give_a_cluster_one_record_keeps_its_copies_apart() -> None:
    limited = replace(MODEL, link_type="link", limits={"prison": 1})
    linkage = limited.on({"court": PEOPLE, "prison": pl.concat([PEOPLE, copies_of(ROW, 60)])})
    assert not len(linkage.copies.rows)
    scores = linkage.score(linkage.train())
    held = scores.table(scores.cluster()).filter(pl.col("table") == "prison")
    assert held["cluster"].is_unique().all()


def test_between_tables_copies_join_the_record_of_the_other_table() -> None:
    between = replace(MODEL, link_type="link")
    linkage = between.on(
        {"court": PEOPLE.filter(pl.col("record_id") == ROW["record_id"]), "prison": copies_of(ROW, 9_000)}
    )
    assert len(linkage.left) == MOST_COPIES
    many = pl.concat([PEOPLE.filter(pl.col("record_id") != ROW["record_id"]), copies_of(ROW, 300)])
    linkage = between.on({"court": PEOPLE, "prison": many})
    scores = linkage.score(linkage.train())
    labels = scores.table(scores.cluster())
    own = labels.filter((pl.col("table") == "court") & (pl.col("key") == ROW["record_id"]))["cluster"].item()
    copied = labels.filter(pl.col("key").str.starts_with("copy"))["cluster"]
    assert copied.to_list() == [own] * 300


def test_a_decision_that_a_copy_is_another_record_holds() -> None:
    linkage, scores = link(pl.concat([PEOPLE, copies_of(ROW, 60)]))
    copy, original = linkage.copies.rows[0], linkage.copies.originals[0]
    clusters = scores.cluster(cannot=pl.DataFrame({"left": [int(original)], "right": [int(copy)]}))
    assert clusters.labels[int(copy)] != clusters.labels[int(original)]
    assert clusters.contradictions.is_empty()
    others = linkage.copies.rows[1:]
    assert (clusters.labels.gather(others) == clusters.labels[int(original)]).all()


def test_pairs_without_all_copies_are_not_compared_by_another_model() -> None:
    table = pl.concat([PEOPLE, copies_of(ROW, 60)])
    other = replace(MODEL, name="other", blocking=(), rivals=())
    with pytest.raises(ValueError, match="apply model 'people' with copies=False"):
        other.on(table, pairs_of=MODEL.on(table))
    every = MODEL.on(table, copies=False)
    assert not len(every.copies.rows)
    assert np.array_equal(other.on(table, pairs_of=every).patterns, every.patterns)
