"""How the instruments' pages hold up while a run trains beside them, on the paper's network and on ten convolutions.

    NORMSCOPE_DATASETS_DIR=/path/with/mnist python -m tests.benchmarks.bench_tabs [--network mlp|cnn] [--tab maps ...]

Each page follows a run that measures layers at every step, distributions and details at every tenth: paints of new
data, time between animation frames, script in frames that paint, tasks over 50 ms, age of the newest point when it is
painted. With ``--scroll`` the page is moved to its end first, so that other cards are in view. What is measured on
copies is observed once, at the first step: it stops the training while it lasts, and the page with it.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from normscope.settings import Settings
from tests.benchmarks.bench_page import WATCH, command, quantile
from tests.benchmarks.browser import chromium, new_page, until
from tests.served import Served, serving

TABS = ("compare", "microscope", "gradients", "landscape", "maps")
PRESETS = {"mlp": "paper-mnist", "cnn": "convolutions"}
#: Steps that no run here comes to.
NEVER = 100_000
STEPS = 1_000_000
HEAD = "page               steps/s charts  maps data/s paints/s  between   script    max  tasks  longest age p50    p95"
# Messages that come within some milliseconds are one emission of the worker: points, the open windows, vectors.
ARRIVALS = """
window.arrivals = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener('message', ({ data }) => {
      const now = performance.now();
      if (typeof data !== 'string' && !(now - arrivals.at(-1) < 12)) arrivals.push(now);
    });
  }
};
"""
FOUND = """({
  arrivals: arrivals.length,
  between, tasks, script: normscope.frames.toArray(), age: normscope.latency.toArray(),
  charts: document.querySelectorAll('.plot').length, maps: document.querySelectorAll('.space canvas').length,
})"""


def spec(served: Served, network: str) -> dict[str, Any]:
    """The preset's, without an end, all of its instruments on."""
    found = served.preset(PRESETS[network])
    measured = {"modes_every": NEVER, "landscape_every": NEVER, "noise_every": NEVER}
    return found | {"steps": STEPS, "evaluate_every": 100, "probes": found["probes"] | measured}


def look(served: Served, browser: Browser, run: str, tab: str, seconds: float, scroll: bool) -> str:
    """One page for a while; its line of the table."""
    page = new_page(browser)
    page.add_init_script(WATCH + ARRIVALS)
    page.goto(f"{served.url}/runs/{run}" + ("" if tab == "compare" else f"/{tab}"))
    until(page, "document.querySelector('.plot, .space canvas') !== null && normscope.latency.count > 0")
    page.wait_for_timeout(3000)
    if scroll:
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(1000)
    page.evaluate(
        "between.length = tasks.length = arrivals.length = 0; normscope.frames.clear(); normscope.latency.clear()"
    )
    before = served.record(run)["step"]
    page.wait_for_timeout(seconds * 1000)
    found = page.evaluate(FOUND)
    pace = (served.record(run)["step"] - before) / seconds
    page.context.close()
    return (
        f"{tab + (' (end)' if scroll else ''):17} {pace:8.0f} {found['charts']:6d} {found['maps']:5d}"
        f" {found['arrivals'] / seconds:6.1f} {len(found['age']) / seconds:8.1f}"
        f" {quantile(found['between'], 0.95):8.1f}"
        f" {quantile(found['script'], 0.95):8.1f} {max(found['script'], default=0):6.1f}"
        f" {len(found['tasks']):6d} {max(found['tasks'], default=0):8.0f}"
        f" {quantile(found['age'], 0.5):7.0f} {quantile(found['age'], 0.95):6.0f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--network", choices=PRESETS, action="append")
    parser.add_argument("--tab", choices=TABS, action="append")
    parser.add_argument("--scroll", action="store_true")
    parser.add_argument("--datasets", type=Path, default=Settings().datasets_dir)
    options = parser.parse_args()
    datasets = options.datasets.resolve()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), datasets) as served, chromium() as browser:
        for network in options.network or PRESETS:
            run = served.launch(spec(served, network))["id"]
            record = served.wait(run, "running", "failed", seconds=120)
            assert record["state"] == "running", record["error"]
            print(f"\n{network}: {options.seconds:.0f} s each; targets: 20 paints/s, 33 ms between, 100 ms tasks")
            print(HEAD)
            for tab in options.tab or TABS[1:]:
                print(look(served, browser, run, tab, options.seconds, options.scroll), flush=True)
            command(served, run, "stop")
            served.wait(run, "stopped")


if __name__ == "__main__":
    main()
