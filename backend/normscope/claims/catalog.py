"""All claims, in the order of the lecture."""

from __future__ import annotations

from normscope.claims import (
    c01_speed,
    c02_stability,
    c03_learning_rate,
    c04_initialisation,
    c05_regularisation,
    c06_saturation,
    c07_identity,
    c08_modes,
    c09_small_batches,
    c10_placement,
    c11_early_stopping,
    c12_minibatch_gradient,
    c13_bias_variance,
    c14_covariate_shift,
    c15_scale,
    c16_robustness,
    c17_table,
    c18_minibatches,
)
from normscope.claims.base import Claim

CLAIMS: tuple[Claim, ...] = (
    c01_speed.CLAIM,
    c02_stability.CLAIM,
    c03_learning_rate.CLAIM,
    c04_initialisation.CLAIM,
    c05_regularisation.CLAIM,
    c06_saturation.CLAIM,
    c07_identity.CLAIM,
    c08_modes.CLAIM,
    c09_small_batches.CLAIM,
    c10_placement.CLAIM,
    c11_early_stopping.CLAIM,
    c12_minibatch_gradient.CLAIM,
    c13_bias_variance.CLAIM,
    c14_covariate_shift.CLAIM,
    c15_scale.CLAIM,
    c16_robustness.CLAIM,
    c17_table.CLAIM,
    c18_minibatches.CLAIM,
)


def claim(word: str) -> Claim | None:
    """The claim with this number or id."""
    return next((each for each in CLAIMS if word in (str(each.number), each.id)), None)
