"""BatchNorm speeds training up: a network with it reaches the plain network's level in fewer steps.

Ioffe & Szegedy 2015, section 4.1 and Fig. 1 (a). Where the plain network starts well (He initialisation, ReLU, Adam)
there is nothing left to speed up: the counter-experiment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from normscope.claims.arithmetic import greatest, steps_to
from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_size, learned
from normscope.claims.settings import BATCH, PLAIN, paper, relu, sigmoid
from normscope.core.spec import Adam, ProbeSpec, RunSpec

SHARE = 0.98
"""Of the plain network's best validation accuracy: its best itself is one lucky evaluation."""
SUPPORTED, REFUTED = 1.5, 1.1
"""Times fewer steps, the median over seeds."""


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """The paper's network on digits: sigmoid, from small weights."""
    return {"run": sigmoid("BatchNorm speeds training up", seeds)}


def larger_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """The paper's network on MNIST, with the percentiles of its Fig. 1 (b, c)."""
    return {"run": paper("The paper's Fig. 1 on MNIST", seeds, probes=ProbeSpec(distributions_every=20))}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """ReLU, He's weights, Adam."""
    optimizer = Adam(learning_rate=1e-3)
    return {"run": relu("A plain network that starts well", seeds, optimizer=optimizer, steps=400, evaluate_every=10)}


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Steps until each network is at 98 % of the plain one's best validation accuracy, and that best."""
    run = runs["run"]
    plain = run.curve("validation_accuracy", PLAIN, seed)
    batch = run.curve("validation_accuracy", BATCH, seed)
    best = greatest(plain.value)
    return {
        "plain_best": best,
        "plain_steps": steps_to(plain.step, plain.value, SHARE * best),
        "batch_steps": steps_to(batch.step, batch.value, SHARE * best),
        "plain_final": run.final("test_accuracy", PLAIN, seed),
        "batch_final": run.final("test_accuracy", BATCH, seed),
    }


def judge(evidence: Evidence) -> Judgement:
    """Plain steps / BatchNorm's steps, the median over seeds: at least 1.5 supports, at most 1.1 refutes.

    A BatchNorm network that never arrives counts as 0 times; a plain network that did not learn decides nothing.
    """
    if not learned(evidence["plain_best"]):
        return Judgement("inconclusive", "plain_did_not_learn")
    times = [
        0.0 if math.isinf(batch) else plain / batch
        for plain, batch in zip(evidence["plain_steps"], evidence["batch_steps"], strict=True)
    ]
    return by_size(times, supported=SUPPORTED, refuted=REFUTED, ratio=True)


CLAIM = Claim(
    number=1,
    id="speed",
    experiment=Experiment("speed", specs, measure, judge, "times"),
    counter=Experiment("speed-counter", counter_specs, measure, judge, "times"),
    sources=(Source("Ioffe & Szegedy 2015", "4.1, Fig. 1 (a)"),),
    larger={"mnist": Experiment("speed-mnist", larger_specs, measure, judge, "times", seeds=2)},
)
