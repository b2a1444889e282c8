"""Forks over HTTP: what is made, and every refusal."""

from __future__ import annotations

from typing import Any

import pytest

from normscope.core.record import Parent, RunRecord
from normscope.core.spec import RunSpec
from normscope.storage import checkpoints
from tests.contract.material import manifest_message
from tests.server.running import Running, Worker, body, problem, worker


def parent_of(server: Running, *steps: int) -> Worker:
    """A finished run with checkpoints at ``steps``."""
    made = worker(server)
    for number, step in enumerate(steps):
        file = checkpoints.path(server.settings.data_dir, made.run, step)
        checkpoints.write(file, lambda part, step=step: part.write_bytes(f"state {step}".encode()))  # type: ignore[misc]
        messages = [manifest_message()] if number == 0 else []
        server.store.append(made.lease, messages, tail=None, checkpoint=(step, "regular", 8))
    made.end()
    return made


def wanted(**changes: Any) -> dict[str, Any]:
    return {"step": None, "spec": body(name="fork"), "sources": [0, 1], "inserted_norms": "fresh"} | changes


def test_a_fork_is_a_run_with_a_parent_and_outlives_it(server: Running) -> None:
    parent = parent_of(server, 50, 100)
    arms = [{"name": "again", "norm": {"kind": "none"}}, {"name": "folded", "norm": {"kind": "none"}}]
    asked = wanted(step=50, spec=body(arms=arms, steps=30), sources=[0, 1])
    answer = server.post(f"/runs/{parent.run}/fork", asked)
    assert answer.status_code == 201
    record = RunRecord.model_validate_json(answer.content)
    assert answer.headers["location"] == f"/api/runs/{record.id}"
    assert (record.parent, record.steps) == (Parent(run=parent.run, step=50), 30)
    assert server.get(f"/runs/{parent.run}").json()["forks"] == [record.id]
    assert server.client.delete(f"/api/runs/{parent.run}").status_code == 204
    copy = checkpoints.parent_path(server.settings.data_dir, record.id)
    assert copy.read_bytes() == b"state 50"
    origin = server.store.origin(record.id)
    assert origin is not None
    assert (origin.spec, origin.sources) == (RunSpec.model_validate(body()), (0, 1))
    assert server.get(f"/runs/{record.id}").json()["parent"] == {"run": parent.run, "step": 50}


def test_the_newest_checkpoint_is_taken_where_none_is_named(server: Running) -> None:
    parent = parent_of(server, 50, 100)
    assert server.post(f"/runs/{parent.run}/fork", wanted()).json()["parent"]["step"] == 100


@pytest.mark.parametrize(
    ("changes", "paths", "words"),
    [
        ({"step": 70}, ["step"], "(50, 100), got 70: the nearest below is 50"),
        ({"step": 7}, ["step"], "the first is 50"),
        ({"step": -1}, ["step"], "expected at least 0, got -1"),
        ({"sources": [0]}, ["sources"], "expected a source for each of the 2 arms, got 1"),
        ({"sources": [0, 2]}, ["sources.1"], "from 0 to 1, got 2"),
        ({"inserted_norms": "some"}, ["inserted_norms"], "got 'some'"),
        ({"spec": body(batch_size=7)}, ["spec.batch_size"], "expected the parent's 60, got 7"),
        ({"spec": body(drop_last=False)}, ["spec.drop_last"], "expected the parent's True"),
        ({"spec": body(seeds=[1, 2])}, ["spec.seeds"], "expected the parent's [1], got [1, 2]"),
        ({"spec": body(dataset={"kind": "mnist"})}, ["spec.dataset"], "expected the parent's"),
        ({"spec": body(model={"kind": "mlp", "hidden": [9]})}, ["spec.model"], "expected the parent's"),
        ({"spec": body(redundant_bias="drop")}, ["spec.redundant_bias"], "expected the parent's keep"),
        ({"spec": body(steps=0)}, ["spec.steps"], "expected at least 1, got 0"),
        (
            {"spec": body(arms=[{"name": "a", "norm": {"kind": "group", "groups": 3}}]), "sources": [0]},
            ["spec.arms.0.norm.groups"],
            "3",
        ),
        (
            {
                "spec": body(arms=[{"name": "a", "norm": {"kind": "layer"}}]),
                "sources": [0],
                "inserted_norms": "identity",
            },
            ["spec.arms.0.norm"],
            "can be inserted without effect, got layer",
        ),
    ],
)
def test_says_what_is_wrong_where(server: Running, changes: dict[str, Any], paths: list[str], words: str) -> None:
    parent = parent_of(server, 50, 100)
    found = problem(server.post(f"/runs/{parent.run}/fork", wanted(**changes)), 422)
    assert [error["path"] for error in found["errors"]] == paths
    assert words in found["errors"][0]["message"]
    assert server.get(f"/runs/{parent.run}").json()["forks"] == []


def test_a_parent_without_checkpoint_cannot_be_forked(server: Running) -> None:
    made = worker(server)
    found = problem(server.post(f"/runs/{made.run}/fork", wanted()), 409)
    assert "has no checkpoint to fork from" in found["detail"]
    made.end()


def test_a_checkpoint_whose_file_has_gone_cannot_be_forked(server: Running) -> None:
    parent = parent_of(server, 50)
    checkpoints.path(server.settings.data_dir, parent.run, 50).unlink()
    before = set((server.settings.data_dir / "checkpoints").iterdir())
    assert "any more" in problem(server.post(f"/runs/{parent.run}/fork", wanted()), 409)["detail"]
    assert set((server.settings.data_dir / "checkpoints").iterdir()) == before


def test_an_unknown_parent_is_named(server: Running) -> None:
    problem(server.post(f"/runs/{'0' * 32}/fork", wanted()), 404)
