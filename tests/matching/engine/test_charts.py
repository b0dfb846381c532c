"""Pictures of a model: they draw, they say in words what they show, and their tables hold the figures."""

import re
from functools import cache
from html import unescape

import altair as alt
import polars as pl
import pytest
from linked_people import is_one, link_people

from matching.engine.blocking_loss import estimate_blocking_loss
from matching.engine.charts import (
    Figure,
    draw_blocking_loss,
    draw_calibration,
    draw_shares,
    draw_svg,
    draw_thresholds,
    draw_unlinkable,
    draw_weights,
)
from matching.engine.diagnostics import (
    tabulate_calibration,
    tabulate_shares,
    tabulate_thresholds,
    tabulate_unlinkable,
    weigh_against_themselves,
)
from matching.engine.weights import probabilities


@cache
def figures() -> dict[str, Figure]:
    linkage, scores = link_people()
    shares = tabulate_shares(scores.scales.parameters, linkage)
    chances = probabilities(scores.weights)
    return {
        "shares": draw_shares(shares),
        "weights": draw_weights(shares),
        "blocking loss": draw_blocking_loss(estimate_blocking_loss(linkage, scores)),
        "calibration": draw_calibration(tabulate_calibration(chances, is_one(linkage))),
        "certainty": draw_calibration(tabulate_calibration(chances)),
        "thresholds": draw_thresholds(tabulate_thresholds(scores.weights)),
        "unlinkable": draw_unlinkable(tabulate_unlinkable(weigh_against_themselves(scores))),
    }


@cache
def svg(name):
    return figures()[name].svg


def words_of(name):
    """The texts of a picture."""
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg(name))]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param(
            "shares", {"forename", "born", "matches (m)", "non-matches (u)", "at most 2 characters off"}, id="m and u"
        ),
        pytest.param("weights", {"surname", "town", "weight (log2 m/u)", "differ"}, id="weights"),
        pytest.param("blocking loss", {"all rules", "born against names"}, id="blocking loss"),
        pytest.param("calibration", {"predicted", "observed"}, id="calibration with labels"),
        pytest.param("certainty", {"0 to 10 %", "90 to 100 %"}, id="calibration without labels"),
        pytest.param("thresholds", {"precision", "recall", "f1", "threshold (weight)"}, id="thresholds"),
        pytest.param("unlinkable", {"records below it", "threshold (weight)"}, id="unlinkable records"),
    ],
)
def test_a_picture_says_in_words_what_it_shows(name, words):
    figure = figures()[name]
    assert words <= set(words_of(name))
    assert figure.caption.endswith(".")
    assert figure.table.height > 0


def test_a_picture_loads_nothing_from_anywhere():
    for name in figures():
        assert "href" not in svg(name)
        assert "url(http" not in svg(name)


def test_a_sign_that_is_no_text_is_shown_as_such_and_ends_nothing():
    chart = alt.Chart(pl.DataFrame({"name": ["A\x00B", "Zoë 王"], "count": [1, 2]}), title="\x1b[0m")
    svg = draw_svg(chart.mark_bar().encode(x="count:Q", y="name:N"))
    assert "A\ufffdB" in svg
    assert "Zoë 王" in svg


def test_levels_stand_in_their_order_in_every_panel():
    words = words_of("weights")
    first = words.index("one character off") - 1
    assert words[first : first + 4] == ["the same", "one character off", "at most 2 characters off", "differ"]


def test_the_threshold_of_the_greatest_f1_is_written_into_the_picture():
    best = figures()["thresholds"].table.filter("is_best").get_column("threshold").item()
    assert f"{best:+.1f}".replace("-", "−") in words_of("thresholds")


def test_rules_that_cannot_say_their_loss_are_in_the_table_and_not_in_the_picture():
    empty = {name: [None] for name in ("missed", "missed_low", "missed_high", "loss", "loss_low", "loss_high")}
    table = pl.DataFrame({"rules": ["a rule alone"], "found": [3]} | empty).cast(dict.fromkeys(empty, pl.Float64))
    figure = draw_blocking_loss(table)
    assert "a rule alone" not in figure.svg
    assert figure.table.height == 1
