"""What every store promises: runs, leases with fencing, streams without gaps."""

from __future__ import annotations

import contextlib
import math
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.core.fork import Origin
from normscope.core.record import ArmProgress, Parent, Progress, ReplicateCounts
from normscope.errors import CommandRefused, LeaseLost, RunNotFound, StoreError
from normscope.storage.model import Head, Lease, Message
from normscope.storage.store import Store
from tests.contract.material import HOLDER, event_message, everything, manifest_message, started, tiny_spec


def plain(first: int, count: int, size: int = 10) -> list[Message]:
    return [Message(sequence, "event", bytes(size)) for sequence in range(first, first + count)]


# -- runs


def test_created_run_is_queued_and_keeps_its_spec(store: Store) -> None:
    spec = tiny_spec("my run")
    record = store.create(spec, estimated_seconds=2.5)
    assert record == store.get(record.id)
    assert (record.state, record.name, record.spec, record.steps) == ("queued", "my run", spec, spec.steps)
    assert (record.estimated_seconds, record.epoch, record.sequence) == (2.5, 1, 0)
    assert len(record.id) == 32
    assert abs(record.created_at - time.time()) < 10


def test_unknown_run_is_named(store: Store) -> None:
    for ask in (store.get, store.head, store.tail, store.holder, store.delete, store.take_over, store.compact):
        with pytest.raises(RunNotFound, match="'nobody'"):
            ask("nobody")
    with pytest.raises(RunNotFound):
        store.replay("nobody", 0)
    with pytest.raises(RunNotFound):
        store.command("nobody", "stop")
    with pytest.raises(RunNotFound):
        store.acquire("nobody", HOLDER)


def test_a_fork_names_its_parent_and_outlives_it(store: Store) -> None:
    parent = store.create(tiny_spec("parent"), estimated_seconds=1.0)
    origin = Origin(spec=parent.spec, sources=(1, 0), inserted_norms="identity")
    made = store.create(tiny_spec("fork"), estimated_seconds=1.0, fork=(Parent(run=parent.id, step=40), origin))
    assert made.parent == Parent(run=parent.id, step=40)
    assert store.get(parent.id).forks == (made.id,)
    assert (store.origin(made.id), store.origin(parent.id)) == (origin, None)
    store.delete(parent.id)
    assert store.get(made.id).parent == made.parent
    assert store.origin(made.id) == origin


def test_list_is_newest_first_and_pages(empty_store: Store) -> None:
    ids = [empty_store.create(tiny_spec(str(i)), estimated_seconds=1.0).id for i in range(7)]
    assert [record.id for record in empty_store.list()] == ids[::-1]
    seen: list[str] = []
    before = None
    while page := empty_store.list(limit=3, before=before):
        seen += [record.id for record in page]
        before = page[-1].created_at
    assert seen == ids[::-1]
    empty_store.command(ids[2], "stop")
    assert [record.id for record in empty_store.list(states=["stopped"])] == [ids[2]]


def test_delete_forgets_queued_and_ended_runs_only(store: Store) -> None:
    lease = started(store)
    store.append(lease, plain(1, 3), tail=b"t")
    with pytest.raises(CommandRefused, match="starting"):
        store.delete(lease.run_id)
    store.set_state(lease, "finished")
    store.delete(lease.run_id)
    with pytest.raises(RunNotFound):
        store.get(lease.run_id)
    again = store.create(tiny_spec(), estimated_seconds=1.0, id=lease.run_id)
    assert everything(store, again.id) == []
    store.delete(again.id)


# -- leases


def test_queue_is_served_in_order_and_claimed_once(empty_store: Store) -> None:
    first, second = (empty_store.create(tiny_spec(), estimated_seconds=1.0).id for _ in range(2))
    assert empty_store.queued() == first
    assert empty_store.claim(first, seconds=10)
    assert not empty_store.claim(first, seconds=10)
    assert empty_store.queued() == second
    (run,) = empty_store.live()
    assert (run.id, run.state, run.holder, run.stop_waiting) == (first, "starting", None, None)
    assert 5 < run.lease_left <= 10


def test_a_run_has_one_holder_ever(store: Store) -> None:
    lease = started(store)
    assert store.holder(lease.run_id) == HOLDER
    assert store.get(lease.run_id).started_at is not None
    with pytest.raises(LeaseLost, match="another process"):
        store.acquire(lease.run_id, HOLDER)
    store.set_state(lease, "finished")
    with pytest.raises(LeaseLost):
        store.acquire(lease.run_id, HOLDER)


def test_a_run_given_back_to_the_queue_can_be_taken_again(store: Store) -> None:
    run = store.create(tiny_spec(), estimated_seconds=1.0).id
    store.claim(run, seconds=1)
    store.set_state(store.take_over(run), "queued")
    assert store.get(run).state == "queued"
    store.set_state(store.acquire(run, HOLDER), "finished")


def test_a_fenced_worker_can_write_nothing(store: Store) -> None:
    old = started(store)
    store.append(old, plain(1, 2), tail=b"old")
    new = store.take_over(old.run_id)
    assert (new.token, new.sequence) == (old.token + 1, 2)
    before = store.get(old.run_id)
    for write in (
        lambda: store.append(old, plain(3, 1), tail=None),
        lambda: store.renew(old),
        lambda: store.set_state(old, "finished"),
        lambda: store.commands(old),
    ):
        with pytest.raises(LeaseLost, match="token"):
            write()
    assert store.get(old.run_id) == before
    assert store.tail(old.run_id) == b"old"
    store.append(new, plain(3, 1), tail=None)
    store.set_state(new, "interrupted", "gone")
    assert store.get(old.run_id).error == "gone"


def test_an_ended_run_takes_nothing_more(store: Store) -> None:
    lease = started(store)
    store.set_state(lease, "failed", "broken")
    record = store.get(lease.run_id)
    assert (record.state, record.error) == ("failed", "broken")
    assert record.ended_at is not None
    for write in (
        lambda: store.append(lease, plain(1, 1), tail=None),
        lambda: store.renew(lease),
        lambda: store.set_state(lease, "running"),
        lambda: store.take_over(lease.run_id),
    ):
        with pytest.raises(LeaseLost, match="failed"):
            write()


def test_renewing_prolongs_and_disturbs_no_viewer(store: Store) -> None:
    lease = started(store)
    head = store.head(lease.run_id)
    time.sleep(0.05)
    left = next(run.lease_left for run in store.live() if run.id == lease.run_id)
    store.renew(lease)
    assert next(run.lease_left for run in store.live() if run.id == lease.run_id) > left
    assert store.head(lease.run_id) == head
    store.set_state(lease, "finished")


# -- streams


def test_append_stores_messages_with_all_that_belongs_to_them(store: Store) -> None:
    lease = started(store)
    nan = float("nan")
    arm = ArmProgress(name="a", replicates=ReplicateCounts(diverged=1), latest={"train_loss": nan})
    progress = Progress(step=12, steps_per_second=3.5, eta_seconds=1.0, phase="training", arms=(arm,))
    store.append(lease, plain(1, 2), tail=b"tail", progress=progress, fairness={"hash": "x"}, state="running")
    record = store.get(lease.run_id)
    assert (record.state, record.step, record.sequence, record.fairness) == ("running", 12, 2, {"hash": "x"})
    assert math.isnan(record.arms[0].latest["train_loss"])
    assert store.tail(lease.run_id) == b"tail"
    store.append(lease, [], tail=None)
    assert store.get(lease.run_id).step == 12, "None leaves the progress as it was"
    assert store.tail(lease.run_id) is None
    store.set_state(lease, "finished")


def test_version_grows_with_every_change(store: Store) -> None:
    run = store.create(tiny_spec(), estimated_seconds=1.0).id
    versions = [store.head(run).version]
    store.claim(run, seconds=5)
    versions.append(store.head(run).version)
    lease = store.acquire(run, HOLDER)
    versions.append(store.head(run).version)
    store.append(lease, plain(1, 1), tail=None)
    versions.append(store.head(run).version)
    store.append(lease, [], tail=b"t")
    versions.append(store.head(run).version)
    store.set_state(lease, "finished")
    versions.append(store.head(run).version)
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("wrong", [0, 1, 2, 4, 5])
def test_a_gap_is_refused_as_a_whole(store: Store, wrong: int) -> None:
    lease = started(store)
    store.append(lease, plain(1, 2), tail=b"kept")
    head = store.head(lease.run_id)
    with pytest.raises(StoreError, match=f"expected sequence 3, got {wrong}"):
        store.append(lease, plain(wrong, 1), tail=None, state="paused")
    with pytest.raises(StoreError, match="expected sequence 4"):
        store.append(lease, [*plain(3, 1), *plain(5, 1)], tail=None)
    assert store.head(lease.run_id) == head
    assert store.tail(lease.run_id) == b"kept"
    store.set_state(lease, "finished")


@given(
    batches=st.lists(st.lists(st.integers(0, 300), min_size=0, max_size=5), max_size=8),
    limit=st.integers(1, 1000),
    after=st.integers(0, 20),
)
@settings(max_examples=40)
def test_replay_gives_everything_once_in_pages_within_the_limit(
    store: Store, batches: list[list[int]], limit: int, after: int
) -> None:
    lease = started(store)
    stored: list[Message] = []
    for batch in batches:
        added = [Message(len(stored) + i, "event", bytes(size)) for i, size in enumerate(batch, start=1)]
        store.append(lease, added, tail=None)
        stored += added
    assert everything(store, lease.run_id, limit_bytes=limit) == stored
    page = store.replay(lease.run_id, after, limit_bytes=limit)
    assert page == stored[after : after + len(page)]
    assert bool(page) == (after < len(stored))
    assert len(page) <= 1 or sum(len(m.body) for m in page) <= limit
    assert store.head(lease.run_id).sequence == len(stored)
    store.set_state(lease, "finished")


@given(script=st.lists(st.tuples(st.sampled_from(["append", "stale", "fence", "gap"]), st.integers(0, 4)), max_size=20))
@settings(max_examples=30)
def test_whoever_writes_the_stream_has_no_gap(store: Store, script: list[tuple[str, int]]) -> None:
    lease = started(store)
    stale: list[Lease] = []
    expected: list[Message] = []
    for action, count in script:
        added = [event_message(len(expected) + i) for i in range(1, count + 1)]
        if action == "append":
            store.append(lease, added, tail=b"x" * count)
            expected += added
        elif action == "fence":
            stale.append(lease)
            lease = store.take_over(lease.run_id)
        elif action == "gap" and count:
            with pytest.raises(StoreError):
                store.append(lease, [Message(len(expected) + 1 + count, "event", b"")], tail=None)
        elif action == "stale" and stale:
            with pytest.raises(LeaseLost):
                store.append(stale[count % len(stale)], added, tail=b"stale")
        assert store.head(lease.run_id).sequence == len(expected)
    assert everything(store, lease.run_id) == expected
    assert store.tail(lease.run_id) != b"stale"
    store.set_state(lease, "finished")


def test_a_reader_beside_writers_sees_a_growing_prefix(url: str) -> None:
    with contextlib.closing(Store(url)) as one, contextlib.closing(Store(url)) as two:
        leases = [started(one), started(two)]
        done = threading.Event()
        problems: list[str] = []

        def read(lease: Lease) -> None:
            with contextlib.closing(Store(url)) as own:
                cursor = 0
                while not (done.is_set() and own.head(lease.run_id).sequence == cursor):
                    for message in own.replay(lease.run_id, cursor, limit_bytes=500):
                        if message.sequence != cursor + 1 or message.body != bytes([message.sequence % 256]) * 40:
                            problems.append(f"{message.sequence} after {cursor}")
                        cursor = message.sequence

        readers = [threading.Thread(target=read, args=(lease,)) for lease in leases]
        for reader in readers:
            reader.start()
        for sequence in range(1, 101):
            for store, lease in zip((one, two), leases, strict=True):
                body = bytes([sequence % 256]) * 40
                store.append(lease, [Message(sequence, "points", body)], tail=body)
        done.set()
        for reader in readers:
            reader.join(30)
            assert not reader.is_alive()
        assert problems == []
        for lease in leases:
            one.set_state(lease, "finished")


def test_nudge_comes_after_the_commit(url: str) -> None:
    seen: list[tuple[str, Head]] = []
    with contextlib.closing(Store(url)) as other:
        nudging = Store(url, nudge=lambda run: seen.append((run, other.head(run))))
        with contextlib.closing(nudging) as store:
            lease = started(store)
            store.append(lease, [manifest_message()], tail=None)
            assert seen[-1] == (lease.run_id, other.head(lease.run_id))
            assert seen[-1][1].sequence == 1
            count = len(seen)
            store.renew(lease)
            assert len(seen) == count
            store.command(lease.run_id, "pause")
            store.set_state(lease, "finished")
            assert len(seen) == count + 2


# -- commands


def test_commands_wait_in_order_until_they_are_answered(store: Store) -> None:
    lease = started(store)
    pause = store.command(lease.run_id, "pause")
    resume = store.command(lease.run_id, "resume")
    assert store.commands(lease) == [pause, resume]
    store.append(lease, [], tail=None, answered={pause.id: 7})
    assert store.commands(lease) == [resume]
    store.command(lease.run_id, "stop")
    time.sleep(0.02)
    waiting = next(run.stop_waiting for run in store.live() if run.id == lease.run_id)
    assert waiting is not None
    assert 0.01 < waiting < 10
    store.set_state(lease, "stopped")
    assert store.get(lease.run_id).state == "stopped"


def test_a_queued_run_stops_at_once(store: Store) -> None:
    run = store.create(tiny_spec(), estimated_seconds=1.0).id
    for kind in ("pause", "resume"):
        with pytest.raises(CommandRefused, match="queued"):
            store.command(run, kind)
    store.command(run, "stop")
    record = store.get(run)
    assert record.state == "stopped"
    assert record.ended_at is not None
    with pytest.raises(LeaseLost):
        store.acquire(run, HOLDER)


def test_a_command_in_the_wrong_state_is_refused(store: Store) -> None:
    lease = started(store)
    store.append(lease, [], tail=None, state="running")
    with pytest.raises(CommandRefused, match="cannot resume: the run is running, not paused"):
        store.command(lease.run_id, "resume")
    pause = store.command(lease.run_id, "pause")
    with pytest.raises(CommandRefused, match="cannot pause: the run is paused"):
        store.command(lease.run_id, "pause")
    store.append(lease, [], tail=None, state="paused", answered={pause.id: 7})
    with pytest.raises(CommandRefused, match="cannot pause: the run is paused"):
        store.command(lease.run_id, "pause")
    store.command(lease.run_id, "stop")
    with pytest.raises(CommandRefused, match="cannot resume: the run is stopping"):
        store.command(lease.run_id, "resume")
    store.set_state(lease, "stopped")
    for kind in ("pause", "resume", "stop"):
        with pytest.raises(CommandRefused, match="stopped"):
            store.command(lease.run_id, kind)
