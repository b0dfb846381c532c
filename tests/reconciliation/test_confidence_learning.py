"""What labels teach: nothing where there are few, more as they grow, and only of the kinds that they speak of."""

import numpy as np
import polars as pl
import pytest

from reconciliation.confidence.learning import FEWEST, TooFewLabelsError, learn_from_labels, mean_loss
from reconciliation.confidence.model import ConfidenceModel

FORMER = ConfidenceModel(
    model="value",
    base=3.0,
    weights={"field, rule": {"end_on, agreement": 1.0, "end_on, precedence": -1.0, "sex, agreement": 2.0}},
    slope=0.9,
    trained_on="synthetic nights",
)


def labelled(count, *, share_right, field="end_on", rule="precedence", seed=1):
    right = np.random.default_rng(seed).random(count) < share_right
    names = [f"ORD-{number:05}" for number in range(count)]
    return pl.DataFrame({"order_id": names, "field": field, "rule": rule, "is_right": right})


def both_kinds(count, **more):
    """Of each kind so many, of which the former model is right about one."""
    usual = labelled(count, share_right=0.95, rule="agreement", seed=2)
    return pl.concat([labelled(count, **more), usual.with_columns(order_id="U" + pl.col("order_id"))])


def chance(model, rule="precedence", field="end_on"):
    return pl.DataFrame({"field": [field], "rule": [rule]}).select(model.probability()).item()


def test_weights_move_towards_what_labels_show_and_further_with_more_of_them():
    former, few, many = (
        chance(FORMER),
        chance(learn_from_labels(FORMER, both_kinds(40, share_right=0.4)).model),
        chance(learn_from_labels(FORMER, both_kinds(2_000, share_right=0.4)).model),
    )
    assert former > few > many
    assert many == pytest.approx(0.4, abs=0.04)


def test_kinds_without_labels_stay_as_they_were():
    learned = learn_from_labels(FORMER, both_kinds(200, share_right=0.4)).model
    assert chance(learned, "agreement", "sex") == chance(FORMER, "agreement", "sex")


def test_a_level_that_the_former_model_did_not_know_gets_a_weight():
    labels = both_kinds(500, share_right=0.3, rule="corroboration")
    assert chance(learn_from_labels(FORMER, labels).model, "corroboration") < chance(FORMER, "corroboration")


def test_what_is_learned_is_judged_on_labels_that_were_not_learned_from():
    lesson = learn_from_labels(FORMER, both_kinds(500, share_right=0.4))
    assert lesson.holds
    assert lesson.loss_after >= mean_loss(lesson.model, both_kinds(500, share_right=0.4)) - 1e-3
    assert (lesson.labels, lesson.wrong > 250) == (1_000, True)
    assert lesson.model.trained_on.startswith("synthetic nights; then 1000 labels")


def test_labels_that_say_what_the_model_says_teach_nothing():
    thirteenth = pl.int_range(pl.len()) % 13 == 0  # about as many are wrong as the model expects
    as_expected = labelled(130, share_right=1, rule="agreement").with_columns(is_right=~thirteenth)
    learned = learn_from_labels(FORMER, as_expected).model
    assert chance(learned, "agreement") == pytest.approx(chance(FORMER, "agreement"), abs=0.04)


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(labelled(FEWEST - 1, share_right=0.5), id="too few"),
        pytest.param(labelled(100, share_right=1.0), id="of right values alone"),
    ],
)
def test_too_few_labels_are_refused(labels):
    with pytest.raises(TooFewLabelsError, match="labels"):
        learn_from_labels(FORMER, labels)


def test_the_order_of_rows_does_not_matter():
    labels = both_kinds(50, share_right=0.4)
    assert learn_from_labels(FORMER, labels).model == learn_from_labels(FORMER, labels.reverse()).model
