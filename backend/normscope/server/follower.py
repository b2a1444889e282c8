"""One task for each run that somebody watches: reads the store after a nudge or every 200 ms, feeds all viewers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

import structlog

from normscope.core.record import RunRecord
from normscope.core.telemetry import NO_POINTS, encode_points
from normscope.errors import NormScopeError, RunNotFound, StoreUnavailable
from normscope.server.close_codes import FAILED, GONE
from normscope.server.hub import Feed, Update, Viewer
from normscope.storage.model import Head, Message
from normscope.storage.store import Store

POLL_SECONDS = 0.2
STATE_SECONDS = 0.1
"""Least time between two records that are sent."""
BLOCK_BYTES = 1_000_000
log = structlog.get_logger()


@dataclass
class Follower:
    """The feed of one run, its task, and what the task remembers between two reads."""

    run_id: str
    feed: Feed
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    version: int = -1
    state_version: int = -1
    state_at: float = float("-inf")


class Followers:
    """All feeds of this server. Lives on the event loop; the store is read in threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._followers: dict[str, Follower] = {}

    def viewers(self) -> int:
        """How many watch, over all runs."""
        return sum(len(follower.feed.viewers) for follower in self._followers.values())

    def nudge(self, run_id: str) -> None:
        """The run changed: read it now, if anybody watches."""
        follower = self._followers.get(run_id)
        if follower is not None:
            follower.wake.set()

    def join(self, viewer: Viewer, run_id: str, head: Head) -> Feed:
        """Register ``viewer``; the first one of a run starts its follower at ``head``."""
        follower = self._followers.get(run_id)
        if follower is None:
            feed = Feed(head.epoch, head.sequence, _empty_tail(run_id))
            follower = self._followers[run_id] = Follower(run_id, feed)
            follower.task = asyncio.create_task(self._keep(follower))
        follower.feed.viewers.add(viewer)
        return follower.feed

    def leave(self, viewer: Viewer, run_id: str) -> None:
        """Forget ``viewer``; the last one of a run ends its follower."""
        follower = self._followers.get(run_id)
        if follower is None:
            return
        follower.feed.viewers.discard(viewer)
        if not follower.feed.viewers:
            del self._followers[run_id]
            if follower.task is not None:
                follower.task.cancel()

    async def close(self) -> None:
        """End every follower."""
        tasks = [follower.task for follower in self._followers.values() if follower.task is not None]
        self._followers.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, follower: Follower) -> None:
        """Follow; whatever ends that, viewers are told and the next one starts anew."""
        try:
            await self._follow(follower)
        except NormScopeError as error:
            log.error("stream_unreadable", run=follower.run_id, error=str(error))
        finally:
            if self._followers.get(follower.run_id) is follower:
                del self._followers[follower.run_id]
            follower.feed.fail(FAILED)

    async def _follow(self, follower: Follower) -> None:
        while True:
            follower.wake.clear()
            try:
                update = await asyncio.to_thread(self._read, follower)
            except RunNotFound:
                follower.feed.fail(GONE)
                return
            except StoreUnavailable as error:
                log.warning("store_busy", run=follower.run_id, error=str(error))
                update = None
            if update is not None:
                follower.feed.apply(update)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(follower.wake.wait(), self._wait_seconds(follower))

    def _wait_seconds(self, follower: Follower) -> float:
        """Until the next look: sooner where a record was held back."""
        if follower.state_version == follower.version:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(0.001, follower.state_at + STATE_SECONDS - time.monotonic()))

    def _read(self, follower: Follower) -> Update | None:
        """What changed since the last look; None: nothing. Runs in a thread, one at a time for each follower."""
        run_id, feed = follower.run_id, follower.feed
        head = self._store.head(run_id)
        stale = follower.state_version != head.version
        if head.version == follower.version and not stale:
            return None
        record: RunRecord | None = None
        if stale and time.monotonic() >= follower.state_at + STATE_SECONDS:
            record = self._store.get(run_id)
            follower.state_version, follower.state_at = head.version, time.monotonic()
        tail = self._store.tail(run_id)
        if head.epoch != feed.epoch:
            follower.version = head.version
            return Update(head.epoch, head.sequence, (), tail, record)
        messages: list[Message] = []
        if head.sequence > feed.position:
            messages = self._store.replay(run_id, feed.position, limit_bytes=BLOCK_BYTES, epoch=feed.epoch)
        sequence = messages[-1].sequence if messages else feed.position
        # A block that did not reach the head leaves the version as it was, so that the next look reads on.
        if sequence >= head.sequence:
            follower.version = head.version
        return Update(feed.epoch, sequence, tuple(messages), tail, record)


def _empty_tail(run_id: str) -> bytes:
    return encode_points(NO_POINTS, run=run_id, sequence=0, time=0.0)
