"""Pays the costs of the first step beforehand: imports, compiled kernels, one step of everything there is."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import get_args

import numba
import numpy as np
import torch

from normscope import probes
from normscope.core.control import Machine
from normscope.core.spec import (
    Adam,
    AdamW,
    ArmSpec,
    BatchNorm,
    CnnSpec,
    DataSetSpec,
    GroupNorm,
    LayerNorm,
    MlpSpec,
    ModelSpec,
    Momentum,
    NoNorm,
    OptimizerSpec,
    ProbeSpec,
    PublishedKind,
    ResNetSpec,
    RmsNorm,
    RunSpec,
    Sgd,
)
from normscope.core.telemetry import Emission
from normscope.errors import DataSetError
from normscope.probes import kernel
from normscope.training import fold
from normscope.training.data import load_published
from normscope.training.loop import train
from normscope.training.splits import DataSet, Split

_EXAMPLES = 10
_STEPS: tuple[tuple[ModelSpec, OptimizerSpec], ...] = (
    (MlpSpec(hidden=(4,), activation="sigmoid"), Sgd()),
    (MlpSpec(hidden=(4,), activation="tanh"), Momentum()),
    (CnnSpec(convolutions=(2, "pool", 2), activation="relu"), Adam()),
    (ResNetSpec(depth=8, width=2, activation="gelu"), AdamW()),
)


def warm(cache: Path, datasets: Path | None = None) -> None:
    """Make the next ``train`` in this process, or in one forked from it, start at once.

    Called single-threaded in the launcher before it forks.

    Args:
        cache: folder for the compiled kernels and for decoded data sets; created where absent.
        datasets: folder of the data sets; those that are at hand there are decoded now, not by their first run.
    """
    torch.set_num_threads(1)
    cache_kernels(cache)
    for kind in get_args(PublishedKind):
        # a data set that is absent or broken is the concern of the run that asks for it
        with contextlib.suppress(DataSetError):
            folder = cache if datasets is None else datasets
            load_published(kind, folder, cache=cache, download=False, report=lambda fraction: None)
    norms = (NoNorm(), BatchNorm(), LayerNorm(), GroupNorm(groups=2), RmsNorm())
    for model, optimizer in _STEPS:
        spec = RunSpec(
            dataset=DataSetSpec(kind="digits", train_examples=_EXAMPLES),
            model=model,
            arms=tuple(ArmSpec(name=norm.kind, norm=norm) for norm in norms),
            optimizer=optimizer,
            dropout=0.1,
            batch_size=5,
            steps=2,
            device="cpu",  # workers are forked from this process: it must not touch a GPU
            evaluate_every=1,
            probes=ProbeSpec(distributions_every=1, details_every=1),
        )
        train(spec, _toy(), sink=_Nowhere(), control=_Undisturbed())


def cache_kernels(cache: Path) -> None:
    """Keep compiled kernels on disk, in a folder named by their sources: numba itself sees one file's changes only."""
    sources = [*sorted(Path(probes.__path__[0]).glob("*.py")), Path(__file__).with_name("fold.py")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache / "kernels" / digest)
    for compiled in (*kernel.ENTRIES, fold.fold, fold.keep_last_finite):
        compiled.enable_caching()
    numba.config.CACHE_DIR = before


def _toy() -> DataSet:
    values = np.random.default_rng(0).standard_normal((_EXAMPLES, 64), np.float32)
    split = Split(values, np.arange(_EXAMPLES) % 2)
    return DataSet("digits", 2, split, split, split)


class _Nowhere:
    """A sink that forgets."""

    def emit(self, emission: Emission) -> None:
        """Forget ``emission``."""


class _Undisturbed:
    """A control that never commands."""

    pending = False
    applied = 0

    def obey(self, step: int, machine: Machine, *, between: bool) -> bool:
        """Go on."""
        return True
