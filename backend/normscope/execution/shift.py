"""A worker's shift: the run it was started for, then one cell of a sweep after the other while no single run waits.

A process that has trained once begins the next cell at once: nothing is forked, imported or warmed up again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from normscope.execution.worker import Outcome, work
from normscope.settings import Settings
from normscope.storage import nudge
from normscope.storage.store import Store


def shift(settings: Settings, run_id: str, *, begin: Callable[[str], None] = lambda run_id: None) -> Outcome:
    """Execute ``run_id``, then further cells. A run that failed, or was lost, ends the shift: a fresh process goes on.

    Args:
        begin: called with each run's id before it is executed.

    Returns:
        How the last run ended.
    """
    following: str | None = run_id
    outcome: Outcome = "lost"
    while following is not None:
        begin(following)
        outcome = work(settings, following)
        following = _next(settings) if outcome in ("finished", "stopped") else None
    return outcome


def _next(settings: Settings) -> str | None:
    poke = nudge.sender(settings.data_dir)
    with contextlib.closing(Store(settings.url, nudge=poke, lease_seconds=settings.lease_seconds)) as store:
        return store.claim_cell(workers=settings.workers)
