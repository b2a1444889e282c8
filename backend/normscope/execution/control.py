"""``RunControl``: commands from the heartbeat thread, obeyed by the loop's thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from normscope.core import commands as words
from normscope.core.control import Machine
from normscope.core.events import AppliedEvent
from normscope.core.record import RunState
from normscope.storage.model import Command

Announce = Callable[[AppliedEvent | None, RunState | None, int | None], None]


class RunControl:
    """Implements ``core.control.Control``. ``pending`` is a plain attribute, so that asking costs nothing.

    Args:
        speed: cap on steps per second; None: full speed.
    """

    def __init__(self, speed: float | None = None) -> None:
        self.pending = speed is not None
        self.applied = 0
        self.announce: Announce = lambda event, state, extra_steps: None
        """Called in the loop's thread with each command that took effect (None: an earlier attempt said so), the state
        it led to, and the run's steps beyond those of its spec, where they changed."""
        self._changed = threading.Condition()
        self._waiting: deque[Command] = deque()
        self._again: deque[Command] = deque()
        self._known: set[str] = set()
        self._speed = speed
        self._turn = 0.0
        self._paused = False
        self._pause_after = 0
        """While paused: the step after which to rest; behind the present one during a single step."""
        self._paused_at = -1
        self._rewound = 0
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

    def repeat(self, commands: Iterable[Command], step: int) -> None:
        """Take up what earlier attempts applied and the checkpoint at ``step`` does not hold: each after its step.

        Pauses that were ended again are left out; ``pending`` stays true until the last one is done.
        """
        for command in commands:
            self._known.add(command.id)
            if command.kind in ("pause", "step", "resume"):
                self._again = deque(each for each in self._again if each.kind not in ("pause", "step"))
            if command.kind not in ("resume", "stop"):
                self._again.append(command)
        self._rewound = step
        self.pending = self.pending or bool(self._again)

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

    def obey(self, step: int, machine: Machine, *, between: bool) -> bool:
        """Apply what waits, in order; blocks while paused, and until the next step's turn. See ``core.control``."""
        shown = False
        while True:
            self.check()
            command = self._next(step)
            if command is None and not self._rests(step, between):
                break
            if not shown:
                machine.show()
                shown = True
            if command is not None:
                self._apply(command, step, machine)
            elif self._paused:
                machine.keep()
                self._wait(None)
            else:
                self._wait(self._turn - time.monotonic())
        if between and self._speed is not None:
            self._turn = max(self._turn, time.monotonic() - 0.5 / self._speed) + 1.0 / self._speed
        with self._changed:
            quiet = not (self._waiting or self._again or self._paused or self._speed is not None)
            self.pending = not quiet or self._error is not None
        return not self._stopped

    def _next(self, step: int) -> Command | None:
        with self._changed:
            if self._stopped:
                return None
            if self._again and (self._again[0].step or 0) <= step:
                return self._again.popleft()
            return self._waiting.popleft() if self._waiting and not self._again else None

    def _rests(self, step: int, between: bool) -> bool:
        """Whether there is to wait before going on; a single step is finished together with its evaluation."""
        if self._stopped:
            return False
        if self._paused:
            return step >= self._pause_after and (between or self._pause_after == self._paused_at)
        return between and self._speed is not None and time.monotonic() < self._turn

    def _wait(self, seconds: float | None) -> None:
        """Until something was received, or ``seconds`` passed."""
        with self._changed:
            if not self._waiting and self._error is None and (seconds is None or seconds > 0):
                self._changed.wait(seconds)

    def _apply(self, command: Command, step: int, machine: Machine) -> None:
        state: RunState | None = None
        extra: int | None = None
        event = AppliedEvent(command_id=command.id, kind=command.kind, step=step)
        match words.request(command.kind, **command.payload):
            case words.Stop():
                self._stopped = True
            case words.Pause():
                self._paused, self._pause_after, self._paused_at = True, step, step
                state = "paused"
            case words.Step():
                self._paused, self._pause_after, self._paused_at = True, step + 1, -1
                state = "paused"
            case words.Resume():
                self._paused = False
                state = "running"
            case words.Extend(steps=steps):
                machine.extend(steps)
                extra = machine.extra_steps
                event = event.model_copy(update={"value": float(steps)})
            case words.SetLearningRate(value=value, arm=arm):
                machine.set_learning_rate(value, arm)
                event = event.model_copy(update={"value": value, "arm": arm})
            case words.SetSpeed(steps_per_second=speed):
                self._speed, self._turn = speed, 0.0
                machine.cap(speed)
                event = event.model_copy(update={"value": speed})
        self.applied = max(self.applied, command.number)
        known = command.step is not None and command.step <= self._rewound
        self.announce(None if known else event, state, extra)
