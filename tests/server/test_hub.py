"""The feed and its viewers without any input or output: whatever happens when, nobody misses or repeats anything."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from normscope.core.record import RunRecord, RunState
from normscope.server.close_codes import GONE, LATER
from normscope.server.hub import Feed, Payload, Update, Viewer, payload
from normscope.storage.model import Message
from tests.contract.material import tiny_spec

EMPTY = b"no open window"


def chunk(sequence: int) -> Message:
    """A message whose body says its number."""
    return Message(sequence, "points", str(sequence).encode())


def record(state: RunState, sequence: int, epoch: int = 1) -> RunRecord:
    """A record with only what the feed looks at."""
    return RunRecord(
        id="0" * 32, name="", spec=tiny_spec(), state=state, steps=1, created_at=0.0, sequence=sequence, epoch=epoch
    )


def viewer(cursor: int = 0, *, epoch: int = 1, limit: int = 1_000_000) -> Viewer:
    """A viewer that needs no waking."""
    return Viewer(limit, lambda: None, epoch, cursor)


def drain(watching: Viewer) -> list[Payload]:
    """Everything that waits."""
    taken = []
    while (body := watching.next()) is not None:
        taken.append(body)
    return taken


@dataclass
class Client:
    """A viewer and what it has received since it last began anew; numbers are (epoch, sequence)."""

    viewer: Viewer
    received: list[int] = field(default_factory=list)

    def take(self) -> None:
        self.received += [int(body) for body in drain(self.viewer) if isinstance(body, bytes) and body.isdigit()]


class Machine:
    """A store, a feed that follows it and clients that come at any time, each step as in the real thing."""

    def __init__(self) -> None:
        self.epoch, self.stored, self.ended = 1, 0, False
        self.feed = Feed(1, 0, EMPTY)
        self.clients: list[Client] = []

    def append(self, count: int) -> None:
        if not self.ended:
            self.stored += count

    def follow(self, block: int, with_record: bool) -> None:
        state: RunState = "finished" if self.ended else "running"
        known = record(state, self.stored, self.epoch) if with_record else None
        if self.feed.epoch != self.epoch:
            self.feed.apply(Update(self.epoch, self.stored, (), None, known))
            return
        messages = tuple(chunk(n) for n in range(self.feed.position + 1, self.stored + 1))[:block]
        sequence = messages[-1].sequence if messages else self.feed.position
        self.feed.apply(Update(self.epoch, sequence, messages, None, known))

    def join(self, after: int) -> None:
        client = Client(viewer(min(after, self.stored), epoch=self.epoch))
        client.received = list(range(1, client.viewer.cursor + 1))
        self.feed.viewers.add(client.viewer)
        self.clients.append(client)

    def serve(self, client: Client, block: int) -> None:
        watching = client.viewer
        if watching.restart:
            watching.restart = False
            watching.epoch, watching.cursor = self.epoch, self.stored
            client.received = list(range(1, self.stored + 1))
        elif watching.live:
            client.take()
        elif not self.feed.try_join(watching) and not watching.restart and watching.epoch == self.epoch:
            for number in range(watching.cursor + 1, min(self.stored, watching.cursor + block) + 1):
                client.received.append(number)
                watching.cursor = number

    def compact(self) -> None:
        if self.ended and self.stored > 2:
            self.epoch, self.stored = self.epoch + 1, self.stored // 2


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 4)),
        st.tuples(st.just("follow"), st.integers(1, 6), st.booleans()),
        st.tuples(st.just("join"), st.integers(0, 8)),
        st.tuples(st.just("serve"), st.integers(0, 3), st.integers(1, 3)),
        st.tuples(st.just("end")),
        st.tuples(st.just("compact")),
    ),
    max_size=60,
)


@given(STEPS)
def test_no_gap_and_no_duplicate_whenever_anything_happens(steps: list[tuple[object, ...]]) -> None:
    machine = Machine()
    for step in steps:
        match step:
            case ("append", int(count)):
                machine.append(count)
            case ("follow", int(block), bool(known)):
                machine.follow(block, known)
            case ("join", int(after)):
                machine.join(after)
            case ("serve", int(which), int(block)) if which < len(machine.clients):
                machine.serve(machine.clients[which], block)
            case ("end",):
                machine.ended = True
            case ("compact",):
                machine.compact()
        for client in machine.clients:
            assert client.received == list(range(1, len(client.received) + 1))
    whole = machine.stored
    complete = [c for c in machine.clients if c.viewer.live and c.viewer.epoch < machine.epoch]
    for _ in range(200):
        machine.follow(6, True)
        for client in machine.clients:
            machine.serve(client, 3)
    for client in machine.clients:
        assert client.viewer.live
        if client not in complete and client.viewer.epoch == machine.epoch and machine.epoch == 1:
            assert client.received == list(range(1, whole + 1))
        assert client.received == list(range(1, len(client.received) + 1))
        assert len(client.received) >= whole


def test_a_viewer_that_has_everything_is_not_disturbed_by_compaction() -> None:
    feed, watching = Feed(1, 9, EMPTY), viewer(9)
    feed.viewers.add(watching)
    assert feed.try_join(watching)
    feed.apply(Update(1, 9, (), None, record("finished", 9)))
    drain(watching)
    feed.apply(Update(2, 3, (), None, record("finished", 3, 2)))
    assert not watching.restart
    assert [json.loads(str(body))["record"]["epoch"] for body in drain(watching)] == [2]


def test_a_viewer_that_misses_something_begins_anew_after_compaction() -> None:
    feed, behind, unknowing = Feed(1, 9, EMPTY), viewer(4), viewer(9)
    feed.viewers |= {behind, unknowing}
    assert not feed.try_join(behind)
    assert feed.try_join(unknowing)
    feed.apply(Update(2, 3, (), None, record("finished", 3, 2)))
    assert behind.restart
    assert unknowing.restart, "the feed never learned that the stream had ended at 9"
    assert drain(behind) == drain(unknowing) == []


def test_a_viewer_of_a_newer_epoch_waits_for_the_feed() -> None:
    feed, watching = Feed(1, 9, EMPTY), viewer(3, epoch=2)
    feed.viewers.add(watching)
    assert not feed.try_join(watching)
    feed.apply(Update(2, 3, (), None, None))
    assert not watching.restart
    assert feed.try_join(watching)


def test_only_the_newest_tail_and_state_wait_and_they_come_last() -> None:
    feed, watching = Feed(1, 0, EMPTY), viewer()
    feed.viewers.add(watching)
    assert feed.try_join(watching)
    feed.apply(Update(1, 1, (chunk(1),), b"old tail", record("running", 1)))
    feed.apply(Update(1, 2, (chunk(2),), b"new tail", record("paused", 2)))
    first, second, tail, state = drain(watching)
    assert (first, second, tail) == (b"1", b"2", b"new tail")
    assert json.loads(str(state))["record"]["state"] == "paused"
    feed.apply(Update(1, 2, (), b"new tail", None))
    assert drain(watching) == [], "the same tail is not sent twice"
    feed.apply(Update(1, 2, (), None, None))
    assert drain(watching) == [EMPTY]


def test_who_joins_late_gets_the_tail() -> None:
    feed, watching = Feed(1, 0, EMPTY), viewer()
    feed.apply(Update(1, 0, (), b"tail", None))
    feed.viewers.add(watching)
    assert feed.try_join(watching)
    assert drain(watching) == [b"tail"]


def test_everybody_gets_the_same_bytes() -> None:
    feed, watching = Feed(1, 0, EMPTY), [viewer() for _ in range(3)]
    feed.viewers |= set(watching)
    assert all(feed.try_join(each) for each in watching)
    message = chunk(1)
    feed.apply(Update(1, 1, (message,), None, None))
    assert all(each.next() is message.body for each in watching)


def test_a_slow_viewer_is_closed_and_the_others_are_not() -> None:
    feed, slow, quick = Feed(1, 0, EMPTY), viewer(limit=10), viewer(limit=10)
    feed.viewers |= {slow, quick}
    assert feed.try_join(slow)
    assert feed.try_join(quick)
    for number in range(1, 8):
        feed.apply(Update(1, number, (Message(number, "points", b"four"),), None, None))
        assert quick.next() == b"four"
    assert slow.closed == LATER
    assert slow.waiting_bytes == 0
    assert quick.closed is None
    assert drain(slow) == []


def test_one_large_message_does_not_close_a_viewer_that_keeps_up() -> None:
    feed, watching = Feed(1, 0, EMPTY), viewer(limit=10)
    feed.viewers.add(watching)
    assert feed.try_join(watching)
    feed.apply(Update(1, 1, (Message(1, "points", b"more than ten bytes"),), None, None))
    assert watching.closed is None
    feed.apply(Update(1, 2, (Message(2, "points", b"one more"),), None, None))
    assert watching.closed == LATER


def test_a_deleted_run_closes_its_viewers() -> None:
    feed, watching = Feed(1, 0, EMPTY), viewer()
    feed.viewers.add(watching)
    feed.fail(GONE)
    assert watching.closed == GONE


def test_events_travel_as_text_and_chunks_as_bytes() -> None:
    assert payload(Message(1, "event", b'{"sequence":1}')) == '{"sequence":1}'
    assert payload(Message(2, "vectors", b"\xff\x00")) == b"\xff\x00"
