"""What of a spec says which quantities are measured, and how often."""

from __future__ import annotations

from pydantic import Field

from normscope.core.spec_base import Model, hint


class ProbeSpec(Model):
    """Which quantities are measured and how often. Loss and accuracy of training are always measured."""

    layers: bool = Field(True, json_schema_extra=hint("measuring"))
    """Mean, variance, saturation and gradient norm of each layer, at every step."""
    distributions_every: int = Field(10, ge=0, le=100_000, json_schema_extra=hint("measuring", unit="steps"))
    """Percentiles of each unit, histograms, and what the norms hold of each unit, every n steps; 0: never."""
    details_every: int = Field(10, ge=0, le=100_000, json_schema_extra=hint("measuring", unit="steps"))
    """Gradients of the activations, sizes of weights and updates, summaries of the norms, every n steps; 0: never."""
    modes_every: int = Field(0, ge=0, le=100_000, json_schema_extra=hint("measuring", advanced=True, unit="steps"))
    """The same examples in training and evaluation mode, and what norms keep unchanged, every n steps; 0: never."""
    landscape_every: int = Field(0, ge=0, le=100_000, json_schema_extra=hint("measuring", advanced=True, unit="steps"))
    """The loss along the gradient and how gradients change, every n steps; 0: never."""
    noise_every: int = Field(0, ge=0, le=100_000, json_schema_extra=hint("measuring", advanced=True, unit="steps"))
    """How well a minibatch's gradient stands for that of all examples, every n steps; 0: never."""
    boundary_every: int = Field(10, ge=0, le=100_000, json_schema_extra=hint("measuring", advanced=True, unit="steps"))
    """What the networks of the first seed make of every point of the plane, every n steps; toy sets only; 0: never."""
    budget: float | None = Field(
        None, ge=0.005, le=0.5, json_schema_extra=hint("measuring", scale="log", advanced=True)
    )
    """Most that measuring may take of a step, 0 to 1: what exceeds it widens the dearest schedules; null: no limit."""
    histogram_bins: int = Field(48, ge=8, le=256, json_schema_extra=hint("measuring", advanced=True, unit="bins"))
