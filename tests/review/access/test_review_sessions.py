"""Who is let in, for how long, and what becomes of what they typed when a session ends in the middle."""

import pytest
from access_cases import logged, probed_app
from desk_cases import ORIGIN, PASSWORD, Client, settings_of

from ledger.desk.desk_tables import sessions
from review.access.account_changes import AccountChanges


@pytest.fixture
def desk_home(tmp_path):
    return tmp_path


@pytest.fixture
def arrive(desk):
    """Makes browsers: `arrive("steward")`, signed in; `arrive()`, not."""

    def arrived(name=None, **changed):
        app = probed_app(desk, settings_of(**changed))
        client = Client(app, base_url=ORIGIN, raise_server_exceptions=False)
        if name is not None:
            assert client.sign_in(name).status_code == 303
        return client

    return arrived


def test_the_cookie_that_outlives_a_session_opens_nothing(arrive):
    client, other = arrive("steward"), arrive()
    assert is_in(client)
    other.cookies.set("concord", client.cookies["concord-browser"])
    assert not is_in(other)


def test_somebody_sees_where_they_are_signed_in_and_signs_out_everywhere_else(open_desk):
    here, there = open_desk("steward"), open_desk("steward")
    page = here.get("/sessions").text
    assert (page.count("This browser"), page.count(">Another<")) == (1, 1)
    here.submit("/sessions", {})
    assert ">Another<" not in here.get("/sessions").text
    assert there.get("/sessions", follow_redirects=False).status_code == 303


def is_in(client):
    return client.get("/probe/see", follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("viewer", {"see"}),
        ("steward", {"see", "decide"}),
        ("approver", {"see", "decide", "approve"}),
        ("administrator", {"administer"}),
    ],
)
def test_a_role_does_what_is_its_own_and_what_is_refused_is_logged(arrive, desk, role, rights):
    client = arrive(role)
    answers = {right: client.get(f"/probe/{right}").status_code for right in ("see", "decide", "approve", "administer")}
    assert answers == {right: 200 if right in rights else 403 for right in answers}
    refused = [entry for entry in logged(desk) if entry[0] == "refused"]
    assert len(refused) == 4 - len(rights)


def test_a_session_ends_when_nothing_is_asked_for_too_long(arrive, clock):
    client = arrive("steward", idle_minutes=30)
    for _ in range(5):
        clock.move(minutes=29)
        assert is_in(client)
    clock.move(minutes=30)
    assert not is_in(client)
    clock.move(minutes=-30)
    assert is_in(client)


def test_a_session_ends_some_hours_after_it_began_whatever_is_done(arrive, clock):
    client = arrive("steward", idle_minutes=30, session_hours=2)
    for _ in range(5):
        clock.move(minutes=23)
        assert is_in(client)
    clock.move(minutes=5)
    assert not is_in(client)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda office: office.set_password("steward", "another horse battery staple"), id="password"),
        pytest.param(lambda office: office.set_role("steward", role="viewer"), id="role"),
        pytest.param(lambda office: office.set_role("steward", role="steward", forces=["01"]), id="forces"),
        pytest.param(lambda office: office.set_disabled("steward", is_disabled=True), id="closing"),
        pytest.param(lambda office: office.set_identity("steward", "https://idp.example|7"), id="identity"),
    ],
)
def test_a_change_of_an_account_ends_its_sessions(arrive, desk, change):
    client, other = arrive("steward"), arrive("viewer")
    state = client.app.state
    change(AccountChanges(desk, state.audit_recorder, passwords=state.passwords, by="administrator"))
    assert not is_in(client)
    assert is_in(other)
    assert logged(desk)[-1][:2] == ("alteration", "administrator")


def test_a_token_is_kept_nowhere_and_a_guessed_one_is_worth_nothing(arrive, desk):
    client = arrive("steward")
    with desk.database.reading() as connection:
        (row,) = connection.execute(sessions.select())
    assert client.cookies["concord"] not in row
    client.cookies.set("concord", row.token_digest, domain="127.0.0.1")
    stranger = arrive()
    stranger.cookies.set("concord", row.token_digest)
    assert not is_in(stranger)


def test_a_cookie_is_for_this_host_and_no_script(arrive):
    by_http = arrive().sign_in("steward").headers.get_list("set-cookie")
    assert [cookie.split("=")[0] for cookie in by_http if "Max-Age=0" not in cookie] == ["concord", "concord-browser"]
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie for cookie in by_http)
    https = Client(
        probed_app(arrive().app.state.desk, settings_of("https://concord.example")), base_url="https://concord.example"
    )
    by_https = https.sign_in("steward")
    assert all(cookie.startswith("__Host-concord") for cookie in by_https.headers.get_list("set-cookie"))
    assert all("Secure" in cookie for cookie in by_https.headers.get_list("set-cookie"))
    assert "max-age" in by_https.headers["strict-transport-security"]


TYPED = {"comment": "Seen the sealed copy.\n<b>Twice</b> & more", "item_id": "abc"}


def test_what_was_typed_before_a_session_ended_is_offered_again_to_the_same_user(arrive, clock):
    client = arrive("steward")
    form_token = client.form_token()
    clock.move(hours=1)
    answer = client.post("/probe/comments", data={"form_token": form_token, **TYPED}, follow_redirects=False)
    assert answer.headers["location"].startswith("/sign-in")
    client.cookies.delete("concord")
    assert client.sign_in("viewer").headers["location"] == "/"
    assert "sealed" not in client.get("/unsent").text
    client.submit("/sign-out")
    assert client.sign_in("steward").headers["location"] == "/unsent"
    kept = client.get("/unsent").text
    assert "Seen the sealed copy." in kept
    assert "&lt;b&gt;Twice&lt;/b&gt; &amp; more" in kept
    assert "<b>Twice" not in kept
    assert client.submit("/probe/comments", TYPED).json()["by"] == "steward"
    form_id = kept.split('name="form_id" value="')[1].split('"')[0]
    client.submit("/unsent/forget", {"form_id": form_id})
    assert "There is nothing to send." in client.get("/unsent").text


def test_what_is_sent_after_signing_out_in_another_tab_is_kept(arrive):
    client = arrive("steward")
    form_token = client.form_token()
    client.submit("/sign-out")
    assert client.get("/", follow_redirects=False).headers["location"].startswith("/sign-in")
    answer = client.post("/probe/comments", data={"form_token": form_token, **TYPED}, follow_redirects=False)
    assert answer.headers["location"].startswith("/sign-in")
    assert client.sign_in("steward").headers["location"] == "/unsent"
    assert "Seen the sealed copy." in client.get("/unsent").text


def test_what_was_typed_is_forgotten_after_a_day(arrive, clock):
    client = arrive("steward")
    form_token = client.form_token()
    clock.move(hours=1)
    client.post("/probe/comments", data={"form_token": form_token, **TYPED})
    clock.move(hours=25)
    assert client.sign_in("steward").headers["location"] == "/"


def test_a_form_of_an_earlier_session_is_shown_again_and_not_taken(arrive):
    client = arrive("steward")
    earlier = client.form_token()
    client.submit("/sign-out")
    client.sign_in("steward")
    answer = client.post("/probe/comments", data={"form_token": earlier, **TYPED})
    assert answer.status_code == 403
    assert "Seen the sealed copy." in answer.text
    assert 'action="/probe/comments"' in answer.text


def test_a_password_is_never_kept(arrive, clock):
    client = arrive("steward")
    form_token = client.form_token()
    clock.move(hours=1)
    client.post("/probe/comments", data={"form_token": form_token, "new_password": "a horse of another colour"})
    assert client.sign_in("steward").headers["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="with a foreign origin"),
        pytest.param({"Origin": "null"}, id="with a hidden origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="as the browser says"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="of another host of the domain"),
        pytest.param({"Origin": "http://127.0.0.1:9000"}, id="of another port"),
    ],
)
def test_a_form_of_another_site_is_refused_though_it_knows_the_token(arrive, headers):
    client = arrive("steward")
    answer = client.post("/probe/comments", data={"form_token": client.form_token(), **TYPED}, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert "sealed" not in answer.text


@pytest.mark.parametrize(
    "form_token",
    [
        pytest.param("", id="no token"),
        pytest.param("0" * 64, id="a guessed token"),
        pytest.param("é", id="no ASCII"),
    ],
)
def test_a_form_without_the_sessions_token_is_not_taken(arrive, form_token):
    answer = arrive("steward").post("/probe/comments", data={"form_token": form_token, **TYPED})
    assert answer.status_code == 403


def test_a_script_may_give_the_token_in_a_header(arrive):
    client = arrive("steward")
    answer = client.post("/probe/comments", data=TYPED, headers={"X-Form-Token": client.form_token()})
    assert answer.json()["comment"] == TYPED["comment"]


def test_another_host_is_not_answered(arrive):
    assert arrive().get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb: c", "x"])
def test_signing_in_leads_to_no_other_site(arrive, wanted):
    client = arrive()
    fields = {"name": "steward", "password": PASSWORD, "form_token": client.form_token()}
    answer = client.post("/sign-in", params={"next": wanted}, data=fields, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_signing_in_leads_to_the_page_that_was_wanted(arrive):
    client = arrive()
    place = client.get("/probe/see?a=1&b=%C3%A9", follow_redirects=False).headers["location"]
    fields = {"name": "steward", "password": PASSWORD, "form_token": client.form_token()}
    assert client.post(place, data=fields, follow_redirects=False).headers["location"] == "/probe/see?a=1&b=%C3%A9"


def test_every_answer_has_browsers_refuse_what_it_does_not_need(arrive):
    client = arrive("steward")
    for path in ("/sign-in", "/probe/see", "/nowhere", "/probe/failure", "/health"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store", path
        assert headers["x-content-type-options"] == "nosniff"


def test_a_failure_is_a_page_and_no_value_is_logged(arrive, caplog):
    answer = arrive("steward").get("/probe/failure")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "1990" not in answer.text + caplog.text
    assert "ValueError" in caplog.text


def test_where_a_reason_is_required_it_is_asked_for_and_logged_with_every_look(arrive, desk):
    client = arrive("steward", reason="required")
    asked = client.get("/probe/orders/ORD-1", follow_redirects=False).headers["location"]
    assert asked == "/reason?next=/probe/orders/ORD-1"
    assert client.submit(asked, {"code": "other", "words": " "}).status_code == 422
    given = client.submit(asked, {"code": "request", "words": "Met  4711"}, follow_redirects=False)
    assert given.headers["location"] == "/probe/orders/ORD-1"
    client.get("/probe/orders/ORD-1")
    assert logged(desk)[-1] == ("consultation", "steward", '{"orders":["ORD-1"]}', "request: Met 4711")
    client.submit("/sign-out")
    client.sign_in("steward")
    assert client.get("/probe/see", follow_redirects=False).status_code == 303
