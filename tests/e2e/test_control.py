"""Control and faults as the page shows them."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from tests.benchmarks.browser import until
from tests.e2e.conftest import Opener, digits, shown_points
from tests.served import Served, end, serving, start

pytestmark = pytest.mark.browser


def worker_of(run: str, served: Served) -> int:
    """The pid of the process that trains: the one that writes the run's log."""
    log = served.data_dir / "logs" / f"{run}.log"
    for process in psutil.process_iter(["cmdline"]):
        if any("normscope.execution.launcher" in part for part in process.info["cmdline"] or ()) and any(
            Path(file).resolve() == log.resolve() for file in _outputs(process.pid)
        ):
            return process.pid
    raise AssertionError(f"no process writes {log}")


def _outputs(pid: int) -> list[str]:
    try:
        return [os.readlink(f"/proc/{pid}/fd/1")]
    except OSError:
        return []


def test_pause_resume_and_stop(served: Served, open_page: Opener) -> None:
    run = served.launch(digits(steps=200_000))["id"]
    page = open_page(f"{served.url}/runs/{run}")
    page.get_by_role("button", name="Look at layer 1").first.click()
    page.wait_for_url("**?layer=1")  # while news of the run come in
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_text("paused", exact=True)).to_be_visible()
    step = served.record(run)["step"]
    page.get_by_role("button", name="Step", exact=True).click()
    until(page, f"fetch('/api/runs/{run}').then((answer) => answer.json()).then((run) => run.step !== {step})")
    assert served.record(run)["step"] == step + 1, "a paused run makes the steps that are asked for, and no other"
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_text("running", exact=True)).to_be_visible()
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("button", name="Resume", exact=True).click()  # a step in the midst of it rests behind it
    expect(page.get_by_text("running", exact=True)).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("stopped", exact=True)).to_be_visible()
    record = served.wait(run, "stopped")
    assert step < record["step"] < 200_000


def test_a_diverged_network_is_a_result(served: Served, open_page: Opener) -> None:
    spec = digits(
        model={"hidden": [32, 32], "activation": "relu"},
        optimizer={"kind": "sgd", "learning_rate": 900.0},
        initialisation={"kind": "he", "gain": 30.0},
    )
    run = served.launch(spec)["id"]
    record = served.wait(run, "finished")
    assert record["arms"][0]["replicates"]["diverged"] == 1
    page = open_page(f"{served.url}/runs/{run}")
    page.get_by_role("button", name="1 of 1 diverged").first.click()
    expect(page.get_by_text(re.compile("diverged at step|not finite")).first).to_be_visible()


def test_a_killed_worker_is_shown_as_interrupted_with_all_it_had_stored(served: Served, open_page: Opener) -> None:
    run = served.launch(digits(steps=200_000))["id"]
    page = open_page(f"{served.url}/runs/{run}")
    shown_points(page, 6)
    os.kill(worker_of(run, served), signal.SIGKILL)
    expect(page.get_by_text("interrupted", exact=True)).to_be_visible()
    record = served.wait(run, "interrupted")
    assert record["step"] > 0
    expect(page.get_by_text("The run was interrupted.")).to_be_visible()


def test_the_page_takes_up_the_stream_when_a_killed_server_is_back(
    tmp_path: Path, with_kernels: Callable[[Path], Path], open_page: Opener
) -> None:
    with serving(with_kernels(tmp_path)) as first:
        port = first.url.rsplit(":", 1)[1]
        run = first.launch(digits(steps=1_000_000))["id"]
        page = open_page(f"{first.url}/runs/{run}")
        shown_points(page, 6)
        before = first.record(run)["step"]
        first.process.kill()
        first.process.wait(10)
        expect(page.get_by_text("Offline: reconnecting, nothing is lost.")).to_be_visible()
        second = start(tmp_path, PORT=port)
        try:
            expect(page.get_by_text("Offline: reconnecting, nothing is lost.")).to_be_hidden()
            page.evaluate("window.normscope.latency.clear()")
            shown_points(page, 6)
            record = second.record(run)
            assert record["state"] == "running"
            assert record["step"] > before
        finally:
            end(second)
