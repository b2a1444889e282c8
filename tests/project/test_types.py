"""The page's types are generated from the served description, and up to date."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, missing

FRONTEND = ROOT / "frontend"


def test_generated_types_are_up_to_date(tmp_path: Path) -> None:
    generator = FRONTEND / "node_modules" / ".bin" / "openapi-typescript"
    if not generator.exists():
        missing("openapi-typescript (make frontend-checks installs it)")
    made = tmp_path / "types.ts"
    subprocess.run([generator, "src/api/openapi.json", "-o", made], cwd=FRONTEND, check=True, capture_output=True)
    committed = FRONTEND / "src" / "api" / "generated" / "types.ts"
    if made.read_text() != committed.read_text():
        pytest.fail("run `npm run types` in frontend/ and commit src/api/generated/types.ts")
