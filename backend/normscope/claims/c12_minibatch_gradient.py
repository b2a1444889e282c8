"""A minibatch's gradient approximates that of all examples, the better the larger the batch.

Goodfellow et al. 2016, section 8.1.3. Measured as the cosine between both, at the first weights. After 100 steps with
BatchNorm a minibatch's statistics are not those of all examples, so that its gradient is biased and no longer close
(the counter-experiment).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from normscope.claims.arithmetic import interval, median_of
from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.settings import BATCH, PLAIN, relu
from normscope.core.presets import BATCH_NORM, NO_NORM
from normscope.core.spec import ArmSpec, ProbeSpec, RunSpec
from normscope.core.statistics import NOISE_BATCHES

SUPPORTED, REFUTED = 0.3, 0.1
"""Cosine of batches of 32."""
AT = 32


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """One step of the plain network; a run for each seed, since vectors are kept of the first one."""
    return {f"seed {seed}": _spec("Minibatch gradients", seed, steps=1) for seed in seeds}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """100 steps with BatchNorm."""
    return {
        f"seed {seed}": _spec("Minibatch gradients with BatchNorm", seed, steps=100, arms=(BATCH_NORM,))
        for seed in seeds
    }


def _spec(name: str, seed: int, *, steps: int, arms: tuple[ArmSpec, ...] = (NO_NORM,)) -> RunSpec:
    probes = ProbeSpec(noise_every=steps, distributions_every=0)
    return relu(name, (seed,), arms=arms, steps=steps, probes=probes)


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Mean cosine of a minibatch's gradient with that of all examples, by batch size, at the last step."""
    run = runs[f"seed {seed}"]
    arm = PLAIN if PLAIN in run.manifest.arms else BATCH
    _, rows = run.vectors("cosine_by_batch_size", arm)
    row = rows[-1] if len(rows) else np.full(len(NOISE_BATCHES), math.nan)
    found = {f"cosine_{size}": float(value) for size, value in zip(NOISE_BATCHES, row, strict=True)}
    return found | {"bias": run.curve("gradient_bias", arm, seed).last}


def judge(evidence: Evidence) -> Judgement:
    """The cosine of batches of 32, the median: above 0.3 and growing with the batch supports, at most 0.1 refutes."""
    medians = [median_of(evidence[f"cosine_{size}"]) for size in NOISE_BATCHES]
    at = median_of(evidence[f"cosine_{AT}"])
    if any(map(math.isnan, medians)):
        return Judgement("inconclusive", "not_measured")
    told = interval(evidence[f"cosine_{AT}"])
    if at <= REFUTED:
        return Judgement("refuted", "too_small", at, told)
    if at > SUPPORTED and medians == sorted(medians):
        return Judgement("supported", "large_enough", at, told)
    return Judgement("inconclusive", "between", at, told)


CLAIM = Claim(
    number=12,
    id="minibatch-gradient",
    experiment=Experiment("minibatch-gradient", specs, measure, judge, "difference"),
    counter=Experiment("minibatch-gradient-counter", counter_specs, measure, judge, "difference"),
    sources=(Source("Goodfellow, Bengio & Courville 2016", "8.1.3"),),
)
