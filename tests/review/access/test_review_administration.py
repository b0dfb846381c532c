"""What administrators do to accounts, what they read of the log, and that nobody else does."""

import json
import re
from datetime import UTC, datetime

import pytest
from access_cases import logged, probed_app
from desk_cases import ORIGIN, PASSWORD, Client, settings_of
from shares import one_in

from ledger.audit import ACTS
from ledger.desk.accounts import find_account
from review.access.audit_reading import ACT_WORDS, describe_entry

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NEW_PASSWORD = re.compile(r'<code class="desk-code">([^<]+)</code>')


@pytest.fixture
def desk_home(tmp_path):
    return tmp_path


@pytest.fixture
def arrive(desk):
    def arrived(name, password=PASSWORD):
        client = Client(probed_app(desk, settings_of()), base_url=ORIGIN, raise_server_exceptions=False)
        assert client.sign_in(name, password).status_code == 303
        return client

    return arrived


def account_of(desk, name):
    with desk.database.reading() as connection:
        return find_account(connection, name)


def test_an_account_is_made_with_a_password_that_is_shown_once(arrive, desk):
    office = arrive("administrator")
    shown = office.submit("/accounts", {"name": "kim", "role": "steward", "forces": ["01", "46"]}).text
    password = NEW_PASSWORD.search(shown)[1]
    assert password not in office.get("/accounts").text
    assert account_of(desk, "kim").forces == {"01", "46"}
    kim = arrive("kim", password)
    assert choose_own(kim, password).status_code == 303
    assert kim.get("/probe/decide").status_code == 200
    assert password not in str(logged(desk))


def choose_own(client, given, own="my very own secret words"):
    return client.submit("/password", {"old_password": given, "new_password": own}, follow_redirects=False)


def given_password(office, name):
    return NEW_PASSWORD.search(office.submit(f"/accounts/{name}", {"change": "password"}).text)[1]


def test_a_password_that_somebody_else_chose_opens_nothing_until_it_is_changed(arrive):
    given = given_password(arrive("administrator"), "steward")
    theirs = arrive("steward", given)
    for path in ("/probe/see", "/probe/decide"):
        assert theirs.get(path, follow_redirects=False).headers["location"] == f"/password?next={path}"
    assert "Another person chose your password" in theirs.get("/password").text
    assert "Choose a different one" in choose_own(theirs, given, given).text
    assert theirs.get("/probe/see", follow_redirects=False).status_code == 303
    assert choose_own(theirs, given).status_code == 303
    assert theirs.get("/probe/see").status_code == 200


def test_a_password_that_somebody_else_chose_ends_after_a_week(arrive, clock):
    office = arrive("administrator")
    given = given_password(office, "steward")
    clock.move(days=7, minutes=1)
    theirs = Client(office.app, base_url=ORIGIN)
    assert theirs.sign_in("steward", given).status_code == 422
    assert arrive("steward", given_password(arrive("administrator"), "steward"))


@one_in(
    2,
    ("fields", "words"),
    [
        pytest.param({"name": "steward", "role": "viewer"}, "already", id="a name that is taken"),
        pytest.param({"name": "kim", "role": "king"}, "no role", id="an unknown role"),
        pytest.param({"name": "kim", "role": "viewer", "forces": "9Z"}, "9Z", id="an unknown force"),
        pytest.param({"name": "<script>", "role": "viewer"}, "is made of letters", id="markup"),
        pytest.param({"name": "kim", "role": "viewer"}, "Choose forces", id="no force"),
        pytest.param({"name": "kim", "role": "viewer", "forces": ["all", "01"]}, "all", id="all forces and one"),
        pytest.param({}, "name is", id="nothing"),
        *(
            pytest.param({"name": name, "role": "viewer"}, "made of letters", id=f"a name that no page opens: {name}")
            for name in ("..", "a/b", "kim?", "kim#1", "kim khan", "Kіm", "operator")
        ),
        *(
            pytest.param({"name": name, "role": "viewer"}, "look alike", id=f"a name like another: {name}")
            for name in ("Steward", "stevvard", "st.eward", "steward-2")
        ),
    ],
)
def test_what_can_not_be_made_is_reported_beside_what_was_typed(arrive, fields, words):
    answer = arrive("administrator").submit("/accounts", fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert "<script>" not in answer.text.split("<main", 1)[1]


def test_an_account_is_changed_closed_and_opened(arrive, desk):
    office, theirs = arrive("administrator"), arrive("viewer")
    office.submit("/accounts/viewer", {"change": "role", "role": "steward", "forces": "01"})
    assert (account_of(desk, "viewer").role, account_of(desk, "viewer").forces) == ("steward", {"01"})
    assert theirs.get("/probe/see", follow_redirects=False).status_code == 303
    office.submit("/accounts/viewer", {"change": "close"})
    assert theirs.sign_in("viewer").status_code == 422
    office.submit("/accounts/viewer", {"change": "open"})
    assert theirs.sign_in("viewer").status_code == 303
    shown = office.submit("/accounts/viewer", {"change": "password"}).text
    assert arrive("viewer", NEW_PASSWORD.search(shown)[1])
    assert office.submit("/accounts/viewer", {"change": "rename"}).status_code == 422
    assert office.get("/accounts/nobody").status_code == 404


def test_administrators_do_not_lock_themselves_out(arrive, desk):
    office = arrive("administrator")
    for change in ("role", "close"):
        answer = office.submit("/accounts/administrator", {"change": change, "role": "viewer"})
        assert answer.status_code == 422
    assert account_of(desk, "administrator").disabled_at is None


@pytest.mark.parametrize("path", ["/accounts", "/accounts/viewer", "/audit"])
@pytest.mark.parametrize("name", ["viewer", "steward", "approver"])
def test_nobody_else_comes_there(arrive, path, name):
    assert arrive(name).get(path).status_code == 403


def test_people_change_their_own_password_and_are_out_everywhere_else(arrive):
    here, elsewhere = arrive("steward"), arrive("steward")
    other = "a wholly other secret"
    wrong = here.submit("/password", {"old_password": "x", "new_password": other})
    assert "not your password" in wrong.text
    weak = here.submit("/password", {"old_password": PASSWORD, "new_password": "short"})
    assert "too short" in weak.text
    here.submit("/password", {"old_password": PASSWORD, "new_password": other})
    assert here.get("/probe/see").status_code == 200
    assert elsewhere.get("/probe/see", follow_redirects=False).status_code == 303
    assert elsewhere.sign_in("steward", other).status_code == 303


def test_the_log_is_read_by_what_is_asked_and_the_reading_is_logged(arrive, desk, clock):
    arrive("steward").get("/probe/orders/ORD-7")
    clock.move(days=1)
    arrive("viewer").get("/probe/orders/ORD-8")
    office = arrive("administrator")
    assert "ORD-7" in office.get("/audit").text
    by_user = office.get("/audit", params={"act": "consultation", "user": "viewer"}).text
    assert "ORD-8" in by_user
    assert "ORD-7" not in by_user
    assert "ORD-8" not in office.get("/audit", params={"until": "2026-11-20", "act": "consultation"}).text
    assert "ORD-7" in office.get("/audit", params={"key": "ORD-7", "since": "2026-11-20"}).text
    assert "ORD-7" not in office.get("/audit", params={"key": "%", "act": "consultation"}).text
    assert logged(desk)[-1][:3] == ("consultation", "administrator", '{"audit_log":{"act":"consultation","key":"%"}}')


def test_a_long_log_is_read_page_by_page(arrive):
    client, office = arrive("steward"), arrive("administrator")
    for number in range(60):
        client.get(f"/probe/orders/ORD-{number:03}")
    first = office.get("/audit", params={"act": "consultation", "user": "steward"}).text
    further = re.search(r'href="(/audit\?[^"]+)">Earlier', first)[1].replace("&amp;", "&")
    seen = [set(re.findall(r"ORD-\d{3}", text)) for text in (first, office.get(further).text)]
    assert [len(orders) for orders in seen] == [50, 10]
    assert not seen[0] & seen[1]


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"before": "x"}, {"until": "2026-02-30"}])
def test_a_question_that_can_not_be_read_is_reported(arrive, query):
    assert arrive("administrator").get("/audit", params=query).status_code == 422


def test_the_log_says_in_words_who_did_what_to_what():
    what = {"page": "queue", "orders": ["ORD-1", "ORD-2"], "items": ["near_match-ORD-1-ORD-2"]}
    row = {"sequence": 7, "at": NOW, "who": "kim", "act": "consultation", "reason": None, "digest": "ab" * 32}
    line = describe_entry(row | {"what": json.dumps(what)})
    assert (line.who, line.did, line.about) == ("kim", "Looked at the queue", "2 orders, item near_match-ORD-1-ORD-2")
    assert ("orders", "ORD-1, ORD-2") in line.keys
    later = describe_entry(row | {"act": "moved", "what": json.dumps({"page": "new_page", "pack_lines": 3})})
    assert (later.did, later.about) == ("moved the page “new page”", "pack lines 3")


def test_every_act_of_the_log_has_words():
    assert set(ACTS) == ACT_WORDS.keys()
