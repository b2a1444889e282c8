"""The benchmarks of speed that a change may spoil, one after the other: ``python -m tests.benchmarks``.

docs/performance.md names the command of each figure; those that are not here take long or say how large something is.
"""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "bench_loop",
    "bench_probes",
    "bench_statistics",
    "bench_store",
    "bench_run",
    "bench_server",
    "bench_live",
    "bench_page",
    "bench_tabs",
)

for name in BENCHMARKS:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)
