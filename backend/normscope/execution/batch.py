"""What the writer takes, entry by entry, and what it makes of several: one transaction's messages and record."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from normscope.core.control import CheckpointKind
from normscope.core.events import AppliedEvent, Event, ManifestEvent, NumberedEvent, RewoundEvent, ScheduleWidenedEvent
from normscope.core.record import Progress, RunState
from normscope.core.telemetry import Points, Vectors, encode_points, encode_vectors
from normscope.storage.model import Message, MessageKind


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What ``core.control.Keeper`` takes."""

    step: int
    kind: CheckpointKind
    save: Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to store: an emission, a command that took effect, a checkpoint, or progress alone."""

    time: float = 0.0
    progress: Progress | None = None
    points: Points | None = None
    vectors: Vectors | None = None
    events: tuple[Event, ...] = ()
    tail: Points | None = None
    has_tail: bool = False
    state: RunState | None = None
    extra_steps: int | None = None
    checkpoint: Checkpoint | None = None


@dataclass(slots=True)
class Batch:
    """Entries as ``Store.append`` takes them; ``sequence`` is that of the last message before it, then of its last."""

    run_id: str
    sequence: int
    messages: list[Message] = field(default_factory=list)
    progress: Progress | None = None
    fairness: dict[str, Any] | None = None
    state: RunState | None = None
    extra_steps: int | None = None
    answered: dict[str, int] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Encode what ``entry`` holds; of what it says of the record the newest counts."""
        if entry.points is not None and len(entry.points):
            self.sequence += 1
            body = encode_points(entry.points, run=self.run_id, sequence=self.sequence, time=entry.time)
            self._append("points", body)
        if entry.vectors is not None and len(entry.vectors):
            self.sequence += 1
            body = encode_vectors(entry.vectors, run=self.run_id, sequence=self.sequence, time=entry.time)
            self._append("vectors", body)
        for event in entry.events:
            self.add_event(event)
        self.progress, self.state = entry.progress or self.progress, entry.state or self.state
        if entry.extra_steps is not None:
            self.extra_steps = entry.extra_steps

    def add_event(self, event: Event) -> None:
        """Number ``event``, and note what it changes in the record."""
        self.sequence += 1
        self._append("event", NumberedEvent(sequence=self.sequence, event=event).model_dump_json().encode())
        if isinstance(event, ManifestEvent):
            self.fairness, self.state = event.fairness, "running"
        elif isinstance(event, RewoundEvent):
            self.state = "running"
        elif isinstance(event, ScheduleWidenedEvent):
            print(f"step {event.step}: {event.schedule} every {event.every} steps from now on", file=sys.stderr)
        elif isinstance(event, AppliedEvent):
            self.answered[event.command_id] = event.step

    def _append(self, kind: MessageKind, body: bytes) -> None:
        self.messages.append(Message(self.sequence, kind, body))
