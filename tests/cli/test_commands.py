"""The command line: what it says, what it ends with."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from normscope.core.fairness import Certificate
from normscope.core.fork import Origin
from normscope.core.record import Parent, RunRecord
from normscope.core.spec import ProbeSpec
from normscope.execution import process
from normscope.storage.script import script_of
from normscope.storage.store import Store
from tests.contract.material import manifest_message, tiny_spec
from tests.served import environment

SECONDS = 240
"""For one command: it imports torch and compiles where nobody did before."""


class Shell:
    """Commands with one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.url = f"sqlite:///{data_dir / 'normscope.db'}"

    def start(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "normscope.cli", *words],
            env=environment(self.data_dir, None, **settings) | {"COLUMNS": "200", "NO_COLOR": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.data_dir,
            text=True,
        )

    def run(self, *words: str, given: str | None = None, **settings: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        started = self.start(*words, **settings)
        out, error = started.communicate(given, timeout=SECONDS)
        return started.returncode, out, error

    def records(self) -> list[RunRecord]:
        """All runs."""
        store = Store(self.url)
        try:
            return store.list(limit=100)
        finally:
            store.close()


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, kernels: Callable[[Path], Path]) -> Iterator[Shell]:
    """With a data folder for the module, whose launcher and runs are ended afterwards."""
    made = Shell(kernels(tmp_path_factory.mktemp("data")))
    yield made
    assert made.run("stop", "--all")[0] == 0


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    """With an empty data folder."""
    return Shell(tmp_path)


def test_run_trains_shows_a_table_and_ends_with_zero(shell: Shell) -> None:
    status, out, error = shell.run("run", "-", given=tiny_spec("from stdin").model_dump_json())
    assert (status, error) == (0, "")
    assert "from stdin: finished after 200 steps" in out
    for words in ("no norm", "BatchNorm", "test accuracy", "1 finished"):
        assert words in out
    assert shell.records()[0].state == "finished"


def test_run_says_what_its_budget_made_it_measure_less_often(shell: Shell) -> None:
    probes = ProbeSpec(modes_every=10, budget=0.005)
    spec = tiny_spec("tight").model_copy(update={"probes": probes})
    status, out, error = shell.run("run", "-", given=spec.model_dump_json())
    assert (status, error) == (0, "")
    assert "To stay within its budget the run measured less often; when it did is not repeatable:" in out
    assert re.search(r"modes: every (20|40|80) steps after step \d+", out)
    run = next(record.id for record in shell.records() if record.name == "tight")
    log = (shell.data_dir / "logs" / f"{run}.log").read_text(encoding="utf-8")
    assert "step 60: modes every 20 steps from now on" in log
    store = Store(shell.url)
    try:
        script = " ".join(script_of(store, run).split())
    finally:
        store.close()
    assert "After step 60 the run measured modes every 20 steps, to keep its budget." in script
    assert "the training is repeated bit by bit, when things were measured is not." in script


def test_what_was_run_can_be_exported(shell: Shell) -> None:
    status, _, error = shell.run("run", "-", given=tiny_spec().model_dump_json())
    assert status == 0, error
    run = shell.records()[0].id
    status, _, error = shell.run("export", run[:12], "--format", "parquet", "--output", "points.parquet")
    assert status == 0, error
    assert "Wrote points.parquet" in error
    table = pq.read_table(shell.data_dir / "points.parquet")
    assert set(table.column("arm").to_pylist()) == {None, "no norm", "BatchNorm"}
    status, out, _ = shell.run("export", run, "--output", "-")
    assert status == 0
    assert out.count("\n") == table.num_rows + 1


def test_a_run_is_exported_as_a_script_that_prints_its_certificate(shell: Shell) -> None:
    status, _, error = shell.run("run", "-", given=tiny_spec(steps=20).model_dump_json())
    assert status == 0, error
    record = shell.records()[0]
    status, _, error = shell.run("export", record.id[:12], "--format", "script")
    assert status == 0, error
    file = shell.data_dir / f"normscope-{record.id[:8]}.py"
    assert f"Wrote {file.name} ({file.stat().st_size:,} bytes)." in error
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    certificate = Certificate.model_validate(record.fairness)
    for seed in certificate.seeds:
        assert f"seed {seed.seed} shared initial tensors sha256 {seed.shared_sha256}\n" in done.stdout
        assert f"seed {seed.seed} order sha256 {seed.batch_order_sha256}\n" in done.stdout


def test_a_fork_is_not_exported_as_a_script(empty: Shell) -> None:
    store = Store(empty.url)
    parent = store.create(tiny_spec(), estimated_seconds=1).id
    origin = Origin(spec=tiny_spec(), sources=(0, 1), inserted_norms="fresh")
    fork = store.create(tiny_spec(), estimated_seconds=1, fork=(Parent(run=parent, step=40), origin)).id
    store.close()
    status, out, error = empty.run("export", fork, "--format", "script", "--output", "kept.py")
    assert (status, out) == (1, "")
    assert "a script can repeat from its spec alone, got one that goes on from step 40 of another run" in error
    assert "Traceback" not in error
    assert not (empty.data_dir / "kept.py").exists()


def test_ctrl_c_stops_the_run_and_ends_with_130(shell: Shell) -> None:
    started = shell.start("run", "-")
    assert started.stdin is not None
    started.stdin.write(tiny_spec("to be stopped", steps=1_000_000).model_dump_json())
    started.stdin.close()
    started.stdin = None
    deadline = time.monotonic() + SECONDS
    while not (records := shell.records()) or records[0].name != "to be stopped" or records[0].step < 10:
        assert time.monotonic() < deadline
        assert started.poll() is None, started.communicate()
        time.sleep(0.1)
    started.send_signal(signal.SIGINT)
    out, error = started.communicate(timeout=SECONDS)
    assert started.returncode == 130, error
    assert "to be stopped: stopped after" in out
    assert shell.records()[0].state == "stopped"


def test_a_failed_run_ends_with_one(shell: Shell) -> None:
    spec = json.loads(tiny_spec().model_dump_json()) | {"dataset": {"kind": "kmnist"}}
    status, out, error = shell.run("run", "-", given=json.dumps(spec))
    assert status == 1
    assert "failed" in out
    assert "error:" in error
    assert "kmnist" in error.lower()


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (("run",), None, "expected a file with a spec, or --preset ID"),
        (("run", "--preset", "nothing"), None, "expected one of paper-mnist, paper-digits"),
        (("run", "no-such-file.json"), None, "cannot read no-such-file.json"),
        (("run", "-"), "{", "expected valid JSON"),
        (("run", "-"), '{"steps": 0, "dataset": {"kind": "digits"}, "arms": []}', "steps: expected at least 1, got 0"),
        (("claim", "run", "17", "--larger", "imagenet"), None, "--larger: expected mnist or cifar10, got 'imagenet'"),
        (("claim", "run", "modes", "--larger", "mnist"), None, "claim 8 has no larger experiment, got 'mnist'"),
        (("claim", "run", "speed", "--larger", "cifar10"), None, "--larger: expected mnist, got 'cifar10'"),
        (("stop",), None, "expected the id of a run, or --all"),
        (("stop", "ab"), None, "got 'ab', which fits 0 runs"),
        (("export", "0" * 32), None, "0" * 32),
    ],
)
def test_mistakes_are_said_in_one_plain_line(
    empty: Shell, words: tuple[str, ...], given: str | None, said: str
) -> None:
    status, _, error = empty.run(*words, given=given)
    assert status == 1
    assert said in error
    assert "Traceback" not in error


def test_wrong_settings_are_named(empty: Shell) -> None:
    status, _, error = empty.run("serve", WORKERS="0")
    assert status == 1
    assert "NORMSCOPE_WORKERS: expected at least 1, got '0'" in error


def test_stop_ends_what_waits(empty: Shell) -> None:
    store = Store(empty.url)
    run = store.create(tiny_spec(), estimated_seconds=1).id
    store.close()
    status, out, _ = empty.run("stop", run[:8])
    assert (status, out) == (0, f"Run {run[:8]} is stopped.\n")
    assert empty.run("stop", "--all")[1] == "Nothing was running.\n"


def test_serve_prints_its_address_and_says_what_goes_on(empty: Shell) -> None:
    store = Store(empty.url)
    run = store.create(tiny_spec(), estimated_seconds=1).id
    lease = store.acquire(run, process.this_process())
    store.append(lease, [manifest_message()], tail=None, state="running")
    started = empty.start("serve", "--port", "0", WORKERS="1")
    assert started.stdout is not None
    assert re.fullmatch(r"NormScope is at http://127\.0\.0\.1:\d+\n", started.stdout.readline())
    status, _, error = empty.run("serve", "--port", "0")
    assert status == 1
    assert f"in use by another server (process {started.pid})" in error
    started.send_signal(signal.SIGINT)
    out, _ = started.communicate(timeout=SECONDS)
    assert "1 run goes on training. `normscope stop --all` ends them" in out
    store.set_state(lease, "finished")
    store.close()
    assert empty.run("stop", "--all")[0] == 0


def test_a_port_in_use_is_said(empty: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, _, error = empty.run("serve", "--port", port)
    assert status == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in error
    assert "--port" in error


def test_doctor_says_what_is_missing_and_how_to_mend_it(shell: Shell) -> None:
    broken = shell.data_dir / "datasets" / "mnist"
    broken.mkdir(parents=True)
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (broken / f"{name}-ubyte").write_bytes(b"not it")
    status, out, _ = shell.run("doctor")
    assert status == 1
    assert re.search(r"missing +MNIST +train-images.*not what was published", out)
    assert f"MNIST: delete it in {broken}" in out
    assert re.search(r"ok +SQLite +3\.\d+", out)
    assert re.search(r"ok +Training +compiled, ready after", out)
    assert re.search(r"note +Kuzushiji-MNIST +not at hand", out)


def test_openapi_prints_the_description(empty: Shell) -> None:
    status, out, _ = empty.run("openapi")
    assert status == 0
    assert json.loads(out)["info"]["title"] == "NormScope"


def test_help_names_every_command(empty: Shell) -> None:
    status, out, _ = empty.run("--help")
    assert status == 0
    for word in ("serve", "run", "sweep", "claim", "stop", "export", "doctor", "openapi"):
        assert re.search(rf"^\s+{word}\s", out, re.MULTILINE), word
