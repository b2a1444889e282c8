"""What the loop calls: every statistic of a step, read from the tensors' memory.

``observe`` is one call per replicate and step. Its addresses, in order: loss, logits, targets; then, where layers are
measured, for each hidden layer the input and the output of its activation, and for each layer, output layer last, the
gradient of its weight.

``vectors`` stands there too, ``details`` and ``keep`` before and after an update, each on the steps of its schedule.
Their addresses are the table of ``addresses.Addresses``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from normscope.probes.activation import SIGMOID, TANH, dead, mean_variance, saturated
from normscope.probes.addresses import (
    ACTIVATION_GRADIENT,
    BETA,
    GAMMA,
    INPUT,
    NORM_INPUT,
    NORM_OUTPUT,
    OUTPUT,
    RUNNING_MEAN,
    RUNNING_VARIANCE,
    WEIGHT,
)
from normscope.probes.compiled import compiled, floats, integers, numbers
from normscope.probes.distribution import percentiles
from normscope.probes.gradient import norm
from normscope.probes.histogram import histogram
from normscope.probes.loss import accuracy
from normscope.probes.normalization import gaps, mean_spread
from normscope.probes.unit import unit_moments, unit_saturation
from normscope.probes.update import moved


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
def vectors(addresses: Any, sizes: Any, activation: int, batch: int, bins: int, out: Any) -> None:
    """Write one replicate's vectors, one after the other.

    Args:
        addresses: int64 [10, layers], as in ``Addresses``.
        sizes: int64 [layers, 3], the same.
        activation: its code.
        batch: examples in this minibatch.
        bins: of the histograms.
        out: float32 [numbers], written: of each layer its vectors in the order of ``statistics.distribution_vectors``.
    """
    at, counts = 0, 2 + bins
    for layer in range(len(sizes)):
        units, positions, entries = sizes[layer]
        size = batch * units * positions
        own = addresses[:, layer]
        if own[INPUT]:
            percentiles(floats(own[INPUT], batch, units, positions), out[at : at + 3 * units].reshape(3, units))
            at += 3 * units
            inputs = out[at : at + counts]
            histogram(numbers(own[INPUT], size), inputs)
            at += counts
            unit_saturation(floats(own[OUTPUT], batch, units, positions), activation, out[at : at + units])
            at += units
            mean, variance = np.empty(units), np.empty(units)
            entering = own[NORM_INPUT] if own[NORM_INPUT] else own[INPUT]
            unit_moments(floats(entering, batch, units, positions), mean, variance)
            out[at : at + units], out[at + units : at + 2 * units] = mean, variance
            at += 2 * units
            if own[NORM_INPUT]:
                histogram(numbers(own[NORM_INPUT], size), out[at : at + counts])
                at += counts
                if own[NORM_OUTPUT] == own[INPUT]:  # the same tensor
                    out[at : at + counts] = inputs
                else:
                    histogram(numbers(own[NORM_OUTPUT], size), out[at : at + counts])
                at += counts
            for held in (RUNNING_MEAN, RUNNING_VARIANCE, GAMMA, BETA):
                if own[held]:
                    out[at : at + units] = numbers(own[held], units)
                    at += units
        histogram(numbers(own[WEIGHT], entries), out[at : at + counts])
        at += counts


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
        addresses: int64 [10, layers], as in ``Addresses``.
        sizes: int64 [layers, 3], the same.
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
        addresses: int64 [10, layers], as in ``Addresses``.
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


ENTRIES = (observe, vectors, details, keep)
"""All that is called from outside."""
