"""The fairness certificate: what the arms of a run have in common, and every difference between them. Pure data.

Training hands in digests of what it drew; the verdicts here are computed from them, never assumed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from normscope.core.device import DeviceChoice
from normscope.core.fork import NormChange
from normscope.core.network import plan_of
from normscope.core.norm_check import OVER_BATCH
from normscope.core.redundant import bias_is_redundant
from normscope.core.spec import ArmSpec, RunSpec


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class SeedFairness(_Frozen):
    """What the arms share for one seed."""

    seed: int
    shared_tensors: tuple[str, ...]
    """Parameters that all arms have, with equal initial values."""
    shared_sha256: str
    """Of the names and digests of the shared tensors."""
    differing_tensors: tuple[str, ...]
    """Parameters that all arms have, with different initial values."""
    batch_order_sha256: str
    """Of the first epoch's permutation (int64, little endian)."""


class Difference(_Frozen):
    """A field of the spec in which arms differ; one value for each arm, overrides resolved, null where absent."""

    path: str
    values: tuple[Any, ...]


class SideEffect(_Frozen):
    """What an arm's difference brings with it. ``code`` is for translations, ``text`` says it in English."""

    code: str
    arms: tuple[int, ...]
    text: str


class ArmOrigin(_Frozen):
    """What an arm of a fork took over from its source; names are those of parameters."""

    source: int
    """Index of the parent's arm."""
    source_name: str
    norm: NormChange
    carried: tuple[str, ...]
    changed: tuple[str, ...]
    """They took the norm's effect in."""
    new: tuple[str, ...]
    optimizer_carried: tuple[str, ...]
    """Parameters whose moments go on too."""


class Equal(_Frozen):
    """The verdicts: true where all arms are alike."""

    initial_tensors: bool
    """Every parameter that all arms have starts from the same values, for every seed."""
    batch_order: bool
    data: bool
    optimizer: bool
    initialisation: bool
    dropout: bool
    parameter_count: bool


class Certificate(_Frozen):
    """Stored with the manifest and shown wherever the arms are compared."""

    equal: Equal
    seeds: tuple[SeedFairness, ...]
    data: dict[str, Any]
    differences: tuple[Difference, ...]
    parameters: tuple[int, ...]
    own_tensors: tuple[tuple[str, ...], ...]
    """Parameters of each arm that not all arms have."""
    side_effects: tuple[SideEffect, ...]
    origins: tuple[ArmOrigin, ...] | None = None
    """Of a fork: for each arm what was carried over. Its initial tensors are those of its first step."""
    device: DeviceChoice | None = None
    """Where all arms train; null: a run of an earlier version, on the CPU."""


def certify(
    spec: RunSpec,
    *,
    tensors: Mapping[int, Sequence[Mapping[str, str]]],
    orders: Mapping[int, Sequence[str]],
    data: Sequence[dict[str, Any]],
    parameters: Sequence[int],
    origins: tuple[ArmOrigin, ...] | None = None,
    device: DeviceChoice | None = None,
) -> Certificate:
    """The certificate of ``spec``.

    Args:
        tensors: for each seed, for each arm: parameter name -> sha256 of its initial values.
        orders: for each seed, for each arm: sha256 of its order of examples.
        data: for each arm: what it learns from.
        parameters: of each arm, how many numbers are learned.
        origins: of a fork.
        device: where all arms train.
    """
    differences = arm_differences(spec)
    seeds = tuple(_seed(seed, arms, orders[seed]) for seed, arms in tensors.items())
    first = next(iter(tensors.values()))
    common = set.intersection(*(set(arm) for arm in first))
    differing = {difference.path.split(".")[0] for difference in differences}
    return Certificate(
        equal=Equal(
            initial_tensors=all(not seed.differing_tensors for seed in seeds),
            batch_order=all(len(set(arms)) == 1 for arms in orders.values()),
            data=all(each == data[0] for each in data),
            optimizer=not differing & {"optimizer", "schedule"},
            initialisation="initialisation" not in differing,
            dropout="dropout" not in differing,
            parameter_count=len(set(parameters)) == 1,
        ),
        seeds=seeds,
        data=data[0],
        differences=differences,
        parameters=tuple(parameters),
        own_tensors=tuple(tuple(name for name in arm if name not in common) for arm in first),
        side_effects=tuple(side_effects(spec)),
        origins=origins,
        device=device,
    )


def arm_differences(spec: RunSpec) -> tuple[Difference, ...]:
    """Every field in which arms differ, in the order in which fields appear; names aside."""
    arms = [_flat(_resolved(spec, arm)) for arm in spec.arms]
    paths = dict.fromkeys(path for arm in arms for path in arm)
    rows = ((path, tuple(arm.get(path) for arm in arms)) for path in paths)
    return tuple(Difference(path=path, values=values) for path, values in rows if any(v != values[0] for v in values))


def side_effects(spec: RunSpec) -> list[SideEffect]:
    """What the arms' norms and overrides bring with them beyond what was asked for."""
    arms = list(enumerate(spec.arms))
    redundant = tuple(i for i, arm in arms if _redundant_bias(spec, arm))
    kept, away = (redundant, ()) if spec.redundant_bias == "keep" else ((), redundant)
    running = tuple(i for i, arm in arms if arm.norm.kind in OVER_BATCH and _tracks(arm))
    by_batch = tuple(i for i, arm in arms if arm.norm.kind in OVER_BATCH and not _tracks(arm))
    noisy = tuple(i for i, arm in arms if arm.norm.kind == "noisy_batch")
    frozen = tuple(i for i, arm in arms if arm.norm.kind == "frozen_batch")
    scaled = tuple(i for i, arm in arms if arm.norm.kind != "none" and _affine(arm))
    decaying = [i for i in scaled if spec.arm_optimizer(spec.arms[i]).weight_decay > 0]
    decayed = tuple(i for i in decaying if spec.arm_optimizer(spec.arms[i]).decay_norm_parameters)
    spared = tuple(i for i in decaying if i not in decayed)
    everyone = tuple(range(len(spec.arms)))
    dropped = tuple(i for i, arm in arms if spec.arm_dropout(arm) > 0)
    kinds = {_family(spec, arm) for arm in spec.arms}
    rescaled = tuple(i for i, arm in arms if arm.initialisation is not None)
    texts: list[tuple[str, tuple[int, ...], str]] = [
        (
            "bias_redundant",
            kept,
            "The norm subtracts each unit's mean, so the bias of the layer before it has no effect: its gradient is "
            "zero up to rounding, and beta takes its place. It is kept, so that all arms share the same tensors.",
        ),
        (
            "bias_dropped",
            away,
            "The norm subtracts each unit's mean, so a bias before it would have no effect: these networks have none "
            "there, and so fewer parameters.",
        ),
        (
            "running_statistics",
            running,
            "The norm works by the minibatch while training and by running statistics while evaluating.",
        ),
        (
            "batch_statistics",
            by_batch,
            "BatchNorm keeps no running statistics: it normalises by the batch while evaluating too, so what it says "
            "of an example depends on the others in its batch.",
        ),
        (
            "norm_noise",
            noisy,
            "The noisy norm draws from a generator of its own for each network: it shifts nobody's minibatches.",
        ),
        (
            "frozen_from_scratch",
            frozen,
            "The frozen norm's statistics never move: they are those it starts with, which from scratch are mean 0 "
            "and variance 1, so that it only scales and shifts.",
        ),
        (
            "norm_parameters",
            scaled,
            "The norm adds learned parameters (gamma, and beta except in RMSNorm) that the plain network has not.",
        ),
        (
            "decay_on_norm",
            decayed,
            "Weight decay also acts on gamma and beta; on a weight before a norm it changes the effective learning "
            "rate only.",
        ),
        (
            "decay_spares_norm",
            spared,
            "Weight decay leaves gamma and beta alone; on a weight before a norm it changes the effective learning "
            "rate only.",
        ),
        (
            "clipping",
            everyone if spec.clip_norm is not None else (),
            f"Each network's gradients are scaled to a norm of {spec.clip_norm or 0:g} where they are longer: a "
            "network with larger gradients is held back more often. The gradient norms shown are those before.",
        ),
        (
            "label_smoothing",
            everyone if spec.label_smoothing else (),
            "The training loss is that of the smoothed labels; validation and test are measured with the true ones.",
        ),
        (
            "early_stopping",
            everyone if spec.early_stopping is not None else (),
            "Each network stops by itself when its validation gets no better, and is tested with its best weights: "
            "they may train for different numbers of steps.",
        ),
        (
            "dropout_noise",
            dropped,
            "Dropout draws from a generator of its own for each network: it shifts nobody's minibatches.",
        ),
    ]
    if rescaled and len(kinds) == 1:
        texts.append(
            (
                "initialisation_scale",
                rescaled,
                "The initialisation differs in scale only: the draws are the same, multiplied by another number.",
            )
        )
    elif rescaled:
        texts.append(
            (
                "initialisation_draws",
                rescaled,
                "The initialisation is of another family: the draws themselves differ, uniform against normal.",
            )
        )
    return [SideEffect(code=code, arms=which, text=text) for code, which, text in texts if which]


def _seed(seed: int, arms: Sequence[Mapping[str, str]], orders: Sequence[str]) -> SeedFairness:
    common = [name for name in arms[0] if all(name in arm for arm in arms)]
    shared = [name for name in common if all(arm[name] == arms[0][name] for arm in arms)]
    return SeedFairness(
        seed=seed,
        shared_tensors=tuple(shared),
        shared_sha256=hashlib.sha256("\n".join(f"{name} {arms[0][name]}" for name in shared).encode()).hexdigest(),
        differing_tensors=tuple(name for name in common if name not in shared),
        batch_order_sha256=orders[0],
    )


def _resolved(spec: RunSpec, arm: ArmSpec) -> dict[str, Any]:
    return {
        "norm": arm.norm.model_dump(mode="json"),
        "optimizer": spec.arm_optimizer(arm).model_dump(mode="json"),
        "schedule": spec.arm_schedule(arm).model_dump(mode="json"),
        "initialisation": spec.arm_initialisation(arm).model_dump(mode="json"),
        "dropout": spec.arm_dropout(arm),
    }


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            out.update(_flat(inner, f"{prefix}{key}."))
        else:
            out[f"{prefix}{key}"] = inner
    return out


def _redundant_bias(spec: RunSpec, arm: ArmSpec) -> bool:
    plan = plan_of(spec)
    return any(bias_is_redundant(spec, arm, layer) for layer in (*plan.normed, *plan.projections))


def _tracks(arm: ArmSpec) -> bool:
    return arm.norm.kind != "batch" or arm.norm.track_running_statistics


def _affine(arm: ArmSpec) -> bool:
    return arm.norm.kind != "batch" or arm.norm.affine


def _family(spec: RunSpec, arm: ArmSpec) -> str:
    return "uniform" if spec.arm_initialisation(arm).kind == "default" else "normal"
