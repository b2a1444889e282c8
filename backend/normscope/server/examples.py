"""Examples of requests and answers for the OpenAPI description, made from the models, so that they stay true."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from normscope.core.cost import estimate
from normscope.core.presets import PRESETS
from normscope.core.record import ArmProgress, ReplicateCounts, RunRecord
from normscope.core.sweep_presets import SWEEP_PRESETS

RUN = "0f8fad5bd9cb469fa16570867728950e"
PAPER = PRESETS[0].spec


def _json(model: BaseModel) -> Any:
    return json.loads(model.model_dump_json())


RECORD = RunRecord(
    id=RUN,
    name=PAPER.name,
    spec=PAPER,
    state="running",
    step=1200,
    steps=4000,
    steps_per_second=341.0,
    eta_seconds=8.2,
    elapsed_seconds=3.5,
    phase="training",
    arms=(
        ArmProgress(
            name="no norm",
            replicates=ReplicateCounts(running=1),
            latest={"train_loss": 1.92, "validation_accuracy": 0.47},
            best={"validation_accuracy": 0.47},
            best_step={"validation_accuracy": 1200},
            parameters=99_710,
            compute_seconds=1.4,
        ),
        ArmProgress(
            name="BatchNorm",
            replicates=ReplicateCounts(running=1),
            latest={"train_loss": 0.31, "validation_accuracy": 0.92},
            best={"validation_accuracy": 0.92},
            best_step={"validation_accuracy": 1200},
            parameters=100_310,
            compute_seconds=1.7,
        ),
    ),
    created_at=1_760_000_000.0,
    started_at=1_760_000_000.1,
    epoch=1,
    sequence=61,
    version=64,
    estimated_seconds=12.3,
)
_COST = estimate(PAPER)
_SPECS = {preset.id: {"summary": preset.spec.name, "value": _json(preset.spec)} for preset in PRESETS}
_SWEEPS = {preset.id: {"summary": preset.spec.name, "value": _json(preset.spec)} for preset in SWEEP_PRESETS}

REQUESTS: dict[str, dict[str, Any]] = {
    "POST /api/runs": _SPECS,
    "POST /api/runs/estimate": _SPECS,
    "POST /api/sweeps": _SWEEPS,
    "POST /api/sweeps/estimate": _SWEEPS,
    "POST /api/sweeps/{sweep_id}/commands": {"stop": {"value": {"kind": "stop"}}},
    "POST /api/trials/{trial_id}/commands": {"stop": {"value": {"kind": "stop"}}},
    "POST /api/claims/{claim_id}/runs": {
        "main": {"summary": "The experiment, with as many seeds as it takes", "value": {"experiment": "main"}},
        "counter": {
            "summary": "When it does not hold, with three seeds",
            "value": {"experiment": "counter", "seeds": 3},
        },
    },
    "PUT /api/rooms/{code}": {
        "restarted": {
            "summary": "After a restart of the server",
            "value": {"token": "0f" * 16, "view": {"slide": "speed", "phase": "watch"}},
        }
    },
    "POST /api/runs/{run_id}/fork": {
        "longer": {
            "summary": "The newest checkpoint, unchanged",
            "value": {
                "step": None,
                "spec": _json(RECORD.spec),
                "sources": list(range(len(RECORD.spec.arms))),
                "inserted_norms": "fresh",
            },
        }
    },
    "POST /api/runs/{run_id}/commands": {
        **{kind: {"value": {"kind": kind}} for kind in ("pause", "resume", "stop", "step")},
        "extend": {"value": {"kind": "extend", "steps": 2000}},
        "set_learning_rate": {"value": {"kind": "set_learning_rate", "value": 0.01, "arm": 1}},
        "set_speed": {"value": {"kind": "set_speed", "steps_per_second": 5.0}},
    },
}
ANSWERS: dict[str, Any] = {
    "POST /api/runs": _json(RECORD),
    "POST /api/runs/{run_id}/fork": _json(RECORD),
    "GET /api/runs/{run_id}": _json(RECORD),
    "GET /api/runs": {"runs": [_json(RECORD)], "next": None},
    "POST /api/runs/{run_id}/commands": {"command_id": "7c9e6679742540de944be07fc1f90ae7"},
    "POST /api/runs/estimate": {
        "seconds": _COST.seconds,
        "networks": _COST.networks,
        "parameters": list(_COST.parameters),
        "steps_per_epoch": _COST.steps_per_epoch,
        "epochs": _COST.epochs,
        "memory_bytes": _COST.memory_bytes,
        "telemetry_bytes": _COST.telemetry_bytes,
        "refused": None,
    },
    "GET /api/health/live": {"status": "ok", "version": "0.1.0"},
    "GET /api/health/ready": {"status": "ok", "version": "0.1.0"},
}
