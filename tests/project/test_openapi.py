"""The committed description of the server is the one it serves; its examples are what the models accept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from normscope.core.commands import REQUEST
from normscope.core.fork import ForkRequest
from normscope.core.record import RunRecord
from normscope.core.spec import RunSpec
from normscope.server import answers
from normscope.server.app import create_app
from normscope.server.openapi import text
from normscope.settings import Settings
from tests.conftest import ROOT

FILE = ROOT / "frontend" / "src" / "api" / "openapi.json"
ANSWERS: dict[str, Any] = {
    "POST /api/runs": RunRecord,
    "GET /api/runs": answers.RunList,
    "GET /api/runs/{run_id}": RunRecord,
    "POST /api/runs/{run_id}/fork": RunRecord,
    "POST /api/runs/{run_id}/commands": answers.CommandAccepted,
    "POST /api/runs/estimate": answers.EstimateAnswer,
    "GET /api/health/live": answers.Health,
    "GET /api/health/ready": answers.Health,
}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """What the server says of itself."""
    found: dict[str, Any] = json.loads(text(create_app(Settings())))
    return found


def test_the_committed_description_is_up_to_date() -> None:
    served = text(create_app(Settings()))
    assert FILE.read_text(encoding="utf-8") == served, "run: normscope openapi > frontend/src/api/openapi.json"


def test_messages_of_the_websocket_are_described(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert {"Hello", "StateMessage", "NumberedEvent", "ManifestEvent", "DivergedEvent", "RunRecord"} <= set(schemas)
    for name in ("hello", "recovered", "after", "1013", "4404"):
        assert name in described["info"]["description"]


def test_no_reference_leads_nowhere(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    wanted = {part.split('"')[0] for part in json.dumps(described).split("#/components/schemas/")[1:]}
    assert wanted <= set(schemas)
    assert not [name for name in schemas if "-" in name]


def test_every_operation_says_what_can_go_wrong(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert "application/problem+json" in operation["responses"]["default"]["content"], f"{method} {path}"
            assert operation["summary"], f"{method} {path}"
            assert operation["description"], f"{method} {path}"


def test_examples_are_valid(described: dict[str, Any]) -> None:
    seen = set()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            key = f"{method.upper()} {path}"
            for answer in operation["responses"].values():
                example = answer.get("content", {}).get("application/json", {}).get("example")
                if example is not None:
                    seen.add(key)
                    TypeAdapter(ANSWERS[key]).validate_python(example)
            if "requestBody" in operation and path.startswith(("/api/runs", "/api/runs/estimate")):
                examples = operation["requestBody"]["content"]["application/json"]["examples"]
                models = {"commands": REQUEST, "fork": TypeAdapter(ForkRequest)}
                model = models.get(path.rsplit("/", 1)[1], TypeAdapter(RunSpec))
                for example in examples.values():
                    model.validate_json(json.dumps(example["value"]))
    assert seen == set(ANSWERS)
