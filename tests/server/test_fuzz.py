"""Any request gets an answer that fits the description; strange ones get a problem, never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import ROOT
from tests.server.running import Running, worker

DESCRIBED = json.loads((ROOT / "frontend" / "src" / "api" / "openapi.json").read_text(encoding="utf-8"))
MODES = schemathesis.GenerationMode
CASES = [
    (path, method, mode)
    for path, operations in DESCRIBED["paths"].items()
    for method, operation in operations.items()
    for mode in (MODES.POSITIVE, MODES.NEGATIVE)
    # What takes no input cannot be given a wrong one.
    if mode is MODES.POSITIVE or operation.get("parameters") or "requestBody" in operation
]
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
EXAMPLES = settings(
    max_examples=30,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def described(server: Running) -> Any:
    """What the server says of itself."""
    return schemathesis.openapi.from_url(f"{server.url}/api/openapi.json")


@pytest.fixture(scope="module")
def run(server: Running) -> str:
    """A run that exists."""
    made = worker(server)
    made.manifest()
    return made.run


@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_answers_are_as_described(
    server: Running, described: Any, run: str, path: str, method: str, mode: schemathesis.GenerationMode
) -> None:
    @EXAMPLES
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        case = data.draw(described[path][method.upper()].as_strategy(generation_mode=mode))
        if "run_id" in case.path_parameters and data.draw(st.booleans()) and method != "delete":
            case.path_parameters["run_id"] = run
        case.call_and_validate(base_url=server.url, checks=CHECKS)

    ask()
