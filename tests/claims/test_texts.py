"""Every claim and every reason has its words."""

from __future__ import annotations

import json
import re
from typing import Any

from normscope.claims.catalog import CLAIMS
from tests.conftest import ROOT

TEXTS: dict[str, Any] = json.loads((ROOT / "frontend/src/messages/en/claims.json").read_text())["claims"]
FIELDS = {"title", "statement", "because", "formula", "predict", "measured", "rule", "counter"}


def test_every_claim_has_all_its_words() -> None:
    assert set(TEXTS) == {each.id for each in CLAIMS} | {"reason"}
    for each in CLAIMS:
        assert set(TEXTS[each.id]) == FIELDS, each.id
        counter = set(TEXTS[each.id]["counter"])
        assert counter in ({"title", "text"}, {"title", "text", "measured", "rule"}), each.id
        if each.counter.unit != each.experiment.unit:
            assert "rule" in counter, f"{each.id}: another unit needs a rule of its own"
        assert TEXTS[each.id]["because"].count(". ") + 1 >= 3, f"{each.id}: three sentences"


def test_every_picture_has_a_title() -> None:
    names = json.loads((ROOT / "frontend/src/messages/en/stats.json").read_text())["stats"]["name"]
    pictures = (experiment.picture for each in CLAIMS for experiment in (each.experiment, each.counter))
    assert {picture.statistic for picture in pictures if picture is not None} <= set(names)


def test_every_reason_has_a_sentence_and_every_sentence_a_reason() -> None:
    code = "\n".join(path.read_text() for path in sorted((ROOT / "backend/normscope/claims").glob("*.py")))
    for reason in TEXTS["reason"]:
        assert f'"{reason}"' in code, reason
    given = re.findall(r'Judgement\("(?:supported|refuted|inconclusive)", "(\w+)"', code)
    assert len(given) > 20
    assert set(given) <= set(TEXTS["reason"])
