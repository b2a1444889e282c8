"""Every statistic that can be measured: its name, its unit, and on which schedule it is observed.

``docs/probes.md`` gives the formulas. A schedule's scalar series are observed together; ``step`` is every step.
"""

from __future__ import annotations

from typing import Literal

from normscope.core.network import LayerPlan
from normscope.core.norm_facts import has_running_statistics, has_scale, has_shift, is_scale_invariant
from normscope.core.spec import ActivationKind, NormSpec, RunSpec

Schedule = Literal["step", "clock", "evaluation", "distributions", "boundary", "details", "modes", "landscape", "noise"]

Statistic = Literal[
    # step
    "elapsed_seconds",
    "train_loss",
    "train_accuracy",
    "input_mean",
    "input_variance",
    "output_mean",
    "output_variance",
    "saturated",
    "dead",
    "gradient_norm",
    "learning_rate",
    # clock
    "compute_seconds",
    "observer_seconds",
    # evaluation
    "validation_loss",
    "validation_accuracy",
    # distributions: vectors
    "p15",
    "p50",
    "p85",
    "histogram",
    "unit_saturation",
    "norm_input_mean",
    "norm_input_variance",
    "norm_input_histogram",
    "norm_output_histogram",
    "running_mean",
    "running_variance",
    "gamma",
    "beta",
    "weight_histogram",
    # boundary: vector
    "boundary",
    # details
    "activation_gradient_norm",
    "weight_norm",
    "update_ratio",
    "effective_learning_rate",
    "gamma_mean",
    "gamma_spread",
    "beta_mean",
    "beta_spread",
    "batch_mean_gap",
    "batch_variance_gap",
    # modes
    "train_mode_loss",
    "train_mode_accuracy",
    "eval_mode_loss",
    "eval_mode_accuracy",
    "mode_logit_gap",
    "precise_loss",
    "precise_accuracy",
    "identity_error",
    "identity_error_64",
    "scale_error",
    "scale_gradient_ratio",
    "variance_shift",
    # landscape
    "landscape_loss_low",
    "landscape_loss_high",
    "gradient_distance_low",
    "gradient_distance_high",
    "effective_smoothness",
    "relative_gradient_change",
    "covariate_shift",
    "covariate_shift_cosine",
    "activation_drift",
    "loss_slice",
    # noise
    "gradient_cosine",
    "gradient_noise_scale",
    "gradient_bias",
    "cosine_by_batch_size",
]

UNITS: dict[Statistic, str] = {
    "elapsed_seconds": "s",
    "compute_seconds": "s",
    "observer_seconds": "s",
    "train_loss": "nat",
    "validation_loss": "nat",
    "train_accuracy": "1",
    "validation_accuracy": "1",
    "saturated": "1",
    "dead": "1",
    "histogram": "count",
    "unit_saturation": "1",
    "norm_input_histogram": "count",
    "norm_output_histogram": "count",
    "weight_histogram": "count",
    "boundary": "class + confidence",
    "update_ratio": "1",
    "train_mode_loss": "nat",
    "eval_mode_loss": "nat",
    "precise_loss": "nat",
    "train_mode_accuracy": "1",
    "eval_mode_accuracy": "1",
    "precise_accuracy": "1",
    "variance_shift": "1",
    "landscape_loss_low": "nat",
    "landscape_loss_high": "nat",
    "loss_slice": "nat",
    "relative_gradient_change": "1",
    "covariate_shift": "1",
    "covariate_shift_cosine": "1",
    "activation_drift": "1",
    "gradient_cosine": "1",
    "gradient_noise_scale": "examples",
    "gradient_bias": "1",
    "cosine_by_batch_size": "1",
}
HISTOGRAMS: frozenset[Statistic] = frozenset(
    {"histogram", "norm_input_histogram", "norm_output_histogram", "weight_histogram"}
)
DISTRIBUTIONS: tuple[Statistic, ...] = ("p15", "p50", "p85", "histogram")
"""Of the input to each activation."""
UNIT_VECTORS: frozenset[Statistic] = frozenset(
    {
        *("p15", "p50", "p85", "unit_saturation", "norm_input_mean", "norm_input_variance"),
        *("running_mean", "running_variance", "gamma", "beta"),
    }
)
"""One value for each unit or channel of the layer."""
VECTORS: frozenset[Statistic] = UNIT_VECTORS | HISTOGRAMS | {"boundary", "loss_slice", "cosine_by_batch_size"}

CLOCK_EVERY = 10
"""Steps between looks at what each network, and measuring, has taken."""
BOUNDARY_CELLS = 48
"""Along each side of the plane."""
SLICE = tuple(round(-1.0 + 0.25 * index, 2) for index in range(21))
"""Multiples of the learning rate at which ``loss_slice`` looks along the negative gradient: -1 to 4."""
NOISE_BATCHES = (2, 8, 32, 128, 512)
"""Batch sizes of ``cosine_by_batch_size``; NaN where the training split has fewer examples."""
NOISE_DRAWS = 20
"""Minibatches whose gradients are compared with the whole's."""
PROBED_EXAMPLES = 500
"""Validation examples that both modes see: whole minibatches of the run's size, one at least."""
LANDSCAPE_EXAMPLES = 256
WHOLE_EXAMPLES = 2000
"""Training examples that stand for all: of exact running statistics, and of the whole gradient."""


def noise_draws(batch: int) -> int:
    """Minibatches of ``batch`` examples that ``cosine_by_batch_size`` takes: fewer where they are large."""
    return min(NOISE_DRAWS, max(2, 1024 // batch))


def every(spec: RunSpec, schedule: Schedule) -> int:
    """Steps from one observation to the next; 0: never."""
    probes = spec.probes
    match schedule:
        case "step":
            return 1
        case "clock":
            return CLOCK_EVERY
        case "evaluation":
            return spec.evaluate_every
        case "distributions":
            return probes.distributions_every
        case "boundary":
            return probes.boundary_every
        case "details":
            return probes.details_every
        case "modes":
            return probes.modes_every
        case "landscape":
            return probes.landscape_every
        case "noise":
            return probes.noise_every


def saturation_statistic(activation: ActivationKind) -> Statistic:
    """Sigmoid and tanh saturate at both ends; units of ReLU and GELU die."""
    return "saturated" if activation in ("sigmoid", "tanh") else "dead"


def step_statistics(layer: LayerPlan) -> tuple[Statistic, ...]:
    """Scalars of ``layer`` at every step, in the order of their series."""
    if layer.activation is None:
        return ("output_mean", "output_variance", "gradient_norm")
    moments: tuple[Statistic, ...] = ("input_mean", "input_variance", "output_mean", "output_variance")
    return (*moments, saturation_statistic(layer.activation), "gradient_norm")


def detail_statistics(layer: LayerPlan, norm: NormSpec) -> tuple[Statistic, ...]:
    """Scalars of ``layer`` on the schedule of details; what a network does not have is left out."""
    found: list[Statistic] = ["weight_norm", "update_ratio"]
    if layer.activation is None:
        return tuple(found)
    found.insert(0, "activation_gradient_norm")
    if is_scale_invariant(norm):
        found.append("effective_learning_rate")
    if has_scale(norm):
        found += ["gamma_mean", "gamma_spread"]
    if has_shift(norm):
        found += ["beta_mean", "beta_spread"]
    if has_running_statistics(norm):
        found += ["batch_mean_gap", "batch_variance_gap"]
    return tuple(found)


def distribution_vectors(layer: LayerPlan, norm: NormSpec) -> tuple[Statistic, ...]:
    """Vectors of ``layer`` on the schedule of distributions.

    ``norm_input_*`` are of what enters the norm; in a layer without one, of what would enter it: the activation's
    input.
    """
    found: list[Statistic] = []
    if layer.activation is not None:
        found += [*DISTRIBUTIONS, "unit_saturation", "norm_input_mean", "norm_input_variance"]
        if norm.kind != "none":
            found += ["norm_input_histogram", "norm_output_histogram"]
        if has_running_statistics(norm):
            found += ["running_mean", "running_variance"]
        if has_scale(norm):
            found.append("gamma")
        if has_shift(norm):
            found.append("beta")
    return (*found, "weight_histogram")


def mode_statistics(norm: NormSpec) -> tuple[Statistic, ...]:
    """Scalars of a network on the schedule of modes."""
    found: list[Statistic] = ["train_mode_loss", "train_mode_accuracy", "eval_mode_loss", "eval_mode_accuracy"]
    found.append("mode_logit_gap")
    if has_running_statistics(norm):
        found += ["precise_loss", "precise_accuracy"]
    if norm.kind == "batch" and norm.affine and norm.placement == "before_activation":
        found += ["identity_error", "identity_error_64"]
    if is_scale_invariant(norm):
        found += ["scale_error", "scale_gradient_ratio"]
    return tuple(found)


LANDSCAPE: tuple[Statistic, ...] = (
    *("landscape_loss_low", "landscape_loss_high", "gradient_distance_low", "gradient_distance_high"),
    *("effective_smoothness", "relative_gradient_change"),
)
LANDSCAPE_OF_LAYER: tuple[Statistic, ...] = ("covariate_shift", "covariate_shift_cosine")
NOISE: tuple[Statistic, ...] = ("gradient_cosine", "gradient_noise_scale", "gradient_bias")
