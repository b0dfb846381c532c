"""Speaking to an object store such as S3 or Azure: opening it, reading objects, its errors in plain words.

Belongs here: the library that speaks to stores, its waits and its errors. Does not: what is brought from a store or put
there (`warehouse.storage`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

# Seconds: for a connection, for a request, for all tries of one; and how often one is tried again.
CONNECT_WAIT, REQUEST_WAIT, TRIES_WAIT, TRIES = 5, 60, 180, 5
# A file is asked for in parts of this size, each a request, so that a large one may take longer than a request.
PART_BYTES = 1 << 25


class StorageError(Exception):
    """A store does not answer, refuses, or holds something else than it should; the message says what to do."""


def library() -> Any:
    """The library that speaks to stores.

    Raises:
        StorageError: it is not installed.
    """
    try:
        import obstore.exceptions
        import obstore.store
    except ImportError:
        raise StorageError(
            "object stores need a library that is not installed: pip install 'concord[storage]'"
        ) from None
    return obstore


def open_store(url: str) -> "ObjectStore":
    """The store at an address.

    Raises:
        StorageError: the address can't be used, or the library is not installed.
    """
    obstore = library()
    try:
        return obstore.store.from_url(
            url,
            client_options={
                "connect_timeout": timedelta(seconds=CONNECT_WAIT),
                "timeout": timedelta(seconds=REQUEST_WAIT),
                # The library reads it from the environment only where no other option of the client is given.
                "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true",
            },
            retry_config={"max_retries": TRIES, "retry_timeout": timedelta(seconds=TRIES_WAIT)},
        )
    except (obstore.exceptions.BaseError, ValueError) as error:
        raise StorageError(f"{url} is not the address of a store that can be used ({type(error).__name__})") from None


@contextmanager
def explained(url: str) -> Iterator[None]:
    """The store's errors in words. Its own messages may quote addresses that are signed."""
    errors = library().exceptions
    try:
        yield
    except FileNotFoundError:
        raise StorageError(
            f"{url} lists an object that is gone, or has no such bucket: see there, then run again"
        ) from None
    except errors.PreconditionError:
        raise StorageError(f"{url}: an object changed while it was read: run again") from None
    except errors.BaseError as error:
        raise StorageError(
            f"{url} does not answer, or refuses ({type(error).__name__}): check the address, the network, and the "
            "credentials in the environment, then run again"
        ) from None


def read_object(store: "ObjectStore", path: str) -> bytes | None:
    """A small object; None if there is none."""
    try:
        return bytes(library().get(store, path).bytes())
    except FileNotFoundError:
        return None


def download(store: "ObjectStore", found: "ObjectMeta", to: Path, condition: dict[str, str]) -> None:
    """Read an object into a file, part by part, each on that condition."""
    with to.open("wb") as file:
        for start in range(0, found["size"], PART_BYTES):
            part = {"range": (start, min(start + PART_BYTES, found["size"]))}
            file.write(library().get(store, found["path"], options=part | condition).bytes())
