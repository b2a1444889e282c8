"""What a sweep has measured so far: its cells, its progress, and the largest stable learning rate of each arm. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from normscope.core.record import ENDED, ArmProgress, Measured, Open, ReplicateCounts, RunState
from normscope.core.sweep import Axis, AxisValue, SweepSpec

STABLE_WITHIN = 0.05
"""Of an arm's own best validation accuracy: 5 percentage points."""

SweepState = Literal["queued", "running", "finished", "stopped"]
ArmState = Literal["running", "finished", "diverged", "stuck", "stopped_early"]


class ArmCell(Open):
    """One arm in one cell: its last metrics, means over its replicates that did not diverge."""

    state: ArmState
    """The worst of its replicates."""
    replicates: ReplicateCounts
    train_loss: Measured | None = None
    train_accuracy: Measured | None = None
    validation_loss: Measured | None = None
    validation_accuracy: Measured | None = None
    test_loss: Measured | None = None
    test_accuracy: Measured | None = None


class CellRecord(Open):
    """One run of a sweep. ``arms`` is empty until it has begun."""

    values: tuple[AxisValue, ...]
    run: str | None
    """Null: it was deleted."""
    state: RunState
    step: int = 0
    steps: int = 0
    error: str | None = None
    arms: tuple[ArmCell, ...] = ()


class Stable(Open):
    """The largest value of the learning-rate axis at which an arm ends within 0.05 of its own best."""

    arm: str
    value: float | None
    """Null: the arm has no good cell so far."""
    best: float | None
    """Its best validation accuracy in any cell."""
    cells: tuple[int, ...] = ()
    """The cells that reach it at that value."""


class SweepSummary(Open):
    """A sweep as a row of the list."""

    id: str
    name: str
    created_at: float
    started_at: float | None = None
    ended_at: float | None = None
    state: SweepState
    axes: tuple[Axis, ...]
    arms: tuple[str, ...]
    count: int
    """Of cells."""
    ended: int = 0
    running: int = 0
    progress: float = Field(0.0, description="Share of all steps that are done, 0 to 1.")
    eta_seconds: float | None = None
    version: int = 0
    """Grows with every change of a cell."""


class SweepRecord(SweepSummary):
    """A sweep with all its cells, the last axis fastest."""

    spec: SweepSpec
    cells: tuple[CellRecord, ...]
    largest_stable: tuple[Stable, ...] | None = None
    """One for each arm; null where no axis is a learning rate."""


def arm_cell(arm: ArmProgress) -> ArmCell:
    """What a cell shows of an arm."""
    return ArmCell(state=_worst(arm.replicates), replicates=arm.replicates, **arm.latest)


def sweep_state(states: Sequence[RunState], *, stopped: bool) -> SweepState:
    """Of the states of the cells; ``stopped``: somebody stopped the sweep."""
    if all(state in ENDED for state in states):
        return "stopped" if stopped else "finished"
    return "queued" if all(state == "queued" for state in states) else "running"


def eta(cells: Sequence[CellRecord], elapsed: float) -> float | None:
    """Seconds until the last cell ends; None: it cannot be said.

    Args:
        elapsed: what the steps so far needed: seconds of all workers, divided by how many are at work now.
    """
    done, all_steps = _done(cells), sum(cell.steps for cell in cells)
    if done == 0 or all(cell.state in ENDED for cell in cells):
        return None
    return elapsed * (all_steps - done) / done


def busy(spans: Sequence[tuple[float | None, float | None]], now: float) -> float:
    """Seconds that workers spent on cells, given each one's start and end (Unix times; None: not yet)."""
    return sum((now if end is None else end) - start for start, end in spans if start is not None)


def progress(cells: Sequence[CellRecord]) -> float:
    """Share of the steps that are done; an ended cell has done all it will."""
    all_steps = sum(cell.steps for cell in cells)
    return _done(cells) / all_steps if all_steps else 1.0


def largest_stable(axes: Sequence[Axis], arms: Sequence[str], cells: Sequence[CellRecord]) -> tuple[Stable, ...] | None:
    """For each arm the largest learning rate whose final validation accuracy is within 0.05 of the arm's own best.

    Cells that have not finished, and networks that diverged or are stuck, do not count. None: no axis is a rate.
    """
    rates = [index for index, axis in enumerate(axes) if axis.field.rpartition(".")[2] == "learning_rate"]
    if not rates:
        return None
    return tuple(_stable(name, index, rates[0], cells) for index, name in enumerate(arms))


def _stable(name: str, arm: int, axis: int, cells: Sequence[CellRecord]) -> Stable:
    good: list[tuple[float, float, int]] = []
    for index, cell in enumerate(cells):
        if cell.state != "finished" or cell.arms[arm].state not in ("finished", "stopped_early"):
            continue
        accuracy, rate = cell.arms[arm].validation_accuracy, cell.values[axis]
        if accuracy is not None and math.isfinite(accuracy) and isinstance(rate, int | float):
            good.append((float(rate), accuracy, index))
    if not good:
        return Stable(arm=name, value=None, best=None)
    best = max(accuracy for _, accuracy, _ in good)
    near = [(rate, index) for rate, accuracy, index in good if accuracy >= best - STABLE_WITHIN]
    value = max(rate for rate, _ in near)
    return Stable(arm=name, value=value, best=best, cells=tuple(index for rate, index in near if rate == value))


def _worst(counts: ReplicateCounts) -> ArmState:
    for state in ("diverged", "running", "stuck", "stopped_early"):
        if getattr(counts, state):
            return state
    return "finished"


def _done(cells: Sequence[CellRecord]) -> int:
    return sum(cell.steps if cell.state in ENDED else cell.step for cell in cells)
