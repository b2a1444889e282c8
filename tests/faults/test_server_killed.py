"""SIGKILL of the server at random moments: workers train on, the next server and its viewers miss nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from normscope.core.events import NumberedEvent
from normscope.core.telemetry import metadata_of
from normscope.execution import process
from normscope.settings import Settings
from normscope.storage.model import Message
from normscope.storage.store import Store
from tests import served
from tests.faults.conftest import serve
from tests.faults.rounds import (
    LATEST_SECONDS,
    ROUNDS,
    Uninterrupted,
    check_prefix,
    check_stream,
    moments,
    set_up,
    until,
)

pytestmark = pytest.mark.fault


def follow(server: served.Served, run: str, seen: list[bytes], stop_at: int | None = None) -> bool:
    """Collect numbered messages behind those ``seen``, until the connection breaks or ``stop_at`` of them are there.

    Returns whether the server said that the stream could be continued.
    """
    address = f"{server.url.replace('http', 'ws')}/api/runs/{run}/stream?epoch=1&after={len(seen)}"
    recovered = False
    try:
        with connect(address, compression=None, max_size=None) as socket:
            recovered = '"recovered":true' in str(socket.recv(120))
            while stop_at is None or len(seen) < stop_at:
                message = socket.recv(120)
                if isinstance(message, bytes):
                    sequence = int(metadata_of(message)["sequence"])
                elif message.startswith('{"sequence"'):
                    sequence = NumberedEvent.model_validate_json(message).sequence
                    message = message.encode()
                else:
                    continue
                if sequence:
                    assert sequence == len(seen) + 1, "neither gap nor duplicate"
                    seen.append(message)
    except (ConnectionClosed, OSError):
        return recovered
    return recovered


class Succession:
    """The present server of the shared data directory; the next round kills what this round started."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.present = serve(settings)

    def succeed(self) -> served.Served:
        """Start the next server; the present one must be dead."""
        self.present = serve(self._settings)
        return self.present


@pytest.fixture(scope="module")
def succession(warm_settings: Settings, undisturbed: dict[str, Uninterrupted]) -> Iterator[Succession]:
    made = Succession(warm_settings)
    yield made
    served.end(made.present, workers=False)


def before_stop(stream: list[Message], record: dict[str, Any]) -> list[Message]:
    """``stream`` without the chunks in which a stop closed windows that an undisturbed run would have filled."""
    return [m for m in stream if m.kind == "event" or int(metadata_of(m.body)["last_step"]) < record["step"]]


@pytest.mark.parametrize("seed", ROUNDS)
def test_killed_server(succession: Succession, store: Store, undisturbed: dict[str, Uninterrupted], seed: int) -> None:
    chance = moments(seed)
    first = succession.present
    runs = set_up(store)
    seen: dict[str, list[bytes]] = {plan: [] for plan in runs}
    with ThreadPoolExecutor(len(runs)) as pool:
        watching: list[Future[bool]] = [pool.submit(follow, first, runs[plan], seen[plan]) for plan in runs]
        time.sleep(chance.uniform(0, LATEST_SECONDS))
        first.process.kill()
        first.process.wait()
        assert [one.result(120) for one in watching] == [True] * len(runs)

    step = store.get(runs["running"]).step
    until(lambda: store.get(runs["running"]).step > step)
    for run in runs.values():
        holder = store.holder(run)
        assert holder is not None
        assert process.alive(holder), "workers outlive the server"

    second = succession.succeed()
    assert second.record(runs["paused"])["state"] == "paused"
    assert second.record(runs["running"])["state"] == "running"
    assert second.record(runs["evaluating"])["state"] == "running"
    for kind, run in (("resume", runs["paused"]), *(("stop", run) for run in runs.values())):
        answer = httpx.post(f"{second.url}/api/runs/{run}/commands", json={"kind": kind}, timeout=120)
        assert answer.status_code == 202, answer.text
    for plan, run in runs.items():
        record = second.wait(run, "stopped")
        stream = check_stream(store, run)
        assert record["sequence"] == len(stream)
        assert follow(second, run, seen[plan], len(stream)), "the viewer goes on where it was cut off"
        assert seen[plan] == [message.body for message in stream]
        check_prefix(before_stop(stream, record), undisturbed[plan])
