"""What the store takes and gives, besides ``RunRecord``."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

from normscope.core.commands import CommandKind
from normscope.core.record import RunState

MessageKind = Literal["event", "points", "vectors"]


def new_id() -> str:
    """Of a run, sweep, trial or command: 128 random bits, hexadecimal."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that may append to a run. ``started`` tells a process from a later one with the same ``pid``."""

    host: str
    pid: int
    started: float


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to append, valid while ``token`` is the run's. ``sequence``: the last one stored when it was given."""

    run_id: str
    token: int
    sequence: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Head:
    """Where a run's stream stands; ``version`` grows with every change of record, stream or tail."""

    epoch: int
    sequence: int
    version: int


@dataclass(frozen=True, slots=True)
class Message:
    """One stored chunk or event: the bytes that are sent."""

    sequence: int
    kind: MessageKind
    body: bytes


@dataclass(frozen=True, slots=True)
class Command:
    """What a viewer asked of a run."""

    id: str
    kind: CommandKind
    payload: dict[str, Any] = field(default_factory=dict)
    """The other fields of its request."""
    number: int = 0
    """Grows from command to command."""
    step: int | None = None
    """After which it took effect; None: not yet."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file from which a run can be taken up again after ``step``, written in its ``attempt``."""

    step: int
    attempt: int
    kind: str
    bytes: int


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run that is starting, running or paused, as the supervisor sees it."""

    id: str
    state: RunState
    holder: Holder | None
    """None: its worker has not taken the lease yet."""
    lease_left: float
    """Seconds until the lease (or the time given to the start) expires; negative: it has."""
    stop_waiting: float | None
    """Seconds for which the oldest ``stop`` has not been answered; None: there is none."""
    stop_asked: bool
    """A stop was the last thing it was told."""
