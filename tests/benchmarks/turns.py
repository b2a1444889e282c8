"""Loops that take turns in one process, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Protocol

from normscope.core.control import Machine
from normscope.core.spec import RunSpec
from normscope.training.data import DataSet
from normscope.training.loop import train
from tests.benchmarks.sink import EncodingSink


class Turn(Protocol):
    """A loop that makes as many steps as it is asked for, and then waits."""

    def turn(self, steps: int) -> None:
        """So many steps, and everything that they left to other threads of the process."""
        ...

    def rest(self) -> None:
        """Wait for what others do of it in their own time: its processor time counts, its wall-clock does not."""
        ...


class Plain:
    """A loop that yields after each step."""

    def __init__(self, steps: Iterator[int], rest: Callable[[], None] = lambda: None) -> None:
        self._steps = steps
        self.rest = rest

    def turn(self, steps: int) -> None:
        """As ``Turn``'s."""
        for _ in islice(self._steps, steps):
            pass


class Training:
    """train() in a thread of its own, with a sink that encodes; it is the control that lets it go on or wait."""

    applied = 0

    def __init__(self, spec: RunSpec, data: DataSet) -> None:
        self._go, self._made = threading.Semaphore(0), threading.Semaphore(0)
        self._left = 0
        self._over = False
        self._sink = EncodingSink()
        self._thread = threading.Thread(target=self._train, args=(spec, data), daemon=True)
        self._thread.start()
        self._made.acquire()  # everything is built, no step is made

    @property
    def pending(self) -> bool:
        """Asked once before each step; waits where the turn is over."""
        if not self._left and not self._over:
            self._made.release()
            self._go.acquire()
        self._left -= 1
        return self._over

    def obey(self, step: int, machine: Machine, *, between: bool) -> bool:
        """End."""
        return False

    def turn(self, steps: int) -> None:
        """As ``Turn``'s."""
        if not self._thread.is_alive():
            raise RuntimeError("train() has ended before it was told to")
        self._left = steps
        self._go.release()
        self._made.acquire()
        self._sink.settle()

    def rest(self) -> None:
        """As ``Turn``'s; nothing is left."""

    def close(self) -> None:
        """End it."""
        self._over = True
        self._go.release()
        self._thread.join()
        self._sink.close()

    def _train(self, spec: RunSpec, data: DataSet) -> None:
        try:
            train(spec, data, sink=self._sink, control=self)
        finally:
            self._made.release()


@dataclass
class Times:
    """Seconds a step of one loop, in each round."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Of all threads of this process."""


def take_turns(loops: Mapping[str, tuple[Turn, int]], seconds: float) -> dict[str, Times]:
    """Let all loops make so many steps each, round by round for so long; who begins turns from round to round.

    The first round warms up and does not count.
    """
    times = {name: Times() for name in loops}
    names = list(loops)
    until = time.perf_counter() + seconds
    turn = 0
    while turn < 2 or time.perf_counter() < until:
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            loop, steps = loops[name]
            loop.turn(max(1, steps // 5))  # not counted: caches are those of whoever was before
            loop.rest()
            wall, processor = time.perf_counter(), time.process_time()
            loop.turn(steps)
            wall = time.perf_counter() - wall
            loop.rest()
            if turn:
                times[name].wall.append(wall / steps)
                times[name].processor.append((time.process_time() - processor) / steps)
        turn += 1
    return times


def report(times: Mapping[str, Times]) -> None:
    """Medians over rounds: of a step, and of its ratio to the first loop's in the same round, with quartiles."""
    bare = next(iter(times.values()))
    print(f"{len(bare.wall)} rounds; medians (quartiles)\n")
    print(f"{'loop':58} {'ms/step':>8} {'wall-clock':>22} {'processor':>11}")
    for name, own in times.items():
        walls = sorted(one / other for one, other in zip(own.wall, bare.wall, strict=True))
        processors = [one / other for one, other in zip(own.processor, bare.processor, strict=True)]
        low, high = walls[len(walls) // 4], walls[3 * len(walls) // 4]
        print(
            f"{name:58} {1e3 * median(own.wall):8.2f} {median(walls):8.3f} ({low:.3f}-{high:.3f}) "
            f"{median(processors):10.3f}",
            flush=True,
        )
