"""Random tensors for the probes' tests: any shape, any float32, NaN and infinity among them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

SHAPES = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)
ANY = st.floats(width=32)
FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)
SMALL = st.floats(-3.0, 3.0, width=32)


def matrices(elements: st.SearchStrategy[float] = ANY) -> st.SearchStrategy[Any]:
    """float32 [batch, units]."""
    return arrays(np.float32, SHAPES, elements=st.one_of(elements, st.sampled_from([0.0, 0.05, 0.95, 1.0])))


def images(elements: st.SearchStrategy[float] = ANY) -> st.SearchStrategy[Any]:
    """float32 [batch, units, positions]; units of a linear layer have one position."""
    values = st.one_of(elements, st.sampled_from([0.0, 0.05, 0.95, 1.0]))
    shapes = st.one_of(SHAPES.map(lambda shape: (*shape, 1)), array_shapes(min_dims=3, max_dims=3, max_side=7))
    return arrays(np.float32, shapes, elements=values)
