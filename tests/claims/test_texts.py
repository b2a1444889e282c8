"""Every claim and every reason has its words."""

from __future__ import annotations

import json
import re
from typing import Any

from normscope.claims.catalog import CLAIMS
from normscope.claims.recordings import recordings
from tests.conftest import ROOT

TEXTS: dict[str, Any] = json.loads((ROOT / "frontend/src/messages/en/claims.json").read_text())["claims"]
FIELDS = {"title", "statement", "because", "formula", "predict", "measured", "effect", "rule", "counter"}


def test_every_claim_has_all_its_words() -> None:
    assert set(TEXTS) == {each.id for each in CLAIMS} | {"reason"}
    for each in CLAIMS:
        assert set(TEXTS[each.id]) == FIELDS, each.id
        counter = set(TEXTS[each.id]["counter"]) - {"effect"}
        assert counter in ({"title", "text"}, {"title", "text", "measured", "rule"}), each.id
        if each.counter.unit != each.experiment.unit:
            assert "rule" in counter, f"{each.id}: another unit needs a rule of its own"
            assert "effect" in TEXTS[each.id]["counter"], f"{each.id}: another unit is of another effect"
        assert TEXTS[each.id]["because"].count(". ") + 1 >= 3, f"{each.id}: three sentences"


def test_every_reason_has_a_sentence_and_every_sentence_a_reason() -> None:
    code = "\n".join(path.read_text() for path in sorted((ROOT / "backend/normscope/claims").glob("*.py")))
    for reason in TEXTS["reason"]:
        assert f'"{reason}"' in code, reason
    given = re.findall(r'Judgement\("(?:supported|refuted|inconclusive)", "(\w+)"', code)
    assert len(given) > 20
    assert set(given) <= set(TEXTS["reason"])


def test_every_figure_has_a_title_and_an_axis() -> None:
    charts = json.loads((ROOT / "frontend/src/messages/en/claims/charts.json").read_text())["claim"]
    own = json.loads((ROOT / "frontend/src/messages/en/claim.json").read_text())["claim"]
    figures = [figure for kept in recordings() for trial in (kept.main, kept.counter) for figure in trial.figures]
    assert {figure.card for figure in figures} <= {*charts["chart"], *own["figure"]}
    assert {figure.x for figure in figures} <= {*charts["setting"], *own["along"]}
