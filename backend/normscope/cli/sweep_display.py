"""A sweep in the terminal: one progress bar while it goes on, a table for each arm at its end."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from normscope.cli.display import duration, number
from normscope.core.phase import ArmCell, CellRecord, SweepRecord
from normscope.core.sweep import shown

SIGNS = {"diverged": "✕", "stuck": "≈"}
"""Beside a value; the same as in the browser's diagram."""


class Display:
    """What is shown while a sweep goes on."""

    def __init__(self, record: SweepRecord) -> None:
        self._bar = Progress(TextColumn("{task.description}"), BarColumn(40), TextColumn("{task.fields[detail]}"))
        self._task = self._bar.add_task(record.state, total=1.0, detail="")

    def show(self, record: SweepRecord, *, stopping: bool) -> None:
        """Take the newest record."""
        detail = f"{record.ended} of {record.count} cells"
        if record.eta_seconds is not None:
            detail += f" · {duration(record.eta_seconds)} left"
        word = "stopping" if stopping else record.state
        self._bar.update(self._task, completed=record.progress, description=word, detail=detail)

    def render(self) -> RenderableType:
        """The bar."""
        return self._bar


def tables(record: SweepRecord) -> Iterator[Table]:
    """For each arm the validation accuracy of every cell: rows are the first axis, columns the second."""
    rows = record.axes[0].values
    columns = record.axes[1].values if len(record.axes) > 1 else ("",)
    stable = {one.arm: one.value for one in record.largest_stable or ()}
    for index, arm in enumerate(record.arms):
        title = f"{arm}: validation accuracy ({SIGNS['diverged']} diverged, {SIGNS['stuck']} stuck)"
        rate = stable.get(arm)
        caption = None if rate is None else f"largest learning rate within 0.05 of its best: {shown(rate)}"
        table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
        table.add_column(" \\ ".join(axis.field for axis in record.axes))
        for column in columns:
            table.add_column(shown(column), justify="right")
        for at, row in enumerate(rows):
            cells = record.cells[at * len(columns) : (at + 1) * len(columns)]
            table.add_row(shown(row), *(_text(cell, index) for cell in cells))
        yield table


def _text(cell: CellRecord, arm: int) -> str:
    if not cell.arms:
        return cell.state
    found: ArmCell = cell.arms[arm]
    return f"{SIGNS.get(found.state, '')} {number(found.validation_accuracy)}".strip()
