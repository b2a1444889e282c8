"""The networks, all behind ``build_model``."""

from __future__ import annotations

import torch

from normscope.core.catalog import DATASETS
from normscope.core.network import plan
from normscope.core.spec import ArmSpec, CnnSpec, MlpSpec, ResNetSpec, RunSpec
from normscope.training.models.cnn import Cnn
from normscope.training.models.mlp import Mlp
from normscope.training.models.network import Network, Parts
from normscope.training.models.resnet import ResNet

__all__ = ["Network", "build_model"]


def build_model(
    spec: RunSpec, arm: ArmSpec, features: int, classes: int, dropout: torch.Generator, noise: torch.Generator
) -> Network:
    """The network of ``arm``; weights and biases are uninitialised until ``initialise`` draws them.

    Args:
        features: numbers in one example; images come flat.
        dropout: what dropout draws from.
        noise: what a noisy norm draws from.

    Raises:
        SpecError: the data set has no images, and the network wants them.
    """
    parts = Parts(spec, arm, dropout, noise)
    match spec.model:
        case MlpSpec() as model:
            return Mlp(plan(model, (features,), classes), parts)
        case CnnSpec() as model:
            return Cnn(plan(model, DATASETS[spec.dataset.kind].shape, classes), parts, model)
        case ResNetSpec() as model:
            return ResNet(plan(model, DATASETS[spec.dataset.kind].shape, classes), parts, model)
