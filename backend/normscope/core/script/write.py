"""Puts the parts of a script together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from normscope.core.script.data import augmentation, load, needs_folder
from normscope.core.script.loop import loop_parts, opening_parts
from normscope.core.script.network import network_parts
from normscope.core.script.norms import norm_parts
from normscope.core.script.text import WIDTH, collection, labels, pair, printable, quoted
from normscope.core.spec import RunSpec

IMPORTS = (
    ("copy.", "import copy"),
    ("gzip.", "import gzip"),
    ("math.", "import math"),
    ("sys.", "import sys"),
    ("OrderedDict", "from collections import OrderedDict"),
    ("sha256(", "from hashlib import sha256"),
    ("pairwise", "from itertools import pairwise"),
    ("Path(", "from pathlib import Path"),
)
PACKAGES = (
    ("np.", "import numpy as np"),
    ("torch.", "import torch"),
    ("load_digits", "from sklearn.datasets import load_digits"),
    ("nn.", "from torch import nn"),
    ("F.", "from torch.nn import functional as F"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """The run that a script repeats. ``notes``: what the reader must know of it, sentences."""

    run: str
    torch: str
    """The version with which it was, or would be, trained."""
    notes: tuple[str, ...] = ()


def script(spec: RunSpec, source: Source) -> str:
    """The text of the script, as ``ruff format`` leaves it."""
    names = labels([arm.name for arm in spec.arms])
    augment = augmentation(spec)
    parts = [
        _constants(spec, names),
        *opening_parts(spec),
        load(spec),
        *([] if augment is None else [augment]),
        *norm_parts(spec),
        *network_parts(spec, names),
        *loop_parts(spec, names),
        _start(spec),
    ]
    body = "\n\n\n".join(parts)
    own, packages = ([line for word, line in group if word in body] for group in (IMPORTS, PACKAGES))
    return "\n".join([_docstring(spec, source), "", *own, "", *packages, "", body, ""])


def _docstring(spec: RunSpec, source: Source) -> str:
    title = printable(spec.name) or "A run"
    needs = "torch, numpy and scikit-learn" if spec.dataset.kind == "digits" else "torch and numpy"
    folder = f", where FOLDER holds the files of {spec.dataset.kind}" if needs_folder(spec) else ""
    about = [
        f"Run {source.run[:8]} of NormScope without NormScope, on one thread of a CPU: on the run's machine, "
        f"with PyTorch {source.torch}, every number is the run's to the last bit. "
        f"It takes {needs}: python FILE{' FOLDER' if folder else ''}{folder}.",
        *source.notes,
    ]
    lines = [line for text in about for line in wrap(printable(text), WIDTH)]
    return "\n".join([f'"""{title[: WIDTH - 4].rstrip()}.', "", *lines, '"""'])


def _constants(spec: RunSpec, names: Sequence[str]) -> str:
    return "\n".join(
        [
            collection("ARMS = ", [quoted(name) for name in names]),
            f"SEEDS = {pair([str(seed) for seed in spec.seeds])}",
            f"STEPS = {spec.steps}",
            f"BATCH = {spec.batch_size}",
        ]
    )


def _start(spec: RunSpec) -> str:
    return "\n".join(
        [
            'if __name__ == "__main__":',
            "    torch.set_num_threads(1)  # more would add up in another order",
            f"    data = {'load(Path(sys.argv[1]))' if needs_folder(spec) else 'load()'}",
            "    for seed in SEEDS:",
            "        networks = [build(arm, seed) for arm in ARMS]",
            "        certify(seed, networks, len(data[0][0]))",
            "        for arm, network in zip(ARMS, networks):",
            "            train(arm, network, seed, data)",
        ]
    )
