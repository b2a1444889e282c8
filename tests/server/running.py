"""The application under uvicorn in a thread, with an executor that trains nothing: tests write the streams."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from normscope.core.record import ArmProgress, Progress, ReplicateCounts
from normscope.core.spec import RunSpec
from normscope.core.telemetry import Points
from normscope.execution import process
from normscope.execution.base import Executor
from normscope.server.app import create_app
from normscope.server.serve import Server, address, listen
from normscope.settings import Settings
from normscope.storage import nudge
from normscope.storage.model import Lease, Message
from normscope.storage.store import Store
from tests.contract.material import event_message, manifest_message, points_message, tiny_spec


class Idle:
    """Implements ``Executor``; remembers what it was asked for."""

    def __init__(self) -> None:
        self.started: list[str] = []

    def prepare(self) -> None:
        """Nothing to prepare."""

    def start(self, run_id: str) -> None:
        """Remember."""
        self.started.append(run_id)

    def stop(self, run_id: str) -> None:
        """Nothing to stop."""

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class Running:
    """A server that answers at ``url``; ``store`` is a connection of the test's own."""

    url: str
    store: Store
    settings: Settings
    executor: Idle
    client: httpx.Client

    def get(self, path: str, **query: Any) -> httpx.Response:
        """GET below /api."""
        return self.client.get(f"/api{path}", params=query or None)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """POST JSON below /api."""
        return self.client.post(f"/api{path}", json=body, headers=headers)

    def watch(self, run: str, query: str = "", **options: Any) -> ClientConnection:
        """Open the run's websocket."""
        return connect(f"{self.url.replace('http', 'ws')}/api/runs/{run}/stream{query}", compression=None, **options)


@dataclass
class Worker:
    """Writes a run's stream as a worker would."""

    store: Store
    run: str
    lease: Lease
    sequence: int = 0
    sent: list[Message] = field(default_factory=list)

    def append(self, messages: Sequence[Message], *, tail: bytes | None = None, step: int = 0) -> None:
        """Store messages whose sequences continue."""
        arm = ArmProgress(name="no norm", replicates=ReplicateCounts(running=1), latest={"train_loss": float("nan")})
        self.store.append(self.lease, messages, tail=tail, progress=Progress(step=step, phase="training", arms=(arm,)))
        self.sequence += len(messages)
        self.sent += messages

    def manifest(self) -> None:
        """Store message 1."""
        self.append([manifest_message()])

    def points(self, content: Points) -> None:
        """Store one chunk."""
        self.append([points_message(self.run, self.sequence + 1, content)])

    def event(self) -> None:
        """Store one event."""
        self.append([event_message(self.sequence + 1)])

    def end(self) -> None:
        """Finish the run."""
        self.store.set_state(self.lease, "finished")


def worker(running: Running, spec: RunSpec | None = None) -> Worker:
    """A run of its own, leased."""
    run = running.store.create(spec or tiny_spec(), estimated_seconds=1.0).id
    return Worker(running.store, run, running.store.acquire(run, process.this_process()))


@contextlib.contextmanager
def running(
    folder: Path,
    *,
    pages: Path | None = None,
    execute: Callable[[Settings], Executor] | None = None,
    **options: Any,
) -> Iterator[Running]:
    """Serve from ``folder``; ``options`` are settings."""
    settings = Settings(data_dir=folder, datasets_dir=folder / "datasets", port=0, download=False, **options)
    idle, ready = Idle(), threading.Event()
    listener = listen(settings)
    app = create_app(settings, pages=pages or folder / "no-pages", execute=execute or (lambda _: idle))
    server = Server(app, settings, ready.set)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert ready.wait(60), "the server did not start"
        url = address(listener, settings)
        with (
            contextlib.closing(Store(settings.url, nudge=nudge.sender(folder))) as store,
            httpx.Client(base_url=url, timeout=60) as client,
        ):
            yield Running(url, store, settings, idle, client)
    finally:
        server.should_exit = True
        thread.join(60)
        listener.close()
    assert not thread.is_alive()


def body(spec: RunSpec | None = None, **changes: Any) -> dict[str, Any]:
    """A spec as a client sends it."""
    return json.loads((spec or tiny_spec()).model_dump_json()) | changes


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem in an answer."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    return found
