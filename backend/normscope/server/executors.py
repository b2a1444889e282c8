"""Executors by name. They are imported when chosen: one of them trains in this process."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from normscope.execution.base import Executor
from normscope.settings import Settings

EXECUTORS = {
    "local": ("normscope.execution.local", "LocalExecutor"),
    "inline": ("normscope.execution.inline", "InlineExecutor"),
}


def executor(settings: Settings) -> Executor:
    """The executor ``settings`` name."""
    module, name = EXECUTORS[settings.executor]
    return cast(Executor, getattr(import_module(module), name)(settings))
