"""Files that open without a server: what is written into them, and what cannot be."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from normscope.claims.catalog import claim
from normscope.core.sweep import cells
from normscope.core.telemetry import decode_points, decode_vectors
from normscope.errors import ExportRefused, RunNotFound, SweepNotFound
from normscope.server import document
from normscope.server.document import Desk, claims_file, run_file, sweep_file
from tests.contract.material import sweep_spec, tiny_spec
from tests.server.reader import filled_with_vectors
from tests.server.running import Running, worker
from tests.server.trying import train, tried

PAGE = "<html><head><title>NormScope</title></head><body><div id='app'></div><!--answers--><script>code</script></body>"
NASTY = "</script><script>window.broken = 1</script><!--answers-->"


@pytest.fixture
def desk(server: Running, tmp_path: Path) -> Desk:
    (tmp_path / "standalone.html").write_text(PAGE)
    return replace(Desk.of(server.store, workers=1), pages=tmp_path)


def answers(file: bytes) -> dict[str, bytes]:
    """What the file would answer, by path."""
    blocks = re.findall(rb'<script type="application/gzip" data-answer="([^"]+)">([^<]*)</script>', file)
    return {path.decode(): gzip.decompress(base64.b64decode(body)) for path, body in blocks}


def test_a_file_answers_as_the_server_does(server: Running, desk: Desk) -> None:
    run = filled_with_vectors(server).run
    found = answers(run_file(desk, run, "replay"))
    for path in (f"/runs/{run}", f"/runs/{run}/manifest", f"/runs/{run}/events"):
        assert found[path] == server.get(path).content
    assert found[f"/runs/{run}/vectors"] == server.get(f"/runs/{run}/vectors").content
    assert found[f"/runs/{run}/telemetry"] == server.get(f"/runs/{run}/telemetry", points=100_000).content
    contents = json.loads(found["/contents"])
    assert (contents["kind"], contents["subject"], contents["ids"]) == ("replay", "run", [run])
    assert contents["merged"] is False


def test_what_is_too_much_is_merged_and_said_to_be(
    server: Running, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = filled_with_vectors(server).run
    monkeypatch.setattr(document, "FILE_VECTOR_VALUES", 60)
    monkeypatch.setattr(document, "FILE_POINTS", 21)
    monkeypatch.setattr("normscope.server.envelope.LEAST", 7)
    found = answers(run_file(desk, run, "report"))
    points = decode_points(found[f"/runs/{run}/telemetry"])
    whole = decode_points(server.get(f"/runs/{run}/telemetry", points=100_000).content)
    assert np.all(np.bincount(points.series) <= 7)
    assert np.nanmax(points.high) == np.nanmax(whole.high)
    vectors = decode_vectors(found[f"/runs/{run}/vectors"])
    assert sum(map(len, vectors.value)) <= 60
    assert json.loads(found["/contents"])["merged"] is True


class Scripts(HTMLParser):
    """Counts what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.run: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("type")
        if tag == "script" and kind != "application/gzip":
            self.run.append(str(kind))


def test_a_name_stays_a_name(server: Running, desk: Desk) -> None:
    made = worker(server, tiny_spec(NASTY))
    made.manifest()
    file = run_file(desk, made.run, "report")
    scripts = Scripts()
    scripts.feed(file.decode())
    assert scripts.run == ["None"]
    assert b"window.broken = 1</script>" not in file
    assert json.loads(answers(file)["/contents"])["name"] == NASTY


def test_a_sweep_and_a_claim_are_files_too(server: Running, desk: Desk) -> None:
    sweep = server.store.create_sweep(sweep_spec(), [(cell, 1.0) for cell in cells(sweep_spec())])
    found = answers(sweep_file(desk, sweep.id))
    assert found[f"/sweeps/{sweep.id}"] == server.get(f"/sweeps/{sweep.id}").content
    trial = tried(server, seeds=2)
    train(server, trial, {0: (0.5, 0.5), 1: (0.6, 0.6)})
    placement = claim("placement")
    assert placement is not None
    found = answers(claims_file(desk, [placement]))
    assert f"/runs/{trial.runs[0].run}/telemetry" in found
    assert json.loads(found["/claims/placement"])["trial"]["id"] == trial.id


def test_a_claims_report_has_its_larger_experiments_too(server: Running, desk: Desk) -> None:
    speed = claim("speed")
    assert speed is not None
    trials = [tried(server, "speed", experiment=kind, seeds=1) for kind in ("main", "mnist")]
    for trial in trials:
        train(server, trial, {0: (0.5,), 1: (0.6,)})
    found = answers(claims_file(desk, [speed]))
    assert all(f"/runs/{trial.runs[0].run}/telemetry" in found for trial in trials)
    assert json.loads(found["/claims/speed"])["larger"][0]["trial"]["id"] == trials[1].id


def test_what_cannot_be_written_says_why(server: Running, desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RunNotFound):
        run_file(desk, "0" * 32, "report")
    with pytest.raises(SweepNotFound):
        sweep_file(desk, "0" * 32)
    queued = server.store.create(tiny_spec(), estimated_seconds=1).id
    with pytest.raises(ExportRefused, match="expected a run that has measured something, got one that has not yet"):
        run_file(desk, queued, "report")
    scale = claim("scale")
    assert scale is not None
    with pytest.raises(ExportRefused, match="expected a claim that was tried"):
        claims_file(desk, [scale])
    run = filled_with_vectors(server).run
    with pytest.raises(ExportRefused, match="make static"):
        run_file(replace(desk, pages=tmp_path / "nowhere"), run, "report")


def test_files_come_over_http(server: Running) -> None:
    queued = server.store.create(tiny_spec(), estimated_seconds=1).id
    for kind in ("replay", "report"):
        assert server.get(f"/runs/{queued}/export/{kind}").status_code == 409
        assert server.get(f"/runs/{'0' * 32}/export/{kind}").status_code == 404
    assert server.get(f"/sweeps/{'0' * 32}/export/report").status_code == 404
    assert server.get("/claims/nothing/export/report").status_code == 404
    assert server.get("/claims/scale/export/report").status_code == 409
