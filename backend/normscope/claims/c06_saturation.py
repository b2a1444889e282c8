"""BatchNorm keeps sigmoids out of saturation.

Ioffe & Szegedy 2015, section 2 and 3.2. Saturated: abs(a - 0.5) > 0.45, over all hidden layers, at the end. Whether
that makes the network better is another question: with three layers and good weights it does not (the
counter-experiment).
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_size, differences, learned, ratios
from normscope.claims.settings import BATCH, PLAIN, sigmoid, xavier
from normscope.core.spec import NormalInitialisation, RunSpec

SUPPORTED, REFUTED = 0.5, 0.9
BETTER, NO_BETTER = 0.10, 0.0


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Weights so large that sigmoids saturate at once."""
    initialisation = NormalInitialisation(std=1.0)
    return {"run": sigmoid("Large first weights", seeds, initialisation=initialisation, batch_size=32)}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Three sigmoid layers from Xavier's weights."""
    return {"run": xavier("Three sigmoid layers, Xavier's weights", seeds, steps=600)}


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Share of saturated outputs over the hidden layers at the end, and the test accuracies."""
    run = runs["run"]
    hidden = [layer.index for layer in run.manifest.layers if layer.activation is not None]
    found: dict[str, float] = {}
    for word, arm in (("plain", PLAIN), ("batch", BATCH)):
        found[f"{word}_saturated"] = fmean(run.curve("saturated", arm, seed, layer).last for layer in hidden)
        found[f"{word}_final"] = run.final("test_accuracy", arm, seed)
    return found


def judge(evidence: Evidence) -> Judgement:
    """BatchNorm's saturated share / the plain network's, the median: at most 0.5 supports, at least 0.9 refutes."""
    if not learned(evidence["batch_final"]):
        return Judgement("inconclusive", "batch_did_not_learn")
    found = ratios(evidence["batch_saturated"], evidence["plain_saturated"])
    return by_size(found, supported=SUPPORTED, refuted=REFUTED, ratio=True)


def counter_judge(evidence: Evidence) -> Judgement:
    """BatchNorm's accuracy minus the plain one's, the median: at least 10 points support, none or less refutes."""
    gain = differences(evidence["batch_final"], evidence["plain_final"])
    return by_size(gain, supported=BETTER, refuted=NO_BETTER)


CLAIM = Claim(
    number=6,
    id="saturation",
    experiment=Experiment("saturation", specs, measure, judge, "times"),
    counter=Experiment("saturation-counter", counter_specs, measure, counter_judge, "points"),
    sources=(Source("Ioffe & Szegedy 2015", "2, 3.2"),),
)
