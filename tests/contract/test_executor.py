"""What every executor promises, with real training: start and stop; everything else is in the store."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from normscope.core.events import AppliedEvent, ManifestEvent, NumberedEvent, ReplicateEndedEvent
from normscope.core.fork import Origin
from normscope.core.record import Parent, RunRecord
from normscope.core.spec import RunSpec
from normscope.core.telemetry import POINTS, Points, concat_points, decode_points
from normscope.execution.base import Executor, executor
from normscope.settings import Settings
from normscope.storage import checkpoints
from normscope.storage.model import Message
from normscope.storage.store import Store
from tests.contract.material import everything, tiny_spec

pytestmark = pytest.mark.alone

LONG = 100_000
WITHIN = 2.0
"""Seconds within which a command acts and shows: many times what it takes, since a machine may be slow or busy."""


@pytest.fixture(scope="module", params=["inline", "local"])
def settings(request: pytest.FixtureRequest, warm_settings: Settings) -> Settings:
    if request.param == "inline":
        from normscope.training.warm import warm

        warm(warm_settings.data_dir / "cache")
    return warm_settings.model_copy(update={"executor": request.param})


@pytest.fixture
def seam(settings: Settings) -> Iterator[tuple[Store, Executor]]:
    made = executor(settings)
    with contextlib.closing(Store(settings.url)) as store, contextlib.closing(made):
        made.prepare()
        yield store, made


def launch(seam: tuple[Store, Executor], spec: RunSpec) -> str:
    store, made = seam
    run = store.create(spec, estimated_seconds=1.0).id
    made.start(run)
    return run


def wait(store: Store, run: str, true: Callable[[RunRecord], bool], seconds: float = 120.0) -> RunRecord:
    deadline = time.monotonic() + seconds
    while not true(record := store.get(run)):
        assert time.monotonic() < deadline, record
        time.sleep(0.01)
    return record


def events(stream: list[Message]) -> list[object]:
    return [NumberedEvent.model_validate_json(m.body).event for m in stream if m.kind == "event"]


def curves(stream: list[Message]) -> Points:
    """All points but those in seconds."""
    whole = concat_points([decode_points(m.body) for m in stream if m.kind == "points"])
    first = events(stream)[0]
    assert isinstance(first, ManifestEvent)
    seconds = [series.id for series in first.manifest.series if series.unit == "s"]
    return whole.take(~np.isin(whole.series, seconds))


def test_a_run_is_executed_to_its_end(seam: tuple[Store, Executor]) -> None:
    store, _ = seam
    spec = tiny_spec(steps=300)
    run = launch(seam, spec)
    record = wait(store, run, lambda record: record.ended_at is not None)
    assert (record.state, record.error, record.step) == ("finished", None, 300)
    assert [arm.name for arm in record.arms] == ["no norm", "BatchNorm"]
    assert all(arm.final["test_accuracy"] > 0.1 for arm in record.arms)
    assert record.fairness
    stream = everything(store, run)
    assert [message.sequence for message in stream] == list(range(1, len(stream) + 1))
    found = events(stream)
    assert isinstance(found[0], ManifestEvent)
    assert len([event for event in found if isinstance(event, ReplicateEndedEvent)]) == 2
    points = curves(stream)
    for series in np.unique(points.series):
        assert points.step[points.series == series].max() == 300
    assert store.tail(run) is None


def test_the_same_spec_gives_the_same_bits(seam: tuple[Store, Executor]) -> None:
    store, _ = seam
    runs = [launch(seam, tiny_spec(steps=150)) for _ in range(2)]
    for run in runs:
        assert wait(store, run, lambda record: record.ended_at is not None).state == "finished"
    one, two = (curves(everything(store, run)) for run in runs)
    for name in POINTS.names:
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()


def test_pause_resume_stop(seam: tuple[Store, Executor]) -> None:
    store, _ = seam
    run = launch(seam, tiny_spec(steps=LONG))
    wait(store, run, lambda record: record.step > 5)
    for kind, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        before = store.get(run).step
        began = time.monotonic()
        command = store.command(run, kind)  # type: ignore[arg-type]
        record = wait(store, run, lambda record, state=state: record.state == state)  # type: ignore[misc]
        assert time.monotonic() - began < WITHIN
        assert record.step >= before
        applied = [event for event in events(everything(store, run)) if isinstance(event, AppliedEvent)]
        assert (applied[-1].command_id, applied[-1].kind) == (command.id, kind)
        if kind == "pause":
            record = wait(store, run, lambda record: record.step in record.checkpoints)
            time.sleep(0.2)
            assert store.get(run).version == record.version, "a paused run does nothing"
    ended = [event for event in events(everything(store, run)) if isinstance(event, ReplicateEndedEvent)]
    assert {event.state for event in ended} == {"stopped_early"}


def test_a_fork_trains_on_without_its_parent(seam: tuple[Store, Executor], settings: Settings) -> None:
    store, made = seam
    spec = tiny_spec(steps=60)
    parent, longer = launch(seam, spec), launch(seam, tiny_spec(steps=120))
    for run in (parent, longer):
        assert wait(store, run, lambda record: record.ended_at is not None).state == "finished"
    fork, begins = secrets.token_hex(16), Parent(run=parent, step=60)
    checkpoints.adopt(settings.data_dir, fork, begins)
    origin = Origin(spec=spec, sources=(0, 1), inserted_norms="fresh")
    store.create(spec, estimated_seconds=1.0, id=fork, fork=(begins, origin))
    store.delete(parent)
    checkpoints.remove_all(settings.data_dir, parent)
    made.start(fork)
    assert wait(store, fork, lambda record: record.ended_at is not None).state == "finished"
    whole, part = (curves(everything(store, run)) for run in (longer, fork))
    late = (whole.step > 60) & (whole.series == 1)
    np.testing.assert_array_equal(whole.value[late], part.value[part.series == 1])


def test_stop_ends_a_worker_whose_lease_was_taken(seam: tuple[Store, Executor]) -> None:
    store, made = seam
    run = launch(seam, tiny_spec(steps=LONG))
    wait(store, run, lambda record: record.step > 5)
    lease = store.take_over(run)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(made.stop, run).result(120)
    head = store.head(run)
    time.sleep(0.3)
    assert store.head(run) == head
    store.set_state(lease, "stopped")
    made.stop(run)
    assert store.get(run).state == "stopped"


def test_an_absent_data_set_fails_readably(seam: tuple[Store, Executor]) -> None:
    store, _ = seam
    spec = RunSpec.model_validate_json(tiny_spec().model_dump_json().replace('"digits"', '"kmnist"'))
    run = launch(seam, spec)
    record = wait(store, run, lambda record: record.ended_at is not None)
    assert record.state == "failed"
    assert "KMNIST" in (record.error or "").upper()
