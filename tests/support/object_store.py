"""An S3 server on this machine for tests, which can be made to fail as stores do."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client
from werkzeug.wrappers import Response

BUCKET = "concord"
# moto goes by the name and never checks the signature.
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request, Signature=any"}


class Quiet(WSGIRequestHandler):
    """Logs no request."""

    def log(self, *args: object) -> None:
        """Say nothing."""


class ObjectStore:
    """The server: moto's, behind what a test wants to go wrong.

    Attributes:
        fault: given method and key of each request; what it returns is the answer, None lets the request through.
    """

    def __init__(self) -> None:
        from moto.server import DomainDispatcherApplication, create_backend_app  # takes a second

        self._app = DomainDispatcherApplication(create_backend_app)
        self.client = Client(self._app)
        self.fault: Callable[[str, str], Response | None] | None = None

    def __call__(self, environ, start_response):
        fault = self.fault
        answer = fault(environ["REQUEST_METHOD"], environ["PATH_INFO"].lstrip("/")) if fault else None
        return (answer or self._app)(environ, start_response)

    def put(self, key: str, content: bytes) -> None:
        """Put an object, as somebody else would."""
        assert self.client.put(f"/{BUCKET}/{key}", data=content, headers=SIGNED).status_code == HTTPStatus.OK

    def get(self, key: str) -> bytes | None:
        """What an object holds; None if it is not there."""
        found = self.client.get(f"/{BUCKET}/{key}", headers=SIGNED)
        return found.data if found.status_code == HTTPStatus.OK else None

    def delete(self, key: str) -> None:
        """Take an object away."""
        self.client.delete(f"/{BUCKET}/{key}", headers=SIGNED)

    @contextmanager
    def failing(self, fault: Callable[[str, str], Response | None]) -> Iterator[None]:
        """Answer with a fault meanwhile."""
        self.fault = fault
        try:
            yield
        finally:
            self.fault = None

    def refuse_uploads_after(self, count: int) -> Callable[[str, str], Response | None]:
        """A fault: after so many uploads the store takes no more."""
        left = iter(range(count))

        def refuse(method: str, key: str) -> Response | None:
            return Response(status=503) if method == "PUT" and next(left, None) is None else None

        return refuse

    def list_as_now(self) -> Callable[[str, str], Response | None]:
        """A fault: whatever happens from now on, the store lists what it holds now."""
        listing = self.client.get(f"/{BUCKET}?list-type=2&prefix=landing%2F", headers=SIGNED)
        stale = Response(listing.data, content_type=listing.content_type)
        return lambda method, key: stale if method == "GET" and key.rstrip("/") == BUCKET else None


def hang(method: str, key: str) -> Response:
    """A fault: the answer comes when nobody waits for it any more."""
    time.sleep(2)
    return Response(status=503)


@pytest.fixture(scope="module")
def object_store() -> Iterator[ObjectStore]:
    """The server with an empty bucket; the environment holds its address and credentials."""
    store = ObjectStore()
    server = make_server("127.0.0.1", 0, store, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    store.client.post("/moto-api/reset")  # what an earlier module put there
    assert store.client.put(f"/{BUCKET}", headers=SIGNED).status_code == HTTPStatus.OK
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
        patch.setenv("AWS_ALLOW_HTTP", "true")
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_REGION", "us-east-1")
        patch.setattr("warehouse.object_store.TRIES", 1)
        patch.setattr("warehouse.object_store.REQUEST_WAIT", 1)
        patch.setattr("warehouse.object_store.PART_BYTES", 50_000)  # a DuckDB file has more
        yield store
    server.shutdown()
