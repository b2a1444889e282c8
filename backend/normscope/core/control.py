"""The seam between the training loop and whoever drives it: commands in, emissions out."""

from __future__ import annotations

from typing import Protocol

from normscope.core.telemetry import Emission


class Control(Protocol):
    """Commands for a running loop. The loop reads ``pending`` between steps and between evaluation batches."""

    @property
    def pending(self) -> bool:
        """Cheap flag: a command waits, or the run must end."""
        ...

    def obey(self, step: int) -> bool:
        """Apply what waits, blocking while paused; ``step`` is the last step that was made.

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
