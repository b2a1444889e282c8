"""Small figures of what a claim's runs measured: what a recording shows of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from normscope.claims.base import Runs
from normscope.claims.measured import Curve, MeasuredRun
from normscope.core.record import Measured as Number
from normscope.core.record import Metric, Open
from normscope.core.spec import RunSpec
from normscope.core.statistics import NOISE_BATCHES, Statistic

POINTS = 60
"""At most, of a line over time."""
DIGITS = 4
"""Significant ones: a pixel is a thousandth."""

Parts: TypeAlias = Sequence[tuple[Runs, Sequence[int]]]
"""The runs of each group of seeds."""


class Line(Open):
    """Mean over seeds; ``low`` and ``high`` are the least and the greatest of them, or ends of a distribution."""

    panel: str = ""
    """Lines of one panel share it."""
    arm: str
    of: str = ""
    """What tells it from other lines of its arm."""
    x: tuple[float, ...]
    y: tuple[Number, ...]
    low: tuple[Number, ...] = ()
    high: tuple[Number, ...] = ()


class Figure(Open):
    """Lines on one scale. ``card`` names its words in the message files; ``x`` what runs along."""

    card: str
    run: str = ""
    """Which one it is of, where it is of one of several that differ in more than a setting."""
    x: str
    log: bool = False
    share: bool = False
    """From 0 to 1."""
    lines: tuple[Line, ...]


Draw: TypeAlias = Callable[[Parts], Figure]
Rows: TypeAlias = list[NDArray[np.float64]]


def over_steps(
    card: str,
    *statistics: Statistic,
    run: str = "",
    last: bool = False,
    layers: bool = False,
    log: bool = False,
    share: bool = False,
) -> Draw:
    """Statistics over training, of one run.

    Args:
        run: the run; empty: the first.
        last: of the last hidden layer; ``layers``: of each hidden layer, a panel for each.
    """

    def draw(parts: Parts) -> Figure:
        first = _run(parts[0][0], run)
        hidden = [layer for layer in first.manifest.layers if layer.activation is not None]
        panels: list[tuple[str, int | None]] = [("", hidden[-1].index if last else None)]
        if layers:
            panels = [(layer.name, layer.index) for layer in hidden]
        lines = [
            _line(
                [one.curve(statistic, arm, seed, layer) for one, seed in _each(parts, run)],
                panel=panel,
                arm=arm,
                of=statistic if len(statistics) > 1 else "",
            )
            for panel, layer in panels
            for arm in first.manifest.arms
            for statistic in statistics
        ]
        name = first.spec.name if run else ""
        return Figure(card=card, run=name, x="step", log=log, share=share, lines=tuple(lines))

    return draw


def percentiles(parts: Parts) -> Figure:
    """15th, 50th and 85th of the input to one typical unit of the last hidden layer, a panel for each network.

    Typical: at first its band is as wide as the median unit's, in the first network; first seed.
    """
    run = _run(parts[0][0], "")
    layer = max(layer.index for layer in run.manifest.layers if layer.activation is not None)
    unit: int | None = None
    lines = []
    for arm in run.manifest.arms:
        (step, low), (_, middle), (_, high) = (run.vectors(name, arm, layer) for name in ("p15", "p50", "p85"))
        if unit is None:
            width = high[0] - low[0]
            unit = int(np.argsort(width, kind="stable")[(len(width) - 1) // 2])
        kept = _few(len(step))
        rows = [row[kept, unit] for row in (middle, low, high)]
        lines.append(_made(step[kept].astype(float), rows, panel=arm, arm=arm))
    return Figure(card="percentiles", x="step", lines=tuple(lines))


SETTINGS: dict[str, Callable[[RunSpec], float]] = {
    "rate": lambda spec: float(spec.optimizer.learning_rate),
    "gain": lambda spec: float(getattr(spec.initialisation, "gain", np.nan)),
    "batch": lambda spec: float(spec.batch_size),
    "decay": lambda spec: float(getattr(spec.optimizer, "weight_decay", np.nan)),
    "width": lambda spec: float(getattr(spec.model, "hidden", (np.nan,))[0]),
}


def swept(card: str, x: str, *metrics: Metric, by: str = "", without: str = "") -> Draw:
    """Last metrics of all runs against the setting ``x``; a panel for each network where ``by`` is a second setting."""

    def draw(parts: Parts) -> Figure:
        runs = {name: run for name, run in parts[0][0].items() if name != without}
        others = sorted({SETTINGS[by](run.spec) for run in runs.values()}) if by else [0.0]
        lines = []
        for arm in next(iter(runs.values())).manifest.arms:
            for metric in metrics:
                for other in others:
                    names = [name for name, run in runs.items() if not by or SETTINGS[by](run.spec) == other]
                    names.sort(key=lambda name: SETTINGS[x](runs[name].spec))
                    places = np.array([SETTINGS[x](runs[name].spec) for name in names])
                    values = [
                        np.array([group[name].final(metric, arm, seed) for name in names])
                        for group, seeds in parts
                        for seed in seeds
                    ]
                    of = f"{other:g}" if by else metric if len(metrics) > 1 else ""
                    lines.append(_made(places, _spread(values), panel=arm if by else "", arm=arm, of=of))
        return Figure(card=card, x=x, share=True, lines=tuple(lines))

    return draw


def race(card: str, axis: str) -> Draw:
    """Validation accuracy of every run's first network against what it has spent: steps, samples or own seconds."""

    def draw(parts: Parts) -> Figure:
        lines = []
        for name, run in parts[0][0].items():
            arm = run.manifest.arms[0]
            made = _line([one.curve("validation_accuracy", arm, seed) for one, seed in _each(parts, name)], arm=name)
            step = np.array(made.x)
            if axis == "samples":
                step = step * run.spec.batch_size
            elif axis == "seconds":
                spent = [one.curve("compute_seconds", arm, seed) for one, seed in _each(parts, name)]
                step = np.mean([np.interp(step, clock.step, clock.high) for clock in spent], axis=0)
            lines.append(made.model_copy(update={"x": _rounded(step)}))
        return Figure(card=card, x=axis, share=True, lines=tuple(lines))

    return draw


def by_layer(card: str, statistic: Statistic, run: str) -> Draw:
    """A statistic's last value at each hidden layer."""

    def draw(parts: Parts) -> Figure:
        first = _run(parts[0][0], run)
        manifest = first.manifest
        layers = [layer.index for layer in manifest.layers if layer.activation is not None]
        lines = [
            _made(
                np.array(layers, float),
                _spread(
                    [
                        np.array([one.curve(statistic, arm, seed, layer).last for layer in layers])
                        for one, seed in _each(parts, run)
                    ]
                ),
                arm=arm,
            )
            for arm in manifest.arms
        ]
        return Figure(card=card, run=first.spec.name, x="layer", log=True, lines=tuple(lines))

    return draw


def cosines(parts: Parts) -> Figure:
    """How close a minibatch's gradient is to that of all examples, by its size, at the last step."""
    runs = [run for group, _ in parts for run in group.values()]
    arm = runs[0].manifest.arms[0]
    rows = [run.vectors("cosine_by_batch_size", arm)[1][-1] for run in runs]
    line = _made(np.array(NOISE_BATCHES, float), _spread(rows), arm=arm)
    return Figure(card="cosine", x="batch", share=True, lines=(line,))


def _run(runs: Runs, name: str) -> MeasuredRun:
    return runs[name] if name else next(iter(runs.values()))


def _each(parts: Parts, name: str) -> Iterator[tuple[MeasuredRun, int]]:
    return ((_run(runs, name), seed) for runs, seeds in parts for seed in seeds)


def _line(curves: Sequence[Curve], *, arm: str, panel: str = "", of: str = "") -> Line:
    """The mean of several seeds' curves where they have points; a seed that left early is missing after that."""
    step = np.unique(np.concatenate([curve.step for curve in curves]))
    step = step[_few(len(step))]
    rows = []
    for curve in curves:
        row = np.full(len(step), np.nan)
        found = np.isin(step, curve.step)
        row[found] = curve.value[np.searchsorted(curve.step, step[found])]
        rows.append(row)
    return _made(step.astype(float), _spread(rows), panel=panel, arm=arm, of=of)


def _spread(rows: Rows) -> Rows:
    """Mean, least and greatest of the finite values in each place; NaN where there is none."""
    table = np.array(rows, float)
    kept = np.isfinite(table)
    count = kept.sum(axis=0)
    total = np.where(kept, table, 0.0).sum(axis=0)
    mean = np.divide(total, count, out=np.full(table.shape[1], np.nan), where=count > 0)
    low = np.where(count > 0, np.where(kept, table, np.inf).min(axis=0), np.nan)
    high = np.where(count > 0, np.where(kept, table, -np.inf).max(axis=0), np.nan)
    return [mean, low, high] if len(rows) > 1 else [mean]


def _made(x: NDArray[np.float64], rows: Rows, *, arm: str, panel: str = "", of: str = "") -> Line:
    y, *ends = (_rounded(row) for row in rows)
    low, high = ends or ((), ())
    return Line(panel=panel, arm=arm, of=of, x=_rounded(x), y=y, low=low, high=high)


def _few(count: int) -> NDArray[np.int64]:
    """Which of ``count`` points are kept: the first, the last, and evenly those between."""
    return np.unique(np.linspace(0, count - 1, min(count, POINTS)).round().astype(np.int64))


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(f"{value:.{DIGITS}g}") for value in values)
