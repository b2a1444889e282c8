"""Which layers the network of a spec has: pure, so that manifest, cost, checks and the built network agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from normscope.core.catalog import DATASETS
from normscope.core.spec import MAX_LAYERS, ActivationKind, CnnSpec, MlpSpec, ModelSpec, ResNetSpec, RunSpec
from normscope.errors import SpecError

EVALUATION_BATCH = 1000
_EVALUATION_VALUES = 16_000_000
"""Of the largest layer's activation while a split is evaluated: 64 MB."""
_GRADIENT_VALUES = 16_000_000
"""Of all layers' activations of one pass whose gradient is taken: 64 MB, and some copies of it."""


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """A linear layer or a convolution, with what follows it. ``kernel`` is 0 for a linear layer, else the side.

    ``units`` are channels of a convolution; ``height`` and ``width`` are those of its output, 1 for a linear layer.
    """

    name: str
    inputs: int
    units: int
    activation: ActivationKind | None
    kernel: int = 0
    stride: int = 1
    height: int = 1
    width: int = 1

    @property
    def positions(self) -> int:
        """Values of a unit in one example."""
        return self.height * self.width

    @property
    def weights(self) -> int:
        """Entries of the weight, biases apart."""
        return self.inputs * self.units * max(1, self.kernel) ** 2


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """``layers`` in forward order, output layer last: the others have an activation and a place for a norm.

    ``projections`` are 1 x 1 convolutions on shortcuts; they have a norm's place, but no activation.
    """

    shape: tuple[int, ...]
    layers: tuple[LayerPlan, ...]
    projections: tuple[LayerPlan, ...] = ()

    @property
    def normed(self) -> tuple[LayerPlan, ...]:
        """Layers that have a place for a norm."""
        return self.layers[:-1]

    @property
    def evaluation_batch(self) -> int:
        """Examples that are evaluated at once, so that no activation takes much memory."""
        largest = max(layer.units * layer.positions for layer in self.layers)
        return max(20, min(EVALUATION_BATCH, _EVALUATION_VALUES // largest))


def examples_at_once(plan: NetworkPlan, batch: int) -> int:
    """Examples whose gradient is taken at once beside training; at least two minibatches."""
    values = sum(layer.units * layer.positions for layer in (*plan.layers, *plan.projections))
    return max(2 * batch, _GRADIENT_VALUES // values)


def plan_of(spec: RunSpec, classes: int | None = None) -> NetworkPlan:
    """The network of ``spec`` on its data set.

    Raises:
        SpecError: there is no such network.
    """
    facts = DATASETS[spec.dataset.kind]
    return plan(spec.model, facts.shape, facts.classes if classes is None else classes)


def plan(model: ModelSpec, shape: tuple[int, ...], classes: int) -> NetworkPlan:
    """The network of ``model`` on examples of ``shape``: channels, height, width; or a number of features.

    Raises:
        SpecError: there is no such network.
    """
    if isinstance(model, MlpSpec):
        hidden, features = _dense(prod(shape), model.hidden, model.activation, "")
        return NetworkPlan(shape, (*hidden, _out(features, classes)))
    if len(shape) != 3:
        raise SpecError(f"expected 'mlp', since the data set has no images but {shape[0]} features, got '{model.kind}'",
                        "model.kind")  # fmt: skip
    if isinstance(model, CnnSpec):
        return _cnn(model, shape, classes)
    return _resnet(model, shape, classes)


def _cnn(model: CnnSpec, shape: tuple[int, ...], classes: int) -> NetworkPlan:
    """Convolutions that keep height and width, 2 x 2 pools that halve them, the head, dense layers."""
    channels, height, width = shape
    layers: list[LayerPlan] = []
    for index, entry in enumerate(model.convolutions):
        if entry == "pool":
            if min(height, width) < 2:
                message = f"expected at least 2 x 2 pixels to pool, got {height} x {width}: leave out a pool"
                raise SpecError(message, f"model.convolutions.{index}")
            height, width = height // 2, width // 2
            continue
        name = f"conv {len(layers) + 1}"
        layers.append(
            LayerPlan(name, channels, entry, model.activation, kernel=model.kernel_size, height=height, width=width)
        )
        channels = entry
    if not layers:
        raise SpecError("expected at least one width, got pools only", "model.convolutions")
    if len(layers) + len(model.hidden) > MAX_LAYERS:
        message = f"expected at most {MAX_LAYERS} layers, dense ones among them, got {len(layers) + len(model.hidden)}"
        raise SpecError(message, "model.convolutions")
    features = channels * height * width if model.head == "flatten" else channels
    hidden, features = _dense(features, model.hidden, model.activation, "dense ")
    return NetworkPlan(shape, (*layers, *hidden, _out(features, classes)))


def _resnet(model: ResNetSpec, shape: tuple[int, ...], classes: int) -> NetworkPlan:
    """A stem, then stages of blocks of two convolutions; each stage but the first halves the sides, rounded up."""
    channels, height, width = shape
    layers = [LayerPlan("stem", channels, model.width, model.activation, kernel=3, height=height, width=width)]
    projections: list[LayerPlan] = []
    channels = model.width
    block = 0
    for stage, blocks in enumerate(model.stages):
        units = model.width * 2**stage
        for index in range(blocks):
            block += 1
            stride = 2 if stage and not index else 1
            height, width = -(-height // stride), -(-width // stride)
            for part, inputs, by in (("a", channels, stride), ("b", units, 1)):
                layers.append(
                    LayerPlan(f"block {block}{part}", inputs, units, model.activation, 3, by, height, width)
                )  # fmt: skip
            if model.depth == 18 and stride == 2:
                projections.append(
                    LayerPlan(f"block {block} shortcut", channels, units, None, 1, stride, height, width)
                )
            channels = units
    return NetworkPlan(shape, (*layers, _out(channels, classes)), tuple(projections))


def _dense(
    features: int, hidden: Sequence[int], activation: ActivationKind, prefix: str
) -> tuple[list[LayerPlan], int]:
    layers: list[LayerPlan] = []
    for index, units in enumerate(hidden, 1):
        layers.append(LayerPlan(f"{prefix}{index}", features, units, activation))
        features = units
    return layers, features


def _out(features: int, classes: int) -> LayerPlan:
    return LayerPlan("out", features, classes, None)
