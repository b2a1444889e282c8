"""How well a minibatch's gradient stands for the gradient of all examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from normscope.core.statistics import Statistic
from normscope.probes.differentiate import Loss, cosine, gradient, length, ratio

DRAWS = 20
"""Minibatches of the run's size."""
DRAWN_EXAMPLES = 2560
"""For the cosine at each of ``NOISE_BATCHES``: as many minibatches as hold so many examples, 4 to ``DRAWS``."""


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

        Noise scale: McCandlish et al. 2018, appendix A.1, tr(Sigma) / |G|^2 in examples, from gradients at two sizes, b
        (mean of the draws) and n (the whole): |G|^2 = (n |G_n|^2 - b |G_b|^2) / (n - b), tr(Sigma) = (|G_b|^2 -
        |G_n|^2) / (1/b - 1/n), unbiased both. NaN where the minibatch is the whole, or |G|^2 is not positive (the noise
        hides the gradient).

        The bias is ||mean of the draws - whole|| / ||whole||; sampling alone makes it sqrt(tr(Sigma) / (20 b)) / |G|.
        """
        n = len(self._x)
        mean, small, angle = torch.zeros_like(self._whole), 0.0, 0.0
        for _ in range(DRAWS):
            slope = self._draw(batch)
            mean += slope / DRAWS
            small += length(slope) ** 2 / DRAWS
            angle += cosine(slope, self._whole) / DRAWS
        large = length(self._whole) ** 2
        scale = float("nan")
        if batch < n:
            squared = (n * large - batch * small) / (n - batch)
            trace = (small - large) / (1 / batch - 1 / n)
            scale = trace / squared if squared > 0 else float("nan")
        return {
            "gradient_cosine": angle,
            "gradient_noise_scale": scale,
            "gradient_bias": ratio(length(mean - self._whole), length(self._whole)),
        }

    def cosines(self, batches: Sequence[int | None]) -> NDArray[np.float32]:
        """Mean cosine for minibatches of each size; NaN for None, and for more than there are examples."""
        found: list[float] = []
        for batch in batches:
            if batch is None or batch > len(self._x):
                found.append(float("nan"))
                continue
            draws = min(DRAWS, max(4, DRAWN_EXAMPLES // batch))
            found.append(sum(cosine(self._draw(batch), self._whole) for _ in range(draws)) / draws)
        return np.array(found, np.float32)

    def _draw(self, batch: int) -> Tensor:
        """The gradient on a minibatch of its own, float64 [entries]."""
        chosen = torch.randperm(len(self._x), generator=self._random)[:batch].to(self._x.device)
        _, slope = gradient(self._model, self._parameters, self._x[chosen], self._y[chosen], self._loss)
        return slope.double()
