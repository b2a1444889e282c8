"""Which device a run takes, and what of a GPU can be seen without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from normscope.core.device import choose, cuda_at_hand, device_faults, is_faster_on_cuda
from normscope.core.presets import preset
from normscope.core.spec import ArmSpec, BatchNorm, CnnSpec, DataSetSpec, MlpSpec, ResNetSpec, RunSpec
from normscope.errors import SpecError


def spec_of(**changes: Any) -> RunSpec:
    fields: dict[str, Any] = {
        "dataset": DataSetSpec(kind="cifar10"),
        "model": MlpSpec(),
        "arms": (ArmSpec(name="BatchNorm", norm=BatchNorm()),),
    }
    return RunSpec(**{**fields, **changes})


def unasked() -> bool:
    raise AssertionError("nobody need know whether there is a GPU")


def test_small_networks_stay_on_the_processor_and_nobody_looks_for_a_gpu() -> None:
    paper = preset("paper-mnist")
    assert paper is not None
    assert choose(paper.spec, unasked).model_dump() == {"asked": "auto", "taken": "cpu", "why": "small"}
    assert choose(spec_of(device="cpu"), unasked).model_dump() == {"asked": "cpu", "taken": "cpu", "why": "asked"}


@pytest.mark.parametrize("model", [CnnSpec(convolutions=(64, 64, "pool", 128, 128)), ResNetSpec(depth=18, width=64)])
def test_large_networks_take_a_gpu_where_there_is_one(model: Any) -> None:
    large = spec_of(model=model, batch_size=128)
    assert is_faster_on_cuda(large)
    assert choose(large, lambda: True).model_dump() == {"asked": "auto", "taken": "cuda", "why": "large"}
    assert choose(large, lambda: False).model_dump() == {"asked": "auto", "taken": "cpu", "why": "absent"}


def test_a_gpu_that_is_asked_for_is_taken_or_missed() -> None:
    asked = spec_of(device="cuda")
    assert choose(asked, lambda: True).model_dump() == {"asked": "cuda", "taken": "cuda", "why": "asked"}
    with pytest.raises(SpecError, match="expected a CUDA device") as caught:
        choose(asked, lambda: False)
    assert caught.value.path == "device"
    assert [fault.path for fault in device_faults(asked, None)] == ["device"]
    assert device_faults(asked, "NVIDIA T4") == device_faults(spec_of(), None) == []


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with one GPU, and a PyTorch for it."""
    facts = tmp_path / "proc/driver/nvidia/gpus/0000:01:00.0/information"
    facts.parent.mkdir(parents=True)
    facts.write_text("Model: \t\t NVIDIA GeForce RTX 3060\nIRQ:   55\n")
    (tmp_path / "version.py").write_text("__version__ = '2.13.0'\ncuda: Optional[str] = '13.0'\nhip = None\n")
    return tmp_path


def test_a_gpu_is_known_by_its_driver_and_by_how_pytorch_was_built(machine: Path) -> None:
    assert cuda_at_hand({}, machine, machine) == "NVIDIA GeForce RTX 3060"
    assert cuda_at_hand({"CUDA_VISIBLE_DEVICES": "1,0"}, machine, machine) == "NVIDIA GeForce RTX 3060"
    for hidden in ("", "-1"):
        assert cuda_at_hand({"CUDA_VISIBLE_DEVICES": hidden}, machine, machine) is None
    assert cuda_at_hand({}, machine / "elsewhere", machine) is None
    assert cuda_at_hand({}, machine, machine / "elsewhere") is None
    (machine / "version.py").write_text("__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\n")
    assert cuda_at_hand({}, machine, machine) is None


@pytest.mark.parametrize("device", ["nvidia0", "dxg"])
def test_a_gpu_without_a_name_is_one_too(machine: Path, device: str) -> None:
    other = machine / "other"
    (other / "dev").mkdir(parents=True)
    (other / "dev" / device).touch()
    assert cuda_at_hand({}, other, machine) == "NVIDIA GPU"


def test_looking_imports_no_torch() -> None:
    script = (
        "import sys; from normscope.core.device import cuda_at_hand; cuda_at_hand(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=240)


def test_what_is_seen_without_torch_is_what_torch_says() -> None:
    import torch

    assert (cuda_at_hand() is not None) == torch.cuda.is_available()
