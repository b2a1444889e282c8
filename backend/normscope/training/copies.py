"""Copies of a network on which something is tried out: nothing of the run changes."""

from __future__ import annotations

import copy

from normscope.probes.moments import BatchNorm
from normscope.training.dropout import Dropout
from normscope.training.models import Network
from normscope.training.norms import NoisyBatch

NO_NOISE = {"mean_shift": 0.0, "scale_limit": 1.0, "mean_jitter": 0.0, "scale_jitter": 0.0}


def whole_copy(model: Network) -> Network:
    """Parameters, buffers and generators, those in their present state."""
    return copy.deepcopy(model)


def still_copy(model: Network, *, noise: bool = False) -> Network:
    """The same in training mode without dropout and noise: what it says depends on its parameters and on x alone.

    Args:
        noise: keep that of the norms, which then draw as the network would next.
    """
    still = whole_copy(model)
    for module in still.modules():
        if isinstance(module, Dropout):
            module.rate = 0.0
        elif isinstance(module, NoisyBatch) and not noise:
            module.spec = module.spec.model_copy(update=NO_NOISE)
    return still


def batch_norms(model: Network) -> list[BatchNorm]:
    """Every norm over the minibatch, those of projections too."""
    return [module for module in model.modules() if isinstance(module, BatchNorm)]


def layer_batch_norms(model: Network) -> list[BatchNorm]:
    """The norm over the minibatch of each hidden layer, without those of projections."""
    return [norm for norm in model.norms if isinstance(norm, BatchNorm)]
