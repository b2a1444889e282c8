"""The same training as everybody writes it: bare, with DataLoaders; ``habits`` adds what others measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

from normscope.training.splits import DataSet

try:
    from PIL import Image
except ImportError:
    Image = None  # type: ignore[assignment]

EVALUATE_EVERY = 100
Log = Callable[[int, nn.Module, Tensor, Tensor, Tensor], None]
"""Step, network, logits, loss, targets."""


def network(norm: bool) -> nn.Sequential:
    """784-100-100-100-10, sigmoid, W ~ N(0, 0.1^2)."""
    layers: list[nn.Module] = []
    for inputs in (784, 100, 100):
        layers += (
            [nn.Linear(inputs, 100), nn.BatchNorm1d(100), nn.Sigmoid()]
            if norm
            else [nn.Linear(inputs, 100), nn.Sigmoid()]
        )
    model = nn.Sequential(*layers, nn.Linear(100, 10))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.1)
            nn.init.zeros_(layer.bias)
    return model


def tensors(data: DataSet) -> tuple[Tensor, Tensor]:
    """x and y of the training split."""
    return torch.from_numpy(data.train.x), torch.from_numpy(data.train.y)


def vgg(norm: bool) -> nn.Sequential:
    """The pairs of 3 x 3 convolutions 32-64-128 with pools between on 28 x 28 pixels, average, 128-10, ReLU."""
    layers: list[nn.Module] = [nn.Unflatten(1, (1, 28, 28))]
    inputs = 1
    for units in (32, 64, 128):
        for _ in range(2):
            layers += [nn.Conv2d(inputs, units, 3, padding=1), *([nn.BatchNorm2d(units)] if norm else []), nn.ReLU()]
            inputs = units
        layers += [nn.MaxPool2d(2)] if units < 128 else [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    dense = [nn.Linear(128, 128), *([nn.BatchNorm1d(128)] if norm else []), nn.ReLU(), nn.Linear(128, 10)]
    return nn.Sequential(*layers, *dense)


def indexed(data: DataSet, steps: int | None, batch: int = 60) -> Iterator[tuple[Tensor, Tensor]]:
    """Minibatches by index_select from one tensor; without end where no number of steps is given."""
    x, y = tensors(data)
    made = 0
    while True:
        for indices in torch.randperm(len(x)).split(batch)[: len(x) // batch]:
            yield x.index_select(0, indices), y.index_select(0, indices)
            made += 1
            if made == steps:
                return


def loaded(data: DataSet, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Minibatches from a DataLoader."""
    made = 0
    while True:
        for x, y in DataLoader(TensorDataset(*tensors(data)), batch_size=60, shuffle=True, drop_last=True):
            yield x, y
            made += 1
            if made == steps:
                return


class Decoded(Dataset[tuple[Tensor, int]]):
    """What torchvision's MNIST with ``Compose([ToTensor(), Normalize(...)])`` does for every example: bytes to a Pillow
    image, image to array, array to a float tensor [1, 28, 28] / 255, normalised, flattened by ``view``.
    """

    def __init__(self, data: DataSet) -> None:
        x, self.y = tensors(data)
        self.images = x.mul(255).round().to(torch.uint8).view(-1, 28, 28)

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = Image.fromarray(self.images[index].numpy())
        pixels = torch.from_numpy(np.array(image, np.uint8, copy=True)).view(28, 28, 1).permute(2, 0, 1).contiguous()
        return pixels.to(torch.float32).div(255).sub_(0.1307).div_(0.3081).view(784), int(self.y[index])


def decoded(data: DataSet, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Minibatches from a DataLoader in this process that decodes an image for each example, as tutorials do."""
    made = 0
    while True:
        for x, y in DataLoader(Decoded(data), batch_size=60, shuffle=True, drop_last=True):
            yield x, y
            made += 1
            if made == steps:
                return


@torch.no_grad()
def evaluate(model: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean loss and accuracy in evaluation mode."""
    model.eval()
    loss, right = 0.0, 0
    for inputs, targets in zip(x.split(1000), y.split(1000), strict=True):
        logits = model(inputs)
        loss += float(F.cross_entropy(logits, targets, reduction="sum"))
        right += int((logits.argmax(1) == targets).sum())
    model.train()
    return loss / len(x), right / len(x)


def steps_of(
    data: DataSet,
    batches: Iterator[tuple[Tensor, Tensor]],
    models: list[nn.Sequential],
    log: Log | None = None,
    *,
    rate: float = 0.1,
    evaluate_every: int | None = EVALUATE_EVERY,
) -> Iterator[int]:
    """The loop of every tutorial, for both networks on the same minibatches; yields after each step.

    ``log`` is called after each step of each network, while its gradients are there.
    """
    optimizers = [torch.optim.SGD(model.parameters(), lr=rate, fused=True) for model in models]
    validation = torch.from_numpy(data.validation.x), torch.from_numpy(data.validation.y)
    for step, (x, y) in enumerate(batches, 1):
        for model, optimizer in zip(models, optimizers, strict=True):
            logits = model(x)
            loss = F.cross_entropy(logits, y)
            loss.backward()
            optimizer.step()
            if log is not None:
                log(step, model, logits, loss, y)
            optimizer.zero_grad()
        if evaluate_every is not None and step % evaluate_every == 0:
            for model in models:
                evaluate(model, *validation)
        yield step
    for model in models:
        evaluate(model, torch.from_numpy(data.test.x), torch.from_numpy(data.test.y))


def learn(
    data: DataSet, batches: Iterator[tuple[Tensor, Tensor]], models: list[nn.Sequential], log: Log | None = None
) -> None:
    """All steps, one after the other."""
    for _ in steps_of(data, batches, models, log):
        pass


def bare(data: DataSet, steps: int) -> None:
    """Nothing is measured in between evaluations."""
    learn(data, indexed(data, steps), [network(False), network(True)])


def dataloader(data: DataSet, steps: int) -> None:
    """As bare, minibatches from a DataLoader."""
    learn(data, loaded(data, steps), [network(False), network(True)])


def pillow_available() -> bool:
    """Whether the package is installed."""
    return Image is not None


def tutorial(data: DataSet, steps: int) -> None:
    """As bare, every example decoded anew."""
    learn(data, decoded(data, steps), [network(False), network(True)])
