"""What the form offers."""

from __future__ import annotations

from pathlib import Path

from normscope.core.catalog import DATASETS
from normscope.server.answers import Catalog
from tests.server.running import running


def test_without_files_the_default_falls_back_to_digits(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        catalog = Catalog.model_validate_json(server.get("/catalog").content)
    assert catalog.default_preset == "paper-digits"
    here = {data.kind: data.at_hand for data in catalog.datasets}
    assert not any(here[kind] for kind in ("mnist", "fashion_mnist", "kmnist", "cifar10"))
    assert all(here[kind] for kind in ("digits", "spirals", "moons", "circles", "blobs"))
    assert not any(data.downloadable for data in catalog.datasets), "downloads are off here"
    assert {preset.id: preset.dataset_at_hand for preset in catalog.presets}["paper-mnist"] is False


def test_with_mnist_the_default_is_the_papers_experiment(tmp_path: Path) -> None:
    folder = tmp_path / "datasets" / "mnist"
    folder.mkdir(parents=True)
    for number, file in enumerate(DATASETS["mnist"].files):
        (folder / (file.name if number % 2 else f"{file.name}.gz")).touch()
    with running(tmp_path) as server:
        catalog = Catalog.model_validate_json(server.get("/catalog").content)
    assert catalog.default_preset == "paper-mnist"
    assert catalog.presets[0].dataset_at_hand
