"""The open rooms, without any input or output: who is in them, what is shown, what was voted.

A room holds the last state and nothing else. Whoever is in it is woken when that changed and takes the newest one;
what came in between is never sent, so nothing queues up. Used from the event loop only.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from normscope.core.room import CODE_LENGTH, CODE_LETTERS, Prediction, RoomState, RoomView, Vote
from normscope.server.problems import LimitReached
from normscope.settings import Settings

Wake = Callable[[], None]
RETRY_SECONDS = 60.0


@dataclass(eq=False)
class Room:
    """One lecturer's room.

    Attributes:
        token: whoever has it is the lecturer.
        touched: when the lecturer was last heard of, in seconds of the clock.
    """

    code: str
    token: str
    most: int
    touched: float
    view: RoomView = field(default_factory=RoomView)
    ended: bool = False
    _votes: dict[str, Prediction] = field(default_factory=dict)
    _guests: set[Wake] = field(default_factory=set)
    _lecturers: set[Wake] = field(default_factory=set)
    _text: str | None = None

    @property
    def state(self) -> RoomState:
        """What everyone sees."""
        votes: dict[Prediction, int] = {"supported": 0, "refuted": 0}
        for prediction in self._votes.values():
            votes[prediction] += 1
        return RoomState(
            code=self.code,
            view=self.view,
            present=len(self._guests),
            lecturer=bool(self._lecturers),
            votes=votes,
        )

    @property
    def text(self) -> str:
        """``state`` as it is sent: written once, however many take it."""
        if self._text is None:
            self._text = self.state.model_dump_json()
        return self._text

    @property
    def full(self) -> bool:
        """Whether no more may come in."""
        return len(self._guests) + len(self._lecturers) >= self.most

    def join(self, wake: Wake) -> None:
        """A page was opened; it is a guest's until it leads."""
        self._guests.add(wake)
        self._changed()

    def leave(self, wake: Wake) -> None:
        """A page was closed."""
        self._guests.discard(wake)
        self._lecturers.discard(wake)
        self._changed()

    def lead(self, wake: Wake, token: str, now: float) -> bool:
        """Make a page the lecturer's; False where the token is not the room's."""
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return False
        self._guests.discard(wake)
        self._lecturers.add(wake)
        self.touched = now
        self._changed()
        return True

    def show(self, view: RoomView, now: float) -> None:
        """The lecturer looks at something else; votes are of one claim."""
        if view.slide != self.view.slide:
            self._votes.clear()
        self.view = view
        self.touched = now
        self._changed()

    def vote(self, vote: Vote) -> None:
        """A guest predicts; what is said of another slide comes too late, and after it was shown no vote counts."""
        known = vote.guest in self._votes
        if vote.slide != self.view.slide or self.view.phase != "ask" or (not known and len(self._votes) >= self.most):
            return
        self._votes[vote.guest] = vote.prediction
        self._changed()

    def end(self) -> None:
        """Everyone is sent away."""
        self.ended = True
        self._changed()

    def _changed(self) -> None:
        self._text = None
        for wake in (*self._guests, *self._lecturers):
            wake()


class Rooms:
    """All rooms by their code.

    They live as long as the server, after whose restart the lecturer's page opens its own again, and end when their
    lecturer has been silent for long.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._rooms: dict[str, Room] = {}

    def now(self) -> float:
        """Seconds of the rooms' clock."""
        return self._clock()

    def open(self) -> Room:
        """A new room.

        Raises:
            LimitReached: every room has a lecturer.
        """
        self._make_place()
        code = _code()
        while code in self._rooms:
            code = _code()
        return self._add(code, secrets.token_hex(16))

    def reopen(self, code: str, token: str, view: RoomView) -> Room | None:
        """The room as its lecturer's page knows it, after a server has forgotten it; None: another room has the code.

        Raises:
            LimitReached: every room has a lecturer.
        """
        room = self.find(code)
        if room is None:
            self._make_place()
            room = self._add(code, token)
            room.show(view, self.now())
        return room if secrets.compare_digest(token.encode(), room.token.encode()) else None

    def _make_place(self) -> None:
        """Where there is none, the room without a lecturer that was silent for longest ends."""
        self._sweep()
        if len(self._rooms) >= self._settings.rooms:
            left = [room for room in self._rooms.values() if not room.state.lecturer]
            if not left:
                raise LimitReached(
                    f"expected at most {self._settings.rooms} open rooms, got one more: try again later", RETRY_SECONDS
                )
            self.close(min(left, key=lambda room: room.touched))

    def _add(self, code: str, token: str) -> Room:
        room = Room(code, token, self._settings.room_viewers, self.now())
        self._rooms[code] = room
        return room

    def find(self, code: str) -> Room | None:
        """The open room with this code, in whatever case it was typed."""
        self._sweep()
        return self._rooms.get(code.upper())

    def close(self, room: Room) -> None:
        """End a room."""
        self._rooms.pop(room.code, None)
        room.end()

    def _sweep(self) -> None:
        oldest = self.now() - self._settings.room_idle_seconds
        for room in [room for room in self._rooms.values() if room.touched < oldest]:
            self.close(room)


def _code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
