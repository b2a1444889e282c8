"""Settings that several claims share: the study's small networks on digits."""

from __future__ import annotations

from typing import Any

from normscope.core.presets import BATCH_NORM, DIGITS, NO_NORM, PRESETS
from normscope.core.spec import HeInitialisation, MlpSpec, NormalInitialisation, RunSpec, Sgd, XavierInitialisation

PLAIN, BATCH = NO_NORM.name, BATCH_NORM.name
NOISY = "noisy BatchNorm"
PAIR = (NO_NORM, BATCH_NORM)


def sigmoid(name: str, seeds: tuple[int, ...], **changes: Any) -> RunSpec:
    """64-100-100-100-10, sigmoid, weights N(0, 0.1^2), SGD 0.5, batches of 60: the paper's network on digits."""
    settings: dict[str, Any] = {
        "model": MlpSpec(hidden=(100, 100, 100), activation="sigmoid"),
        "optimizer": Sgd(learning_rate=0.5),
        "initialisation": NormalInitialisation(std=0.1),
        "batch_size": 60,
        "steps": 1500,
    }
    return _spec(name, seeds, settings | changes)


def xavier(name: str, seeds: tuple[int, ...], **changes: Any) -> RunSpec:
    """The same from Xavier's weights, batches of 32."""
    return sigmoid(name, seeds, **({"initialisation": XavierInitialisation(), "batch_size": 32} | changes))


def relu(name: str, seeds: tuple[int, ...], **changes: Any) -> RunSpec:
    """64-100-100-100-10, ReLU, He's weights, SGD 0.1, batches of 32."""
    settings: dict[str, Any] = {
        "model": MlpSpec(hidden=(100, 100, 100), activation="relu"),
        "optimizer": Sgd(learning_rate=0.1),
        "initialisation": HeInitialisation(),
        "batch_size": 32,
        "steps": 600,
    }
    return _spec(name, seeds, settings | changes)


def paper(name: str, seeds: tuple[int, ...], **changes: Any) -> RunSpec:
    """The paper's network on MNIST, as the preset has it: 784-100-100-100-10, SGD 0.1, 4,000 steps."""
    preset = next(preset.spec for preset in PRESETS if preset.id == "paper-mnist")
    return preset.model_copy(update={"name": name, "seeds": seeds} | changes)


def _spec(name: str, seeds: tuple[int, ...], settings: dict[str, Any]) -> RunSpec:
    common: dict[str, Any] = {"name": name, "dataset": DIGITS, "arms": PAIR, "evaluate_every": 20, "seeds": seeds}
    return RunSpec(**(common | settings))
