"""Digests of what the replicates start from, for the fairness certificate."""

from __future__ import annotations

import hashlib
from typing import Any

from normscope.core.check import train_examples
from normscope.core.device import DeviceChoice
from normscope.core.fairness import ArmOrigin, Certificate, certify
from normscope.core.spec import RunSpec, ToySpec
from normscope.training.order import Order
from normscope.training.replicate import Replicate
from normscope.training.splits import DataSet


def certificate(
    spec: RunSpec,
    data: DataSet,
    replicates: list[Replicate],
    orders: dict[int, Order],
    origins: tuple[ArmOrigin, ...] | None = None,
    device: DeviceChoice | None = None,
) -> Certificate:
    """The certificate of these replicates, computed from their tensors before the first step."""
    by_seed = {seed: [r for r in replicates if r.seed == seed] for seed in spec.seeds}
    first = by_seed[spec.seeds[0]]
    facts = _facts(spec, data)
    return certify(
        spec,
        tensors={seed: [_digests(replicate) for replicate in arms] for seed, arms in by_seed.items()},
        orders={seed: [orders[replicate.seed].digest for replicate in arms] for seed, arms in by_seed.items()},
        data=[facts for _ in first],
        parameters=[sum(p.numel() for p in replicate.model.parameters()) for replicate in first],
        origins=origins,
        device=device,
    )


def _digests(replicate: Replicate) -> dict[str, str]:
    return {
        name: hashlib.sha256(parameter.detach().cpu().numpy().tobytes()).hexdigest()
        for name, parameter in replicate.model.named_parameters()
    }


def _facts(spec: RunSpec, data: DataSet) -> dict[str, Any]:
    """Sizes, and a digest of the labels in their order: images are too many to hash before each run."""
    return {
        "kind": data.kind,
        "train_examples": train_examples(spec),
        "validation_examples": len(data.validation.y),
        "test_examples": len(data.test.y),
        "label_noise": spec.dataset.label_noise,
        "normalise": spec.dataset.normalise,
        "augment": None if isinstance(spec.dataset, ToySpec) else spec.dataset.augment.model_dump(),
        "train_labels_sha256": hashlib.sha256(data.train.y.tobytes()).hexdigest(),
    }
