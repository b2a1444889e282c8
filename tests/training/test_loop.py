"""The lock-step loop: what it emits and when, what it repeats bit by bit, how replicates end."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from normscope.core.events import DivergedEvent, ManifestEvent, ReplicateEndedEvent
from normscope.core.manifest import Series
from normscope.core.record import Metric
from normscope.core.spec import Adam, AdamW, ArmSpec, BatchNorm, Momentum, NoNorm, NormalInitialisation, Sgd
from normscope.core.telemetry import Emission
from normscope.errors import LeaseLost, SpecError
from normscope.training.loop import train
from tests.training.helpers import ALL_NORMS, Calm, Memory, When, arms, small, toy


def series_of(memory: Memory, statistic: str, arm: int | None = 0, layer: int | None = None) -> list[Series]:
    manifest = memory.events[0]
    assert isinstance(manifest, ManifestEvent)
    return [s for s in manifest.manifest.series if (s.statistic, s.arm, s.layer) == (statistic, arm, layer)]


def ended(memory: Memory) -> list[ReplicateEndedEvent]:
    return [event for event in memory.events if isinstance(event, ReplicateEndedEvent)]


def test_the_first_emission_is_the_manifest_and_the_last_one_closes_everything() -> None:
    memory = Memory()
    assert train(small(), toy(), sink=memory, control=Calm()) == "finished"
    first, last = memory.emissions[0], memory.emissions[-1]
    assert [type(event) for event in first.events] == [ManifestEvent]
    assert first.points is None
    assert first.progress.phase == "preparing"
    assert last.tail is None
    assert last.progress.step == 30
    assert [(e.arm, e.step, e.state) for e in ended(memory)] == [(0, 30, "finished"), (1, 30, "finished")]
    metrics: set[Metric] = {
        "train_loss",
        "train_accuracy",
        "validation_loss",
        "validation_accuracy",
        "test_loss",
        "test_accuracy",
    }
    assert all(set(event.final) == metrics for event in ended(memory))
    assert [arm.final for arm in last.progress.arms] == [event.final for event in ended(memory)]


def test_every_scalar_series_has_a_point_for_each_of_its_observations() -> None:
    memory = Memory()
    train(small(), toy(), sink=memory, control=Calm())
    manifest = memory.events[0]
    assert isinstance(manifest, ManifestEvent)
    every_tenth = [10, 20, 30]
    expected = {
        "step": list(range(1, 31)),
        "evaluation": every_tenth,
        "details": [*range(4, 31, 4), 30],
        "clock": [1, *every_tenth],
    }
    for series in manifest.manifest.series:
        if not series.vector:
            assert memory.series(series.id).step.tolist() == expected[series.schedule], series


def test_points_are_sorted_by_series_then_step_in_every_emission() -> None:
    memory = Memory()
    train(small(), toy(), sink=memory, control=Calm())
    for emission in memory.emissions:
        for points in (emission.points, emission.tail):
            if points is not None:
                keys = list(zip(points.series.tolist(), points.step.tolist(), strict=True))
                assert keys == sorted(keys)


def test_vectors_are_those_of_the_schedule_and_the_last_step() -> None:
    memory = Memory()
    train(small(steps=33), toy(), sink=memory, control=Calm())
    (histogram,) = series_of(memory, "histogram", 1, 2)
    steps = [int(s) for v in memory.vectors for s, i in zip(v.step, v.series, strict=True) if i == histogram.id]
    assert steps == [5, 10, 15, 20, 25, 30, 33]
    values = [row for v in memory.vectors for i, row in zip(v.series, v.value, strict=True) if i == histogram.id]
    assert all(row[2:].sum() == 8 * 4 for row in values)


def test_the_evaluation_happens_at_the_last_step_too() -> None:
    memory = Memory()
    train(small(steps=14), toy(), sink=memory, control=Calm())
    (loss,) = series_of(memory, "validation_loss")
    assert memory.series(loss.id).step.tolist() == [10, 14]


class Timed(Memory):
    """Knows when the first emission came; the clock of the run starts right after it."""

    began = math.inf

    def emit(self, emission: Emission) -> None:
        self.began = min(self.began, time.perf_counter())
        super().emit(emission)


def test_elapsed_seconds_grow_and_exclude_pauses() -> None:
    memory = Timed()
    paused: list[int] = []
    looks: list[float] = []

    def look() -> bool:
        looks.append(time.perf_counter())
        return len(looks) == 11

    def pause(step: int) -> bool:
        paused.append(step)
        time.sleep(0.3)
        return True

    assert train(small(), toy(), sink=memory, control=When(look, pause)) == "finished"
    (elapsed,) = series_of(memory, "elapsed_seconds", None)
    values = memory.series(elapsed.id).value
    assert len(paused) == 1
    assert (np.diff(values) >= 0).all()
    assert values[-1] <= looks[-1] - memory.began - 0.3, "however long the steps themselves took"


def test_what_was_measured_is_shown_before_a_command_is_obeyed() -> None:
    memory = Memory()
    seen: list[int] = []

    def obey(step: int) -> bool:
        seen.append(memory.emissions[-1].progress.step)
        assert seen[-1] == step
        return True

    train(small(), toy(), sink=memory, control=When(lambda: True, obey))
    assert set(seen) == set(range(31))


@pytest.mark.parametrize("looks", [0, 7, 11, 12])
def test_stop_ends_the_run_after_the_step_in_progress(looks: int) -> None:
    memory = Memory()
    answers = iter([False] * looks)
    assert (
        train(small(), toy(), sink=memory, control=When(lambda: next(answers, True), lambda step: False)) == "stopped"
    )
    last = memory.emissions[-1]
    assert last.tail is None
    assert last.progress.step == min(looks, 10)
    assert [event.state for event in ended(memory)] == ["stopped_early"] * 2
    assert not any("test_loss" in event.final for event in ended(memory))


def test_a_lost_lease_ends_the_loop_at_once() -> None:
    memory = Memory()

    def lost(step: int) -> bool:
        raise LeaseLost(f"after step {step}")

    with pytest.raises(LeaseLost):
        train(small(), toy(), sink=memory, control=When(lambda: len(memory.emissions) > 1, lost))
    assert not ended(memory)


@pytest.mark.parametrize("optimizer", [Sgd(), Momentum(), Adam(), AdamW()], ids=lambda o: o.kind)
def test_the_same_spec_gives_the_same_bits(optimizer: Sgd | Momentum | Adam | AdamW) -> None:
    spec = small(arms=arms(*ALL_NORMS), optimizer=optimizer, dropout=0.3, seeds=(1, 5), drop_last=False, batch_size=9)
    runs: list[Memory] = []
    for _ in range(2):
        runs.append(Memory())
        train(spec, toy(), sink=runs[-1], control=Calm())
    one, two = (memory.points for memory in runs)
    seconds = [series.id for series in runs[0].manifest.series if series.unit == "s"]
    clock = ~np.isin(one.series, seconds)
    for name in ("step", "series"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    for name in ("value", "low", "high"):
        assert getattr(one, name)[clock].tobytes() == getattr(two, name)[clock].tobytes()
    rows = [
        sorted(
            (int(i), int(s), r.tobytes()) for v in m.vectors for s, i, r in zip(v.step, v.series, v.value, strict=True)
        )
        for m in runs
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 6 * sum(series.vector for series in runs[0].manifest.series)


def test_an_arm_is_trained_the_same_alone_and_beside_others() -> None:
    losses: list[bytes] = []
    for norms in ((BatchNorm(),), (BatchNorm(), *ALL_NORMS)):
        memory = Memory()
        train(small(arms=arms(*norms), dropout=0.2), toy(), sink=memory, control=Calm())
        (loss,) = series_of(memory, "train_loss")
        losses.append(memory.series(loss.id).value.tobytes())
    assert losses[0] == losses[1]


def test_a_diverged_replicate_leaves_with_a_post_mortem_and_the_others_go_on() -> None:
    memory = Memory()
    wild = ArmSpec(
        name="wild", norm=NoNorm(), optimizer=Sgd(learning_rate=1000.0), initialisation=NormalInitialisation(std=100.0)
    )
    spec = small(
        model={"kind": "mlp", "hidden": (6, 4), "activation": "relu"},
        arms=(*arms(NoNorm()), wild),
        seeds=(1, 2),
    )
    assert train(spec, toy(), sink=memory, control=Calm()) == "finished"
    deaths = [event for event in memory.events if isinstance(event, DivergedEvent)]
    assert {event.arm for event in deaths} == {1}
    states = {(event.arm, event.seed): event.state for event in ended(memory)}
    assert states[0, 1] == states[0, 2] == "finished"
    assert {key for key, state in states.items() if state == "diverged"} == {(e.arm, e.seed) for e in deaths}
    for event in deaths:
        (loss,) = [s for s in series_of(memory, "train_loss", 1) if s.seed == event.seed]
        points = memory.series(loss.id)
        assert points.step[-1] == event.step
        assert not math.isfinite(points.value[-1])
        assert np.isfinite(points.value[:-1]).all()
        assert event.last_finite["train_loss"] == pytest.approx(float(points.value[-2]), rel=1e-6)
        assert all(math.isfinite(value) for value in event.last_finite.values())
        assert event.where in ("parameters", "gradient", "input", "output")
    survivors = memory.emissions[-1].progress.arms
    assert (survivors[0].replicates.finished, survivors[1].replicates.diverged) == (2, len(deaths))


def test_a_run_whose_replicates_all_diverge_finishes_early() -> None:
    memory = Memory()
    spec = small(
        model={"kind": "mlp", "hidden": (6, 4), "activation": "relu"},
        arms=arms(NoNorm()),
        optimizer=Sgd(learning_rate=1000.0),
        initialisation=NormalInitialisation(std=100.0),
    )
    assert train(spec, toy(), sink=memory, control=Calm()) == "finished"
    assert memory.emissions[-1].progress.step < 30
    assert memory.emissions[-1].tail is None
    assert [event.state for event in ended(memory)] == ["diverged"]


def test_a_network_that_stays_near_chance_is_stuck() -> None:
    memory = Memory()
    train(small(optimizer=Sgd(learning_rate=1e-9), steps=1), toy(classes=3), sink=memory, control=Calm())
    for event in ended(memory):
        assert event.state == ("stuck" if event.final["test_accuracy"] < 0.5 else "finished")
    assert "stuck" in {event.state for event in ended(memory)}


def test_what_cannot_be_run_is_refused_before_anything_starts() -> None:
    memory = Memory()
    with pytest.raises(SpecError):
        train(small(batch_size=1), toy(), sink=memory, control=Calm())
    assert memory.emissions == []


def test_progress_names_the_best_validation_of_the_mean() -> None:
    memory = Memory()
    train(small(seeds=(1, 2)), toy(), sink=memory, control=Calm())
    arm = memory.emissions[-1].progress.arms[1]
    accuracy = [memory.series(s.id).value.astype(float) for s in series_of(memory, "validation_accuracy", 1)]
    mean = np.mean(accuracy, axis=0)
    assert arm.best["validation_accuracy"] == pytest.approx(mean.max(), rel=1e-6)
    assert arm.best_step["validation_accuracy"] == 10 * (1 + int(np.argmax(mean)))
    assert arm.replicates.finished == 2
    assert arm.compute_seconds > 0
    assert arm.parameters == 5 * 6 + 6 + 6 * 4 + 4 + 4 * 3 + 3 + 2 * 6 + 2 * 4
