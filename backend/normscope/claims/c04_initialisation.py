"""With BatchNorm training depends less on how the weights begin, and gradients reach the first layers.

Ioffe & Szegedy 2015, section 3.3 ("less careful about initialization"). Two measurements: the scales of the first
weights from which a network learns, and by how many powers of ten the gradient differs between the first and the last
hidden layer of a deep sigmoid network before it learns anything. With ReLU and He's weights the plain network's
gradient is fine, and BatchNorm makes it grow by a factor of 1.21 a layer (Yang et al. 2019): the counter-experiment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from normscope.claims.arithmetic import median_of
from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_size, differences
from normscope.claims.settings import BATCH, PLAIN, relu, xavier
from normscope.core.spec import HeInitialisation, MlpSpec, ProbeSpec, RunSpec

GAINS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
USABLE = 0.9
"""Test accuracy from which a network counts as trained."""
MORE_GAINS, NO_MORE_GAINS = 2.0, 0.0
FEWER_DECADES, MORE_DECADES = 1.0, -0.3
DEPTH = 20
COUNTER_DEPTH = 24
"""As deep as a run may be."""
PROBES = ProbeSpec(details_every=1, distributions_every=0)


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Eight scales of He's weights, and one step of a deep sigmoid network."""
    runs = {
        f"{gain:g}": relu(f"Weights times {gain:g}", seeds, initialisation=HeInitialisation(gain=gain))
        for gain in GAINS
    }
    deep = MlpSpec(hidden=(100,) * DEPTH, activation="sigmoid")
    return runs | {"deep": xavier("Twenty sigmoid layers", seeds, model=deep, steps=1, batch_size=128, probes=PROBES)}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """One step of a deep ReLU network from He's weights."""
    deep = MlpSpec(hidden=(100,) * COUNTER_DEPTH, activation="relu")
    return {"deep": relu("Deep ReLU, He's weights", seeds, model=deep, steps=1, batch_size=128, probes=PROBES)}


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """How many scales each network learns from, and the decades of its gradient."""
    found = decades(runs, seed)
    for word, arm in (("plain", PLAIN), ("batch", BATCH)):
        reached = [runs[f"{gain:g}"].final("test_accuracy", arm, seed) for gain in GAINS]
        found[f"{word}_gains"] = float(sum(value >= USABLE for value in reached))
    return found


def decades(runs: Runs, seed: int) -> dict[str, float]:
    """log10 of the first hidden layer's gradient norm over the last one's, before the first update."""
    run = runs["deep"]
    last = len(run.manifest.layers) - 1
    found: dict[str, float] = {}
    for word, arm in (("plain", PLAIN), ("batch", BATCH)):
        first, final = (run.curve("activation_gradient_norm", arm, seed, layer).last for layer in (1, last))
        found[f"{word}_decades"] = math.log10(first / final) if first > 0 and final > 0 else math.nan
    return found


def judge(evidence: Evidence) -> Judgement:
    """Supported where BatchNorm learns from at least 2 scales more AND its gradient keeps at least 1 decade more.

    Refuted where it learns from no more scales; the effect is the number of scales more.
    """
    flow = counter_judge(evidence)
    gains = by_size(
        differences(evidence["batch_gains"], evidence["plain_gains"]), supported=MORE_GAINS, refuted=NO_MORE_GAINS
    )
    if gains.verdict == "supported" and flow.verdict != "supported":
        return Judgement("inconclusive", "gradient_not_steadier", gains.effect, gains.interval)
    return gains


def counter_judge(evidence: Evidence) -> Judgement:
    """Decades from first to last layer, plain minus BatchNorm, the median: 1 or more supports, -0.3 or less refutes."""
    lost = [
        abs(plain) - abs(batch)
        for plain, batch in zip(evidence["plain_decades"], evidence["batch_decades"], strict=True)
    ]
    if math.isnan(median_of(lost)):
        return Judgement("inconclusive", "not_measured")
    return by_size(lost, supported=FEWER_DECADES, refuted=MORE_DECADES)


CLAIM = Claim(
    number=4,
    id="initialisation",
    experiment=Experiment("initialisation", specs, measure, judge, "cells"),
    counter=Experiment("initialisation-counter", counter_specs, decades, counter_judge, "decades"),
    sources=(Source("Ioffe & Szegedy 2015", "3.3"), Source("Yang et al. 2019", "1")),
)
