"""Follow what was launched from the terminal; be its server, where there is none."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

from rich.console import RenderableType
from rich.live import Live

from normscope.cli.common import console
from normscope.errors import CommandRefused, StoreLocked
from normscope.execution.base import executor
from normscope.server.supervisor import Supervisor
from normscope.settings import Settings
from normscope.storage.lock import ServerLock
from normscope.storage.store import Store

R = TypeVar("R")
R_contra = TypeVar("R_contra", contravariant=True)
LOOK_SECONDS = 0.1
INTERRUPTED = 130
"""What a command ends with after Ctrl-C."""


class Shown(Protocol):
    """What stands in the terminal while something goes on."""

    def render(self) -> RenderableType:
        """As it is now."""
        ...


class ShowsRecord(Shown, Protocol[R_contra]):
    """What stands there of one record."""

    def show(self, record: R_contra, *, stopping: bool) -> None:
        """Take the record as it is now."""
        ...


async def follow_record(
    store: Store,
    chosen: Settings,
    display: ShowsRecord[R],
    *,
    read: Callable[[], R],
    over: Callable[[R], bool],
    stop: Callable[[], object],
) -> tuple[R, bool]:
    """``follow`` one record, which ``read`` fetches; returns it as it was last, and whether Ctrl-C came."""
    record = read()

    async def look(stopping: bool) -> bool:
        nonlocal record
        record = await asyncio.to_thread(read)
        display.show(record, stopping=stopping)
        return over(record)

    interrupted = await follow(store, chosen, display, look=look, stop=stop)
    return record, interrupted


async def follow(
    store: Store,
    chosen: Settings,
    display: Shown,
    *,
    look: Callable[[bool], Awaitable[bool]],
    stop: Callable[[], object],
) -> bool:
    """Show ``display`` until nothing more will come; returns whether Ctrl-C came. A second one gives up waiting.

    Args:
        look: bring the display up to date, told whether it is stopping; returns whether all is over.
        stop: called at the first Ctrl-C.
    """
    interrupts = 0

    def interrupt() -> None:
        nonlocal interrupts
        interrupts += 1
        if interrupts == 1:
            with contextlib.suppress(CommandRefused):
                stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    async with supervised(store, chosen):
        with Live(display.render(), console=console, refresh_per_second=10, transient=True) as live:
            over = False
            while not over and interrupts < 2:
                await asyncio.sleep(LOOK_SECONDS)
                over = await look(interrupts > 0)
                live.update(display.render())
    return interrupts > 0


@contextlib.asynccontextmanager
async def supervised(store: Store, chosen: Settings) -> AsyncIterator[None]:
    """Supervise the runs of this data directory, unless a server does so already."""
    try:
        lock = ServerLock(chosen.data_dir)
    except StoreLocked:
        yield
        return
    with lock:
        task = asyncio.create_task(Supervisor(store, executor(chosen), chosen).run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
