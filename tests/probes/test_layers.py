"""Details and vectors of real steps of random networks, against definitions in float64 by numpy and autograd."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from normscope.core.network import LayerPlan, plan_of
from normscope.core.norm_facts import is_scale_invariant
from normscope.core.spec import ActivationKind, BatchNorm, CnnSpec, Sgd
from normscope.core.statistics import HISTOGRAMS, Statistic, detail_statistics, distribution_vectors
from normscope.probes.compiled_details import CompiledDetails
from normscope.probes.compiled_vectors import CompiledVectors
from normscope.probes.layers import Details, Vectors
from normscope.probes.tensor_layers import TensorDetails, TensorVectors
from normscope.training.layer_probes import seen_of
from tests.probes.networks import CLASSES, MODELS, SPECS, Made, make, spec_of

Values = NDArray[np.float64]
BOTH = pytest.mark.parametrize("kind", [CompiledDetails, TensorDetails])
SPOILT = st.sampled_from([None, None, None, math.nan, math.inf])


def exact(tensor: Tensor) -> Values:
    """In float64."""
    return tensor.detach().numpy().astype(np.float64)


def by_unit(tensor: Tensor) -> Values:
    """[units, minibatch x positions]."""
    values = exact(tensor)
    return np.moveaxis(values, 1, 0).reshape(values.shape[1], -1)


def length(values: Values) -> float:
    """Euclidean."""
    return math.sqrt((values.astype(np.float64) ** 2).sum())


def expected_details(made: Made, gradients: list[Tensor], before: list[Values], rate: float) -> dict[str, float]:
    """Every detail of every layer, by definition; after the update."""
    found: dict[str, float] = {}
    model = made.replicate.model
    for index, layer in enumerate(plan_of(made.spec, CLASSES).layers):
        after = exact(model.weighted[index].weight)
        size = length(before[index])
        own: dict[Statistic, float] = {
            "weight_norm": size,
            "update_ratio": length(after - before[index]) / size,
            "effective_learning_rate": rate / size**2,
        }
        if layer.activation is not None:
            own["activation_gradient_norm"] = length(exact(gradients[index]))
            norm = model.norms[index] if model.norms else None
            for name, parameter in (("gamma", "weight"), ("beta", "bias")):
                if (values := getattr(norm, parameter, None)) is not None:
                    own[f"{name}_mean"], own[f"{name}_spread"] = exact(values).mean(), exact(values).std()  # type: ignore[literal-required]
            if getattr(norm, "running_mean", None) is not None:
                entered = by_unit(made.entered[index])
                mean, variance = entered.mean(axis=1), entered.var(axis=1)
                running = exact(norm.running_var) + norm.eps  # type: ignore[union-attr, operator, arg-type]
                shift = (mean - exact(norm.running_mean)) ** 2 / running  # type: ignore[union-attr, arg-type]
                own["batch_mean_gap"] = math.sqrt(shift.mean())
                own["batch_variance_gap"] = np.abs(np.log((variance + norm.eps) / running)).mean()  # type: ignore[union-attr, operator]
        for statistic in detail_statistics(layer, made.norm):
            found[f"{statistic}@{index + 1}"] = own[statistic]
    return found


@BOTH
@settings(max_examples=60)
@given(spec=SPECS, seed=st.integers(0, 1000), batch=st.sampled_from([6, 8, 9]), spoilt=SPOILT)
def test_details_are_those_of_their_definitions(kind, spec, seed, batch, spoilt) -> None:  # type: ignore[no-untyped-def]
    made = make(spec, seed, batch, spoilt)
    rate = made.replicate.learning_rate
    gammas = [(name, p.detach().clone()) for name, p in made.replicate.model.named_parameters()]
    gradients = torch.autograd.grad(made.loss, made.trace[1::2], retain_graph=True)
    details = kind(seen_of(spec, made.replicate))
    details.watch(made.trace)
    made.loss.backward()  # type: ignore[no-untyped-call]
    details.measure(made.loss, made.norms, batch, rate)
    before = [exact(layer.weight) for layer in made.replicate.model.weighted]
    assert all(torch.equal(p, dict(made.replicate.model.named_parameters())[name]) for name, p in gammas)
    with np.errstate(all="ignore"):
        of_norms = expected_details(made, list(gradients), before, rate)
        made.replicate.learn(rate, None)
        moved = expected_details(made, list(gradients), before, rate)
    expected = {name: (moved if name.startswith("update_ratio") else of_norms)[name] for name in moved}
    measured = details.finish().numpy()
    np.testing.assert_allclose(measured, list(expected.values()), rtol=1e-9, atol=1e-13, err_msg=str(list(expected)))


@BOTH
@settings(max_examples=30)
@given(spec=SPECS, seed=st.integers(0, 1000))
def test_a_step_after_a_measured_one_has_the_same_bits(kind, spec, seed) -> None:  # type: ignore[no-untyped-def]
    """Weights that were read after the last update are not read again before the next, and nobody can tell."""
    made = make(spec, seed, 8)
    seen, model = seen_of(spec, made.replicate), made.replicate.model
    going, fresh = kind(seen), kind(seen)
    rate = made.replicate.learning_rate
    x = torch.randn(8, 5 if spec.model.kind == "mlp" else 64, generator=torch.Generator().manual_seed(seed))
    for step in range(3):
        trace, norms = list[Tensor](), list[Tensor]()
        loss = model(x, trace, norms).square().mean()
        for details in (going, fresh):
            details.watch(trace)
        loss.backward()
        going.measure(loss, norms, 8, rate, again=step > 0)
        fresh.measure(loss, norms, 8, rate)
        made.replicate.learn(rate, None)
        np.testing.assert_array_equal(going.finish(), fresh.finish())


@BOTH
@pytest.mark.parametrize("spoilt", [math.nan, math.inf])
def test_without_an_update_there_is_no_ratio(kind: type[Details], spoilt: float) -> None:
    made = make(spec_of(MODELS[1], BatchNorm(), "tanh", Sgd(), 0.1), 0)
    details = kind(seen_of(made.spec, made.replicate))
    details.watch(made.trace)
    made.loss.backward()  # type: ignore[no-untyped-call]
    details.measure(torch.tensor(spoilt), made.norms, 8, 0.1)
    names = [s for layer in plan_of(made.spec, CLASSES).layers for s in detail_statistics(layer, made.norm)]
    row = dict(zip(names, np.isnan(details.finish().numpy()), strict=False))
    assert [name for name, missing in row.items() if missing] == ["update_ratio"]


def unit_saturation(output: Tensor, activation: ActivationKind) -> Values:
    """As docs/probes.md defines it."""
    values = by_unit(output)
    match activation:
        case "sigmoid":
            hits = np.abs(values.astype(np.float32) - np.float32(0.5)) > np.float32(0.45)
        case "tanh":
            hits = np.abs(values) > np.float32(0.95)
        case "relu":
            hits = values == 0
        case "gelu":
            hits = np.abs(values) < np.float32(0.01)
    return hits.mean(axis=1)


def assert_histogram(measured: Tensor, values: Tensor) -> None:
    """Least and greatest finite value, and the counts that numpy finds, neighbours' edges apart."""
    low, high, *counts = measured.tolist()
    flat = exact(values).ravel()
    flat = flat[np.isfinite(flat)]
    assert sum(counts) == flat.size
    if not flat.size:
        assert math.isnan(low)
        assert math.isnan(high)
        return
    assert low <= flat.min()
    assert flat.max() <= high
    if flat.min() < flat.max():
        assert (low, high) == (flat.min(), flat.max())
    edges = np.linspace(low, high, len(counts) + 1)
    sure = np.cumsum(counts)[:-1]
    margin = (high - low) * 1e-9
    assert ((flat[None] < edges[1:-1, None] - margin).sum(axis=1) <= sure).all()
    assert (sure <= (flat[None] <= edges[1:-1, None] + margin).sum(axis=1)).all()


def by_name(made: Made, measured: Tensor) -> list[dict[Statistic, Tensor]]:
    """The vectors of each layer."""
    layers = plan_of(made.spec, CLASSES).layers
    bins = made.spec.probes.histogram_bins
    found: list[dict[Statistic, Tensor]] = []
    at = 0
    for layer in layers:
        own: dict[Statistic, Tensor] = {}
        for statistic in distribution_vectors(layer, made.norm):
            length = 2 + bins if statistic in HISTOGRAMS else layer.units
            own[statistic] = measured[at : at + length]
            at += length
        found.append(own)
    assert at == len(measured)
    return found


def check_vectors(made: Made, index: int, layer: LayerPlan, measured: dict[Statistic, Tensor]) -> None:
    """All vectors of one layer."""
    model = made.replicate.model
    assert_histogram(measured["weight_histogram"], model.weighted[index].weight)
    if layer.activation is None:
        return
    z, output = made.trace[2 * index], made.trace[2 * index + 1]
    assert_histogram(measured["histogram"], z)
    whole = np.isfinite(by_unit(z)).all(axis=1)
    for level, statistic in ((15, "p15"), (50, "p50"), (85, "p85")):
        expected = np.percentile(by_unit(z)[whole], level, axis=1)
        np.testing.assert_allclose(measured[statistic][whole], expected, rtol=1e-6, atol=1e-7)  # type: ignore[index]
    entering = made.entered[index] if made.entered else z
    saturation = unit_saturation(output, made.spec.model.activation)
    np.testing.assert_allclose(measured["unit_saturation"], saturation, rtol=1e-6)
    largest = float(np.abs(by_unit(entering)).max())
    with np.errstate(all="ignore"):
        mean, variance = by_unit(entering).mean(axis=1), by_unit(entering).var(axis=1)
    slack = 1e-7 * largest if math.isfinite(largest) else 0.0
    np.testing.assert_allclose(measured["norm_input_mean"], mean, rtol=1e-6, atol=slack)
    np.testing.assert_allclose(measured["norm_input_variance"], variance, rtol=1e-6, atol=slack * slack)
    if not made.entered:
        return
    assert_histogram(measured["norm_input_histogram"], entering)
    assert_histogram(measured["norm_output_histogram"], made.left[index])
    held = dict(model.norms[index].named_parameters()) | dict(model.norms[index].named_buffers())
    for statistic, name in (("gamma", "weight"), ("beta", "bias"), ("running_mean",) * 2):
        if statistic in measured:
            np.testing.assert_array_equal(measured[statistic], held[name].detach())  # type: ignore[index]
    if "running_variance" in measured:
        np.testing.assert_array_equal(measured["running_variance"], held["running_var"])


@pytest.mark.parametrize("kind", [CompiledVectors, TensorVectors])
@settings(max_examples=60)
@given(spec=SPECS, seed=st.integers(0, 1000), batch=st.sampled_from([6, 8, 9]), spoilt=SPOILT)
def test_vectors_are_those_of_their_definitions(kind, spec, seed, batch, spoilt) -> None:  # type: ignore[no-untyped-def]
    made = make(spec, seed, batch, spoilt)
    layers = plan_of(spec, CLASSES).layers
    measured = by_name(made, kind(seen_of(spec, made.replicate)).measure(made.trace, made.norms))
    for index, (layer, vectors) in enumerate(zip(layers, measured, strict=True)):
        check_vectors(made, index, layer, vectors)


@settings(max_examples=40)
@given(SPECS, st.integers(0, 1000))
def test_networks_record_what_enters_and_leaves_each_layers_norm(spec, seed) -> None:  # type: ignore[no-untyped-def]
    made = make(spec, seed)
    assert len(made.norms) == 2 * len(made.entered)
    assert len(made.replicate.model.norms) == len(made.entered)
    hidden = len(plan_of(spec, CLASSES).layers) - 1
    assert len(made.entered) == (0 if made.norm.kind == "none" else hidden)
    for index, (entered, left) in enumerate(zip(made.entered, made.left, strict=True)):
        assert torch.equal(made.norms[2 * index].detach(), entered)
        assert torch.equal(made.norms[2 * index + 1].detach(), left)


def test_a_norm_makes_weights_scale_invariant_or_the_rate_is_not_shown() -> None:
    for norm in (BatchNorm(), BatchNorm(placement="after_activation")):
        shown = {s for layer in plan_of(spec_of(MODELS[1], norm, "relu", Sgd(), 0.1), CLASSES).layers
                 for s in detail_statistics(layer, norm)}  # fmt: skip
        assert ("effective_learning_rate" in shown) == is_scale_invariant(norm)


@BOTH
def test_memory_of_another_layout_is_read_right(kind: type[Details]) -> None:
    spec = spec_of(CnnSpec(convolutions=(6, "pool", 4)), BatchNorm(), "relu", Sgd(), 0.1)
    made = make(spec, 1)
    made.replicate.model.to(memory_format=torch.channels_last)
    weights = [layer.weight for layer in made.replicate.model.weighted]
    assert not all(weight.is_contiguous() for weight in weights)
    details = kind(seen_of(spec, made.replicate))
    details.watch(made.trace)
    made.loss.backward()  # type: ignore[no-untyped-call]
    details.measure(made.loss, [each.to(memory_format=torch.channels_last) for each in made.norms], 8, 0.1)
    before = [exact(weight) for weight in weights]
    made.replicate.learn(0.1, None)
    row = details.finish().tolist()
    names = [
        (i, s) for i, layer in enumerate(plan_of(spec, CLASSES).layers) for s in detail_statistics(layer, made.norm)
    ]
    for (layer, statistic), value in zip(names, row, strict=True):
        if statistic == "update_ratio":
            moved = length(exact(weights[layer]) - before[layer]) / length(before[layer])
            assert value == pytest.approx(moved, rel=1e-9)


@pytest.mark.parametrize("kind", [CompiledVectors, TensorVectors])
def test_vectors_of_another_layout_are_the_same(kind: type[Vectors]) -> None:
    made = make(spec_of(CnnSpec(convolutions=(6, "pool", 4)), BatchNorm(), "relu", Sgd(), 0.1), 1)
    expected = kind(seen_of(made.spec, made.replicate)).measure(made.trace, made.norms)  # type: ignore[call-arg]
    made.replicate.model.to(memory_format=torch.channels_last)
    trace, norms = ([each.to(memory_format=torch.channels_last) for each in part] for part in (made.trace, made.norms))
    assert not trace[0].is_contiguous()
    measured = kind(seen_of(made.spec, made.replicate)).measure(trace, norms)  # type: ignore[call-arg]
    torch.testing.assert_close(measured, expected, rtol=1e-6, atol=1e-6)
