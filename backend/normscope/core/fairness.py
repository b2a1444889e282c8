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
from normscope.core.side_effects import SideEffect, side_effects
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
