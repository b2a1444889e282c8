"""Each claim's rule with made-up evidence: on each side of each threshold, with NaN, where nothing was learned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from normscope.claims.catalog import CLAIMS

NAN, NEVER = math.nan, math.inf
EXPERIMENT = {e.id: e for c in CLAIMS for e in c.experiments.values()}


def three(**values: float | tuple[float, ...]) -> dict[str, tuple[float, ...]]:
    """Three seeds; one number stands for all of them."""
    return {name: value if isinstance(value, tuple) else (value,) * 3 for name, value in values.items()}


def speed(plain: Any = 600.0, batch: Any = 100.0, best: Any = 0.95) -> Mapping[str, tuple[float, ...]]:
    return three(plain_steps=plain, batch_steps=batch, plain_best=best, plain_final=best, batch_final=best)


def drift(batch: Any, final: Any = 0.9) -> Mapping[str, tuple[float, ...]]:
    return three(plain_drift=0.1, batch_drift=batch, plain_final=final, batch_final=0.9)


def grid(best: Any = 0.9, **values: Any) -> Mapping[str, tuple[float, ...]]:
    return three(plain_best=best, **values)


def gains(batch: Any, decades: Any = -12.0) -> Mapping[str, tuple[float, ...]]:
    return three(plain_gains=2.0, batch_gains=batch, plain_decades=decades, batch_decades=0.3)


def dropout(none: Any, drop: Any, batch: Any) -> Mapping[str, tuple[float, ...]]:
    return three(none=none, dropout=drop, BatchNorm=batch, both=0.9)


def saturated(batch: Any, final: Any = 0.9) -> Mapping[str, tuple[float, ...]]:
    return three(plain_saturated=0.8, batch_saturated=batch, plain_final=0.9, batch_final=final)


def identity(single: Any = 2.4e-7, double: Any = 3.3e-16, modes: Any = 0.5) -> Mapping[str, tuple[float, ...]]:
    return three(identity_error=single, identity_error_64=double, mode_logit_gap=modes)


def small(batch: Any, large: Any = 0.98) -> Mapping[str, tuple[float, ...]]:
    return {
        "BatchNorm 2": (batch,) * 3,
        "BatchNorm 32": (large,) * 3,
        "GroupNorm 2": (0.97,) * 3,
        "GroupNorm 32": (0.98,) * 3,
    }


def cosines(*values: float) -> Mapping[str, tuple[float, ...]]:
    return {f"cosine_{size}": (value,) * 3 for size, value in zip((2, 8, 32, 128, 512), values, strict=True)}


def curve(*errors: float) -> Mapping[str, tuple[float, ...]]:
    return {str(index): (error,) * 3 for index, error in enumerate(errors)}


def shift(
    noisy: float = 0.97, drift: float = 0.2, plain: float = 0.8, batch: float = 0.98
) -> Mapping[str, tuple[float, ...]]:
    areas = {"plain_area": plain, "batch_area": batch, "noisy_area": noisy}
    return three(**areas, plain_drift=0.1, batch_drift=0.05, noisy_drift=drift)


def table(**changes: Any) -> Mapping[str, tuple[float, ...]]:
    found: dict[str, Any] = {
        "plain best": 0.97,
        "plain x5 best": 0.6,
        "BN best": 0.98,
        "BN x5 best": 0.98,
        "BN x30 best": 0.97,
        "plain steps": 260.0,
        "BN steps": 100.0,
        "BN x5 steps": 120.0,
        "sigmoid plain best": 0.1,
        "sigmoid BN x5 best": 0.9,
    }
    return three(**(found | {name.replace("_", " "): value for name, value in changes.items()}))


def minibatches(
    full: Any, mini: Any = 3200.0, steps: tuple[float, float] = (100.0, 40.0)
) -> Mapping[str, tuple[float, ...]]:
    return three(
        mini_examples=mini, full_examples=full, mini_steps=steps[0] if mini < NEVER else NEVER, full_steps=steps[1]
    )


CASES: list[tuple[str, Mapping[str, tuple[float, ...]], str, str]] = [
    ("speed", speed(), "supported", "large_enough"),
    ("speed", speed(batch=400.0), "supported", "large_enough"),
    ("speed", speed(batch=450.0), "inconclusive", "between"),
    ("speed", speed(batch=600.0), "refuted", "too_small"),
    ("speed", speed(batch=NEVER), "refuted", "too_small"),
    ("speed", speed(batch=(NEVER, 100.0, 100.0)), "supported", "large_enough"),
    ("speed", speed(best=0.15), "inconclusive", "plain_did_not_learn"),
    ("speed", speed(best=NAN), "inconclusive", "plain_did_not_learn"),
    ("speed-counter", speed(batch=600.0), "refuted", "too_small"),
    ("stability", drift(0.04), "supported", "large_enough"),
    ("stability", drift(0.07), "inconclusive", "between"),
    ("stability", drift(0.095), "refuted", "too_small"),
    ("stability", drift(NAN), "inconclusive", "not_measured"),
    ("stability", drift(0.01, final=0.1), "inconclusive", "plain_did_not_learn"),
    ("learning-rate", grid(plain_rate=0.3, batch_rate=3.0), "supported", "large_enough"),
    ("learning-rate", grid(plain_rate=0.3, batch_rate=0.6), "inconclusive", "between"),
    ("learning-rate", grid(plain_rate=0.3, batch_rate=0.3), "refuted", "too_small"),
    ("learning-rate", grid(plain_rate=NAN, batch_rate=0.3), "inconclusive", "not_measured"),
    ("learning-rate", grid(best=0.1, plain_rate=10.0, batch_rate=0.3), "inconclusive", "plain_did_not_learn"),
    ("learning-rate-counter", three(plain=(0.7, 0.8, 0.75), batch=(0.6, 0.7, 0.65)), "refuted", "interval_below"),
    ("learning-rate-counter", three(plain=(0.7, 0.8, 0.75), batch=(0.8, 0.9, 0.85)), "supported", "interval_above"),
    ("initialisation", gains(7.0), "supported", "large_enough"),
    ("initialisation", gains(4.0), "supported", "large_enough"),
    ("initialisation", gains(3.0), "inconclusive", "between"),
    ("initialisation", gains(2.0), "refuted", "too_small"),
    ("initialisation", gains(7.0, decades=0.5), "inconclusive", "gradient_not_steadier"),
    ("initialisation-counter", three(plain_decades=-0.25, batch_decades=4.0), "refuted", "too_small"),
    ("initialisation-counter", three(plain_decades=-1.4, batch_decades=0.3), "supported", "large_enough"),
    ("initialisation-counter", three(plain_decades=-0.8, batch_decades=0.3), "inconclusive", "between"),
    ("initialisation-counter", three(plain_decades=NAN, batch_decades=0.3), "inconclusive", "not_measured"),
    ("regularisation", dropout(0.94, 0.95, (0.95, 0.951, 0.952)), "supported", "better_and_no_worse_than_dropout"),
    ("regularisation", dropout(0.95, 0.95, (0.95, 0.949, 0.948)), "inconclusive", "interval_around"),
    ("regularisation", dropout(0.96, 0.95, (0.95, 0.949, 0.948)), "refuted", "no_better_than_nothing"),
    ("regularisation", dropout(0.94, 0.98, (0.95, 0.951, 0.952)), "refuted", "worse_than_dropout"),
    ("regularisation", dropout(0.94, NAN, 0.95), "inconclusive", "not_measured"),
    ("saturation", saturated(0.02), "supported", "large_enough"),
    ("saturation", saturated(0.6), "inconclusive", "between"),
    ("saturation", saturated(0.8), "refuted", "too_small"),
    ("saturation", saturated(0.02, final=0.1), "inconclusive", "batch_did_not_learn"),
    ("saturation-counter", three(plain_final=0.5, batch_final=0.9), "supported", "large_enough"),
    ("saturation-counter", three(plain_final=0.95, batch_final=0.97), "inconclusive", "between"),
    ("saturation-counter", three(plain_final=0.97, batch_final=0.97), "refuted", "too_small"),
    ("identity", identity(), "supported", "rounding"),
    ("identity", identity(single=2e-5), "refuted", "beyond_rounding"),
    ("identity", identity(double=(1e-16, 1e-11, 1e-16)), "refuted", "beyond_rounding"),
    ("identity", identity(single=(NAN, 1e-7, 1e-7)), "inconclusive", "not_measured"),
    ("identity-counter", identity(), "refuted", "beyond_rounding"),
    ("modes", three(precise=(0.98, 0.97, 0.985), running=(0.95, 0.945, 0.95)), "supported", "interval_above"),
    ("modes", three(precise=(0.95, 0.951, 0.949), running=0.95), "refuted", "interval_below"),
    ("modes", three(precise=(0.98, 0.94, 0.96), running=0.95), "inconclusive", "interval_around"),
    ("modes", three(precise=0.1, running=0.1), "inconclusive", "batch_did_not_learn"),
    ("small-batches", small(0.6), "supported", "large_enough"),
    ("small-batches", small(0.96), "inconclusive", "between"),
    ("small-batches", small(0.97), "refuted", "too_small"),
    ("small-batches", small(0.1, large=0.1), "inconclusive", "batch_did_not_learn"),
    ("placement", three(before=(0.98, 0.985, 0.99), after=(0.97, 0.975, 0.98)), "supported", "interval_above"),
    ("placement", three(before=(0.97, 0.975, 0.98), after=(0.98, 0.985, 0.99)), "refuted", "interval_below"),
    ("placement", three(before=(0.97, 0.99, 0.98), after=(0.98, 0.97, 0.98)), "inconclusive", "interval_around"),
    ("placement", three(before=NAN, after=0.9), "inconclusive", "batch_did_not_learn"),
    ("early-stopping", three(best=(0.8, 0.82, 0.81), last=(0.7, 0.71, 0.7)), "supported", "interval_above"),
    ("early-stopping", three(best=0.9, last=0.9), "refuted", "interval_below"),
    ("early-stopping", three(best=(0.8, 0.7, 0.9), last=0.79), "inconclusive", "interval_around"),
    ("minibatch-gradient", cosines(0.2, 0.5, 0.7, 0.9, 0.98), "supported", "large_enough"),
    ("minibatch-gradient", cosines(0.2, 0.5, 0.7, 0.6, 0.98), "inconclusive", "between"),
    ("minibatch-gradient", cosines(0.1, 0.15, 0.2, 0.4, 0.7), "inconclusive", "between"),
    ("minibatch-gradient", cosines(0.0, 0.0, 0.1, 0.4, 0.7), "refuted", "too_small"),
    ("minibatch-gradient", cosines(NAN, 0.5, 0.7, 0.9, 0.98), "inconclusive", "not_measured"),
    ("bias-variance", curve(0.8, 0.1, 0.26), "supported", "large_enough"),
    ("bias-variance", curve(0.8, 0.25, 0.26), "inconclusive", "between"),
    ("bias-variance", curve(0.8, 0.3, 0.25), "refuted", "too_small"),
    ("bias-variance", curve(0.8, NAN, 0.25), "inconclusive", "not_measured"),
    ("covariate-shift", shift(), "supported", "gain_kept_although_moving"),
    ("covariate-shift", shift(noisy=0.88), "refuted", "gain_lost_with_noise"),
    ("covariate-shift", shift(drift=0.08), "inconclusive", "noise_does_not_move_more"),
    ("covariate-shift", shift(batch=0.805), "inconclusive", "no_gain_to_explain"),
    ("covariate-shift", shift(plain=0.1), "inconclusive", "plain_did_not_learn"),
    ("covariate-shift", shift(batch=NAN), "inconclusive", "no_gain_to_explain"),
    ("scale", three(logit_change=1.2e-5, gradient_error=1e-6), "supported", "rounding"),
    ("scale", three(logit_change=0.1, gradient_error=1e-6), "refuted", "logits_change"),
    ("scale", three(logit_change=1.2e-5, gradient_error=(0.0, 2e-3, 0.0)), "refuted", "gradients_change"),
    ("scale", three(logit_change=NAN, gradient_error=0.0), "inconclusive", "not_measured"),
    ("robustness", grid(plain_trained=10.0, batch_trained=20.0), "supported", "large_enough"),
    ("robustness", grid(plain_trained=10.0, batch_trained=13.0), "inconclusive", "between"),
    ("robustness", grid(plain_trained=10.0, batch_trained=11.0), "refuted", "too_small"),
    ("robustness", grid(best=0.1, plain_trained=0.0, batch_trained=11.0), "inconclusive", "plain_did_not_learn"),
    ("table", table(), "supported", "all_three"),
    ("table", table(BN_steps=240.0, BN_x5_steps=250.0), "refuted", "too_small"),
    ("table", table(BN_steps=NEVER, BN_x5_steps=NEVER), "refuted", "too_small"),
    ("table", table(BN_steps=200.0, BN_x5_steps=200.0), "inconclusive", "not_all_three"),
    ("table", table(plain_x5_best=0.95), "inconclusive", "not_all_three"),
    ("table", table(sigmoid_plain_best=0.6), "inconclusive", "not_all_three"),
    ("table", table(plain_best=0.1), "inconclusive", "plain_did_not_learn"),
    ("minibatches", minibatches(40_000.0), "supported", "large_enough"),
    ("minibatches", minibatches(NEVER), "supported", "large_enough"),
    ("minibatches", minibatches(4_000.0), "inconclusive", "between"),
    ("minibatches", minibatches(3_200.0), "refuted", "too_small"),
    ("minibatches", minibatches(40_000.0, mini=NEVER), "inconclusive", "plain_did_not_learn"),
    ("minibatches-counter", minibatches(40_000.0), "refuted", "too_small"),
    ("minibatches-counter", minibatches(40_000.0, steps=(100.0, 130.0)), "inconclusive", "between"),
    ("minibatches-counter", minibatches(40_000.0, steps=(40.0, 100.0)), "supported", "large_enough"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "evidence", "verdict", "reason"), CASES)
def test_the_rule(name: str, evidence: Mapping[str, tuple[float, ...]], verdict: str, reason: str) -> None:
    found = EXPERIMENT[name].judge(evidence)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_every_rule_is_tried_with_each_verdict() -> None:
    tried: dict[object, set[str]] = {}
    for name, _, verdict, _ in CASES:
        tried.setdefault(EXPERIMENT[name].judge, set()).add(verdict)
    shares_its_bound = EXPERIMENT["identity-counter"].judge
    never_between = EXPERIMENT["learning-rate-counter"].judge
    for experiment in EXPERIMENT.values():
        if experiment.judge not in (shares_its_bound, never_between):
            assert tried[experiment.judge] == {"supported", "refuted", "inconclusive"}, experiment.id


NEEDS_INTERVAL = ["learning-rate-counter", "regularisation", "modes", "placement", "early-stopping"]


@pytest.mark.parametrize("name", NEEDS_INTERVAL)
def test_one_seed_gives_no_verdict_where_an_interval_is_needed(name: str) -> None:
    evidence = next(evidence for case, evidence, verdict, _ in CASES if case == name and verdict == "supported")
    found = EXPERIMENT[name].judge({key: values[:1] for key, values in evidence.items()})
    assert (found.verdict, found.reason) == ("inconclusive", "one_seed")
