"""`concord model` and confidence: trained on what stewards found, compared, promoted, applied, rolled back."""

import json
from datetime import timedelta

import polars as pl
import pytest
from ledger_cases import START, judge_again, let_go
from nights import NIGHT, command, copy_of, nightly

from ledger.decisions.ledger import Ledger
from ledger.packs.sample import record_check
from reconciliation.confidence.trained import FILE
from warehouse.home import Home
from warehouse.models import current_models, list_models


@pytest.fixture
def home(one_night, tmp_path):
    return copy_of(one_night / "home", tmp_path / "home")


def check_forenames(home, *, wrong):
    """A steward checks forenames of the release: of every five so many are wrong."""
    ledger, _ = Ledger.create(Home(home).ledger_url(None), Home(home))
    with ledger:
        ledger.add_user("kim")
        let_go(ledger)
        provenance = pl.read_parquet(home / "releases" / f"r{NIGHT}" / "field_provenance.parquet")
        orders = provenance.filter(field="forenames", rule="agreement").sort("order_id")["order_id"].head(50)
        for place, order_id in enumerate(orders):
            line = {"reference": f"{order_id}/d", "policy_id": "POL-1", "order_id": order_id, "discrepancy_id": "d"}
            line |= {"rule_code": "x", "asked_field": "forenames"}
            verdict = "wrong" if place % 5 < wrong else "right"
            at = START + timedelta(seconds=place)
            record_check(ledger, line, verdict, release_id=f"r{NIGHT}", by="kim", at=at)
        judge_again(ledger, "noor")


def model(home, *words, code=0):
    done = command("model", *words, home=home)
    assert done.exit_code == code, done.output
    return done.output


def confidences(home, release):
    kept = pl.read_parquet(home / "releases" / release / "field_provenance.parquet")
    return kept.filter(field="forenames", rule="agreement")["confidence"].mean()


@pytest.mark.long
def test_what_stewards_found_is_learned_promoted_applied_and_rolled_back(home, one_night):
    check_forenames(home, wrong=3)
    assert "of wrong values" in model(home, "train", "--confidence")
    (kept,) = list_models(Home(home))
    assert current_models(Home(home)) is None
    assert "CONFIDENCE" in model(home, "compare")
    assert json.loads(model(home, "compare", "--json"))["confidence"]
    model(home, "promote", kept.set_id)
    nightly(home, one_night / "landing", NIGHT + timedelta(days=1))
    after = f"r{NIGHT + timedelta(days=1)}"
    assert confidences(home, after) < confidences(home, f"r{NIGHT}") - 0.1
    manifest = json.loads((home / "releases" / after / "manifest.json").read_text())
    assert manifest["versions"]["models"].count("-") == 2

    # A set of matching models keeps what is known of confidence; to go back needs a reason, since the labels fit worse.
    model(home, "train")
    assert (list_models(Home(home))[-1].path / FILE).exists()
    assert "worse" in model(home, "promote", "shipped", code=4)
    model(home, "promote", "shipped", "--force", "--reason", "the checks were of a training day")
    assert current_models(Home(home)) is None


@pytest.mark.long
def test_labels_that_say_what_the_model_says_make_no_candidate(home):
    assert "ledger" in model(home, "train", "--confidence", code=1)
    check_forenames(home, wrong=0)
    assert "at least 30 are needed, and both" in model(home, "train", "--confidence", code=1)
    assert list_models(Home(home)) == ()
