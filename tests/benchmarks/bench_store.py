"""What storing costs: ``python -m tests.benchmarks.bench_store``.

An append with its commit (``synchronous=FULL``), alone and with other writers beside it; from ``start`` to the first
stored chunk with a warm launcher; compaction and replay of a long run.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from normscope.core.record import Progress
from normscope.core.spec import ArmSpec, BatchNorm, DataSetSpec, MlpSpec, NoNorm, RunSpec
from normscope.core.telemetry import Points, encode_points
from normscope.execution.local import LocalExecutor, stop_all
from normscope.settings import Settings
from normscope.storage import nudge
from normscope.storage.model import Holder, Lease, Message
from normscope.storage.store import Store

HOLDER = Holder("bench", 1, 1.0)
CHUNK_POINTS = 300
"""About 7 KiB: what two arms emit every 50 ms."""


def spec(steps: int = 200) -> RunSpec:
    """Two arms on digits."""
    return RunSpec(
        dataset=DataSetSpec(kind="digits"),
        model=MlpSpec(hidden=(32, 32)),
        arms=(ArmSpec(name="none", norm=NoNorm()), ArmSpec(name="batch", norm=BatchNorm())),
        steps=steps,
    )


def chunk(run: str, sequence: int, points: int = CHUNK_POINTS) -> Message:
    """Points of ten series."""
    step = np.tile(np.arange(points // 10, dtype=np.uint32), 10) + sequence * (points // 10)
    series = np.repeat(np.arange(10, dtype=np.uint32), points // 10)
    value = np.random.default_rng(sequence).standard_normal(len(step)).astype(np.float32)
    content = Points(step, series, value, value, value)
    return Message(sequence, "points", encode_points(content, run=run, sequence=sequence, time=time.time()))


def held(store: Store) -> Lease:
    """The lease of a new run."""
    return store.acquire(store.create(spec(), estimated_seconds=1.0).id, HOLDER)


def append(url: str, folder: Path, count: int, hertz: float | None) -> list[float]:
    """Milliseconds of each append with nudge."""
    times = []
    with contextlib.closing(Store(url, nudge=nudge.sender(folder))) as store:
        lease = held(store)
        for sequence in range(1, count + 1):
            message = chunk(lease.run_id, sequence)
            began = time.perf_counter()
            store.append(lease, [message], tail=message.body, progress=Progress(step=sequence))
            times.append(1e3 * (time.perf_counter() - began))
            if hertz is not None:
                time.sleep(max(0.0, 1 / hertz - (time.perf_counter() - began)))
    return times


def quantiles(times: list[float]) -> str:
    """Median and 99th percentile."""
    return f"p50 {statistics.median(times):6.2f} ms   p99 {np.percentile(times, 99):6.2f} ms"


def bench_append(folder: Path, count: int) -> None:
    """Appends of one writer, then of eight at 20 Hz each."""
    url = f"sqlite:///{folder / 'append.db'}"
    alone = quantiles(append(url, folder, count, None))
    print(f"append of {len(chunk('r', 1).body)} bytes and a tail, one writer:   {alone}")
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        results = [pool.apply_async(append, (url, folder, count // 4, 20.0)) for _ in range(8)]
        print(f"the same, 8 writers at 20 Hz each:               {quantiles([t for r in results for t in r.get()])}")


def bench_start(folder: Path, count: int) -> None:
    """From the request to the first chunk."""
    settings = Settings(data_dir=folder / "start")
    executor = LocalExecutor(settings)
    began = time.perf_counter()
    executor.prepare()
    print(f"launcher, nothing cached: {time.perf_counter() - began:.1f} s")
    times = []
    with contextlib.closing(Store(settings.url)) as store:
        for _ in range(count):
            run = store.create(spec(), estimated_seconds=1.0).id
            began = time.perf_counter()
            executor.start(run)
            while store.head(run).sequence < 2:
                time.sleep(0.001)
            times.append(1e3 * (time.perf_counter() - began))
            while store.get(run).ended_at is None:
                time.sleep(0.05)
    print(f"start to first stored chunk, launcher warm:      {quantiles(times)}")
    stop_all(settings)


def bench_compaction(folder: Path, chunks: int) -> None:
    """Replay of a long stream before and after."""
    with contextlib.closing(Store(f"sqlite:///{folder / 'compact.db'}")) as store:
        lease = held(store)
        for first in range(1, chunks + 1, 100):
            store.append(
                lease, [chunk(lease.run_id, first + i) for i in range(min(100, chunks + 1 - first))], tail=None
            )
        store.set_state(lease, "finished")

        def replay() -> tuple[int, float]:
            began, after, total = time.perf_counter(), 0, 0
            while page := store.replay(lease.run_id, after):
                after, total = page[-1].sequence, total + sum(len(message.body) for message in page)
            return total, 1e3 * (time.perf_counter() - began)

        before = replay()
        began = time.perf_counter()
        store.compact(lease.run_id)
        seconds = time.perf_counter() - began
        after = replay()
    print(f"replay of {chunks} chunks, {before[0] / 1e6:.1f} MB: {before[1]:.0f} ms; compacted in {seconds:.1f} s")
    print(f"afterwards {after[0] / 1e6:.1f} MB: {after[1]:.0f} ms")


def main() -> None:
    """Run all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000, help="appends")
    parser.add_argument("--starts", type=int, default=15)
    parser.add_argument("--chunks", type=int, default=5000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench_append(folder, given.count)
        bench_start(folder, given.starts)
        bench_compaction(folder, given.chunks)


if __name__ == "__main__":
    main()
