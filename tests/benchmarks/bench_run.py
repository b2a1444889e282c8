"""A whole run, as a user gets it, against a bare PyTorch loop: real server, worker and store, one websocket client.

    python -m tests.benchmarks.bench_run --rounds 5

In each round both train the two networks of the Batch Normalization paper on MNIST for 4,000 steps and evaluate alike:
the bare loop in a process of its own with one thread, NormScope by POST, with a client that reads the run's websocket
to the end. Both have a worker's niceness: beside other programs the bare loop would else get up to three times as much
of the processor. No browser. The order turns from round to round. Both times exclude process start and loading.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from websockets.sync.client import connect

from normscope.settings import Settings
from tests.conftest import ROOT
from tests.served import Served, serving

BARE = """
import os, sys, time, torch
sys.path.insert(0, ".")
from pathlib import Path
from tests.benchmarks.peers import bare
from normscope.core.spec import DataSetSpec
from normscope.execution.launcher import NICENESS
from normscope.training.data import load
torch.set_num_threads(1)
os.nice(NICENESS)
data = load(DataSetSpec(kind="mnist"), Path(sys.argv[1]), cache=Path(sys.argv[2]), download=False)
bare(data, 200)
started = time.perf_counter()
bare(data, int(sys.argv[3]))
print(time.perf_counter() - started)
"""


def bare_seconds(datasets: Path, cache: Path, steps: int) -> float:
    """The bare loop of ``peers.py``, both networks."""
    command = [sys.executable, "-c", BARE, str(datasets), str(cache), str(steps)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def run_seconds(served: Served, steps: int) -> tuple[float, int, int]:
    """Seconds of training, messages and bytes that the client received."""
    spec = served.preset("paper-mnist") | {"steps": steps}
    run = served.launch(spec)["id"]
    messages, size = 0, 0
    with connect(f"{served.url.replace('http', 'ws')}/api/runs/{run}/stream", max_size=None) as stream:
        for message in stream:
            messages += 1
            size += len(message)
            if isinstance(message, str) and '"type":"state"' in message and '"state":"finished"' in message:
                break
    return float(served.wait(run, "finished")["elapsed_seconds"]), messages, size


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--datasets", type=Path, default=Settings().datasets_dir)
    options = parser.parse_args()
    datasets = options.datasets.resolve()
    bare: list[float] = []
    ours: list[float] = []
    received = (0.0, 0, 0)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), datasets) as served:
        run_seconds(served, 200)
        for index in range(options.rounds):
            for which in ("bare", "ours") if index % 2 == 0 else ("ours", "bare"):
                if which == "bare":
                    bare.append(bare_seconds(datasets, Path(folder) / "cache", options.steps))
                else:
                    received = run_seconds(served, options.steps)
                    ours.append(received[0])
            print(f"bare {bare[-1]:.2f} s, NormScope {ours[-1]:.2f} s, ratio {ours[-1] / bare[-1]:.3f}", flush=True)
    ratios = [a / b for a, b in zip(ours, bare, strict=True)]
    print(
        f"\n{platform.machine()}, {os.cpu_count()} cores, {options.steps} steps x 2 networks, {options.rounds} rounds"
    )
    print(f"bare loop   {statistics.median(bare):6.2f} s")
    print(
        f"NormScope   {statistics.median(ours):6.2f} s, one client: {received[1]} messages, {received[2] / 1e6:.1f} MB"
    )
    print(f"ratio       {statistics.median(ratios):6.3f}   (median of rounds; target 1.15)")


if __name__ == "__main__":
    main()
