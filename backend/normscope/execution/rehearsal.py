"""A whole run before the first one: what imports and caches it fills, no worker needs to fill again."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from normscope.core.spec import ArmSpec, DataSetSpec, MlpSpec, NoNorm, RunSpec
from normscope.execution.worker import work
from normscope.settings import Settings
from normscope.storage.nudge import runtime_dir
from normscope.storage.store import Store
from normscope.training.warm import warm


def rehearse(cache: Path) -> None:
    """Warm up training, then execute two steps in a database that is thrown away. Its threads have ended afterwards.

    Args:
        cache: see ``training.warm.warm``.
    """
    warm(cache)
    spec = RunSpec(
        dataset=DataSetSpec(kind="digits", train_examples=10),
        model=MlpSpec(hidden=(4,)),
        arms=(ArmSpec(name="none", norm=NoNorm()),),
        batch_size=5,
        steps=2,
        device="cpu",
    )
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url="", datasets_dir=Path(folder), heartbeat_seconds=0.01)
        with contextlib.closing(Store(settings.url)) as store:
            run = store.create(spec, estimated_seconds=1.0)
            outcome = work(settings, run.id)
            record = store.get(run.id)
        runtime_dir(settings.data_dir).rmdir()
    if outcome != "finished":
        raise RuntimeError(f"the rehearsal {outcome}: {record.error}")
