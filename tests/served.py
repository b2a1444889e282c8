"""A real server in a process of its own, on a free port, with data of its own; ended with all it started."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

COMMAND = str(Path(sys.executable).with_name("normscope"))
START_SECONDS = 120.0
SECONDS = 120.0
"""How long a test waits for what comes soon where nobody else wants the processors."""


@dataclass
class Served:
    """``url`` is what the server printed; ``process`` may be killed, ``data_dir`` served again."""

    url: str
    process: subprocess.Popen[str]
    data_dir: Path
    log: Path

    def launch(self, spec: dict[str, Any]) -> dict[str, Any]:
        """POST a spec, return the record."""
        answer = httpx.post(f"{self.url}/api/runs", json=spec, timeout=SECONDS)
        assert answer.status_code == 201, answer.text
        record: dict[str, Any] = answer.json()
        return record

    def preset(self, name: str) -> dict[str, Any]:
        """The spec of a preset that the form offers."""
        presets = httpx.get(f"{self.url}/api/catalog", timeout=SECONDS).json()["presets"]
        spec: dict[str, Any] = next(preset["spec"] for preset in presets if preset["id"] == name)
        return spec

    def record(self, run: str) -> dict[str, Any]:
        """GET a record."""
        answer = httpx.get(f"{self.url}/api/runs/{run}", timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        record: dict[str, Any] = answer.json()
        return record

    def wait(self, run: str, *states: str, seconds: float = SECONDS) -> dict[str, Any]:
        """Poll until the run is in one of ``states``."""
        deadline = time.monotonic() + seconds
        while (record := self.record(run))["state"] not in states:
            assert time.monotonic() < deadline, f"run is {record['state']} after {seconds} s, expected {states}"
            time.sleep(0.05)
        return record


def environment(data_dir: Path, datasets_dir: Path | None, **settings: str) -> dict[str, str]:
    """The environment of a command of ours: no download, what dies stays dead, no variable of NormScope's inherited."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NORMSCOPE_")}
    ours = {
        "DATA_DIR": str(data_dir),
        "DOWNLOAD": "false",
        "RESUME_ATTEMPTS": "0",
        "DATASETS_DIR": str(datasets_dir or data_dir / "datasets"),
    }
    return inherited | {f"NORMSCOPE_{name}": value for name, value in (ours | settings).items()}


def start(data_dir: Path, datasets_dir: Path | None = None, **settings: str) -> Served:
    """Start ``normscope serve``; returns when it answers. ``settings`` without prefix, e.g. ``WORKERS="1"``."""
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / f"server-{time.monotonic_ns()}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [COMMAND, "serve"],
            env=environment(data_dir, datasets_dir, **({"PORT": "0"} | settings)),
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        text = log.read_text()
        assert process.poll() is None, f"the server ended:\n{text}"
        if found := re.search(r"http://[\d.]+:\d+", text):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{found[0]}/api/health/ready", timeout=SECONDS).status_code == 200:
                    return Served(found[0], process, data_dir, log)
        time.sleep(0.02)
    process.kill()
    raise AssertionError(f"the server did not answer in {START_SECONDS} s:\n{log.read_text()}")


def end(served: Served, *, workers: bool = True) -> None:
    """End the server, and with ``workers`` all runs and the launcher too."""
    if served.process.poll() is None:
        served.process.send_signal(signal.SIGINT)
        try:
            served.process.wait(30)
        except subprocess.TimeoutExpired:
            served.process.kill()
            served.process.wait(5)
    if workers:
        subprocess.run(
            [COMMAND, "stop", "--all"],
            env=environment(served.data_dir, None),
            check=False,
            capture_output=True,
            timeout=SECONDS,
        )


@contextlib.contextmanager
def serving(data_dir: Path, datasets_dir: Path | None = None, **settings: str) -> Iterator[Served]:
    """``start`` and ``end`` as a block."""
    served = start(data_dir, datasets_dir, **settings)
    try:
        yield served
    finally:
        end(served)
