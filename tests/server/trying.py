"""Trials of claims as a client launches them, and as a worker would execute them."""

from __future__ import annotations

from typing import Any

import numpy as np

from normscope.core.events import ReplicateEndedEvent
from normscope.core.manifest import build_manifest
from normscope.core.record import Progress
from normscope.core.telemetry import Points
from normscope.core.trial import TrialRecord
from normscope.storage.model import Lease
from tests.contract.material import HOLDER, event_message, manifest_message, points_message
from tests.server.running import Running


def tried(server: Running, claim: str = "placement", **body: Any) -> TrialRecord:
    """A trial as a client launches it."""
    answer = server.post(f"/claims/{claim}/runs", body)
    assert answer.status_code == 201, answer.text
    return TrialRecord.model_validate_json(answer.content)


def lease_of(server: Running, trial: TrialRecord) -> Lease:
    run = trial.runs[0].run
    assert run is not None
    for live in server.store.live():
        if live.id == run:
            return server.store.take_over(run)
    return server.store.acquire(run, HOLDER)


def train(server: Running, trial: TrialRecord, accuracies: dict[int, tuple[float, ...]]) -> None:
    """Write what a worker would: the manifest, one point, how each replicate ended."""
    lease = lease_of(server, trial)
    spec = server.store.get(lease.run_id).spec
    messages = [manifest_message(spec)]
    manifest = build_manifest(spec, 10, 1197)
    number = next(s.id for s in manifest.series if s.statistic == "validation_accuracy")
    one = np.array([0.5], np.float32)
    messages.append(points_message(lease.run_id, 2, Points(np.array([20]), np.array([number]), one, one, one)))
    for arm, values in accuracies.items():
        for seed, accuracy in zip(spec.seeds, values, strict=True):
            ended = ReplicateEndedEvent(
                arm=arm, seed=seed, step=600, state="finished", final={"test_accuracy": accuracy}
            )
            messages.append(event_message(len(messages) + 1, ended))
    server.store.append(lease, messages, tail=None, progress=Progress(step=600, elapsed_seconds=3.0))
    server.store.set_state(lease, "finished")
