"""What a claim is: an experiment whose verdict is computed, and one that shows when the claim does not hold.

    specs(seeds) -> runs -> measure(runs, seed) for each seed -> evidence -> judge(evidence) -> judgement

``specs``, ``measure`` and ``judge`` are pure. The rule that ``judge`` applies stands in its docstring, and its numbers
beside it: they are fixed before the runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from normscope.claims.measured import MeasuredRun
from normscope.core.spec import MAX_SEEDS, RunSpec
from normscope.core.trial import ExperimentKind, LargerKind

Verdict = Literal["supported", "refuted", "inconclusive"]
Unit = Literal["times", "points", "decades", "cells", "difference"]
"""Of an effect; ``points`` are percentage points, given as a share."""
Runs: TypeAlias = Mapping[str, MeasuredRun]
Evidence: TypeAlias = Mapping[str, Sequence[float]]
"""Named measurements, one value for each seed; infinity: never, NaN: not measured."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and what it rests on.

    Attributes:
        reason: names the sentence that tells it, ``claims.reason.<reason>`` of the message files.
        effect: its size in the experiment's unit; None: there is none to tell.
        interval: 95 % of the mean over seeds, paired, of a ratio of the geometric mean; None where there is none: of
            one seed, and where the rule is about the worst one.
    """

    verdict: Verdict
    reason: str
    effect: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """Runs, what is measured in them for each seed, and the rule that judges it.

    Attributes:
        seeds: how many are taken by default.
    """

    id: str
    specs: Callable[[tuple[int, ...]], Mapping[str, RunSpec]]
    measure: Callable[[Runs, int], Mapping[str, float]]
    judge: Callable[[Evidence], Judgement]
    unit: Unit
    seeds: int = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement stands."""

    paper: str
    section: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement. Its texts are ``claims.<id>.*`` of the message files."""

    number: int
    id: str
    experiment: Experiment
    counter: Experiment
    """When it does not hold."""
    sources: tuple[Source, ...] = ()
    larger: Mapping[LargerKind, Experiment] = field(default_factory=dict)
    """The same with more data and more steps, as far as there are such; not part of trying all claims."""

    @property
    def experiments(self) -> dict[ExperimentKind, Experiment]:
        """All of them by their kinds."""
        found: dict[ExperimentKind, Experiment] = {"main": self.experiment, "counter": self.counter}
        for kind, each in self.larger.items():
            found[kind] = each
        return found


def parts(seeds: Sequence[int]) -> list[tuple[int, ...]]:
    """``seeds`` in groups that fit into one run."""
    return [tuple(seeds[start : start + MAX_SEEDS]) for start in range(0, len(seeds), MAX_SEEDS)]


def gather(experiment: Experiment, measured: Sequence[tuple[Runs, Sequence[int]]]) -> dict[str, tuple[float, ...]]:
    """The evidence of all seeds, given the runs of each group of them."""
    rows = [experiment.measure(runs, seed) for runs, seeds in measured for seed in seeds]
    return {name: tuple(row[name] for row in rows) for name in rows[0]} if rows else {}
