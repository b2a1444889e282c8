"""BatchNorm belongs before the nonlinearity.

Ioffe & Szegedy 2015, section 3.2. Measured with ReLU; with sigmoids it is the other way round (the
counter-experiment): there is no universal winner.
"""

from __future__ import annotations

from collections.abc import Mapping

from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_interval, differences, learned
from normscope.claims.settings import relu, xavier
from normscope.core.spec import ArmSpec, BatchNorm, RunSpec, Sgd

BEFORE, AFTER = "before", "after"
ARMS = (
    ArmSpec(name=BEFORE, norm=BatchNorm(placement="before_activation")),
    ArmSpec(name=AFTER, norm=BatchNorm(placement="after_activation")),
)


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Three ReLU layers, a high learning rate."""
    return {"run": relu("Before or after the ReLU", seeds, arms=ARMS, optimizer=Sgd(learning_rate=1.0))}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Three sigmoid layers."""
    return {"run": xavier("Before or after the sigmoid", seeds, arms=ARMS, steps=600)}


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Both test accuracies."""
    return {arm: runs["run"].final("test_accuracy", arm, seed) for arm in (BEFORE, AFTER)}


def judge(evidence: Evidence) -> Judgement:
    """Before minus after: the 95 % interval above 0 supports, nowhere above 0 refutes."""
    if not learned(evidence[BEFORE]):
        return Judgement("inconclusive", "batch_did_not_learn")
    return by_interval(differences(evidence[BEFORE], evidence[AFTER]))


CLAIM = Claim(
    number=10,
    id="placement",
    experiment=Experiment("placement", specs, measure, judge, "points", seeds=10),
    counter=Experiment("placement-counter", counter_specs, measure, judge, "points", seeds=10),
    sources=(Source("Ioffe & Szegedy 2015", "3.2"),),
)
