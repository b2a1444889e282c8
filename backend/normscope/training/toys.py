"""Points of the plane with classes, drawn by formulas: spirals, moons, circles, blobs, all of a radius of about 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from normscope.core.catalog import DATASETS
from normscope.core.spec import ToyKind, ToySpec
from normscope.training.splits import DataSet, Split

Values = NDArray[np.floating]
Classes = NDArray[np.int64]

TURNS = 1.5
"""Of each arm of the spirals."""
DISC = 0.35
"""Radius of each of the blobs, whose centres lie on a circle of radius 1 - DISC."""


def draw(spec: ToySpec) -> DataSet:
    """Training, validation and test points of ``spec``, each from a generator of its own; the same at every call."""
    facts = DATASETS[spec.kind]
    train, validation, test = (
        _split(spec, facts.classes, examples, number)
        for number, examples in enumerate((spec.examples, facts.validation, facts.test))
    )
    return DataSet(spec.kind, facts.classes, train, validation, test)


def _split(spec: ToySpec, classes: int, examples: int, number: int) -> Split:
    """Classes in turn, so that they are as even as can be; places and noise are drawn apart."""
    y = np.arange(examples, dtype=np.int64) % classes
    places, noise = (np.random.default_rng((number, purpose)) for purpose in (0, 1))
    x = SHAPES[spec.kind](y, places.random((examples, 2)))
    x += spec.noise * noise.standard_normal((examples, 2))
    return Split(x.astype(np.float32), y)


def spirals(y: Classes, u: Values) -> Values:
    """Two arms that wind around each other, as densely in the middle as outside. u: [n, 2] in [0, 1)."""
    radius = np.sqrt(u[:, 0])
    return _polar(radius, 2 * np.pi * TURNS * radius + np.pi * y)


def moons(y: Classes, u: Values) -> Values:
    """Two half circles that reach into each other."""
    angle = np.pi * u[:, 0] + np.pi * y
    centres = np.stack([(2 * y - 1) / 3, (2 * y - 1) / 6], axis=1)
    return _polar(np.full(len(y), 2 / 3), angle) + centres


def circles(y: Classes, u: Values) -> Values:
    """A circle around another of half its radius."""
    return _polar(1.0 - 0.5 * y, 2 * np.pi * u[:, 0])


def blobs(y: Classes, u: Values) -> Values:
    """Three discs beside one another."""
    centres = _polar(np.full(len(y), 1 - DISC), np.pi / 2 + 2 * np.pi / 3 * y)
    return centres + _polar(DISC * np.sqrt(u[:, 0]), 2 * np.pi * u[:, 1])


SHAPES: dict[ToyKind, Callable[[Classes, Values], Values]] = {
    "spirals": spirals,
    "moons": moons,
    "circles": circles,
    "blobs": blobs,
}


def _polar(radius: Values, angle: Values) -> Values:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
