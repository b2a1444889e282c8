"""Too simple a network underfits, too flexible a one overfits: in between the test error is least.

Goodfellow et al. 2016, section 5.2 and Fig. 5.3. Flexibility is set by weight decay, on few examples with wrong labels.
By the width of the network alone there is no such curve: wide networks do not get worse again (the counter-experiment).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_size
from normscope.claims.settings import PLAIN, relu
from normscope.core.presets import NO_NORM
from normscope.core.spec import AdamW, DataSetSpec, MlpSpec, RunSpec

DECAYS = (0.0, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0)
WIDTHS = (1, 2, 4, 8, 16, 64, 256)
SUPPORTED, REFUTED = 0.02, 0.005
"""By which both ends of the curve are above its least test error."""


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Nine weight decays."""
    return {f"{decay:g}": _spec(f"Weight decay {decay:g}", seeds, width=64, decay=decay) for decay in DECAYS}


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """Seven widths."""
    return {f"{width}": _spec(f"Width {width}", seeds, width=width, decay=0.0) for width in WIDTHS}


def _spec(name: str, seeds: tuple[int, ...], *, width: int, decay: float) -> RunSpec:
    return relu(
        name,
        seeds,
        dataset=DataSetSpec(kind="digits", train_examples=300, label_noise=0.3),
        model=MlpSpec(hidden=(width, width), activation="relu"),
        arms=(NO_NORM,),
        optimizer=AdamW(learning_rate=3e-3, weight_decay=decay),
        steps=1500,
        evaluate_every=500,
    )


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Test error of each network, in the order of its flexibility (decay falling, width growing)."""
    names = [f"{decay:g}" for decay in reversed(DECAYS)] if "0.3" in runs else [str(width) for width in WIDTHS]
    return {name: 1.0 - runs[name].final("test_accuracy", PLAIN, seed) for name in names}


def judge(evidence: Evidence) -> Judgement:
    """The lower end of the curve minus its least error, the median: 2 points support, half a point refutes."""
    rows = list(zip(*evidence.values(), strict=True))
    risen = [math.nan if any(map(math.isnan, row)) else min(row[0], row[-1]) - min(row) for row in rows]
    return by_size(risen, supported=SUPPORTED, refuted=REFUTED)


CLAIM = Claim(
    number=13,
    id="bias-variance",
    experiment=Experiment("bias-variance", specs, measure, judge, "points"),
    counter=Experiment("bias-variance-counter", counter_specs, measure, judge, "points"),
    sources=(Source("Goodfellow, Bengio & Courville 2016", "5.2, Fig. 5.3"),),
)
