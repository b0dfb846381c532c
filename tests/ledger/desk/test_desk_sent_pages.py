"""Pages that forms led to: whose they are, for how long, and which look is the first."""

from datetime import timedelta

import pytest
from ledger_cases import START

from ledger.desk.sent_pages import KEPT_FOR, MOST_KEPT, SentPage, save_sent_page, take_sent_page

PAGE = SentPage("<p>Check before you save</p>", 200, {"orders": ["ORD-1"]})


@pytest.fixture
def database(tmp_path, make_ledger):
    made = make_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield made
    made.close()


def kept(database, *, session="s1", at=START) -> str:
    with database.writing() as connection:
        return save_sent_page(connection, PAGE, session=session, at=at)


def taken(database, name, *, session="s1", at=START):
    with database.writing() as connection:
        return take_sent_page(connection, name, session=session, at=at)


def test_the_first_look_is_reported_from_the_others(database):
    name = kept(database)
    assert taken(database, name) == PAGE
    assert taken(database, name) == SentPage(PAGE.html, PAGE.status, PAGE.consulted, is_first_look=False)


@pytest.mark.parametrize(
    ("session", "after"),
    [
        pytest.param("s2", timedelta(0), id="another session"),
        pytest.param("s1", KEPT_FOR + timedelta(seconds=1), id="after its time"),
    ],
)
def test_a_page_is_found_by_its_session_and_in_its_time(database, session, after):
    assert taken(database, kept(database), session=session, at=START + after) is None


def test_the_oldest_pages_of_a_session_make_room(database):
    names = [kept(database, at=START + timedelta(seconds=place)) for place in range(MOST_KEPT + 1)]
    other = kept(database, session="s2")
    assert taken(database, names[0]) is None
    assert taken(database, names[1]) is not None
    assert taken(database, other, session="s2") is not None
