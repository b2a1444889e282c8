"""The committed chunks are what we write today, and decode to what the browser's tests expect too."""

from __future__ import annotations

import json

import numpy as np

from normscope.core.telemetry import POINTS, decode_points, decode_vectors, metadata_of
from tests.golden import make


def test_points_decode_to_what_was_written() -> None:
    points = decode_points((make.HERE / "chunk.arrow").read_bytes())
    for name in POINTS.names:
        np.testing.assert_array_equal(getattr(points, name), getattr(make.POINTS, name))


def test_vectors_decode_to_what_was_written() -> None:
    vectors = decode_vectors((make.HERE / "vectors.arrow").read_bytes())
    np.testing.assert_array_equal(vectors.step, make.VECTORS.step)
    np.testing.assert_array_equal(vectors.series, make.VECTORS.series)
    assert len(vectors.value) == len(make.VECTORS.value)
    for row, expected in zip(vectors.value, make.VECTORS.value, strict=True):
        np.testing.assert_array_equal(row, expected)


def test_metadata_names_run_sequence_steps_and_time() -> None:
    assert metadata_of((make.HERE / "chunk.arrow").read_bytes()) == {
        "kind": "points",
        "run": make.RUN,
        "sequence": "42",
        "first_step": "1",
        "last_step": "4",
        "time": f"{make.TIME:.6f}",
    }


def test_expectations_are_those_of_the_script() -> None:
    assert json.loads((make.HERE / "expected.json").read_text()) == make.expected()
