"""Biases that a norm makes useless, since it subtracts each unit's mean again."""

from __future__ import annotations

from normscope.core.network import LayerPlan
from normscope.core.norm_facts import is_over_minibatch
from normscope.core.spec import ArmSpec, NormSpec, RunSpec


def makes_bias_redundant(norm: NormSpec, layer: LayerPlan) -> bool:
    """Whether ``norm`` takes back the bias of the layer before it: it subtracts the mean of every single unit.

    A frozen BatchNorm subtracts what it remembers, LayerNorm and GroupNorm the mean of several units, RMSNorm nothing:
    behind these the bias counts. GroupNorm with one channel to a group is an instance norm.
    """
    if norm.kind == "none" or norm.placement == "after_activation" or layer.name == "out":
        return False
    if norm.kind == "group":
        return norm.groups == layer.units and layer.positions > 1
    return norm.kind == "instance" or is_over_minibatch(norm)


def bias_is_redundant(spec: RunSpec, arm: ArmSpec, layer: LayerPlan) -> bool:
    """Whether the bias of ``layer`` has no effect in the network of ``arm``.

    Dropout between the layer and its norm switches the bias off for some examples, so that no mean takes it back.
    """
    if spec.arm_dropout(arm) > 0 and spec.dropout_placement == "before_norm":
        return False
    return makes_bias_redundant(arm.norm, layer)


def bias_is_kept(spec: RunSpec, arm: ArmSpec, layer: LayerPlan) -> bool:
    """Whether the network of ``arm`` has a bias in ``layer``."""
    return spec.redundant_bias == "keep" or not bias_is_redundant(spec, arm, layer)
