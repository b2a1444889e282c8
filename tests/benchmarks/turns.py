"""Loops that take turns in one process, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from statistics import fmean, median
from typing import Protocol

from normscope.core.control import Machine
from normscope.core.spec import RunSpec
from normscope.training.loop import train
from normscope.training.readings import BuildReadings, readings_of
from normscope.training.splits import DataSet
from tests.benchmarks.sink import EncodingSink


class Turn(Protocol):
    """A loop that makes as many steps as it is asked for, and then waits."""

    def turn(self, steps: int) -> None:
        """So many steps, and everything that they left to other threads of the process."""
        ...

    def rest(self) -> None:
        """Wait for what others do of it in their own time: its processor time counts, its wall-clock does not."""
        ...

    steps: list[float]
    """Seconds that each step took."""


class Plain:
    """A loop that yields after each step."""

    def __init__(self, steps: Iterator[int], rest: Callable[[], None] = lambda: None) -> None:
        self._loop = steps
        self.rest = rest
        self.steps: list[float] = []

    def turn(self, steps: int) -> None:
        """As ``Turn``'s."""
        began = time.perf_counter()
        for _ in islice(self._loop, steps):
            ended = time.perf_counter()
            self.steps.append(ended - began)
            began = ended


class Training:
    """train() in a thread of its own, with a sink that encodes; it is the control that lets it go on or wait."""

    applied = 0

    def __init__(self, spec: RunSpec, data: DataSet, build_readings: BuildReadings = readings_of) -> None:
        self.steps: list[float] = []
        self._began = 0.0
        self._go, self._made = threading.Semaphore(0), threading.Semaphore(0)
        self._left = 0
        self._over = False
        self._sink = EncodingSink()
        self._thread = threading.Thread(target=self._train, args=(spec, data, build_readings), daemon=True)
        self._thread.start()
        self._made.acquire()  # everything is built, no step is made

    @property
    def pending(self) -> bool:
        """Asked once before each step; waits where the turn is over."""
        self.steps.append(time.perf_counter() - self._began)
        if not self._left and not self._over:
            self._made.release()
            self._go.acquire()
        self._left -= 1
        self._began = time.perf_counter()
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

    def _train(self, spec: RunSpec, data: DataSet, build_readings: BuildReadings) -> None:
        try:
            train(spec, data, sink=self._sink, control=self, build_readings=build_readings)
        finally:
            self._made.release()


@dataclass
class Times:
    """Seconds a step of one loop, in each round."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Of all threads of this process."""
    steps: list[float] = field(default_factory=list)
    """Seconds of each single step, in all rounds."""

    @property
    def undisturbed(self) -> float:
        """Mean of the steps that nothing held up: those of less than twice the lower quartile.

        Where other programs take the processor in turns, a step of some milliseconds is either held up for longer than
        that or not at all. Steps with an emission, half as long again, count.
        """
        quartile = sorted(self.steps)[len(self.steps) // 4]
        return fmean(step for step in self.steps if step < 2 * quartile)


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
            loop.steps.clear()
            wall, processor = time.perf_counter(), time.process_time()
            loop.turn(steps)
            wall = time.perf_counter() - wall
            loop.rest()
            if turn:
                times[name].wall.append(wall / steps)
                times[name].steps += loop.steps
                times[name].processor.append((time.process_time() - processor) / steps)
        turn += 1
    return times


def report(times: Mapping[str, Times]) -> None:
    """Medians over rounds: of a step, and of its ratio to the first loop's in the same round, with quartiles.

    Last, for busy machines: ``undisturbed`` and its ratio; without peers' threads and what the sink does after a turn.
    """
    bare = next(iter(times.values()))
    print(f"{len(bare.wall)} rounds; medians (quartiles)\n")
    print(f"{'loop':58} {'ms/step':>8} {'wall-clock':>22} {'processor':>11} {'undisturbed ms':>15}")
    for name, own in times.items():
        walls = sorted(one / other for one, other in zip(own.wall, bare.wall, strict=True))
        processors = [one / other for one, other in zip(own.processor, bare.processor, strict=True)]
        low, high = walls[len(walls) // 4], walls[3 * len(walls) // 4]
        print(
            f"{name:58} {1e3 * median(own.wall):8.2f} {median(walls):8.3f} ({low:.3f}-{high:.3f}) "
            f"{median(processors):10.3f} {1e3 * own.undisturbed:8.2f} {own.undisturbed / bare.undisturbed:6.3f}",
            flush=True,
        )
