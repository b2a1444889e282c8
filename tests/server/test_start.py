"""The server starts quickly because it never imports torch."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from normscope.errors import StoreLocked
from normscope.settings import Settings
from normscope.storage.lock import ServerLock
from tests.server.running import running

PROGRAM = """
import json, sys, time
begun = time.perf_counter()
import asyncio, pathlib
from normscope.server.app import create_app
from normscope.errors import StoreLocked
from normscope.settings import Settings
from normscope.storage.lock import ServerLock
from normscope.cli import app as commands
class Idle:
    def prepare(self): pass
    def start(self, run_id): pass
    def stop(self, run_id): pass
    def close(self): pass
async def main():
    app = create_app(Settings(data_dir=pathlib.Path(sys.argv[1])), execute=lambda settings: Idle())
    async with app.router.lifespan_context(app):
        await asyncio.sleep(0.1)
asyncio.run(main())
names = ("torch", "numba", "sklearn", "normscope.training", "normscope.probes")
heavy = [name for name in names if name in sys.modules]
print(json.dumps({"seconds": time.perf_counter() - begun - 0.1, "heavy": heavy}))
"""


def test_server_and_command_line_never_import_torch(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True, timeout=240
    )
    said = json.loads(answer.stdout.splitlines()[-1])
    print(f"server imported and started in {said['seconds']:.2f} s")
    assert said["heavy"] == []


def test_a_second_server_on_the_same_data_refuses_to_start(tmp_path: Path) -> None:
    with running(tmp_path), pytest.raises(StoreLocked, match="another server"):
        ServerLock(tmp_path)
    ServerLock(tmp_path).release()


def test_a_supervisor_that_failed_is_not_ready(tmp_path: Path) -> None:
    class Broken:
        def prepare(self) -> None:
            raise RuntimeError("no")

        def start(self, run_id: str) -> None:
            """Never asked."""

        def stop(self, run_id: str) -> None:
            """Never asked."""

        def close(self) -> None:
            """Nothing to close."""

    with running(tmp_path, execute=lambda settings: Broken()) as server:
        deadline = time.monotonic() + 60
        while (answer := server.get("/health/ready")).status_code == 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert answer.status_code == 503
        assert "supervisor" in answer.json()["detail"]
        assert server.get("/health/live").status_code == 200


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMSCOPE_ORIGINS", '["https://a.example"]')
    monkeypatch.setenv("NORMSCOPE_PUBLIC", "true")
    assert Settings().origins == ("https://a.example",)
    assert Settings().public
