"""What the loop calls: every statistic of a step, read from the tensors' memory.

``observe`` is one call per replicate and step. Its addresses, in order: loss, logits, targets; then, where layers are
measured, for each hidden layer the input and the output of its activation, and for each layer, output layer last, the
gradient of its weight.

``details`` and ``keep`` stand before and after an update, on the steps of their schedule. Their addresses are a
table with a column for each layer and the rows named below; 0 says that the layer has no such tensor.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from normscope.probes.activation import SIGMOID, TANH, dead, mean_variance, saturated
from normscope.probes.compiled import compiled, floats, integers, numbers
from normscope.probes.distribution import percentiles
from normscope.probes.gradient import norm
from normscope.probes.histogram import histogram
from normscope.probes.loss import accuracy
from normscope.probes.normalization import gaps, mean_spread
from normscope.probes.unit import unit_moments, unit_saturation
from normscope.probes.update import moved

WEIGHT, ACTIVATION_GRADIENT, NORM_INPUT, GAMMA, BETA, RUNNING_MEAN, RUNNING_VARIANCE = range(7)
"""Rows of the table of addresses."""


@compiled
def observe(
    addresses: Any, activation: int, sizes: Any, layers: bool, batch: int, block: Any, row: int, column: int
) -> bool:
    """Write one replicate's scalar statistics to ``block[row, column:]``, in the order of its series.

    Args:
        addresses: int64, as in the module's docstring.
        activation: its code.
        sizes: int64 [layers, 3], output layer last: units, positions, entries of the weight's gradient.
        layers: whether layers are measured, or loss and accuracy only.
        batch: examples in this minibatch.
        block: float64 [rows, columns], written.

    Returns:
        Whether the loss is finite.
    """
    hidden = len(sizes) - 1
    classes = sizes[hidden, 0]
    loss = numbers(addresses[0], 1)[0]
    logits = floats(addresses[1], batch, classes, 1)
    block[row, column] = loss
    block[row, column + 1] = accuracy(logits, integers(addresses[2], batch))
    if layers:
        at = column + 2
        gradients = 3 + 2 * hidden
        for layer in range(hidden):
            units, positions, weights = sizes[layer]
            size = batch * units * positions
            output = numbers(addresses[4 + 2 * layer], size)
            block[row, at], block[row, at + 1] = mean_variance(numbers(addresses[3 + 2 * layer], size))
            block[row, at + 2], block[row, at + 3] = mean_variance(output)
            if activation in (SIGMOID, TANH):
                block[row, at + 4] = saturated(output, activation)
            else:
                block[row, at + 4] = dead(output.reshape(batch, units, positions), activation)
            block[row, at + 5] = norm(numbers(addresses[gradients + layer], weights))
            at += 6
        block[row, at], block[row, at + 1] = mean_variance(numbers(addresses[1], batch * classes))
        block[row, at + 2] = norm(numbers(addresses[gradients + hidden], sizes[hidden, 2]))
    return math.isfinite(loss)


@compiled
def distribution(address: int, batch: int, units: int, positions: int, levels: Any, counts: Any) -> None:
    """Percentiles (float32 [3, units]) and histogram (float32 [2 + bins]) of the tensor at ``address``."""
    percentiles(floats(address, batch, units, positions), levels)
    histogram(numbers(address, batch * units * positions), counts)


@compiled
def details(
    loss: int,
    addresses: Any,
    sizes: Any,
    invariant: bool,
    batch: int,
    rate: float,
    epsilon: float,
    norms: Any,
    row: Any,
) -> bool:
    """Write one replicate's details to ``row``, all but the update ratios.

    Args:
        loss: its address.
        addresses: int64 [7, layers], as in the module's docstring; output layer last.
        sizes: int64 [layers, 3], as in ``observe``.
        invariant: whether the norms make the hidden layers' weights scale-invariant.
        batch: examples in this minibatch.
        rate: the learning rate of the update that follows.
        epsilon: of the norms.
        norms: float64 [layers], of the weights, as ``keep`` left them.
        row: float64 [columns], written, in the order of ``statistics.detail_statistics``.

    Returns:
        Whether the loss is finite.
    """
    at = 0
    for layer in range(len(sizes)):
        units, positions, _ = sizes[layer]
        own = addresses[:, layer]
        if own[ACTIVATION_GRADIENT]:
            row[at] = norm(numbers(own[ACTIVATION_GRADIENT], batch * units * positions))
            at += 1
        size = norms[layer]
        row[at] = size
        at += 2
        if layer == len(sizes) - 1:
            break
        if invariant:
            row[at] = rate / (size * size)
            at += 1
        if own[GAMMA]:
            row[at], row[at + 1] = mean_spread(numbers(own[GAMMA], units))
            at += 2
        if own[BETA]:
            row[at], row[at + 1] = mean_spread(numbers(own[BETA], units))
            at += 2
        if own[RUNNING_MEAN]:
            mean, variance = np.empty(units), np.empty(units)
            unit_moments(floats(own[NORM_INPUT], batch, units, positions), mean, variance)
            row[at], row[at + 1] = gaps(
                mean, variance, numbers(own[RUNNING_MEAN], units), numbers(own[RUNNING_VARIANCE], units), epsilon
            )
            at += 2
    return math.isfinite(numbers(loss, 1)[0])


@compiled
def keep(addresses: Any, sizes: Any, copies: Any, norms: Any, sites: Any, row: Any) -> None:
    """Copy one replicate's weights; say how large they are, and how far from the last copy by its norm.

    Args:
        addresses: int64 [7, layers], as for ``details``.
        sizes: int64 [layers, 3].
        copies: float32 [entries of all weights], written.
        norms: float64 [layers], of the last copy; written.
        sites: int64 [layers], where in ``row`` each update ratio belongs.
        row: float64 [columns], written.
    """
    copied = 0
    for layer in range(len(sizes)):
        entries = sizes[layer, 2]
        distance, size = moved(numbers(addresses[WEIGHT, layer], entries), copies[copied : copied + entries])
        row[sites[layer]] = distance / norms[layer]
        norms[layer] = size
        copied += entries


@compiled
def moments(address: int, batch: int, units: int, positions: int, mean: Any, variance: Any) -> None:
    """Mean and biased variance (float32 [units] each) of every unit of the tensor at ``address``."""
    means, variances = np.empty(units), np.empty(units)
    unit_moments(floats(address, batch, units, positions), means, variances)
    mean[:], variance[:] = means, variances


@compiled
def saturation(address: int, batch: int, units: int, positions: int, activation: int, out: Any) -> None:
    """How often each unit of the tensor at ``address`` is saturated or silent (float32 [units])."""
    unit_saturation(floats(address, batch, units, positions), activation, out)


@compiled
def counts(address: int, size: int, out: Any) -> None:
    """Histogram (float32 [2 + bins]) of the tensor of ``size`` numbers at ``address``."""
    histogram(numbers(address, size), out)


ENTRIES = (observe, distribution, details, keep, moments, saturation, counts)
"""All that is called from outside."""
