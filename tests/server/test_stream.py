"""The websocket against a real server: hello, replay, live, epochs, slow and strange viewers."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from normscope.core.telemetry import Points, decode_points, encode_points
from normscope.errors import StoreError
from normscope.storage import nudge
from normscope.storage.store import Store
from tests.contract.material import points
from tests.server.reader import RNG, Reader, close_code, filled
from tests.server.running import Running, running, worker

pytestmark = pytest.mark.alone


def test_everything_stored_then_live_the_same_bytes(server: Running) -> None:
    made = filled(server)
    with server.watch(made.run) as connection:
        reader = Reader(connection)
        assert (reader.hello["epoch"], reader.hello["sequence"], reader.hello["recovered"]) == (1, 6, True)
        assert reader.hello["record"]["id"] == made.run
        reader.until(6)
        made.points(points(RNG, 2))
        made.event()
        reader.until(8)
    assert reader.sequences == list(range(1, 9))
    assert reader.bodies == [message.body for message in made.sent]


@pytest.mark.parametrize("query", ["?after=4", "?epoch=1&after=4"])
def test_goes_on_after_what_the_viewer_has(server: Running, query: str) -> None:
    made = filled(server)
    with server.watch(made.run, query) as connection:
        reader = Reader(connection)
        reader.until(6)
    assert reader.sequences == [5, 6]
    assert reader.hello["recovered"]


@pytest.mark.parametrize("query", ["?epoch=2&after=4", "?epoch=1&after=7"])
def test_a_place_that_is_not_in_the_stream_is_not_recovered(server: Running, query: str) -> None:
    made = filled(server)
    with server.watch(made.run, query) as connection:
        reader = Reader(connection)
        assert not reader.hello["recovered"]
        assert reader.hello["sequence"] == 6
        made.points(points(RNG, 1))
        reader.until(7)
    assert reader.sequences == [7], "what comes after the hello is sent; the rest is to be loaded"


def test_a_new_point_arrives_quickly(server: Running) -> None:
    made = filled(server, 1)
    delays = []
    with server.watch(made.run) as connection:
        reader = Reader(connection)
        reader.until(2)
        for _ in range(20):
            begun = time.perf_counter()
            made.points(points(RNG, 1))
            reader.until(made.sequence)
            delays.append(time.perf_counter() - begun)
    assert sorted(delays)[10] < 0.1, "a nudge, not the poll, must bring it"


def test_without_nudges_the_poll_brings_it(server: Running) -> None:
    made = filled(server, 1)
    made.store._nudge = None  # type: ignore[attr-defined]
    try:
        with server.watch(made.run) as connection:
            reader = Reader(connection)
            reader.until(2)
            made.points(points(RNG, 1))
            reader.until(3)
    finally:
        made.store._nudge = nudge.sender(server.settings.data_dir)  # type: ignore[attr-defined]


def test_tails_are_provisional_and_an_empty_one_takes_them_back(server: Running) -> None:
    made = filled(server, 1)
    content = points(RNG, 2)
    with server.watch(made.run) as connection:
        reader = Reader(connection)
        reader.until(2)
        made.append([], tail=encode_points(content, run=made.run, sequence=0, time=1.0), step=9)
        while not reader.tails:
            reader.read()
        np.testing.assert_array_equal(reader.tails[0].value, content.value)
        made.append([], tail=None)
        while len(reader.tails) < 2:
            reader.read()
        assert len(reader.tails[1]) == 0
    assert reader.sequences == [1, 2], "a tail has no number"


def test_nan_and_infinity_pass(server: Running) -> None:
    made = worker(server)
    made.manifest()
    odd = np.array([np.nan, np.inf, -np.inf, 1e-45], np.float32)
    number = np.arange(4, dtype=np.uint32)
    made.points(Points(number + 1, number * 0, odd, odd, odd))
    with server.watch(made.run) as connection:
        reader = Reader(connection)
        assert reader.hello["record"]["arms"][0]["latest"]["train_loss"] == "NaN"
        reader.until(2)
    np.testing.assert_array_equal(decode_points(reader.bodies[-1]).value, odd)


def test_state_is_told_at_most_ten_times_a_second_and_the_last_one_always(server: Running) -> None:
    made = filled(server, 1)
    with server.watch(made.run) as connection:
        reader = Reader(connection)
        begun = time.monotonic()
        for step in range(60):
            made.append([], step=step)
            time.sleep(0.01)
        made.end()
        while not reader.records or reader.records[-1]["state"] != "finished":
            reader.read()
        seconds = time.monotonic() - begun
    assert len(reader.records) <= 10 * seconds + 3
    assert reader.records[-1]["step"] == 59


def test_the_socket_of_an_ended_run_stays_and_survives_compaction(server: Running) -> None:
    made = filled(server)
    with server.watch(made.run) as connection:
        reader = Reader(connection)
        reader.until(6)
        made.end()
        while not reader.records or reader.records[-1]["state"] != "finished":
            reader.read()
        assert server.store.compact(made.run)
        while not reader.records or reader.records[-1]["epoch"] != 2:
            reader.read()
        assert len(reader.hellos) == 1
    with server.watch(made.run, "?epoch=1&after=6") as connection:
        assert not Reader(connection).hello["recovered"]


def test_joining_while_a_worker_writes_leaves_no_gap(server: Running) -> None:
    made = worker(server)
    made.manifest()
    joined = threading.Event()

    def write() -> None:
        while not joined.is_set():
            made.points(points(RNG, 1))

    writing = threading.Thread(target=write)
    writing.start()
    readers: list[Reader] = []
    with contextlib.ExitStack() as stack:
        try:
            for _ in range(12):
                readers.append(Reader(stack.enter_context(server.watch(made.run))))
                time.sleep(0.02)
        finally:
            joined.set()
            writing.join()
        for reader in readers:
            reader.until(made.sequence)
            assert reader.sequences == list(range(1, made.sequence + 1))


def test_unknown_and_deleted_runs_close_with_4404(server: Running) -> None:
    with server.watch("0" * 32) as connection:
        assert close_code(connection) == 4404
    made = filled(server)
    made.end()
    with server.watch(made.run) as connection:
        reader = Reader(connection)
        reader.until(6)
        server.store.delete(made.run)
        assert close_code(connection) == 4404


def test_a_stream_that_cannot_be_read_ends_with_1011_and_the_next_viewer_starts_anew(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled(server, 1)

    def unreadable(self: Store, run_id: str) -> bytes | None:
        raise StoreError("disk is gone")

    with server.watch(made.run) as connection:
        Reader(connection).until(2)
        with monkeypatch.context() as patch:
            patch.setattr(Store, "tail", unreadable)
            made.points(points(RNG, 1))
            assert close_code(connection) == 1011
    with server.watch(made.run) as connection:
        Reader(connection).until(3)


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", "?epoch=1.5"])
def test_a_place_that_is_no_number_is_refused(server: Running, query: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        server.watch("0" * 32, query)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"]
)
def test_other_origins_are_refused_at_the_handshake(server: Running, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        server.watch("0" * 32, origin=origin)
    assert refused.value.response.status_code == 403


def test_the_own_origin_is_welcome(server: Running) -> None:
    made = filled(server, 1)
    with server.watch(made.run, origin=server.url) as connection:
        assert Reader(connection).hello["recovered"]


def test_what_viewers_say_is_ignored(server: Running) -> None:
    made = filled(server, 1)
    with server.watch(made.run) as connection:
        reader = Reader(connection)
        for _ in range(50):
            connection.send("let me in")
            connection.send(b"\x00" * 1000)
        reader.until(2)
        made.points(points(RNG, 1))
        reader.until(3)


def test_a_server_that_ends_says_so(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        with running(tmp_path) as server:
            made = filled(server, 1)
            connection = stack.enter_context(server.watch(made.run))
            Reader(connection).until(2)
        assert close_code(connection) == 1012
