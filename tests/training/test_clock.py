"""What each network, and measuring, has taken: cumulated seconds, every tenth step; and the operations of a step."""

from __future__ import annotations

import numpy as np
import pytest

from normscope.core.flops import flops_per_step
from normscope.core.manifest import build_manifest
from normscope.core.spec import ArmSpec, BatchNorm, DataSetSpec, MlpSpec, NoNorm, RunSpec
from normscope.training.loop import train
from tests.training.helpers import Calm, Memory, small, toy


def test_seconds_are_cumulated_and_stay_within_the_run() -> None:
    memory = Memory()
    train(small(steps=45), toy(), sink=memory, control=Calm())
    of = {(s.statistic, s.arm): s.id for s in memory.manifest.series if s.unit == "s"}
    elapsed = memory.series(of["elapsed_seconds", None])
    total = np.zeros(5)
    for (statistic, _), series in of.items():
        found = memory.series(series)
        if statistic != "elapsed_seconds":
            assert found.step.tolist() == [1, 10, 20, 30, 40]
            assert (np.diff(found.value) >= 0).all()
            assert found.value[-1] > 0
            total += found.value
    assert (total <= elapsed.value[[0, 9, 19, 29, 39]] * 1.001).all()


def test_operations_are_those_of_the_matrix_products_and_norms() -> None:
    """Of 64-8-10 with batches of 5, by hand."""
    arms = (ArmSpec(name="a", norm=NoNorm()), ArmSpec(name="b", norm=BatchNorm()))
    spec = RunSpec(dataset=DataSetSpec(kind="digits"), model=MlpSpec(hidden=(8,)), arms=arms, batch_size=5)
    products = 2 * 64 * 8 * 2 + 2 * 8 * 10 * 3
    assert flops_per_step(spec, arms[0], 10, 1197) == 5 * (products + 8 * 3)
    assert flops_per_step(spec, arms[1], 10, 1197) == 5 * (products + 8 * (3 + 15))
    manifest = build_manifest(spec, 10, 1197)
    assert manifest.train_examples == 1197
    assert manifest.flops_per_step == pytest.approx((5 * (products + 24), 5 * (products + 144)))
