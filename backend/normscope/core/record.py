"""``RunRecord``: what the server says of a run, and ``Progress``, the part of it that the worker writes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from normscope.core.spec import RunSpec

RunState = Literal["queued", "starting", "running", "paused", "finished", "stopped", "failed", "interrupted"]
ENDED: frozenset[RunState] = frozenset({"finished", "stopped", "failed", "interrupted"})
LIVE: frozenset[RunState] = frozenset({"starting", "running", "paused"})

ReplicateState = Literal["running", "finished", "diverged", "stopped_early", "stuck"]
Metric = Literal["train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy"]

Measured = Annotated[
    float, WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]}]})
]
"""A number that may not be finite; JSON writes such a one as a string."""


class Open(BaseModel):
    """Read from the store, so it may carry NaN: a diverged loss is a result. JSON writes it as the string "NaN"."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True)


class ReplicateCounts(Open):
    """How many replicates of an arm are in each state."""

    running: int = 0
    finished: int = 0
    diverged: int = 0
    stopped_early: int = 0
    stuck: int = 0


class ArmProgress(Open):
    """One arm's metrics: means over its replicates that did not diverge."""

    name: str
    replicates: ReplicateCounts
    latest: dict[Metric, Measured] = Field(default_factory=dict)
    best: dict[Metric, Measured] = Field(default_factory=dict)
    best_step: dict[Metric, int] = Field(default_factory=dict)
    final: dict[Metric, Measured] = Field(default_factory=dict)
    parameters: int = 0
    compute_seconds: float = 0.0
    """Seconds this arm's own forward, backward and step took, over all its replicates."""


class Progress(Open):
    """What the worker reports with each emission."""

    step: int = 0
    steps_per_second: float | None = None
    eta_seconds: float | None = None
    elapsed_seconds: float = 0.0
    """Since the first step, pauses excluded."""
    phase: Literal["preparing", "training", "evaluating", "testing"] = "preparing"
    phase_fraction: float | None = None
    """Of what takes long before the first step (a download), 0 to 1."""
    arms: tuple[ArmProgress, ...] = ()


class Parent(Open):
    """Where a forked run comes from: after ``step`` of ``run``."""

    run: str
    step: int


class RunRecord(Open):
    """A run as ``GET /api/runs/{id}`` answers it."""

    id: str
    name: str
    spec: RunSpec
    state: RunState
    step: int = 0
    steps: int
    """Of the spec and those it was extended by."""
    steps_per_second: float | None = None
    eta_seconds: float | None = None
    elapsed_seconds: float = 0.0
    phase: str = "preparing"
    phase_fraction: float | None = None
    arms: tuple[ArmProgress, ...] = ()
    fairness: dict[str, Any] | None = None
    created_at: float
    """Unix time in seconds, as are the next two."""
    started_at: float | None = None
    ended_at: float | None = None
    error: str | None = None
    epoch: int = 1
    sequence: int = 0
    """Of the last chunk or event stored."""
    version: int = 0
    """Grows with every change of the record."""
    estimated_seconds: float | None = None
    attempt: int = 1
    """Grows each time the run is taken up again."""
    parent: Parent | None = None
    """Of a forked run."""
    forks: tuple[str, ...] = ()
    """Ids of the runs that were forked from this one, oldest first."""
    sweep: str | None = None
    trial: str | None = None
    """Of a claim's experiment."""
    cell: int | None = None
    """Index within the sweep or trial."""
    checkpoints: tuple[int, ...] = ()
    """Steps from which the run can be taken up again or forked, ascending."""
