"""BatchNorm allows higher learning rates.

Ioffe & Szegedy 2015, section 3.3 and 4.2.1. A rate is usable where the network ends within 5 percentage points of its
own best over all rates. At rates that are far too small for both BatchNorm gains nothing: the counter-experiment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from normscope.claims.arithmetic import greatest
from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_interval, by_size, differences, learned, ratios
from normscope.claims.settings import BATCH, PLAIN, relu
from normscope.core.phase import STABLE_WITHIN
from normscope.core.spec import RunSpec, Sgd

RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SMALL = 0.001
SUPPORTED, REFUTED = 3.0, 1.0
"""Times the plain network's largest usable rate."""


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Six learning rates, a factor of about three apart."""
    return {
        f"{rate:g}": relu(f"Learning rate {rate:g}", seeds, optimizer=Sgd(learning_rate=rate), evaluate_every=100)
        for rate in RATES
    }


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """One rate, a hundredth of what suits the plain network."""
    return {"run": relu("A learning rate far too small", seeds, optimizer=Sgd(learning_rate=SMALL))}


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """The largest usable rate of each network, and its best accuracy."""
    found: dict[str, float] = {}
    for word, arm in (("plain", PLAIN), ("batch", BATCH)):
        reached = {rate: runs[f"{rate:g}"].final("validation_accuracy", arm, seed) for rate in RATES}
        best = greatest(reached.values())
        usable = [rate for rate, value in reached.items() if value >= best - STABLE_WITHIN]
        found |= {f"{word}_rate": max(usable, default=math.nan), f"{word}_best": best}
    return found


def judge(evidence: Evidence) -> Judgement:
    """BatchNorm's largest usable rate / the plain one's, the median: at least 3 supports, at most 1 refutes."""
    if not learned(evidence["plain_best"]):
        return Judgement("inconclusive", "plain_did_not_learn")
    return by_size(
        ratios(evidence["batch_rate"], evidence["plain_rate"]), supported=SUPPORTED, refuted=REFUTED, ratio=True
    )


def counter_measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Both test accuracies."""
    run = runs["run"]
    return {"plain": run.final("test_accuracy", PLAIN, seed), "batch": run.final("test_accuracy", BATCH, seed)}


def counter_judge(evidence: Evidence) -> Judgement:
    """BatchNorm's accuracy minus the plain one's: the 95 % interval above 0 supports, nowhere above 0 refutes."""
    return by_interval(differences(evidence["batch"], evidence["plain"]))


CLAIM = Claim(
    number=3,
    id="learning-rate",
    experiment=Experiment("learning-rate", specs, measure, judge, "times"),
    counter=Experiment("learning-rate-counter", counter_specs, counter_measure, counter_judge, "points", seeds=10),
    sources=(Source("Ioffe & Szegedy 2015", "3.3, 4.2.1"), Source("Bjorck et al. 2018", "3")),
)
