"""Label noise, subsets and normalisation: exact shares, other classes only, statistics of the training examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from normscope.core.spec import DataSetSpec, ToySpec
from normscope.training.data import load
from normscope.training.prepare import mislabelled, standardised
from normscope.training.splits import DataSet, Split


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_share_of_the_labels_becomes_another_class(share: float) -> None:
    y = np.arange(3_000, dtype=np.int64) % 10
    noisy = mislabelled(y, 10, share)
    assert (noisy != y).sum() == round(share * len(y))
    assert noisy.min() >= 0
    assert noisy.max() <= 9
    assert np.array_equal(noisy, mislabelled(y, 10, share))
    assert np.array_equal(y, np.arange(3_000) % 10)
    if share == 0.99:
        shifts = np.bincount((noisy - y) % 10, minlength=10)[1:]
        assert shifts.min() > 0.8 * shifts.mean()


def test_only_training_labels_are_noisy(tmp_path: Path) -> None:
    clean = load(DataSetSpec(kind="digits", train_examples=500), tmp_path, cache=tmp_path, download=False)
    spec = DataSetSpec(kind="digits", train_examples=500, label_noise=0.3)
    noisy = load(spec, tmp_path, cache=tmp_path, download=False)
    assert (noisy.train.y != clean.train.y).sum() == 150
    assert np.array_equal(noisy.train.x, clean.train.x)
    assert len(clean.train.y) == 500
    assert np.array_equal(noisy.validation.y, clean.validation.y)
    assert np.array_equal(noisy.test.y, clean.test.y)


def test_toy_inputs_are_standardised_like_by_sklearn(tmp_path: Path) -> None:
    raw = load(ToySpec(kind="moons"), tmp_path, cache=tmp_path, download=False)
    data = load(ToySpec(kind="moons", normalise="standard"), tmp_path, cache=tmp_path, download=False)
    scaler = StandardScaler().fit(raw.train.x.astype(np.float64))
    for split in ("train", "validation", "test"):
        before, after = getattr(raw, split), getattr(data, split)
        assert after.x.dtype == np.float32
        assert after.x == pytest.approx(scaler.transform(before.x.astype(np.float64)), abs=1e-5)


def test_channels_are_standardised_each_by_itself_and_a_constant_one_is_centred() -> None:
    random = np.random.default_rng(1)
    x = random.normal(5, 2, (50, 3, 4)).astype(np.float32)
    x[:, 1] = 7.0
    x[:, 2] *= 10
    split = Split(x.reshape(50, 12), np.zeros(50, np.int64))
    scaled = standardised(DataSet("mnist", 10, split, split, split), 3).train.x.reshape(50, 3, 4)
    assert scaled[:, [0, 2]].mean(axis=(0, 2)) == pytest.approx([0, 0], abs=1e-5)
    assert scaled[:, [0, 2]].std(axis=(0, 2)) == pytest.approx([1, 1], abs=1e-5)
    assert np.array_equal(scaled[:, 1], np.zeros((50, 4)))
