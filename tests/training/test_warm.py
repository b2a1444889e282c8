"""Kernels are compiled once for all processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
import torch
def touched(*arguments):
    raise AssertionError("the launcher touches the GPU, and must not fork any more")
torch.cuda._lazy_init = torch.cuda.is_available = torch.cuda.device_count = touched
from pathlib import Path
from normscope.training.warm import warm
warm(Path(sys.argv[1]), Path(sys.argv[2]))
from normscope.probes import kernel
from normscope.training.fold import fold, keep_last_finite
for compiled in (kernel.observe, kernel.vectors, fold, keep_last_finite):
    print(sum(compiled.stats.cache_hits.values()), sum(compiled.stats.cache_misses.values()))
assert not torch.cuda.is_initialized()
assert torch.get_num_threads() == 1
"""


@pytest.mark.timeout(660)
def test_kernels_are_compiled_once_and_found_again_by_the_next_process(tmp_path: Path) -> None:
    broken = tmp_path / "sets" / "mnist"
    broken.mkdir(parents=True)
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (broken / f"{name}-ubyte").write_bytes(b"not IDX")
    counts = []
    for _ in range(2):
        command = [sys.executable, "-W", "error", "-c", SCRIPT, str(tmp_path / "cache"), str(tmp_path / "sets")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        counts.append(done.stdout.split())
    assert counts == [["0", "1"] * 4, ["1", "0"] * 4]
    assert (tmp_path / "cache" / "digits.v1" / "train_x.npy").exists()
