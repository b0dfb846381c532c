"""Dagster's webserver, daemon and code server as one program, of which the webserver is guarded.

Belongs here: starting, watching and stopping them. Does not: who may speak to the webserver
(`pipelines.webserver_guard`), how Dagster keeps its runs (`dagster.yaml`).
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import grpc
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context

from pipelines.nightly import check_database, name_folders
from pipelines.webserver_guard import WebserverGuard
from warehouse.home import Home

DEFINITIONS = "pipelines.definitions"
START_SECONDS, STOP_SECONDS, LOOK_SECONDS = 180, 20, 1


class ServiceEndedError(Exception):
    """The daemon or the code server ended on its own, or did not start."""


def serve_dagster(home: Home, listener: socket.socket, *, origin: str, token: str, may_change: bool) -> None:
    """Serve Dagster's pages until a signal, with all that runs nights behind them.

    Args:
        home: the folder of all state.
        listener: where the webserver listens.
        origin: the address that browsers know it by.
        token: what lets a browser or a proxy in.
        may_change: whether its pages may start and stop runs, schedules and sensors; else they only show.

    Raises:
        ServiceEndedError: a part did not start, or ended.
    """
    os.environ["CONCORD_HOME"] = str(home.path)
    name_folders(home)
    check_database()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else it would end without ending the others
    with (
        tempfile.TemporaryDirectory(prefix="concord-dagster-") as folder,
        dg.DagsterInstance.get() as instance,
        _started("dagster", "code-server", "start", "-m", DEFINITIONS, "-s", f"{folder}/code") as code,
    ):
        _await_code(code, f"{folder}/code")
        workspace = Path(folder) / "workspace.yaml"
        workspace.write_text(
            f"load_from:\n  - grpc_server:\n      socket: {folder}/code\n      location_name: {DEFINITIONS}\n"
        )
        target = WorkspaceFileTarget([str(workspace)])
        with (
            _started("dagster._daemon", "run", "-w", str(workspace)) as daemon,
            WorkspaceProcessContext(instance, target, read_only=not may_change) as context,
        ):
            app = create_app_from_workspace_process_context(context)
            _serve(WebserverGuard(app, origin=origin, token=token), listener, {"daemon": daemon, "code server": code})


@contextmanager
def _started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-m", *words]) as process:  # noqa: S603  # words of our own
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _await_code(process: subprocess.Popen[bytes], path: str) -> None:
    with grpc.insecure_channel(f"unix:{path}") as channel:
        ready = grpc.channel_ready_future(channel)
        for _ in range(START_SECONDS):
            if process.poll() is not None:
                break
            try:
                ready.result(LOOK_SECONDS)
            except grpc.FutureTimeoutError:
                continue
            else:
                return
    raise ServiceEndedError("Dagster's code server did not start: see its messages above")


def _serve(app: WebserverGuard, listener: socket.socket, beside: Mapping[str, subprocess.Popen[bytes]]) -> None:
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    server, ended = uvicorn.Server(config), list[str]()

    def watch() -> None:
        while not (ended or done.wait(LOOK_SECONDS)):
            ended.extend(name for name, process in beside.items() if process.poll() is not None)
        server.should_exit = True

    done = threading.Event()
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        server.run(sockets=[listener])
    finally:
        done.set()
        watching.join()
    if ended and not server.force_exit:
        raise ServiceEndedError(f"Dagster's {' and '.join(ended)} ended")
