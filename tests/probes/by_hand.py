"""A two-layer network by hand, in float64 numpy: the slow oracle of what is measured on copies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import nn

Array = NDArray[np.float64]
EPS = 1e-5


@dataclass(frozen=True)
class Hand:
    """x W^T -> BatchNorm (where ``normed``) -> tanh -> V^T: W [units, features], V [classes, units]."""

    w: Array
    v: Array
    gamma: Array
    beta: Array
    normed: bool

    def logits(self, x: Array, statistics: tuple[Array, Array] | None = None) -> Array:
        """Of each row; by the batch's statistics, or by these (mean, variance)."""
        z = x @ self.w.T
        if self.normed:
            mean, variance = (z.mean(0), z.var(0)) if statistics is None else statistics
            z = (z - mean) / np.sqrt(variance + EPS) * self.gamma + self.beta
        out: Array = np.tanh(z) @ self.v.T
        return out

    def loss(self, x: Array, y: Any) -> float:
        """Mean cross-entropy."""
        return cross_entropy(self.logits(x), y)

    def gradient(self, x: Array, y: Any, step: float = 1e-6) -> Array:
        """By central differences, entry by entry, in the order of ``fields``."""
        flat = self.flat()
        slope = np.empty_like(flat)
        for i in range(len(flat)):
            ends = []
            for sign in (1, -1):
                moved = flat.copy()
                moved[i] += sign * step
                ends.append(self.at(moved).loss(x, y))
            slope[i] = (ends[0] - ends[1]) / (2 * step)
        return slope

    def fields(self) -> list[str]:
        return ["w", "gamma", "beta", "v"] if self.normed else ["w", "v"]

    def flat(self) -> Array:
        return np.concatenate([getattr(self, name).ravel() for name in self.fields()])

    def at(self, flat: Array) -> Hand:
        """The network with these parameters."""
        changes, start = {}, 0
        for name in self.fields():
            old = getattr(self, name)
            changes[name] = flat[start : start + old.size].reshape(old.shape)
            start += old.size
        return replace(self, **changes)

    def torch(self) -> nn.Sequential:
        """The same in PyTorch, float64, in training mode; parameters in the order of ``fields``."""
        first = nn.Linear(self.w.shape[1], self.w.shape[0], bias=False, dtype=torch.float64)
        last = nn.Linear(self.v.shape[1], self.v.shape[0], bias=False, dtype=torch.float64)
        norms = [nn.BatchNorm1d(len(self.w), eps=EPS, dtype=torch.float64)] if self.normed else []
        with torch.no_grad():
            first.weight.copy_(torch.from_numpy(self.w))
            last.weight.copy_(torch.from_numpy(self.v))
            for norm in norms:
                norm.weight.copy_(torch.from_numpy(self.gamma))
                norm.bias.copy_(torch.from_numpy(self.beta))
        return nn.Sequential(first, *norms, nn.Tanh(), last)


def cross_entropy(logits: Array, y: Any) -> float:
    top = logits.max(1, keepdims=True)
    terms = top[:, 0] + np.log(np.exp(logits - top).sum(1)) - logits[np.arange(len(y)), y]
    return float(terms.mean())


@st.composite
def problems(draw: st.DrawFn, normed: bool | None = None) -> tuple[Hand, Array, Any]:
    """A network with x [n, features] and y [n]."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, features, units = draw(st.integers(4, 12)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    classes = draw(st.integers(2, 3))
    hand = Hand(
        random.standard_normal((units, features)),
        random.standard_normal((classes, units)),
        1 + 0.3 * random.standard_normal(units),
        random.standard_normal(units),
        draw(st.booleans()) if normed is None else normed,
    )
    return hand, random.standard_normal((n, features)), random.integers(0, classes, n)
