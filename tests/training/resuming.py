"""Runs that break off and are taken up again, and how one and the same run is recognised."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from normscope.core.control import CheckpointKind
from normscope.core.spec import RunSpec
from normscope.core.telemetry import POINTS, Points
from normscope.execution.control import RunControl
from normscope.training import checkpoint
from normscope.training.checkpoint import Again, State
from normscope.training.loop import train
from tests.training.helpers import Memory, toy


class Broken(Exception):
    """The process was killed."""


class Folder:
    """Keeps checkpoints as files, and their states."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kinds: dict[int, CheckpointKind] = {}

    def keep(self, step: int, kind: CheckpointKind, save: Callable[[Path], None]) -> None:
        self.kinds[step] = kind
        save(self.folder / f"{step}.pt")

    def state(self, step: int) -> State:
        return checkpoint.load(self.folder / f"{step}.pt")


def breaks_after(step: int) -> RunControl:
    """A control with which the process dies after ``step``."""
    control = RunControl()
    control.pending = True

    def obey(made: int, machine: Any, *, between: bool) -> bool:
        if made >= step:
            raise Broken
        return True

    control.obey = obey  # type: ignore[method-assign]
    return control


def run(spec: RunSpec, folder: Path, control: RunControl, again: Again | None = None) -> tuple[Memory, Folder]:
    """What a run of ``spec`` sent until it ended or broke off, and its checkpoints in ``folder``."""
    folder.mkdir(exist_ok=True)
    memory, kept = Memory(), Folder(folder)
    with contextlib.suppress(Broken):
        train(spec, toy(), sink=memory, control=control, keeper=kept, again=again)
    return memory, kept


def same_points(one: Points, two: Memory) -> None:
    """Equal to those of ``two`` but for the series of seconds."""
    seconds = [series.id for series in two.manifest.series if series.unit == "s"]
    points = two.points
    for name in POINTS.names:
        a = getattr(one, name)[~np.isin(one.series, seconds)]
        b = getattr(points, name)[~np.isin(points.series, seconds)]
        np.testing.assert_array_equal(a, b, err_msg=name)


def same_state(one: Any, two: Any, path: str = "") -> None:
    """Equal to the bit, but for what is measured in seconds."""
    if path.endswith(("seconds", "elapsed", "speed", "clock/open")):
        return
    if isinstance(one, dict):
        assert one.keys() == two.keys(), path
        for key in one:
            same_state(one[key], two[key], f"{path}/{key}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(two), path
        for index, (a, b) in enumerate(zip(one, two, strict=True)):
            same_state(a, b, f"{path}/{index}")
    elif isinstance(one, torch.Tensor):
        if path.endswith(("open", "last_finite", "previous")):  # column 0 is elapsed_seconds
            one, two = one[..., 1:], two[..., 1:]
        assert torch.equal(torch.nan_to_num(one), torch.nan_to_num(two)), path
    else:
        assert one == two or (one != one and two != two), path
