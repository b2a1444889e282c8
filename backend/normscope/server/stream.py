"""The websocket of a run: hello, everything after N in order, then live."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, WebSocket, WebSocketDisconnect

from normscope.core.events import Hello
from normscope.core.record import RunRecord
from normscope.errors import RunNotFound
from normscope.server.close_codes import GONE, LATER
from normscope.server.connection import abort
from normscope.server.hub import REASONS, Feed, Payload, Viewer, payload
from normscope.server.services import Services
from normscope.storage.model import Head

CLOSE_SECONDS = 5.0
"""A viewer that does not take its close frame for so long is cut off."""
AGAIN_SECONDS = 0.02
BLOCK_BYTES = 1_000_000
router = APIRouter()


@router.websocket("/runs/{run_id}/stream")
async def stream(
    websocket: WebSocket,
    run_id: Annotated[str, Path()],
    epoch: Annotated[int | None, Query(ge=0)] = None,
    after: Annotated[int, Query(ge=0)] = 0,
) -> None:
    """Follow a run; see ``core.events`` for what is sent."""
    server: Services = websocket.app.state.services
    await websocket.accept()
    if server.followers.viewers() >= server.settings.viewers:
        await websocket.close(LATER, "too many viewers: try again later")
        return
    try:
        head, record = await asyncio.to_thread(_look, server, run_id)
    except RunNotFound:
        await websocket.close(GONE, REASONS[GONE])
        return
    recovered = epoch in (None, head.epoch) and after <= head.sequence
    awake, closed = asyncio.Event(), asyncio.Event()

    def wake() -> None:
        awake.set()
        if viewer.closed is not None:
            closed.set()

    cursor = after if recovered else head.sequence
    viewer = Viewer(server.settings.viewer_buffer_bytes, wake, head.epoch, cursor)
    feed = server.followers.join(viewer, run_id, head)
    watch = Watch(websocket, server, run_id, viewer, feed, awake)
    tasks = [
        asyncio.create_task(watch.send(_hello(head, record, recovered))),
        asyncio.create_task(_until_gone(websocket)),
        asyncio.create_task(closed.wait()),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.followers.leave(viewer, run_id)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
            raise result
    if viewer.closed is not None:
        await _close(websocket, viewer.closed)


@dataclass(frozen=True, slots=True)
class Watch:
    """What sends to one viewer: first what the store has, then what the feed hands out."""

    websocket: WebSocket
    server: Services
    run_id: str
    viewer: Viewer
    feed: Feed
    awake: asyncio.Event

    async def send(self, hello: str) -> None:
        """Send for ever; ends with WebSocketDisconnect, or cancelled."""
        try:
            await self.websocket.send_text(hello)
            while True:
                self.awake.clear()
                if self.viewer.restart:
                    await self._restart()
                elif not self.viewer.live:
                    await self._catch_up()
                elif (body := self.viewer.next()) is not None:
                    await self._put(body)
                else:
                    await self.awake.wait()
        except RunNotFound:
            self.viewer.close(GONE)

    async def _catch_up(self) -> None:
        """Send one block of what the store has, or join the feed."""
        viewer = self.viewer
        if self.feed.try_join(viewer):
            return
        replay = self.server.store.replay
        messages = await asyncio.to_thread(
            replay, self.run_id, viewer.cursor, limit_bytes=BLOCK_BYTES, epoch=viewer.epoch
        )
        for message in messages:
            await self._put(payload(message))
            viewer.cursor = message.sequence
        if not messages:
            # The stream was compacted just now and the follower will notice.
            self.server.followers.nudge(self.run_id)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _restart(self) -> None:
        """The epoch changed before this viewer had everything: it must load what is behind it anew."""
        head, record = await asyncio.to_thread(_look, self.server, self.run_id)
        self.viewer.restart = False
        self.viewer.epoch, self.viewer.cursor = head.epoch, head.sequence
        await self.websocket.send_text(_hello(head, record, recovered=False))

    async def _put(self, body: Payload) -> None:
        if isinstance(body, str):
            await self.websocket.send_text(body)
        else:
            await self.websocket.send_bytes(body)


def _look(server: Services, run_id: str) -> tuple[Head, RunRecord]:
    """Head and record; the record is read later, so it knows of everything the head does."""
    head = server.store.head(run_id)
    return head, server.store.get(run_id)


def _hello(head: Head, record: RunRecord, recovered: bool) -> str:
    hello = Hello(epoch=head.epoch, sequence=head.sequence, recovered=recovered, record=record)
    return hello.model_dump_json()


async def _until_gone(websocket: WebSocket) -> None:
    """Viewers have nothing to say: what they send is read and forgotten, until they leave."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _close(websocket: WebSocket, code: int) -> None:
    """Say goodbye; a viewer that does not take even that is cut off."""
    with contextlib.suppress(WebSocketDisconnect):
        try:
            await asyncio.wait_for(websocket.close(code, REASONS[code]), CLOSE_SECONDS)
        except TimeoutError:
            abort(websocket)
