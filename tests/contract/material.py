"""Specs, chunks and events to fill a store with."""

from __future__ import annotations

import numpy as np

from normscope.core.events import AppliedEvent, Event, ManifestEvent, NumberedEvent
from normscope.core.manifest import build_manifest
from normscope.core.spec import ArmSpec, BatchNorm, DataSetSpec, MlpSpec, NoNorm, RunSpec
from normscope.core.sweep import SweepSpec
from normscope.core.telemetry import Points, Vectors, encode_points, encode_vectors
from normscope.storage.model import Holder, Lease, Message
from normscope.storage.store import Store

HOLDER = Holder("here", 7, 1.5)


def tiny_spec(name: str = "tiny", *, steps: int = 200, hidden: int = 8, evaluate_every: int = 50) -> RunSpec:
    """A run on digits that takes a fraction of a second."""
    return RunSpec(
        name=name,
        dataset=DataSetSpec(kind="digits"),
        model=MlpSpec(hidden=(hidden,)),
        arms=(ArmSpec(name="no norm", norm=NoNorm()), ArmSpec(name="BatchNorm", norm=BatchNorm())),
        steps=steps,
        evaluate_every=evaluate_every,
    )


def manifest_message(spec: RunSpec | None = None) -> Message:
    """Message 1."""
    return event_message(
        1, ManifestEvent(manifest=build_manifest(spec or tiny_spec(), 10, 1197), fairness={"ok": True})
    )


def event_message(sequence: int, event: Event | None = None) -> Message:
    """An event; by default one that names its sequence."""
    event = event or AppliedEvent(command_id=f"c{sequence}", kind="pause", step=sequence)
    return Message(sequence, "event", NumberedEvent(sequence=sequence, event=event).model_dump_json().encode())


def points(rng: np.random.Generator, steps: int, *, series: int = 3, first_step: int = 1) -> Points:
    """``steps`` windows of ``series`` series with spikes, NaN and infinities among them."""
    count = steps * series
    value = rng.standard_normal(count).astype(np.float32)
    value[rng.random(count) < 0.1] = rng.choice(np.array([np.nan, np.inf, -np.inf, 1e30], np.float32))
    return Points(
        np.tile(np.arange(first_step, first_step + steps, dtype=np.uint32), series),
        np.repeat(np.arange(series, dtype=np.uint32), steps),
        value,
        value - np.float32(1),
        value + np.float32(1),
    )


def points_message(run: str, sequence: int, content: Points) -> Message:
    """A scalar chunk."""
    return Message(sequence, "points", encode_points(content, run=run, sequence=sequence, time=float(sequence)))


def vectors_message(run: str, sequence: int, content: Vectors) -> Message:
    """A vector chunk."""
    return Message(sequence, "vectors", encode_vectors(content, run=run, sequence=sequence, time=float(sequence)))


def everything(store: Store, run: str, *, limit_bytes: int = 1_000_000) -> list[Message]:
    """The whole stream, page by page."""
    found: list[Message] = []
    while page := store.replay(run, found[-1].sequence if found else 0, limit_bytes=limit_bytes):
        found += page
    return found


def sweep_spec(rates: tuple[float, ...] = (0.1, 1.0), sizes: tuple[int, ...] = (20, 30, 40)) -> SweepSpec:
    """Two by three cells, unless told otherwise."""
    axes = [
        {"field": "optimizer.learning_rate", "values": list(rates)},
        {"field": "batch_size", "values": list(sizes)},
    ]
    return SweepSpec.model_validate({"name": "grid", "base": tiny_spec().model_dump(mode="json"), "axes": axes})


def started(store: Store) -> Lease:
    """A new run whose lease is held."""
    return store.acquire(store.create(tiny_spec(), estimated_seconds=1.0).id, HOLDER)
