"""Training images changed at random: shifted and mirrored, the same for all arms of a seed."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.core.catalog import DATASETS
from normscope.core.spec import AnyDataSetSpec, DataSetSpec
from normscope.training.generators import generator
from normscope.training.placing import upload


class Augmentation:
    """Changes minibatches of images. What is drawn depends on seed and step alone, so nothing is to be kept,
    and it is drawn on the CPU, so that it is the same on every device."""

    def __init__(self, spec: AnyDataSetSpec) -> None:
        augment = spec.augment if isinstance(spec, DataSetSpec) else None
        self._flip = augment is not None and augment.flip
        self._crop = 0 if augment is None else augment.crop
        self._shape = DATASETS[spec.kind].shape

    def __call__(self, x: Tensor, seed: int, step: int) -> Tensor:
        """The minibatch of ``step``: each image cut out of a frame of zeros, every other one mirrored.

        Args:
            x: float32 [batch, features]; not changed.
        """
        if not self._flip and not self._crop:
            return x
        random = generator(seed, f"augmentation {step}")
        batch, (channels, height, width) = len(x), self._shape
        place = upload(torch.randint(2 * self._crop + 1, (batch, 2), generator=random), x.device)
        mirrored = upload(torch.rand(batch, generator=random) < 0.5, x.device)
        count = partial(torch.arange, device=x.device)
        rows = place[:, :1] + count(height)
        columns = place[:, 1:] + count(width)
        if self._flip:
            columns = torch.where(mirrored[:, None], columns.flip(1), columns)
        framed = F.pad(x.view(batch, channels, height, width), (self._crop,) * 4)
        images = framed[
            count(batch)[:, None, None, None],
            count(channels)[None, :, None, None],
            rows[:, None, :, None],
            columns[:, None, None, :],
        ]
        return images.reshape(batch, -1)
