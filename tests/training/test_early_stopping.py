"""Early stopping against an oracle, and what is restored against copies taken at the best step."""

from __future__ import annotations

import copy
import math
from itertools import pairwise
from typing import Any, Literal, TypeVar

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from normscope.core.events import BestEvent, EarlyStoppedEvent, ReplicateEndedEvent
from normscope.core.manifest import build_manifest
from normscope.core.spec import Adam, BatchNorm, EarlyStoppingSpec, NoNorm, RunSpec
from normscope.training.early_stopping import EarlyStopping
from normscope.training.evaluate import evaluate
from normscope.training.loop import Loop
from normscope.training.replicate import Replicate
from tests.training.helpers import Calm, Memory, arms, parts_of, small, toy

DATA = toy()
Metric = Literal["validation_loss", "validation_accuracy"]


def oracle(values: list[float], less: bool, patience: int, least: float) -> tuple[int, int | None]:
    """Number of the best value (0: none), and of that after which it is over: by looking back."""
    bests: list[int] = []
    for now, value in enumerate(values):
        if math.isfinite(value) and (
            not bests or (values[bests[-1]] - value if less else value - values[bests[-1]]) > least
        ):
            bests.append(now)
        if bests and now - bests[-1] == patience:
            return bests[-1] + 1, now + 1
    return (bests[-1] + 1 if bests else 0), None


VALUES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 2.0, math.nan, math.inf]), max_size=20)


@given(
    values=VALUES,
    metric=st.sampled_from(["validation_loss", "validation_accuracy"]),
    patience=st.integers(1, 5),
    least=st.sampled_from([0.0, 0.25, 0.6]),
    broken=st.integers(1, 20),
)
@example(values=[0.5, 0.5], metric="validation_loss", patience=1, least=0.0, broken=1)
@example(values=[math.nan, 0.5, math.nan], metric="validation_accuracy", patience=1, least=0.0, broken=2)
def test_it_stops_where_the_oracle_says_also_from_a_checkpoint(
    values: list[float], metric: Metric, patience: int, least: float, broken: int
) -> None:
    spec = EarlyStoppingSpec(metric=metric, patience=patience, minimum_improvement=least)
    stopping, model = EarlyStopping(spec), torch.nn.Linear(1, 1)
    over: int | None = None
    for now, value in enumerate(values, 1):
        with torch.no_grad():
            model.weight.fill_(now)
        if now == broken:
            state = stopping.state()
            stopping = EarlyStopping(spec)
            stopping.load_state(state)
        if stopping.evaluated(now, {metric: value}, model):
            over = now
            break
    assert (stopping.best_step, over) == oracle(values, metric == "validation_loss", patience, least)
    if stopping.best_step:
        assert stopping.best == values[stopping.best_step - 1]
        stopping.restore(model)
        assert model.weight.item() == stopping.best_step


class Watched(Loop):
    """Copies the state of every replicate's network after each evaluation."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.copies: dict[tuple[int, int, int], dict[str, Any]] = {}

    def _evaluate(self, replicates: list[Replicate], phase: Any) -> bool:
        if phase == "evaluating":
            for one in replicates:
                self.copies[one.arm, one.seed, self.step] = copy.deepcopy(one.model.state_dict())
        return super()._evaluate(replicates, phase)


def run(spec: RunSpec) -> tuple[Watched, Memory]:
    memory = Memory()
    loop = Watched(*parts_of(spec, memory), Calm())
    loop.run()
    return loop, memory


def spec_of(**stopping: Any) -> RunSpec:
    fields = {"patience": 2, **stopping}
    return small(
        arms=arms(NoNorm(), BatchNorm()),
        optimizer=Adam(learning_rate=0.1),
        seeds=(1, 2, 3),
        steps=120,
        evaluate_every=3,
        early_stopping=EarlyStoppingSpec(**fields),
    )


Told = TypeVar("Told")


def events(memory: Memory, kind: type[Told]) -> list[Told]:
    return [event for event in memory.events if isinstance(event, kind)]


@pytest.mark.parametrize("restore", [True, False])
def test_what_stops_is_tested_with_its_best_weights_or_its_last(restore: bool) -> None:
    loop, memory = run(spec_of(restore_best=restore))
    stopped = events(memory, EarlyStoppedEvent)
    steps = {(each.arm, each.seed): each for each in stopped}
    assert len({each.step for each in stopped}) > 1
    assert {each.arm for each in stopped} == {0, 1}
    x, y = torch.from_numpy(DATA.test.x), torch.from_numpy(DATA.test.y)
    for replicate in loop.replicates:
        if (replicate.arm, replicate.seed) not in steps:
            continue
        event = steps[replicate.arm, replicate.seed]
        expected = loop.copies[event.arm, event.seed, event.best_step if restore else event.step]
        held = replicate.model.state_dict()
        assert all(torch.equal(held[name], tensor) for name, tensor in expected.items())
        assert set(held) == set(expected)
        (ended,) = [
            each for each in events(memory, ReplicateEndedEvent) if (each.arm, each.seed) == (event.arm, event.seed)
        ]
        assert (ended.state, ended.step) == ("stopped_early", event.step)
        *_, (loss, accuracy) = evaluate(replicate.model, x, y)
        assert (ended.final["test_loss"], ended.final["test_accuracy"]) == (loss, accuracy)
        bests = [each for each in events(memory, BestEvent) if (each.arm, each.seed) == (event.arm, event.seed)]
        assert (bests[-1].step, bests[-1].value) == (event.best_step, event.value)
        assert all(b.value < a.value for a, b in pairwise(bests))
    assert any("running_mean" in name for name in loop.copies[1, 1, 3])


def test_who_makes_all_steps_is_tested_with_the_best_weights_too() -> None:
    loop, memory = run(spec_of(patience=1000))
    assert not events(memory, EarlyStoppedEvent)
    bests = {(each.arm, each.seed): each.step for each in events(memory, BestEvent)}
    assert min(bests.values()) < 120
    for replicate in loop.replicates:
        at = replicate.arm, replicate.seed
        expected, held = loop.copies[*at, bests[at]], replicate.model.state_dict()
        assert all(torch.equal(held[name], tensor) for name, tensor in expected.items())


def test_series_are_those_of_a_run_without_it_up_to_each_end() -> None:
    spec = spec_of()
    _, memory = run(spec)
    _, whole = run(spec.model_copy(update={"early_stopping": None}))
    ends = {(each.arm, each.seed): each.step for each in events(memory, ReplicateEndedEvent)}
    manifest = build_manifest(spec, 3, 40)
    compared = 0
    for series in manifest.series:
        if series.vector or series.arm is None or series.seed is None or series.unit == "s":
            continue
        end = ends[series.arm, series.seed]
        own, full = memory.series(series.id), whole.series(series.id)
        keep = np.asarray(full.step, np.int64) <= end
        assert own.step.tolist() == full.step[keep].tolist()
        assert own.step[-1] == end or series.schedule == "details"
        for name in ("value", "low", "high"):
            assert getattr(own, name).tobytes() == getattr(full, name)[keep].tobytes()
        compared += 1
    assert compared > 50
    assert memory.emissions[-1].tail is None
