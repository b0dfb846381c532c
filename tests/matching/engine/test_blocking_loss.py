"""What blocking rules made, left out and missed."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from linked_people import MODEL, is_one, link_people, write_people

from matching.engine.blocking import BlockingRule
from matching.engine.blocking_loss import ALL_RULES, estimate_blocking_loss, tabulate_blocking
from matching.engine.model import LinkageModel


def test_each_rule_says_what_it_makes_and_what_only_it_makes():
    linkage, _ = link_people()
    table = tabulate_blocking(linkage)
    bits = [(linkage.rules >> np.uint32(place)) & 1 for place in range(3)]
    assert table.get_column("rule").to_list() == ["born", "names", "surname and town"]
    assert table.get_column("pairs").to_list() == [int(bit.sum()) for bit in bits]
    alone = [int((linkage.rules == 1 << place).sum()) for place in range(3)]
    assert table.get_column("pairs_alone").to_list() == alone
    assert table.get_column("pairs_left_out").to_list() == [0, 0, 0]


def test_a_block_that_costs_too_much_is_reported():
    people = write_people(100).with_columns(surname=pl.lit("smith"))
    rules = (BlockingRule("surname", (pl.col("surname"),), most_pairs=500), BlockingRule("born", (pl.col("born"),)))
    table = tabulate_blocking(LinkageModel("people", MODEL.comparisons, rules).on(people))
    size = people.height
    assert table.row(0) == ("surname", 0, 0, 1, size * (size - 1) // 2)
    assert table.row(1)[3:] == (0, 0)


def test_the_loss_is_put_with_its_interval_and_again_for_rules_that_share_no_column():
    linkage, scores = link_people()
    table = estimate_blocking_loss(linkage, scores)
    assert table.get_column("rules").to_list() == [
        ALL_RULES,
        "born against names",
        "born against surname and town",
    ]
    assert table.get_column("found").unique().to_list() == [int((scores.weights >= 0).sum())]
    for row in table.iter_rows(named=True):
        assert 0 <= row["missed_low"] <= row["missed"] <= row["missed_high"]
        assert row["loss"] == pytest.approx(row["missed"] / (row["missed"] + row["found"]))


def test_the_range_of_the_estimates_holds_what_was_missed():
    linkage, scores = link_people()
    people = write_people().group_by(pl.col("record_id").str.split("-").list.first()).len().get_column("len")
    missed = int((people * (people - 1) // 2).sum()) - int(is_one(linkage).sum())
    table = estimate_blocking_loss(linkage, scores)
    assert table.get_column("missed_low").min() <= missed <= table.get_column("missed_high").max()


def test_one_rule_cannot_say_what_it_missed():
    model = LinkageModel("people", MODEL.comparisons, MODEL.blocking[:1])
    linkage = model.on(write_people(100))
    table = estimate_blocking_loss(linkage, linkage.score(linkage.train()))
    assert table.height == 1
    assert table.row(0)[2:] == (None,) * 6


def test_rules_that_find_few_of_the_matches_are_not_put_beside_others():
    rare = BlockingRule("a rare name", (pl.when(pl.col("surname") == "stone").then("surname"),))
    linkage = replace(MODEL, blocking=(*MODEL.blocking, rare)).on(write_people())
    table = estimate_blocking_loss(linkage, linkage.score(linkage.train()))
    assert not table.get_column("rules").str.contains("a rare name").any()
    assert "born against names" in table.get_column("rules")


def test_rules_that_find_the_same_easy_pairs_claim_no_loss():
    people = write_people().with_columns(year=pl.col("born").str.slice(0, 4), initial=pl.col("surname").str.slice(0, 1))
    same = BlockingRule("year and initial", (pl.col("year"), pl.col("initial")), most_pairs=1_000_000)
    linkage = replace(MODEL, blocking=(*MODEL.blocking, same)).on(people)
    table = estimate_blocking_loss(linkage, linkage.score(linkage.train()))
    beside = table.row(by_predicate=pl.col("rules") == "born against year and initial", named=True)
    assert [beside[name] for name in ("missed", "missed_low", "missed_high", "loss")] == [None] * 4
