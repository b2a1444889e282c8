"""With BatchNorm the distribution of a layer's input moves less while the network learns.

Ioffe & Szegedy 2015, section 4.1 and Fig. 1 (b, c). What moves is measured in widths of the distribution: the median of
each unit of the last hidden layer, on a fixed batch. With noise behind the norm the distributions move more than in the
plain network, although it is BatchNorm: the counter-experiment.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_size, learned, ratios
from normscope.claims.settings import NOISY, PLAIN, paper, sigmoid
from normscope.core.presets import NO_NORM
from normscope.core.spec import ArmSpec, NoisyBatchNorm, ProbeSpec, RunSpec

SUPPORTED, REFUTED = 0.5, 0.9
"""BatchNorm's movement as a part of the plain network's."""
EVERY = 50
LAST = 3
"""The last hidden layer."""
PROBES = ProbeSpec(landscape_every=EVERY, distributions_every=20)


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """The paper's network on digits."""
    return {"run": sigmoid("Steadier distributions", seeds, probes=PROBES)}


def larger_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """The paper's network on MNIST."""
    return {"run": paper("Steadier distributions on MNIST", seeds, probes=PROBES)}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """The same, with noise behind the norm (Santurkar et al. 2018)."""
    arms = (NO_NORM, ArmSpec(name=NOISY, norm=NoisyBatchNorm()))
    return {"run": sigmoid("Noise behind the norm", seeds, arms=arms, probes=PROBES)}


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Mean movement of the median between two looks, in widths, of the typical unit of the last hidden layer."""
    run = runs["run"]

    def drift(arm: str) -> float:
        values = run.curve("activation_drift", arm, seed, LAST).after(EVERY).value
        return float(np.mean(values)) if len(values) else float("nan")

    normed = next(arm for arm in run.manifest.arms if arm != PLAIN)
    word = "noisy" if normed == NOISY else "batch"
    return {
        "plain_drift": drift(PLAIN),
        f"{word}_drift": drift(normed),
        "plain_final": run.final("test_accuracy", PLAIN, seed),
        f"{word}_final": run.final("test_accuracy", normed, seed),
    }


def judge(evidence: Evidence) -> Judgement:
    """BatchNorm's drift, noisy or not, / plain, the median over seeds: at most 0.5 supports, at least 0.9 refutes.

    A network that does not learn does not move either: then nothing is decided.
    """
    word = "noisy" if "noisy_drift" in evidence else "batch"
    if not learned(evidence["plain_final"]):
        return Judgement("inconclusive", "plain_did_not_learn")
    if not learned(evidence[f"{word}_final"]):
        return Judgement("inconclusive", "batch_did_not_learn")
    return by_size(
        ratios(evidence[f"{word}_drift"], evidence["plain_drift"]), supported=SUPPORTED, refuted=REFUTED, ratio=True
    )


CLAIM = Claim(
    number=2,
    id="stability",
    experiment=Experiment("stability", specs, measure, judge, "times"),
    counter=Experiment("stability-counter", counter_specs, measure, judge, "times"),
    sources=(Source("Ioffe & Szegedy 2015", "4.1, Fig. 1 (b, c)"), Source("Santurkar et al. 2018", "2.1")),
    larger={"mnist": Experiment("stability-mnist", larger_specs, measure, judge, "times", seeds=2)},
)
