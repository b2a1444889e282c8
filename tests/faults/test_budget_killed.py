"""SIGKILL of a run with a budget: it goes on with the schedules it had widened, and each change is told once."""

from __future__ import annotations

from itertools import pairwise

import httpx
import pyarrow.compute
import pytest

from normscope.core.budget import PAUSE_STEPS
from normscope.core.events import RewoundEvent, ScheduleWidenedEvent
from normscope.core.rewind import still_true
from normscope.core.spec import ProbeSpec
from normscope.storage.store import Store
from tests import served
from tests.contract.material import tiny_spec
from tests.faults.rounds import (
    RESUME_ROUNDS,
    RESUME_SPEED,
    check_stream,
    kill_twice,
    last_state,
    launch,
    measured,
    moments,
    until,
)
from tests.training.resuming import same_state

pytestmark = pytest.mark.fault

STEPS, EVERY = 500, 10
FIRST = 120
"""Two changes were made by then: one every 50 steps, from step 60 on."""
PROBES = ProbeSpec(distributions_every=0, details_every=0, modes_every=EVERY, budget=0.005)
"""One observation of modes takes the time of dozens of steps: the budget is exceeded from the first to the last."""
SPEC = tiny_spec("budget", steps=STEPS, hidden=16, evaluate_every=100).model_copy(
    update={"probes": PROBES, "checkpoint_every": 40, "speed": RESUME_SPEED}
)


@pytest.fixture(scope="module")
def whole(server: served.Served, store: Store) -> str:
    """A run that nobody disturbs."""
    run = launch(store, SPEC)
    until(lambda: store.get(run).state == "finished")
    return run


@pytest.mark.parametrize("seed", RESUME_ROUNDS)
def test_killed_with_a_budget(server: served.Served, store: Store, whole: str, seed: int) -> None:
    run = launch(store, SPEC)
    assert kill_twice(store, run, moments(seed), earliest=FIRST)

    check_stream(store, run)
    events = store.events(run, epoch=store.head(run).epoch)
    taken_up = [each.event.step for each in events if isinstance(each.event, RewoundEvent)]
    told = [event for event in still_true(events) if isinstance(event, ScheduleWidenedEvent)]
    print(f"taken up after steps {taken_up}; widened after {[event.step for event in told]}")
    assert taken_up
    assert told[0].step <= min(taken_up)
    assert {event.schedule for event in told} == {"modes"}
    assert [event.every for event in told] == [EVERY * 2**times for times in range(1, len(told) + 1)]
    assert all(after.step - before.step >= PAUSE_STEPS for before, after in pairwise(told))

    every = dict.fromkeys(range(1, STEPS + 1), EVERY)
    for event in told:
        every.update(dict.fromkeys(range(event.step + 1, STEPS + 1), event.every))
    expected = [step for step in every if step in (1, STEPS) or step % every[step] == 0]
    for steps in observed(server, run):
        assert steps == expected
    mine, undisturbed = last_state(server, run, STEPS), last_state(server, whole, STEPS)
    assert mine["recorder"]["pace"]["every"]["modes"] == told[-1].every
    for one, two in zip(mine["replicates"], undisturbed["replicates"], strict=True):
        same_state({"model": one["model"]}, {"model": two["model"]})


def observed(server: served.Served, run: str) -> list[list[int]]:
    """The steps at which modes were observed, by series."""
    answer = httpx.get(f"{server.url}/api/runs/{run}/manifest", timeout=30)
    found = [each["id"] for each in answer.json()["manifest"]["series"] if each["schedule"] == "modes"]
    points = measured(server, run, "telemetry")
    steps = [points.filter(pyarrow.compute.field("series") == series)["step"].to_pylist() for series in found]
    assert steps
    return steps
