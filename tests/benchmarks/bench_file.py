"""How large a file of a long run is, how long it takes to write, and how soon it opens from disk.

The run is the paper's, with 50,000 steps: the true series, windows and vectors, filled with random walks, which
compress about as badly as what is measured.

python -m tests.benchmarks.bench_file
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from normscope.core.manifest import Manifest, build_manifest
from normscope.core.presets import PRESETS
from normscope.core.record import Progress
from normscope.core.telemetry import Points, Vectors
from normscope.server.document import Desk, run_file
from normscope.storage.store import Store
from tests.benchmarks.browser import chromium, new_page
from tests.contract.material import HOLDER, manifest_message, points_message, vectors_message

STEPS = 50_000
OBSERVED = 500
NUMBERS = 100
"""Of one vector: one for each unit."""
RNG = np.random.default_rng(0)


def window_ends(steps: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Last step of each window of a series that is observed at every step: their width doubles every 1,000 points."""
    ends: list[int] = []
    while not ends or ends[-1] < steps:
        ends.append((ends[-1] if ends else 0) + 2 ** (len(ends) // 1000))
    return np.array(ends[:-1], np.uint32)


def fill(store: Store, manifest: Manifest, run: str) -> None:
    """All points and vectors of the run."""
    lease = store.acquire(run, HOLDER)
    ends = window_ends(STEPS)
    messages = [manifest_message(store.get(run).spec)]
    step = np.linspace(1, STEPS, OBSERVED).astype(np.uint32)
    for series in manifest.series:
        number = len(messages) + 1
        if not series.vector:
            value = RNG.standard_normal(len(ends)).cumsum().astype(np.float32)
            spread = np.abs(RNG.standard_normal(len(ends))).astype(np.float32)
            ids = np.full(len(ends), series.id, np.uint32)
            messages.append(points_message(run, number, Points(ends, ids, value, value - spread, value + spread)))
        else:
            rows = tuple(RNG.standard_normal((OBSERVED, NUMBERS)).astype(np.float32))
            messages.append(vectors_message(run, number, Vectors(step, np.full(OBSERVED, series.id, np.uint32), rows)))
    store.append(lease, messages, tail=None, progress=Progress(step=STEPS, phase="training"))
    store.set_state(lease, "finished")


def main() -> None:
    """Print one line for each thing measured."""
    found = next(each for each in PRESETS if each.id == "paper-mnist")
    spec = found.spec.model_copy(update={"steps": STEPS})
    manifest = build_manifest(spec, 10, 55_000)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/normscope.db")
        run = store.create(spec, estimated_seconds=1).id
        fill(store, manifest, run)
        start = time.perf_counter()
        body = run_file(Desk.of(store, 1), run, "replay")
        wrote = time.perf_counter() - start
        file = Path(folder, "replay.html")
        file.write_bytes(body)
        store.close()
        print(f"{len(manifest.series)} series, {len(window_ends(STEPS)):,} windows each")
        print(f"size {len(body) / 1e6:.1f} MB, written in {wrote:.1f} s")
        with chromium() as browser:
            page = new_page(browser)
            start = time.perf_counter()
            page.goto(file.as_uri())
            page.locator("canvas.overlay").first.wait_for()
            print(f"first chart after {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
