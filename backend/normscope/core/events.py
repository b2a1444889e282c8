"""Events: small JSON messages of a run's stream. Numbered ones are stored for ever; the others are not."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from normscope.core.manifest import Manifest
from normscope.core.record import Measured, Metric, ReplicateState, RunRecord
from normscope.core.statistics import Schedule


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True)


class ManifestEvent(_Event):
    """Always sequence 1. ``fairness`` is the certificate (``normscope.core.fairness``)."""

    type: Literal["manifest"] = "manifest"
    manifest: Manifest
    fairness: dict[str, Any]


class AppliedEvent(_Event):
    """A command took effect after ``step``."""

    type: Literal["applied"] = "applied"
    command_id: str
    kind: str
    step: int
    value: float | None = None
    """The learning rate, the steps added, or the cap on steps per second (null: none)."""
    arm: int | None = None
    """The arm it concerns; null: all."""


class ReplicateId(_Event):
    """One replicate: the index of its arm, and its seed."""

    arm: int
    seed: int


class RewoundEvent(_Event):
    """The run was taken up again after ``step``: what was said of later steps, and of ``live`` having ended, is void.

    Points and vectors after ``step`` are to be discarded, events after it too, and ``diverged``, ``early_stopped`` and
    ``replicate_ended`` of the replicates that go on.
    """

    type: Literal["rewound"] = "rewound"
    step: int
    attempt: int
    live: tuple[ReplicateId, ...]


class CheckpointEvent(_Event):
    """The run can be taken up again or forked after ``step``."""

    type: Literal["checkpoint"] = "checkpoint"
    step: int


class ScheduleWidenedEvent(_Event):
    """To stay within its budget the run measures ``schedule`` less often after ``step``: every ``every`` steps.

    At step 0: a fork that keeps what its parent had widened.
    """

    type: Literal["schedule_widened"] = "schedule_widened"
    step: int
    schedule: Schedule
    every: int


class BestEvent(_Event):
    """A replicate's watched metric is better than ever before."""

    type: Literal["best"] = "best"
    arm: int
    seed: int
    step: int
    metric: Metric
    value: Measured


class EarlyStoppedEvent(_Event):
    """A replicate's watched metric did not get better for too long: it left the loop after ``step``."""

    type: Literal["early_stopped"] = "early_stopped"
    arm: int
    seed: int
    step: int
    best_step: int
    metric: Metric
    value: Measured
    """The best one, measured after ``best_step``."""


class DivergedEvent(_Event):
    """The post-mortem of a replicate whose loss is not finite: it left the loop after ``step``."""

    type: Literal["diverged"] = "diverged"
    arm: int
    seed: int
    step: int
    layer: int | None
    """First layer (in forward order) with a value that is not finite; null: none but the loss itself."""
    where: Literal["input", "output", "parameters", "gradient", "loss"]
    last_finite: dict[str, Measured]
    """Last finite value of each scalar statistic, keyed ``statistic`` or ``statistic@layer``."""
    message: str


class ReplicateEndedEvent(_Event):
    """A replicate left the loop with ``state``; ``final`` are its last metrics, test ones among them."""

    type: Literal["replicate_ended"] = "replicate_ended"
    arm: int
    seed: int
    step: int
    state: ReplicateState
    final: dict[Metric, Measured]


Event = Annotated[
    ManifestEvent
    | AppliedEvent
    | RewoundEvent
    | CheckpointEvent
    | ScheduleWidenedEvent
    | BestEvent
    | EarlyStoppedEvent
    | DivergedEvent
    | ReplicateEndedEvent,
    Field(discriminator="type"),
]


class Hello(_Event):
    """First message of every websocket. ``recovered`` is false where the client must clear and load telemetry."""

    type: Literal["hello"] = "hello"
    epoch: int
    sequence: int
    recovered: bool
    record: RunRecord


class StateMessage(_Event):
    """Unnumbered: the run's record changed."""

    type: Literal["state"] = "state"
    record: RunRecord


class NumberedEvent(_Event):
    """How a stored event travels: ``{"sequence": 7, "event": {...}}``."""

    sequence: int
    event: Event
