"""The estimate of a run's duration beside what the run takes, for every preset.

    python -m tests.benchmarks.bench_estimate --seconds 6

Each preset is shortened to about so many estimated seconds and trained in this process, without server and store, on
random examples of its data set's size. What is printed is the processor's time: other programs do not count.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from normscope.core.catalog import DATASETS
from normscope.core.check import train_examples
from normscope.core.cost import estimate
from normscope.core.presets import PRESETS
from normscope.core.spec import RunSpec
from normscope.execution.control import RunControl
from normscope.training.loop import train
from normscope.training.splits import DataSet, Split
from tests.benchmarks.sink import Nowhere


def data_of(spec: RunSpec) -> DataSet:
    """Random examples, as many as the run has."""
    facts = DATASETS[spec.dataset.kind]
    random = np.random.default_rng(0)

    def split(n: int) -> Split:
        x = random.standard_normal((n, facts.features)).astype(np.float32)
        return Split(x, random.integers(0, facts.classes, n))

    return DataSet(
        spec.dataset.kind, facts.classes, split(train_examples(spec)), split(facts.validation), split(facts.test)
    )


def shortened(spec: RunSpec, seconds: float) -> RunSpec:
    """About so long, with validation as often."""
    share = min(1.0, seconds / estimate(spec).seconds)
    steps = max(20, round(spec.steps * share))
    return spec.model_copy(update={"steps": steps, "evaluate_every": min(spec.evaluate_every, steps)})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6.0)
    options = parser.parse_args()
    print("preset               steps  estimated s  measured s  measured / estimated")
    for index, preset in enumerate((PRESETS[0], *PRESETS)):
        spec = shortened(preset.spec, options.seconds)
        data, began = data_of(spec), time.process_time()
        train(spec, data, sink=Nowhere(), control=RunControl())
        took, expected = time.process_time() - began, estimate(spec).seconds
        if index:  # the first one compiles
            print(f"{preset.id:20} {spec.steps:5}  {expected:11.2f}  {took:10.2f}  {took / expected:20.2f}", flush=True)


if __name__ == "__main__":
    main()
