"""The launcher: a warm process from which workers are forked, so that a run starts in some 40 ms instead of 3 s.

Started by name (``python -m normscope.execution.launcher SETTINGS FINGERPRINT READY_FD``) by ``LocalExecutor``, whose
fingerprint it answers with. It detaches into a session of its own, so that Ctrl-C on the server and the server's death
do not reach it; it has one thread and never touches a GPU, since a process with either must not fork; it holds no
connection to the database. It ends by itself some time after its last worker ended and no server asked for it.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from normscope.execution import protocol
from normscope.settings import Settings

IDLE_SECONDS = 60.0
REQUEST_SECONDS = 1.0
NICENESS = 5


class Launcher:
    """Answers requests, forks workers, reaps them."""

    def __init__(self, settings: Settings, fingerprint: str, listening: socket.socket, lock: int) -> None:
        self._settings = settings
        self._listening = listening
        self._lock = lock
        self._fingerprint = fingerprint
        self._workers: dict[int, str] = {}
        self._wake, self._wake_write = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._retired = False
        self._wanted = time.monotonic()

    def serve(self) -> None:
        """Until nobody needs it any more."""
        self._listening.setblocking(False)
        self._wake.setblocking(False)
        self._wake_write.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._wake_write.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(self._wake, selectors.EVENT_READ)
        while self._needed():
            for key, _ in self._selector.select(timeout=1.0):
                if key.fileobj is self._listening:
                    self._answer()
                else:
                    self._wake.recv(4096)
            self._reap()

    def close(self) -> None:
        """Free what ``serve`` used."""
        self._selector.close()
        self._wake.close()
        self._wake_write.close()

    def _needed(self) -> bool:
        if self._workers:
            self._wanted = time.monotonic()
            return True
        return not self._retired and time.monotonic() - self._wanted < IDLE_SECONDS

    def _answer(self) -> None:
        """One request on one connection. A client that vanishes is no concern of ours."""
        try:
            connection, _ = self._listening.accept()
        except BlockingIOError:
            return
        with connection:
            connection.settimeout(REQUEST_SECONDS)
            try:
                with connection.makefile("rb") as lines:
                    request = json.loads(lines.readline())
                answer = self._do(request, connection)
                connection.sendall(json.dumps(answer).encode() + b"\n")
            except (OSError, ValueError) as error:
                print(f"a request failed: {error!r}", file=sys.stderr)

    def _do(self, request: dict[str, Any], connection: socket.socket) -> dict[str, Any]:
        self._wanted = time.monotonic()
        answer: dict[str, Any] = {"fingerprint": self._fingerprint, "pid": os.getpid()}
        if request["do"] == "start":
            error = self._start(request["run"], connection)
            if error is not None:
                answer["error"] = error
        elif request["do"] == "stop":
            for pid in [pid for pid, run in self._workers.items() if run == request["run"]]:
                os.kill(pid, signal.SIGKILL)
        elif request["do"] == "retire":
            self._retire()
        return answer | {"runs": sorted(self._workers.values())}

    def _retire(self) -> None:
        """Make room for a successor; only wait for the workers from now on."""
        self._retired = True
        self._selector.unregister(self._listening)
        protocol.address(self._settings).unlink(missing_ok=True)
        protocol.lock_file(self._settings).unlink(missing_ok=True)
        self._listening.close()

    def _start(self, run_id: str, connection: socket.socket) -> str | None:
        """Fork a worker; returns why it could not."""
        if sys.platform == "darwin":  # Apple's libraries do not survive a fork
            command = [sys.executable, "-m", __spec__.name, self._settings.model_dump_json(), run_id]
            self._workers[subprocess.Popen(command).pid] = run_id
            return None
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            return f"expected 1 thread before a fork, got {threads}"
        pid = os.fork()
        if pid:
            self._workers[pid] = run_id
            return None
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.close()
            connection.close()
            self._listening.close()
            os.close(self._lock)  # else a worker would hold the launcher's lock when the launcher dies
            status = run_worker(self._settings, run_id)
        finally:
            if sys.exc_info()[0] is not None:
                traceback.print_exc()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)  # never back into the launcher's loop, nor into its exit handlers

    def _reap(self) -> None:
        for pid in list(self._workers):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                print(f"worker {pid} of run {self._workers.pop(pid)} ended: {status}", file=sys.stderr, flush=True)


def run_worker(settings: Settings, run_id: str) -> int:
    """What a worker process does; its words go to a log for each run. Returns the exit status."""
    from normscope.execution.shift import shift

    os.nice(NICENESS)
    outcome = shift(settings, run_id, begin=lambda run: redirect(protocol.log_file(settings, run)))
    return 0 if outcome in ("finished", "stopped") else 1


def redirect(log: Path) -> None:
    """Append stdout and stderr to ``log``; read nothing."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def main(settings: Settings, fingerprint: str, ready: int) -> None:
    """Detach, warm up, say so on the descriptor ``ready``, serve."""
    if os.fork():
        os._exit(0)  # the server need not reap us, ever
    os.setsid()
    os.chdir("/")
    lock = os.open(protocol.lock_file(settings), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.write(ready, protocol.BUSY)
        return
    redirect(protocol.log_file(settings, "launcher"))
    print(f"launcher {os.getpid()} warms up", file=sys.stderr, flush=True)
    from normscope.execution import shift  # noqa: F401  (what a worker needs must be imported before it is forked)
    from normscope.training.warm import warm

    warm(settings.data_dir / "cache", settings.datasets_dir)
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        protocol.address(settings).unlink(missing_ok=True)
        listening.bind(str(protocol.address(settings)))
        listening.listen(64)
        with contextlib.suppress(BrokenPipeError):  # whoever started us has gone; another will come
            os.write(ready, protocol.READY)
        os.close(ready)
        launcher = Launcher(settings, fingerprint, listening, lock)
        launcher.serve()
        print(f"launcher {os.getpid()} is not needed any more", file=sys.stderr, flush=True)


if __name__ == "__main__":
    given = Settings.model_validate_json(sys.argv[1])
    if len(sys.argv) == 3:
        sys.exit(run_worker(given, sys.argv[2]))
    main(given, sys.argv[2], int(sys.argv[3]))
