"""BatchNorm needs batch statistics to train and good averages to evaluate: poor averages cost accuracy.

Ioffe & Szegedy 2015, section 3.1; Wu & Johnson 2021, section 3. After few steps with a small momentum the running
averages still hold the beginning; exact averages over training examples (precise BN) are better. After many steps with
PyTorch's momentum there is nothing left to gain: the counter-experiment.
"""

from __future__ import annotations

from collections.abc import Mapping

from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_interval, differences, learned
from normscope.claims.settings import BATCH, relu
from normscope.core.spec import ArmSpec, BatchNorm, ProbeSpec, RunSpec, Sgd

MARGIN = 0.005


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """100 steps, each new batch counting for 1 %."""
    return {"run": _spec("Stale averages", seeds, steps=100, momentum=0.01)}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """600 steps, each new batch counting for 10 %."""
    return {"run": _spec("Fresh averages", seeds, steps=600, momentum=0.1)}


def _spec(name: str, seeds: tuple[int, ...], *, steps: int, momentum: float) -> RunSpec:
    arm = ArmSpec(name=BATCH, norm=BatchNorm(momentum=momentum))
    probes = ProbeSpec(modes_every=steps // 10, distributions_every=0)
    return relu(name, seeds, arms=(arm,), optimizer=Sgd(learning_rate=0.3), steps=steps, probes=probes)


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Accuracy of the same network at the end: by its running averages, by exact ones, and in training mode."""
    run = runs["run"]
    return {
        "running": run.curve("eval_mode_accuracy", BATCH, seed).last,
        "precise": run.curve("precise_accuracy", BATCH, seed).last,
        "training": run.curve("train_mode_accuracy", BATCH, seed).last,
    }


def judge(evidence: Evidence) -> Judgement:
    """Precise minus running, 95 % interval: above 0.5 points supports, not above them anywhere refutes."""
    if not learned(evidence["precise"]):
        return Judgement("inconclusive", "batch_did_not_learn")
    return by_interval(differences(evidence["precise"], evidence["running"]), margin=MARGIN)


CLAIM = Claim(
    number=8,
    id="modes",
    experiment=Experiment("modes", specs, measure, judge, "points", seeds=10),
    counter=Experiment("modes-counter", counter_specs, measure, judge, "points", seeds=10),
    sources=(Source("Ioffe & Szegedy 2015", "3.1"), Source("Wu & Johnson 2021", "3")),
)
