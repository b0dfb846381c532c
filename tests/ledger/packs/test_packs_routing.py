"""What goes into a pack, by whose leave, and what keeps a line back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_cases import policy_of

from ledger.packs.routing import (
    DISAGREES,
    FOUND_WRONG,
    LESS_SURE,
    NO_POLICY,
    NOT_SETTLED,
    OTHER_FIELD,
    OTHER_OWNER,
    ROUTES,
    SENT,
    TO_SETTLE,
    route_lines,
)
from warehouse.home import Home
from warehouse.installation_key import VARIABLE
from warehouse.tables.packs import PACK_ANSWERS, SAMPLE_CHECKS

HOME = Home(Path("unused"))
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
LINE = {"reference": "ORD-1/d", "owner": "pnc_bureau", "field": "end_on", "stream": "send", "confidence": 0.999}
SCHEMA = {**dict.fromkeys(("reference", "owner", "field", "stream"), pl.String), "confidence": pl.Float64}
SCHEMA |= {"decided_at": pl.Datetime("us", "UTC")}


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(VARIABLE, "a key of these tests")


def lines(*changes):
    return pl.DataFrame([{**LINE, "decided_at": None, **change} for change in changes or ({},)], schema=SCHEMA)


def check(verdict):
    return pl.DataFrame([{"reference": LINE["reference"], "verdict": verdict}], schema=SAMPLE_CHECKS.schema)


def answered(at=AT, because="right_as_it_is"):
    row = {"reference": LINE["reference"], "disagrees_because": because, "received_at": at}
    return pl.DataFrame([row], schema=PACK_ANSWERS.schema)


def route(line=None, policy=None, *, checks=None, answers=None):
    reported = route_lines(
        lines(line or {}),
        policy,
        checks=SAMPLE_CHECKS.empty() if checks is None else checks,
        answers=PACK_ANSWERS.empty() if answers is None else answers,
        home=HOME,
    )
    return reported.select("route", "held_because").row(0)


def test_nothing_goes_before_a_policy_is_set():
    assert route() == ("held", NO_POLICY)


def test_the_policy_lets_go_what_the_register_is_sure_of():
    assert route(policy=policy_of()) == ("policy", None)


@pytest.mark.parametrize(
    ("line", "terms", "because"),
    [
        pytest.param({"stream": "settle"}, {}, TO_SETTLE, id="a steward has to settle it"),
        pytest.param({"stream": None}, {}, TO_SETTLE, id="a release of before, which says nothing of streams"),
        pytest.param({}, {"owners": ("force:01",)}, OTHER_OWNER, id="another owner"),
        pytest.param({}, {"fields": ("surname",)}, OTHER_FIELD, id="about something else"),
        pytest.param({"confidence": 0.99}, {}, LESS_SURE, id="less sure"),
        pytest.param({"confidence": None}, {}, LESS_SURE, id="not measured"),
    ],
)
def test_the_policy_keeps_back_what_it_does_not_name(line, terms, because):
    assert route(line, policy_of(**terms)) == ("held", because)


def test_what_a_steward_decided_goes_with_or_without_a_policy():
    line = {"decided_at": AT, "stream": "settle", "confidence": None}
    assert route(line) == route(line, policy_of()) == ("steward", None)


def test_a_line_of_the_sample_waits_until_a_steward_finds_that_the_register_is_right():
    everything = policy_of(sampled_share=1.0)
    assert route(policy=everything) == ("sample", None)
    assert route(policy=everything, checks=check("right")) == ("policy", None)
    assert route(policy=everything, checks=check("wrong")) == ("held", FOUND_WRONG)
    assert route(policy=everything, checks=check("not_known")) == ("held", NOT_SETTLED)


@pytest.mark.parametrize("policy", [None, policy_of()], ids=["no policy", "a policy"])
def test_an_owner_that_disagrees_is_not_asked_again_before_a_steward_has_looked(policy):
    assert route({}, policy, answers=answered()) == ("held", DISAGREES)
    assert route({"decided_at": AT - timedelta(hours=1)}, policy, answers=answered()) == ("held", DISAGREES)
    assert route({"decided_at": AT + timedelta(hours=1)}, policy, answers=answered()) == ("steward", None)


def test_an_owner_that_says_corrected_is_asked_again_while_it_is_not():
    said = answered(because=None).with_columns(corrected_on=AT.date())
    assert route(policy=policy_of(), answers=said) == ("policy", None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.fixed_dictionaries(
            {
                "stream": st.sampled_from(["settle", "send", None]),
                "confidence": st.one_of(st.none(), st.floats(0, 1)),
                "owner": st.sampled_from(["pnc_bureau", "force:01"]),
                "decided_at": st.sampled_from([None, AT]),
            }
        ),
        max_size=5,
    ),
    policy=st.sampled_from([None, policy_of(), policy_of(owners=("force:01",), sampled_share=0.5)]),
)
def test_every_line_has_one_route_and_a_reason_just_if_it_is_kept_back(changes, policy):
    given_lines = [change | {"reference": f"ORD-1/{place}"} for place, change in enumerate(changes)]
    reported = route_lines(
        lines(*given_lines) if given_lines else lines().clear(),
        policy,
        checks=SAMPLE_CHECKS.empty(),
        answers=PACK_ANSWERS.empty(),
        home=HOME,
    )
    assert reported.height == len(changes)
    assert set(reported["route"]) <= set(ROUTES)
    assert (reported["held_because"].is_not_null() == (reported["route"] == "held")).all()
    without = reported.filter(pl.col("route").is_in(SENT), pl.col("decided_at").is_null())
    assert without.height == 0 or (policy is not None and without["confidence"].min() >= policy.terms.least_confidence)
