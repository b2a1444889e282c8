"""From the observers to the recorder: at once on the CPU, some steps later from a device.

The loop hands over each step of each network and goes on. On the CPU the recorder has the numbers, and a network whose
loss is not finite leaves, before the next one begins. From a device a row arrives later, and is then told to the
recorder just as if its step had ended only now: so windows, post-mortem and last finite values are those of that step,
and what a network did after it had diverged is never told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from normscope.core.record import ReplicateState
from normscope.core.spec import RunSpec
from normscope.core.statistics import Schedule
from normscope.probes.compiled_details import CompiledDetails
from normscope.probes.compiled_observer import CompiledObserver
from normscope.probes.compiled_vectors import CompiledVectors
from normscope.probes.layers import Details, Seen, Vectors
from normscope.probes.observer import Measured, Observer
from normscope.probes.ring import Arrived, Mark, Ring
from normscope.probes.tensor_layers import TensorDetails, TensorVectors
from normscope.probes.tensor_observer import TensorObserver
from normscope.training.divergence import first_fault, post_mortem
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate
from normscope.training.vectors import Bundle

Leave = Callable[[Replicate, ReplicateState], None]


class Readings(Protocol):
    """What was measured, on its way to the recorder."""

    def scalars(
        self, step: int, replicate: Replicate, rate: float, loss: Tensor, logits: Tensor, y: Tensor, trace: list[Tensor]
    ) -> bool:
        """Measure a step of one network; called before the step is applied.

        Returns:
            Whether it may be; False: the network has diverged, and leaves when the step ends.
        """
        ...

    def looking_at(self, seen: Seen) -> tuple[Details, Vectors]:
        """What looks at the layers of a network from here."""
        ...

    def put(self, step: int, replicate: Replicate, bundle: Bundle, values: Tensor) -> None:
        """Take the vectors of ``bundle``, float32 [n], of a network."""
        ...

    def observed(self, schedule: Schedule, step: int, rows: Mapping[Replicate, Tensor]) -> None:
        """Take what was measured together at ``step``: for each network its columns of ``schedule``, float64."""
        ...

    def end_step(self, step: int) -> None:
        """All networks made ``step``: tell the recorder what there is, and let those leave that have diverged."""
        ...

    def catch_up(self) -> None:
        """Wait until everything that was measured is told."""
        ...


class Immediate:
    """``Readings`` of the CPU."""

    def __init__(self, spec: RunSpec, replicates: list[Replicate], recorder: Recorder, leave: Leave) -> None:
        self._recorder = recorder
        self._leave = leave
        self._diverged: list[Replicate] = []
        self._columns = [recorder.layout.step.of(replicate.index) for replicate in replicates]
        self._observers: list[Observer] = [
            CompiledObserver(measured_of(spec, replicate), recorder.block, columns.start)
            for replicate, columns in zip(replicates, self._columns, strict=True)
        ]

    def scalars(
        self, step: int, replicate: Replicate, rate: float, loss: Tensor, logits: Tensor, y: Tensor, trace: list[Tensor]
    ) -> bool:
        """As ``Readings``'."""
        recorder = self._recorder
        finite = self._observers[replicate.index].scalars(loss, logits, y, trace, recorder.row)
        recorder.block[recorder.row, self._columns[replicate.index].stop - 1] = rate
        if not finite:
            fault = first_fault(replicate.model, logits, trace)
            recorder.tell(post_mortem(replicate, step, fault, recorder))
            self._diverged.append(replicate)
        return finite

    def looking_at(self, seen: Seen) -> tuple[Details, Vectors]:
        """As ``Readings``'."""
        return CompiledDetails(seen), CompiledVectors(seen)

    def put(self, step: int, replicate: Replicate, bundle: Bundle, values: Tensor) -> None:
        """As ``Readings``'."""
        self._recorder.vectors.put(step, bundle, values.numpy())

    def observed(self, schedule: Schedule, step: int, rows: Mapping[Replicate, Tensor]) -> None:
        """As ``Readings``'."""
        self._recorder.observed(schedule, step, {replicate.index: row.numpy() for replicate, row in rows.items()})

    def end_step(self, step: int) -> None:
        """As ``Readings``'."""
        self._recorder.end_step(step)
        for replicate in self._diverged:
            self._leave(replicate, "diverged")
        self._diverged.clear()

    def catch_up(self) -> None:
        """Nothing is under way."""


@dataclass(frozen=True)
class _Step:
    """What the host knows of a step whose row is under way."""

    step: int
    elapsed: float
    rates: list[tuple[Replicate, float]]
    """The networks that made it, each with its learning rate."""
    parcels: list[tuple[Replicate, Bundle | Schedule]]
    """Whose, and what: vectors, or the columns of a schedule."""


class Deferred:
    """``Readings`` of a device. Its ring has the recorder's columns, and one more for the fault of each network."""

    def __init__(
        self,
        spec: RunSpec,
        replicates: list[Replicate],
        recorder: Recorder,
        leave: Leave,
        device: torch.device,
        mark: Callable[[], Mark] | None = None,
    ) -> None:
        self._recorder = recorder
        self._leave = leave
        self._columns = [recorder.layout.step.of(replicate.index) for replicate in replicates]
        self._width = recorder.block.shape[1]
        self._ring: Ring[_Step] = Ring(self._width + len(replicates), device, mark)
        self._observers = [
            TensorObserver(measured_of(spec, replicate), self._ring.block, columns.start, self._width + replicate.index)
            for replicate, columns in zip(replicates, self._columns, strict=True)
        ]
        for replicate, observer in zip(replicates, self._observers, strict=True):
            replicate.stop_learning_when(observer.lost)
        self._rates: list[tuple[Replicate, float]] = []
        self._parcels: list[tuple[Replicate, Bundle | Schedule]] = []
        self._contents: list[Tensor] = []

    def scalars(
        self, step: int, replicate: Replicate, rate: float, loss: Tensor, logits: Tensor, y: Tensor, trace: list[Tensor]
    ) -> bool:
        """As ``Readings``'; whether the loss is finite is found later, and the optimizer holds still meanwhile."""
        self._rates.append((replicate, rate))
        return self._observers[replicate.index].scalars(loss, logits, y, trace, self._ring.row)

    def looking_at(self, seen: Seen) -> tuple[Details, Vectors]:
        """As ``Readings``'."""
        return TensorDetails(seen), TensorVectors(seen)

    def put(self, step: int, replicate: Replicate, bundle: Bundle, values: Tensor) -> None:
        """As ``Readings``'."""
        self._send(replicate, bundle, values)

    def observed(self, schedule: Schedule, step: int, rows: Mapping[Replicate, Tensor]) -> None:
        """As ``Readings``'."""
        for replicate, row in rows.items():
            self._send(replicate, schedule, row)

    def end_step(self, step: int) -> None:
        """As ``Readings``'; ``step`` itself arrives later."""
        label = _Step(step, self._recorder.elapsed, self._rates, self._parcels)
        self._ring.end_row(label, self._contents)
        self._rates, self._parcels, self._contents = [], [], []
        self._tell(wait=False)

    def catch_up(self) -> None:
        """As ``Readings``'."""
        self._tell(wait=True)

    def _send(self, replicate: Replicate, what: Bundle | Schedule, content: Tensor) -> None:
        self._parcels.append((replicate, what))
        self._contents.append(content)

    def _tell(self, *, wait: bool) -> None:
        for arrived in self._ring.take(wait=wait):
            self._end_step(arrived)

    def _end_step(self, arrived: Arrived[_Step]) -> None:
        """The recorder's next step is the one that has arrived, without the networks that had diverged before it."""
        made, recorder = arrived.label, self._recorder
        learning = [(replicate, rate) for replicate, rate in made.rates if replicate.state == "running"]
        if not learning:
            return
        row = recorder.block[recorder.row]
        row[:] = arrived.values[: self._width]
        for replicate, rate in learning:
            row[self._columns[replicate.index].stop - 1] = rate
        self._unpack(arrived)
        diverged = [each for each, _ in learning if not math.isfinite(row[self._columns[each.index].start])]
        for replicate in diverged:
            fault = self._observers[replicate.index].fault(arrived.values[self._width + replicate.index])
            recorder.tell(post_mortem(replicate, made.step, fault, recorder))
        recorder.end_step(made.step, made.elapsed)
        for replicate in diverged:
            self._leave(replicate, "diverged")

    def _unpack(self, arrived: Arrived[_Step]) -> None:
        """Hand on the vectors, and the rows of schedules, that came with a step."""
        scheduled: dict[Schedule, dict[int, NDArray[np.float64]]] = {}
        for (replicate, what), content in zip(arrived.label.parcels, arrived.parcels, strict=True):
            if replicate.state != "running":
                continue
            if isinstance(what, Bundle):
                self._recorder.vectors.put(arrived.label.step, what, content)
            else:
                scheduled.setdefault(what, {})[replicate.index] = content
        for schedule, rows in scheduled.items():
            self._recorder.observed(schedule, arrived.label.step, rows)


BuildReadings = Callable[[RunSpec, list[Replicate], Recorder, Leave, torch.device], Readings]


def readings_of(
    spec: RunSpec, replicates: list[Replicate], recorder: Recorder, leave: Leave, device: torch.device
) -> Readings:
    """Those that fit the device."""
    if device.type == "cpu":
        return Immediate(spec, replicates, recorder, leave)
    return Deferred(spec, replicates, recorder, leave, device)


def measured_of(spec: RunSpec, replicate: Replicate) -> Measured:
    """What ``spec`` asks to be measured of a network."""
    return Measured(
        [(layer.units, layer.positions) for layer in replicate.model.plan.layers],
        spec.model.activation,
        replicate.model.weighted,
        replicate.model.own_parameters(),
        layers=spec.probes.layers,
    )
