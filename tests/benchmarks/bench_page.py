"""How the compare page holds up: eight arms live on two cores, and a long run opened.

    python -m tests.benchmarks.bench_page

Starts a server with fresh data. `live`: eight networks train on digits while the page follows them for a while: time
between animation frames, script in frames that paint, tasks over 50 ms, age of the newest point when it is painted.
`open`: a run of many steps has ended; its page is opened several times: when the first chart is painted, when the last
visible one is, and when all of those can be pointed at.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser

from tests.benchmarks.browser import chromium, new_page
from tests.served import Served, serving

WATCH = """
window.tasks = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) tasks.push(entry.duration);
}).observe({ type: 'longtask', buffered: true });
window.between = [];
let before = performance.now();
(function frame(now) { between.push(now - before); before = now; requestAnimationFrame(frame); })(before);
"""
# A chart counts when a mark in the colour of an arm is on its canvas, its axes have numbers, and that frame was
# painted: what is posted in a frame runs after it. Axes, labels and empty canvases do not count.
PAINTED = """
window.painted = [];
window.answering = NaN;
const inks = new Set();
const numbered = new WeakSet();
const frame = new MessageChannel();
const drawn = new Set();
const labelled = canvas => {
  const plot = canvas.closest('.plot');
  if (plot === null) return canvas.closest('.wall')?.querySelector('.labels button') != null;
  return numbered.has(canvas) || plot.querySelector('.xtick text, .ytick text') !== null;
};
frame.port1.onmessage = () => {
  for (const canvas of drawn) if (labelled(canvas)) painted.push({ canvas, at: performance.now() });
  drawn.clear();
};
const seen = (canvas, ink) => {
  if (painted.some(entry => entry.canvas === canvas)) return;
  if (inks.size === 0) {
    const style = getComputedStyle(document.documentElement);
    for (let arm = 1; arm <= 8; arm++) inks.add(style.getPropertyValue(`--arm-${arm}`).trim().toLowerCase());
  }
  if (!inks.has(ink)) return;
  drawn.add(canvas);
  frame.port2.postMessage(null);
};
const watched = (name, look) => {
  const old = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...args) {
    look(this, args);
    return old.apply(this, args);
  };
};
watched('stroke', context => seen(context.canvas, context.strokeStyle));
watched('fillRect', context => seen(context.canvas, context.fillStyle));
watched('clearRect', context => numbered.delete(context.canvas));
watched('fillText', (context, [text]) => /[0-9]/.test(text) && numbered.add(context.canvas));
(function look() {
  const plots = [...document.querySelectorAll('.plot')].filter(plot => plot.getBoundingClientRect().top < innerHeight);
  if (plots.length > 0 && plots.every(plot => plot.querySelector('.nsewdrag'))) answering = performance.now();
  else requestAnimationFrame(look);
})();
"""
NORMS = ("none", "batch", "layer", "group", "rms", "none", "batch", "layer")


def spec(arms: int, steps: int, hidden: list[int]) -> dict[str, Any]:
    """Networks on digits that differ in their norm."""
    return {
        "dataset": {"kind": "digits"},
        "model": {"hidden": hidden},
        "arms": [{"name": f"{kind} {i}", "norm": {"kind": kind}} for i, kind in enumerate(NORMS[:arms], 1)],
        "optimizer": {"kind": "sgd", "learning_rate": 0.5},
        "steps": steps,
        "evaluate_every": max(20, steps // 100),
    }


def live(served: Served, browser: Browser, seconds: float) -> None:
    """Follow eight arms and print how frames went."""
    run = served.launch(spec(8, 1_000_000, [64, 64, 64]))["id"]
    page = new_page(browser)
    page.add_init_script(WATCH)
    page.goto(f"{served.url}/runs/{run}")
    page.wait_for_timeout(5000)
    page.evaluate("between.length = tasks.length = 0; normscope.frames.clear(); normscope.latency.clear()")
    page.wait_for_timeout(seconds * 1000)
    found = page.evaluate(
        "({between, tasks, script: normscope.frames.toArray(), age: normscope.latency.toArray(),"
        " charts: document.querySelectorAll('.plot').length, arms: document.querySelectorAll('button.arm').length,"
        " rows: document.querySelectorAll('.labels button').length})"
    )
    record = served.record(run)
    command(served, run, "stop")
    print(f"\nlive: 8 arms, {record['steps_per_second']:.0f} steps/s beside the page, {seconds:.0f} s")
    print(f"charts                 {found['charts']} and {found['rows'] * found['arms']} small multiples")
    print(f"paints of new data     {len(found['age']) / seconds:6.1f} /s")
    print(f"between frames, p95    {quantile(found['between'], 0.95):6.1f} ms   (target 33)")
    print(f"script in a frame, p95 {quantile(found['script'], 0.95):6.1f} ms, max {max(found['script']):.1f}")
    print(
        f"tasks over 50 ms       {len(found['tasks']):6d}, longest {max(found['tasks'], default=0):.0f} ms (target 100)"
    )
    print(f"age when painted, p95  {quantile(found['age'], 0.95):6.0f} ms, p50 {quantile(found['age'], 0.5):.0f}")
    page.context.close()


def opened(served: Served, browser: Browser, steps: int, rounds: int) -> None:
    """Open an ended run and print when its charts are there."""
    run = served.launch(spec(2, steps, [32, 32]))["id"]
    served.wait(run, "finished", seconds=900)
    first: list[float] = []
    last: list[float] = []
    answering: list[float] = []
    for _ in range(rounds):
        page = new_page(browser)
        page.add_init_script(PAINTED)
        page.goto(f"{served.url}/runs/{run}")
        page.wait_for_timeout(4000)
        times = sorted(page.evaluate("painted.filter(e => e.canvas.isConnected).map(e => e.at)"))
        first.append(times[0])
        last.append(times[-1])
        answering.append(page.evaluate("answering"))
        page.context.close()
    print(f"\nopen: a run of {steps} steps, {rounds} times, medians, from the start of the navigation")
    print(f"first chart            {_spread(first)}   (target 500)")
    print(f"all that is visible    {_spread(last)}   (target 1500)")
    print(f"all answer the pointer {_spread(answering)}")


def _spread(times: list[float]) -> str:
    return f"{statistics.median(times):6.0f} ms ({min(times):.0f} to {max(times):.0f})"


def command(served: Served, run: str, kind: str) -> None:
    """Ask, and insist that it was accepted."""
    answer = httpx.post(f"{served.url}/api/runs/{run}/commands", json={"kind": kind}, timeout=30)
    assert answer.status_code == 202, answer.text


def quantile(values: list[float], q: float) -> float:
    """``q`` from 0 to 1; NaN of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else float("nan")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--steps", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served, chromium() as browser:
        warm = served.launch(spec(1, 20, [8]))
        served.wait(warm["id"], "finished")
        live(served, browser, options.seconds)
        opened(served, browser, options.steps, options.rounds)


if __name__ == "__main__":
    main()
