"""Presets and data sets: facts that can be checked without training."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from normscope.core.catalog import DATASETS, at_hand
from normscope.core.check import faults
from normscope.core.presets import PRESETS, Preset, default_preset, preset


@pytest.mark.parametrize("each", PRESETS, ids=lambda each: each.id)
def test_a_preset_can_be_run(each: Preset) -> None:
    assert faults(each.spec) == []
    assert each.spec.name
    assert preset(each.id) is each


def test_presets_are_told_apart() -> None:
    assert len({each.id for each in PRESETS}) == len(PRESETS)
    assert len({each.spec.name for each in PRESETS}) == len(PRESETS)
    assert preset("nothing") is None


def test_the_default_is_the_papers_experiment_where_its_data_are() -> None:
    assert default_preset(lambda kind: True).id == "paper-mnist"
    assert default_preset(lambda kind: kind == "digits").id == "paper-digits"


def test_the_papers_experiment_is_the_papers() -> None:
    spec = PRESETS[0].spec
    assert spec.model.hidden == (100, 100, 100)
    assert spec.model.activation == "sigmoid"
    assert (spec.batch_size, spec.steps, spec.optimizer.kind) == (60, 4000, "sgd")
    assert [(arm.name, arm.norm.kind) for arm in spec.arms] == [("no norm", "none"), ("BatchNorm", "batch")]


def test_checksums_are_those_of_the_real_files(mnist_dir: Path) -> None:
    assert at_hand("mnist", mnist_dir)
    for file in DATASETS["mnist"].files:
        content = gzip.decompress((mnist_dir / "mnist" / f"{file.name}.gz").read_bytes())
        assert len(content) == file.bytes
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == file.md5


def test_every_file_can_be_verified_and_fetched() -> None:
    for facts in DATASETS.values():
        assert (bool(facts.files) != (facts.archive is not None)) == bool(facts.urls)
        assert all(url.endswith("/") for url in facts.urls)
        for file in facts.files:
            known = [digest for digest in (file.md5, file.gz_md5) if digest]
            assert known
            assert all(len(digest) == 32 for digest in known)


def test_at_hand_means_every_file_gzipped_or_not(tmp_path: Path) -> None:
    assert at_hand("digits", tmp_path / "nowhere")
    folder = tmp_path / "kmnist"
    folder.mkdir()
    names = [file.name for file in DATASETS["kmnist"].files]
    for name in names[:-1]:
        (folder / name).touch()
    assert not at_hand("kmnist", tmp_path)
    (folder / f"{names[-1]}.gz").touch()
    assert at_hand("kmnist", tmp_path)
