"""Where a run trains: which devices are at hand, found without torch, and which one a run takes.

The server never imports torch, and the launcher must not touch a GPU before it forks: so what NVIDIA's driver shows in
the file system, and what PyTorch's own files say of how it was built, has to do. The worker asks PyTorch itself.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from normscope.core.check import train_examples
from normscope.core.cost import LAYER_SECONDS, STEP_SECONDS, step_seconds
from normscope.core.network import plan_of
from normscope.core.spec import RunSpec
from normscope.errors import SpecError

Device = Literal["cpu", "cuda"]

CUDA_STEP_SECONDS = 4.0e-4
"""Of one network's step on a GPU besides its layers: the launches of optimizer and bookkeeping. An estimate: some 50
operations of 8 us each; never measured on a GPU."""
CUDA_LAYER_SECONDS = 2.4e-4
"""Of one layer's forward, backward and measuring: some 30 launches. The same holds."""
CUDA_SPEEDUP = 30.0
"""How much faster a GPU computes than one thread. The same holds."""
CUDA_WORTH = 1.5
"""``auto`` takes a GPU that is expected to be so many times as fast."""


class DeviceChoice(BaseModel):
    """Where a run trains, and why."""

    model_config = ConfigDict(frozen=True)

    asked: Literal["auto", "cpu", "cuda"]
    taken: Device
    why: Literal["asked", "small", "large", "absent"]
    """It was asked for; the network is too small to be faster on a GPU; it is large enough; there is no GPU."""


def choose(spec: RunSpec, cuda: Callable[[], bool]) -> DeviceChoice:
    """The device that ``spec`` takes.

    Args:
        cuda: whether there is a CUDA device; asked only where the answer matters.

    Raises:
        SpecError: a CUDA device was asked for, and there is none.
    """
    if spec.device == "cpu":
        return DeviceChoice(asked="cpu", taken="cpu", why="asked")
    if spec.device == "auto" and not is_faster_on_cuda(spec):
        return DeviceChoice(asked="auto", taken="cpu", why="small")
    if not cuda():
        if spec.device == "cuda":
            raise no_cuda()
        return DeviceChoice(asked="auto", taken="cpu", why="absent")
    return DeviceChoice(asked=spec.device, taken="cuda", why="asked" if spec.device == "cuda" else "large")


def device_faults(spec: RunSpec, cuda: str | None) -> list[SpecError]:
    """What speaks against the device of ``spec`` where ``cuda`` is the GPU at hand, or None."""
    return [no_cuda()] if spec.device == "cuda" and cuda is None else []


def no_cuda() -> SpecError:
    """A CUDA device was asked for, and there is none."""
    return SpecError("expected a CUDA device, got a machine on which PyTorch has none: take auto or cpu", "device")


def is_faster_on_cuda(spec: RunSpec) -> bool:
    """Whether one network's step is expected to be clearly faster on a GPU than on one thread of a CPU."""
    plan = plan_of(spec)
    layers = len(plan.layers) + len(plan.projections)
    whole = step_seconds(plan, min(spec.batch_size, train_examples(spec)))
    cpu = STEP_SECONDS + whole
    computing = whole - LAYER_SECONDS * layers
    cuda = CUDA_STEP_SECONDS + CUDA_LAYER_SECONDS * layers + computing / CUDA_SPEEDUP
    return cpu > CUDA_WORTH * cuda


def cuda_at_hand(
    environment: Mapping[str, str] = os.environ, root: Path = Path("/"), torch: Path | None = None
) -> str | None:
    """The name of the first GPU that PyTorch could use, or None; without torch, and without touching the GPU.

    There must be a driver that shows a device, a PyTorch that was built for CUDA, and a device that is not hidden.

    Args:
        root: of the file system.
        torch: the folder of the package; None: the installed one.
    """
    if environment.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip() in ("", "-1", "NoDevFiles"):
        return None
    if not _built_for_cuda(_torch_folder() if torch is None else torch):
        return None
    for facts in sorted(root.glob("proc/driver/nvidia/gpus/*/information")):
        found = re.search(r"^Model:\s*(.+)$", facts.read_text(errors="replace"), re.MULTILINE)
        return found[1].strip() if found else "NVIDIA GPU"
    if (root / "dev" / "nvidia0").exists() or (root / "dev" / "dxg").exists():
        return "NVIDIA GPU"
    return None


def _torch_folder() -> Path | None:
    found = importlib.util.find_spec("torch")
    return None if found is None or found.origin is None else Path(found.origin).parent


def _built_for_cuda(torch: Path | None) -> bool:
    """What PyTorch's ``version.py`` says, read as text."""
    try:
        text = "" if torch is None else (torch / "version.py").read_text(encoding="utf-8")
    except OSError:
        return False
    return re.search(r"^cuda\b[^=]*=\s*['\"]", text, re.MULTILINE) is not None
