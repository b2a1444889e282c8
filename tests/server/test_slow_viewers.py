"""Viewers that read too slowly or not at all hold up nobody."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from normscope.server import connection
from tests.contract.material import points, points_message
from tests.server.reader import RNG, SECONDS, Reader, close_code
from tests.server.running import Running, running, worker

pytestmark = pytest.mark.alone


def slow_viewer(server: Running, run: str) -> socket.socket:
    """A socket that asks for the stream and then never reads."""
    host, port = server.url.removeprefix("http://").split(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    raw.connect((host, int(port)))
    raw.sendall(
        f"GET /api/runs/{run}/stream HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return raw


def test_a_viewer_that_never_reads_is_cut_off_and_holds_up_nobody(tmp_path: Path) -> None:
    with running(tmp_path, viewer_buffer_bytes=65_536) as server:
        made = worker(server)
        made.manifest()
        raw = slow_viewer(server, made.run)
        with raw, server.watch(made.run, max_size=None) as watching:
            reader = Reader(watching)
            large = points(RNG, 20_000)
            begun = time.monotonic()
            for _ in range(30):
                made.points(large)
                reader.until(made.sequence)
            assert time.monotonic() - begun < 10, "a viewer that reads is not held up"
            raw.settimeout(0.2)
            deadline = time.monotonic() + SECONDS
            while not _is_cut(raw):
                assert time.monotonic() < deadline, "still connected"
                time.sleep(0.1)


def _is_cut(raw: socket.socket) -> bool:
    """Whether the other side is gone: the kernel says so without our reading."""
    state = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state != 1  # TCP_ESTABLISHED


def test_a_viewer_that_reads_too_slowly_is_told_1013(tmp_path: Path) -> None:
    with running(tmp_path, viewer_buffer_bytes=65_536) as server:
        made = worker(server)
        made.manifest()
        large = points(RNG, 20_000)
        with server.watch(made.run, max_size=None, max_queue=1) as watching:
            Reader(watching).until(1)
            for number in range(2, 42):
                server.store.append(made.lease, [points_message(made.run, number, large)], tail=None)
            assert close_code(watching) == 1013


def test_only_so_many_may_watch(tmp_path: Path) -> None:
    with running(tmp_path, viewers=1) as server:
        made = worker(server)
        made.manifest()
        with server.watch(made.run) as watching:
            Reader(watching).until(1)
            with server.watch(made.run) as refused:
                assert close_code(refused) == 1013
        deadline = time.monotonic() + SECONDS
        while not _is_taken_in(server, made.run):  # The server may not have heard yet that the first one left.
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _is_taken_in(server: Running, run: str) -> bool:
    with server.watch(run) as watching:
        try:
            Reader(watching).until(1)
        except ConnectionClosed:
            return False
    return True


def test_a_viewer_that_reads_slowly_but_reads_is_not_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "STALLED_SECONDS", 1.5)
    with running(tmp_path) as server:
        made = worker(server)
        made.manifest()
        made.points(points(RNG, 400_000))
        with slow_viewer(server, made.run) as raw:
            until = time.monotonic() + 3.5
            while time.monotonic() < until:
                assert raw.recv(65_536)
                time.sleep(0.03)
            assert not _is_cut(raw)
            deadline = time.monotonic() + SECONDS
            while not _is_cut(raw):
                assert time.monotonic() < deadline, "it stopped reading, and is still connected"
                time.sleep(0.05)
