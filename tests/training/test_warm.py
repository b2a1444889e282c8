from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys, time
from pathlib import Path
from normscope.training.warm import warm
warm(Path(sys.argv[1]))
from normscope.probes import kernel
print(sum(kernel.observe.stats.cache_hits.values()), sum(kernel.observe.stats.cache_misses.values()))
import torch
assert torch.get_num_threads() == 1
"""


def test_kernels_are_compiled_once_and_found_again_by_the_next_process(tmp_path: Path) -> None:
    counts = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=True, timeout=100
        )
        counts.append(tuple(int(n) for n in done.stdout.split()))
    assert counts == [(0, 1), (1, 0)]
    assert (tmp_path / "digits.v1" / "train_x.npy").exists()
