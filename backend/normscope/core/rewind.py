"""What a ``rewound`` event makes void: later points, and what was said of later steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from normscope.core.events import (
    DivergedEvent,
    EarlyStoppedEvent,
    Event,
    ManifestEvent,
    NumberedEvent,
    ReplicateEndedEvent,
    RewoundEvent,
)
from normscope.core.telemetry import Points, Vectors


def stands(event: Event, rewound: RewoundEvent) -> bool:
    """Whether ``event``, stored before ``rewound``, is still true after it."""
    if isinstance(event, ManifestEvent | RewoundEvent):
        return True
    if isinstance(event, DivergedEvent | EarlyStoppedEvent | ReplicateEndedEvent) and any(
        (event.arm, event.seed) == (each.arm, each.seed) for each in rewound.live
    ):
        return False
    return event.step <= rewound.step


def points_until(points: Points, step: int) -> Points:
    """Those of windows that end at ``step`` or before."""
    return points.take(np.asarray(points.step, np.int64) <= step)


def vectors_until(vectors: Vectors, step: int) -> Vectors:
    """Those observed at ``step`` or before."""
    keep = np.flatnonzero(np.asarray(vectors.step, np.int64) <= step)
    return Vectors(vectors.step[keep], vectors.series[keep], tuple(vectors.value[i] for i in keep))


def still_true(events: Sequence[NumberedEvent]) -> list[Event]:
    """Those of a whole stream that no later rewinding made void, in order."""
    rewinds = Rewinds(events)
    return [each.event for each in events if rewinds.stands(each)]


class Rewinds:
    """The ``rewound`` events of a whole stream, for whoever reads it from the beginning.

    Args:
        events: of the stream, in order; others than ``rewound`` are passed over.
    """

    def __init__(self, events: Iterable[NumberedEvent]) -> None:
        self._rewinds = [(each.sequence, each.event) for each in events if isinstance(each.event, RewoundEvent)]

    def limit(self, sequence: int) -> int | None:
        """The last step that counts of what message ``sequence`` says; None: all do."""
        steps = [rewound.step for at, rewound in self._rewinds if at > sequence]
        return min(steps) if steps else None

    def stands(self, event: NumberedEvent) -> bool:
        """Whether no later rewinding made ``event`` void."""
        return all(stands(event.event, rewound) for at, rewound in self._rewinds if at > event.sequence)
