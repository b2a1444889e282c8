"""What others measure while they train: hooks with ``.item()``, TensorBoard, Weights & Biases, Trackio.

Each habit is entered with the networks and gives what the loop calls after each step. All see loss, and mean and
variance at each activation; none needs a network.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from torch import Tensor, nn

from tests.benchmarks.peers import Log

Seen = list[tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Logging:
    """What a habit does after each step, and how to wait for what its threads do later."""

    log: Log
    rest: Callable[[], None] = lambda: None


def watch(models: list[nn.Sequential]) -> Seen:
    """The list to which each activation, in training, adds its input and output by a hook."""
    seen: Seen = []

    def hook(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        if module.training:
            seen.append((inputs[0].detach(), output.detach()))

    for model in models:
        for layer in model:
            if isinstance(layer, nn.Sigmoid | nn.ReLU):
                layer.register_forward_hook(hook)
    return seen


def scalars(first: bool, loss: Tensor, seen: Seen) -> dict[str, float]:
    """Loss, and mean and variance of each activation's input and output; read by ``.item()``, and forgotten."""
    which = int(first)
    found = {f"{which}/loss": loss.item()}
    for layer, (z, output) in enumerate(seen, 1):
        for name, tensor in (("input", z), ("output", output)):
            found[f"{which}/{name}_mean{layer}"] = tensor.mean().item()
            found[f"{which}/{name}_variance{layer}"] = tensor.var(unbiased=False).item()
    seen.clear()
    return found


@contextmanager
def item_hooks(models: list[nn.Sequential]) -> Iterator[Logging]:
    """``.mean().item()`` and ``.var().item()``, kept in a list; accuracy too."""
    seen = watch(models)
    kept: list[object] = []

    def log(step: int, model: nn.Module, logits: Tensor, loss: Tensor, y: Tensor) -> None:
        kept.append(scalars(model is models[0], loss, seen))
        kept.append((logits.argmax(1) == y).float().mean().item())

    yield Logging(log)


def tensorboard(models: list[nn.Sequential], histograms: bool) -> Iterator[Logging]:
    """Scalars at every step; histograms of activations, weights and gradients too."""
    from torch.utils.tensorboard import SummaryWriter

    seen = watch(models)
    with tempfile.TemporaryDirectory() as folder, SummaryWriter(folder) as writer:  # type: ignore[no-untyped-call]

        def log(step: int, model: nn.Module, logits: Tensor, loss: Tensor, y: Tensor) -> None:
            which = int(model is models[0])
            if histograms:
                for layer, (_, output) in enumerate(seen, 1):
                    writer.add_histogram(f"{which}/output{layer}", output, step)  # type: ignore[no-untyped-call]
                for name, parameter in model.named_parameters():
                    writer.add_histogram(f"{which}/{name}", parameter, step)  # type: ignore[no-untyped-call]
                    writer.add_histogram(f"{which}/{name}.grad", parameter.grad, step)  # type: ignore[no-untyped-call]
            for name, value in scalars(model is models[0], loss, seen).items():
                writer.add_scalar(name, value, step)  # type: ignore[no-untyped-call]

        yield Logging(log, writer.flush)


@contextmanager
def tensorboard_scalars(models: list[nn.Sequential]) -> Iterator[Logging]:
    """Without histograms."""
    yield from tensorboard(models, histograms=False)


@contextmanager
def tensorboard_histograms(models: list[nn.Sequential]) -> Iterator[Logging]:
    """With histograms."""
    yield from tensorboard(models, histograms=True)


@contextmanager
def wandb_watch(models: list[nn.Sequential]) -> Iterator[Logging]:
    """Offline; ``watch`` of all parameters and gradients at every step, and the scalars."""
    os.environ["WANDB_SILENT"] = "true"
    import wandb

    seen = watch(models)
    with tempfile.TemporaryDirectory() as folder:
        run = wandb.init(project="bench", mode="offline", dir=folder)
        run.watch(models, log="all", log_freq=1)

        def log(step: int, model: nn.Module, logits: Tensor, loss: Tensor, y: Tensor) -> None:
            run.log(scalars(model is models[0], loss, seen))

        yield Logging(log)
        run.finish()


@contextmanager
def trackio(models: list[nn.Sequential]) -> Iterator[Logging]:
    """The scalars, to its local database; its thread writes every half a second."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRACKIO_DIR"] = folder
        import trackio as package

        seen = watch(models)
        run = package.init(project="bench", auto_log_gpu=False)

        def log(step: int, model: nn.Module, logits: Tensor, loss: Tensor, y: Tensor) -> None:
            package.log(scalars(model is models[0], loss, seen))

        log.rest = lambda: wait_until(lambda: not run._queued_logs)  # type: ignore[attr-defined]
        yield Logging(log)
        package.finish()


def wait_until(done: Callable[[], bool]) -> None:
    """Look every hundredth of a second."""
    while not done():
        time.sleep(0.01)


@dataclass(frozen=True)
class Habit:
    """One of the above, and the package that it needs."""

    title: str
    enter: Callable[[list[nn.Sequential]], AbstractContextManager[Logging]]
    package: str = "torch"
    slowness: int = 1
    """So many times fewer steps it makes in a turn, lest the others wait for it."""

    def available(self) -> bool:
        """Whether the package is installed."""
        return importlib.util.find_spec(self.package) is not None


HABITS = (
    Habit("hooks with .mean().item(), .var().item()", item_hooks),
    Habit("Trackio, scalars", trackio, "trackio", 2),
    Habit("TensorBoard, scalars", tensorboard_scalars, "tensorboard", 2),
    Habit("wandb offline, watch(all) and scalars", wandb_watch, "wandb", 20),
    Habit("TensorBoard, scalars and histograms", tensorboard_histograms, "tensorboard", 50),
)
