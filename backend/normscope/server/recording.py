"""Makes a recording of a claim's trials, from what the store has of their runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from normscope.claims.base import Picture
from normscope.claims.measured import MeasuredRun
from normscope.claims.recordings import settings_of
from normscope.core.recording import RecordedCurve, RecordedPicture, RecordedTrial
from normscope.core.trial import TrialRecord
from normscope.errors import StoreError
from normscope.server.evidence import experiment_of, measured_run
from normscope.server.points import PointCache
from normscope.storage.store import Store

POINTS = 60
"""Of a curve, at most."""
DIGITS = 4
"""Significant ones of a value: a picture shows no more."""


def recorded(trial: TrialRecord, store: Store, points: PointCache) -> RecordedTrial:
    """A finished and judged trial as it is kept.

    Raises:
        StoreError: it has no final verdict.
    """
    experiment = experiment_of(trial)
    if trial.state != "finished" or trial.judged is None:
        raise StoreError(
            f"expected a trial of {experiment.id} that is finished and judged, got one that is {trial.state}"
        )
    return RecordedTrial(
        seeds=trial.seeds,
        seconds=round(trial.seconds, 2),
        settings=settings_of(experiment, trial.seeds),
        judged=trial.judged,
        picture=None if experiment.picture is None else _picture(experiment.picture, trial, store, points),
    )


def _picture(picture: Picture, trial: TrialRecord, store: Store, points: PointCache) -> RecordedPicture:
    name = picture.run or trial.runs[0].name
    runs = [measured_run(store, points, run.run) for run in trial.runs if run.name == name and run.run is not None]
    arms = runs[0].spec.arms
    curves = [_curve(picture, arm.name, arm.norm.kind, runs) for arm in arms]
    return RecordedPicture(
        statistic=picture.statistic,
        layer=picture.layer,
        log=picture.log,
        steps=runs[0].spec.steps,
        curves=tuple(curve for curve in curves if curve is not None),
    )


def _curve(picture: Picture, arm: str, norm: str, runs: Sequence[MeasuredRun]) -> RecordedCurve | None:
    """None: the arm has no such series."""
    series = []
    for run in runs:
        for seed in run.manifest.seeds:
            try:
                series.append(run.curve(picture.statistic, arm, seed, picture.layer))
            except KeyError:
                return None
    steps = np.unique(np.concatenate([one.step for one in series]))
    kept = steps[np.unique(np.linspace(0, len(steps) - 1, min(POINTS, len(steps))).round().astype(int))]
    by_step = [dict(zip(one.step.tolist(), one.value.tolist(), strict=True)) for one in series]
    # A seed that left the run has no value any more, and the first look at what changes has none.
    found = {
        step: [value for seed in by_step if np.isfinite(value := seed.get(step, np.nan))] for step in kept.tolist()
    }
    found = {step: values for step, values in found.items() if values}
    return RecordedCurve(
        arm=arm,
        norm=norm,
        step=tuple(found),
        value=tuple(_rounded(float(np.median(values))) for values in found.values()),
        low=tuple(_rounded(min(values)) for values in found.values()),
        high=tuple(_rounded(max(values)) for values in found.values()),
    )


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
