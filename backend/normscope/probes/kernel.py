"""One compiled call per replicate and step: every scalar statistic, read from the tensors' memory into one row.

Addresses, in order: loss, logits, targets; then, where layers are measured, for each hidden layer the input and the
output of its activation, and for each layer, output layer last, the gradient of its weight.
"""

from __future__ import annotations

import math
from typing import Any

from normscope.probes.activation import SIGMOID, TANH, dead, mean_variance, saturated
from normscope.probes.compiled import compiled, floats, integers, numbers
from normscope.probes.distribution import histogram, percentiles
from normscope.probes.gradient import norm
from normscope.probes.loss import accuracy


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
