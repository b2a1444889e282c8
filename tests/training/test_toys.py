"""Toy sets: the same at every call, even classes, points where the formula says, splits apart from each other."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from normscope.core.catalog import DATASETS
from normscope.core.spec import ToyKind, ToySpec
from normscope.training.data import load
from normscope.training.toys import TURNS, draw

KINDS: tuple[ToyKind, ...] = get_args(ToyKind)


@pytest.mark.parametrize("kind", KINDS)
def test_splits_are_fixed_even_and_apart(kind: ToyKind, tmp_path: Path) -> None:
    spec = ToySpec(kind=kind, examples=300)
    data = load(spec, tmp_path, cache=tmp_path, download=False)
    facts = DATASETS[kind]
    assert [len(s.y) for s in (data.train, data.validation, data.test)] == [300, facts.validation, facts.test]
    for split in (data.train, data.validation, data.test):
        assert split.x.dtype == np.float32
        assert split.x.shape == (len(split.y), 2)
        counts = np.bincount(split.y, minlength=facts.classes)
        assert counts.max() - counts.min() <= 1
        assert np.abs(split.x).max() < 1.5
    again = draw(spec)
    assert np.array_equal(again.train.x, data.train.x)
    points = {row.tobytes() for split in (data.train, data.validation, data.test) for row in split.x}
    assert len(points) == 300 + facts.validation + facts.test
    more = draw(ToySpec(kind=kind, examples=900))
    assert np.array_equal(more.test.x, data.test.x)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_what_is_added_to_both_coordinates(kind: ToyKind) -> None:
    clean, noisy = (draw(ToySpec(kind=kind, examples=5_000, noise=noise)).train.x for noise in (0.0, 0.2))
    assert (noisy - clean).std(axis=0) == pytest.approx([0.2, 0.2], rel=0.05)
    assert (noisy - clean).mean(axis=0) == pytest.approx([0, 0], abs=0.01)
    assert np.linalg.norm(clean, axis=1).max() <= 1.25


def test_clean_spirals_lie_on_their_arms() -> None:
    train = draw(ToySpec(kind="spirals", noise=0.0)).train
    radius = np.linalg.norm(train.x.astype(np.float64), axis=1)
    angle = np.arctan2(train.x[:, 1], train.x[:, 0])
    off = np.exp(1j * (angle - 2 * np.pi * TURNS * radius - np.pi * train.y)) - 1
    assert np.abs(off[radius > 0.01]).max() < 1e-3


def test_clean_circles_have_radius_one_and_a_half() -> None:
    train = draw(ToySpec(kind="circles", noise=0.0)).train
    assert np.linalg.norm(train.x, axis=1) == pytest.approx(np.where(train.y == 0, 1.0, 0.5), abs=1e-6)


def test_clean_moons_are_arcs_of_two_thirds() -> None:
    train = draw(ToySpec(kind="moons", noise=0.0)).train
    centres = np.where(train.y[:, None] == 0, [-0.5, -0.25], [0.5, 0.25]) / 1.5
    assert np.linalg.norm(train.x - centres, axis=1) == pytest.approx(np.full(500, 2 / 3), abs=1e-6)


def test_clean_blobs_can_be_told_apart_by_the_nearest_centre() -> None:
    train = draw(ToySpec(kind="blobs", noise=0.0)).train
    centres = np.array([train.x[train.y == c].mean(axis=0) for c in range(3)])
    nearest = np.linalg.norm(train.x[:, None] - centres, axis=2).argmin(axis=1)
    assert np.array_equal(nearest, train.y)
