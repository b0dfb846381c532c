"""Coming and going with a name and a password."""

import pytest


def test_somebody_who_knows_the_password_is_let_in_until_they_leave(open_desk):
    client = open_desk("steward")
    answer = client.submit("/sign-out", follow_redirects=False)
    assert answer.headers["location"] == "/sign-in"
    assert client.get("/", follow_redirects=False).headers["location"] == "/sign-in?next=/"
    assert "You are signed out." in client.get("/sign-in").text
    assert "You are signed out." not in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("steward", "wrong horse battery staple", id="with a wrong password"),
        pytest.param("nobody", "correct horse battery staple", id="with an unknown name"),
        pytest.param("", "", id="with nothing"),
    ],
)
def test_others_are_not(open_desk, name, password):
    client = open_desk()
    answer = client.sign_in(name, password)
    assert answer.status_code == 422
    assert "The name, the password or the one-time code is wrong" in answer.text
    assert "concord" not in client.cookies


def test_a_page_sends_people_who_are_not_signed_in_to_the_sign_in_page(open_desk):
    answer = open_desk().get("/", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/"
