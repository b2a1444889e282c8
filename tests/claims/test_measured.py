"""A run's measurements by name, against the series they were made of."""

from __future__ import annotations

import math

import numpy as np
import pytest

from normscope.claims.base import Experiment, Judgement, Runs, gather, parts
from normscope.claims.measured import MeasuredRun
from normscope.core.events import ReplicateEndedEvent
from normscope.core.manifest import build_manifest
from normscope.core.telemetry import Points, Vectors
from tests.contract.material import tiny_spec

SPEC = tiny_spec().model_copy(update={"seeds": (5, 9)})
MANIFEST = build_manifest(SPEC, 10, 1197)
ID = {(s.statistic, s.arm, s.seed, s.layer): s.id for s in MANIFEST.series}


def measured() -> MeasuredRun:
    """Every scalar series has three points whose value is its number plus a tenth of the step."""
    scalars = [s.id for s in MANIFEST.series if not s.vector]
    series = np.repeat(np.array(scalars, np.uint32), 3)
    step = np.tile(np.array([10, 20, 30], np.uint32), len(scalars))
    value = (series + step / 10).astype(np.float32)
    points = Points(step, series, value, value - np.float32(1), value + np.float32(1))
    vector = ID["p50", 1, 5, 1]
    rows = (np.arange(8, dtype=np.float32), np.arange(8, dtype=np.float32) + 1)
    vectors = Vectors(np.array([10, 20], np.uint32), np.array([vector, vector], np.uint32), rows)
    ended = ReplicateEndedEvent(arm=1, seed=9, step=30, state="stuck", final={"test_accuracy": 0.125})
    return MeasuredRun(SPEC, MANIFEST, points, vectors, [ended])


def test_a_curve_is_found_by_arm_seed_and_layer() -> None:
    run = measured()
    number = ID["input_mean", 1, 9, 1]
    curve = run.curve("input_mean", "BatchNorm", 9, 1)
    assert curve.step.tolist() == [10, 20, 30]
    np.testing.assert_allclose(curve.value, [number + 1, number + 2, number + 3])
    np.testing.assert_allclose(curve.low, curve.value - 1)
    assert curve.last == number + 3
    assert curve.after(10).step.tolist() == [20, 30]
    assert len(curve.after(30)) == 0
    assert math.isnan(curve.after(30).last)


def test_what_is_not_measured_is_an_error_and_what_is_not_there_yet_is_empty() -> None:
    run = measured()
    with pytest.raises(KeyError):
        run.curve("weight_norm", "BatchNorm", 9)
    with pytest.raises(KeyError, match="LayerNorm"):
        run.curve("train_loss", "LayerNorm", 9)
    assert run.vectors("p85", "BatchNorm", 1)[1].size == 0


def test_vectors_are_rows() -> None:
    steps, rows = measured().vectors("p50", "BatchNorm", 1)
    assert steps.tolist() == [10, 20]
    np.testing.assert_array_equal(rows, [np.arange(8), np.arange(8) + 1])


def test_what_a_replicate_ended_with() -> None:
    run = measured()
    assert run.final("test_accuracy", "BatchNorm", 9) == 0.125
    assert math.isnan(run.final("test_loss", "BatchNorm", 9))
    assert math.isnan(run.final("test_accuracy", "no norm", 5))


def test_evidence_is_gathered_seed_by_seed_over_groups_that_fit_into_runs() -> None:
    assert [len(part) for part in parts(range(19))] == [8, 8, 3]

    def measure(runs: Runs, seed: int) -> dict[str, float]:
        return {"seed": seed, "runs": len(runs)}

    experiment = Experiment("x", lambda seeds: {}, measure, lambda evidence: Judgement("refuted", "x"), "times")
    run = measured()
    assert gather(experiment, [({"a": run}, (5, 9)), ({"a": run, "b": run}, (7,))]) == {
        "seed": (5, 9, 7),
        "runs": (1, 1, 2),
    }
