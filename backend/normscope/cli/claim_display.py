"""Claims in the terminal: a progress bar while they run, a line for each verdict, a table at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from normscope.cli.display import duration

if TYPE_CHECKING:
    from normscope.cli.claim import Trial


class Display:
    """One bar: steps of all runs."""

    def __init__(self, trials: Sequence[Trial]) -> None:
        self._trials = trials
        columns = (TextColumn("{task.description}"), BarColumn(40), TextColumn("{task.fields[detail]}"))
        self._bar = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn())
        self._task = self._bar.add_task("claims", total=1.0, detail="")

    def render(self) -> RenderableType:
        """The bar, up to date."""
        records = [record for trial in self._trials for record in trial.records.values()]
        weights = [record.estimated_seconds or 1.0 for record in records]
        done = sum(w * record.step / record.steps for w, record in zip(weights, records, strict=True))
        judged = sum(trial.judged is not None for trial in self._trials)
        detail = f"{judged} of {len(self._trials)} experiments"
        self._bar.update(self._task, completed=done / sum(weights) if weights else 1.0, detail=detail)
        return self._bar


def line(trial: Trial) -> str:
    """One experiment's verdict."""
    judged = trial.judged
    if judged is None:
        return f"{trial.experiment.id}: no verdict"
    size = effect_text(trial.experiment.unit, judged.effect)
    if judged.interval is not None:
        low, high = (effect_text(trial.experiment.unit, end) for end in judged.interval)
        size += f" (95 %: {low} to {high})"
    return f"{trial.experiment.id}: {judged.verdict}, {size or judged.reason.replace('_', ' ')}"


def summary(trials: Sequence[Trial]) -> Table:
    """A row for each experiment."""
    table = Table(title="Verdicts", title_justify="left")
    for heading in ("claim", "experiment", "verdict", "effect", "95 % interval", "seeds", "training"):
        table.add_column(heading, justify="right" if heading in ("effect", "seeds", "training") else "left")
    for trial in trials:
        judged, unit = trial.judged, trial.experiment.unit
        ends = () if judged is None or judged.interval is None else judged.interval
        table.add_row(
            str(trial.claim.number),
            trial.experiment.id,
            "-" if judged is None else judged.verdict,
            "-" if judged is None else effect_text(unit, judged.effect) or judged.reason.replace("_", " "),
            " to ".join(effect_text(unit, end) for end in ends),
            str(trial.seeds),
            duration(trial.seconds),
        )
    return table


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
