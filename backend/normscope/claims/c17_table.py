"""The paper's table made small: with BatchNorm fewer steps, higher rates, and sigmoids that train at all.

Ioffe & Szegedy 2015, section 4.2.2 and Fig. 3: plain, BN, BN at five and at thirty times the rate, BN-x5 with sigmoids.
Ten convolutions on digits; the rate is the one that suits the plain network. A shallower network, which trains well
without, gains little (the counter-experiment). Fourteen times, as in the paper, is never reached here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from normscope.claims.arithmetic import greatest, median_of, steps_to
from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import learned
from normscope.claims.settings import relu
from normscope.core.spec import ActivationKind, ArmSpec, BatchNorm, CnnSpec, DataSetSpec, Momentum, NoNorm, RunSpec

Convolutions: TypeAlias = tuple[int | Literal["pool"], ...]

FASTER, NO_FASTER = 1.5, 1.1
LOST, KEPT = 0.10, 0.02
"""Accuracy at five times the rate: without, with BatchNorm."""
CHANCE, TRAINS = 0.2, 0.5
"""Accuracy of sigmoids: without, with BatchNorm."""
DEEP: Convolutions = (16, 16, 16, 16, "pool", 32, 32, 32, 32, "pool", 32, 32)
SHALLOW: Convolutions = (16, 16, "pool", 32, 32, "pool", 32)


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Ten convolutions, rate 0.01."""
    return _specs("Ten convolutions", seeds, DEEP, rate=0.01)


def mnist_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """The same ten convolutions on MNIST; after 300 steps the plain network still rises there (docs/claims.md)."""
    found = _specs("Ten convolutions on MNIST", seeds, DEEP, rate=0.01)
    return _with(found, dataset=DataSetSpec(kind="mnist"), steps=600, evaluate_every=50)


def cifar10_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """The same on CIFAR-10, channels of mean 0 and variance 1; a small part of an epoch is no start there."""
    found = _specs("Ten convolutions on CIFAR-10", seeds, DEEP, rate=0.01)
    dataset = DataSetSpec(kind="cifar10", normalise="standard")
    return _with(found, dataset=dataset, steps=4000, evaluate_every=200)


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Five convolutions, rate 0.03."""
    return _specs("Five convolutions", seeds, SHALLOW, rate=0.03)


def _with(specs: Mapping[str, RunSpec], **changes: Any) -> Mapping[str, RunSpec]:
    return {name: spec.model_copy(update=changes) for name, spec in specs.items()}


def _specs(name: str, seeds: tuple[int, ...], convolutions: Convolutions, *, rate: float) -> Mapping[str, RunSpec]:
    def arm(word: str, norm: NoNorm | BatchNorm, times: int) -> ArmSpec:
        return ArmSpec(name=word, norm=norm, optimizer=Momentum(learning_rate=rate * times))

    def spec(activation: ActivationKind, *arms: ArmSpec) -> RunSpec:
        model = CnnSpec(convolutions=convolutions, activation=activation)
        return relu(f"{name}, {activation}", seeds, model=model, arms=arms, steps=300, evaluate_every=10)

    none, batch = NoNorm(), BatchNorm()
    return {
        "relu": spec(
            "relu",
            arm("plain", none, 1),
            arm("plain x5", none, 5),
            arm("BN", batch, 1),
            arm("BN x5", batch, 5),
            arm("BN x30", batch, 30),
        ),
        "sigmoid": spec("sigmoid", arm("plain", none, 1), arm("BN x5", batch, 5)),
    }


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Steps to the plain network's best (98 % of it) and best validation accuracy, of each network."""
    relu_run, sigmoid_run = runs["relu"], runs["sigmoid"]
    found: dict[str, float] = {}
    target = math.nan
    for name in relu_run.manifest.arms:
        curve = relu_run.curve("validation_accuracy", name, seed)
        best = greatest(curve.value)
        target = 0.98 * best if name == "plain" else target
        found |= {f"{name} best": best, f"{name} steps": steps_to(curve.step, curve.value, target)}
    for name in sigmoid_run.manifest.arms:
        curve = sigmoid_run.curve("validation_accuracy", name, seed)
        found[f"sigmoid {name} best"] = greatest(curve.value)
    return found


def judge(evidence: Evidence) -> Judgement:
    """All three support; the effect is how many times fewer steps the faster of BN and BN x5 needs. Medians over seeds.

    Faster: at least 1.5 times fewer steps; at most 1.1 times refutes. Higher rates: at five times the rate plain loses
    10 points and BN less than 2. Sigmoids: at most 0.2 without and above 0.5 with BatchNorm.
    """
    if not learned(evidence["plain best"]):
        return Judgement("inconclusive", "plain_did_not_learn")
    median = {name: median_of(values) for name, values in evidence.items()}
    times = max(_times(median["plain steps"], median[f"{name} steps"]) for name in ("BN", "BN x5"))
    if times <= NO_FASTER:
        return Judgement("refuted", "too_small", times)
    lost = median["plain best"] - median["plain x5 best"] >= LOST and median["BN best"] - median["BN x5 best"] < KEPT
    sigmoids = median["sigmoid plain best"] <= CHANCE and median["sigmoid BN x5 best"] > TRAINS
    if times >= FASTER and lost and sigmoids:
        return Judgement("supported", "all_three", times)
    return Judgement("inconclusive", "not_all_three", times)


def _times(plain: float, other: float) -> float:
    return 0.0 if math.isinf(other) else plain / other


CLAIM = Claim(
    number=17,
    id="table",
    experiment=Experiment("table", specs, measure, judge, "times", seeds=3),
    counter=Experiment("table-counter", counter_specs, measure, judge, "times", seeds=3),
    sources=(Source("Ioffe & Szegedy 2015", "4.2.2, Fig. 3"),),
    larger={
        "mnist": Experiment("table-mnist", mnist_specs, measure, judge, "times", seeds=2),
        "cifar10": Experiment("table-cifar10", cifar10_specs, measure, judge, "times", seeds=1),
    },
)
