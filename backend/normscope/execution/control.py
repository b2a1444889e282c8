"""``RunControl``: commands from the heartbeat thread, obeyed by the loop's thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from normscope.core.events import AppliedEvent
from normscope.core.record import RunState
from normscope.storage.model import Command

Announce = Callable[[AppliedEvent, RunState | None], None]


class RunControl:
    """Implements ``core.control.Control``. ``pending`` is a plain attribute, so that asking costs nothing."""

    def __init__(self) -> None:
        self.pending = False
        self.announce: Announce = lambda event, state: None
        """Called in the loop's thread with each command that took effect and the state it led to."""
        self._changed = threading.Condition()
        self._waiting: deque[Command] = deque()
        self._known: set[str] = set()
        self._paused = False
        self._stopped = False
        self._error: BaseException | None = None

    def receive(self, commands: Iterable[Command]) -> None:
        """Take in commands; those known already are left out."""
        with self._changed:
            for command in commands:
                if command.id not in self._known:
                    self._known.add(command.id)
                    self._waiting.append(command)
                    self.pending = True
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        """End the loop: the next ``obey`` raises ``error``."""
        with self._changed:
            self._error = self._error or error
            self.pending = True
            self._changed.notify_all()

    @property
    def stop_asked(self) -> bool:
        """Whether a stop waits; asked before the loop begins."""
        with self._changed:
            return any(command.kind == "stop" for command in self._waiting)

    def check(self) -> None:
        """Raise what ``fail`` was given."""
        if self._error is not None:
            raise self._error

    def obey(self, step: int) -> bool:
        """Apply what waits, in order; blocks while paused. See ``core.control.Control.obey``."""
        while (command := self._next()) is not None:
            state: RunState | None = None
            if command.kind == "stop":
                self._stopped = True
            else:
                self._paused = command.kind == "pause"
                state = "paused" if self._paused else "running"
            self.announce(AppliedEvent(command_id=command.id, kind=command.kind, step=step), state)
        return not self._stopped

    def _next(self) -> Command | None:
        """The next command; waits for one while paused. None: go on, or stop."""
        with self._changed:
            while True:
                self.check()
                if self._stopped:
                    self.pending = False
                    return None
                if self._waiting:
                    return self._waiting.popleft()
                if not self._paused:
                    self.pending = False
                    return None
                self._changed.wait()
