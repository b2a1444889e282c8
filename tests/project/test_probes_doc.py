"""``docs/probes.md`` says of every statistic how it is computed, over what, and where that is written."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from normscope.core.statistics import Statistic
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "probes.md").read_text()
AXES = {"axes", "examples"}


def rows() -> dict[str, dict[str, str]]:
    """The cells of every statistic's row by the heads of its table; tables without formulas define nothing."""
    found: dict[str, dict[str, str]] = {}
    heads: list[str] = []
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells or cells[0].startswith("---"):
            heads = heads if cells else []
        elif not heads:
            heads = cells
        elif "formula" in heads:
            for name in re.findall(r"`(\w+)`", cells[0]):
                found[name] = dict(zip(heads, cells, strict=True))
    return found


@pytest.mark.parametrize("statistic", get_args(Statistic))
def test_every_statistic_has_a_formula_what_it_is_over_and_a_source(statistic: str) -> None:
    row = rows()[statistic]
    assert row["formula"]
    assert any(row.get(head) for head in AXES), f"{statistic}: over what?"
    assert row["source"], f"{statistic}: no source"


def test_sources_are_files_of_the_package() -> None:
    named = {path for row in rows().values() for path in re.findall(r"`(\w+/\w+\.py)`", row.get("source", ""))}
    assert named
    missing = [path for path in named if not (ROOT / "backend" / "normscope" / path).is_file()]
    assert not missing
