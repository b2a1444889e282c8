"""The ASGI application: routes, websocket, pages, and what runs beside them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import structlog
from fastapi import APIRouter, FastAPI

from normscope import __version__
from normscope.core.device import cuda_at_hand
from normscope.execution.base import Executor, executor
from normscope.server import problems, room_stream, static, stream
from normscope.server.body_limit import BodyLimit
from normscope.server.compression import Compression
from normscope.server.durations import Durations
from normscope.server.evidence import Judge
from normscope.server.follower import Followers
from normscope.server.limits import Admission
from normscope.server.openapi import describe
from normscope.server.points import PointCache
from normscope.server.rooms import Rooms
from normscope.server.routes import catalog, claims, export, health, rooms, runs, sweeps, telemetry
from normscope.server.security import Security
from normscope.server.services import Services
from normscope.server.supervisor import Supervisor
from normscope.settings import Settings
from normscope.storage import nudge
from normscope.storage.lock import ServerLock
from normscope.storage.store import Store

log = structlog.get_logger()


def create_app(
    settings: Settings, *, pages: Path = static.STATIC, execute: Callable[[Settings], Executor] = executor
) -> FastAPI:
    """The application. Nothing is opened before its lifespan begins.

    Args:
        pages: folder of the built frontend.
        execute: makes what runs are executed by.
    """
    app = FastAPI(
        title="NormScope",
        version=__version__,
        summary="Live training visualisation: networks with and without normalisation, side by side.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=partial(_lifespan, settings, execute),
    )
    problems.install(app)
    api = APIRouter(prefix="/api")
    for part in (runs, sweeps, claims, rooms, telemetry, export, catalog, health, stream, room_stream):
        api.include_router(part.router)
    app.include_router(api)
    app.include_router(static.router(pages))
    app.add_middleware(Compression)
    app.add_middleware(BodyLimit)
    app.add_middleware(Security, settings=settings, script_hashes=static.InlineScripts(pages).hashes)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app


@contextlib.asynccontextmanager
async def _lifespan(settings: Settings, execute: Callable[[Settings], Executor], app: FastAPI) -> AsyncIterator[None]:
    """Open the store, supervise runs and listen for nudges for as long as the server lives.

    Raises:
        StoreLocked: another server owns the data directory.
    """
    async with contextlib.AsyncExitStack() as stack:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        stack.enter_context(ServerLock(settings.data_dir))
        # The server's own changes need no detour over the socket, but one way for all is simpler.
        store = Store(settings.url, nudge=nudge.sender(settings.data_dir), lease_seconds=settings.lease_seconds)
        stack.callback(store.close)
        followers = Followers(store)
        stack.push_async_callback(followers.close)
        supervisor = Supervisor(store, execute(settings), settings)
        supervision = asyncio.create_task(supervisor.run())
        supervision.add_done_callback(_say_why)
        stack.push_async_callback(_end, supervision)
        loop = asyncio.get_running_loop()
        points = PointCache(store)
        app.state.services = Services(
            settings=settings,
            store=store,
            kick=partial(loop.call_soon_threadsafe, supervisor.kick),
            supervision=supervision,
            followers=followers,
            points=points,
            judge=Judge(store, points),
            durations=Durations(store),
            admission=Admission(settings, store),
            rooms=Rooms(settings),
            cuda=cuda_at_hand(),
        )
        stack.callback(_listen(nudge.bind(settings.data_dir), followers))
        yield


def _listen(receiver: socket.socket, followers: Followers) -> Callable[[], None]:
    """Hand every nudge on; returns what ends it."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                followers.nudge(receiver.recv(nudge.MAX_BYTES).decode(errors="replace"))

    def end() -> None:
        loop.remove_reader(receiver.fileno())
        receiver.close()

    loop.add_reader(receiver.fileno(), read)
    return end


def _say_why(task: asyncio.Task[None]) -> None:
    """A supervisor that ends by itself leaves runs unwatched: ``/api/health/ready`` says so, and the log says why."""
    if not task.cancelled():
        log.critical("supervisor_ended", exc_info=task.exception())


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
