"""The seam between the server and wherever runs are executed."""

from __future__ import annotations

import importlib
from typing import Protocol

from normscope.settings import Settings


class Executor(Protocol):
    """Starts and ends the workers of runs. What happens in a run is in the store. Every method may block."""

    def prepare(self) -> None:
        """Get, or stay, ready so that the next start is quick.

        Raises:
            ExecutionError: no worker can be started.
        """
        ...

    def start(self, run_id: str) -> None:
        """Start the worker of a run; it acquires the run's lease by itself.

        Raises:
            ExecutionError: it could not be started.
        """
        ...

    def stop(self, run_id: str) -> None:
        """End the worker of a run at once, if there is one. Take over its lease first."""
        ...

    def close(self) -> None:
        """The caller goes; workers stay. Ends a ``prepare`` or ``start`` that waits in another thread."""
        ...


def executor(settings: Settings) -> Executor:
    """The executor that ``settings`` name. Imported by name: the one for tests brings torch into this process."""
    module = importlib.import_module(f"normscope.execution.{settings.executor}")
    made: Executor = module.EXECUTOR(settings)
    return made
