"""Small figures of recorded trials, against what they were made of."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from normscope.claims.base import parts
from normscope.claims.catalog import CLAIMS
from normscope.claims.drawn import POINTS, over_steps, percentiles, race, swept
from normscope.claims.figures import figures
from normscope.claims.measured import MeasuredRun
from normscope.core.events import ReplicateEndedEvent
from normscope.core.manifest import build_manifest
from normscope.core.record import Metric
from normscope.core.spec import RunSpec, Sgd
from normscope.core.telemetry import Points, Vectors
from normscope.core.trial import ExperimentKind
from tests.contract.material import tiny_spec

UNITS = 5
METRICS: tuple[Metric, ...] = get_args(Metric)


def measured(spec: RunSpec, steps: int = 90) -> MeasuredRun:
    """Every series has ``steps`` points that differ from each other, every vector two rows."""
    manifest = build_manifest(spec, 10, 1197)
    scalars = np.array([s.id for s in manifest.series if not s.vector], np.uint32)
    vectors = np.array([s.id for s in manifest.series if s.vector], np.uint32)
    series = np.repeat(scalars, steps)
    step = np.tile(np.arange(1, steps + 1, dtype=np.uint32), len(scalars))
    value = (series + step / 100).astype(np.float32)
    rows = tuple(np.arange(UNITS, dtype=np.float32) * (1 + number % 7) + row for number in vectors for row in (0, 1))
    points = Points(step, series, value, value - np.float32(1), value + np.float32(1))
    found = Vectors(np.tile(np.array([1, 2], np.uint32), len(vectors)), np.repeat(vectors, 2), rows)
    ended = [
        ReplicateEndedEvent(
            arm=arm,
            seed=seed,
            step=steps,
            state="finished",
            final=dict.fromkeys(METRICS, (arm + 1) * seed / 1000),
        )
        for arm in range(len(spec.arms))
        for seed in spec.seeds
    ]
    return MeasuredRun(spec, manifest, points, found, ended)


@pytest.mark.parametrize(("claim", "kind"), [(claim, kind) for claim in CLAIMS for kind in claim.experiments])
def test_every_experiment_is_drawn_with_all_its_networks(claim: object, kind: ExperimentKind) -> None:
    found = next(each for each in CLAIMS if each is claim)
    experiment = found.experiments[kind]
    groups = [
        ({name: measured(spec) for name, spec in experiment.specs(seeds).items()}, seeds)
        for seeds in parts(tuple(range(101, 101 + experiment.seeds)))
    ]
    drawn = figures(found.id, kind, groups)
    assert drawn
    for figure in drawn:
        assert figure.lines
        for line in figure.lines:
            assert 0 < len(line.x) == len(line.y) <= POINTS
            assert len(line.low) == len(line.high)
            assert np.isfinite(line.y).all(), figure.card
        assert len({(line.panel, line.arm, line.of) for line in figure.lines}) == len(figure.lines)
    assert len({(figure.card, figure.run) for figure in drawn}) == len(drawn), "no two have the same title"
    assert {figure.run for figure in drawn} <= {"", *(spec.name for spec in experiment.specs((101,)).values())}
    assert sum(len(figure.model_dump_json()) for figure in drawn) < 60_000


def test_a_line_is_the_mean_over_all_seeds_with_the_least_and_the_greatest() -> None:
    spec = tiny_spec().model_copy(update={"seeds": (3, 4)})
    groups = [({"run": measured(spec)}, (3, 4))]
    line = over_steps("accuracy", "validation_accuracy")(groups).lines[1]
    curves = [groups[0][0]["run"].curve("validation_accuracy", line.arm, seed) for seed in (3, 4)]
    for x, y, low, high in zip(line.x, line.y, line.low, line.high, strict=True):
        values = [float(curve.value[curve.step.tolist().index(int(x))]) for curve in curves]
        assert y == pytest.approx(sum(values) / 2, rel=1e-3)
        assert (low, high) == pytest.approx((min(values), max(values)), rel=1e-3)
    assert (line.x[0], line.x[-1]) == (1, 90)


def test_percentiles_are_of_the_unit_with_the_median_width() -> None:
    figure = percentiles([({"run": measured(tiny_spec())}, tiny_spec().seeds)])
    run = measured(tiny_spec())
    layer = max(layer.index for layer in run.manifest.layers if layer.activation is not None)
    rows = {name: run.vectors(name, run.manifest.arms[0], layer)[1] for name in ("p15", "p50", "p85")}
    widths = (rows["p85"] - rows["p15"])[0]
    unit = sorted(range(UNITS), key=lambda each: (widths[each], each))[(UNITS - 1) // 2]
    assert [line.panel for line in figure.lines] == list(run.manifest.arms)
    assert figure.lines[0].y == pytest.approx(rows["p50"][:, unit], rel=1e-3)
    assert figure.lines[0].low == pytest.approx(rows["p15"][:, unit], rel=1e-3)
    assert figure.lines[0].high == pytest.approx(rows["p85"][:, unit], rel=1e-3)


def test_settings_run_along_in_order_and_races_by_what_was_spent() -> None:
    base = tiny_spec()
    specs = {f"{rate}": base.model_copy(update={"optimizer": Sgd(learning_rate=rate)}) for rate in (1.0, 0.1, 0.3)}
    groups = [({name: measured(spec) for name, spec in specs.items()}, base.seeds)]
    line = swept("rates", "rate", "test_accuracy")(groups).lines[1]
    assert line.x == (0.1, 0.3, 1.0)
    assert line.y[0] == pytest.approx(2 * np.mean(base.seeds) / 1000, rel=1e-3)
    steps, samples = (race("by", axis)(groups).lines[0].x for axis in ("step", "samples"))
    assert samples == pytest.approx([step * base.batch_size for step in steps], rel=1e-3)
