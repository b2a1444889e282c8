"""gamma and beta can restore the identity: with gamma = sqrt(var + eps) and beta = mu the norm changes nothing.

Ioffe & Szegedy 2015, section 3. It holds for the minibatch whose mean and variance these are; the same network in
evaluation mode normalises by its running statistics and answers differently (the counter-experiment).
"""

from __future__ import annotations

from collections.abc import Mapping

from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.settings import BATCH, xavier
from normscope.core.presets import BATCH_NORM
from normscope.core.spec import ProbeSpec, RunSpec
from normscope.core.statistics import Statistic

FLOAT32, FLOAT64 = 1e-5, 1e-12
"""The largest difference of a logit that is rounding alone."""
PROBES = ProbeSpec(modes_every=100, distributions_every=0)


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """One network with BatchNorm while it learns."""
    return {"run": xavier("Identity restored", seeds, arms=(BATCH_NORM,), batch_size=128, steps=300, probes=PROBES)}


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """The largest logit difference seen, in float32 and in float64, and between training and evaluation mode."""
    run = runs["run"]

    def worst(statistic: Statistic) -> float:
        high = run.curve(statistic, BATCH, seed).high
        return float(high.max()) if len(high) else float("nan")

    names: tuple[Statistic, ...] = ("identity_error", "identity_error_64", "mode_logit_gap")
    return {name: worst(name) for name in names}


def judge(evidence: Evidence) -> Judgement:
    """Every seed's largest difference is at most 1e-5 in float32 and 1e-12 in float64; else refuted."""
    return _within({"identity_error": FLOAT32, "identity_error_64": FLOAT64}, evidence)


def counter_judge(evidence: Evidence) -> Judgement:
    """The same bound on the difference between training and evaluation mode."""
    return _within({"mode_logit_gap": FLOAT32}, evidence)


def _within(bounds: Mapping[str, float], evidence: Evidence) -> Judgement:
    first = next(iter(bounds))
    worst = {name: max(evidence[name]) for name in bounds}
    if any(value != value for name in bounds for value in evidence[name]):
        return Judgement("inconclusive", "not_measured")
    kept = all(worst[name] <= bound for name, bound in bounds.items())
    return Judgement("supported" if kept else "refuted", "rounding" if kept else "beyond_rounding", worst[first])


CLAIM = Claim(
    number=7,
    id="identity",
    experiment=Experiment("identity", specs, measure, judge, "difference"),
    counter=Experiment("identity-counter", specs, measure, counter_judge, "difference"),
    sources=(Source("Ioffe & Szegedy 2015", "3"),),
)
