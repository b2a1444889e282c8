"""A room: everyone in class sees the lecturer's page. What it holds, and the messages of its websocket. Pure."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints, TypeAdapter

from normscope.core.spec_base import Model

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which look like digits on a screen far away."""
CODE_LENGTH = 5
TOKEN_LENGTH = 32
MAX_MESSAGE_CHARACTERS = 2_000
"""Of what a browser sends."""

Prediction = Literal["supported", "refuted"]
Phase = Literal["ask", "watch", "why", "limits"]
Id: TypeAlias = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
Slide: TypeAlias = Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,40}$")]
Share: TypeAlias = Annotated[float, Field(ge=0.0, le=1.0, strict=False)]


class Pointer(Model):
    """Where the lecturer points: at which chart, and where on it from its left and upper edge, as shares."""

    chart: int = Field(ge=0, le=7)
    x: Share
    y: Share


class RoomView(Model):
    """What the lecturer looks at. Only the newest one counts."""

    slide: Slide = "opening"
    """Id of a claim, ``opening`` or ``closing``."""
    phase: Phase = "ask"
    """Predict, the experiment, the reason, when it does not hold."""
    trial: Id | None = None
    """What is shown of the experiment, or in ``limits`` of the counter-experiment."""
    step: int | None = Field(None, ge=0)
    """The moment on the charts; null: live."""
    pointer: Pointer | None = None


class RoomState(Model):
    """What everyone in a room is sent, whenever it changed."""

    type: Literal["room"] = "room"
    code: str
    view: RoomView
    present: int
    """Guests whose page is open."""
    lecturer: bool
    """Whether the lecturer's page is open."""
    votes: dict[Prediction, int]
    """What the class says of the slide's claim."""


class Lead(Model):
    """The lecturer's first message."""

    type: Literal["lead"]
    token: str = Field(min_length=TOKEN_LENGTH, max_length=TOKEN_LENGTH)


class Reopen(Model):
    """The lecturer, of a room that a server has forgotten with its restart."""

    token: str = Field(pattern=f"^[0-9a-f]{{{TOKEN_LENGTH}}}$")
    view: RoomView


class Show(Model):
    """The lecturer: what is looked at now."""

    type: Literal["show"]
    view: RoomView


class Close(Model):
    """The lecturer: the room ends."""

    type: Literal["close"]


class Vote(Model):
    """A guest: what will come out. The last one of each guest counts; ``guest`` is made up by the browser."""

    type: Literal["vote"]
    guest: Id
    slide: Slide
    prediction: Prediction


RoomMessage: TypeAlias = Annotated[Lead | Show | Close | Vote, Field(discriminator="type")]
MESSAGE: TypeAdapter[Lead | Show | Close | Vote] = TypeAdapter(RoomMessage)
