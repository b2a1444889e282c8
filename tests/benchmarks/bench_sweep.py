"""How long the phase diagram takes: 8 learning rates x 8 gains, two networks each, with its page open.

    python -m tests.benchmarks.bench_sweep

From the request to the end of the last cell, with a warm launcher and a worker for each core; then the same without a
page. What a cell costs beside its training is the workers' time less the cells' own seconds.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser

from tests.benchmarks.browser import chromium, new_page
from tests.served import Served, serving

STEPS = 400


def sweep(served: Served) -> dict[str, Any]:
    """The preset that the form offers, with the size that is promised."""
    presets = httpx.get(f"{served.url}/api/catalog", timeout=30).json()["sweeps"]
    spec: dict[str, Any] = next(preset["spec"] for preset in presets if preset["id"] == "phase-diagram")
    base = spec["base"] | {"steps": STEPS, "model": spec["base"]["model"] | {"hidden": [100, 100, 100]}}
    return spec | {"base": base}


def seconds(served: Served, browser: Browser | None) -> tuple[float, float, int]:
    """Wall-clock, the cells' own seconds, and how many cells."""
    began = time.monotonic()
    answer = httpx.post(f"{served.url}/api/sweeps", json=sweep(served), timeout=60)
    assert answer.status_code == 201, answer.text
    made = answer.json()["id"]
    page = None
    if browser is not None:
        page = new_page(browser)
        page.goto(f"{served.url}/sweeps/{made}")
    while (record := httpx.get(f"{served.url}/api/sweeps/{made}", timeout=60).json())["state"] != "finished":
        assert time.monotonic() - began < 600, record["state"]
        time.sleep(0.5)
    wall = time.monotonic() - began
    if page is not None:
        page.wait_for_timeout(1500)
        assert page.get_by_text(f"{len(record['cells'])} of {len(record['cells'])} cells").is_visible()
        page.context.close()
    own = sum(served.record(cell["run"])["elapsed_seconds"] for cell in record["cells"])
    return wall, own, len(record["cells"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    workers = os.cpu_count() or 2
    print(f"{platform.machine()}, {workers} cores and workers, load {os.getloadavg()[0]:.1f} before, {STEPS} steps")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), WORKERS=str(workers)) as served:
        served.wait(served.launch(served.preset("paper-digits") | {"steps": 20})["id"], "finished")
        with chromium() as browser:
            for _ in range(options.rounds):
                for name, watching in (("page open", browser), ("no page", None)):
                    wall, own, count = seconds(served, watching)
                    spare = 1000 * (workers * wall - own) / count
                    print(f"{count} cells, {name}: {wall:5.1f} s (target 45); {spare:.0f} ms a cell beside training")


if __name__ == "__main__":
    main()
