"""After a rewinding every reader tells the same: compaction, export and the points of the server."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from normscope.core.events import (
    DivergedEvent,
    NumberedEvent,
    ReplicateEndedEvent,
    ReplicateId,
    RewoundEvent,
)
from normscope.core.telemetry import Points, Vectors, decode_points, decode_vectors
from normscope.server.points import PointCache
from normscope.storage.export import export
from normscope.storage.model import Lease
from normscope.storage.store import Store
from tests.contract.material import (
    HOLDER,
    event_message,
    everything,
    manifest_message,
    points_message,
    tiny_spec,
    vectors_message,
)


def windows(first: int, last: int, value: float) -> Points:
    step = np.arange(first, last + 1, dtype=np.uint32)
    same = np.full(len(step), value, np.float32)
    return Points(step, np.ones(len(step), np.uint32), same, same, same)


def vectors(*steps: int, value: float) -> Vectors:
    rows = tuple(np.full(2, value, np.float32) for _ in steps)
    return Vectors(np.array(steps, np.uint32), np.full(len(steps), 9, np.uint32), rows)


def diverged(arm: int, step: int) -> DivergedEvent:
    return DivergedEvent(arm=arm, seed=1, step=step, layer=1, where="output", last_finite={}, message="gone")


@pytest.fixture
def lease(store: Store) -> Lease:
    """A run of 12 steps that broke off twice: after step 9, taken up again after 4, and after 7, again after 6."""
    lease = store.acquire(store.create(tiny_spec(), estimated_seconds=1.0).id, HOLDER)
    run = lease.run_id
    left = ReplicateEndedEvent(arm=0, seed=1, step=4, state="diverged", final={})
    live = (ReplicateId(arm=1, seed=1),)
    stream = [
        manifest_message(),
        event_message(2, diverged(0, 4)),
        event_message(3, left),
        points_message(run, 4, windows(1, 9, 1.0)),
        vectors_message(run, 5, vectors(3, 8, value=1.0)),
        event_message(6, diverged(1, 4)),
        event_message(7, RewoundEvent(step=4, attempt=2, live=live)),
        points_message(run, 8, windows(5, 7, 2.0)),
        vectors_message(run, 9, vectors(6, 7, value=2.0)),
        event_message(10, diverged(1, 7)),
        event_message(11, RewoundEvent(step=6, attempt=3, live=live)),
        points_message(run, 12, windows(7, 12, 3.0)),
        vectors_message(run, 13, vectors(12, value=3.0)),
    ]
    store.append(lease, stream, tail=None)
    store.set_state(lease, "finished")
    return lease


STEPS = list(range(1, 13))
VALUES = [1.0] * 4 + [2.0] * 2 + [3.0] * 6


def check(store: Store, run: str) -> None:
    snapshot = PointCache(store).read(run)
    assert (snapshot.points().step.tolist(), snapshot.points().value.tolist()) == (STEPS, VALUES)
    assert snapshot.vectors().column("step").to_pylist() == [3, 6, 12]
    kinds = [(each.event.type, getattr(each.event, "step", None)) for each in snapshot.events]
    assert sorted(kinds) == [("diverged", 4), ("replicate_ended", 4), ("rewound", 4), ("rewound", 6)]
    rows = list(csv.DictReader(io.StringIO(b"".join(export(store, run, "csv")).decode())))
    assert sorted((int(row["step"]), float(row["value"])) for row in rows) == list(zip(STEPS, VALUES, strict=True))


def test_readers_forget_what_was_measured_after_the_rewinding(store: Store, lease: Lease) -> None:
    check(store, lease.run_id)


def test_compaction_applies_rewindings_for_good(store: Store, lease: Lease) -> None:
    assert store.compact(lease.run_id)
    stream = everything(store, lease.run_id)
    chunks = [decode_points(m.body) for m in stream if m.kind == "points"]
    assert [chunk.step.tolist() for chunk in chunks] == [STEPS]
    assert [decode_vectors(m.body).step.tolist() for m in stream if m.kind == "vectors"] == [[3, 6, 12]]
    kinds = [NumberedEvent.model_validate_json(m.body).event.type if m.kind == "event" else m.kind for m in stream]
    assert kinds == ["manifest", "rewound", "rewound", "points", "vectors", "diverged", "replicate_ended"]
    check(store, lease.run_id)


def test_a_reader_that_followed_forgets_too(store: Store) -> None:
    lease = store.acquire(store.create(tiny_spec(), estimated_seconds=1.0).id, HOLDER)
    cache = PointCache(store)
    store.append(lease, [manifest_message(), points_message(lease.run_id, 2, windows(1, 9, 1.0))], tail=None)
    assert cache.read(lease.run_id).points().step.tolist() == list(range(1, 10))
    rewound = RewoundEvent(step=4, attempt=2, live=())
    store.append(lease, [event_message(3, rewound), points_message(lease.run_id, 4, windows(5, 6, 2.0))], tail=None)
    assert cache.read(lease.run_id).points().value.tolist() == [1.0] * 4 + [2.0] * 2
    store.set_state(lease, "finished")
