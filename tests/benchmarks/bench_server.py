"""What the server costs: opening a long run, and one run watched by many.

    python -m tests.benchmarks.bench_server

The run is synthetic: 50,000 steps of 77 series whose windows double every 1,000 points, as a recorder makes them, in
chunks of two windows. Telemetry is asked for over HTTP, cold (nothing decoded), warm, and after compaction. For the
fan-out a thread stores 20 chunks a second and 50 viewers in a process of their own note when each arrives.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import websockets

from normscope.core.cost import WINDOW_POINTS
from normscope.core.telemetry import Points, encode_points, metadata_of
from normscope.storage.model import Message
from tests.contract.material import points_message
from tests.server.running import Running, Worker, running, worker

STEPS, SERIES, CHUNK_POINTS = 50_000, 77, 2
VIEWERS, RATE, SECONDS = 50, 20, 5


def window_ends(steps: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Last step of each window of a series that is observed at every step."""
    ends: list[int] = []
    step, width = 0, 1
    while step < steps:
        for _ in range(WINDOW_POINTS):
            step += width
            if step > steps:
                break
            ends.append(step)
        width *= 2
    return np.array(ends, np.uint32)


def fill(made: Worker) -> int:
    """Store the synthetic run; returns how many points it has."""
    rng = np.random.default_rng(0)
    ends = window_ends(STEPS)
    made.manifest()
    batch = list[Message]()
    for first in range(0, len(ends), CHUNK_POINTS):
        step = np.tile(ends[first : first + CHUNK_POINTS], SERIES)
        series = np.repeat(np.arange(SERIES, dtype=np.uint32), len(step) // SERIES)
        value = rng.standard_normal(len(step)).astype(np.float32)
        content = Points(step, series, value, value - 1, value + 1)
        batch.append(points_message(made.run, made.sequence + len(batch) + 1, content))
    made.append(batch, step=STEPS)
    return len(ends) * SERIES


def ask(server: Running, path: str, **query: str) -> tuple[float, float, int]:
    """Milliseconds of the first answer, median of the next ones, size in KB."""
    taken = []
    size = 0
    for _ in range(6):
        begun = time.perf_counter()
        size = len(server.get(path, **query).content)
        taken.append(1000 * (time.perf_counter() - begun))
    return taken[0], statistics.median(taken[1:]), size // 1000


def telemetry(server: Running) -> None:
    """Opening a long run."""
    made = worker(server)
    count = fill(made)
    print(f"run of {STEPS:,} steps, {SERIES} series: {count:,} points in {made.sequence:,} messages")
    path = f"/runs/{made.run}/telemetry"
    report("telemetry, chunks of live days", *ask(server, path))
    made.end()
    server.store.compact(made.run)
    report("telemetry, compacted", *ask(server, path))
    report("one series, a tenth of the steps", *ask(server, path, series="3", from_step="20000", to_step="25000"))


def report(what: str, first: float, next_ones: float, size: int) -> None:
    """One line."""
    print(f"{what:36} first {first:6.0f} ms   then {next_ones:5.0f} ms   {size:,} KB")


def fan_out(server: Running) -> None:
    """One run watched by many."""
    made = worker(server)
    made.manifest()
    ends = np.arange(1, 5, dtype=np.uint32)
    step, series = np.tile(ends, SERIES), np.repeat(np.arange(SERIES, dtype=np.uint32), len(ends))
    value = np.zeros(len(step), np.float32)
    content = Points(step, series, value, value, value)
    url = f"{server.url.replace('http', 'ws')}/api/runs/{made.run}/stream?after=1"
    program = [sys.executable, "-m", "tests.benchmarks.bench_server", url, str(RATE * SECONDS + 1)]
    viewers = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    assert viewers.stdout is not None
    assert viewers.stdout.readline().strip() == "ready"
    before = time.process_time()
    for _ in range(RATE * SECONDS):
        due = time.monotonic() + 1 / RATE
        now = time.time()
        chunk = encode_points(content, run=made.run, sequence=0, time=now)
        made.append([points_message(made.run, made.sequence + 1, content)], tail=chunk)
        time.sleep(max(0.0, due - time.monotonic()))
    cpu = time.process_time() - before
    answer = json.loads(viewers.stdout.readline())
    viewers.wait(30)
    messages = answer["messages"]
    print(
        f"{VIEWERS} viewers x {RATE} chunks/s of {len(chunk) / 1000:.1f} KB and as many tails: "
        f"store to viewer p50 {answer['p50']:.1f} ms, p95 {answer['p95']:.1f} ms; {messages:,} messages, "
        f"server and writer {cpu / SECONDS:.0%} of a core ({messages / cpu:,.0f} messages a CPU-second)"
    )


async def watch(url: str, last: int) -> None:
    """The viewers' process: note how old each tail is when it arrives, until all have the last chunk."""
    ages: list[float] = []
    messages = 0
    waiting = VIEWERS

    async def one() -> None:
        nonlocal messages, waiting
        async with websockets.connect(url, compression=None, max_size=None) as connection:
            await connection.recv()
            waiting -= 1
            if not waiting:
                print("ready", flush=True)
            async for message in connection:
                messages += 1
                if isinstance(message, bytes):
                    metadata = metadata_of(message)
                    if metadata["sequence"] == "0":
                        if float(metadata["time"]):
                            ages.append(1000 * (time.time() - float(metadata["time"])))
                    elif int(metadata["sequence"]) == last:
                        return

    await asyncio.gather(*(one() for _ in range(VIEWERS)))
    ages.sort()
    answer = {"p50": ages[len(ages) // 2], "p95": ages[int(0.95 * len(ages))], "messages": messages}
    print(json.dumps(answer), flush=True)


def main() -> None:
    """Both measurements."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        telemetry(server)
        fan_out(server)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        asyncio.run(watch(sys.argv[1], int(sys.argv[2])))
    else:
        main()
