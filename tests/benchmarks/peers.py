"""The same training by other habits: bare, with DataLoaders, with hooks that call .item(), with TensorBoard."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator

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


def indexed(data: DataSet, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Minibatches by index_select from one tensor."""
    x, y = tensors(data)
    made = 0
    while True:
        for indices in torch.randperm(len(x)).split(60)[: len(x) // 60]:
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
    data: DataSet, batches: Iterator[tuple[Tensor, Tensor]], models: list[nn.Sequential], log: object = None
) -> Iterator[int]:
    """The loop of every tutorial, for both networks on the same minibatches; yields after each step.

    ``log`` is called after each step of each network.
    """
    optimizers = [torch.optim.SGD(model.parameters(), lr=0.1, fused=True) for model in models]
    validation = torch.from_numpy(data.validation.x), torch.from_numpy(data.validation.y)
    for step, (x, y) in enumerate(batches, 1):
        for model, optimizer in zip(models, optimizers, strict=True):
            logits = model(x)
            loss = F.cross_entropy(logits, y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            if callable(log):
                log(step, model, logits, loss, y)
        if step % EVALUATE_EVERY == 0:
            for model in models:
                evaluate(model, *validation)
        yield step
    for model in models:
        evaluate(model, torch.from_numpy(data.test.x), torch.from_numpy(data.test.y))


def learn(
    data: DataSet, batches: Iterator[tuple[Tensor, Tensor]], models: list[nn.Sequential], log: object = None
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


def item_hooks(data: DataSet, steps: int) -> None:
    """Mean and variance of the input and output of each activation, read by .item() in hooks; loss and accuracy too."""
    models = [network(False), network(True)]
    values: list[float] = []

    def hook(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        if module.training:
            for tensor in (inputs[0].detach(), output.detach()):
                values.append(tensor.mean().item())
                values.append(tensor.var(unbiased=False).item())

    def log(step: int, model: nn.Module, logits: Tensor, loss: Tensor, y: Tensor) -> None:
        values.append(loss.item())
        values.append((logits.argmax(1) == y).float().mean().item())

    for model in models:
        for layer in model:
            if isinstance(layer, nn.Sigmoid):
                layer.register_forward_hook(hook)
    learn(data, indexed(data, steps), models, log)


def tensorboard_available() -> bool:
    """Whether the package is installed."""
    return importlib.util.find_spec("tensorboard") is not None


def tensorboard_scalars(data: DataSet, steps: int) -> None:
    """Loss and mean and variance of each activation's output as scalars, at every step."""
    from torch.utils.tensorboard import SummaryWriter

    models = [network(False), network(True)]
    with tempfile.TemporaryDirectory() as folder, SummaryWriter(folder) as writer:  # type: ignore[no-untyped-call]
        seen: list[Tensor] = []

        def hook(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
            if module.training:
                seen.append(output.detach())

        def log(step: int, model: nn.Module, logits: Tensor, loss: Tensor, y: Tensor) -> None:
            writer.add_scalar(f"{id(model)}/loss", loss.item(), step)  # type: ignore[no-untyped-call]
            for index, output in enumerate(seen):
                writer.add_scalar(f"{id(model)}/mean{index}", output.mean().item(), step)  # type: ignore[no-untyped-call]
                writer.add_scalar(f"{id(model)}/variance{index}", output.var().item(), step)  # type: ignore[no-untyped-call]
            seen.clear()

        for model in models:
            for layer in model:
                if isinstance(layer, nn.Sigmoid):
                    layer.register_forward_hook(hook)
        learn(data, indexed(data, steps), models, log)
