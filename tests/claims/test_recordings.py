"""What ships as recorded is what today's rules make of its evidence, and what the README says."""

from __future__ import annotations

import math

import pytest

from normscope.claims.base import Claim
from normscope.claims.catalog import CLAIMS, claim
from normscope.claims.recordings import Recording, recordings, settings_of, stale
from normscope.cli.claim_table import between_marks, table
from tests.conftest import ROOT

RECORDED = [pytest.param(kept, id=kept.claim) for kept in recordings()]


def of(recording: Recording) -> Claim:
    found = claim(recording.claim)
    assert found is not None
    return found


def test_every_claim_is_recorded_in_the_order_of_the_lecture() -> None:
    assert [kept.claim for kept in recordings()] == [each.id for each in CLAIMS]


@pytest.mark.parametrize("recording", RECORDED)
def test_a_recording_is_judged_alike_today(recording: Recording) -> None:
    assert stale(of(recording), recording) == []
    for experiment, kept in ((of(recording).experiment, recording.main), (of(recording).counter, recording.counter)):
        today = experiment.judge(kept.judged.evidence)
        assert (today.verdict, today.reason) == (kept.judged.verdict, kept.judged.reason)
        if today.effect is not None:
            assert kept.judged.effect == pytest.approx(today.effect)
        assert {len(values) for values in kept.judged.evidence.values()} == {len(kept.seeds)}


@pytest.mark.parametrize("recording", RECORDED)
def test_figures_have_lines_within_their_ranges(recording: Recording) -> None:
    for kept in (recording.main, recording.counter):
        assert kept.figures
        for figure in kept.figures:
            assert figure.lines
            for line in figure.lines:
                assert len(line.x) == len(line.y) > 0
                assert list(line.x) == sorted(line.x)
                assert any(math.isfinite(y) for y in line.y)
                for low, y, high in zip(line.low, line.y, line.high, strict=False):
                    assert math.isnan(y) or low <= y * (1 + 1e-3) + 1e-9
                    assert math.isnan(y) or y <= high * (1 + 1e-3) + 1e-9


def test_what_no_longer_fits_is_stale() -> None:
    recording = recordings()[0]
    assert recording.main.judged.verdict == "supported"
    judged = recording.main.judged
    evidence = judged.evidence | {"batch_steps": judged.evidence["plain_steps"]}
    refuted = judged.model_copy(update={"evidence": evidence})
    changed = recording.model_copy(update={"main": recording.main.model_copy(update={"judged": refuted})})
    assert stale(of(recording), changed) == ["speed: by today's rule it is refuted, recorded is supported"]
    other = recording.model_copy(update={"counter": recording.counter.model_copy(update={"settings": "0" * 16})})
    assert stale(of(recording), other) == ["speed-counter: its settings have changed"]


def test_settings_differ_by_experiment_and_seeds() -> None:
    speed = CLAIMS[0]
    hashes = {settings_of(speed.experiment, (101,)), settings_of(speed.experiment, (102,))}
    assert len(hashes | {settings_of(speed.counter, (101,))}) == 3


def test_the_readme_has_the_table_of_the_recordings() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert between_marks(text, table(recordings())) == text, "normscope claim table --into README.md"


def test_a_file_without_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="<!-- verdicts -->"):
        between_marks("# nothing", "table")
