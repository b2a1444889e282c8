"""Telemetry, vectors and exports over HTTP."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from normscope.core.events import AppliedEvent
from normscope.core.fork import Origin
from normscope.core.record import Parent
from normscope.core.telemetry import POINTS, VECTORS, decode_points, decode_vectors, metadata_of
from tests.contract.material import event_message, points, tiny_spec
from tests.server.reader import filled_with_vectors
from tests.server.running import Running, worker

RNG = np.random.default_rng(2)


def test_telemetry_is_an_arrow_stream_that_says_where_to_go_on(server: Running) -> None:
    made = filled_with_vectors(server)
    answer = server.get(f"/runs/{made.run}/telemetry")
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream"
    assert pa.ipc.open_stream(answer.content).schema.equals(POINTS)
    assert metadata_of(answer.content) == {
        "kind": "points",
        "run": made.run,
        "epoch": "1",
        "sequence": "5",
        "first_step": "1",
        "last_step": "30",
    }
    found = decode_points(answer.content)
    assert len(found) == 90
    assert np.all(np.diff(found.series.astype(np.int64) * 1000 + found.step) > 0), "sorted by series, then step"


def test_telemetry_can_be_narrowed(server: Running) -> None:
    made = filled_with_vectors(server)
    found = decode_points(server.get(f"/runs/{made.run}/telemetry", series="2,0", from_step=5, to_step=9).content)
    assert set(found.series.tolist()) == {0, 2}
    assert set(found.step.tolist()) == set(range(5, 10))
    short = decode_points(server.get(f"/runs/{made.run}/telemetry", points=7).content)
    assert max(np.bincount(short.series)) <= 7
    answer = server.client.get(f"/api/runs/{made.run}/telemetry", params={"total": 0})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "total")


def test_telemetry_grows_with_the_run_and_changes_epoch_when_compacted(server: Running) -> None:
    made = filled_with_vectors(server)
    before = decode_points(server.get(f"/runs/{made.run}/telemetry").content)
    made.points(points(RNG, 5, first_step=31))
    grown = server.get(f"/runs/{made.run}/telemetry").content
    assert metadata_of(grown)["sequence"] == "6"
    assert len(decode_points(grown)) == len(before) + 15
    made.end()
    assert server.store.compact(made.run)
    compacted = server.get(f"/runs/{made.run}/telemetry").content
    assert metadata_of(compacted)["epoch"] == "2"
    for name in POINTS.names:
        np.testing.assert_array_equal(
            getattr(decode_points(compacted), name), getattr(decode_points(grown), name), err_msg=name
        )


def test_a_run_that_measured_nothing_yet_has_empty_telemetry(server: Running) -> None:
    made = worker(server)
    for kind, schema in (("telemetry", POINTS), ("vectors", VECTORS)):
        answer = server.get(f"/runs/{made.run}/{kind}").content
        table = pa.ipc.open_stream(answer).read_all()
        assert table.schema.equals(schema)
        assert table.num_rows == 0
        assert metadata_of(answer)["sequence"] == "0"


def test_vectors_are_kept_as_observed(server: Running) -> None:
    made = filled_with_vectors(server)
    answer = server.get(f"/runs/{made.run}/vectors")
    assert metadata_of(answer.content)["kind"] == "vectors"
    found = decode_vectors(answer.content)
    assert len(found) == 40
    assert all(len(value) == 3 for value in found.value)
    few = decode_vectors(server.get(f"/runs/{made.run}/vectors", points=4, series="8", to_step=16).content)
    assert few.step.tolist() == [4, 8, 12, 16]
    assert set(few.series.tolist()) == {8}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"points": 0}, "points"),
        ({"points": "all"}, "points"),
        ({"series": "1;2"}, "series"),
        ({"series": ""}, "series"),
        ({"from_step": -1}, "from_step"),
        ({"to_step": 2**32}, "to_step"),
        ({"from_step": 9, "to_step": 8}, "to_step"),
    ],
)
@pytest.mark.parametrize("kind", ["telemetry", "vectors"])
def test_strange_questions_are_answered_with_a_problem(
    server: Running, kind: str, query: dict[str, object], path: str
) -> None:
    answer = server.get(f"/runs/{'0' * 32}/{kind}", **query)
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == [path]


def test_exports_are_attachments_with_every_point(server: Running) -> None:
    made = filled_with_vectors(server)
    answers = {name: server.get(f"/runs/{made.run}/export/{name}") for name in ("csv", "parquet", "arrow")}
    for name, answer in answers.items():
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="normscope-{made.run[:8]}.{name}"'
    assert answers["csv"].text.count("\n") == 91
    assert pq.read_table(io.BytesIO(answers["parquet"].content)).num_rows == 90
    assert pa.ipc.open_stream(answers["arrow"].content).read_all().num_rows == 90


def test_there_is_nothing_to_export_before_the_manifest(server: Running) -> None:
    made = worker(server)
    assert server.get(f"/runs/{made.run}/export/csv").status_code == 409
    assert server.get(f"/runs/{made.run}/export/pdf").status_code == 422


@pytest.mark.parametrize("format", ["csv", "parquet", "arrow", "script", "replay", "report"])
def test_whether_a_run_can_be_exported_is_known_without_its_file(server: Running, format: str) -> None:
    made = filled_with_vectors(server)
    answer = server.get(f"/runs/{made.run}/export/{format}/check")
    assert (answer.status_code, answer.content) == (204, b"")
    assert server.get(f"/runs/{'0' * 32}/export/{format}/check").status_code == 404
    spec = tiny_spec().model_copy(update={"device": "cuda"})
    refused = server.store.create(spec, estimated_seconds=1.0).id
    file, check = (server.get(f"/runs/{refused}/export/{format}{end}") for end in ("", "/check"))
    assert (check.status_code, check.json()) == (409, file.json())


def test_a_run_is_exported_as_a_script_with_its_hashes(server: Running) -> None:
    made = filled_with_vectors(server)
    answer = server.get(f"/runs/{made.run}/export/script")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/x-python")
    assert answer.headers["content-disposition"] == f'attachment; filename="normscope-{made.run[:8]}.py"'
    compile(answer.text, "script", "exec")
    assert f"Run {made.run[:8]} of NormScope without NormScope" in answer.text


@pytest.mark.parametrize("kind", ["set_learning_rate", "extend"])
def test_a_run_that_was_changed_is_no_script(server: Running, kind: str) -> None:
    made = filled_with_vectors(server)
    made.append([event_message(6, AppliedEvent(command_id="c", kind=kind, step=20, value=1.0))])
    answer = server.get(f"/runs/{made.run}/export/script")
    assert answer.status_code == 409
    assert "after step 20" in answer.json()["detail"]


def test_a_fork_is_no_script(server: Running) -> None:
    origin = Origin(spec=tiny_spec(), sources=(0, 1), inserted_norms="fresh")
    fork = (Parent(run=filled_with_vectors(server).run, step=1_040), origin)
    run = server.store.create(tiny_spec(), estimated_seconds=1.0, fork=fork).id
    answer = server.get(f"/runs/{run}/export/script")
    assert answer.status_code == 409
    assert "goes on from step 1,040 of another run" in answer.json()["detail"]


def test_a_run_on_a_gpu_is_no_script(server: Running) -> None:
    spec = tiny_spec().model_copy(update={"device": "cuda"})
    run = server.store.create(spec, estimated_seconds=1.0).id
    answer = server.get(f"/runs/{run}/export/script")
    assert answer.status_code == 409
    assert "CUDA" in answer.json()["detail"]
