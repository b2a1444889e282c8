"""The server with real workers: launched over HTTP, watched to the end, told to pause and stop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.sync.client import connect

from normscope.core.telemetry import POINTS, concat_points, decode_points, metadata_of
from tests.contract.material import tiny_spec
from tests.served import Served, serving
from tests.server.reader import Reader

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, with_kernels: Callable[[Path], Path]) -> Iterator[Served]:
    """A server process with its launcher."""
    with serving(with_kernels(tmp_path_factory.mktemp("data"))) as made:
        yield made


def spec(**changes: Any) -> dict[str, Any]:
    """A spec as a client sends it."""
    return json.loads(tiny_spec(**changes).model_dump_json())


def get(served: Served, path: str) -> bytes:
    """GET below /api/runs."""
    answer = httpx.get(f"{served.url}/api/runs/{path}", timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.content


def watch(served: Served, run: str) -> Any:
    """Open the websocket."""
    return connect(f"{served.url.replace('http', 'ws')}/api/runs/{run}/stream", compression=None, max_size=None)


def test_what_was_streamed_is_what_can_be_loaded(served: Served) -> None:
    run = served.launch(spec(name="watched", steps=600))["id"]
    with watch(served, run) as connection:
        reader = Reader(connection)
        while not reader.records or reader.records[-1]["state"] != "finished":
            reader.read(120)
        reader.until(reader.records[-1]["sequence"])
    assert reader.sequences == list(range(1, reader.records[-1]["sequence"] + 1))
    chunks = [body for body in reader.bodies if body[:1] != b"{" and metadata_of(body)["kind"] == "points"]
    streamed = concat_points([decode_points(chunk) for chunk in chunks])
    answer = get(served, f"{run}/telemetry?points=100000")
    assert int(metadata_of(answer)["sequence"]) == reader.sequences[-1]
    loaded = decode_points(answer)
    for name in POINTS.names:
        np.testing.assert_array_equal(getattr(loaded, name), getattr(streamed, name), err_msg=name)
    record = reader.records[-1]
    assert record["step"] == 600
    assert {arm["name"] for arm in record["arms"]} == {"no norm", "BatchNorm"}
    assert all(arm["final"]["test_accuracy"] > 0 for arm in record["arms"])
    events = json.loads(get(served, f"{run}/events"))["events"]
    kinds = [event["event"]["type"] for event in events]
    assert kinds.count("checkpoint") >= 1, "one on its way, one at the end"
    assert [kind for kind in kinds if kind != "checkpoint"] == ["replicate_ended"] * 2


def test_commands_take_effect_and_are_told(served: Served) -> None:
    run = served.launch(spec(name="commanded", steps=1_000_000))["id"]
    with watch(served, run) as connection:
        reader = Reader(connection)
        states = ["running", "paused", "running", "stopped"]
        for state, command in zip(states, ["pause", "resume", "stop", None], strict=True):
            while not reader.records or reader.records[-1]["state"] != state:
                reader.read(120)
            if command is not None:
                asked = time.monotonic()
                _command(served, run, command)
            elif state == "stopped":
                assert time.monotonic() - asked < 5
    kinds = [event["event"]["kind"] for event in json.loads(get(served, f"{run}/events"))["events"] if _applied(event)]
    assert kinds == ["pause", "resume", "stop"]


def _applied(event: dict[str, Any]) -> bool:
    return bool(event["event"]["type"] == "applied")


def _command(served: Served, run: str, kind: str) -> None:

    answer = httpx.post(f"{served.url}/api/runs/{run}/commands", json={"kind": kind}, timeout=30)
    assert answer.status_code == 202, answer.text
