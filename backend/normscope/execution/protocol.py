"""How the launcher is spoken to: one JSON line each way over a Unix stream socket, then the connection is closed.

``{"do": "ping" | "start" | "stop" | "retire", "run": id}`` is answered by ``{"fingerprint": ..., "pid": ...,
"runs": [ids of workers that have not ended], "error": text or absent}``.
"""

from __future__ import annotations

import hashlib
import json
import socket
import sys
from pathlib import Path
from typing import Any

import normscope
from normscope.errors import LauncherUnavailable
from normscope.settings import Settings
from normscope.storage.nudge import runtime_dir

ANSWER_SECONDS = 5.0
READY = b"ready\n"
BUSY = b"busy\n"
_FOR_WORKERS = {
    "data_dir",
    "database_url",
    "datasets_dir",
    "download",
    "lease_seconds",
    "heartbeat_seconds",
    "log_level",
    "workers",
}


def address(settings: Settings) -> Path:
    """Where the launcher listens."""
    return runtime_dir(settings.data_dir) / "launcher"


def lock_file(settings: Settings) -> Path:
    """Locked by the launcher that listens."""
    return runtime_dir(settings.data_dir) / "launcher.lock"


def log_file(settings: Settings, name: str) -> Path:
    """Where a process of ours writes what it has to say: ``launcher`` or a run's id."""
    folder = settings.data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.log"


def absolute(settings: Settings) -> Settings:
    """The same settings, valid in any working directory."""
    return settings.model_copy(
        update={"data_dir": settings.data_dir.resolve(), "datasets_dir": settings.datasets_dir.resolve()}
    )


def fingerprint(settings: Settings) -> str:
    """Names the code and the settings that workers get: a launcher with another one is out of date."""
    digest = hashlib.sha256(sys.version.encode())
    digest.update(absolute(settings).model_dump_json(include=_FOR_WORKERS).encode())
    root = Path(normscope.__file__).parent
    for file in sorted(root.rglob("*.py")):
        status = file.stat()
        digest.update(f"{file.relative_to(root)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return f"{normscope.__version__}-{digest.hexdigest()[:16]}"


def request(settings: Settings, do: str, run_id: str | None = None) -> dict[str, Any] | None:
    """Ask the launcher; None: none listens.

    Raises:
        LauncherUnavailable: one listens, and does not answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(str(address(settings)))
            connection.sendall(json.dumps({"do": do, "run": run_id}).encode() + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline()
        except (FileNotFoundError, ConnectionError):
            return None
        except OSError as error:
            raise LauncherUnavailable(f"the launcher does not answer: {error}") from error
    answer: dict[str, Any] | None = json.loads(line) if line else None
    return answer
