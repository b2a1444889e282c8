"""Accuracy, against counting."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from normscope.probes.loss import accuracy
from tests.probes.strategies import ANY, matrices


@given(st.data())
def test_accuracy_is_the_share_of_rows_whose_first_greatest_logit_is_the_target(data: st.DataObject) -> None:
    logits: NDArray[np.float32] = data.draw(matrices(ANY))
    batch, classes = logits.shape
    targets = np.array(data.draw(st.lists(st.integers(0, classes - 1), min_size=batch, max_size=batch)), np.int64)
    right = 0
    for row, target in zip(logits.tolist(), targets, strict=True):
        if not any(math.isnan(v) for v in row) and row.index(max(row)) == target:
            right += 1
    assert accuracy(logits[:, :, None], targets) == right / batch
