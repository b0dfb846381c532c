"""How often somebody may try to sign in, and who is held up by it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from desk_cases import PASSWORD, STARTED_AT, Client, settings_of

from cli.desk_server import server_config
from ledger.audit import audit_log
from ledger.decisions.database import Database
from review.access.attempt_limits import AttemptLimits, TooManyAttemptsError
from review.app import create_app


@pytest.fixture
def desk_home(tmp_path):
    return tmp_path


@pytest.fixture
def come(desk):
    """Makes browsers at an address."""

    def came(address="10.0.0.1", **changed):
        app = create_app(desk, settings_of(**changed))
        return Client(app, base_url="http://127.0.0.1:8000", client=(address, 50_000))

    return came


def fail(client, times, name="steward"):
    return [client.sign_in(name, "wrong horse battery staple").status_code for _ in range(times)]


def test_after_some_failures_further_attempts_must_wait(come, clock):
    client = come(attempts_by_name=5, attempt_minutes=15)
    assert fail(client, 6) == [422] * 5 + [429]
    answer = client.sign_in("steward")
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text
    assert answer.headers["retry-after"] == "900"
    clock.move(minutes=15)
    assert client.sign_in("steward").status_code == 303


def test_waiting_attempts_do_not_make_the_wait_longer(come, clock):
    client = come(attempts_by_name=3, attempt_minutes=15)
    fail(client, 3)
    clock.move(minutes=14)
    assert fail(client, 5) == [429] * 5
    clock.move(minutes=1)
    assert client.sign_in("steward").status_code == 303


def test_a_name_in_other_letters_is_the_same_name(come):
    client = come(attempts_by_name=3)
    fail(client, 3, name="STEWARD")
    assert client.sign_in("steward").status_code == 429


def test_unknown_names_are_held_up_as_known_ones(come):
    assert fail(come(attempts_by_name=3), 4, name="nobody") == [422, 422, 422, 429]


def test_many_names_from_one_address_are_held_up(come):
    client = come(attempts_by_address=4)
    assert [fail(client, 1, name=f"name {number}")[0] for number in range(5)] == [422] * 4 + [429]
    assert come(address="10.0.0.2", attempts_by_address=4).sign_in("steward").status_code == 303


@pytest.mark.parametrize(
    ("proxies", "last"),
    [
        pytest.param((), 429, id="no proxy is believed unless one is set"),
        pytest.param(("10.0.0.2",), 429, id="another than the proxy is not believed"),
        pytest.param(("10.0.0.0/24",), 422, id="the proxy is believed"),
    ],
)
def test_an_address_that_a_request_says_of_itself_neither_lifts_the_limit_nor_stands_in_the_log(desk, proxies, last):
    settings = settings_of(attempts_by_address=3, proxies=proxies)
    config = server_config(create_app(desk, settings), settings)
    config.load()
    client = Client(config.loaded_app, base_url="http://127.0.0.1:8000", client=("10.0.0.1", 50_000))
    answers = []
    for number in range(4):
        client.headers["X-Forwarded-For"] = f"192.0.2.{number}"
        answers += fail(client, 1, name=f"name {number}")
    assert answers == [422] * 3 + [last]
    with desk.reading() as connection:
        assert "192.0.2." not in str(connection.execute(audit_log.select()).all())


def test_nobody_is_locked_out_of_a_browser_in_which_they_signed_in_before(come):
    own = come()
    own.sign_in("steward")
    own.submit("/sign-out")
    attacker = come(address="10.0.0.9")
    assert fail(attacker, 6)[-1] == 429
    assert attacker.sign_in("steward").status_code == 429
    assert own.sign_in("steward").status_code == 303


def test_a_browser_that_signed_in_before_is_held_up_for_its_own_failures(come):
    own = come(attempts_by_name=3)
    own.sign_in("steward")
    own.submit("/sign-out")
    assert fail(own, 4) == [422, 422, 422, 429]
    assert own.sign_in("steward", PASSWORD).status_code == 429


def test_of_many_guesses_at_once_no_more_are_looked_at_than_one_after_the_other(ledger_url):
    database, limits = Database(ledger_url, patience=30), AttemptLimits(settings_of(attempts_by_name=5))
    database.migrate()

    def guess(number):
        try:
            with database.writing() as connection:
                counts = limits.counts(connection, name="steward", address=f"10.0.0.{number}", browser=None)
                limits.admit(connection, counts, at=STARTED_AT)
        except TooManyAttemptsError:
            return False
        return True

    with ThreadPoolExecutor(16) as guessers:
        assert sum(guessers.map(guess, range(60))) == 5
    database.close()


def test_guesses_of_the_password_of_an_open_session_must_wait_too(come):
    client = come(attempts_by_name=3)
    client.sign_in("steward")
    wrong = {"old_password": "wrong horse", "new_password": "a long new one of seven words"}
    assert [client.submit("/password", wrong).status_code for _ in range(4)] == [422, 422, 422, 429]
    right = wrong | {"old_password": PASSWORD}
    assert client.submit("/password", right).status_code == 429
