"""The seam between the training loop and whoever drives it: commands in, emissions and checkpoints out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from normscope.core.telemetry import Emission

CheckpointKind = Literal["start", "regular", "pause", "end"]


class Machine(Protocol):
    """What commands act on: the loop, between two steps."""

    @property
    def extra_steps(self) -> int:
        """Steps to be made beyond those of the spec."""
        ...

    def show(self) -> None:
        """Emit everything measured so far."""
        ...

    def keep(self) -> None:
        """Make a checkpoint, unless the last one holds the same."""
        ...

    def extend(self, steps: int) -> None:
        """Make so many steps more."""
        ...

    def set_learning_rate(self, value: float, arm: int | None) -> None:
        """Another base learning rate for one arm, or all."""
        ...

    def cap(self, steps_per_second: float | None) -> None:
        """The speed is limited from now on: what is said of it takes that into account."""
        ...


class Control(Protocol):
    """Commands for a running loop. The loop reads ``pending`` between steps and between evaluation batches."""

    applied: int
    """Number of the last command that took effect; a checkpoint remembers it."""

    @property
    def pending(self) -> bool:
        """Cheap flag: a command waits, the run is slowed down, or it must end."""
        ...

    def obey(self, step: int, machine: Machine, *, between: bool) -> bool:
        """Apply what waits, blocking while paused; ``step`` is the last step that was made.

        Args:
            between: nothing is left to be done of ``step``; False: its evaluation is under way.

        Returns:
            True to go on, False to stop after ``step``. Applied commands become events through the recorder's sink.

        Raises:
            LeaseLost: the run was given to somebody else; the loop ends at once and writes nothing more.
        """
        ...


class Sink(Protocol):
    """Takes emissions in order. May block when it falls behind; never drops."""

    def emit(self, emission: Emission) -> None:
        """Hand over one emission; the caller does not touch its arrays again."""
        ...


class Keeper(Protocol):
    """Takes checkpoints, in order with the emissions of the same loop."""

    def keep(self, step: int, kind: CheckpointKind, save: Callable[[Path], None]) -> None:
        """``save`` writes the state after ``step`` to a file, later and in another thread."""
        ...
