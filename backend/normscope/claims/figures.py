"""What is drawn of each claim's experiments: the same as the live charts of its page show."""

from __future__ import annotations

from normscope.claims.drawn import Draw, Figure, Parts, by_layer, cosines, over_steps, percentiles, race, swept
from normscope.core.trial import ExperimentKind

ACCURACY = over_steps("accuracy", "validation_accuracy", share=True)
DRIFT = over_steps("drift", "activation_drift", last=True, log=True)
SATURATED = over_steps("saturated", "saturated", layers=True, share=True)
MODES = over_steps("modes", "eval_mode_accuracy", "precise_accuracy", "train_mode_accuracy", share=True)
FLOW = by_layer("flow", "activation_gradient_norm", "deep")
SIZES = swept("sizes", "batch", "test_accuracy")
BEST = over_steps("loss", "train_loss", "validation_loss", run="best")
TABLE = tuple(over_steps("accuracy", "validation_accuracy", run=run, share=True) for run in ("relu", "sigmoid"))
SCALE = (over_steps("scale", "scale_error", log=True), over_steps("scale_gradient", "scale_gradient_ratio"))

MAIN: dict[str, tuple[Draw, ...]] = {
    "speed": (ACCURACY,),
    "stability": (percentiles, DRIFT),
    "learning-rate": (swept("rates", "rate", "validation_accuracy"),),
    "initialisation": (swept("gains", "gain", "test_accuracy", without="deep"), FLOW),
    "regularisation": (ACCURACY,),
    "saturation": (SATURATED, ACCURACY),
    "identity": (over_steps("identity", "identity_error", "identity_error_64", log=True),),
    "modes": (MODES,),
    "small-batches": (SIZES,),
    "placement": (ACCURACY,),
    "early-stopping": (BEST,),
    "minibatch-gradient": (cosines,),
    "bias-variance": (swept("decays", "decay", "train_accuracy", "test_accuracy"),),
    "covariate-shift": (ACCURACY, DRIFT),
    "scale": SCALE,
    "robustness": (swept("trained", "rate", "test_accuracy", by="gain"),),
    "table": TABLE,
    "minibatches": (race("by_sample", "samples"), race("by_second", "seconds")),
}
COUNTER: dict[str, tuple[Draw, ...]] = {
    "learning-rate": (ACCURACY,),
    "initialisation": (FLOW,),
    "identity": (over_steps("mode_gap", "mode_logit_gap", log=True),),
    "bias-variance": (swept("widths", "width", "train_accuracy", "test_accuracy"),),
    "robustness": (swept("trained", "rate", "test_accuracy", by="batch"),),
    "minibatches": (race("by_step", "step"),),
}
"""Of those that are not here: as of the experiment itself."""
LARGER: dict[str, tuple[Draw, ...]] = {"speed": (ACCURACY, percentiles)}


def figures(claim: str, kind: ExperimentKind, parts: Parts) -> tuple[Figure, ...]:
    """What is drawn of an experiment, given the runs of each group of its seeds."""
    own = MAIN if kind == "main" else COUNTER if kind == "counter" else LARGER
    return tuple(draw(parts) for draw in own.get(claim, MAIN[claim]))
