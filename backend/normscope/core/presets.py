"""Experiments that a person can launch without filling in anything.

The settings were tuned on one thread of a laptop-class CPU, so that each shows what its title says in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from normscope.core.spec import (
    Adam,
    ArmSpec,
    BatchNorm,
    CnnSpec,
    DataSetKind,
    DataSetSpec,
    EarlyStoppingSpec,
    GroupNorm,
    HeInitialisation,
    LayerNorm,
    MlpSpec,
    Momentum,
    NoisyBatchNorm,
    NoNorm,
    NormalInitialisation,
    ProbeSpec,
    ResNetSpec,
    RmsNorm,
    RunSpec,
    Sgd,
    ToySpec,
    XavierInitialisation,
)


@dataclass(frozen=True, slots=True)
class Preset:
    """``id`` also names the preset's title and description in the message files."""

    id: str
    spec: RunSpec


NO_NORM = ArmSpec(name="no norm", norm=NoNorm())
BATCH_NORM = ArmSpec(name="BatchNorm", norm=BatchNorm(placement="before_activation"))
DIGITS = DataSetSpec(kind="digits")

PRESETS: tuple[Preset, ...] = (
    # Ioffe & Szegedy 2015, section 4.1: 784-100-100-100-10, sigmoid, batches of 60; learning rate and standard
    # deviation of the weights are not given there.
    Preset(
        "paper-mnist",
        RunSpec(
            name="The paper's experiment",
            dataset=DataSetSpec(kind="mnist"),
            model=MlpSpec(hidden=(100, 100, 100), activation="sigmoid"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Sgd(learning_rate=0.1),
            initialisation=NormalInitialisation(std=0.1),
            batch_size=60,
            steps=4000,
            evaluate_every=100,
        ),
    ),
    Preset(
        "paper-digits",
        RunSpec(
            name="The paper's experiment on digits",
            dataset=DIGITS,
            model=MlpSpec(hidden=(100, 100, 100), activation="sigmoid"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Sgd(learning_rate=0.5),
            initialisation=NormalInitialisation(std=0.1),
            batch_size=60,
            steps=1500,
            evaluate_every=20,
        ),
    ),
    Preset(
        "high-learning-rate",
        RunSpec(
            name="A learning rate ten times too high",
            dataset=DIGITS,
            model=MlpSpec(hidden=(100, 100, 100), activation="relu"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Sgd(learning_rate=3.0),
            initialisation=HeInitialisation(),
            batch_size=32,
            steps=600,
            evaluate_every=20,
        ),
    ),
    Preset(
        "deep-sigmoid",
        RunSpec(
            name="Six sigmoid layers",
            dataset=DIGITS,
            model=MlpSpec(hidden=(64,) * 6, activation="sigmoid"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Sgd(learning_rate=0.5),
            initialisation=XavierInitialisation(),
            batch_size=32,
            steps=1000,
            evaluate_every=20,
        ),
    ),
    Preset(
        "all-norms",
        RunSpec(
            name="Five normalisations",
            dataset=DIGITS,
            model=MlpSpec(hidden=(100, 100, 100), activation="sigmoid"),
            arms=(
                NO_NORM,
                BATCH_NORM,
                ArmSpec(name="LayerNorm", norm=LayerNorm()),
                ArmSpec(name="GroupNorm", norm=GroupNorm(groups=4)),
                ArmSpec(name="RMSNorm", norm=RmsNorm()),
            ),
            optimizer=Sgd(learning_rate=0.5),
            initialisation=NormalInitialisation(std=0.1),
            batch_size=60,
            steps=1000,
            evaluate_every=20,
        ),
    ),
    # Over seeds 1 to 3 the plain network ends at a test accuracy of 0.63, the one with BatchNorm at 0.97.
    Preset(
        "spirals",
        RunSpec(
            name="Two spirals",
            dataset=ToySpec(kind="spirals"),
            model=MlpSpec(hidden=(32, 32, 32), activation="sigmoid"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Sgd(learning_rate=2.0),
            initialisation=XavierInitialisation(),
            batch_size=50,
            steps=2000,
            evaluate_every=20,
        ),
    ),
    Preset(
        "bad-initialisation",
        RunSpec(
            name="Initial weights thirty times too small",
            dataset=DIGITS,
            model=MlpSpec(hidden=(100, 100, 100), activation="relu"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Sgd(learning_rate=0.1),
            initialisation=HeInitialisation(gain=0.03),
            batch_size=32,
            steps=600,
            evaluate_every=20,
        ),
    ),
    # Ten convolutions on 8 x 8 pixels: the comparison of Ioffe & Szegedy 2015, section 4.2, made small.
    Preset(
        "convolutions",
        RunSpec(
            name="Ten convolutions",
            dataset=DIGITS,
            model=CnnSpec(convolutions=(16, 16, 16, 16, "pool", 32, 32, 32, 32, "pool", 32, 32), activation="relu"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Momentum(learning_rate=0.01),
            initialisation=HeInitialisation(),
            batch_size=32,
            steps=300,
            evaluate_every=10,
        ),
    ),
    Preset(
        "residual",
        RunSpec(
            name="A residual network",
            dataset=DIGITS,
            model=ResNetSpec(depth=8, width=8, activation="relu"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Momentum(learning_rate=0.05),
            initialisation=HeInitialisation(),
            batch_size=32,
            steps=300,
            evaluate_every=10,
        ),
    ),
    Preset(
        "placement",
        RunSpec(
            name="Before or after the activation",
            dataset=DIGITS,
            model=MlpSpec(hidden=(100, 100, 100), activation="sigmoid"),
            arms=(
                ArmSpec(name="before the sigmoid", norm=BatchNorm(placement="before_activation")),
                ArmSpec(name="after the sigmoid", norm=BatchNorm(placement="after_activation")),
            ),
            optimizer=Sgd(learning_rate=0.5),
            initialisation=XavierInitialisation(),
            batch_size=32,
            steps=600,
            evaluate_every=20,
        ),
    ),
    # Over seeds 1 to 3 the test accuracy is 0.89 and 0.88 with the best weights, 0.78 and 0.75 with the last ones.
    Preset(
        "early-stopping",
        RunSpec(
            name="Early stopping on noisy labels",
            dataset=DataSetSpec(kind="digits", label_noise=0.4),
            model=MlpSpec(hidden=(256, 256), activation="relu"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Adam(),
            early_stopping=EarlyStoppingSpec(patience=6),
            initialisation=HeInitialisation(),
            batch_size=32,
            steps=600,
            evaluate_every=20,
        ),
    ),
    # Santurkar et al. 2018: noise after the norms makes the activations drift more than in the plain network, and the
    # network learns as well as with BatchNorm alone; what BatchNorm changes is the landscape.
    Preset(
        "landscape",
        RunSpec(
            name="The landscape of the loss",
            dataset=DIGITS,
            model=MlpSpec(hidden=(100, 100, 100), activation="sigmoid"),
            arms=(NO_NORM, BATCH_NORM, ArmSpec(name="noisy BatchNorm", norm=NoisyBatchNorm())),
            optimizer=Sgd(learning_rate=0.5),
            initialisation=NormalInitialisation(std=0.1),
            batch_size=60,
            steps=1000,
            evaluate_every=20,
            probes=ProbeSpec(landscape_every=50),
        ),
    ),
    Preset(
        "microscope",
        RunSpec(
            name="BatchNorm under the microscope",
            dataset=DataSetSpec(kind="digits", train_examples=300),
            model=MlpSpec(hidden=(256, 256), activation="relu"),
            arms=(BATCH_NORM, ArmSpec(name="BatchNorm and dropout", norm=BATCH_NORM.norm, dropout=0.5)),
            optimizer=Sgd(learning_rate=0.1),
            initialisation=HeInitialisation(),
            batch_size=20,
            steps=800,
            evaluate_every=20,
            probes=ProbeSpec(modes_every=50),
        ),
    ),
    Preset(
        "gradient-noise",
        RunSpec(
            name="How noisy is a gradient?",
            dataset=DIGITS,
            model=MlpSpec(hidden=(100, 100, 100), activation="relu"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Sgd(learning_rate=0.1),
            initialisation=HeInitialisation(),
            batch_size=32,
            steps=600,
            evaluate_every=20,
            probes=ProbeSpec(noise_every=50),
        ),
    ),
    Preset(
        "seeds",
        RunSpec(
            name="Five seeds",
            dataset=DIGITS,
            model=MlpSpec(hidden=(100, 100, 100), activation="sigmoid"),
            arms=(NO_NORM, BATCH_NORM),
            optimizer=Sgd(learning_rate=0.5),
            initialisation=NormalInitialisation(std=0.1),
            batch_size=60,
            steps=1000,
            seeds=(1, 2, 3, 4, 5),
            evaluate_every=20,
        ),
    ),
)


def default_preset(at_hand: Callable[[DataSetKind], bool]) -> Preset:
    """The first preset whose data set is at hand; digits always are."""
    return next(preset for preset in PRESETS if at_hand(preset.spec.dataset.kind))


def preset(identifier: str) -> Preset | None:
    """The preset with this id."""
    return next((preset for preset in PRESETS if preset.id == identifier), None)
