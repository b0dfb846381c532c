"""One-time codes: set up with password and code, asked for at sign-in, taken once, taken away by an administrator."""

import re

import pyotp
import pytest
from access_cases import logged
from desk_cases import PASSWORD
from nights import command
from typer.testing import CliRunner

from cli.door import system_user
from cli.main import app
from ledger.desk.accounts import set_identity
from ledger.desk.desk_tables import accounts
from warehouse.installation_key import FILE, FORMER, VARIABLE

SECRET = re.compile(r'name="secret" value="(\w+)"')


def code_at(secret, clock, *, later=0):
    return pyotp.TOTP(secret).at(clock(), counter_offset=later)


@pytest.fixture
def secret(steward, clock):
    """The steward's, who has set it up."""
    made = SECRET.search(steward.get("/second-factor").text)[1]
    answer = set_up(steward, made, code_at(made, clock))
    assert "is set up" in answer.text
    return made


def set_up(client, secret, code, password=PASSWORD):
    return client.submit("/second-factor", {"secret": secret, "code": code, "password": password})


def enter(open_desk, code):
    client = open_desk(None)
    fields = {"name": "steward", "password": PASSWORD, "code": code}
    return client.submit("/sign-in", fields, follow_redirects=False).status_code


def test_the_page_shows_a_picture_and_the_same_secret_as_text(steward):
    page = steward.get("/second-factor").text
    assert "<svg" in page
    assert f'<code class="desk-code">{SECRET.search(page)[1]}</code>' in page


@pytest.mark.parametrize(
    ("right_code", "password", "words"), [(False, PASSWORD, "code is not right"), (True, "x", "not your")]
)
def test_it_is_set_up_only_with_a_code_and_the_password(steward, clock, right_code, password, words):
    made = SECRET.search(steward.get("/second-factor").text)[1]
    answer = set_up(steward, made, code_at(made, clock) if right_code else "000000", password)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert SECRET.search(answer.text)[1] == made


def test_from_then_on_a_code_is_needed_and_each_is_taken_once(open_desk, secret, clock):
    assert enter(open_desk, "") == 422
    assert enter(open_desk, "123456" if code_at(secret, clock) != "123456" else "654321") == 422
    assert enter(open_desk, f" {code_at(secret, clock)[:3]} {code_at(secret, clock)[3:]}") == 303
    assert enter(open_desk, code_at(secret, clock)) == 422
    clock.move(seconds=60)
    assert enter(open_desk, code_at(secret, clock, later=-1)) == 303
    assert enter(open_desk, code_at(secret, clock, later=-3)) == 422


def test_the_secret_is_kept_sealed_and_setting_up_is_logged(desk, secret):
    with desk.reading() as connection:
        rows = connection.execute(accounts.select()).all()
    assert secret not in str(rows)
    assert ("alteration", "steward") in [entry[:2] for entry in logged(desk)]


def test_an_administrator_takes_it_away_and_its_sessions_end(steward, administrator, open_desk, secret):
    assert steward.get("/queue", follow_redirects=False).status_code == 200
    administrator.submit("/accounts/steward", {"change": "second-factor"})
    assert steward.get("/queue", follow_redirects=False).status_code == 303
    assert enter(open_desk, "") == 303


def test_where_it_is_required_everybody_is_sent_to_set_it_up_first(open_desk, clock):
    client = open_desk("steward", second_factor="required")
    asked = client.get("/queue", follow_redirects=False)
    assert asked.headers["location"] == "/second-factor?next=/queue"
    made = SECRET.search(client.get("/second-factor").text)[1]
    set_up(client, made, code_at(made, clock))
    assert client.get("/queue", follow_redirects=False).status_code == 200


def test_a_secret_that_no_app_has_is_not_kept(steward):
    answer = set_up(steward, "<script>", "000000")
    assert answer.status_code == 422
    assert "<script>" not in answer.text.replace("<script src", "")


def test_the_command_takes_it_away(tmp_path):
    said = command("accounts", "reset-second-factor", "nobody", home=tmp_path)
    assert said.exit_code != 0


@pytest.fixture
def concord(desk, monkeypatch):
    """Runs commands on the desk's home and ledger, as an administrator."""
    with desk.writing() as connection:
        set_identity(connection, "administrator", f"os|{system_user()}")
    monkeypatch.setenv("CONCORD_LEDGER", desk.ledger_url)
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--home", str(desk.home.path)])


@pytest.mark.parametrize(
    "former",
    [pytest.param(None, id="the file in the home"), pytest.param("a key", id="a variable of the environment")],
)
def test_under_a_new_key_codes_are_taken_and_the_former_key_goes_once_secrets_are_resealed(
    concord, open_desk, desk, clock, request, monkeypatch, tmp_path, former
):
    if former:
        monkeypatch.setenv(VARIABLE, former)
        monkeypatch.setenv(FORMER, former)
    secret = request.getfixturevalue("secret")
    monkeypatch.setenv(VARIABLE, "a new key")
    assert enter(open_desk, code_at(secret, clock)) == 303
    said = concord("accounts", "reseal-second-factors")
    assert (said.exit_code, said.stdout) == (0, "1 second factors are sealed by the present key\n")
    assert ("alteration", "administrator") in [entry[:2] for entry in logged(desk)]
    assert enter(open_desk, code_at(secret, clock)) == 422, "what was taken stays taken"
    monkeypatch.delenv(FORMER, raising=False)
    if former is None:
        (desk.home.desk / FILE).rename(tmp_path / FILE)
        request.addfinalizer(lambda: (tmp_path / FILE).rename(desk.home.desk / FILE))
    clock.move(seconds=60)
    assert enter(open_desk, code_at(secret, clock)) == 303


def test_a_second_factor_that_no_key_opens_is_named_and_left_as_it_is(concord, open_desk, clock, request, monkeypatch):
    monkeypatch.setenv(VARIABLE, "a key that is lost")
    secret = request.getfixturevalue("secret")
    monkeypatch.delenv(VARIABLE)
    said = concord("accounts", "reseal-second-factors")
    assert (said.exit_code, "second factors of steward" in said.stderr) == (1, True)
    monkeypatch.setenv(VARIABLE, "a key that is lost")
    assert enter(open_desk, code_at(secret, clock)) == 303
