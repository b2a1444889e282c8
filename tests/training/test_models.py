"""The networks: layers as planned, slow oracles of what they compute, and what they share."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from normscope.core.cost import estimate
from normscope.core.manifest import build_manifest
from normscope.core.spec import (
    BatchNorm,
    CnnSpec,
    FrozenBatchNorm,
    GhostBatchNorm,
    GroupNorm,
    HeInitialisation,
    InstanceNorm,
    LayerNorm,
    ModelSpec,
    NoNorm,
    NormSpec,
    ResNetSpec,
    RmsNorm,
    XavierInitialisation,
)
from normscope.training.evaluate import evaluate
from normscope.training.replicate import Replicate, build_replicates
from tests.training.helpers import MODELS, arms, certified, small

CNN = CnnSpec(convolutions=(4, "pool", 6), kernel_size=5, hidden=(5,), head="flatten", activation="tanh")
IMAGES = torch.randn(3, 64, generator=torch.Generator().manual_seed(2))
ALL: tuple[NormSpec, ...] = (
    NoNorm(),
    BatchNorm(),
    LayerNorm(),
    GroupNorm(groups=2),
    RmsNorm(),
    GhostBatchNorm(ghost_size=4),
    FrozenBatchNorm(),
    BatchNorm(affine=False),
    BatchNorm(placement="after_activation"),
)


def replicate_of(model: ModelSpec, norm: NormSpec, **changes: Any) -> Replicate:
    return build_replicates(small(model=model, arms=arms(norm), **changes), 64, 10)[0]


def slow_convolution(x: Tensor, layer: nn.Module, stride: int = 1) -> Tensor:
    """Window by window; zeros outside. x: [batch, channels, height, width]."""
    assert isinstance(layer, nn.Conv2d)
    weight, side = layer.weight.detach(), layer.weight.shape[2]
    reach = side // 2
    batch, _, height, width = x.shape
    padded = torch.zeros(batch, x.shape[1], height + 2 * reach, width + 2 * reach)
    padded[:, :, reach : reach + height, reach : reach + width] = x
    out = torch.empty(batch, len(weight), -(-height // stride), -(-width // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = padded[:, :, i * stride : i * stride + side, j * stride : j * stride + side]
            out[:, :, i, j] = (window[:, None] * weight[None]).sum((2, 3, 4))
    return out if layer.bias is None else out + layer.bias.detach().view(1, -1, 1, 1)


def test_a_cnn_is_convolutions_pools_head_and_dense_layers() -> None:
    network = replicate_of(CNN, NoNorm()).model
    first, second, dense, out = network.weighted
    trace: list[Tensor] = []
    logits = network(IMAGES, trace).detach()
    x = IMAGES.view(3, 1, 8, 8)
    z = slow_convolution(x, first)
    assert torch.allclose(trace[0].detach(), z, atol=1e-5)
    a = z.tanh()
    pooled = torch.stack([a[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]).amax(0)
    a = slow_convolution(pooled, second).tanh()
    assert torch.allclose(trace[3].detach(), a, atol=1e-5)
    a = (a.flatten(1) @ dense.weight.detach().t() + dense.bias.detach()).tanh()
    assert torch.allclose(logits, a @ out.weight.detach().t() + out.bias.detach(), atol=1e-5)


def test_the_average_head_averages_each_channel() -> None:
    network = replicate_of(CnnSpec(convolutions=(4,), head="average"), NoNorm()).model
    first, out = network.weighted
    a = slow_convolution(IMAGES.view(3, 1, 8, 8), first).relu().mean((2, 3))
    expected = a @ out.weight.detach().t() + out.bias.detach()
    assert torch.allclose(network(IMAGES).detach(), expected, atol=1e-5)


@pytest.mark.parametrize("depth", [8, 18])
def test_a_residual_network_adds_its_shortcuts(depth: Any) -> None:
    network = replicate_of(ResNetSpec(depth=depth, width=3), NoNorm()).model
    trace: list[Tensor] = []
    logits = network(IMAGES, trace).detach()
    stem, *inner, out = network.weighted
    x = slow_convolution(IMAGES.view(3, 1, 8, 8), stem).relu()
    blocks = network.get_submodule("blocks")
    for index, block in enumerate(blocks.children()):
        first, second = inner[2 * index : 2 * index + 2]
        stride = first.stride[0]  # type: ignore[union-attr,index]
        y = slow_convolution(slow_convolution(x, first, stride).relu(), second)
        shortcut = x[:, :, ::stride, ::stride]
        if depth == 18 and stride == 2:
            shortcut = slow_convolution(x, block.projection[0], 2)  # type: ignore[index,operator]
        elif stride == 2:
            shortcut = torch.cat([shortcut, torch.zeros_like(shortcut)], 1)
        x = (y + shortcut).relu()
        assert torch.allclose(trace[2 * (2 * index + 2) + 1].detach(), x, atol=1e-4)
    assert torch.allclose(logits, x.mean((2, 3)) @ out.weight.detach().t() + out.bias.detach(), atol=1e-4)


@pytest.mark.parametrize(("depth", "weighted"), [(8, 8), (14, 14), (20, 20), (18, 18)])
def test_the_depth_is_the_number_of_weighted_layers(depth: Any, weighted: int) -> None:
    assert len(replicate_of(ResNetSpec(depth=depth, width=2), NoNorm()).model.weighted) == weighted


def test_resnet20_has_as_many_parameters_as_the_paper_counts() -> None:
    """He et al. 2016, table 6: 0.27 million; without biases, on 3 channels, 269,722 and the stem's 288 for colour."""
    spec = small(model=ResNetSpec(depth=20, width=16), arms=arms(BatchNorm()), redundant_bias="drop")
    assert estimate(spec).parameters == (269_722 - 2 * 16 * 9,)


@pytest.mark.parametrize("norm", ALL, ids=lambda norm: f"{norm.kind}-{getattr(norm, 'placement', '')}")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.kind}{getattr(model, 'depth', '')}")
@pytest.mark.parametrize("bias", ["keep", "drop"])
def test_manifest_cost_and_network_agree(bias: Any, model: ModelSpec, norm: NormSpec) -> None:
    spec = small(model=model, arms=arms(norm), redundant_bias=bias)
    network = build_replicates(spec, 64, 10)[0].model
    trace: list[Tensor] = []
    logits = network(IMAGES.repeat(4, 1), trace)
    layers = build_manifest(spec, 10, 40).layers
    assert len(layers) == len(network.weighted) == len(network.own)
    assert [layer.name for layer in layers][-1] == "out"
    assert len({layer.name for layer in layers}) == len(layers)
    for layer, (z, a) in zip(layers[:-1], zip(trace[::2], trace[1::2], strict=True), strict=True):
        assert z.shape == a.shape
        assert (z.shape[1], z[0, 0].numel()) == (layer.units, layer.positions)
    assert logits.shape == (12, 10)
    assert estimate(spec).parameters == (sum(p.numel() for p in network.parameters()),)
    own = {id(p) for modules in network.own for module in modules for p in module.parameters()}
    assert own == {id(p) for p in network.parameters()}


@pytest.mark.parametrize("placement", ["before_activation", "after_activation"])
@pytest.mark.parametrize("model", MODELS[1:], ids=lambda model: f"{model.kind}{getattr(model, 'depth', '')}")
def test_every_activation_has_its_norm_on_the_right_side(model: ModelSpec, placement: Any) -> None:
    network = replicate_of(model, BatchNorm(placement=placement)).model
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)]
    projections = len(network.plan.projections) if placement == "before_activation" else 0
    assert len(norms) == len(network.plan.normed) + projections
    trace: list[Tensor] = []
    network(IMAGES.repeat(3, 1), trace)
    z = trace[0].detach().transpose(0, 1).flatten(1)
    is_normalised = bool((z.mean(1).abs() < 1e-5).all() and ((z.var(1) - 1).abs() < 0.1).all())
    assert is_normalised == (placement == "before_activation")


def test_convolutions_have_the_fans_of_their_windows() -> None:
    model = CnnSpec(convolutions=(200, 100), kernel_size=5)
    for initialisation, deviation in (
        (HeInitialisation(), math.sqrt(2 / (200 * 25))),
        (XavierInitialisation(), math.sqrt(2 / (300 * 25))),
    ):
        weight = replicate_of(model, NoNorm(), initialisation=initialisation).model.weighted[1].weight
        assert float(weight.detach().std()) == pytest.approx(deviation, rel=0.02)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.kind}{getattr(model, 'depth', '')}")
def test_arms_share_every_tensor_of_the_plain_network(model: ModelSpec) -> None:
    result = certified(small(model=model, arms=arms(*ALL[:8])))
    plain = replicate_of(model, NoNorm()).model
    assert result.equal.initial_tensors
    assert set(result.seeds[0].shared_tensors) == {name for name, _ in plain.named_parameters()}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.kind}{getattr(model, 'depth', '')}")
def test_a_redundant_bias_has_no_effect_and_may_be_dropped(model: ModelSpec) -> None:
    """With every redundant bias moved, the logits stay; the certificate says whether they are there."""
    kept = small(model=model, arms=arms(NoNorm(), BatchNorm(), LayerNorm()))
    dropped = kept.model_copy(update={"redundant_bias": "drop"})
    codes = [{effect.code: effect.arms for effect in certified(spec).side_effects} for spec in (kept, dropped)]
    assert codes[0]["bias_redundant"] == codes[1]["bias_dropped"] == (1,)
    assert "bias_dropped" not in codes[0]
    assert "bias_redundant" not in codes[1]
    with_bias, without = (build_replicates(spec, 64, 10)[1].model for spec in (kept, dropped))
    absent = [name for name, _ in with_bias.named_parameters() if name not in dict(without.named_parameters())]
    assert absent
    assert all(name.endswith("bias") for name in absent)
    state = {name: value for name, value in with_bias.state_dict().items() if name in without.state_dict()}
    without.load_state_dict(state)
    x = IMAGES.repeat(5, 1) + torch.randn(15, 64, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        for name, parameter in with_bias.named_parameters():
            if name in absent:
                parameter += 3.0
    assert torch.allclose(with_bias(x), without(x), atol=1e-3)


def test_evaluation_of_images_uses_running_statistics() -> None:
    replicate = replicate_of(ResNetSpec(depth=8, width=2), BatchNorm())
    replicate.model(IMAGES.repeat(4, 1))
    before = {name: value.clone() for name, value in replicate.model.state_dict().items()}
    y = torch.tensor([1, 2, 3])
    loss, accuracy = list(evaluate(replicate.model, IMAGES, y))[-1]
    assert all(torch.equal(value, before[name]) for name, value in replicate.model.state_dict().items())
    logits = replicate.model.eval()(IMAGES).detach()
    assert loss == pytest.approx(float(F.cross_entropy(logits, y)), rel=1e-5)
    assert accuracy == pytest.approx(float((logits.argmax(1) == y).float().mean()))


def test_an_instance_norm_trains_on_images() -> None:
    network = replicate_of(CnnSpec(convolutions=(4, 4)), InstanceNorm()).model
    F.cross_entropy(network(IMAGES), torch.tensor([1, 2, 3])).backward()
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in network.parameters())
