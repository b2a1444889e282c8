"""Sweeps over HTTP: what is asked, what is answered, what is refused and how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from normscope.core.phase import SweepRecord
from normscope.storage import checkpoints
from tests.contract.material import sweep_spec
from tests.server.running import Running, problem, running


def body(**changes: Any) -> dict[str, Any]:
    """A sweep as a client sends it."""
    return sweep_spec().model_dump(mode="json") | changes


def axis(field: str, *values: Any) -> dict[str, Any]:
    return {"field": field, "values": list(values)}


def test_a_sweep_is_launched_read_stopped_and_deleted(server: Running) -> None:
    answer = server.post("/sweeps", body())
    assert answer.status_code == 201
    sweep = SweepRecord.model_validate_json(answer.content)
    assert answer.headers["location"] == f"/api/sweeps/{sweep.id}"
    read = server.get(f"/sweeps/{sweep.id}").json()
    assert (read["count"], len(read["cells"]), read["cells"][5]["values"]) == (6, 6, [1.0, 40])
    assert sweep.id in [one["id"] for one in server.get("/sweeps").json()["sweeps"]]
    assert server.get("/runs").json()["runs"] == []
    assert len(server.get("/runs", sweep=sweep.id).json()["runs"]) == 6
    assert problem(server.client.delete(f"/api/sweeps/{sweep.id}"), 409)
    assert server.post(f"/sweeps/{sweep.id}/commands", {"kind": "stop"}).status_code == 202
    for lease in [server.store.take_over(run.id) for run in server.store.live()]:
        server.store.set_state(lease, "stopped")
    assert server.get(f"/sweeps/{sweep.id}").json()["state"] == "stopped"
    assert problem(server.post(f"/sweeps/{sweep.id}/commands", {"kind": "stop"}), 409)
    files = [checkpoints.folder(server.settings.data_dir, str(cell.run)) for cell in sweep.cells]
    files[0].mkdir(parents=True)
    assert server.client.delete(f"/api/sweeps/{sweep.id}").status_code == 204
    assert not any(each.exists() for each in files)
    assert problem(server.get(f"/runs/{sweep.cells[0].run}"), 404)
    assert problem(server.get(f"/sweeps/{sweep.id}"), 404)


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"axes": [axis("batch_size", 20, 1)]}, "axes.0.values", "batch_size = 1"),
        ({"axes": [axis("optimizer.momentum", 0.1, 0.5)]}, "axes.0.field", "optimizer.learning_rate"),
        ({"axes": [axis("batch_size", 20)]}, "axes.0.values", "at least 2"),
        ({"axes": [axis("batch_size", *range(2, 500))]}, "axes.0.values", "at most 400"),
        ({"axes": []}, "axes", "at least 1"),
    ],
)
def test_a_refused_sweep_stores_nothing(server: Running, changes: dict[str, Any], path: str, words: str) -> None:
    before = len(server.store.sweeps())
    found = problem(server.post("/sweeps", body(**changes)), 422)
    assert (found["errors"][0]["path"], len(server.store.sweeps())) == (path, before)
    assert words in found["errors"][0]["message"]


def test_the_whole_sweep_is_within_the_limits_of_a_launch(tmp_path: Path) -> None:
    with running(tmp_path, workers=2) as server:
        estimate = server.post("/sweeps/estimate", body()).json()
        assert (estimate["cells"], estimate["refused"]) == (6, None)
        single = server.post("/runs/estimate", body()["base"]).json()
        assert estimate["seconds"] == pytest.approx(3 * single["seconds"], rel=0.2)
    seconds = estimate["seconds"]
    with running(tmp_path, workers=2, cost_limit_seconds=seconds / 2) as server:
        refused = server.post("/sweeps/estimate", body()).json()["refused"]
        assert refused["type"] == "urn:normscope:cost-limit"
        found = problem(server.post("/sweeps", body()), 422)
        assert found["errors"][0]["path"] == "axes"
        assert "take fewer values" in found["detail"]


def test_a_sweep_counts_as_one_launch(tmp_path: Path) -> None:
    with running(tmp_path, open_runs=2) as server:
        assert server.post("/sweeps", body()).status_code == 201
        assert server.post("/sweeps", body()).status_code == 201
        assert problem(server.post("/sweeps", body()), 429)
        assert problem(server.post("/runs", body()["base"]), 429)
