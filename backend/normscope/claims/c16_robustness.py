"""BatchNorm is less sensitive to the other settings: more of them train.

Ioffe & Szegedy 2015, section 4.2.1; Bjorck et al. 2018. Learning rate x scale of the first weights: the share of the
grid that trains. Learning rate x batch size, from good first weights: little more of it does (the counter-experiment).
"""

from __future__ import annotations

from collections.abc import Mapping

from normscope.claims.arithmetic import greatest
from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_size, learned, ratios
from normscope.claims.settings import BATCH, PLAIN, relu
from normscope.core.spec import HeInitialisation, RunSpec, Sgd

RATES = (0.003, 0.01, 0.1, 0.3, 1.0)
GAINS = (0.1, 0.3, 1.0, 3.0, 10.0)
BATCHES = (4, 16, 64, 256)
TRAINED = 0.9
SUPPORTED, REFUTED = 1.5, 1.1


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Five rates, five scales."""
    return {
        f"{rate:g} {gain:g}": relu(
            f"Rate {rate:g}, weights times {gain:g}",
            seeds,
            optimizer=Sgd(learning_rate=rate),
            initialisation=HeInitialisation(gain=gain),
            steps=400,
            evaluate_every=400,
        )
        for rate in RATES
        for gain in GAINS
    }


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Five rates, four batch sizes."""
    return {
        f"{rate:g} {size}": relu(
            f"Rate {rate:g}, batches of {size}",
            seeds,
            optimizer=Sgd(learning_rate=rate),
            batch_size=size,
            steps=400,
            evaluate_every=400,
        )
        for rate in RATES
        for size in BATCHES
    }


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """How many settings each network trains with."""
    return {
        f"{word}_trained": float(sum(run.final("test_accuracy", arm, seed) >= TRAINED for run in runs.values()))
        for word, arm in (("plain", PLAIN), ("batch", BATCH))
    } | {"plain_best": greatest(run.final("test_accuracy", PLAIN, seed) for run in runs.values())}


def judge(evidence: Evidence) -> Judgement:
    """BatchNorm's settings / the plain network's, the median: at least 1.5 supports, at most 1.1 refutes."""
    if not learned(evidence["plain_best"]):
        return Judgement("inconclusive", "plain_did_not_learn")
    return by_size(
        ratios(evidence["batch_trained"], evidence["plain_trained"]), supported=SUPPORTED, refuted=REFUTED, ratio=True
    )


CLAIM = Claim(
    number=16,
    id="robustness",
    experiment=Experiment("robustness", specs, measure, judge, "times", seeds=3),
    counter=Experiment("robustness-counter", counter_specs, measure, judge, "times", seeds=3),
    sources=(Source("Ioffe & Szegedy 2015", "4.2.1"), Source("Bjorck et al. 2018", "4")),
)
