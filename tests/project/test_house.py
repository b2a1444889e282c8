"""The house rules that no linter knows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
CODE = [
    path
    for path in TRACKED
    if path.endswith((".py", ".ts", ".svelte", ".css")) and "/generated/" not in path and (ROOT / path).exists()
]


def test_code_is_tracked() -> None:
    assert len(CODE) > 50


@pytest.mark.parametrize("path", CODE)
def test_files_stay_small(path: str) -> None:
    lines = (ROOT / path).read_text().count("\n")
    assert lines <= 400, f"{path} has {lines} lines; split it by purpose"


def test_lockfile_names_no_address() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text()
    assert '"resolved": "http' not in lock


def test_every_setting_is_documented() -> None:
    from normscope.settings import Settings

    text = (ROOT / "docs" / "deploy.md").read_text()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"NORMSCOPE_{name.upper()}" in text, f"docs/deploy.md does not name NORMSCOPE_{name.upper()}"


def test_docs_link_to_files_and_headings_that_exist() -> None:
    for page in [path for path in TRACKED if path.endswith(".md")]:
        for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", (ROOT / page).read_text()):
            file = (ROOT / page).parent / target if target else ROOT / page
            assert file.exists(), f"{page} links to {target}, which does not exist"
            assert not heading or heading in anchors(file), f"{page} links to {target}#{heading}, which does not exist"


def anchors(page: Path) -> set[str]:
    """What a link can name in a page of Markdown: its headings, in lower case, without punctuation."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_container_runs_what_make_runs() -> None:
    docker = (ROOT / "Dockerfile").read_text()
    assert "RUN make static" in docker
    assert "RUN make install" in docker
    assert re.search(r'CMD \[".venv/bin/normscope", "serve"\]', docker)
    assert "$(BIN)/normscope serve" in (ROOT / "Makefile").read_text()
