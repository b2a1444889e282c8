"""A run's whole state after a step, as a file: from it the run goes on to the same bits.

It holds for each replicate parameters, buffers, optimizer, generators, state and last metrics; for each seed the order
of the examples and the position in it; and the recorder's open windows, best metrics and elapsed time. Only tensors,
numbers and texts, so that reading a file runs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from normscope.core.control import CheckpointKind
from normscope.core.events import ReplicateId, RewoundEvent
from normscope.errors import CheckpointUnreadable

if TYPE_CHECKING:
    from normscope.training.loop import Loop

State = dict[str, Any]
VERSION = 2


@dataclass(frozen=True, slots=True)
class Again:
    """A run that was begun before: which attempt this is, and the state it goes on from; None: the beginning."""

    attempt: int
    state: State | None


def due(loop: Loop) -> bool:
    """Whether a checkpoint is to be made after this step."""
    every = loop.spec.checkpoint_every
    return loop.step == loop.steps or (every > 0 and loop.step % every == 0)


def take_up(loop: Loop, again: Again) -> None:
    """Go on where the last checkpoint was made, and say so before anything else."""
    if again.state is not None:
        restore(loop, again.state)
    live = tuple(ReplicateId(arm=replicate.arm, seed=replicate.seed) for replicate in loop.live)
    rewound = RewoundEvent(step=loop.step, attempt=again.attempt, live=live)
    loop.recorder.take_up(rewound, fresh=again.state is None)


def capture(loop: Loop, kind: CheckpointKind) -> State:
    """A copy of the state after the last step; what was measured must have been emitted."""
    return {
        "version": VERSION,
        "kind": kind,
        "before": loop.before,
        "step": loop.step,
        "steps": loop.steps,
        "evaluated": loop.evaluated,
        "applied": loop.control.applied,
        "replicates": [replicate.state_dict() for replicate in loop.replicates],
        "orders": {seed: order.state() for seed, order in loop.orders.items()},
        "recorder": loop.recorder.state(),
        "instruments": loop.instruments.state(),
    }


def restore(loop: Loop, state: State) -> None:
    """Put ``loop``, built from the same spec, into ``state``."""
    loop.step, loop.steps, loop.evaluated = state["step"], state["steps"], state["evaluated"]
    for replicate, saved in zip(loop.replicates, state["replicates"], strict=True):
        replicate.load_state_dict(saved)
    loop.live = [replicate for replicate in loop.replicates if replicate.state == "running"]
    for seed, order in loop.orders.items():
        order.load_state(state["orders"][seed])
    loop.recorder.load_state(state["recorder"])
    loop.instruments.load_state(state.get("instruments", {}))
    loop.control.applied = max(loop.control.applied, state["applied"])
    if state["kind"] == "end":
        loop.ended, loop.steps = True, loop.step


def save(state: State, file: Path) -> None:
    """Write ``state``."""
    torch.save(state, file)


def load(file: Path) -> State:
    """Read what ``save`` wrote.

    Raises:
        CheckpointUnreadable: the file is absent, damaged, or of another version of this package.
    """
    try:
        state: State = torch.load(file, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise CheckpointUnreadable(f"{file}: {error}") from error
    if state.get("version") != VERSION:
        raise CheckpointUnreadable(f"{file}: expected version {VERSION}, got {state.get('version')}")
    return state
