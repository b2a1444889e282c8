"""One run's stream to many viewers, without any input or output: what was read goes in, what to send comes out.

A viewer first reads the store itself until it has caught up with the feed, then takes what the feed hands to all. Its
``cursor`` is the last sequence it has; nothing at or before it is handed over again, and a viewer joins the feed only
when its cursor has reached the feed's position: so there is neither gap nor duplicate. Numbered messages are never
dropped; of tails and states only the newest waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from normscope.core.events import StateMessage
from normscope.core.record import ENDED, RunRecord
from normscope.server.close_codes import FAILED, GONE, LATER
from normscope.storage.model import Message

Payload = bytes | str
REASONS = {
    LATER: "too slow: come back with after=",
    GONE: "no run has this id, or not any more",
    FAILED: "the stream could not be read",
}


def payload(message: Message) -> Payload:
    """What travels: text for an event, binary for a chunk; the bytes are those that were stored."""
    return message.body.decode() if message.kind == "event" else message.body


@dataclass(frozen=True, slots=True)
class Update:
    """What a follower read in one go. ``sequence`` is the epoch's last one that was read."""

    epoch: int
    sequence: int
    messages: tuple[Message, ...] = ()
    tail: bytes | None = None
    record: RunRecord | None = None


@dataclass(eq=False)
class Viewer:
    """What one viewer has and what waits for it. ``wake`` is called when there is something to take."""

    limit_bytes: int
    wake: Callable[[], None]
    epoch: int
    cursor: int
    live: bool = False
    restart: bool = False
    """The epoch changed before the viewer had everything: it must begin anew with a hello that says so."""
    closed: int | None = None
    """Close code, once it is decided."""
    waiting_bytes: int = 0
    _queue: deque[Payload] = field(default_factory=deque)
    _tail: bytes | None = None
    _state: str | None = None

    def next(self) -> Payload | None:
        """Take what is to be sent next: numbered messages, then the tail, then the state."""
        if self._queue:
            body = self._queue.popleft()
            self.waiting_bytes -= len(body)
            return body
        if self._tail is not None:
            tail, self._tail = self._tail, None
            return tail
        state, self._state = self._state, None
        return state

    def drop(self) -> None:
        """Forget what waits."""
        self._queue.clear()
        self._tail = self._state = None
        self.waiting_bytes = 0

    def offer(self, messages: tuple[tuple[int, Payload], ...], tail: bytes | None, state: str | None) -> None:
        """Queue what the viewer does not have yet.

        A viewer that has not taken what came before, and whose queue would overflow, is to be closed.
        """
        behind = self.waiting_bytes > 0
        for sequence, body in messages:
            if sequence > self.cursor:
                self._queue.append(body)
                self.waiting_bytes += len(body)
                self.cursor = sequence
        self._tail = tail if tail is not None else self._tail
        self._state = state if state is not None else self._state
        if behind and self.waiting_bytes > self.limit_bytes:
            self.close(LATER)
        else:
            self.wake()

    def close(self, code: int) -> None:
        """Decide to close; what waited is dropped."""
        self.closed = self.closed or code
        self.drop()
        self.wake()


@dataclass
class Feed:
    """Where the follower of one run stands, and who watches."""

    epoch: int
    position: int
    empty_tail: bytes
    """Replaces the tail when no window is open any more."""
    ended: bool = False
    tail: bytes | None = None
    viewers: set[Viewer] = field(default_factory=set)

    def try_join(self, viewer: Viewer) -> bool:
        """Make ``viewer`` live if it has caught up; it then gets the current tail."""
        if viewer.epoch < self.epoch:
            viewer.restart = True
        if viewer.epoch != self.epoch or viewer.cursor < self.position:
            return False
        viewer.live = True
        viewer.offer((), self.tail, None)
        return True

    def apply(self, update: Update) -> None:
        """Hand what was read to every live viewer."""
        if update.epoch != self.epoch:
            self._change_epoch(update)
        fresh = tuple((m.sequence, payload(m)) for m in update.messages if m.sequence > self.position)
        self.position = max(self.position, update.sequence)
        tail = self._changed_tail(update.tail)
        state = None
        if update.record is not None:
            state = StateMessage(record=update.record).model_dump_json()
            self.ended = update.record.state in ENDED and update.record.sequence <= self.position
        for viewer in self.viewers:
            if viewer.live and viewer.closed is None:
                viewer.offer(fresh, tail, state)

    def fail(self, code: int) -> None:
        """Close every viewer."""
        for viewer in self.viewers:
            viewer.close(code)

    def _changed_tail(self, tail: bytes | None) -> bytes | None:
        """The tail to send, or None if viewers have it already."""
        if tail == self.tail:
            return None
        self.tail = tail
        return self.empty_tail if tail is None else tail

    def _change_epoch(self, update: Update) -> None:
        """A live viewer of an ended stream has everything and goes on; any other must begin anew."""
        for viewer in self.viewers:
            if viewer.live and self.ended:
                viewer.epoch, viewer.cursor = update.epoch, update.sequence
            elif viewer.epoch != update.epoch:
                viewer.live = False
                viewer.restart = True
                viewer.drop()
                viewer.wake()
        self.epoch, self.position = update.epoch, update.sequence
