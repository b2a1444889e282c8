"""Minibatches learn more from the same number of examples than full batches.

Goodfellow et al. 2016, section 8.1.3. Examples seen until 90 % of the validation set are right. Counted in steps it is
the other way round, since a full batch is the better gradient (the counter-experiment).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from normscope.claims.arithmetic import median_of, steps_to
from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.measured import MeasuredRun
from normscope.claims.rules import by_size, ratios
from normscope.claims.settings import PLAIN, relu
from normscope.core.presets import NO_NORM
from normscope.core.spec import RunSpec, Sgd

MINI, FULL = 32, 1197
TARGET = 0.9
SUPPORTED, REFUTED = 1.5, 1.1
RATES = (0.1, 0.3, 1.0)
"""Of full batches: the best of them counts."""


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Minibatches at one rate, full batches at three."""
    runs = {"mini": _spec("Minibatches of 32", seeds, batch_size=MINI, steps=600, rate=0.1)}
    for rate in RATES:
        runs[f"full {rate:g}"] = _spec(f"Full batches, rate {rate:g}", seeds, batch_size=FULL, steps=300, rate=rate)
    return runs


def _spec(name: str, seeds: tuple[int, ...], *, batch_size: int, steps: int, rate: float) -> RunSpec:
    optimizer = Sgd(learning_rate=rate)
    return relu(name, seeds, arms=(NO_NORM,), batch_size=batch_size, steps=steps, optimizer=optimizer, evaluate_every=2)


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Steps, examples and the network's own seconds until 90 % of the validation set are right."""
    found: dict[str, float] = {}
    arrived: dict[str, float] = {}
    for name, run in runs.items():
        curve = run.curve("validation_accuracy", PLAIN, seed)
        arrived[name] = steps_to(curve.step, curve.value, TARGET)
    best = min((name for name in runs if name.startswith("full")), key=arrived.__getitem__)
    for word, name in (("mini", "mini"), ("full", best)):
        found[f"{word}_steps"] = arrived[name]
        found[f"{word}_examples"] = arrived[name] * runs[name].spec.batch_size
        found[f"{word}_seconds"] = _seconds(runs[name], seed, arrived[name])
    return found


def _seconds(run: MeasuredRun, seed: int, step: float) -> float:
    """Of forward, backward and update until the end of ``step``; what is between two readings by a straight line."""
    spent = run.curve("compute_seconds", PLAIN, seed)
    if math.isinf(step) or len(spent) == 0:
        return math.inf if math.isinf(step) else math.nan
    return float(np.interp(step, spent.step, spent.high))


def judge(evidence: Evidence) -> Judgement:
    """Examples of full batches / of minibatches, the median: at least 1.5 supports, at most 1.1 refutes.

    Seconds are measured beside them and judge nothing: they are the machine's as much as the method's.
    """
    return _judge(evidence, "examples")


def counter_judge(evidence: Evidence) -> Judgement:
    """The same of steps."""
    return _judge(evidence, "steps")


def _judge(evidence: Evidence, unit: str) -> Judgement:
    if math.isinf(median_of(evidence[f"mini_{unit}"])):
        return Judgement("inconclusive", "plain_did_not_learn")
    return by_size(
        ratios(evidence[f"full_{unit}"], evidence[f"mini_{unit}"]), supported=SUPPORTED, refuted=REFUTED, ratio=True
    )


CLAIM = Claim(
    number=18,
    id="minibatches",
    experiment=Experiment("minibatches", specs, measure, judge, "times"),
    counter=Experiment("minibatches-counter", specs, measure, counter_judge, "times"),
    sources=(Source("Goodfellow, Bengio & Courville 2016", "8.1.3"),),
)
