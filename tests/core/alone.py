"""A Python that has no normscope: it imports torch once, then runs one script after another, each in a fork of its own.

It reads a line of JSON for each, ``{"file", "arguments", "out", "error"}``, and answers with the exit status.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from typing import Any

import sklearn.datasets  # noqa: F401  for all that are forked from here
import torch  # noqa: F401

sys.modules["normscope"] = None  # type: ignore[assignment]  # from here on an import of it fails


def run(file: str, arguments: list[str], out: str, error: str) -> int:
    """The exit status of ``python FILE ARGUMENTS``, which writes to the files ``out`` and ``error``."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for descriptor, path in ((1, out), (2, error)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    os.chdir(os.path.dirname(file))
    sys.argv = [file, *arguments]
    runpy.run_path(file, run_name="__main__")
    assert not [name for name in sys.modules if name.startswith("normscope.")]
    sys.exit()


if __name__ == "__main__":
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        print(run(**asked), flush=True)
