"""SIGKILL of workers at random moments: each run is taken up again by itself and ends as if nothing had happened.

``NORMSCOPE_RESUME_ROUNDS=50`` makes that many rounds of each kind.
"""

from __future__ import annotations

import os
import signal
import time

import httpx
import pyarrow as pa
import pyarrow.compute
import pytest

from normscope.core.spec import (
    Adam,
    ArmSpec,
    AugmentSpec,
    BatchNorm,
    CnnSpec,
    CosineSchedule,
    DataSetSpec,
    Momentum,
    NoisyBatchNorm,
    RunSpec,
)
from normscope.execution import process
from normscope.storage import checkpoints
from normscope.storage.store import Store
from normscope.training import checkpoint
from tests import served
from tests.contract.material import tiny_spec
from tests.faults.rounds import launch, moments, until
from tests.training.test_checkpoint import same_state

pytestmark = pytest.mark.fault

ROUNDS = int(os.environ.get("NORMSCOPE_RESUME_ROUNDS", "1"))
STEPS = 500
LATEST_SECONDS = 0.1
"""After a step was seen, a worker lives on for at most so long: kills come in the midst of whatever it does then."""
SHARED = {"steps": STEPS, "checkpoint_every": 80, "evaluate_every": 60, "speed": 300}
"""No faster, or a run might have ended before a test that had to wait for its turn could kill it."""
SPECS: dict[str, RunSpec] = {
    "plain": tiny_spec("plain", hidden=32).model_copy(update=SHARED),
    "adam": tiny_spec("adam", hidden=16).model_copy(update={**SHARED, "optimizer": Adam(), "dropout": 0.3}),
    "cnn": RunSpec(
        name="cnn",
        dataset=DataSetSpec(kind="digits", augment=AugmentSpec(flip=True, crop=1)),
        model=CnnSpec(convolutions=(3, "pool", 4), hidden=(6,)),
        arms=(ArmSpec(name="BatchNorm", norm=BatchNorm()), ArmSpec(name="noisy", norm=NoisyBatchNorm())),
        optimizer=Momentum(),
        schedule=CosineSchedule(warmup_steps=100),
        dropout=0.2,
        clip_norm=1.0,
        batch_size=16,
        **SHARED,
    ),
}


@pytest.fixture(scope="module")
def whole(server: served.Served, store: Store) -> dict[str, str]:
    """A run of each spec that nobody disturbs."""
    runs = {name: launch(store, spec) for name, spec in SPECS.items()}
    for run in runs.values():
        until(lambda run=run: store.get(run).state == "finished")  # type: ignore[misc]
    return runs


def last_state(server: served.Served, run: str) -> checkpoint.State:
    return checkpoint.load(checkpoints.path(server.data_dir, run, STEPS))


def measured(server: served.Served, run: str, what: str) -> pa.Table:
    """All points or vectors, those in seconds left out."""
    answer = httpx.get(f"{server.url}/api/runs/{run}/{what}", params={"points": 10_000}, timeout=30)
    assert answer.status_code == 200, answer.text
    table = pa.ipc.open_stream(answer.content).read_all()
    manifest = httpx.get(f"{server.url}/api/runs/{run}/manifest", timeout=30).json()["manifest"]
    timed = [series["id"] for series in manifest["series"] if series["unit"] == "s"]
    return table.filter(~pa.compute.field("series").isin(timed)).replace_schema_metadata(None)


def kill(store: Store, run: str) -> bool:
    """SIGKILL the run's worker; False: it has none."""
    holder = store.holder(run)
    if holder is None or not process.alive(holder):
        return False
    os.kill(holder.pid, signal.SIGKILL)
    return True


@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("name", sorted(SPECS))
def test_killed_and_resumed(server: served.Served, store: Store, whole: dict[str, str], name: str, seed: int) -> None:
    chance = moments(seed)
    run = launch(store, SPECS[name])
    kills = 0
    first = chance.randrange(1, STEPS // 2)
    for step in (first, chance.randrange(first, STEPS)):
        until(lambda step=step: store.get(run).step >= step)  # type: ignore[misc]
        time.sleep(chance.uniform(0, LATEST_SECONDS))
        before = store.get(run).attempt
        if kill(store, run):
            kills += 1
            until(lambda before=before: store.get(run).attempt > before or store.get(run).state == "finished")  # type: ignore[misc]
    until(lambda: store.get(run).state in ("finished", "failed"))
    record = store.get(run)
    print(f"killed {kills} times")
    assert kills
    assert (record.state, record.error, record.step) == ("finished", None, STEPS)
    same_state(last_state(server, run), last_state(server, whole[name]))
    for what in ("telemetry", "vectors"):
        mine, expected = (measured(server, each, what) for each in (run, whole[name]))
        assert mine.num_rows == expected.num_rows > 0
        for column in expected.column_names:
            assert mine.column(column).to_pylist() == expected.column(column).to_pylist(), f"{what}: {column}"
    reference = store.get(whole[name])
    assert [arm.final for arm in record.arms] == [arm.final for arm in reference.arms]
    assert [arm.best for arm in record.arms] == [arm.best for arm in reference.arms]
