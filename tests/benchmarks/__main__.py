"""Every benchmark of docs/performance.md, one after the other: ``python -m tests.benchmarks``."""

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
