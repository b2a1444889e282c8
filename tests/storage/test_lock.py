"""One server per data directory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from normscope.errors import StoreLocked
from normscope.storage.lock import ServerLock

HOLD = "import sys, pathlib; from normscope.storage.lock import ServerLock; l = ServerLock(pathlib.Path(sys.argv[1]));"


def test_a_second_server_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    with ServerLock(tmp_path / "data"), pytest.raises(StoreLocked, match=rf"in use .* \(process {os.getpid()}\)"):
        ServerLock(tmp_path / "data")


def test_released_is_free(tmp_path: Path) -> None:
    first = ServerLock(tmp_path)
    first.release()
    with ServerLock(tmp_path):
        first.release()
        with pytest.raises(StoreLocked):
            ServerLock(tmp_path)


def test_a_dead_server_locks_nobody_out(tmp_path: Path) -> None:
    script = HOLD + "print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(StoreLocked, match=f"process {process.pid}"):
            ServerLock(tmp_path)
        process.kill()
        process.wait()
        ServerLock(tmp_path).release()
