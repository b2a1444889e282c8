"""What the arms' settings bring with them beyond what was asked for; the fairness certificate lists it."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from normscope.core.network import plan_of
from normscope.core.norm_facts import has_running_statistics, has_scale, is_over_minibatch
from normscope.core.redundant import bias_is_redundant
from normscope.core.spec import ArmSpec, RunSpec


class SideEffect(BaseModel):
    """What an arm's difference brings with it. ``code`` is for translations, ``text`` says it in English."""

    model_config = ConfigDict(frozen=True)

    code: str
    arms: tuple[int, ...]
    text: str


def _redundant_bias(spec: RunSpec, arm: ArmSpec) -> bool:
    plan = plan_of(spec)
    return any(bias_is_redundant(spec, arm, layer) for layer in (*plan.normed, *plan.projections))


def _decays(spec: RunSpec, arm: ArmSpec) -> bool:
    return has_scale(arm.norm) and spec.arm_optimizer(arm).weight_decay > 0


def _families(spec: RunSpec) -> int:
    """How many families of draws the arms' initial weights come from."""
    return len({"uniform" if spec.arm_initialisation(arm).kind == "default" else "normal" for arm in spec.arms})


EFFECTS: tuple[tuple[str, Callable[[RunSpec, ArmSpec], bool], str], ...] = (
    (
        "bias_redundant",
        lambda spec, arm: spec.redundant_bias == "keep" and _redundant_bias(spec, arm),
        "The norm subtracts each unit's mean, so the bias of the layer before it has no effect: its gradient is "
        "zero up to rounding, and beta takes its place. It is kept, so that all arms share the same tensors.",
    ),
    (
        "bias_dropped",
        lambda spec, arm: spec.redundant_bias == "drop" and _redundant_bias(spec, arm),
        "The norm subtracts each unit's mean, so a bias before it would have no effect: these networks have none "
        "there, and so fewer parameters.",
    ),
    (
        "running_statistics",
        lambda _, arm: has_running_statistics(arm.norm),
        "The norm works by the minibatch while training and by running statistics while evaluating.",
    ),
    (
        "batch_statistics",
        lambda _, arm: is_over_minibatch(arm.norm) and not has_running_statistics(arm.norm),
        "BatchNorm keeps no running statistics: it normalises by the batch while evaluating too, so what it says "
        "of an example depends on the others in its batch.",
    ),
    (
        "norm_noise",
        lambda _, arm: arm.norm.kind == "noisy_batch",
        "The noisy norm draws from a generator of its own for each network: it shifts nobody's minibatches.",
    ),
    (
        "frozen_from_scratch",
        lambda _, arm: arm.norm.kind == "frozen_batch",
        "The frozen norm's statistics never move: they are those it starts with, which from scratch are mean 0 "
        "and variance 1, so that it only scales and shifts.",
    ),
    (
        "norm_parameters",
        lambda _, arm: has_scale(arm.norm),
        "The norm adds learned parameters (gamma, and beta except in RMSNorm) that the plain network has not.",
    ),
    (
        "decay_on_norm",
        lambda spec, arm: _decays(spec, arm) and spec.arm_optimizer(arm).decay_norm_parameters,
        "Weight decay also acts on gamma and beta; on a weight before a norm it changes the effective learning "
        "rate only.",
    ),
    (
        "decay_spares_norm",
        lambda spec, arm: _decays(spec, arm) and not spec.arm_optimizer(arm).decay_norm_parameters,
        "Weight decay leaves gamma and beta alone; on a weight before a norm it changes the effective learning "
        "rate only.",
    ),
    (
        "clipping",
        lambda spec, _: spec.clip_norm is not None,
        "Each network's gradients are scaled to a norm of {clip_norm:g} where they are longer: a "
        "network with larger gradients is held back more often. The gradient norms shown are those before.",
    ),
    (
        "label_smoothing",
        lambda spec, _: spec.label_smoothing > 0,
        "The training loss is that of the smoothed labels; validation and test are measured with the true ones.",
    ),
    (
        "early_stopping",
        lambda spec, _: spec.early_stopping is not None,
        "Each network stops by itself when its validation gets no better, and is tested with its best weights: "
        "they may train for different numbers of steps.",
    ),
    (
        "dropout_noise",
        lambda spec, arm: spec.arm_dropout(arm) > 0,
        "Dropout draws from a generator of its own for each network: it shifts nobody's minibatches.",
    ),
    (
        "initialisation_scale",
        lambda spec, arm: arm.initialisation is not None and _families(spec) == 1,
        "The initialisation differs in scale only: the draws are the same, multiplied by another number.",
    ),
    (
        "initialisation_draws",
        lambda spec, arm: arm.initialisation is not None and _families(spec) > 1,
        "The initialisation is of another family: the draws themselves differ, uniform against normal.",
    ),
)
"""Code, whether it concerns an arm, and the sentence. In the order in which they are told."""


def side_effects(spec: RunSpec) -> list[SideEffect]:
    """What the arms' norms and overrides bring with them, each with the arms that it concerns."""
    found = []
    for code, concerns, text in EFFECTS:
        arms = tuple(index for index, arm in enumerate(spec.arms) if concerns(spec, arm))
        if arms:
            found.append(SideEffect(code=code, arms=arms, text=text.format(clip_norm=spec.clip_norm)))
    return found
