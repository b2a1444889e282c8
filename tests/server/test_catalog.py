"""What the form offers."""

from __future__ import annotations

from pathlib import Path

import pytest

from normscope.core.catalog import DATASETS
from normscope.server import app
from normscope.server.answers import Catalog
from tests.contract.material import tiny_spec
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


@pytest.mark.parametrize("name", [None, "NVIDIA T4"])
def test_a_gpu_that_is_asked_for_is_refused_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    monkeypatch.setattr(app, "cuda_at_hand", lambda: name)
    spec = tiny_spec().model_copy(update={"device": "cuda"}).model_dump(mode="json")
    sweep = {"base": spec, "axes": [{"field": "batch_size", "values": [4, 5]}]}
    with running(tmp_path) as server:
        catalog = Catalog.model_validate_json(server.get("/catalog").content)
        asked = [server.post("/runs/estimate", spec), server.post("/sweeps/estimate", sweep)]
        refused = [answer.json()["refused"] for answer in asked]
        launched = server.post("/runs", spec) if name is None else None
    assert [(device.kind, device.at_hand, device.name) for device in catalog.devices] == [
        ("cpu", True, ""),
        ("cuda", name is not None, name or ""),
    ]
    if launched is None:
        assert refused == [None, None]
        return
    assert launched.status_code == 422
    assert [error["path"] for error in launched.json()["errors"]] == ["device"]
    assert "expected a CUDA device" in launched.text
    assert [each["errors"][0]["path"] for each in refused] == ["device", "base.device"]


def test_with_mnist_the_default_is_the_papers_experiment(tmp_path: Path) -> None:
    folder = tmp_path / "datasets" / "mnist"
    folder.mkdir(parents=True)
    for number, file in enumerate(DATASETS["mnist"].files):
        (folder / (file.name if number % 2 else f"{file.name}.gz")).touch()
    with running(tmp_path) as server:
        catalog = Catalog.model_validate_json(server.get("/catalog").content)
    assert catalog.default_preset == "paper-mnist"
    assert catalog.presets[0].dataset_at_hand
