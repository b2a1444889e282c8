"""Early stopping keeps the best weights: they do better on the test than the last ones.

Prechelt 1998. Networks that learn wrong labels by heart get worse again. The same training is tested twice: with its
last weights, and with those of the least validation loss. Without wrong labels there is nothing to save
(the counter-experiment).
"""

from __future__ import annotations

from collections.abc import Mapping

from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_interval, differences, learned
from normscope.claims.settings import PLAIN, relu
from normscope.core.presets import NO_NORM
from normscope.core.spec import Adam, DataSetSpec, EarlyStoppingSpec, MlpSpec, RunSpec

NEVER = 100_000
"""Evaluations: both trainings make all their steps, so that they are the same to the bit."""


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Two of five labels are wrong."""
    return _specs("Wrong labels", seeds, noise=0.4)


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """All labels are right."""
    return _specs("Right labels", seeds, noise=0.0)


def _specs(name: str, seeds: tuple[int, ...], *, noise: float) -> Mapping[str, RunSpec]:
    last = relu(
        f"{name}: the last weights",
        seeds,
        dataset=DataSetSpec(kind="digits", train_examples=600, label_noise=noise),
        model=MlpSpec(hidden=(256, 256), activation="relu"),
        arms=(NO_NORM,),
        optimizer=Adam(learning_rate=1e-3),
        steps=1500,
    )
    stopping = EarlyStoppingSpec(metric="validation_loss", patience=NEVER)
    best = last.model_copy(update={"name": f"{name}: the best weights", "early_stopping": stopping})
    return {"last": last, "best": best}


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Test accuracy with both sets of weights."""
    return {name: runs[name].final("test_accuracy", PLAIN, seed) for name in ("best", "last")}


def judge(evidence: Evidence) -> Judgement:
    """Best minus last: the 95 % interval above 0 supports, nowhere above 0 refutes."""
    if not learned(evidence["best"]):
        return Judgement("inconclusive", "plain_did_not_learn")
    return by_interval(differences(evidence["best"], evidence["last"]))


CLAIM = Claim(
    number=11,
    id="early-stopping",
    experiment=Experiment("early-stopping", specs, measure, judge, "points", seeds=10),
    counter=Experiment("early-stopping-counter", counter_specs, measure, judge, "points", seeds=10),
    sources=(Source("Prechelt 1998", "2"),),
)
