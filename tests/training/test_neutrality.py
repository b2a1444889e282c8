"""Measuring changes nothing: with probes on and off, everything that training leaves behind has the same bits."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from normscope.core.spec import (
    Adam,
    AdamW,
    CnnSpec,
    InstanceNorm,
    ModelSpec,
    Momentum,
    NormSpec,
    OptimizerSpec,
    ProbeSpec,
    RunSpec,
    Sgd,
)
from normscope.training.loop import Loop
from tests.training.helpers import ALL_NORMS, MODELS, MORE_NORMS, Calm, Memory, arms, generators_of, parts_of, small

EVERYTHING = ProbeSpec(
    layers=True, distributions_every=1, details_every=1, modes_every=1000, landscape_every=1000, noise_every=1000
)
"""The costly ones at the first step and the last."""


def remains(spec: RunSpec) -> tuple[list[Any], list[bytes]]:
    """Tensors (parameters, buffers, optimizer state) and generator states after the run of ``spec``."""
    loop = Loop(*parts_of(spec, Memory()), Calm())
    loop.run()
    tensors: list[Any] = []
    for replicate in loop.replicates:
        tensors += replicate.model.state_dict().values()
        for state in replicate.optimizer.state_dict()["state"].values():
            tensors += [value for value in state.values() if isinstance(value, torch.Tensor)]
    return tensors, [generator.get_state().numpy().tobytes() for generator in generators_of(loop)]


@pytest.mark.parametrize(
    "norm", [*ALL_NORMS, *MORE_NORMS], ids=lambda norm: f"{norm.kind}-{getattr(norm, 'placement', '')}"
)
@pytest.mark.parametrize("optimizer", [Sgd(), Momentum(), Adam(), AdamW()], ids=lambda optimizer: optimizer.kind)
@pytest.mark.parametrize("model", MODELS[:-1], ids=lambda model: f"{model.kind}{getattr(model, 'depth', '')}")
def test_probes_leave_no_trace(model: ModelSpec, optimizer: OptimizerSpec, norm: NormSpec) -> None:
    same_with_probes(model, optimizer, norm)


def test_probes_leave_no_trace_of_instance_norm() -> None:
    same_with_probes(CnnSpec(convolutions=(4, 4)), Sgd(), InstanceNorm())


def same_with_probes(model: ModelSpec, optimizer: OptimizerSpec, norm: NormSpec) -> None:
    """A network that is measured all the time, and one that never is, leave the same bits behind."""
    image = model.kind != "mlp"
    steps, seeds = (3, (1,)) if image else (12, (1, 2))
    spec = small(model=model, arms=arms(norm), optimizer=optimizer, dropout=0.2, seeds=seeds, steps=steps)
    everything = spec.model_copy(update={"probes": EVERYTHING})
    nothing = spec.model_copy(update={"probes": ProbeSpec(layers=False, distributions_every=0, details_every=0)})
    before = torch.random.get_rng_state()
    with_probes, without = remains(everything), remains(nothing)
    assert len(with_probes[0]) == len(without[0]) > 0
    for one, two in zip(with_probes[0], without[0], strict=True):
        assert one.numpy().tobytes() == two.numpy().tobytes()
    assert with_probes[1] == without[1]
    assert torch.equal(before, torch.random.get_rng_state())
