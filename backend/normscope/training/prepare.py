"""What a spec does to a data set before anything is learned: fewer examples, wrong labels, other scales."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from normscope.core.catalog import DATASETS
from normscope.core.spec import AnyDataSetSpec, DataSetSpec
from normscope.training.splits import DataSet, Split


def prepared(spec: AnyDataSetSpec, data: DataSet) -> DataSet:
    """``data`` as ``spec`` asks for it. Depends on nothing else: every seed and every arm learns from the same."""
    train = data.train
    if isinstance(spec, DataSetSpec) and spec.train_examples is not None:
        train = Split(train.x[: spec.train_examples], train.y[: spec.train_examples])
    if spec.label_noise:
        train = replace(train, y=mislabelled(train.y, data.classes, spec.label_noise))
    data = replace(data, train=train)
    return standardised(data, DATASETS[data.kind].shape[0]) if spec.normalise == "standard" else data


def mislabelled(y: NDArray[np.int64], classes: int, share: float) -> NDArray[np.int64]:
    """``y`` with ``share`` of its labels, to the nearest example, replaced by one of the other classes at random."""
    random = np.random.default_rng(0)
    wrong = random.permutation(len(y))[: round(share * len(y))]
    labels = y.copy()
    labels[wrong] = (labels[wrong] + random.integers(1, classes, len(wrong))) % classes
    return labels


def standardised(data: DataSet, channels: int) -> DataSet:
    """Each channel of all splits minus its mean over the training examples, divided by its standard deviation there.

    A channel that is constant is only centred.
    """
    values = data.train.x.reshape(len(data.train.x), channels, -1)
    mean = values.mean(axis=(0, 2), dtype=np.float64, keepdims=True)
    deviation = values.std(axis=(0, 2), dtype=np.float64, keepdims=True)
    deviation[deviation == 0] = 1.0

    def scaled(split: Split) -> Split:
        x: NDArray[Any] = split.x.reshape(len(split.x), channels, -1)
        x = (x - mean.astype(np.float32)) / deviation.astype(np.float32)
        return replace(split, x=x.reshape(split.x.shape))

    return replace(data, train=scaled(data.train), validation=scaled(data.validation), test=scaled(data.test))
