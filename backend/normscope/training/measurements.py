"""What each costly schedule measures of one network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from normscope.core.norm_facts import has_running_statistics, is_scale_invariant
from normscope.core.spec import RunSpec
from normscope.core.statistics import NOISE_BATCHES, Statistic, mode_statistics
from normscope.probes.covariate_shift import covariate_shift
from normscope.probes.differentiate import Loss
from normscope.probes.drift import drift, median_and_width
from normscope.probes.gradient_noise import GradientNoise
from normscope.probes.identity import identity_error
from normscope.probes.landscape import landscape
from normscope.probes.modes import compare_modes, loss_and_accuracy
from normscope.probes.observer import Weighted
from normscope.probes.precise import make_precise
from normscope.probes.scale import scale_invariance
from normscope.probes.variance_shift import variance_shift
from normscope.training.copies import batch_norms, layer_batch_norms, still_copy, whole_copy
from normscope.training.examples import Examples, fitting
from normscope.training.generators import generator
from normscope.training.models import Network
from normscope.training.replicate import Replicate

Ask = Callable[[], None]
"""Called before each layer of a copy: an observation of a large network takes seconds, and nobody waits so long."""
Medians = list[NDArray[np.float32]]
"""Of each unit, for each hidden layer."""


@dataclass(slots=True)
class Found:
    """What was measured of one network. ``row`` by the name of its column: ``statistic`` or ``statistic@layer``."""

    row: dict[str, float]
    vectors: dict[Statistic, NDArray[np.float32]] = field(default_factory=dict)
    medians: Medians | None = None


def training_loss(spec: RunSpec) -> Loss:
    """What the networks of ``spec`` learn from."""
    return partial(F.cross_entropy, label_smoothing=spec.label_smoothing)


def _go_on() -> None:
    """Nobody has to be asked."""


def asking(model: Network, ask: Ask) -> Network:
    """``model``, which calls ``ask`` before each of its convolutions and linear layers, on the way forward and back.

    What it computes is the same. On a CUDA device nobody is asked on the way back, which is another thread's there.
    """

    def before(_module: nn.Module, _inputs: tuple[Tensor, ...]) -> None:
        ask()

    def back(_gradient: Tensor) -> None:
        ask()

    def after(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if output.requires_grad and not output.is_cuda:
            output.register_hook(back)  # type: ignore[no-untyped-call]

    for module in model.modules():
        if isinstance(module, Weighted):
            module.register_forward_pre_hook(before)
            module.register_forward_hook(after)
    return model


def modes(spec: RunSpec, replicate: Replicate, examples: Examples, ask: Ask = _go_on) -> Found:
    """Training against evaluation mode, exact running statistics, and what a norm must leave unchanged."""
    arm, model = spec.arms[replicate.arm], replicate.model
    names = mode_statistics(arm.norm)
    x, y = examples.probe
    size, at_once = fitting(arm, examples.batch), model.plan.evaluation_batch
    x, y = x[: len(x) // size * size], y[: len(x) // size * size]
    minibatch, targets = x[:size], y[:size]
    copy, still = asking(whole_copy(model), ask), asking(still_copy(model), ask)
    row: dict[str, float] = {}
    if has_running_statistics(arm.norm):
        for layer, shift in enumerate(variance_shift(copy, layer_batch_norms(copy), torch.split(x, at_once)), 1):
            row[f"variance_shift@{layer}"] = shift
    row.update(compare_modes(copy, x, y, size, at_once).items())
    if is_scale_invariant(arm.norm):
        change, quotient = scale_invariance(still, still.weighted[0], minibatch, targets, training_loss(spec))
        row["scale_error"], row["scale_gradient_ratio"] = change, quotient
    if has_running_statistics(arm.norm):
        whole = len(examples.training[0]) // size * size  # minibatches as in training: no short one
        make_precise(still, batch_norms(still), torch.split(examples.training[0][:whole], size))
        row["precise_loss"], row["precise_accuracy"] = _evaluated(still, x, y)
    if "identity_error" in names:
        row["identity_error"] = identity_error(still, batch_norms(still), minibatch)
        row["identity_error_64"] = identity_error(still.double(), batch_norms(still), minibatch.double())
    return Found(row)


def along_the_gradient(
    spec: RunSpec, replicate: Replicate, examples: Examples, step: int, before: Medians | None, ask: Ask = _go_on
) -> Found:
    """The landscape and both kinds of internal covariate shift, with the learning rate of ``step``.

    Args:
        before: medians at the last observation.
    """
    arm, model = spec.arms[replicate.arm], asking(still_copy(replicate.model), ask)
    x, y = examples.landscape
    size = fitting(arm, len(x))
    x, y, loss, rate = x[:size], y[:size], training_loss(spec), replicate.rate(step, spec.steps)
    found, losses = landscape(model, list(model.parameters()), x, y, rate, loss)
    row = dict[str, float](found.items())
    medians, drifts = _drifts(asking(still_copy(replicate.model, noise=True), ask), x, before, ask)
    for layer, value in enumerate(drifts, 1):
        row[f"activation_drift@{layer}"] = value
    weights = [layer.weight for layer in model.weighted]
    shifts = covariate_shift(model, weights, model.own_parameters(), x, y, rate, loss)
    for layer, (shift, angle) in enumerate(shifts, 1):
        row[f"covariate_shift@{layer}"], row[f"covariate_shift_cosine@{layer}"] = shift, angle
    return Found(row, {"loss_slice": losses}, medians)


def noise(spec: RunSpec, replicate: Replicate, examples: Examples, step: int, ask: Ask = _go_on) -> Found:
    """The gradients of minibatches against that of the whole; the same minibatches for all arms of a seed."""
    arm, model = spec.arms[replicate.arm], asking(still_copy(replicate.model), ask)
    x, y = examples.whole
    size = fitting(arm, len(x))
    random = generator(replicate.seed, f"gradient noise {step}")
    gradients = GradientNoise(model, list(model.parameters()), x[:size], y[:size], random, training_loss(spec))
    row = dict[str, float](gradients.summary(min(spec.batch_size, size)).items())
    if not replicate.first_seed:
        return Found(row)
    batches = [batch if fitting(arm, batch) == batch else None for batch in NOISE_BATCHES]
    return Found(row, {"cosine_by_batch_size": gradients.cosines(batches)})


def _evaluated(model: Network, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Loss and accuracy in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return loss_and_accuracy(torch.cat([model(part) for part in torch.split(x, model.plan.evaluation_batch)]), y)


def _drifts(model: Network, x: Tensor, before: Medians | None, ask: Ask) -> tuple[Medians, list[float]]:
    """Medians of each hidden layer's units, and how far they moved: with noise, since its layers learn from that."""
    trace: list[Tensor] = []
    with torch.no_grad():
        model(x, trace)
    medians: Medians = []
    drifts: list[float] = []
    for layer, z in enumerate(trace[::2]):
        ask()
        median, width = median_and_width(z.reshape(*z.shape[:2], -1).cpu().numpy())
        drifts.append(drift(median, width, None if before is None else before[layer]))
        medians.append(median)
    return medians, drifts
