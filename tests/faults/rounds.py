"""What the fault tests share: the runs that are killed, and what must hold of them afterwards.

In each round one run trains, one is paused, one spends most of its time evaluating; what is killed, and when, is
drawn from the round's seed. ``NORMSCOPE_RESUME_ROUNDS=50`` makes so many rounds of each kind with runs that are taken
up again.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.compute

from normscope.core.events import ManifestEvent, NumberedEvent
from normscope.core.record import RunRecord
from normscope.core.spec import RunSpec
from normscope.core.telemetry import POINTS, Points, concat_points, decode_points, decode_vectors, metadata_of
from normscope.execution import process
from normscope.storage import checkpoints
from normscope.storage.model import Message
from normscope.storage.store import Store
from normscope.training import checkpoint
from tests import served
from tests.contract.material import everything, tiny_spec

ROUNDS = range(20)
LATEST_SECONDS = 0.6
"""The last moment, after all runs are as they should be, at which something is killed."""
RESUME_ROUNDS = range(int(os.environ.get("NORMSCOPE_RESUME_ROUNDS", "1")))
RESUME_SPEED = 300
"""Steps a second at most: a run shall not have ended before a test that had to wait for the processor could kill it."""
RESUME_LATEST_SECONDS = 0.1
"""After a step was seen, a worker lives on for at most so long: kills come in the midst of whatever it does then."""

ENDLESS = 1_000_000
"""Steps of the runs that are killed, so that none ends by itself on a busy machine."""
TRAINING = tiny_spec("training", steps=2000, hidden=32, evaluate_every=200)
EVALUATING = tiny_spec("evaluating", steps=100, hidden=800, evaluate_every=1).model_copy(update={"batch_size": 5})
PLANS: dict[str, RunSpec] = {
    plan: spec.model_copy(update={"steps": ENDLESS})
    for plan, spec in {"running": TRAINING, "paused": TRAINING, "evaluating": EVALUATING}.items()
}


@dataclass(frozen=True)
class Uninterrupted:
    """The first ``steps`` steps of a run that nobody disturbed; what is in seconds is left out."""

    steps: int

    points: dict[int, Points]
    vectors: dict[tuple[int, int], bytes]


def until(true: Callable[[], bool], seconds: float = 120.0) -> float:
    """Seconds until ``true``."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not true after {seconds} s"
        time.sleep(0.01)
    return time.monotonic() - began


def launch(store: Store, spec: RunSpec) -> str:
    """Queue a run; the server finds it within its poll interval."""
    return store.create(spec, estimated_seconds=1.0).id


def set_up(store: Store) -> dict[str, str]:
    """One run for each plan, in its state."""
    runs = {plan: launch(store, spec) for plan, spec in PLANS.items()}
    for run in runs.values():
        until(lambda run=run: store.get(run).step > 0)  # type: ignore[misc]
    store.command(runs["paused"], "pause")
    until(lambda: store.get(runs["paused"]).state == "paused")
    until(lambda: store.get(runs["evaluating"]).phase == "evaluating")
    return runs


def moments(seed: int) -> random.Random:
    """The round's source of moments; printed, so that a failure can be repeated."""
    print(f"round {seed}: random.Random({seed})")
    return random.Random(seed)


def kill(store: Store, run: str) -> bool:
    """SIGKILL the run's worker; False: it has none."""
    holder = store.holder(run)
    if holder is None or not process.alive(holder):
        return False
    os.kill(holder.pid, signal.SIGKILL)
    return True


def kill_twice(store: Store, run: str, chance: random.Random, *, earliest: int) -> int:
    """Kill the run's worker about two of its steps, wait for its end; how often there was a worker to kill.

    The first step lies between ``earliest`` and the middle of the run, the second between the first and its end.
    """
    steps = store.get(run).spec.steps
    first = chance.randrange(earliest, steps // 2)
    kills = 0
    for step in (first, chance.randrange(first, steps)):
        until(lambda step=step: store.get(run).step >= step)  # type: ignore[misc]
        time.sleep(chance.uniform(0, RESUME_LATEST_SECONDS))
        before = store.get(run).attempt
        if kill(store, run):
            kills += 1
            until(lambda before=before: store.get(run).attempt > before or store.get(run).state == "finished")  # type: ignore[misc]
    until(lambda: store.get(run).state in ("finished", "failed"))
    record = store.get(run)
    assert (record.state, record.error, record.step) == ("finished", None, steps)
    return kills


def last_state(server: served.Served, run: str, step: int) -> checkpoint.State:
    """What the run's last checkpoint, after ``step``, holds."""
    return checkpoint.load(checkpoints.path(server.data_dir, run, step))


def measured(server: served.Served, run: str, what: str) -> pa.Table:
    """All points (``telemetry``) or ``vectors`` of a run, those in seconds left out."""
    answer = httpx.get(f"{server.url}/api/runs/{run}/{what}", params={"points": 10_000}, timeout=30)
    assert answer.status_code == 200, answer.text
    table = pa.ipc.open_stream(answer.content).read_all()
    manifest = httpx.get(f"{server.url}/api/runs/{run}/manifest", timeout=30).json()["manifest"]
    timed = [series["id"] for series in manifest["series"] if series["unit"] == "s"]
    return table.filter(~pa.compute.field("series").isin(timed)).replace_schema_metadata(None)


def reference(spec: RunSpec, stream: list[Message]) -> Uninterrupted:
    """What an undisturbed run of ``spec`` measured."""
    return Uninterrupted(spec.steps, points_of(stream), vectors_of(stream))


def points_of(stream: list[Message]) -> dict[int, Points]:
    """Points by series, those in seconds left out."""
    manifest = NumberedEvent.model_validate_json(stream[0].body).event
    assert isinstance(manifest, ManifestEvent)
    parts = [decode_points(message.body) for message in stream if message.kind == "points"]
    if not parts:
        return {}
    whole = concat_points(parts)
    found = {}
    for series in manifest.manifest.series:
        if series.unit != "s" and not series.vector:
            found[series.id] = whole.take(whole.series == series.id)
    return found


def vectors_of(stream: list[Message]) -> dict[tuple[int, int], bytes]:
    """Vectors by series and step."""
    found = {}
    for part in (decode_vectors(message.body) for message in stream if message.kind == "vectors"):
        for series, step, value in zip(part.series.tolist(), part.step.tolist(), part.value, strict=True):
            found[series, step] = np.ascontiguousarray(value).tobytes()
    return found


def check_stream(store: Store, run: str) -> list[Message]:
    """The stored sequence has no gap, and every chunk is whole."""
    stream = everything(store, run)
    assert [message.sequence for message in stream] == list(range(1, len(stream) + 1))
    assert store.head(run).sequence == len(stream)
    for message in stream:
        if message.kind == "event":
            assert NumberedEvent.model_validate_json(message.body).sequence == message.sequence
        else:
            assert metadata_of(message.body)["sequence"] == str(message.sequence)
    tail = store.tail(run)
    assert tail is None or len(decode_points(tail)) > 0
    return stream


def check_prefix(stream: list[Message], whole: Uninterrupted) -> None:
    """What was stored is, bit by bit, what the undisturbed run stored, as far as that one went.

    Its last window of each series is left out: its end closed it, be it full or not.
    """
    compared = 0
    for series, part in points_of(stream).items():
        expected = whole.points[series]
        count = min(len(part), len(expected) - 1)
        compared += max(0, count)
        for name in POINTS.names:
            one, other = getattr(part, name)[:count], getattr(expected, name)[:count]
            assert one.tobytes() == other.tobytes(), f"series {series}, {name}"
    assert compared > 0
    vectors = {key: value for key, value in vectors_of(stream).items() if key[1] < whole.steps}
    assert vectors.items() <= whole.vectors.items()


def ended(record: RunRecord) -> bool:
    """Whether nothing more will happen to the run."""
    return record.ended_at is not None
