"""Claims in the terminal: a progress bar while they run, a line for each verdict, a table at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from normscope.claims.base import Claim, Experiment
from normscope.cli.display import duration
from normscope.core.trial import ExperimentKind, TrialRecord


@dataclass
class Trial:
    """A trial while the command follows it."""

    claim: Claim
    kind: ExperimentKind
    experiment: Experiment
    record: TrialRecord

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.record.state not in ("queued", "running")


class Display:
    """One bar: steps of all runs."""

    def __init__(self, trials: Sequence[Trial]) -> None:
        self._trials = trials
        columns = (TextColumn("{task.description}"), BarColumn(40), TextColumn("{task.fields[detail]}"))
        self._bar = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn())
        self._task = self._bar.add_task("claims", total=1.0, detail="")

    def render(self) -> RenderableType:
        """The bar, up to date."""
        weights = [sum(run.estimated_seconds for run in trial.record.runs) for trial in self._trials]
        done = sum(w * trial.record.progress for w, trial in zip(weights, self._trials, strict=True))
        over = sum(trial.over for trial in self._trials)
        detail = f"{over} of {len(self._trials)} experiments"
        self._bar.update(self._task, completed=done / sum(weights) if sum(weights) else 1.0, detail=detail)
        return self._bar


def line(trial: Trial) -> str:
    """One experiment's verdict."""
    judged = trial.record.judged
    if judged is None:
        return f"{trial.experiment.id}: no verdict, {trial.record.state}"
    size = effect_text(trial.experiment.unit, judged.effect)
    if judged.interval is not None:
        size += f" (95 %: {_ends(trial)})"
    return f"{trial.experiment.id}: {judged.verdict}, {size or judged.reason.replace('_', ' ')}"


def summary(trials: Sequence[Trial]) -> Table:
    """A row for each experiment."""
    table = Table(title="Verdicts", title_justify="left")
    for heading in ("claim", "experiment", "verdict", "effect", "95 % interval", "seeds", "training"):
        table.add_column(heading, justify="right" if heading in ("effect", "seeds", "training") else "left")
    for trial in trials:
        record, judged = trial.record, trial.record.judged
        table.add_row(
            str(trial.claim.number),
            trial.experiment.id,
            record.state if judged is None else judged.verdict,
            "-"
            if judged is None
            else effect_text(trial.experiment.unit, judged.effect) or judged.reason.replace("_", " "),
            _ends(trial),
            str(len(record.seeds)),
            duration(record.seconds),
        )
    return table


def _ends(trial: Trial) -> str:
    judged = trial.record.judged
    if judged is None or judged.interval is None:
        return ""
    return " to ".join(effect_text(trial.experiment.unit, end) for end in judged.interval)


def effect_text(unit: str, effect: float | None) -> str:
    """An effect with its unit."""
    if effect is None:
        return ""
    match unit:
        case "times":
            return f"{effect:.3g} times"
        case "points":
            return f"{100 * effect:+.2f} points"
        case "cells":
            return f"{effect:+.3g} cells"
        case "decades":
            return f"{effect:+.3g} decades"
        case _:
            return f"{effect:.3g}"
