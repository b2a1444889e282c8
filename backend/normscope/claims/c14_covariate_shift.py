"""Internal covariate shift is not what BatchNorm's gain comes from.

Santurkar et al. 2018, section 2. With noise behind every norm the distributions of the layers move more than in the
plain network, and yet it trains as fast as with BatchNorm. In ten ReLU layers the noise adds up and takes the gain away
(the counter-experiment).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from normscope.claims.arithmetic import median_of
from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import learned
from normscope.claims.settings import BATCH, NOISY, PAIR, PLAIN, relu, sigmoid
from normscope.core.spec import ArmSpec, MlpSpec, NoisyBatchNorm, ProbeSpec, RunSpec

ARMS = (*PAIR, ArmSpec(name=NOISY, norm=NoisyBatchNorm()))
GAIN = 0.01
"""Of the area under the accuracy curve: less is no gain."""
KEPT = 0.5
EVERY = 50
PROBES = ProbeSpec(landscape_every=EVERY, distributions_every=0)


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """The paper's network on digits."""
    return {"run": sigmoid("Noise behind every norm", seeds, arms=ARMS, steps=1000, probes=PROBES)}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Ten ReLU layers."""
    model = MlpSpec(hidden=(64,) * 10, activation="relu")
    return {"run": relu("Ten noisy layers", seeds, arms=ARMS, model=model, steps=400, probes=PROBES)}


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Mean validation accuracy, drift of the last hidden layer and relative change of the gradient, of each network."""
    run = runs["run"]
    last = len(run.manifest.layers) - 1
    found: dict[str, float] = {}
    for word, arm in (("plain", PLAIN), ("batch", BATCH), ("noisy", NOISY)):
        accuracy = run.curve("validation_accuracy", arm, seed).value
        drift = run.curve("activation_drift", arm, seed, last).after(EVERY).value
        change = run.curve("relative_gradient_change", arm, seed).value
        for name, values in (("area", accuracy), ("drift", drift), ("change", change)):
            found[f"{word}_{name}"] = float(np.mean(values)) if len(values) else float("nan")
    return found


def judge(evidence: Evidence) -> Judgement:
    """Where BatchNorm's gain of area is above 1 point: noisy drift above the plain one AND half the gain kept supports.

    Moving no more than the plain network decides nothing; losing more than half of the gain refutes. The effect is the
    share of the gain that is kept.
    """
    if not learned(evidence["plain_area"]):
        return Judgement("inconclusive", "plain_did_not_learn")
    area = {word: median_of(evidence[f"{word}_area"]) for word in ("plain", "batch", "noisy")}
    gain = area["batch"] - area["plain"]
    if not gain > GAIN:
        return Judgement("inconclusive", "no_gain_to_explain")
    kept = (area["noisy"] - area["plain"]) / gain
    if not median_of(evidence["noisy_drift"]) > median_of(evidence["plain_drift"]):
        return Judgement("inconclusive", "noise_does_not_move_more", kept)
    if kept >= KEPT:
        return Judgement("supported", "gain_kept_although_moving", kept)
    return Judgement("refuted", "gain_lost_with_noise", kept)


CLAIM = Claim(
    number=14,
    id="covariate-shift",
    experiment=Experiment("covariate-shift", specs, measure, judge, "difference"),
    counter=Experiment("covariate-shift-counter", counter_specs, measure, judge, "difference"),
    sources=(Source("Santurkar et al. 2018", "2, Fig. 2"),),
)
