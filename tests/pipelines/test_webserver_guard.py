"""Who may speak to Dagster's webserver: nobody without the token, and no other site's page with it."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from pipelines.webserver_guard import COOKIE, WebserverGuard

HERE, PROXY = "http://127.0.0.1:3000", "https://dagster.force.example"
SOCKET = "ws://127.0.0.1:3000/graphql"
TOKEN = "t" * 32
BEARER = {"authorization": f"Bearer {TOKEN}"}


async def answer(_request):
    return PlainTextResponse("answered")


async def talk(websocket):
    await websocket.accept()
    await websocket.close()


def client(origin=HERE):
    routes = [Route("/{path:path}", answer, methods=["GET", "POST"]), WebSocketRoute("/graphql", talk)]
    return TestClient(
        WebserverGuard(Starlette(routes=routes), origin=origin, token=TOKEN), base_url=origin, follow_redirects=False
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 401, id="nobody"),
        pytest.param({"authorization": "Bearer guessed"}, 401, id="a wrong token"),
        pytest.param({"cookie": f"{COOKIE}=guessed"}, 401, id="a wrong cookie"),
        pytest.param({"cookie": '"; = ,'}, 401, id="a cookie that is none"),
        pytest.param(BEARER, 200, id="a program or a proxy"),
        pytest.param({"cookie": f"{COOKIE}={TOKEN}"}, 200, id="a browser that was let in"),
        pytest.param(BEARER | {"origin": HERE}, 200, id="a page of its own"),
        pytest.param(BEARER | {"origin": "http://localhost:3000"}, 200, id="another name of this machine"),
        pytest.param(BEARER | {"origin": "https://evil.example"}, 403, id="another site's page"),
        pytest.param(BEARER | {"origin": "http://127.0.0.1:8000"}, 403, id="another program's page on this machine"),
        pytest.param(BEARER | {"origin": "null"}, 403, id="a page that hides where it is from"),
        pytest.param(BEARER | {"sec-fetch-site": "cross-site"}, 403, id="a link in another site's page"),
        pytest.param(BEARER | {"host": "evil.example"}, 400, id="another name for this address"),
        pytest.param(BEARER | {"host": "127.0.0.1:8000"}, 400, id="another port"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_is_answered_if_it_holds_the_token_and_comes_from_here(headers, status, method):
    assert client().request(method, "/graphql", headers=headers).status_code == status


def test_a_browser_is_let_in_by_the_link_and_its_cookie_is_sent_by_no_other_site():
    browser = client()
    let_in = browser.get(f"/runs?token={TOKEN}")
    assert (let_in.status_code, let_in.headers["location"]) == (303, "/runs")
    for mark in ("HttpOnly", "SameSite=strict"):
        assert mark in let_in.headers["set-cookie"]
    assert browser.get("/runs").status_code == 200
    assert client().get("/?token=guessed").status_code == 401


def test_the_link_leads_to_no_other_host():
    assert client().get(f"{HERE}//evil.example/?token={TOKEN}").headers["location"] == "/evil.example/"


def test_nothing_is_changed_by_a_link():
    assert client().get("/graphql?query=mutation", headers=BEARER).status_code == 405
    assert client().get("/graphql", headers=BEARER).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nobody"),
        pytest.param(BEARER | {"origin": "https://evil.example"}, id="another site's page"),
    ],
)
def test_a_websocket_is_refused_to(headers):
    with pytest.raises(WebSocketDisconnect), client().websocket_connect(SOCKET, headers=headers):
        pass


def test_a_websocket_is_opened_to_who_holds_the_token():
    with client().websocket_connect(SOCKET, headers=BEARER | {"origin": HERE}):
        pass


def test_behind_a_proxy_it_answers_to_the_name_that_the_proxy_gives_it_alone():
    assert client(PROXY).get("/", headers=BEARER | {"origin": PROXY}).status_code == 200
    assert client(PROXY).get("/", headers=BEARER | {"host": "127.0.0.1:3000"}).status_code == 400
    assert "Secure" in client(PROXY).get(f"/?token={TOKEN}").headers["set-cookie"]
