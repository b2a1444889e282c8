"""Readings that thin nothing out: every vector at every step, or those only that the study before this project had.

That study's full set, at every step: mean, variance, least, greatest and saturated share of z and a, histogram and
percentiles, statistics of gradients, weights. A run of NormScope measures more vectors, and keeps fewer and fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from normscope.core.spec import RunSpec
from normscope.core.statistics import DISTRIBUTIONS
from normscope.probes.addresses import INPUT, Addresses
from normscope.probes.compiled import compiled, floats, numbers
from normscope.probes.compiled_details import CompiledDetails
from normscope.probes.distribution import percentiles
from normscope.probes.histogram import histogram
from normscope.probes.layers import Details, Seen, Vectors
from normscope.training.readings import Immediate, Leave
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate
from normscope.training.vectors import Bundle


class Everything(Immediate):
    """All vectors at every step."""

    def __init__(self, spec: RunSpec, replicates: list[Replicate], recorder: Recorder, leave: Leave, _: Any) -> None:
        super().__init__(spec, replicates, recorder, leave)
        recorder.vectors.due = lambda step: True  # type: ignore[method-assign]
        self._bins = spec.probes.histogram_bins


class InputsOnly(Everything):
    """Percentiles and histogram of z at every step, no other vectors."""

    def looking_at(self, seen: Seen) -> tuple[Details, Vectors]:
        """As ``Readings``'."""
        return CompiledDetails(seen), InputVectors(seen)

    def put(self, step: int, replicate: Replicate, bundle: Bundle, values: Tensor) -> None:
        """As ``Readings``'."""
        layout = self._recorder.layout
        series, lengths = list[int](), list[int]()
        for number, layer in enumerate(replicate.model.plan.layers[:-1], 1):
            series += [layout.vector_id(name, replicate.arm, number) for name in DISTRIBUTIONS]
            lengths += [*(layer.units,) * 3, 2 + self._bins]
        super().put(step, replicate, Bundle(tuple(series), tuple(lengths)), values)


class InputVectors:
    """Implements ``layers.Vectors`` for z alone."""

    def __init__(self, seen: Seen) -> None:
        self._addresses = Addresses(seen)
        self._bins = seen.bins
        self._numbers = sum(3 * units + 2 + seen.bins for units, _ in seen.sizes[:-1])

    def measure(self, trace: Sequence[Tensor], norms: Sequence[Tensor]) -> Tensor:
        """As ``Vectors``'."""
        _trace = self._addresses.put(INPUT, trace[::2])
        out = torch.empty(self._numbers)
        inputs(self._addresses.table, self._addresses.sizes, len(trace[0]), self._bins, out.numpy())
        return out


@compiled
def inputs(addresses: Any, sizes: Any, batch: int, bins: int, out: Any) -> None:
    """What ``kernel.vectors`` writes of z, with the same parts."""
    at = 0
    for layer in range(len(sizes) - 1):
        units, positions, _ = sizes[layer]
        z = addresses[INPUT, layer]
        percentiles(floats(z, batch, units, positions), out[at : at + 3 * units].reshape(3, units))
        at += 3 * units
        histogram(numbers(z, batch * units * positions), out[at : at + 2 + bins])
        at += 2 + bins
