"""Is that process still alive? A process is told from a later one with the same number by when it started.

On Linux the start is counted in clock ticks since boot, which no correction of the clock moves.
"""

from __future__ import annotations

import contextlib
import os
import platform
import signal
from functools import cache
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from normscope.storage.model import Holder

_PROC = Path("/proc")


@cache
def host() -> str:
    """Names the set of processes that this one can inspect: machine, boot, and process namespace (containers)."""
    boot = _PROC / "sys" / "kernel" / "random" / "boot_id"
    if not boot.exists():
        return platform.node()
    return f"{platform.node()}/{boot.read_text().strip()}/{os.readlink(_PROC / 'self' / 'ns' / 'pid')}"


def started(pid: int) -> float | None:
    """When the process began, comparable on the same host only; None: there is none, or it has ended."""
    if (_PROC / "self" / "stat").exists():
        fields = _stat(pid)
        return None if fields is None or fields[0] in "ZX" else float(fields[19])
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.NoSuchProcess:
        return None


def suspended(holder: Holder) -> bool:
    """Whether somebody has stopped the process (SIGSTOP, a debugger), so that it cannot end what it has begun."""
    fields = _stat(holder.pid)
    return alive(holder) and fields is not None and fields[0] in "Tt"


def _stat(pid: int) -> list[str] | None:
    """The fields of proc(5)'s ``stat`` behind the command's name: state, parent, ..., start time as the 20th."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return stat.rpartition(")")[2].split()


def this_process() -> Holder:
    """The holder that the calling process is."""
    pid = os.getpid()
    return Holder(host(), pid, started(pid) or 0.0)


def here(holder: Holder) -> bool:
    """Whether the holder can be inspected from this process."""
    return holder.host == host()


def alive(holder: Holder) -> bool:
    """Whether a holder that is ``here`` still runs."""
    return started(holder.pid) == holder.started


def kill(holder: Holder) -> None:
    """End a holder that is ``here`` by SIGKILL, unless it has ended."""
    if alive(holder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(holder.pid, signal.SIGKILL)
