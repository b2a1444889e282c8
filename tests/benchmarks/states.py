"""A look at every state of a run's page, each brought about by real processes.

python -m tests.benchmarks.states --to /tmp/look
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from normscope.core.record import Progress
from normscope.execution.process import this_process
from normscope.storage.store import Store
from tests.benchmarks.bench_page import command, spec
from tests.benchmarks.browser import chromium, new_page
from tests.served import Served, serving, start

LOOKS = ((1440, False), (1440, True), (820, False), (390, True))
LONG = 1_000_000


class Camera:
    """Photographs a page in every width and theme."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder

    def shoot(self, name: str, url: str, *, wait: float = 2.5) -> None:
        """``name-width-theme.png`` of ``url``, looked at for ``wait`` seconds."""
        for width, dark in LOOKS:
            page = new_page(self._browser, width=width, dark=dark)
            page.goto(url)
            page.wait_for_timeout(1000 * wait)
            self.save(page, name, width, dark)
            page.context.close()

    def save(self, page: Any, name: str, width: int, dark: bool) -> None:
        """One picture; narrow pages whole."""
        file = self._folder / f"{name}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=file, full_page=width < 1440)


def ended(camera: Camera, served: Served) -> None:
    """States that stay."""
    camera.shoot("empty-runs", f"{served.url}/runs", wait=1)
    camera.shoot("unknown", f"{served.url}/runs/{'0' * 32}", wait=1)
    one = served.launch(spec(1, 400, [32]) | {"name": "One network " + "with a very long name " * 3})["id"]
    served.wait(one, "finished")
    camera.shoot("one-arm-long-name", f"{served.url}/runs/{one}")
    bad = spec(2, 400, [64, 64, 64]) | {"optimizer": {"kind": "sgd", "learning_rate": 900.0}}
    bad["model"] = {"hidden": [64, 64, 64], "activation": "relu"}
    diverged = served.launch(bad)["id"]
    served.wait(diverged, "finished")
    camera.shoot("diverged", f"{served.url}/runs/{diverged}")
    for name, hidden, arms in (("twelve-layers", [32] * 12, 2), ("eight-arms", [32, 32, 32], 8)):
        run = served.launch(spec(arms, 600, hidden))["id"]
        served.wait(run, "finished", seconds=120)
        camera.shoot(name, f"{served.url}/runs/{run}")
    failed = served.launch(spec(2, 100, [32]) | {"dataset": {"kind": "mnist"}})["id"]
    served.wait(failed, "failed")
    camera.shoot("failed", f"{served.url}/runs/{failed}")


def live(camera: Camera, served: Served) -> None:
    """States that pass."""
    busy = served.launch(spec(2, LONG, [32, 32]))["id"]
    served.wait(busy, "running")
    waiting = [served.launch(spec(2, LONG, [32, 32]))["id"] for _ in range(3)]
    camera.shoot("queued", f"{served.url}/runs/{waiting[-1]}")
    camera.shoot("running", f"{served.url}/runs/{busy}")
    camera.shoot("runs", f"{served.url}/runs", wait=1)
    command(served, busy, "pause")
    served.wait(busy, "paused")
    camera.shoot("paused", f"{served.url}/runs/{busy}")
    for run in waiting:
        command(served, run, "stop")
    command(served, busy, "stop")
    served.wait(busy, "stopped")
    camera.shoot("stopped", f"{served.url}/runs/{busy}")
    victim = served.launch(spec(2, LONG, [32, 32]))["id"]
    served.wait(victim, "running")
    with contextlib.closing(Store(f"sqlite:///{served.data_dir / 'normscope.db'}")) as store:
        holder = store.holder(victim)
        assert holder is not None
        os.kill(holder.pid, signal.SIGKILL)
        served.wait(victim, "interrupted")
        camera.shoot("interrupted", f"{served.url}/runs/{victim}")


def preparing(camera: Camera, served: Served) -> None:
    """This process takes the place of a worker that is slow to download."""
    with contextlib.closing(Store(f"sqlite:///{served.data_dir / 'normscope.db'}", lease_seconds=600)) as store:
        busy = served.launch(spec(2, LONG, [32, 32]))["id"]
        served.wait(busy, "running")
        run = served.launch(spec(2, LONG, [32, 32]))["id"]
        assert store.claim(run, seconds=600)
        lease = store.acquire(run, this_process())
        store.append(lease, [], tail=None, progress=Progress(phase="preparing", phase_fraction=0.42))
        camera.shoot("preparing", f"{served.url}/runs/{run}")
        store.set_state(lease, "stopped")
        command(served, busy, "stop")


def offline(camera: Camera, browser: Browser, folder: Path) -> None:
    """The server goes while the page is open."""
    for width, dark in LOOKS:
        served = start(folder, WORKERS="1")
        run = served.launch(spec(2, LONG, [32, 32]))["id"]
        page = new_page(browser, width=width, dark=dark)
        page.goto(f"{served.url}/runs/{run}")
        page.wait_for_timeout(3000)
        served.process.kill()
        served.process.wait()
        page.wait_for_timeout(2500)
        camera.save(page, "offline", width, dark)
        page.context.close()


def main() -> None:
    """All states, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder, broken = Path(name), Path(name) / "datasets"
        (broken / "mnist").mkdir(parents=True)
        for file in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
            (broken / "mnist" / f"{file}-ubyte").write_bytes(b"not what was published")
        camera = Camera(browser, options.to)
        with serving(folder / "data", broken, WORKERS="1") as served:
            ended(camera, served)
            live(camera, served)
            preparing(camera, served)
        with serving(folder / "offline", WORKERS="1"):
            pass
        offline(camera, browser, folder / "offline")
        with serving(folder / "offline"):
            pass


if __name__ == "__main__":
    main()
