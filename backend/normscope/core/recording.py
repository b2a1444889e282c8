"""A recorded trial: what came out when a claim was tried, small enough to ship with the package. Pure."""

from __future__ import annotations

from pydantic import Field

from normscope.core.record import Measured, Open
from normscope.core.statistics import Statistic
from normscope.core.trial import Judged


class RecordedCurve(Open):
    """One arm's series: at each step the median, least and greatest value over seeds."""

    arm: str
    norm: str
    """Its kind, which gives the curve its colour."""
    step: tuple[int, ...]
    value: tuple[Measured, ...]
    low: tuple[Measured, ...]
    high: tuple[Measured, ...]


class RecordedPicture(Open):
    """The experiment at a glance (``normscope.claims.base.Picture``)."""

    statistic: Statistic
    layer: int | None = None
    log: bool = False
    steps: int
    curves: tuple[RecordedCurve, ...]


class RecordedTrial(Open):
    """An experiment with its verdict."""

    seeds: tuple[int, ...]
    seconds: float = Field(description="Of training, over all runs.")
    settings: str
    """Of its runs, as a hash: others now mean that the recording is stale."""
    judged: Judged
    picture: RecordedPicture | None = None


class Recording(Open):
    """A claim's experiment and its counter-experiment, with where and when they were run."""

    claim: str
    date: str
    commit: str
    machine: str
    main: RecordedTrial
    counter: RecordedTrial
