"""The loop: for each step one minibatch a seed, and every network of that seed learns from it in turn."""

from __future__ import annotations

import time
from functools import partial
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.core.check import check, train_examples
from normscope.core.control import CheckpointKind, Control, Keeper, Sink
from normscope.core.device import choose
from normscope.core.events import ManifestEvent, ReplicateEndedEvent
from normscope.core.manifest import build_manifest
from normscope.core.record import Metric, ReplicateState
from normscope.core.spec import RunSpec
from normscope.training import checkpoint
from normscope.training.augmentation import Augmentation
from normscope.training.boundaries import Boundaries, plane_of
from normscope.training.certificate import certificate
from normscope.training.checkpoint import Again
from normscope.training.evaluate import evaluate
from normscope.training.examples import fixed_examples
from normscope.training.fork import Fork, take_over
from normscope.training.generators import CPU
from normscope.training.instruments import Instruments
from normscope.training.layer_probes import LayerProbes
from normscope.training.lean import backward
from normscope.training.order import Order
from normscope.training.placing import place, prepared_device
from normscope.training.progress import Phase
from normscope.training.readings import BuildReadings, readings_of
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate, build_replicates
from normscope.training.splits import DataSet

STUCK_BELOW_CHANCE_TIMES = 1.5


def train(
    spec: RunSpec,
    data: DataSet,
    *,
    sink: Sink,
    control: Control,
    keeper: Keeper | None = None,
    again: Again | None = None,
    fork: Fork | None = None,
    build_readings: BuildReadings = readings_of,
) -> Literal["finished", "stopped"]:
    """Train all replicates of ``spec`` in lock-step, and tell ``sink`` about it.

    The first emission holds the manifest with the certificate, the last one closes all windows and says how each
    replicate ended. Takes one thread: small networks gain nothing from more, and the same spec gives the same bits.

    Args:
        keeper: takes the checkpoints; None: there are none.
        again: the run was begun before; its first emission is then ``rewound``, and no second manifest.
        fork: the run begins with the networks of another.
        build_readings: for tests: the probes of a device, on the CPU.

    Returns:
        Whether all steps were made (by those that did not diverge), or ``control`` ended the run before.

    Raises:
        SpecError: the spec cannot be run, or its device is not there; nothing was started.
        LeaseLost: from ``control``; the run belongs to somebody else.
    """
    check(spec)
    torch.set_num_threads(1)
    choice = choose(spec, torch.cuda.is_available)
    device = prepared_device(choice)
    examples = train_examples(spec)
    replicates = build_replicates(spec, data.train.x.shape[1], data.classes, device)
    orders = {seed: Order(seed, examples, spec.batch_size, spec.drop_last, device) for seed in spec.seeds}
    manifest = build_manifest(spec, data.classes, examples, plane_of(spec, data))
    recorder = Recorder(spec, manifest, replicates, sink)
    origins = None if fork is None else take_over(fork, spec, data, replicates, orders, device)
    fairness = certificate(spec, data, replicates, orders, origins, choice)
    before = 0 if fork is None else fork.before
    inherited = [] if fork is None else recorder.pace.inherit(spec, fork.origin.spec, fork.pace)
    loop = Loop(spec, data, replicates, orders, recorder, control, keeper, before, device, build_readings)
    if again is None:
        recorder.start(ManifestEvent(manifest=manifest, fairness=fairness.model_dump(mode="json")), *inherited)
    else:
        checkpoint.take_up(loop, again)
    return loop.run()


class _Ended(Exception):
    """A command ended the run within a measurement."""


class _Changed(Exception):
    """A command may have changed what is being measured."""


class Loop:
    """The state of a run while it trains."""

    def __init__(
        self,
        spec: RunSpec,
        data: DataSet,
        replicates: list[Replicate],
        orders: dict[int, Order],
        recorder: Recorder,
        control: Control,
        keeper: Keeper | None = None,
        before: int = 0,
        device: torch.device = CPU,
        build_readings: BuildReadings = readings_of,
    ) -> None:
        self.spec = spec
        self.x, self.y = place(data.train, device)
        self.validation, self.test = place(data.validation, device), place(data.test, device)
        self.data = data
        self.replicates = replicates
        self.live = list(replicates)
        self.orders = orders
        self.recorder = recorder
        self.control = control
        self.keeper = keeper
        self.before = before
        """Steps of the runs it was forked from."""
        self.step = 0
        """The last one that was made."""
        self.steps = spec.steps
        """After which the run ends."""
        self.evaluated = True
        """Nothing is left to be done of ``step``."""
        self.ended = False
        """The run had ended after ``step``, and was extended."""
        self._kept = (-1, -1)
        self._rested = 0.0
        """Seconds of a measurement in which commands were obeyed."""
        self.readings = build_readings(spec, replicates, recorder, self._leave, device)
        self.layer_probes = LayerProbes(spec, replicates, recorder, self.readings)
        self.augment = Augmentation(spec.dataset)
        self.boundaries = Boundaries(recorder, self.readings, device)
        examples = fixed_examples(spec, replicates[0].model.plan, (self.x, self.y), self.validation)
        self.instruments = Instruments(spec, examples, recorder)

    def run(self) -> Literal["finished", "stopped"]:
        """All steps, then the test; or until a command ends it."""
        over = False
        while not over:
            if not self._advance() or (self.live and not self._evaluate(self.live, "testing")):
                return self._stop()
            over = not self.live or self.step >= self.steps  # else it was extended during the test
        for replicate in list(self.live):
            chance = 1.0 / self.data.classes
            replicate.restore_best()
            stuck = replicate.metrics["test_accuracy"] < STUCK_BELOW_CHANCE_TIMES * chance
            self._leave(replicate, "stuck" if stuck else "finished")
        self.recorder.finish()
        return "finished"

    def _advance(self) -> bool:
        """Make the steps that are left; False where a command ended the run."""
        while True:
            if not self.evaluated and not self._evaluate(self.live, "evaluating"):
                return False
            self.evaluated = True
            if not self._stop_early():
                return False
            if self.step and checkpoint.due(self):
                self._keep("end" if self.step == self.steps else "regular")
            if self.control.pending and not self._obey():
                return False
            if not self.live or self.step >= self.steps:
                return True
            if self.ended:
                self.recorder.cut()
                self.ended = False
            if not self._look(self.step + 1):
                return False
            self.step += 1
            self._step(self.step)
            evaluate = self.step == self.steps or self.step % self.spec.evaluate_every == 0
            if evaluate or checkpoint.due(self):
                self.readings.catch_up()
            self.evaluated = not self.live or not evaluate

    def _step(self, step: int) -> None:
        """One minibatch for each seed; forward, backward, measure, step for each network."""
        readings, probes, observing = self.readings, self.layer_probes, 0.0
        probes.begin(step)
        minibatches = {seed: self._minibatch(seed, step) for seed in {r.seed for r in self.live}}
        for replicate in self.live:
            x, y = minibatches[replicate.seed]
            started = time.perf_counter()
            trace: list[Tensor] = []
            norms = probes.norms()
            logits = replicate.model(x, trace, norms)
            loss = F.cross_entropy(logits, y, label_smoothing=self.spec.label_smoothing)
            probes.watch(replicate, trace)
            backward(loss)
            measuring = time.perf_counter()
            rate = replicate.rate(step, self.spec.steps)
            goes_on = readings.scalars(step, replicate, rate, loss, logits, y, trace)
            probes.measure(replicate, loss, trace, norms, rate)
            if not goes_on:
                probes.finish(replicate)
                continue
            trace.clear()  # its memory is warm for the next network
            measured = time.perf_counter()
            replicate.learn(rate, self.spec.clip_norm)
            learned = time.perf_counter()
            replicate.seconds += measuring - started + learned - measured
            probes.finish(replicate)
            observing += measured - measuring + time.perf_counter() - learned
        trained = time.perf_counter()
        probes.end()
        self.boundaries.observe(step, self.live)
        readings.end_step(step)
        self.recorder.observer_seconds += observing + time.perf_counter() - trained
        if self.live:
            self.recorder.keep_to_budget(step)

    def _minibatch(self, seed: int, step: int) -> tuple[Tensor, Tensor]:
        """x: float32 [batch, features], y: int64 [batch]: the same for all arms of ``seed``."""
        indices = self.orders[seed].next()
        return self.augment(self.x.index_select(0, indices), seed, self.before + step), self.y.index_select(0, indices)

    def _look(self, step: int) -> bool:
        """Measure what is costly, before ``step`` is made; False where a command ended the run meanwhile.

        A command may change what is measured: then it is measured anew, as it will be where the run is taken up again.
        """
        if not self.instruments.due(step):
            return True
        self.readings.catch_up()
        while True:
            began, self._rested = time.perf_counter(), 0.0
            try:
                self.instruments.observe(step, self.live, self._ask)
            except _Changed:
                continue
            except _Ended:
                return False
            finally:
                self.recorder.observer_seconds += time.perf_counter() - began - self._rested
            return True

    def _ask(self) -> float:
        """Obey commands within a measurement; returns the seconds that this took.

        Raises:
            _Ended: the run is to end.
            _Changed: something was applied.
        """
        self.recorder.tick()
        if not self.control.pending:
            return 0.0
        began, applied = time.perf_counter(), self.control.applied
        go_on = self._obey(between=False)
        seconds = time.perf_counter() - began
        self._rested += seconds
        if not go_on:
            raise _Ended
        if applied != self.control.applied:
            raise _Changed
        return seconds

    def _stop_early(self) -> bool:
        """Test those whose patience is at its end, and let them leave; False where a command ended the run."""
        over = [(each, each.stopping) for each in self.live if each.stopping is not None and each.stopping.over]
        if over and not self._evaluate([each for each, _ in over], "testing"):
            return False
        for replicate, stopping in over:
            stopping.restore(replicate.model)
            self.recorder.tell(stopping.stopped(replicate.arm, replicate.seed, self.step))
            self._leave(replicate, "stopped_early")
        self.recorder.phase = "training"
        return True

    def _evaluate(self, replicates: list[Replicate], phase: Phase) -> bool:
        """Metrics of ``replicates`` on the split of ``phase``; False where a command ended the run meanwhile."""
        names: tuple[Metric, Metric] = (
            ("test_loss", "test_accuracy") if phase == "testing" else ("validation_loss", "validation_accuracy")
        )
        self.recorder.phase = phase
        x, y = self.test if phase == "testing" else self.validation
        results: list[tuple[float, float]] = []
        for replicate in replicates:
            result = (float("nan"), float("nan"))
            model = replicate.to_test() if phase == "testing" else replicate.model
            for result in evaluate(model, x, y):  # noqa: B007
                self.recorder.tick()
                if self.control.pending and not self._obey():
                    return False
            results.append(result)
        for replicate, (loss, accuracy) in zip(replicates, results, strict=True):
            replicate.metrics[names[0]] = loss
            replicate.metrics[names[1]] = accuracy
        if phase == "evaluating":
            self.recorder.evaluated(self.step, replicates)
            for best in filter(None, (replicate.evaluated(self.step) for replicate in replicates)):
                self.recorder.tell(best)
            self.recorder.phase = "training"
        return True

    def _obey(self, *, between: bool = True) -> bool:
        """Apply the commands; time spent paused, or waiting for the next step's turn, does not count."""
        self.readings.catch_up()
        began = time.perf_counter()
        go_on = self.control.obey(self.step, self, between=between and self.evaluated)
        self.recorder.exclude(time.perf_counter() - began)
        return go_on

    @property
    def extra_steps(self) -> int:
        """Beyond those of the spec."""
        return self.steps - self.spec.steps

    def show(self) -> None:
        """Emit everything measured so far."""
        self.recorder.emit()

    def keep(self) -> None:
        """Make a checkpoint, unless the last one holds the same."""
        if self._kept != (self.step, self.control.applied):
            self._keep("pause")

    def extend(self, steps: int) -> None:
        """Make so many steps more."""
        self.steps += steps
        self.recorder.end_at(self.steps)

    def set_learning_rate(self, value: float, arm: int | None) -> None:
        """Another base learning rate for one arm, or all."""
        for replicate in self.replicates:
            if arm is None or replicate.arm == arm:
                replicate.learning_rate = value

    def cap(self, steps_per_second: float | None) -> None:
        """The speed is limited from now on."""
        self.recorder.cap(steps_per_second)

    def _keep(self, kind: CheckpointKind) -> None:
        """Hand a copy of the whole state to the keeper, behind everything measured so far."""
        if self.keeper is not None:
            self.recorder.emit()
            self._kept = (self.step, self.control.applied)
            self.keeper.keep(self.step, kind, partial(checkpoint.save, checkpoint.capture(self, kind)))

    def _leave(self, replicate: Replicate, state: ReplicateState) -> None:
        self.recorder.leave(replicate)
        replicate.state = state
        self.live.remove(replicate)
        if not self.live:
            self.step = self.recorder.step  # a device may be some steps further, which nobody made
        self.recorder.tell(
            ReplicateEndedEvent(
                arm=replicate.arm,
                seed=replicate.seed,
                step=self.recorder.step,
                state=state,
                final=dict(replicate.metrics),
            )
        )

    def _stop(self) -> Literal["stopped"]:
        """End before the last step: no test, and the replicates say so."""
        self._keep("end")
        for replicate in list(self.live):
            self._leave(replicate, "stopped_early")
        self.recorder.finish()
        return "stopped"
