"""SIGKILL of workers at random moments: shown as interrupted, with everything that was stored."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from normscope.settings import Settings
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


@pytest.fixture(scope="module")
def server(warm_settings: Settings, undisturbed: dict[str, Uninterrupted]) -> Iterator[served.Served]:
    made = serve(warm_settings)
    yield made
    served.end(made, workers=False)


@pytest.mark.parametrize("seed", ROUNDS)
def test_killed_workers(server: served.Served, store: Store, undisturbed: dict[str, Uninterrupted], seed: int) -> None:
    chance = moments(seed)
    runs = set_up(store)
    plans = chance.sample(sorted(runs), len(runs))
    began = time.monotonic()
    for plan, moment in zip(plans, sorted(chance.uniform(0, LATEST_SECONDS) for _ in plans), strict=True):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        holder = store.holder(runs[plan])
        assert holder is not None
        before = store.get(runs[plan])
        assert before.state == ("paused" if plan == "paused" else "running")
        os.kill(holder.pid, signal.SIGKILL)
    for plan in plans:
        run = runs[plan]
        until(lambda run=run: server.record(run)["state"] == "interrupted")  # type: ignore[misc]
        record = server.record(run)
        assert "ended without a word" in record["error"]
        stream = check_stream(store, run)
        assert record["sequence"] == len(stream)
        check_prefix(stream, undisturbed[plan])
