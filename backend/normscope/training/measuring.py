"""Builds the observer of each replicate."""

from __future__ import annotations

from normscope.core.spec import RunSpec
from normscope.probes.observer import Observer
from normscope.training.replicate import Replicate
from normscope.training.splits import DataSet


def build_observers(spec: RunSpec, data: DataSet, replicates: list[Replicate]) -> list[Observer]:
    """One for each replicate, in their order."""
    widths = (data.train.x.shape[1], *spec.model.hidden, data.classes)
    return [
        Observer(
            widths,
            spec.model.activation,
            replicate.model.linears(),
            layers=spec.probes.layers,
            bins=spec.probes.histogram_bins,
        )
        for replicate in replicates
    ]
