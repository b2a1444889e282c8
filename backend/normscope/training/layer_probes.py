"""When the networks' layers are looked at, and where the numbers go."""

from __future__ import annotations

import time

from torch import Tensor

from normscope.core.norm_facts import has_running_statistics, is_scale_invariant
from normscope.core.spec import RunSpec
from normscope.core.statistics import HISTOGRAMS, Schedule, distribution_vectors
from normscope.probes.layers import Details, Seen, Vectors
from normscope.training.layout import Layout
from normscope.training.readings import Readings
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate
from normscope.training.vectors import Bundle


def is_due(step: int, every: int, steps: int) -> bool:
    """Whether scalars that are observed every ``every`` steps (0: never) are observed at ``step``.

    The last of ``steps`` always is one.
    """
    return every > 0 and (step % every == 0 or step == steps)


def seen_of(spec: RunSpec, replicate: Replicate) -> Seen:
    """The parts of the network that are looked at."""
    model, norm = replicate.model, spec.arms[replicate.arm].norm
    return Seen(
        sizes=[(layer.units, layer.positions) for layer in model.plan.layers],
        activation=spec.model.activation,
        weighted=model.weighted,
        norms=model.norms,
        invariant=is_scale_invariant(norm),
        tracking=has_running_statistics(norm),
        bins=spec.probes.histogram_bins,
    )


def bundle_of(spec: RunSpec, replicate: Replicate, layout: Layout) -> Bundle:
    """The vectors of a network's layers, in the order in which they are measured; none where they never are."""
    arm, bins = replicate.arm, spec.probes.histogram_bins
    if not spec.probes.distributions_every:
        return Bundle((), ())
    found = [
        (layout.vector_id(statistic, arm, number), 2 + bins if statistic in HISTOGRAMS else layer.units)
        for number, layer in enumerate(replicate.model.plan.layers, 1)
        for statistic in distribution_vectors(layer, spec.arms[arm].norm)
    ]
    return Bundle(tuple(series for series, _ in found), tuple(length for _, length in found))


class LayerProbes:
    """Follows each step of each network, from its forward pass to its update, where something is due.

    Attributes:
        vectors: whether those of the step that began last are kept.
        details: whether its details are due.
    """

    def __init__(self, spec: RunSpec, replicates: list[Replicate], recorder: Recorder, readings: Readings) -> None:
        self._recorder = recorder
        self._readings = readings
        self._details: list[Details] = []
        self._vectors: list[Vectors] = []
        self._bundles: list[Bundle] = []
        for replicate in replicates:
            details, vectors = readings.looking_at(seen_of(spec, replicate))
            self._details.append(details)
            self._vectors.append(vectors)
            self._bundles.append(bundle_of(spec, replicate, recorder.layout))
        self._rows: dict[Replicate, Tensor] = {}
        self._step = 0
        self.vectors = self.details = self._again = False
        self._details_took = self._vectors_took = 0.0

    def begin(self, step: int) -> None:
        """See what is due at ``step``."""
        self._step = step
        self.vectors = self._recorder.vectors.due(step)
        self._again, self.details = self.details, self._due("details")
        self._details_took = self._vectors_took = 0.0

    def norms(self) -> list[Tensor] | None:
        """What the forward pass is to record of the norms in; None: nothing is due."""
        return [] if self.vectors or self.details else None

    def watch(self, replicate: Replicate, trace: list[Tensor]) -> None:
        """Between the forward and the backward pass of ``replicate``."""
        if self.details:
            began = time.perf_counter()
            self._details[replicate.index].watch(trace)
            self._details_took += time.perf_counter() - began

    def measure(
        self, replicate: Replicate, loss: Tensor, trace: list[Tensor], norms: list[Tensor] | None, rate: float
    ) -> None:
        """Between its backward pass and its update of learning rate ``rate``."""
        if norms is None:
            return
        began = time.perf_counter()
        if self.details:
            self._details[replicate.index].measure(loss, norms, len(trace[0]), rate, again=self._again)
        measured = time.perf_counter()
        self._details_took += measured - began
        if self.vectors and replicate.first_seed:
            values = self._vectors[replicate.index].measure(trace, norms)
            self._readings.put(self._step, replicate, self._bundles[replicate.index], values)
            self._vectors_took += time.perf_counter() - measured

    def finish(self, replicate: Replicate) -> None:
        """After its update, or where none is made."""
        if self.details:
            began = time.perf_counter()
            self._rows[replicate] = self._details[replicate.index].finish()
            self._details_took += time.perf_counter() - began

    def end(self) -> None:
        """All networks made the step: hand over its details."""
        pace = self._recorder.pace
        if self.vectors:
            pace.took("distributions", self._vectors_took)
        if self.details:
            pace.took("details", self._details_took)
        if self._rows:
            self._readings.observed("details", self._step, self._rows)
            self._rows = {}

    def _due(self, schedule: Schedule) -> bool:
        return is_due(self._step, self._recorder.pace.every(schedule), self._recorder.vectors.steps)
