"""Figures for monitoring: to who has the token alone, by route, and nothing of what people typed."""

import pytest

TOKEN = {"Authorization": "Bearer a-long-token"}


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("CONCORD_METRICS_TOKEN", "a-long-token")


def test_figures_count_answers_by_route_and_include_those_of_the_last_run(steward, desk_home):
    steward.get("/orders/Maria-Example")
    steward.get("/nowhere/Maria-Example")
    text = steward.get("/metrics", headers=TOKEN).text
    assert 'concord_desk_answers_total{method="GET",route="/orders/{order_id}",status="404"} 1.0' in text
    assert "concord_run_seconds" in text
    assert "Maria" not in text


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}, {"Authorization": "Bearer "}])
def test_without_the_token_there_is_no_such_page(administrator, headers, monkeypatch):
    assert administrator.get("/metrics", headers=headers).status_code == 404
    monkeypatch.delenv("CONCORD_METRICS_TOKEN")
    assert administrator.get("/metrics", headers=headers | TOKEN).status_code == 404


def test_the_desk_answers_that_it_runs_and_whether_it_can_work(steward):
    assert steward.get("/health").json() == {"desk": True}
    assert steward.get("/ready").json() == {"release": True, "ledger": True}
