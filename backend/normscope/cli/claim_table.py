"""The table of verdicts in the README, from the recordings."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.claims.base import Experiment
from normscope.claims.catalog import claim
from normscope.claims.recordings import RecordedTrial, Recording
from normscope.cli.claim_display import effect_text

START, END = "<!-- verdicts -->", "<!-- /verdicts -->"


def table(recordings: Sequence[Recording]) -> str:
    """A row for each recording, and where they come from. Markdown."""
    lines = [
        "| | claim | verdict | effect (95 % interval) | seeds | training | when it should not hold |",
        "|---|---|---|---|---|---|---|",
    ]
    for kept in recordings:
        found = claim(kept.claim)
        assert found is not None
        lines.append(
            f"| {found.number} | {kept.claim.replace('-', ' ')} | **{kept.main.judged.verdict}** "
            f"| {_effect(found.experiment, kept.main)} | {len(kept.main.seeds)} | {kept.main.seconds:.0f} s "
            f"| {kept.counter.judged.verdict}, {_effect(found.counter, kept.counter)} |"
        )
    origins = sorted({(kept.date, kept.commit, kept.machine) for kept in recordings})
    lines.append("")
    lines += [f"Recorded on {date} at `{commit}`, {machine}." for date, commit, machine in origins]
    return "\n".join(lines)


def _effect(experiment: Experiment, trial: RecordedTrial) -> str:
    judged = trial.judged
    size = effect_text(experiment.unit, judged.effect) or judged.reason.replace("_", " ")
    if judged.interval is None:
        return size
    return f"{size} ({' to '.join(effect_text(experiment.unit, end) for end in judged.interval)})"


def between_marks(text: str, inner: str) -> str:
    """``text`` with ``inner`` between its marks.

    Raises:
        ValueError: it has no such marks.
    """
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"expected a file with {START} and {END}")
    return f"{before}{START}\n{inner}\n{END}{after}"
