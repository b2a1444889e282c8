"""Sweeps that a person can launch without filling in anything."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.core.presets import BATCH_NORM, DIGITS, NO_NORM
from normscope.core.spec import HeInitialisation, MlpSpec, RunSpec, Sgd
from normscope.core.sweep import Axis, SweepSpec


@dataclass(frozen=True, slots=True)
class SweepPreset:
    """``id`` also names the preset's title and description in the message files."""

    id: str
    spec: SweepSpec


SWEEP_PRESETS: tuple[SweepPreset, ...] = (
    SweepPreset(
        "phase-diagram",
        SweepSpec(
            name="Phase diagram: learning rate × initialisation gain",
            base=RunSpec(
                name="Phase diagram",
                dataset=DIGITS,
                model=MlpSpec(hidden=(100, 100, 100), activation="relu"),
                arms=(NO_NORM, BATCH_NORM),
                optimizer=Sgd(learning_rate=0.1),
                initialisation=HeInitialisation(),
                batch_size=32,
                steps=400,
                evaluate_every=50,
            ),
            axes=(
                Axis(field="optimizer.learning_rate", values=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)),
                Axis(field="initialisation.gain", values=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)),
            ),
        ),
    ),
)
