"""Writes the golden chunks that pytest and vitest both decode: ``python -m tests.golden.make``.

The bytes are committed. They change only when the format does, and then on purpose.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from normscope.core.telemetry import Points, Vectors, encode_points, encode_vectors

HERE = Path(__file__).parent
RUN = "0123456789abcdef0123456789abcdef"
TIME = 1_700_000_000.25

POINTS = Points(
    step=np.array([1, 2, 4, 2, 4], np.uint32),
    series=np.array([3, 3, 3, 7, 7], np.uint32),
    value=np.array([0.5, 0.25, 0.125, np.nan, np.inf], np.float32),
    low=np.array([0.5, 0.25, 0.0625, 1.5, -np.inf], np.float32),
    high=np.array([0.5, 0.25, 0.1875, np.nan, np.inf], np.float32),
)
VECTORS = Vectors(
    step=np.array([10, 20, 20], np.uint32),
    series=np.array([8, 8, 9], np.uint32),
    value=(
        np.array([-1.5, 0.0, 2.25], np.float32),
        np.array([-1.0, 0.5, np.nan], np.float32),
        np.array([], np.float32),
    ),
)


def chunk() -> bytes:
    """The scalar chunk: two series, NaN and infinity among the values."""
    return encode_points(POINTS, run=RUN, sequence=42, time=TIME)


def vectors() -> bytes:
    """The vector chunk: three rows of different lengths, one of them empty."""
    return encode_vectors(VECTORS, run=RUN, sequence=43, time=TIME)


def expected() -> dict[str, object]:
    """What both decoders must find; numbers that JSON cannot say are strings."""
    return {
        "chunk": {
            "info": {"kind": "points", "run": RUN, "sequence": 42, "firstStep": 1, "lastStep": 4, "time": TIME},
            **{name: _written(getattr(POINTS, name)) for name in ("step", "series", "value", "low", "high")},
        },
        "vectors": {
            "info": {"kind": "vectors", "run": RUN, "sequence": 43, "firstStep": 10, "lastStep": 20, "time": TIME},
            "step": _written(VECTORS.step),
            "series": _written(VECTORS.series),
            "value": [_written(row) for row in VECTORS.value],
        },
    }


def _written(values: NDArray[Any]) -> list[object]:
    return [
        value if np.isfinite(value) else {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")
        for value in values.tolist()
    ]


if __name__ == "__main__":
    (HERE / "chunk.arrow").write_bytes(chunk())
    (HERE / "vectors.arrow").write_bytes(vectors())
    (HERE / "expected.json").write_text(json.dumps(expected(), indent=2) + "\n")
