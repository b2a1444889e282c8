"""How well a minibatch's gradient stands for the gradient of all examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from normscope.core.statistics import NOISE_DRAWS, Statistic, noise_draws
from normscope.probes.differentiate import Loss, cosine, gradient, length, ratio


class GradientNoise:
    """The gradient of a network's loss on all of ``x``, and on minibatches drawn from it.

    In the mode that the model is in (training: each minibatch by its own statistics, the whole by the whole's).

    Args:
        x: [n, features].
        y: int64 [n].
        random: of the CPU; minibatches are drawn without repetition of an example, one independent of the other.
    """

    def __init__(
        self,
        model: nn.Module,
        parameters: Sequence[Tensor],
        x: Tensor,
        y: Tensor,
        random: torch.Generator,
        loss: Loss,
    ) -> None:
        self._model, self._parameters, self._loss = model, parameters, loss
        self._x, self._y, self._random = x, y, random
        _, whole = gradient(model, parameters, x, y, loss)
        self._whole = whole.double()

    def summary(self, batch: int) -> dict[Statistic, float]:
        """Mean cosine of minibatch gradients with the whole's, bias of their mean, and the simple noise scale.

        The bias is ||mean of the draws - whole|| / ||whole||; sampling alone makes it sqrt(tr(Sigma) / (20 b)) / |G|.
        """
        n = len(self._x)
        mean, small, angle = torch.zeros_like(self._whole), 0.0, 0.0
        for _ in range(NOISE_DRAWS):
            slope = self._draw(batch)
            mean += slope / NOISE_DRAWS
            small += length(slope) ** 2 / NOISE_DRAWS
            angle += cosine(slope, self._whole) / NOISE_DRAWS
        large = length(self._whole) ** 2
        return {
            "gradient_cosine": angle,
            "gradient_noise_scale": noise_scale(small, large, batch, n),
            "gradient_bias": ratio(length(mean - self._whole), length(self._whole)),
        }

    def cosines(self, batches: Sequence[int | None]) -> NDArray[np.float32]:
        """Mean cosine for minibatches of each size; NaN for None, and for more than there are examples."""
        found: list[float] = []
        for batch in batches:
            if batch is None or batch > len(self._x):
                found.append(float("nan"))
                continue
            draws = noise_draws(batch)
            found.append(sum(cosine(self._draw(batch), self._whole) for _ in range(draws)) / draws)
        return np.array(found, np.float32)

    def _draw(self, batch: int) -> Tensor:
        """The gradient on a minibatch of its own, float64 [entries]."""
        chosen = torch.randperm(len(self._x), generator=self._random)[:batch].to(self._x.device)
        _, slope = gradient(self._model, self._parameters, self._x[chosen], self._y[chosen], self._loss)
        return slope.double()


def noise_scale(small: float, large: float, batch: int, whole: int) -> float:
    """McCandlish et al. 2018, appendix A.1: tr(Sigma) / |G|^2, in examples, from squared gradients at two batch sizes.

    |G|^2 = (n |G_n|^2 - b |G_b|^2) / (n - b) and tr(Sigma) = (|G_b|^2 - |G_n|^2) / (1/b - 1/n), both unbiased, also for
    minibatches drawn from the n examples without repetition. NaN where the minibatch is the whole, or |G|^2 is not
    positive: the noise hides the gradient.

    Args:
        small: mean of |G_b|^2 over minibatches of ``batch`` examples.
        large: |G_n|^2 of all ``whole`` examples.
    """
    if batch >= whole:
        return float("nan")
    squared = (whole * large - batch * small) / (whole - batch)
    trace = (small - large) / (1 / batch - 1 / whole)
    return trace / squared if squared > 0 else float("nan")
