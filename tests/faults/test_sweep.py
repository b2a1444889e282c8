"""Sweeps that are disturbed: a worker killed, the server restarted, stopped while it runs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from normscope.storage.store import Store
from tests.contract.material import tiny_spec
from tests.served import Served, end, serving, start


def sweep(served: Served, *, cells: int = 6, steps: int = 1500) -> str:
    """A sweep over learning rates; its id."""
    axis = {"field": "optimizer.learning_rate", "values": [0.1 * n for n in range(1, cells + 1)]}
    base = tiny_spec("cell", steps=steps, hidden=32, evaluate_every=100).model_dump(mode="json")
    answer = httpx.post(f"{served.url}/api/sweeps", json={"base": base, "axes": [axis]}, timeout=30)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def wait(
    served: Served, sweep_id: str, true: Callable[[dict[str, Any]], bool], seconds: float = 300.0
) -> dict[str, Any]:
    """The sweep, as soon as it is as wanted."""
    deadline = time.monotonic() + seconds
    while True:
        record: dict[str, Any] = httpx.get(f"{served.url}/api/sweeps/{sweep_id}", timeout=30).json()
        if true(record):
            return record
        assert time.monotonic() < deadline, record
        time.sleep(0.05)


def worker_of(served: Served, run: str) -> int | None:
    """The process that trains a cell, by what the store knows; None: the cell has ended meanwhile."""
    store = Store(f"sqlite:///{served.data_dir / 'normscope.db'}")
    try:
        holder = store.holder(run)
    finally:
        store.close()
    return None if holder is None else holder.pid


def training(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells that make steps."""
    return [cell for cell in record["cells"] if cell["state"] == "running" and cell["step"] > 0]


@pytest.fixture
def served(tmp_path: Path, with_kernels: Callable[[Path], Path]) -> Iterator[Served]:
    """A server of its own with one worker."""
    with serving(with_kernels(tmp_path), WORKERS="1") as running:
        yield running


def test_a_killed_worker_costs_its_own_cell_at_most(served: Served) -> None:
    sweep_id = sweep(served)
    worker = None
    while worker is None:
        record = wait(served, sweep_id, lambda one: one["ended"] >= 1 and bool(training(one)))
        worker = worker_of(served, training(record)[0]["run"])
    os.kill(worker, signal.SIGKILL)
    done = wait(served, sweep_id, lambda one: one["state"] == "finished")
    # Whichever cell it was: the worker may have gone on to the next one before it was killed.
    states = sorted(cell["state"] for cell in done["cells"])
    assert states[:5] == ["finished"] * 5
    assert states[5] in ("finished", "interrupted")


def test_a_sweep_outlives_its_server(served: Served) -> None:
    sweep_id = sweep(served)
    wait(served, sweep_id, lambda one: bool(training(one)))
    served.process.kill()
    served.process.wait(10)
    again = start(served.data_dir, WORKERS="1")
    try:
        done = wait(again, sweep_id, lambda one: one["state"] == "finished")
        assert [cell["state"] for cell in done["cells"]] == ["finished"] * 6
    finally:
        end(again)


def test_a_stopped_sweep_starts_nothing_more(served: Served) -> None:
    sweep_id = sweep(served, steps=100_000)
    wait(served, sweep_id, lambda one: bool(training(one)))
    url = f"{served.url}/api/sweeps/{sweep_id}/commands"
    assert httpx.post(url, json={"kind": "stop"}, timeout=30).status_code == 202
    done = wait(served, sweep_id, lambda one: one["state"] == "stopped")
    assert {cell["state"] for cell in done["cells"]} == {"stopped"}
    assert sum(cell["step"] > 0 for cell in done["cells"]) == 1
