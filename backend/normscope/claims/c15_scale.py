"""BatchNorm makes the scale of the weights irrelevant: BN(aWx) = BN(Wx), and gradients shrink by 1/a.

Ioffe & Szegedy 2015, section 3.3. eps breaks it where the variance is not much greater: with a large eps
(the counter-experiment).
"""

from __future__ import annotations

from collections.abc import Mapping

from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.settings import BATCH, relu
from normscope.core.spec import ArmSpec, BatchNorm, ProbeSpec, RunSpec

LOGITS, GRADIENTS = 1e-2, 1e-3
"""The largest change of a logit, and of the gradients' ratio from 1."""
PROBES = ProbeSpec(modes_every=100, distributions_every=0)


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """eps as it is by default."""
    return {"run": _spec("Weights times ten", seeds, eps=1e-5)}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """eps of the size of the variance."""
    return {"run": _spec("Weights times ten, eps 0.5", seeds, eps=0.5)}


def _spec(name: str, seeds: tuple[int, ...], *, eps: float) -> RunSpec:
    return relu(name, seeds, arms=(ArmSpec(name=BATCH, norm=BatchNorm(eps=eps)),), steps=200, probes=PROBES)


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """The largest change of a logit, and the ratio of gradients times a farthest from 1."""
    run = runs["run"]
    error, ratio = (run.curve(name, BATCH, seed) for name in ("scale_error", "scale_gradient_ratio"))
    return {
        "logit_change": float(error.high.max()) if len(error) else float("nan"),
        "gradient_error": float(abs(ratio.value - 1.0).max()) if len(ratio) else float("nan"),
    }


def judge(evidence: Evidence) -> Judgement:
    """Every seed: logits change by at most 1e-2 and the gradients' ratio by at most 1e-3; else refuted."""
    changes, errors = evidence["logit_change"], evidence["gradient_error"]
    if any(value != value for value in (*changes, *errors)):
        return Judgement("inconclusive", "not_measured")
    if max(changes) > LOGITS:
        return Judgement("refuted", "logits_change", max(changes))
    if max(errors) > GRADIENTS:
        return Judgement("refuted", "gradients_change", max(changes))
    return Judgement("supported", "rounding", max(changes))


CLAIM = Claim(
    number=15,
    id="scale",
    experiment=Experiment("scale", specs, measure, judge, "difference"),
    counter=Experiment("scale-counter", counter_specs, measure, judge, "difference"),
    sources=(Source("Ioffe & Szegedy 2015", "3.3"),),
)
