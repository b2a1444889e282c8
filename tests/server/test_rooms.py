"""Rooms: the state by itself with a clock of our own, and two and more sockets against a real server."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from normscope.core.room import CODE_LENGTH, CODE_LETTERS, MAX_MESSAGE_CHARACTERS, RoomState, RoomView, Vote
from normscope.server.problems import LimitReached
from normscope.server.rooms import Rooms
from normscope.settings import Settings
from tests.server.reader import SECONDS
from tests.server.running import Running, problem, running

GUEST, OTHER = "a" * 32, "b" * 32
BALLOT = {"type": "vote", "guest": GUEST, "slide": "speed", "prediction": "supported"}


def rooms(time: list[float], **settings: Any) -> Rooms:
    return Rooms(Settings(**settings), clock=lambda: time[0])


def vote(guest: str, prediction: str, slide: str = "opening") -> Vote:
    return Vote.model_validate({"type": "vote", "guest": guest, "slide": slide, "prediction": prediction})


def test_a_code_can_be_read_aloud_and_typed_in_any_case() -> None:
    made = rooms([0.0])
    codes = {made.open().code for _ in range(20)}
    assert len(codes) == 20
    assert all(len(code) == CODE_LENGTH and set(code) <= set(CODE_LETTERS) for code in codes)
    code = codes.pop()
    assert made.find(code.lower()) is made.find(code) is not None
    assert made.find("NOBODY") is None


def test_a_room_ends_when_its_lecturer_is_silent_for_long_and_not_before() -> None:
    time = [0.0]
    made = rooms(time, room_idle_seconds=100)
    room = made.open()
    time[0] = 99.0
    room.show(RoomView(slide="speed"), made.now())
    time[0] = 198.0
    room.vote(vote(GUEST, "refuted", "speed"))
    assert made.find(room.code) is room
    time[0] = 200.0
    assert made.find(room.code) is None, "votes of guests do not keep it"
    assert room.ended


def test_where_all_places_are_taken_a_room_without_a_lecturer_gives_way() -> None:
    time = [0.0]
    made = rooms(time, rooms=2)
    first = made.open()
    time[0] = 1.0
    second = made.open()
    assert first.lead(lambda: None, first.token, 2.0)
    third = made.open()
    assert second.ended
    assert not first.ended
    assert third.lead(lambda: None, third.token, 3.0)
    with pytest.raises(LimitReached, match="at most 2 open rooms"):
        made.open()


def test_only_the_token_leads() -> None:
    room = rooms([0.0]).open()

    def wake() -> None:
        pass

    room.join(wake)
    assert not room.lead(wake, "0" * 32, 0.0)
    assert (room.state.lecturer, room.state.present) == (False, 1)
    assert room.lead(wake, room.token, 0.0)
    assert (room.state.lecturer, room.state.present) == (True, 0)
    room.leave(wake)
    assert (room.state.lecturer, room.state.present) == (False, 0)


def test_the_last_vote_of_each_guest_counts_until_the_result_is_shown() -> None:
    room = rooms([0.0], room_viewers=2).open()
    room.show(RoomView(slide="speed"), 0.0)
    room.vote(vote(GUEST, "supported", "speed"))
    room.vote(vote(GUEST, "refuted", "speed"))
    room.vote(vote(OTHER, "supported", "speed"))
    room.vote(vote("c" * 32, "supported", "speed"))
    assert room.state.votes == {"supported": 1, "refuted": 1}, "no more votes than may be present"
    room.show(RoomView(slide="speed", phase="watch"), 0.0)
    room.vote(vote(OTHER, "refuted", "speed"))
    assert room.state.votes == {"supported": 1, "refuted": 1}, "nobody predicts what is seen"
    room.show(RoomView(slide="scale"), 0.0)
    room.vote(vote(GUEST, "refuted", "speed"))
    assert room.state.votes == {"supported": 0, "refuted": 0}, "a vote for another claim comes too late"


def test_everyone_is_woken_by_a_change_and_finds_the_newest() -> None:
    room = rooms([0.0]).open()
    woken: list[str] = []

    def wake(name: str) -> Callable[[], None]:
        return lambda: woken.append(name)

    one, two = wake("one"), wake("two")
    room.join(one)
    room.join(two)
    woken.clear()
    room.show(RoomView(step=1), 0.0)
    room.show(RoomView(step=2), 0.0)
    assert sorted(woken) == ["one", "one", "two", "two"]
    assert RoomState.model_validate_json(room.text).view.step == 2


class Seat:
    """One connection of a test."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def until(self, fits: Callable[[RoomState], bool]) -> RoomState:
        """Read states until one fits."""
        while True:
            state = RoomState.model_validate_json(self.connection.recv(timeout=SECONDS))
            if fits(state):
                return state

    def closed(self) -> tuple[int, str]:
        """Code and reason of the end."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                self.connection.recv(timeout=SECONDS)
        assert self.connection.close_code is not None
        return self.connection.close_code, self.connection.close_reason or ""


Sit = Callable[..., Seat]


@pytest.fixture
def sit(server: Running) -> Iterator[Sit]:
    """Open sockets of a room; closed at the end."""
    with contextlib.ExitStack() as stack:

        def opened(code: str, token: str | None = None, **options: Any) -> Seat:
            url = f"{server.url.replace('http', 'ws')}/api/rooms/{code}/stream"
            seat = Seat(stack.enter_context(connect(url, compression=None, **options)))
            if token is not None:
                seat.say(type="lead", token=token)
                seat.until(lambda state: state.lecturer)
            return seat

        yield opened


@pytest.fixture
def room(server: Running) -> dict[str, str]:
    answer = server.post("/rooms", None)
    assert answer.status_code == 201
    found: dict[str, str] = answer.json()
    return found


def show(**view: Any) -> dict[str, Any]:
    return {"type": "show", "view": view}


def test_guests_see_what_the_lecturer_shows(server: Running, sit: Sit, room: dict[str, str]) -> None:
    lecturer, guest = sit(room["code"], room["token"]), sit(room["code"].lower())
    assert lecturer.until(lambda state: state.present == 1).votes == {"supported": 0, "refuted": 0}
    lecturer.say(**show(slide="speed"))
    assert guest.until(lambda state: state.view.slide == "speed").lecturer
    guest.say(type="vote", guest=GUEST, slide="speed", prediction="supported")
    assert lecturer.until(lambda state: state.votes["supported"] == 1).view.phase == "ask"
    trial = "1" * 32
    lecturer.say(**show(slide="speed", phase="watch", trial=trial, step=40, pointer={"chart": 1, "x": 0.5, "y": 1}))
    seen = guest.until(lambda state: state.view.phase == "watch").view
    assert (seen.trial, seen.step) == (trial, 40)
    assert seen.pointer is not None
    assert (seen.pointer.chart, seen.pointer.x) == (1, 0.5)
    assert server.get(f"/rooms/{room['code']}").json()["view"]["step"] == 40


def test_a_lecturer_who_comes_back_finds_the_room_as_it_was(sit: Sit, room: dict[str, str]) -> None:
    first, guest = sit(room["code"], room["token"]), sit(room["code"])
    first.say(**show(slide="scale", phase="why"))
    guest.until(lambda state: state.view.slide == "scale")
    first.connection.close()
    guest.until(lambda state: not state.lecturer)
    again = sit(room["code"])
    again.say(type="lead", token=room["token"])
    assert again.until(lambda state: state.lecturer).view.phase == "why"


def test_a_lecturer_opens_the_room_again_that_a_restarted_server_has_forgotten(server: Running, sit: Sit) -> None:
    token, view = "0f" * 16, {"slide": "scale", "phase": "ask"}
    answer = server.client.put("/api/rooms/QRSTU", json={"token": token, "view": view})
    assert (answer.status_code, answer.json()) == (200, {"code": "QRSTU", "token": token})
    guest = sit("QRSTU")
    assert guest.until(lambda state: True).view.slide == "scale"
    assert sit("QRSTU", token)
    guest.until(lambda state: state.lecturer)
    again = server.client.put("/api/rooms/QRSTU", json={"token": token, "view": {"slide": "speed"}})
    assert again.status_code == 200
    assert server.get("/rooms/QRSTU").json()["view"]["slide"] == "scale", "a room that is known stays as it is"
    other = server.client.put("/api/rooms/QRSTU", json={"token": "a0" * 16, "view": view})
    assert "not this room's" in str(problem(other, 403))
    assert "code" in str(problem(server.client.put("/api/rooms/OIOIO", json={"token": token, "view": view}), 422))


def test_many_changes_arrive_as_few_states_and_the_last_one_always(sit: Sit, room: dict[str, str]) -> None:
    lecturer, guest = sit(room["code"], room["token"]), sit(room["code"])
    guest.until(lambda state: state.lecturer)
    for step in range(60):
        lecturer.say(**show(slide="speed", phase="watch", step=step))
    seen = 0

    def last(state: RoomState) -> bool:
        nonlocal seen
        seen += 1
        return state.view.step == 59

    guest.until(last)
    assert seen < 30, "the newest of each span, not every one"


def test_a_room_that_its_lecturer_closes_sends_everyone_away(server: Running, sit: Sit, room: dict[str, str]) -> None:
    lecturer, guest = sit(room["code"], room["token"]), sit(room["code"])
    lecturer.say(type="close")
    assert guest.closed() == (4404, "the room has ended")
    assert "no room has the code" in str(problem(server.get(f"/rooms/{room['code']}"), 404))
    assert sit(room["code"]).closed()[0] == 4404


@pytest.mark.parametrize(
    ("message", "code", "words"),
    [
        ({"type": "lead", "token": "0" * 32}, 4403, "token"),
        (show(slide="speed"), 4403, "only the lecturer"),
        ({"type": "close"}, 4403, "only the lecturer"),
        ({"type": "stop"}, 1008, "lead"),
        ({"type": "vote", "guest": "me", "slide": "speed", "prediction": "supported"}, 1008, "guest"),
        ({"type": "vote", "guest": GUEST, "slide": "speed", "prediction": "maybe"}, 1008, "supported"),
        (
            {"type": "vote", "guest": GUEST, "slide": "x" * MAX_MESSAGE_CHARACTERS, "prediction": "refuted"},
            1009,
            "2000",
        ),
    ],
)
def test_a_guest_commands_nothing(
    server: Running, sit: Sit, room: dict[str, str], message: dict[str, Any], code: int, words: str
) -> None:
    before = server.get(f"/rooms/{room['code']}").json()["view"]
    guest = sit(room["code"])
    guest.say(**message)
    closed = guest.closed()
    assert closed[0] == code
    assert words in closed[1]
    assert server.get(f"/rooms/{room['code']}").json()["view"] == before


@pytest.mark.parametrize(
    "view",
    [{"step": -1}, {"slide": "../runs"}, {"phase": "over"}, {"pointer": {"chart": 0, "x": 2, "y": 0}}, {"more": 1}],
)
def test_a_view_that_is_none_is_refused(sit: Sit, room: dict[str, str], view: dict[str, Any]) -> None:
    lecturer = sit(room["code"], room["token"])
    lecturer.say(**show(**view))
    code, reason = lecturer.closed()
    assert code == 1008
    assert f"view.{next(iter(view))}" in reason


@pytest.mark.parametrize("said", [b"\x00", "{", "[]"])
def test_what_is_no_message_is_refused(sit: Sit, room: dict[str, str], said: bytes | str) -> None:
    guest = sit(room["code"])
    guest.connection.send(said)
    assert guest.closed()[0] == 1008


def test_a_guest_that_talks_too_much_is_sent_away(sit: Sit, room: dict[str, str]) -> None:
    guest = sit(room["code"])
    with contextlib.suppress(ConnectionClosed):
        for _ in range(40):
            guest.say(type="vote", guest=GUEST, slide="opening", prediction="supported")
    code, reason = guest.closed()
    assert (code, "at most 2 messages a second" in reason) == (1008, True)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_other_origins_are_refused_at_the_handshake(sit: Sit, room: dict[str, str], origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        sit(room["code"], origin=origin)
    assert refused.value.response.status_code == 403


def test_a_full_room_takes_nobody_in(tmp_path: Path) -> None:
    with running(tmp_path, room_viewers=1) as server, contextlib.ExitStack() as stack:
        code = server.post("/rooms", None).json()["code"]
        url = f"{server.url.replace('http', 'ws')}/api/rooms/{code}/stream"
        stack.enter_context(connect(url)).recv(timeout=SECONDS)
        assert Seat(stack.enter_context(connect(url))).closed() == (1013, "the room is full: try again later")


def test_a_code_that_is_none_is_refused(server: Running) -> None:
    assert "code" in str(problem(server.get("/rooms/12"), 422))
