"""A run with a budget: its schedules become wider, it says so, and goes on with them; its networks learn the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from normscope.core.events import ScheduleWidenedEvent
from normscope.core.fork import Origin
from normscope.core.manifest import build_manifest
from normscope.core.rewind import stands
from normscope.core.spec import ProbeSpec, RunSpec
from normscope.execution.control import RunControl
from normscope.training.checkpoint import Again
from normscope.training.fold import ends_window, window_length
from normscope.training.fork import Fork
from normscope.training.loop import train
from normscope.training.pace import Pace
from tests.training.helpers import Calm, Memory, observations, small, toy
from tests.training.resuming import breaks_after, run, same_state

PROBES = ProbeSpec(distributions_every=0, details_every=0, modes_every=10, budget=0.005)
"""One observation of modes takes the time of dozens of steps: a share of a two-hundredth is far exceeded."""


def tight(**changes: object) -> RunSpec:
    return small(**{"steps": 300, "checkpoint_every": 100, "evaluate_every": 100, "probes": PROBES, **changes})


def widened(memory: Memory) -> list[ScheduleWidenedEvent]:
    return [event for event in memory.events if isinstance(event, ScheduleWidenedEvent)]


def test_what_exceeds_the_budget_is_observed_less_often_and_the_run_says_so(tmp_path: Path) -> None:
    spec = tight()
    memory, kept = run(spec, tmp_path, RunControl())
    told = widened(memory)
    assert [(each.step, each.schedule, each.every) for each in told[:2]] == [(60, "modes", 20), (110, "modes", 40)]
    assert all(ScheduleWidenedEvent.model_validate_json(each.model_dump_json()) == each for each in told)
    found = observations(memory, build_manifest(spec, 3, 40), "modes")
    steps = next(iter(found.values()))[0].astype(int).tolist()
    every = dict.fromkeys(range(1, 301), 10)
    for each in told:
        every.update((step, each.every) for step in range(each.step + 1, 301))
    assert steps == [step for step in range(1, 301) if step in (1, 300) or step % every[step] == 0]
    free = run(tight(probes=PROBES.model_copy(update={"budget": None})), tmp_path / "free", RunControl())
    assert widened(free[0]) == []
    for one, two in zip(kept.state(300)["replicates"], free[1].state(300)["replicates"], strict=True):
        assert one["model"].keys() == two["model"].keys()
        for name, value in one["model"].items():
            if isinstance(value, torch.Tensor):
                assert torch.equal(value, two["model"][name]), name


def test_a_resumed_run_keeps_its_widened_schedules(tmp_path: Path) -> None:
    spec = tight()
    first, broken = run(spec, tmp_path, breaks_after(250))
    before = [each for each in widened(first) if each.step <= 200]
    assert len(before) == 3
    second, resumed = run(spec, tmp_path, RunControl(), Again(2, broken.state(200)))
    rewound = second.events[0]
    assert rewound.type == "rewound"
    assert [each for each in widened(first) if stands(each, rewound)] == before
    after = widened(second)
    assert [each.every for each in after] == [before[-1].every * 2 ** (n + 1) for n in range(len(after))]
    assert after[0].step == 260  # the clock is read anew: from step 210 on
    assert resumed.state(300)["recorder"]["pace"]["every"]["modes"] == after[-1].every
    again, twice = run(spec, tmp_path, RunControl(), Again(3, broken.state(200)))
    for one, two in zip(twice.state(300)["replicates"], resumed.state(300)["replicates"], strict=True):
        same_state({"model": one["model"]}, {"model": two["model"]})
    assert again.events[0].type == "rewound"


@pytest.mark.parametrize("budget", [0.005, None])
def test_a_fork_with_a_budget_begins_as_its_parent_ended(tmp_path: Path, budget: float | None) -> None:
    spec = tight(steps=200)
    parent, kept = run(spec, tmp_path, RunControl())
    last = widened(parent)[-1]
    child = spec.model_copy(update={"probes": PROBES.model_copy(update={"budget": budget}), "steps": 30})
    memory = Memory()
    fork = Fork(Origin(spec=spec, sources=(0, 1), inserted_norms="fresh"), kept.state(200))
    train(child, toy(), sink=memory, control=Calm(), fork=fork)
    assert memory.emissions[0].events[1:] == tuple(widened(memory))  # stored with the manifest, or neither
    inherited = [(each.step, each.schedule, each.every) for each in widened(memory)]
    assert inherited == ([] if budget is None else [(0, "modes", last.every)])
    steps = next(iter(observations(memory, build_manifest(child, 3, 40), "modes").values()))[0].tolist()
    assert steps == ([1, 10, 20, 30] if budget is None else [1, 30])


def test_a_fork_that_begins_anew_keeps_what_it_inherited_and_does_not_say_so_twice(tmp_path: Path) -> None:
    """Its worker died before its first checkpoint: what was stored of step 0 still stands."""
    spec = tight(steps=200)
    _, kept = run(spec, tmp_path, RunControl())
    child, memory = spec.model_copy(update={"steps": 30}), Memory()
    fork = Fork(Origin(spec=spec, sources=(0, 1), inserted_norms="fresh"), kept.state(200))
    train(child, toy(), sink=memory, control=Calm(), fork=fork, again=Again(2, None))
    assert widened(memory) == []
    points = next(iter(observations(memory, build_manifest(child, 3, 40), "modes").values()))
    assert points[0].tolist() == [1, 30]


def test_a_fork_that_sets_another_schedule_gets_it() -> None:
    pace, spec = Pace(tight()), tight()
    other = tight(probes=PROBES.model_copy(update={"modes_every": 12}))
    assert pace.inherit(spec, other, {"every": {"modes": 96}}) == []
    assert pace.every("modes") == 10


def test_one_observation_that_was_interrupted_widens_nothing() -> None:
    pace = Pace(tight(probes=ProbeSpec(modes_every=50, budget=0.05)))
    for seconds in (0.1, 0.1, 50.0):
        pace.took("modes", seconds)
    assert pace.look(10, 10.0, 50.2) is None
    assert pace.look(100, 100.0, 50.2) is None
    for seconds in (50.0, 50.0):
        pace.took("modes", seconds)
    event = pace.look(200, 200.0, 150.2)
    assert event is not None
    assert (event.step, event.schedule, event.every) == (200, "modes", 100)
    assert pace.look(210, 210.0, 150.2) is None


def test_the_length_of_a_window_is_the_step_from_one_end_to_the_next() -> None:
    ends = [number for number in range(1, 5001) if ends_window(number, 30)]
    for begin, end in zip([0, *ends[:-1]], ends, strict=True):
        assert window_length(end, 30) == end - begin
