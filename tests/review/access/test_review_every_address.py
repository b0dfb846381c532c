"""The whole HTTP surface: whatever is sent a page answers, with its headers; and who may go where."""

import re

import pytest
import schemathesis
from desk_cases import ORIGIN, USERS, Client
from hypothesis import HealthCheck, given, settings

from ledger.decisions.kinds import DECISION_REASONS, KIND
from review.access.security_headers import ALWAYS
from review.deciding.decision_request import REQUEST_FIELDS
from review.queue.facets import FACETS

FEW = settings(max_examples=5, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
LEADS_OUT = {"/sign-out", "/password", "/second-factor"}
"""Who is sent here is signed out, or is so by chance."""
TYPES = re.compile(r"text/html; charset=utf-8|application/json|image/svg\+xml; charset=utf-8")
GIVES_AWAY = re.compile(r"Traceback|Error\(|\.py\b|sqlalchemy|polars")


def known(values, *, more=True):
    """A text that may be one of those that mean something here."""
    return {"anyOf": [{"enum": sorted(values)}, *([{"type": "string"}] if more else [])]}


def described(app, desk):
    """The app's own description, with the forms and addresses that its routes read by themselves."""
    queue = desk.whole_release().table("review_queue").sort("item_id")
    found = desk.whole_release().table("discrepancies").sort("discrepancy_id").head(5)
    meant = {
        "item_id": known(queue["item_id"].head(5)),
        "order_id": known(found["order_id"].unique()),
        "orders": known(found["order_id"].unique()),
        "discrepancy_id": known(found["discrepancy_id"]),
        "kind": known(KIND),
        "reason_code": known([reason.code for reason in DECISION_REASONS]),
        "release_id": known([desk.whole_release().release.release_id]),
    }
    text = {"type": "string"}
    fields = {
        name: meant.get(name, text)
        for name in (*REQUEST_FIELDS, "answer-1", "value_text-1", "fingerprint", "assignee", "name", "blind", "on")
    }
    asked = [*(facet.name for facet in FACETS), "sort", "page", "release", "next", "since", "until", "before", "key"]
    reported = app.openapi()
    for path, operations in reported["paths"].items():
        for method, operation in operations.items():
            given_ones = operation.setdefault("parameters", [])
            for parameter in given_ones:
                parameter["schema"] = meant.get(parameter["name"], parameter["schema"])
            if method == "post":
                form = {"schema": {"type": "object", "properties": fields}}
                operation.setdefault("requestBody", {"content": {"application/x-www-form-urlencoded": form}})
            elif "{" not in path:
                given_ones += [{"in": "query", "name": name, "schema": text} for name in asked]
    return schemathesis.openapi.from_dict(reported)


def check(answer, what):
    """What holds of every answer."""
    assert answer.status_code < 500, what
    assert not GIVES_AWAY.search(answer.text), what
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value, what
    if answer.status_code in (204, 303):
        place = answer.headers.get("location") or answer.headers["hx-redirect"]
        assert re.match(r"/(?![/\\])", place), what
    else:
        assert TYPES.fullmatch(answer.headers["content-type"]), what


def sender(client):
    """Sends cases, and checks what comes back."""

    def send(case):
        body = case.body if isinstance(case.body, dict) else {}
        fields = {name: value for name, value in body.items() if isinstance(value, str)}
        place = case.formatted_path
        answer = client.request(case.method, place, params=case.query, data=fields, follow_redirects=False)
        check(answer, f"{case.method} {case.operation.path}")

    return send


@pytest.mark.long
def test_whatever_is_sent_a_page_answers(open_desk, desk):
    clients = {name: open_desk(name, second_look_share=0.5) for name in ("approver", "administrator")}
    for client in clients.values():
        client.headers["X-Form-Token"] = client.form_token("/keys")
    schema, tried = described(clients["approver"].app, desk), 0
    for operation in (result.ok() for result in schema.get_all_operations()):
        if operation.path in LEADS_OUT:
            continue
        client = clients["administrator" if operation.path.startswith(("/accounts", "/audit")) else "approver"]

        FEW(given(case=operation.as_strategy())(sender(client)))()
        tried += 1
    assert tried > 40


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "NONSENSE"])
def test_a_method_that_is_not_meant_is_refused(steward, method):
    steward.headers["X-Form-Token"] = steward.form_token("/keys")
    for path in ("/queue", "/decide/save", "/items/none/comment", "/sign-in", "/nowhere"):
        answer = steward.request(method, path, follow_redirects=False)
        assert answer.status_code in (403, 404, 405), (method, path)
        check(answer, path)


def test_signs_that_are_no_text_are_refused_at_the_door(steward, administrator):
    steward.headers["X-Form-Token"] = steward.form_token("/keys")
    assert steward.get("/orders/a%00b").status_code == 404
    assert steward.get("/queue?force=a%00b").status_code == 422
    assert administrator.get("/accounts/a%00b").status_code == 404
    assert administrator.get("/audit?key=%00").status_code == 422
    assert steward.post("/search", data={"text": "a\x00b"}).status_code == 422
    nobody = Client(steward.app, base_url=ORIGIN, raise_server_exceptions=False)
    assert nobody.submit("/sign-in", {"name": "a\x00", "password": "b"}).status_code == 422
    assert steward.get("/ready").json() == {"release": True, "ledger": True}


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "undefined", "punycode", "hex", "no-such-thing"])
def test_a_form_in_an_odd_encoding_breaks_nothing(steward, charset):
    body = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n+2AA- \\ud800\r\n--x--\r\n'
    headers = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    headers["X-Form-Token"] = steward.form_token("/keys")
    for path in ("/search", "/keys", "/decide/preview", "/queue/views"):
        answer = steward.post(path, content=body, headers=headers, follow_redirects=False)
        assert answer.status_code < 500
        check(answer, path)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param("before=99999999999999999999", 422, id="an entry beyond all"),
        pytest.param("before=-1", 422, id="an entry before all"),
        pytest.param("until=9999-12-31", 200, id="the last day that there is"),
        pytest.param("since=0001-01-01", 200, id="the first day that there is"),
        pytest.param("since=yesterday", 422, id="no day"),
        pytest.param("key=" + "%25_" * 2_000, 200, id="a long key of wildcards"),
    ],
)
def test_odd_questions_to_the_log_are_answered(administrator, asked, status):
    answer = administrator.get(f"/audit?{asked}")
    assert answer.status_code == status
    check(answer, asked)


def test_a_body_that_is_too_long_is_refused(steward):
    steward.headers["X-Form-Token"] = steward.form_token("/keys")
    form = "application/x-www-form-urlencoded"
    for body in (b"text=" + b"x" * 2_000_000, iter([b"text=", *[b"x" * 100_000] * 20])):
        answer = steward.post("/search", content=body, headers={"Content-Type": form})
        assert answer.status_code == 413
        assert "longer than the desk takes" in answer.text
        check(answer, "a long body")
    assert steward.post("/search", data={"text": "é" * 100_000}).status_code == 200


def test_a_script_is_sent_on_to_an_address_that_a_header_can_hold(steward, desk):
    item = desk.whole_release().table("review_queue").sort("item_id").item(0, "item_id")
    fields = {"assignee": "", "view": "kind=é\r\nSet-Cookie: a=b"}
    answer = steward.submit(f"/items/{item}/assign", fields, headers={"HX-Request": "true"}, follow_redirects=False)
    assert answer.status_code == 204
    assert answer.headers["hx-redirect"].isascii()
    assert "a" not in answer.cookies


NOBODY = "nobody"
OPEN = frozenset({NOBODY, *USERS.values()})
ANYONE = OPEN - {NOBODY}
SEES = frozenset({"viewer", "steward", "approver"})
DECIDES = frozenset({"steward", "approver"})
APPROVES = frozenset({"approver"})
ADMINISTERS = frozenset({"administrator"})
MAY = {
    "GET /": ANYONE,
    "GET /accounts": ADMINISTERS,
    "GET /accounts/{name}": ADMINISTERS,
    "GET /audit": ADMINISTERS,
    "GET /batches/{batch_id}/undo": DECIDES,
    "GET /bulk": DECIDES,
    "GET /compare": SEES,
    "GET /dashboards": SEES,
    "GET /dashboards/expiries": SEES,
    "GET /dashboards/in-force": SEES,
    "GET /dashboards/prohibitions": SEES,
    "GET /dashboards/pictures/{name}.svg": SEES,
    "GET /dashboards/quality": SEES,
    "GET /dashboards/quality/{scope}/{key}": SEES,
    "GET /dashboards/reliability": SEES,
    "GET /dashboards/work": SEES,
    "GET /decisions/mine": DECIDES,
    "GET /decisions/{decision_id}/undo": DECIDES,
    "GET /health": OPEN,
    "GET /metrics": OPEN,
    "GET /items/{item_id}": SEES,
    "GET /keys": ANYONE,
    "GET /orders/{order_id}": SEES,
    "GET /packs": SEES,
    "GET /packs/handed-out/{disclosure_id}": SEES,
    "GET /packs/handed-out/{disclosure_id}/pack.{suffix}": DECIDES,
    "GET /packs/lines": SEES,
    "GET /packs/owners/{owner}": SEES,
    "GET /packs/policy": SEES,
    "GET /packs/sample": DECIDES,
    "GET /password": ANYONE,
    "GET /proposals": DECIDES,
    "GET /proposals/{proposal_id}": DECIDES,
    "GET /queue": SEES,
    "GET /ready": OPEN,
    "GET /reason": ANYONE,
    "GET /search": SEES,
    "GET /second-factor": ANYONE,
    "GET /sent/{name}": ANYONE,
    "GET /search/{name}": SEES,
    "GET /sessions": ANYONE,
    "GET /sign-in": OPEN,
    "GET /sign-in/identity": OPEN,
    "GET /sign-in/identity/answer": OPEN,
    "GET /unsent": ANYONE,
    "GET /wordings/{wording_id}": DECIDES,
    "POST /accounts": ADMINISTERS,
    "POST /accounts/{name}": ADMINISTERS,
    "POST /bulk/preview": DECIDES,
    "POST /decide/change": DECIDES,
    "POST /decide/preview": DECIDES,
    "POST /decide/save": DECIDES,
    "POST /decisions/undo": DECIDES,
    "POST /items/{item_id}/assign": DECIDES,
    "POST /items/{item_id}/comment": DECIDES,
    "POST /items/{item_id}/defer": DECIDES,
    "POST /keys": ANYONE,
    "POST /orders/{order_id}/comment": DECIDES,
    "POST /packs/handed-out/{disclosure_id}/answers": DECIDES,
    "POST /packs/owners/{owner}": DECIDES,
    "POST /packs/policy": APPROVES,
    "POST /packs/sample": DECIDES,
    "POST /password": ANYONE,
    "POST /proposals/{proposal_id}/approve": APPROVES,
    "POST /proposals/{proposal_id}/return": APPROVES,
    "POST /proposals/{proposal_id}/withdraw": DECIDES,
    "POST /queue/views": SEES,
    "POST /queue/views/forget": SEES,
    "POST /reason": ANYONE,
    "POST /search": SEES,
    "POST /second-factor": ANYONE,
    "POST /sessions": ANYONE,
    "POST /sign-in": OPEN,
    "POST /sign-out": ANYONE,
    "POST /unsent/forget": ANYONE,
    "POST /wordings/{wording_id}": DECIDES,
}
"""Who may go where, whatever comes of it."""


@pytest.mark.parametrize(
    "role",
    [role if role in (NOBODY, "steward") else pytest.param(role, marks=pytest.mark.long) for role in sorted(OPEN)],
)
def test_each_role_goes_where_it_may_and_nowhere_else(open_desk, role):
    client = open_desk(None if role == NOBODY else role)
    reported = client.app.openapi()["paths"]
    assert {f"{method.upper()} {path}" for path, methods in reported.items() for method in methods} == MAY.keys()
    client.headers["X-Form-Token"] = client.form_token("/sign-in" if role == NOBODY else "/keys")
    let_in = set()
    for place in sorted(MAY, key=lambda place: place == "POST /sign-out"):
        method, path = place.split()
        answer = client.request(method, re.sub(r"{\w+}", "none", path), follow_redirects=False)
        check(answer, place)
        is_sent_off = answer.headers.get("location", "").startswith("/sign-in?next=")
        if answer.status_code != 403 and not is_sent_off:
            let_in.add(place)
        assert is_sent_off == (role == NOBODY and NOBODY not in MAY[place]), place
    assert let_in == {place for place, roles in MAY.items() if role in roles}
