"""A run in the terminal: a progress bar, and each arm's accuracy beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from normscope.core.events import Event, ScheduleWidenedEvent
from normscope.core.record import ArmProgress, Metric, RunRecord


class Display:
    """What is shown while a run goes on."""

    def __init__(self, record: RunRecord) -> None:
        self._record = record
        self._bar = Progress(TextColumn("{task.description}"), BarColumn(40), TextColumn("{task.fields[detail]}"))
        self._task = self._bar.add_task(record.state, total=record.steps, detail="")

    def show(self, record: RunRecord, *, stopping: bool) -> None:
        """Take the newest record."""
        self._record = record
        word: str = "stopping" if stopping else record.state
        if record.state == "running" and record.phase != "training" and not stopping:
            word = record.phase
        detail = f"{record.step:,} of {record.steps:,} steps"
        if record.steps_per_second is not None:
            detail += f" · {record.steps_per_second:,.0f} steps/s"
        if record.eta_seconds is not None:
            detail += f" · {duration(record.eta_seconds)} left"
        if record.phase_fraction is not None and record.step == 0:
            detail = f"{record.phase_fraction:.0%}"
        self._bar.update(self._task, completed=record.step, description=word, detail=detail)

    def render(self) -> RenderableType:
        """The bar and a line for each arm."""
        if not self._record.arms:
            return self._bar
        table = Table.grid(padding=(0, 2))
        for arm in self._record.arms:
            accuracy, loss = arm.latest.get("validation_accuracy"), arm.latest.get("train_loss")
            table.add_row(f"  {arm.name}", f"accuracy {number(accuracy)}", f"loss {number(loss)}", fate(arm))
        return Group(self._bar, table)


def summary(record: RunRecord) -> Table:
    """The final table."""
    title = f"{record.name or 'Run'}: {record.state} after {record.step:,} steps, {duration(record.elapsed_seconds)}"
    table = Table(title=title, title_justify="left")
    for heading in ("arm", "test accuracy", "test loss", "best validation accuracy", "at step", "networks"):
        table.add_column(heading, justify="left" if heading in ("arm", "networks") else "right")
    for arm in record.arms:
        best: Metric = "validation_accuracy"
        step = arm.best_step.get(best)
        table.add_row(
            arm.name,
            number(arm.final.get("test_accuracy")),
            number(arm.final.get("test_loss")),
            number(arm.best.get(best)),
            "-" if step is None else f"{step:,}",
            fate(arm),
        )
    return table


def widened(events: Iterable[Event]) -> list[str]:
    """A line for each schedule that the budget widened; none where all are the spec's."""
    found = {event.schedule: event for event in events if isinstance(event, ScheduleWidenedEvent)}
    lines = [f"  {name}: every {event.every:,} steps after step {event.step:,}" for name, event in found.items()]
    if lines:
        lines.insert(0, "To stay within its budget the run measured less often; when it did is not repeatable:")
    return lines


def fate(arm: ArmProgress) -> str:
    """How many networks of the arm are in which state, e.g. ``2 finished, 1 diverged``."""
    counts = arm.replicates.model_dump()
    return ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in counts.items() if count)


def number(value: float | None) -> str:
    """Three digits after the point; what is not finite in words."""
    if value is None:
        return "-"
    return f"{value:.3f}" if math.isfinite(value) else str(value)


def duration(seconds: float) -> str:
    """Seconds below two minutes, then minutes, then hours."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
