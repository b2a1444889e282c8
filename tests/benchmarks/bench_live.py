"""From the click to the first point, and from a step's end to its pixels: the whole way, in a real browser.

    python -m tests.benchmarks.bench_live --rounds 5

Starts a server with fresh data, warms its launcher with one short run, and then launches the form's default (MNIST,
both networks of the Batch Normalization paper) several times. `click` is the time from the click on Launch to the
first stroke on a chart's overlay, which draws nothing before it has data; `all` until everything in view has been
painted with the newest data. `pixel` is the age, when it is painted, of the newest step in each emission; a step may
wait another 50 ms for its emission.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
from pathlib import Path

from normscope.settings import Settings
from tests.benchmarks.browser import chromium, new_page, until
from tests.served import serving

CLICK = """
const stroke = CanvasRenderingContext2D.prototype.stroke;
CanvasRenderingContext2D.prototype.stroke = function (...args) {
  if (this.canvas.className === 'overlay') window.firstPoint ??= performance.now() - window.clicked;
  return stroke.apply(this, args);
};
addEventListener('click', event => {
  const button = event.target.closest?.('button');
  if (button && /launch/i.test(button.textContent)) {
    window.clicked = performance.now();
    window.normscope?.latency.clear();
    const watch = () => {
      if (window.normscope?.latency.count > 0) window.everything = performance.now() - window.clicked;
      else requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
  }
}, true);
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--datasets", type=Path, default=Settings().datasets_dir)
    options = parser.parse_args()
    datasets = options.datasets.resolve()
    clicks: list[float] = []
    every: list[float] = []
    p50: list[float] = []
    p95: list[float] = []
    worst: list[float] = []
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), datasets) as served, chromium() as browser:
        warm = served.launch(
            {"dataset": {"kind": "digits"}, "model": {}, "arms": [{"name": "a", "norm": {"kind": "none"}}], "steps": 20}
        )
        served.wait(warm["id"], "finished")
        for _ in range(options.rounds):
            page = new_page(browser)
            page.goto(f"{served.url}/launch?preset=paper-mnist")
            page.wait_for_timeout(2000)  # a person reads the form first
            page.evaluate(CLICK)
            page.get_by_role("button", name="Launch", exact=False).last.click()
            until(page, "window.everything !== undefined")
            clicks.append(page.evaluate("window.firstPoint"))
            every.append(page.evaluate("window.everything"))
            run = page.url.split("/runs/")[1].split("?")[0]
            record = served.wait(run, "finished", seconds=240)
            found = json.loads(
                page.evaluate("JSON.stringify([.5, .95, 1].map(q => window.normscope.latency.quantile(q)))")
            )
            p50.append(found[0])
            p95.append(found[1])
            worst.append(found[2])
            seconds.append(record["elapsed_seconds"])
            print(
                f"click {clicks[-1]:.0f} ms, all {every[-1]:.0f} ms, "
                f"pixel p50 {found[0]:.0f} p95 {found[1]:.0f} max {found[2]:.0f} ms,"
                f" run {seconds[-1]:.1f} s",
                flush=True,
            )
            page.context.close()
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, {options.rounds} rounds, medians")
    print(f"click to first points   {statistics.median(clicks):6.0f} ms   (target 500)")
    print(f"click to all charts     {statistics.median(every):6.0f} ms")
    print(f"step to pixel, p50      {statistics.median(p50):6.0f} ms")
    print(f"step to pixel, p95      {statistics.median(p95):6.0f} ms   (target 150; oldest step of an emission: +50)")
    print(f"step to pixel, max      {statistics.median(worst):6.0f} ms")
    print(f"4,000 steps x 2 arms    {statistics.median(seconds):6.1f} s with the browser on the same cores")


if __name__ == "__main__":
    main()
