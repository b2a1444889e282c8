"""What is measured of convolutions, pools, shortcuts and projections, against networks by hand and differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.core.network import plan_of
from normscope.core.spec import BatchNorm, CnnSpec, ModelSpec, ResNetSpec, RunSpec, Sgd
from normscope.core.statistics import detail_statistics
from normscope.probes.compiled_details import CompiledDetails
from normscope.probes.covariate_shift import covariate_shift
from normscope.probes.identity import identity_error
from normscope.probes.layers import Details
from normscope.probes.precise import make_precise
from normscope.probes.tensor_layers import TensorDetails
from normscope.probes.variance_shift import variance_shift
from normscope.training.copies import batch_norms, layer_batch_norms, still_copy
from normscope.training.layer_probes import seen_of
from normscope.training.replicate import Replicate, build_replicates
from tests.probes.images_by_hand import Array, hand_of
from tests.probes.networks import CLASSES, spec_of

CHAIN = CnnSpec(convolutions=(3, "pool", 2), kernel_size=5, hidden=(4,), head="flatten")
PLAIN = ResNetSpec(depth=8, width=1)
PROJECTED = ResNetSpec(depth=18, width=1)
MODELS = pytest.mark.parametrize("model", [CHAIN, PLAIN, PROJECTED], ids=["chain", "shortcuts", "projections"])
BATCH, RATE = 6, 0.1


def learned(model: ModelSpec) -> tuple[RunSpec, Replicate, Tensor, Tensor]:
    """A network after two steps, whose statistics and scales are no longer the first; a minibatch."""
    spec = spec_of(model, BatchNorm(), "tanh", Sgd(), RATE).model_copy(update={"dropout": 0.0})
    replicate = build_replicates(spec, 64, CLASSES)[0]
    random = torch.Generator().manual_seed(5)
    for _ in range(2):
        x = torch.randn(BATCH, 64, generator=random) * 2 + 0.5
        F.cross_entropy(replicate.model(x), torch.randint(0, CLASSES, (BATCH,), generator=random)).backward()  # type: ignore[no-untyped-call]
        replicate.learn(RATE, None)
    return spec, replicate, x, torch.randint(0, CLASSES, (BATCH,), generator=random)


def names_of(replicate: Replicate) -> list[str]:
    """The weight of each layer, as PyTorch calls it."""
    names = {id(parameter): name for name, parameter in replicate.model.named_parameters()}
    return [names[id(layer.weight)] for layer in replicate.model.weighted]


def norm_of(weight: str) -> str:
    """The norm of the layer whose weight has this name."""
    return weight.removesuffix("conv.weight").removesuffix("linear.weight") + "norm"


def over_units(z: Array) -> Array:
    """[units, batch x positions] of the first trial."""
    return np.moveaxis(z[0], 1, 0).reshape(z.shape[2], -1)


@MODELS
@pytest.mark.parametrize("kind", [CompiledDetails, TensorDetails])
def test_details_of_images_are_those_of_a_network_by_hand(model: CnnSpec | ResNetSpec, kind: type[Details]) -> None:
    """Gradients by central differences; a float32 network against a float64 one: to 1e-3."""
    spec, replicate, x, y = learned(model)
    hand = hand_of(model, replicate.model.state_dict(), 1e-5)
    inputs, targets = x.numpy().astype(np.float64), y.numpy()
    hand.losses(inputs, targets)
    details, trace, norms = kind(seen_of(spec, replicate)), list[Tensor](), list[Tensor]()
    loss = F.cross_entropy(replicate.model(x, trace, norms), y)
    details.watch(trace)
    loss.backward()  # type: ignore[no-untyped-call]
    details.measure(loss, norms, BATCH, RATE)
    state = replicate.model.state_dict()
    running = {name: value.numpy().astype(np.float64) for name, value in state.items() if "running" in name}
    replicate.learn(RATE, None)
    measured = iter(details.finish().tolist())
    for index, (layer, name) in enumerate(zip(plan_of(spec, CLASSES).layers, names_of(replicate), strict=True)):
        size = math.sqrt((hand.values[name] ** 2).sum())
        own = {
            "weight_norm": size,
            "update_ratio": RATE * float(np.linalg.norm(hand.slope(inputs, targets, name))) / size,
            "effective_learning_rate": RATE / size**2,
        }
        if layer.activation is not None:
            own["activation_gradient_norm"] = float(np.linalg.norm(hand.slope_by_output(inputs, targets, index)))
            norm = norm_of(name)
            gamma, beta = hand.values[f"{norm}.weight"], hand.values[f"{norm}.bias"]
            own |= {"gamma_mean": gamma.mean(), "gamma_spread": gamma.std()}
            own |= {"beta_mean": beta.mean(), "beta_spread": beta.std()}
            met = over_units(hand.entered[norm])
            expected = running[f"{norm}.running_var"] + 1e-5
            shift = (met.mean(1) - running[f"{norm}.running_mean"]) ** 2 / expected
            own["batch_mean_gap"] = math.sqrt(shift.mean())
            own["batch_variance_gap"] = float(np.abs(np.log((met.var(1) + 1e-5) / expected)).mean())
        for statistic in detail_statistics(layer, BatchNorm()):
            assert next(measured) == pytest.approx(own[statistic], rel=1e-3, abs=1e-6), f"{statistic} of {layer.name}"
    assert next(measured, None) is None


@MODELS
def test_covariate_shift_of_images_moves_all_of_the_earlier_layers(model: CnnSpec | ResNetSpec) -> None:
    """Their norms and projections too."""
    _, replicate, x, y = learned(model)
    copy = still_copy(replicate.model).double()
    parameters = {id(parameter): name for name, parameter in copy.named_parameters()}
    own = copy.own_parameters()
    weights = [layer.weight for layer in copy.weighted]
    layers = [[parameters[id(p)] for p in each] for each in own]
    names = [parameters[id(weight)] for weight in weights]
    assert sorted(name for layer in layers for name in layer) == sorted(parameters.values())
    hand = hand_of(model, copy.state_dict(), 1e-5)
    inputs, targets = x.numpy().astype(np.float64), y.numpy()
    slopes = {name: hand.slope(inputs, targets, name) for name in parameters.values()}
    found = covariate_shift(copy, weights, own, x.double(), y, RATE, F.cross_entropy)
    assert found[0] == (0.0, pytest.approx(1.0))
    for index in range(1, len(names)):
        for name in layers[index - 1]:
            hand.values[name] = hand.values[name] - RATE * slopes[name]
        before, after = slopes[names[index]].ravel(), hand.slope(inputs, targets, names[index]).ravel()
        sizes = np.linalg.norm(before), np.linalg.norm(after)
        assert found[index][0] == pytest.approx(np.linalg.norm(before - after) / sizes[0], rel=1e-4), names[index]
        assert found[index][1] == pytest.approx(before @ after / (sizes[0] * sizes[1]), abs=1e-5), names[index]


@MODELS
def test_norms_of_images_can_be_the_identity(model: CnnSpec | ResNetSpec) -> None:
    """Those of projections too; the network without norms by hand."""
    _, replicate, x, _ = learned(model)
    copy = still_copy(replicate.model).double()
    plain = hand_of(model, copy.state_dict(), None).logits(x.numpy().astype(np.float64))[0]
    assert np.abs(copy(x.double()).detach().numpy() - plain).max() > 1e-2
    assert identity_error(copy, batch_norms(copy), x.double()) < 1e-10
    np.testing.assert_allclose(copy(x.double()).detach().numpy(), plain, atol=1e-10)


@MODELS
def test_precise_statistics_of_images_are_over_examples_and_positions(model: CnnSpec | ResNetSpec) -> None:
    """Minibatches of three; by PyTorch's name of each norm, in float64."""
    _, replicate, x, _ = learned(model)
    copy = still_copy(replicate.model).double()
    parts = torch.split(x.double(), 3)
    hand, seen = hand_of(model, copy.state_dict(), 1e-5), dict[str, list[Array]]()
    for part in parts:
        hand.logits(part.numpy())
        for name, z in hand.entered.items():
            seen.setdefault(name, []).append(over_units(z))
    before = {name: value.clone() for name, value in copy.state_dict().items()}
    make_precise(copy, batch_norms(copy), parts)
    state = copy.state_dict()
    assert len(seen) == len(batch_norms(copy))
    for name, values in seen.items():
        every = np.concatenate(values, 1)
        np.testing.assert_allclose(state[f"{name}.running_mean"], every.mean(1), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(state[f"{name}.running_var"], every.var(1, ddof=1), rtol=1e-9, atol=1e-12)
        assert not torch.equal(state[f"{name}.running_mean"], before[f"{name}.running_mean"])


@MODELS
def test_variance_shift_of_images_is_that_of_each_layers_own_norm(model: CnnSpec | ResNetSpec) -> None:
    """In evaluation mode, over examples and positions; not of a projection's norm."""
    spec, replicate, x, _ = learned(model)
    copy = still_copy(replicate.model).double()
    found = variance_shift(copy, layer_batch_norms(copy), torch.split(x.double(), 4))
    hand = hand_of(model, copy.state_dict(), 1e-5, running=True)
    hand.logits(x.numpy().astype(np.float64))
    names = [norm_of(name) for name in names_of(replicate)[:-1]]
    assert len(found) == len(names) == len(plan_of(spec, CLASSES).layers) - 1
    for name, shift in zip(names, found, strict=True):
        stored, met = hand.values[f"{name}.running_var"][0], over_units(hand.entered[name]).var(1)
        assert shift == pytest.approx(float(((stored + 1e-5) / (met + 1e-5)).mean()), rel=1e-9), name
