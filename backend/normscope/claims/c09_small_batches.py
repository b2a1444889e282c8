"""Small minibatches are BatchNorm's weak spot.

Wu & He 2018, section 4.1 and Fig. 1. Same number of examples, learning rate in proportion to the batch: what is lost
from batches of 32 to batches of 2, against GroupNorm. In a convolutional network the positions of each image share the
statistics, and almost nothing is lost: the counter-experiment.
"""

from __future__ import annotations

from collections.abc import Mapping

from normscope.claims.base import Claim, Evidence, Experiment, Judgement, Runs, Source
from normscope.claims.rules import by_size, differences, learned
from normscope.claims.settings import BATCH, PAIR, relu
from normscope.core.spec import ArmSpec, CnnSpec, GroupNorm, LayerNorm, RunSpec, Sgd

SMALL, LARGE = 2, 32
SIZES = (2, 4, 8, 16, 32)
"""What is shown; judged are both ends."""
EXAMPLES = 12_000
SUPPORTED, REFUTED = 0.03, 0.005
"""More accuracy lost than with GroupNorm."""
GROUP = "GroupNorm"
ARMS = (*PAIR, ArmSpec(name="LayerNorm", norm=LayerNorm()), ArmSpec(name=GROUP, norm=GroupNorm(groups=4)))


def specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """12,000 examples of digits through three ReLU layers."""
    return {
        str(size): relu(
            f"Batches of {size}",
            seeds,
            arms=ARMS,
            batch_size=size,
            steps=EXAMPLES // size,
            optimizer=Sgd(learning_rate=0.1 * size / LARGE),
            evaluate_every=EXAMPLES // size,
        )
        for size in SIZES
    }


def counter_specs(seeds: tuple[int, ...]) -> Mapping[str, RunSpec]:
    """12,000 examples through four convolutions."""
    return {
        str(size): relu(
            f"Convolutions, batches of {size}",
            seeds,
            arms=(ARMS[1], ARMS[3]),
            model=CnnSpec(convolutions=(16, 16, "pool", 32, 32), activation="relu"),
            batch_size=size,
            steps=EXAMPLES // size,
            optimizer=Sgd(learning_rate=0.1 * size / LARGE),
            evaluate_every=EXAMPLES // size,
        )
        for size in (SMALL, LARGE)
    }


def measure(runs: Runs, seed: int) -> Mapping[str, float]:
    """Test accuracies of every network with both batch sizes."""
    return {
        f"{arm} {size}": runs[str(size)].final("test_accuracy", arm, seed)
        for arm in runs[str(LARGE)].manifest.arms
        for size in (SMALL, LARGE)
    }


def judge(evidence: Evidence) -> Judgement:
    """Accuracy lost by BatchNorm minus that lost by GroupNorm, the median: 3 points support, half a point refutes."""
    if not learned(evidence[f"{BATCH} {LARGE}"]):
        return Judgement("inconclusive", "batch_did_not_learn")
    lost = {arm: differences(evidence[f"{arm} {LARGE}"], evidence[f"{arm} {SMALL}"]) for arm in (BATCH, GROUP)}
    return by_size(differences(lost[BATCH], lost[GROUP]), supported=SUPPORTED, refuted=REFUTED)


CLAIM = Claim(
    number=9,
    id="small-batches",
    experiment=Experiment("small-batches", specs, measure, judge, "points", seeds=3),
    counter=Experiment("small-batches-counter", counter_specs, measure, judge, "points", seeds=3),
    sources=(Source("Wu & He 2018", "4.1, Fig. 1"),),
)
