"""Convolutional and residual networks by hand, in float64 numpy: the slow oracle of what is measured of images.

Everything has an axis of trials in front: many networks, each with one number changed, are computed at once, and all
gradients are central differences of the loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from normscope.core.spec import CnnSpec, ResNetSpec

Array = NDArray[np.float64]
STEP = 1e-5
AT_ONCE = 256
"""Trials."""


@dataclass
class Hand:
    """A network with BatchNorm before tanh, or with no norms at all.

    Attributes:
        values: parameters by PyTorch's name, [trials or 1, ...]; trials in ``nudges`` too.
        running: evaluation mode: by running statistics.
        nudges: added to the outputs of activations, by layer, from 0.
        outputs: of the activations, in forward order: [trials, batch, units, ...].
        entered: what the norms met, by name.
    """

    model: CnnSpec | ResNetSpec
    values: dict[str, Array]
    eps: float | None
    running: bool = False
    nudges: dict[int, Array] = field(default_factory=dict)
    outputs: list[Array] = field(default_factory=list)
    entered: dict[str, Array] = field(default_factory=dict)

    def losses(self, x: Array, y: Any) -> Array:
        """Mean cross-entropy of each trial; x: [batch, 64]."""
        logits = self.logits(x)
        top = logits.max(-1, keepdims=True)
        terms = top[..., 0] + np.log(np.exp(logits - top).sum(-1)) - logits[:, np.arange(len(y)), y]
        means: Array = terms.mean(-1)
        return means

    def logits(self, x: Array) -> Array:
        """[trials, batch, classes] of x: [batch, 64]."""
        self.outputs, self.entered = [], {}
        images = x.reshape(1, len(x), 1, 8, 8)
        z = self.chain(images) if isinstance(self.model, CnnSpec) else self.residual(images)
        return self.linear(z, "out")

    def chain(self, x: Array) -> Array:
        """Convolutions, pools of 2 x 2, dense layers."""
        assert isinstance(self.model, CnnSpec)
        index = 0
        for entry in self.model.convolutions:
            if entry == "pool":
                t, b, c, height, width = x.shape
                x = x.reshape(t, b, c, height // 2, 2, width // 2, 2).max((4, 6))
                continue
            at = f"convolutions.{index}"
            x = self.activated(self.norm(self.convolution(x, f"{at}.conv"), f"{at}.norm"))
            index += 1
        x = x.reshape(*x.shape[:2], -1)
        for index in range(len(self.model.hidden)):
            x = self.activated(self.norm(self.linear(x, f"hidden.{index}.linear"), f"hidden.{index}.norm"))
        return x

    def residual(self, x: Array) -> Array:
        """Stem, blocks of two convolutions, mean over positions."""
        x = self.activated(self.norm(self.convolution(x, "stem.conv"), "stem.norm"))
        block = 0
        while f"blocks.{block}.conv.weight" in self.values:
            at, block = f"blocks.{block}", block + 1
            inputs = x.shape[2]
            stride = 1 if self.values[f"{at}.first.conv.weight"].shape[1] == inputs else 2
            z = self.activated(self.norm(self.convolution(x, f"{at}.first.conv", stride), f"{at}.first.norm"))
            z = self.norm(self.convolution(z, f"{at}.conv"), f"{at}.norm")
            shortcut = x[..., ::stride, ::stride]
            if f"{at}.projection.0.weight" in self.values:
                shortcut = self.norm(self.convolution(x, f"{at}.projection.0", stride), f"{at}.projection.1")
            elif stride == 2:
                shortcut = np.concatenate([shortcut, np.zeros_like(shortcut)], 2)
            x = self.activated(z + shortcut)
        mean: Array = x.mean((3, 4))
        return mean

    def activated(self, z: Array) -> Array:
        """tanh, and a nudge."""
        out = np.tanh(z)
        if len(self.outputs) in self.nudges:
            out = out + self.nudges[len(self.outputs)]
        self.outputs.append(out)
        return out

    def linear(self, x: Array, name: str) -> Array:
        """x: [trials, batch, inputs]."""
        product: Array = x @ self.values[f"{name}.weight"].swapaxes(1, 2) + self.values[f"{name}.bias"][:, None]
        return product

    def convolution(self, x: Array, name: str, stride: int = 1) -> Array:
        """A sum over windows, around which there are zeros."""
        weight, bias = self.values[f"{name}.weight"], self.values[f"{name}.bias"]
        kernel = weight.shape[-1]
        edge = kernel // 2
        padded = np.pad(x, ((0, 0), (0, 0), (0, 0), (edge, edge), (edge, edge)))
        windows = sliding_window_view(padded, (kernel, kernel), (3, 4))[:, :, :, ::stride, ::stride]
        t, b, c, height, width = windows.shape[:5]
        rows = windows.transpose(0, 1, 3, 4, 2, 5, 6).reshape(t, b * height * width, c * kernel * kernel)
        product = rows @ weight.reshape(*weight.shape[:2], -1).swapaxes(1, 2) + bias[:, None]
        return np.moveaxis(product.reshape(len(product), b, height, width, -1), 4, 2)

    def norm(self, z: Array, name: str) -> Array:
        """Each channel by its mean and biased variance over batch and positions."""
        if self.eps is None:
            return z
        self.entered[name] = z
        axes = (1, *range(3, z.ndim))
        shape = (-1, 1, z.shape[2], *(1,) * (z.ndim - 3))
        mean, variance = z.mean(axes, keepdims=True), z.var(axes, keepdims=True)
        if self.running:
            mean, variance = (self.values[f"{name}.running_{each}"].reshape(shape) for each in ("mean", "var"))
        gamma, beta = (self.values[f"{name}.{each}"].reshape(shape) for each in ("weight", "bias"))
        out: Array = (z - mean) / np.sqrt(variance + self.eps) * gamma + beta
        return out

    def slope(self, x: Array, y: Any, name: str) -> Array:
        """The loss's gradient by the parameter ``name``."""
        value = self.values[name]
        return self._differences(
            value[0], lambda moves: Hand(self.model, self.values | {name: value + moves}, self.eps), x, y
        )

    def slope_by_output(self, x: Array, y: Any, layer: int) -> Array:
        """The loss's gradient by the output of an activation."""
        output = self.outputs[layer][0]
        return self._differences(
            output, lambda moves: Hand(self.model, self.values, self.eps, nudges={layer: moves}), x, y
        )

    @staticmethod
    def _differences(like: Array, moved: Any, x: Array, y: Any) -> Array:
        found = np.empty(like.size)
        for start in range(0, like.size, AT_ONCE):
            count = min(AT_ONCE, like.size - start)
            moves = np.zeros((count, like.size))
            moves[np.arange(count), start + np.arange(count)] = STEP
            moves = moves.reshape(count, *like.shape)
            found[start : start + count] = (moved(moves).losses(x, y) - moved(-moves).losses(x, y)) / (2 * STEP)
        return found.reshape(like.shape)


def hand_of(model: CnnSpec | ResNetSpec, state: Mapping[str, Any], eps: float | None, *, running: bool = False) -> Hand:
    """The network whose ``state_dict`` this is; eps of the norms, or None to leave them out."""
    values = {name: value.detach().numpy().astype(np.float64)[None] for name, value in state.items()}
    return Hand(model, values, eps, running)
