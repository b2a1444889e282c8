"""SIGKILL of workers at random moments: each run is taken up again by itself and ends as if nothing had happened."""

from __future__ import annotations

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
from normscope.storage.store import Store
from tests import served
from tests.contract.material import tiny_spec
from tests.faults.rounds import RESUME_ROUNDS, RESUME_SPEED, kill_twice, last_state, launch, measured, moments, until
from tests.training.resuming import same_state

pytestmark = pytest.mark.fault

STEPS = 500
SHARED = {"steps": STEPS, "checkpoint_every": 80, "evaluate_every": 60, "speed": RESUME_SPEED}
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


@pytest.mark.parametrize("seed", RESUME_ROUNDS)
@pytest.mark.parametrize("name", sorted(SPECS))
def test_killed_and_resumed(server: served.Served, store: Store, whole: dict[str, str], name: str, seed: int) -> None:
    chance = moments(seed)
    run = launch(store, SPECS[name])
    kills = kill_twice(store, run, chance, earliest=1)
    print(f"killed {kills} times")
    assert kills
    same_state(last_state(server, run, STEPS), last_state(server, whole[name], STEPS))
    for what in ("telemetry", "vectors"):
        mine, expected = (measured(server, each, what) for each in (run, whole[name]))
        assert mine.num_rows == expected.num_rows > 0
        for column in expected.column_names:
            assert mine.column(column).to_pylist() == expected.column(column).to_pylist(), f"{what}: {column}"
    record, reference = store.get(run), store.get(whole[name])
    assert [arm.final for arm in record.arms] == [arm.final for arm in reference.arms]
    assert [arm.best for arm in record.arms] == [arm.best for arm in reference.arms]
