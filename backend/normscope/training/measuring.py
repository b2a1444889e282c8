"""Builds the observer of each replicate."""

from __future__ import annotations

from normscope.core.spec import RunSpec
from normscope.probes.observer import Observer
from normscope.training.replicate import Replicate


def build_observers(spec: RunSpec, replicates: list[Replicate]) -> list[Observer]:
    """One for each replicate, in their order."""
    return [
        Observer(
            [(layer.units, layer.positions) for layer in replicate.model.plan.layers],
            spec.model.activation,
            replicate.model.weighted_layers(),
            layers=spec.probes.layers,
            bins=spec.probes.histogram_bins,
        )
        for replicate in replicates
    ]
