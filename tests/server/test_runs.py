"""Runs over HTTP: what is asked, what is answered, what is refused and how."""

from __future__ import annotations

import contextlib
import json
import math
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from normscope.core.events import DivergedEvent
from normscope.core.presets import PRESETS
from normscope.core.record import Progress, RunRecord
from normscope.core.spec import RunSpec
from tests.contract.material import event_message, manifest_message, tiny_spec
from tests.server.running import Running, body, problem, running, worker


def test_a_launched_run_is_started_and_can_be_read(server: Running) -> None:
    answer = server.post("/runs", body(name="first"))
    assert answer.status_code == 201
    record = RunRecord.model_validate_json(answer.content)
    assert answer.headers["location"] == f"/api/runs/{record.id}"
    assert len(record.id) == 32
    assert record.estimated_seconds is not None
    assert record.estimated_seconds > 0
    deadline = time.monotonic() + 60
    while record.id not in server.executor.started:
        assert time.monotonic() < deadline, "the supervisor was not kicked"
        time.sleep(0.01)
    read = server.get(f"/runs/{record.id}")
    assert read.status_code == 200
    assert read.json()["spec"]["name"] == "first"


def test_every_preset_can_be_launched(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        catalog = server.get("/catalog").json()
        assert [preset["id"] for preset in catalog["presets"]] == [preset.id for preset in PRESETS]
        for preset in catalog["presets"]:
            assert server.post("/runs", preset["spec"]).status_code == 201, preset["id"]


def test_lists_page_by_page_newest_first(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        made = [server.store.create(tiny_spec(str(i)), estimated_seconds=1).id for i in range(5)]
        seen: list[str] = []
        query: dict[str, Any] = {"limit": 2}
        while True:
            page = server.get("/runs", **query).json()
            seen += [run["id"] for run in page["runs"]]
            if page["next"] is None:
                break
            query["before"] = page["next"]
        assert seen == made[::-1]
        assert server.get("/runs", state=["finished", "stopped"]).json() == {"runs": [], "next": None}
        assert problem(server.get("/runs", state="asleep"), 422)["errors"][0]["path"] == "state.0"
        assert problem(server.get("/runs", limit=0), 422)["errors"][0]["expected"] == "at least 1"


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"steps": 0}, "steps", "expected at least 1, got 0"),
        ({"steps": 1.5}, "steps", "expected a whole number, got 1.5"),
        ({"steps": "many"}, "steps", "expected a whole number, got 'many'"),
        ({"steps": 10**400}, "steps", "expected at most 1,000,000, got a huge number"),
        ({"steps": True}, "steps", "expected a whole number, got true"),
        ({"arms": []}, "arms", "expected at least 1 entry, got 0"),
        ({"arms": "two"}, "arms", "expected a list, got 'two'"),
        ({"seeds": [1, 1]}, "", "seeds must differ: got [1, 1]"),
        ({"seeds": list(range(9))}, "seeds", "expected at most 8 entries, got 9"),
        ({"surprise": 1}, "surprise", "unknown field"),
        ({"name": "x" * 81}, "name", "expected at most 80 characters, got 81"),
        ({"model": {"kind": "rnn"}}, "model.kind", "expected one of 'mlp', 'cnn', 'resnet', got 'rnn'"),
        ({"optimizer": {"kind": "sgd", "learning_rate": 0}}, "optimizer.learning_rate", "expected more than 0, got 0"),
        ({"optimizer": {"kind": "sgd", "beta": 0}}, "optimizer.beta", "unknown field"),
        ({"probes": {"layers": None}}, "probes.layers", "expected true or false, got null"),
        ({"model": {"kind": "mlp", "hidden": [8, 0]}}, "model.hidden.1", "expected at least 1, got 0"),
        ({"dataset": {}}, "dataset.kind", "expected a value, got nothing"),
        ({"dropout": 1}, "dropout", "expected less than 1, got 1"),
        ({"batch_size": 5000}, "batch_size", "expected at most 1,197, the training examples of the run, got 5,000"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_where(server: Running, changes: dict[str, Any], path: str, message: str) -> None:
    found = problem(server.post("/runs", body(**changes)), 422)
    assert [(error["path"], error["message"]) for error in found["errors"]] == [(path, message)]


def test_paths_of_arms_are_those_of_the_form(server: Running) -> None:
    arms = [
        {"name": "a", "norm": {"kind": "batch", "eps": -1}},
        {"name": "b", "norm": {"kind": "group", "groups": 0}},
        {"name": "c", "norm": {"kind": "group", "groups": 3, "placement": "below"}},
        {"name": "d", "norm": {"kind": "nerve"}},
        {"name": "e", "norm": {}},
        {"name": "f", "norm": {"kind": "none"}, "optimizer": {"kind": "adam", "learning_rate": "fast"}},
        {"norm": {"kind": "none"}},
    ]
    errors = problem(server.post("/runs", body(arms=arms)), 422)["errors"]
    assert errors[3]["message"].startswith("expected one of 'none', 'batch', 'layer', 'group', ")
    assert errors[3]["message"].endswith("'frozen_batch', got 'nerve'")
    assert [error["path"] for error in errors] == [
        "arms.0.norm.eps",
        "arms.1.norm.groups",
        "arms.2.norm.placement",
        "arms.3.norm.kind",
        "arms.4.norm.kind",
        "arms.5.optimizer.learning_rate",
        "arms.6.name",
    ]


@pytest.mark.parametrize("path", ["/runs", "/runs/estimate"])
def test_a_network_that_does_not_fit_its_data_is_refused_at_its_kind(server: Running, path: str) -> None:
    wanted = body(dataset={"kind": "moons"}, model={"kind": "resnet", "depth": 8})
    found = problem(server.post(path, wanted), 422)
    assert [error["path"] for error in found["errors"]] == ["model.kind"]


def test_relations_between_fields_are_checked_together(server: Running) -> None:
    arms = [{"name": "a", "norm": {"kind": "batch"}}, {"name": "b", "norm": {"kind": "group", "groups": 3}}]
    found = problem(server.post("/runs", body(arms=arms, batch_size=1)), 422)
    assert found["type"] == "urn:normscope:spec"
    assert [error["path"] for error in found["errors"]] == ["batch_size", "arms.1.norm.groups"]
    one_left = body(batch_size=46, drop_last=False)
    assert problem(server.post("/runs", one_left), 422)["errors"][0]["path"] == "drop_last"


@pytest.mark.parametrize("text", ["", "{", "nonsense", '{"steps": NaN}', '"text"', "[]", "null", "[" * 100_000])
def test_what_is_not_a_spec_is_refused(server: Running, text: str) -> None:
    answer = server.client.post("/api/runs", content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_must_be_finite(server: Running, number: str) -> None:
    text = json.dumps(body(optimizer={"kind": "sgd", "learning_rate": "@"})).replace('"@"', number)
    answer = server.client.post("/api/runs", content=text, headers={"Content-Type": "application/json"})
    assert problem(answer, 422)["errors"][0]["path"] == "optimizer.learning_rate"


def test_a_run_that_costs_too_much_is_refused_with_the_numbers(server: Running) -> None:
    spec = body(steps=1_000_000, model={"kind": "mlp", "hidden": [2048] * 24}, seeds=[1, 2, 3, 4])
    found = problem(server.post("/runs", spec), 422)
    assert found["type"] == "urn:normscope:cost-limit"
    assert "expected an estimated duration of at most 24 hours, got" in found["detail"]
    estimate = server.post("/runs/estimate", spec).json()
    assert estimate["refused"] == found
    assert estimate["networks"] == 8


def test_an_estimate_stores_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        answer = server.post("/runs/estimate", body())
        assert answer.status_code == 200
        assert answer.json()["refused"] is None
        assert answer.json()["parameters"] == [64 * 8 + 8 + 8 * 10 + 10, 64 * 8 + 8 + 8 * 10 + 10 + 16]
        assert server.get("/runs").json()["runs"] == []


def test_estimates_learn_from_what_runs_took(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        before = server.post("/runs/estimate", body(steps=5000)).json()["seconds"]
    with running(tmp_path) as server:
        made = worker(server, tiny_spec(steps=5000))
        server.store.append(made.lease, [], tail=None, progress=Progress(step=5000, elapsed_seconds=3 * before))
        made.end()
        after = server.post("/runs/estimate", body(steps=5000)).json()["seconds"]
        assert after == pytest.approx(3 * before)


def test_unknown_runs_are_404_and_strange_ids_422(server: Running) -> None:
    for path in ("", "/manifest", "/events", "/telemetry", "/vectors", "/export/csv"):
        found = problem(server.get(f"/runs/{'0' * 32}{path}"), 404)
        assert "0" * 32 in found["detail"]
        problem(server.get(f"/runs/..%2fetc{path}"), 404)
        assert problem(server.get(f"/runs/xyz{path}"), 422)["errors"][0]["path"] == "run_id"
    problem(server.client.delete(f"/api/runs/{'0' * 32}"), 404)
    problem(server.post(f"/runs/{'0' * 32}/commands", {"kind": "stop"}), 404)


def test_commands_are_stored_or_refused(server: Running) -> None:
    made = worker(server)
    made.manifest()
    server.store.append(made.lease, [], tail=None, state="running")
    accepted = server.post(f"/runs/{made.run}/commands", {"kind": "pause"})
    assert accepted.status_code == 202
    assert [command.id for command in server.store.commands(made.lease)] == [accepted.json()["command_id"]]
    problem(server.post(f"/runs/{made.run}/commands", {"kind": "explode"}), 422)
    problem(server.client.delete(f"/api/runs/{made.run}"), 409)
    made.end()
    assert "finished" in problem(server.post(f"/runs/{made.run}/commands", {"kind": "stop"}), 409)["detail"]
    assert server.client.delete(f"/api/runs/{made.run}").status_code == 204
    problem(server.get(f"/runs/{made.run}"), 404)


def test_manifest_and_events_before_and_after_they_exist(server: Running) -> None:
    made = worker(server)
    assert server.get(f"/runs/{made.run}/manifest").json() == {"manifest": None, "fairness": None}
    assert server.get(f"/runs/{made.run}/events").json() == {"epoch": 1, "sequence": 0, "events": []}
    made.append([manifest_message()])
    diverged = DivergedEvent(
        arm=0, seed=0, step=3, layer=1, where="output", last_finite={"train_loss": math.inf}, message="boom"
    )
    made.append([event_message(2, diverged)])
    answer = server.get(f"/runs/{made.run}/manifest").json()
    assert answer["fairness"] == {"ok": True}
    assert answer["manifest"]["arms"] == ["no norm", "BatchNorm"]
    events = server.get(f"/runs/{made.run}/events").json()
    assert events["sequence"] == 2
    assert [event["event"]["type"] for event in events["events"]] == ["diverged"]
    assert events["events"][0]["event"]["last_finite"] == {"train_loss": "Infinity"}


def test_a_diverged_loss_is_written_as_text(server: Running) -> None:
    made = worker(server)
    made.manifest()
    record = server.get(f"/runs/{made.run}").json()
    assert record["arms"][0]["latest"] == {"train_loss": "NaN"}
    assert math.isnan(RunRecord.model_validate(record).arms[0].latest["train_loss"])


def test_at_most_so_many_runs_are_open(tmp_path: Path) -> None:
    with running(tmp_path, open_runs=2) as server:
        for _ in range(2):
            assert server.post("/runs", body()).status_code == 201
        answer = server.post("/runs", body())
        assert "expected at most 2 runs" in problem(answer, 429)["detail"]
        assert int(answer.headers["retry-after"]) >= 1


def test_a_demo_limits_launches_of_an_address_and_their_cost(tmp_path: Path) -> None:
    with running(tmp_path, public=True, public_launches_per_hour=2) as server:
        for _ in range(2):
            assert server.post("/runs", body()).status_code == 201
        assert "2 launches an hour" in problem(server.post("/runs", body()), 429)["detail"]
        assert (
            server.post("/runs/estimate", body(steps=1_000_000)).json()["refused"]["type"] == "urn:normscope:cost-limit"
        )
        assert server.get("/catalog").json()["limits"] == {
            "seconds": 120.0,
            "memory_bytes": 8_000_000_000,
            "telemetry_bytes": 50_000_000,
            "open_runs": 12,
            "workers": 2,
            "public": True,
        }


def test_large_bodies_are_refused_announced_or_not(server: Running) -> None:
    large = b" " * 1_100_000
    assert "1,048,576" in problem(server.client.post("/api/runs", content=large), 413)["detail"]
    with contextlib.suppress(httpx.WriteError):
        problem(server.client.post("/api/runs", content=iter([large])), 413)


def test_wrong_methods_and_places_are_problems(server: Running) -> None:
    assert problem(server.client.put("/api/runs"), 405)["detail"] == "/api/runs does not answer to PUT"
    assert problem(server.get("/nothing/here"), 404)["detail"] == "nothing is at /api/nothing/here"


def test_health(server: Running) -> None:
    for name in ("live", "ready"):
        assert server.get(f"/health/{name}").json()["status"] == "ok"


def test_schema_of_a_run_draws_the_form(server: Running) -> None:
    schema = server.get("/schema/run").json()
    assert schema == RunSpec.model_json_schema()
    assert schema["properties"]["steps"]["scale"] == "log"
