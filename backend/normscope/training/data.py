"""Data sets: the training, validation and test examples of a kind, from this machine or downloaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from normscope.core.catalog import DATASETS, DataSetFacts, at_hand
from normscope.core.spec import AnyDataSetSpec, PublishedKind, ToySpec
from normscope.errors import DataSetCorrupt
from normscope.training import cifar, idx
from normscope.training.download import fetch, fetch_archive
from normscope.training.npy import save
from normscope.training.prepare import prepared
from normscope.training.splits import DataSet, Split
from normscope.training.toys import draw


def load(
    dataset: AnyDataSetSpec,
    directory: Path,
    *,
    cache: Path,
    download: bool,
    report: Callable[[float], None] = lambda fraction: None,
) -> DataSet:
    """What ``dataset`` asks for: its splits, with its label noise and normalisation.

    Args:
        directory: with one sub-folder for each data set, ``<kind>/``, of the published files, packed or not.
        cache: where decoded examples are kept and memory-mapped from, so that workers share them.
        download: fetch files that are absent.
        report: called with the fraction of the download that is done, 0 to 1.

    Raises:
        DataSetUnavailable: not in ``directory``, and not downloaded.
        DataSetCorrupt: a file's checksum or shape is not the published one.
    """
    if isinstance(dataset, ToySpec):
        return prepared(dataset, draw(dataset))
    return prepared(dataset, load_published(dataset.kind, directory, cache=cache, download=download, report=report))


def load_published(
    kind: PublishedKind, directory: Path, *, cache: Path, download: bool, report: Callable[[float], None]
) -> DataSet:
    """The data set ``kind`` as it was published; arguments and errors as of ``load``."""
    facts = DATASETS[kind]
    folder = cache / f"{kind}.v1"
    arrays = _cached(facts, folder)
    if arrays is None:
        folder.mkdir(parents=True, exist_ok=True)
        if facts.archive is not None:
            if not at_hand(kind, directory):
                fetch_archive(facts, facts.archive, directory / kind, allowed=download, report=report)
            cifar.decode(facts, facts.archive, directory / kind, folder)
        elif facts.files:
            if any(idx.find(directory / kind, file.name) is None for file in facts.files):
                fetch(facts, directory / kind, allowed=download, report=report)
            _decode_idx(facts, directory / kind, folder)
        else:
            _decode_digits(facts, folder)
        arrays = _cached(facts, folder)
    if arrays is None:
        raise DataSetCorrupt(f"{folder} does not hold what was just written to it")
    x, y, test_x, test_y = arrays
    end = facts.train + facts.validation
    return DataSet(
        kind=kind,
        classes=facts.classes,
        train=Split(x[: facts.train], y[: facts.train]),
        validation=Split(x[facts.train : end], y[facts.train : end]),
        test=Split(test_x, test_y),
    )


def _cached(facts: DataSetFacts, folder: Path) -> tuple[Any, Any, Any, Any] | None:
    """x and y of training and validation, x and y of test, memory-mapped; None where absent or of another shape."""
    counts = (facts.train + facts.validation, facts.test)
    arrays: list[Any] = []
    for split, count in zip(("train", "test"), counts, strict=True):
        for name, shape in ((f"{split}_x", (count, facts.features)), (f"{split}_y", (count,))):
            path = folder / f"{name}.npy"
            if not path.exists():
                return None
            # copy on write: PyTorch wants writable memory, and nobody writes
            array = np.load(path, mmap_mode="c")
            if array.shape != shape:
                return None
            arrays.append(array)
    x, y, test_x, test_y = arrays
    return x, y, test_x, test_y


def _decode_idx(facts: DataSetFacts, source: Path, folder: Path) -> None:
    """Verify and decode the IDX files: images / 255 as float32 [n, features], labels as int64 [n]."""
    counts = (facts.train + facts.validation, facts.test)
    for split, count, images, labels in zip(
        ("train", "test"), counts, facts.files[::2], facts.files[1::2], strict=True
    ):
        pixels = idx.read(source, images, (count, facts.features))
        classes = idx.read(source, labels, (count,))
        save(folder / f"{split}_x.npy", np.divide(pixels, 255, dtype=np.float32))
        save(folder / f"{split}_y.npy", classes.astype(np.int64))


def _decode_digits(facts: DataSetFacts, folder: Path) -> None:
    """8 x 8 digits of scikit-learn: a fixed permutation, x / 16, then one mean and deviation, those of training."""
    from sklearn.datasets import load_digits  # takes a second to import: only where it is needed

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(pixels))
    x, y = pixels[order] / 16, labels[order].astype(np.int64)
    x = ((x - x[: facts.train].mean()) / x[: facts.train].std()).astype(np.float32)
    end = facts.train + facts.validation
    for split, part in (("train", slice(0, end)), ("test", slice(end, end + facts.test))):
        save(folder / f"{split}_x.npy", x[part])
        save(folder / f"{split}_y.npy", y[part])
