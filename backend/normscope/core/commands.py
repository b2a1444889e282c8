"""What a run can be told while it waits, trains, rests or after it has ended."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from normscope.core.spec import MAX_ARMS, Model

CommandKind = Literal["pause", "resume", "stop", "step", "extend", "set_learning_rate", "set_speed"]
MAX_STEPS = 1_000_000
MAX_SPEED = 10_000.0


class Pause(Model):
    """Rest after the present step."""

    kind: Literal["pause"] = "pause"


class Resume(Model):
    """Go on; an interrupted run is taken up again from its last checkpoint."""

    kind: Literal["resume"] = "resume"


class Stop(Model):
    """End after the present step."""

    kind: Literal["stop"] = "stop"


class Step(Model):
    """Make one step, then rest."""

    kind: Literal["step"] = "step"


class Extend(Model):
    """Train longer; an ended run is taken up again from its last checkpoint."""

    kind: Literal["extend"] = "extend"
    steps: int = Field(ge=1, le=MAX_STEPS)


class SetLearningRate(Model):
    """Another base learning rate, of one arm (index from 0) or of all."""

    kind: Literal["set_learning_rate"] = "set_learning_rate"
    value: float = Field(gt=0, le=1000)
    arm: int | None = Field(None, ge=0, lt=MAX_ARMS)


class SetSpeed(Model):
    """At most so many steps per second; null: as fast as possible."""

    kind: Literal["set_speed"] = "set_speed"
    steps_per_second: float | None = Field(gt=0, le=MAX_SPEED)


Request = Annotated[
    Pause | Resume | Stop | Step | Extend | SetLearningRate | SetSpeed,
    Field(discriminator="kind"),
]
REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


def request(kind: CommandKind, **fields: Any) -> Request:
    """The request of this kind. Raises pydantic.ValidationError."""
    return REQUEST.validate_python({"kind": kind, **fields})
