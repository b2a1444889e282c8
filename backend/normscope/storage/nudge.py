"""A nudge says "look at this run": one datagram after a commit, so that the server need not wait for its next poll.

A lost nudge costs a poll interval, never a chunk; so sending never blocks and every error is ignored. The sockets live
under a short path of their own, since a Unix socket's path may have some hundred bytes only, and a data directory's
path may be longer. The place depends on user and data directory alone (not on a login session), so that any later
server finds what an earlier one left running.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

from normscope.errors import StoreError

_ROOT = Path("/tmp")
MAX_BYTES = 64
"""Longest nudge; a run id has 32 bytes."""


def runtime_dir(data_dir: Path) -> Path:
    """The folder for the sockets that belong to ``data_dir``; made when absent, open to its owner alone.

    Raises:
        StoreError: somebody else owns the folder.
    """
    root = _ROOT / f"normscope-{os.getuid()}"
    folder = root / hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    for path in (root, folder):
        path.mkdir(mode=0o700, exist_ok=True)
        status = path.lstat()
        if status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode):
            raise StoreError(f"{path} must be a folder of user {os.getuid()}; it belongs to user {status.st_uid}")
        if status.st_mode & 0o077:
            path.chmod(0o700)
    return folder


def path(data_dir: Path) -> Path:
    """Where the server of ``data_dir`` listens for nudges."""
    return runtime_dir(data_dir) / "nudge"


def bind(data_dir: Path) -> socket.socket:
    """The server's end: a non-blocking datagram socket; each datagram is a run id. The caller closes it."""
    address = path(data_dir)
    address.unlink(missing_ok=True)
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.setblocking(False)
    receiver.bind(str(address))
    return receiver


def sender(data_dir: Path) -> Callable[[str], None]:
    """A function ``nudge(run_id)`` for ``Store``: never blocks, ignores that nobody listens."""
    address = str(path(data_dir))

    def nudge(run_id: str) -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.setblocking(False)
            sending.sendto(run_id.encode(), address)

    return nudge
