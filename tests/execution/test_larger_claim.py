"""A claim's larger experiment through the real loader and trainer: files as CIFAR-10 has them, with few images."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from normscope.claims.catalog import claim
from normscope.core import catalog
from normscope.core.catalog import DATASETS
from normscope.execution.shift import shift
from normscope.server.evidence import Judge
from normscope.server.points import PointCache
from normscope.settings import Settings
from normscope.storage.store import Store
from normscope.storage.trials import NewRun

IMAGES = 20
"""In each of the six files."""


def place(folder: Path) -> None:
    """Write files as they are published, but shorter; each class has a brightness of its own."""
    published = DATASETS["cifar10"].archive
    assert published is not None
    random = np.random.default_rng(0)
    folder.mkdir(parents=True)
    for name in (*published.train, *published.test):
        classes = np.arange(IMAGES, dtype=np.uint8)[:, None] % 10
        pixels = 25 * classes + random.integers(0, 25, (IMAGES, 3 * 32 * 32), np.uint8)
        (folder / name).write_bytes(np.concatenate([classes, pixels], axis=1).astype(np.uint8).tobytes())


def test_the_table_is_tried_on_cifar10(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = replace(DATASETS["cifar10"], train=80, validation=20, test=20)
    monkeypatch.setitem(catalog.DATASETS, "cifar10", facts)
    settings = Settings(data_dir=tmp_path / "data", datasets_dir=tmp_path / "sets", download=False, workers=1)
    place(settings.datasets_dir / "cifar10")
    table = claim("table")
    assert table is not None
    specs = table.larger["cifar10"].specs((101,))
    few = {"steps": 6, "evaluate_every": 2}
    with contextlib.closing(Store(settings.url)) as store:
        wanted = [NewRun(name, spec.model_copy(update=few), 1.0) for name, spec in specs.items()]
        trial = store.create_trial("table", "cifar10", (101,), wanted)
        first = trial.runs[0].run
        assert first is not None
        assert shift(settings, first) == "finished"
        judged = Judge(store, PointCache(store)).judged(store.trial(trial.id)).judged
        assert judged is not None, store.trial(trial.id)
        assert set(judged.evidence) == {
            *(f"{arm.name} {what}" for arm in specs["relu"].arms for what in ("best", "steps")),
            *(f"sigmoid {arm.name} best" for arm in specs["sigmoid"].arms),
        }
        assert all(math.isfinite(value) for name, (value,) in judged.evidence.items() if name.endswith("best"))
        manifest = store.get(first)
        assert manifest.spec.dataset.kind == "cifar10"
        assert manifest.arms[0].final["test_accuracy"] is not None
