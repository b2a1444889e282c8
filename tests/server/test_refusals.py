"""What a run refuses in each of its states, over HTTP, and how it says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.material import tiny_spec
from tests.server.running import Running, problem, running, worker


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server where one run at a time may train."""
    with running(tmp_path_factory.mktemp("data"), workers=1) as made:
        yield made


ALL_COMMANDS: dict[str, dict[str, Any]] = {
    "pause": {},
    "resume": {},
    "stop": {},
    "step": {},
    "extend": {"steps": 5},
    "set_learning_rate": {"value": 0.1},
    "set_speed": {"steps_per_second": 2.0},
}
ENDED = dict.fromkeys(ALL_COMMANDS, "the run is {state}")
REFUSED: dict[str, dict[str, str]] = {
    "queued": {kind: "the run is queued" for kind in ALL_COMMANDS if kind != "stop"},
    "starting": {
        "resume": "the run is starting, not paused",
        "step": "the run is starting, neither running nor paused",
    },
    "running": {"resume": "the run is running, not paused"},
    "paused": {"pause": "the run is paused"},
    "finished": {**ENDED, "extend": "the run has ended and left no checkpoint"},
    "stopped": {**ENDED, "extend": "the run has ended and left no checkpoint"},
    "failed": ENDED,
    "interrupted": {kind: why for kind, why in ENDED.items() if kind != "resume"},
}


def in_state(server: Running, state: Any) -> str:
    """A run in ``state``; its id. The server's one place is taken by it, or by another."""
    made = worker(server)
    made.manifest()
    if state == "queued":
        return server.store.create(tiny_spec(), estimated_seconds=1.0).id
    if state in ("running", "paused"):
        server.store.append(made.lease, [], tail=None, state=state)
    elif state != "starting":
        server.store.set_state(made.lease, state)
    return made.run


@pytest.mark.parametrize("state", sorted(REFUSED))
def test_a_run_without_a_checkpoint_is_not_forked_and_a_live_one_not_deleted(crowded: Running, state: str) -> None:
    run = in_state(crowded, state)
    wanted = {"spec": crowded.get(f"/runs/{run}").json()["spec"], "sources": [0, 1]}
    why = f"run {run} has no checkpoint to fork from: pause it, or wait for its first"
    assert problem(crowded.post(f"/runs/{run}/fork", wanted), 409)["detail"] == why
    answer = crowded.client.delete(f"/api/runs/{run}")
    if state in ("starting", "running", "paused"):
        assert problem(answer, 409)["detail"] == f"run {run} is {state}: stop it before you delete it"
    else:
        assert answer.status_code == 204
        assert problem(crowded.post(f"/runs/{run}/commands", {"kind": "stop"}), 404)


@pytest.mark.parametrize("kind", sorted(ALL_COMMANDS))
@pytest.mark.parametrize("state", sorted(REFUSED))
def test_what_a_run_refuses_in_each_state(crowded: Running, state: str, kind: str) -> None:
    run = in_state(crowded, state)
    answer = crowded.post(f"/runs/{run}/commands", {"kind": kind, **ALL_COMMANDS[kind]})
    if kind in REFUSED[state]:
        name = {"set_learning_rate": "set the learning rate", "set_speed": "set the speed"}.get(kind, kind)
        why = REFUSED[state][kind].format(state=state)
        assert problem(answer, 409)["detail"] == f"cannot {name}: {why}"
        assert crowded.get(f"/runs/{run}").json()["state"] == state
    else:
        assert answer.status_code == 202, answer.text
