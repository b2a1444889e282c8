"""The fairness certificate: what is called equal is so, every difference is named, and what it brings with it."""

from __future__ import annotations

from typing import Any

import pytest

from normscope.core.fairness import arm_differences, certify
from normscope.core.side_effects import side_effects
from normscope.core.spec import (
    AdamW,
    ArmSpec,
    BatchNorm,
    DataSetSpec,
    DefaultInitialisation,
    EarlyStoppingSpec,
    HeInitialisation,
    LayerNorm,
    MlpSpec,
    NoNorm,
    NormalInitialisation,
    RmsNorm,
    RunSpec,
    Sgd,
)


def spec(*arms: ArmSpec, **changes: Any) -> RunSpec:
    fields: dict[str, Any] = {"dataset": DataSetSpec(kind="digits"), "model": MlpSpec(), "arms": arms, **changes}
    return RunSpec(**fields)


PLAIN, BATCH = ArmSpec(name="no norm", norm=NoNorm()), ArmSpec(name="BatchNorm", norm=BatchNorm())
DATA: dict[str, Any] = {"kind": "digits"}


def test_shared_tensors_are_those_that_are_equal_in_all_arms() -> None:
    certificate = certify(
        spec(PLAIN, BATCH),
        tensors={1: [{"w": "aa", "b": "bb"}, {"w": "aa", "b": "bb", "gamma": "cc"}]},
        orders={1: ["o", "o"]},
        data=[DATA, DATA],
        parameters=[2, 3],
    )
    assert certificate.seeds[0].shared_tensors == ("w", "b")
    assert certificate.own_tensors == ((), ("gamma",))
    assert certificate.equal.initial_tensors
    assert certificate.equal.batch_order
    assert certificate.equal.data
    assert certificate.equal.optimizer
    assert not certificate.equal.parameter_count


def test_what_differs_is_said_and_changes_the_digest() -> None:
    digests = []
    for own in ("aa", "zz"):
        certificate = certify(
            spec(PLAIN, BATCH),
            tensors={1: [{"w": "aa", "b": "bb"}, {"w": own, "b": "bb"}], 2: [{"w": "aa"}, {"w": "aa"}]},
            orders={1: ["o", "o" if own == "aa" else "p"], 2: ["q", "q"]},
            data=[DATA, DATA if own == "aa" else {"kind": "mnist"}],
            parameters=[2, 2],
        )
        digests.append(certificate.seeds[0].shared_sha256)
    assert digests[0] != digests[1]
    assert certificate.seeds[0].differing_tensors == ("w",)
    assert certificate.seeds[1].differing_tensors == ()
    equal = certificate.equal
    assert (equal.initial_tensors, equal.batch_order, equal.data) == (False, False, False)
    assert equal.parameter_count


def test_differences_are_the_resolved_ones() -> None:
    same = ArmSpec(name="same", norm=BatchNorm(), dropout=0.0)
    assert arm_differences(spec(BATCH, same)) == ()
    decayed = ArmSpec(name="decayed", norm=BatchNorm(momentum=0.5), optimizer=AdamW(weight_decay=0.5))
    differences = {d.path: d.values for d in arm_differences(spec(BATCH, decayed, optimizer=AdamW()))}
    assert differences == {"norm.momentum": (0.1, 0.5), "optimizer.weight_decay": (0.01, 0.5)}


def test_fields_that_an_arm_has_not_are_null() -> None:
    differences = {d.path: d.values for d in arm_differences(spec(PLAIN, BATCH))}
    assert differences["norm.kind"] == ("none", "batch")
    assert differences["norm.placement"] == (None, "before_activation")


@pytest.mark.parametrize(
    ("arms", "changes", "expected"),
    [
        ((PLAIN,), {}, {}),
        (
            (PLAIN, BATCH),
            {},
            {"bias_redundant": (1,), "running_statistics": (1,), "norm_parameters": (1,)},
        ),
        (
            (ArmSpec(name="a", norm=BatchNorm(placement="after_activation")),),
            {},
            {"running_statistics": (0,), "norm_parameters": (0,)},
        ),
        (
            (PLAIN, ArmSpec(name="l", norm=LayerNorm()), ArmSpec(name="r", norm=RmsNorm(), dropout=0.1)),
            {"optimizer": AdamW()},
            {"norm_parameters": (1, 2), "decay_on_norm": (1, 2), "dropout_noise": (2,)},
        ),
        (
            (PLAIN, ArmSpec(name="l", norm=LayerNorm())),
            {"optimizer": AdamW(decay_norm_parameters=False)},
            {"norm_parameters": (1,), "decay_spares_norm": (1,)},
        ),
        (
            (PLAIN, ArmSpec(name="l", norm=LayerNorm())),
            {"optimizer": Sgd(weight_decay=0.1), "clip_norm": 1.0, "label_smoothing": 0.1},
            {"norm_parameters": (1,), "decay_on_norm": (1,), "clipping": (0, 1), "label_smoothing": (0, 1)},
        ),
        ((PLAIN,), {"early_stopping": EarlyStoppingSpec()}, {"early_stopping": (0,)}),
        (
            (PLAIN, ArmSpec(name="big", norm=NoNorm(), initialisation=HeInitialisation(gain=3))),
            {"initialisation": NormalInitialisation()},
            {"initialisation_scale": (1,)},
        ),
        (
            (PLAIN, ArmSpec(name="big", norm=NoNorm(), initialisation=DefaultInitialisation())),
            {"initialisation": NormalInitialisation()},
            {"initialisation_draws": (1,)},
        ),
    ],
)
def test_side_effects(arms: tuple[ArmSpec, ...], changes: dict[str, Any], expected: dict[str, tuple[int, ...]]) -> None:
    assert {effect.code: effect.arms for effect in side_effects(spec(*arms, **changes))} == expected


def test_dropout_before_the_norm_gives_the_bias_an_effect() -> None:
    codes = {effect.code for effect in side_effects(spec(BATCH, dropout=0.5, dropout_placement="before_norm"))}
    assert "bias_redundant" not in codes
    assert "bias_redundant" in {effect.code for effect in side_effects(spec(BATCH, dropout=0.5))}
