"""Nudges: short private paths, and sending that never blocks."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from normscope.errors import StoreError
from normscope.storage import nudge


def test_a_nudge_arrives(tmp_path: Path) -> None:
    with nudge.bind(tmp_path) as receiver:
        nudge.sender(tmp_path)("a" * 32)
        assert receiver.recv(nudge.MAX_BYTES) == b"a" * 32
        with pytest.raises(BlockingIOError):
            receiver.recv(nudge.MAX_BYTES)


def test_nobody_listens_and_nobody_minds(tmp_path: Path) -> None:
    nudge.sender(tmp_path)("a" * 32)
    nudge.bind(tmp_path).close()
    nudge.sender(tmp_path)("a" * 32)
    assert nudge.path(tmp_path).exists(), "the dead server's socket is what the second nudge met"


def test_a_receiver_that_never_reads_blocks_nobody(tmp_path: Path) -> None:
    with nudge.bind(tmp_path):
        send = nudge.sender(tmp_path)
        began = time.perf_counter()
        for _ in range(2000):
            send("a" * 32)
        assert time.perf_counter() - began < 2.0


def test_a_later_server_takes_the_address_over(tmp_path: Path) -> None:
    with nudge.bind(tmp_path), nudge.bind(tmp_path) as second:
        nudge.sender(tmp_path)("b" * 32)
        assert second.recv(nudge.MAX_BYTES) == b"b" * 32


def test_the_path_is_short_private_and_depends_on_the_directory_alone(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    path = nudge.path(deep)
    assert len(os.fsencode(path)) < 100
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert nudge.path(deep) == path
    assert nudge.path(tmp_path) != path


def test_a_folder_left_open_is_closed(tmp_path: Path) -> None:
    folder = nudge.runtime_dir(tmp_path)
    folder.chmod(0o777)
    nudge.runtime_dir(tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudge, "_ROOT", tmp_path)
    (tmp_path / f"normscope-{os.getuid()}").symlink_to("/")
    with pytest.raises(StoreError, match="must be a folder of user"):
        nudge.path(tmp_path / "data")
