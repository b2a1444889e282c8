"""BatchNorm regularises, and may replace dropout.

Ioffe & Szegedy 2015, section 3.4 and 4.2.1. Few examples, a network that can learn them all by heart: none, dropout,
BatchNorm, both. The noise comes from the minibatches: with full batches there is none (the counter-experiment).
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from normscope.claims.arithmetic import interval
from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import differences
from normscope.claims.settings import relu
from normscope.core.spec import ArmSpec, BatchNorm, DataSetSpec, MlpSpec, NoNorm, RunSpec

EXAMPLES = 300
RATE = 0.5
MARGIN = 0.01
"""By which BatchNorm may be worse than dropout and still replace it."""
ARMS = (
    ArmSpec(name="none", norm=NoNorm()),
    ArmSpec(name="dropout", norm=NoNorm(), dropout=RATE),
    ArmSpec(name="BatchNorm", norm=BatchNorm()),
    ArmSpec(name="both", norm=BatchNorm(), dropout=RATE),
)


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Minibatches of 20."""
    return {"run": _spec("BatchNorm instead of dropout", seeds, batch_size=20, steps=800)}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """All examples in every batch."""
    return {"run": _spec("Full batches", seeds, batch_size=EXAMPLES, steps=150)}


def _spec(name: str, seeds: tuple[int, ...], *, batch_size: int, steps: int) -> RunSpec:
    return relu(
        name,
        seeds,
        dataset=DataSetSpec(kind="digits", train_examples=EXAMPLES),
        model=MlpSpec(hidden=(256, 256), activation="relu"),
        arms=ARMS,
        batch_size=batch_size,
        steps=steps,
    )


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """The test accuracy of each network."""
    return {arm.name: runs["run"].final("test_accuracy", arm.name, seed) for arm in ARMS}


def judge(evidence: Evidence) -> Judgement:
    """By 95 % intervals over seeds: BatchNorm - none above 0 AND BatchNorm - dropout above -1 point supports.

    BatchNorm - none not above 0 anywhere, or BatchNorm - dropout below -1 point throughout, refutes. The effect and its
    interval are BatchNorm - none.
    """
    gain = differences(evidence["BatchNorm"], evidence["none"])
    over_none, over_dropout = interval(gain), interval(differences(evidence["BatchNorm"], evidence["dropout"]))
    if over_none is None or over_dropout is None:
        return Judgement("inconclusive", "one_seed" if len(gain) < 2 else "not_measured")
    effect = fmean(gain)
    if over_none[0] > 0 and over_dropout[0] > -MARGIN:
        return Judgement("supported", "better_and_no_worse_than_dropout", effect, over_none)
    if over_none[1] <= 0:
        return Judgement("refuted", "no_better_than_nothing", effect, over_none)
    if over_dropout[1] < -MARGIN:
        return Judgement("refuted", "worse_than_dropout", effect, over_none)
    return Judgement("inconclusive", "interval_around", effect, over_none)


CLAIM = Claim(
    number=5,
    id="regularisation",
    experiment=Experiment("regularisation", specs, measure, judge, "points", seeds=10),
    counter=Experiment("regularisation-counter", counter_specs, measure, judge, "points", seeds=10),
    sources=(Source("Ioffe & Szegedy 2015", "3.4, 4.2.1"),),
)
