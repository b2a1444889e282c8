"""What is learned from: a data set's three splits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from normscope.core.spec import DataSetKind


@dataclass(frozen=True, slots=True)
class Split:
    """Examples and their classes: ``x`` float32 [n, features] (memory-mapped where large), ``y`` int64 [n]."""

    x: NDArray[np.float32]
    y: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DataSet:
    """The three splits of a data set; the same for every seed."""

    kind: DataSetKind
    classes: int
    train: Split
    validation: Split
    test: Split
