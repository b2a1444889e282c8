"""What every store promises of compaction: fewer chunks, every point, every low and high, nothing seen half done."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.core.events import NumberedEvent
from normscope.core.telemetry import (
    Vectors,
    concat_points,
    decode_points,
    decode_vectors,
    metadata_of,
)
from normscope.errors import CommandRefused
from normscope.storage import compaction
from normscope.storage.model import Message
from normscope.storage.store import Store
from tests.contract.material import (
    HOLDER,
    event_message,
    everything,
    manifest_message,
    points,
    points_message,
    tiny_spec,
    vectors_message,
)


def ended_run(store: Store, kinds: str, seed: int = 0) -> tuple[str, list[Message]]:
    """A run whose stream is the manifest and then, for each letter, points, vectors or an event."""
    run = store.create(tiny_spec(), estimated_seconds=1.0).id
    lease = store.acquire(run, HOLDER)
    rng = np.random.default_rng(seed)
    stream = [manifest_message()]
    for sequence, kind in enumerate(kinds, start=2):
        if kind == "p":
            content = points(rng, int(rng.integers(1, 6)), first_step=10 * sequence)
            stream.append(points_message(run, sequence, content))
        elif kind == "v":
            values = tuple(rng.standard_normal(int(n)).astype(np.float32) for n in rng.integers(0, 5, 2))
            steps = np.full(2, sequence, np.uint32)
            vectors = Vectors(steps, np.array([5, 6], np.uint32), values)
            stream.append(vectors_message(run, sequence, vectors))
        else:
            stream.append(event_message(sequence))
    store.append(lease, stream, tail=None)
    store.set_state(lease, "finished")
    return run, stream


def all_points(stream: list[Message]) -> list[bytes]:
    """The columns' bits, sorted by series, then step."""
    parts = [decode_points(m.body) for m in stream if m.kind == "points"]
    if not parts:
        return []
    return [np.ascontiguousarray(column).tobytes() for column in concat_points(parts).columns]


def all_vectors(stream: list[Message]) -> list[tuple[int, int, bytes]]:
    found = []
    for part in (decode_vectors(m.body) for m in stream if m.kind == "vectors"):
        found += [(int(a), int(b), v.tobytes()) for a, b, v in zip(part.series, part.step, part.value, strict=True)]
    return sorted(found)


def all_events(stream: list[Message]) -> list[str]:
    return [NumberedEvent.model_validate_json(m.body).event.model_dump_json() for m in stream if m.kind == "event"]


@given(kinds=st.text("ppppve", max_size=25), seed=st.integers(0, 1000), per_chunk=st.integers(5, 60))
@settings(max_examples=40)
def test_compaction_keeps_everything(store: Store, kinds: str, seed: int, per_chunk: int) -> None:
    run, before = ended_run(store, kinds, seed)
    epoch = store.head(run).epoch
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "POINTS_PER_CHUNK", per_chunk)
        patch.setattr(compaction, "VECTOR_VALUES_PER_CHUNK", per_chunk // 4)
        changed = store.compact(run)
    after = everything(store, run)
    assert [message.sequence for message in after] == list(range(1, len(after) + 1))
    assert after[0] == before[0], "the manifest stays message 1"
    assert all_points(after) == all_points(before)
    assert all_vectors(after) == all_vectors(before)
    assert all_events(after) == all_events(before)
    for message in after:
        if message.kind == "event":
            assert NumberedEvent.model_validate_json(message.body).sequence == message.sequence
        else:
            assert metadata_of(message.body)["sequence"] == str(message.sequence)
            assert metadata_of(message.body)["run"] == run
    sizes = [len(decode_points(m.body)) for m in after if m.kind == "points"]
    assert all(size >= per_chunk for size in sizes[:-1])
    head = store.head(run)
    assert head.sequence == len(after)
    assert head.epoch == (epoch + 1 if changed else epoch)
    assert changed == (len(after) < len(before))
    assert not store.compact(run), "once is enough"


def test_chunks_are_sorted_by_series_then_step(store: Store) -> None:
    run, _ = ended_run(store, "pppp")
    store.compact(run)
    (chunk,) = [decode_points(m.body) for m in everything(store, run) if m.kind == "points"]
    keys = list(zip(chunk.series.tolist(), chunk.step.tolist(), strict=True))
    assert keys == sorted(keys)


def test_candidates_are_ended_runs_that_were_not_compacted(empty_store: Store) -> None:
    run, _ = ended_run(empty_store, "ppp")
    queued = empty_store.create(tiny_spec(), estimated_seconds=1.0).id
    ended_at = empty_store.get(run).ended_at
    assert ended_at is not None
    assert empty_store.uncompacted(ended_before=ended_at - 1) == []
    assert empty_store.uncompacted(ended_before=ended_at + 1) == [run]
    with pytest.raises(CommandRefused, match="queued"):
        empty_store.compact(queued)
    assert empty_store.compact(run)
    assert empty_store.uncompacted(ended_before=ended_at + 1) == []


def test_a_reader_of_the_old_epoch_gets_nothing_instead_of_a_mixture(store: Store) -> None:
    run, before = ended_run(store, "pppppp")
    epoch = store.head(run).epoch
    assert store.replay(run, 3, epoch=epoch) == before[3:]
    store.compact(run)
    assert store.replay(run, 3, epoch=epoch) == []
    assert len(store.replay(run, 0, epoch=epoch + 1)) == 2


@pytest.mark.parametrize("fails_at", [0, 1, 2])
def test_a_compaction_cut_off_leaves_the_stream_as_it_was(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    run, before = ended_run(empty_store, "pppppe")
    whole = compaction._rewritten

    def cut_off(*given: object) -> object:
        yield from itertools.islice(whole(*given), fails_at)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(compaction, "_rewritten", cut_off)
    with pytest.raises(KeyboardInterrupt):
        empty_store.compact(run)
    assert everything(empty_store, run) == before
    assert empty_store.head(run).epoch == 1
    monkeypatch.undo()
    if fails_at == 1:
        empty_store.purge_all()
    assert empty_store.compact(run)
    after = everything(empty_store, run)
    assert len(after) == 3
    assert all_points(after) == all_points(before)


def test_a_run_deleted_and_purged_leaves_no_messages(empty_store: Store) -> None:
    run, _ = ended_run(empty_store, "p" * 1200)
    empty_store.delete(run)
    empty_store.create(tiny_spec(), estimated_seconds=1.0, id=run)
    assert everything(empty_store, run) == []
