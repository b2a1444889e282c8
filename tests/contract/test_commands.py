"""What a run can be told in each of its states, and how an ended one is taken up again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.core.commands import CommandKind
from normscope.errors import CommandRefused, LeaseLost
from normscope.storage import checkpoints
from normscope.storage.model import Checkpoint
from normscope.storage.store import Store
from tests.contract.material import HOLDER, manifest_message, started, tiny_spec


def refused(store: Store, run: str, kind: CommandKind, **fields: Any) -> str:
    with pytest.raises(CommandRefused) as error:
        store.command(run, kind, **fields)
    return str(error.value)


ALL_KINDS: dict[CommandKind, dict[str, Any]] = {
    "pause": {},
    "resume": {},
    "stop": {},
    "step": {},
    "extend": {"steps": 5},
    "set_learning_rate": {"value": 0.1},
    "set_speed": {"steps_per_second": None},
}


def test_a_queued_run_can_only_be_stopped(store: Store) -> None:
    run = store.create(tiny_spec(), estimated_seconds=1.0).id
    for kind, fields in ALL_KINDS.items():
        if kind != "stop":
            assert "the run is queued" in refused(store, run, kind, **fields)
    store.command(run, "stop")
    assert store.get(run).state == "stopped"


def test_what_a_starting_a_paused_and_a_stopping_run_refuse(store: Store) -> None:
    lease = started(store)
    assert refused(store, lease.run_id, "step") == "cannot step: the run is starting, neither running nor paused"
    for kind in ("set_learning_rate", "set_speed", "extend"):
        store.command(lease.run_id, kind, **ALL_KINDS[kind])  # type: ignore[arg-type, index]
    store.append(lease, [], tail=None, state="paused")
    assert refused(store, lease.run_id, "pause") == "cannot pause: the run is paused"
    store.command(lease.run_id, "step")
    store.command(lease.run_id, "resume")
    store.command(lease.run_id, "stop")
    for kind, fields in ALL_KINDS.items():
        if kind != "stop":
            assert "the run is stopping" in refused(store, lease.run_id, kind, **fields)
    store.set_state(lease, "stopped")


def test_an_applied_command_has_its_step_and_is_found_again(store: Store) -> None:
    lease = started(store)
    first = store.command(lease.run_id, "set_learning_rate", value=0.25, arm=1)
    second = store.command(lease.run_id, "set_speed", steps_per_second=2.0)
    assert [c.payload for c in store.commands(lease)] == [{"value": 0.25, "arm": 1}, {"steps_per_second": 2.0}]
    store.append(lease, [], tail=None, answered={first.id: 11, second.id: 12})
    assert [(c.kind, c.step) for c in store.applied(lease.run_id, after=0)] == [
        ("set_learning_rate", 11),
        ("set_speed", 12),
    ]
    assert [c.id for c in store.applied(lease.run_id, after=first.number)] == [second.id]
    store.set_state(lease, "finished")


def test_an_ended_run_is_extended_only_from_a_checkpoint(store: Store) -> None:
    lease = started(store)
    store.append(lease, [manifest_message()], tail=None)
    store.set_state(lease, "finished")
    assert "left no checkpoint" in refused(store, lease.run_id, "extend", steps=5)
    assert refused(store, lease.run_id, "resume") == "cannot resume: the run is finished"
    lease = started(store)
    store.append(lease, [manifest_message()], tail=None, checkpoint=(40, "end", 1000))
    store.set_state(lease, "stopped")
    wanted = store.command(lease.run_id, "extend", steps=5)
    record = store.get(lease.run_id)
    assert (record.state, record.attempt, record.checkpoints, record.ended_at) == ("queued", 2, (40,), None)
    again = store.acquire(lease.run_id, HOLDER)
    assert (again.sequence, [c.id for c in store.commands(again)]) == (1, [wanted.id])
    with pytest.raises(LeaseLost):
        store.append(lease, [], tail=None)
    store.append(again, [], tail=None, extra_steps=-155, answered={wanted.id: 40})
    assert store.get(lease.run_id).steps == 45
    store.set_state(again, "finished")


def test_an_interrupted_run_keeps_what_waited_and_is_resumed(store: Store) -> None:
    lease = started(store)
    waiting = store.command(lease.run_id, "pause")
    fence = store.take_over(lease.run_id)
    store.set_state(fence, "interrupted", "gone")
    for kind, fields in ALL_KINDS.items():
        if kind != "resume":
            assert "the run is interrupted" in refused(store, lease.run_id, kind, **fields)
    store.command(lease.run_id, "resume")
    assert store.get(lease.run_id).state == "queued"
    assert store.get(lease.run_id).error is None
    again = store.acquire(lease.run_id, HOLDER)
    assert [c.id for c in store.commands(again)] == [waiting.id]
    store.set_state(again, "stopped")


@given(
    steps=st.lists(st.integers(1, 10_000), min_size=1, max_size=80, unique=True).map(sorted), most=st.integers(1, 50)
)
@settings(max_examples=50)
def test_checkpoints_are_thinned_out_and_the_newest_stays(steps: list[int], most: int) -> None:
    found = [Checkpoint(step, 1, "regular", 10) for step in steps]
    gone = checkpoints.superfluous(found, most=most)
    left = [step for step in steps if step not in gone]
    assert len(left) == min(most, len(steps))
    assert left[-1] == steps[-1]
    assert len(checkpoints.superfluous(found, most=1000, most_bytes=5)) == len(steps) - 1
