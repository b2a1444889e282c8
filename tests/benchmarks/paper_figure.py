"""The paper's Fig. 1 from a trial on MNIST: accuracy against steps, and three percentiles of one unit's input.

normscope claim run speed --larger mnist                                # with NORMSCOPE_DATASETS_DIR
python -m tests.benchmarks.paper_figure data --to docs/images/figure-1.svg
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from normscope.claims.base import parts
from normscope.claims.drawn import Figure, Line
from normscope.claims.figures import figures
from normscope.server.evidence import measured_run
from normscope.server.points import PointCache
from normscope.settings import Settings
from normscope.storage.store import Store

WIDTH, HEIGHT, TOP, BOTTOM, LEFT, GAP = 1200, 360, 48, 44, 56, 64
COLOURS = ("#d4690a", "#1f6fd6")
INK, MUTED, GRID = "#14181f", "#5b6673", "#e3e6ea"
TEXT = 'font-family="system-ui, sans-serif" font-size="14"'


class Axes:
    """A rectangle with its scales."""

    def __init__(self, left: float, width: float, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.left, self.width, self.x, self.y = left, width, x, y

    def at(self, x: float, y: float) -> str:
        """A place in the picture."""
        across = self.left + self.width * (x - self.x[0]) / (self.x[1] - self.x[0])
        down = TOP + (HEIGHT - TOP - BOTTOM) * (self.y[1] - y) / (self.y[1] - self.y[0])
        return f"{across:.1f},{down:.1f}"

    def frame(self, title: str, ticks: Sequence[float]) -> str:
        """Title, rules and numbers."""
        said = [f'<text x="{self.left}" y="24" {TEXT} font-weight="600" fill="{INK}">{escape(title)}</text>']
        for tick in ticks:
            x, y = self.at(self.x[0], tick).split(",")
            said.append(f'<path d="M{x},{y}h{self.width:.0f}" stroke="{GRID}"/>')
            said.append(f'<text x="{float(x) - 8}" y="{float(y) + 5}" text-anchor="end" {TEXT} fill="{MUTED}">')
            said.append(f"{tick:g}</text>".replace("-", "−"))
        for step, anchor in ((self.x[0], "start"), (self.x[1], "end")):
            x = self.at(step, self.y[0]).split(",")[0]
            words = f"{step:,.0f}" + (" steps" if anchor == "end" else "")
            said.append(f'<text x="{x}" y="{HEIGHT - 20}" text-anchor="{anchor}" {TEXT} fill="{MUTED}">{words}</text>')
        return "".join(said)

    def line(self, line: Line, colour: str, *, edges: bool) -> str:
        """The line over its band; ``edges``: the band's ends are lines too."""
        path = " ".join(self.at(x, y) for x, y in zip(line.x, line.y, strict=True))
        if not line.low:
            return _path(path, colour, 2)
        low = [self.at(x, y) for x, y in zip(line.x, line.low, strict=True)]
        high = [self.at(x, y) for x, y in zip(line.x, line.high, strict=True)]
        band = f'<polygon points="{" ".join([*low, *reversed(high)])}" fill="{colour}" fill-opacity="0.16"/>'
        ends = "".join(_path(" ".join(end), colour, 1) for end in (low, high)) if edges else ""
        return band + ends + _path(path, colour, 2)


def picture(accuracy: Figure, percentiles: Figure) -> str:
    """All three panels as one SVG."""
    width = (WIDTH - LEFT - 2 * GAP - 24) / 3
    steps = (0.0, max(line.x[-1] for line in accuracy.lines))
    axes = Axes(LEFT, width, steps, (0.0, 1.0))
    said = [axes.frame("(a) Validation accuracy", (0, 0.2, 0.4, 0.6, 0.8, 1))]
    for line, colour in zip(accuracy.lines, COLOURS, strict=True):
        said.append(axes.line(line, colour, edges=False))
        x, y = map(float, axes.at(line.x[-1], line.y[-1]).split(","))
        below = 20 if colour == COLOURS[0] else -10
        said.append(f'<text x="{x}" y="{y + below}" text-anchor="end" {TEXT} fill="{colour}">{escape(line.arm)}</text>')
    low = min(map(min, (line.low for line in percentiles.lines)))
    high = max(map(max, (line.high for line in percentiles.lines)))
    for index, (line, colour) in enumerate(zip(percentiles.lines, COLOURS, strict=True)):
        axes = Axes(LEFT + (index + 1) * (width + GAP), width, steps, (low, high))
        said.append(axes.frame(f"({'bc'[index]}) Input to a sigmoid, {line.arm}", _ticks(low, high)))
        said.append(axes.line(line, colour, edges=True))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    return f'{head}<rect width="100%" height="100%" fill="#ffffff"/>{"".join(said)}</svg>\n'


def _path(points: str, colour: str, width: float) -> str:
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _ticks(low: float, high: float) -> list[float]:
    """Whole numbers, or halves where there are few."""
    step = next(each for each in (0.5, 1.0, 2.0, 5.0, 10.0) if (high - low) / each <= 8)
    return [float(tick) for tick in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step]


def main() -> None:
    """Draw the newest trial."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the database")
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args()
    store = Store(Settings(data_dir=options.data).url)
    points = PointCache(store)
    trials = [each for each in store.latest_trials(workers=1) if (each.claim, each.experiment) == ("speed", "mnist")]
    if not trials or trials[0].state != "finished":
        parser.error("expected a finished trial: normscope claim run speed --larger mnist")
    runs = [
        (
            {
                run.name: measured_run(store, points, str(run.run))
                for run in trials[0].runs
                if set(run.seeds) <= set(seeds)
            },
            seeds,
        )
        for seeds in parts(trials[0].seeds)
    ]
    accuracy, percentiles = figures("speed", "mnist", runs)
    options.to.write_text(picture(accuracy, percentiles), encoding="utf-8")
    store.close()


if __name__ == "__main__":
    main()
