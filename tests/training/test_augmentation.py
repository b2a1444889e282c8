"""Augmentation against loops over single images; the same for all arms; off in evaluation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from normscope.core.check import check
from normscope.core.spec import AugmentSpec, BatchNorm, DataSetSpec, NoNorm, RunSpec, ToySpec
from normscope.errors import SpecError
from normscope.training import evaluate as evaluation
from normscope.training.augmentation import Augmentation
from normscope.training.data import load
from normscope.training.loop import train
from tests.training.helpers import Calm, Memory, arms, small


def images(count: int, *shape: int) -> torch.Tensor:
    """All pixels of an image different, none zero."""
    return torch.arange(1, count * int(np.prod(shape)) + 1, dtype=torch.float32).view(count, -1)


def augmentation(kind: Any = "cifar10", **fields: Any) -> Augmentation:
    return Augmentation(DataSetSpec(kind=kind, augment=AugmentSpec(**fields)))


def candidates(image: np.ndarray, crop: int, flip: bool) -> dict[bytes, tuple[int, int, bool]]:
    """Every result that an image may have: by its pixels, how it came about."""
    channels, height, width = image.shape
    found = {}
    for down in range(2 * crop + 1):
        for right in range(2 * crop + 1):
            frame = np.zeros((channels, height + 2 * crop, width + 2 * crop), np.float32)
            frame[:, crop : crop + height, crop : crop + width] = image
            part = frame[:, down : down + height, right : right + width]
            found[part.tobytes()] = (down, right, False)
            if flip:
                found[np.ascontiguousarray(part[:, :, ::-1]).tobytes()] = (down, right, True)
    return found


@pytest.mark.parametrize(("crop", "flip"), [(0, True), (2, False), (2, True)])
@pytest.mark.parametrize(("kind", "shape"), [("cifar10", (3, 32, 32)), ("digits", (1, 8, 8))])
def test_every_image_is_one_of_those_that_can_be(kind: str, shape: tuple[int, ...], crop: int, flip: bool) -> None:
    x = images(60, *shape)
    before = x.clone()
    changed = augmentation(kind, crop=crop, flip=flip)(x, 1, 1)
    assert torch.equal(x, before)
    assert changed.is_contiguous()
    assert changed.shape == x.shape
    ways = [
        candidates(one.view(shape).numpy(), crop, flip)[other.numpy().tobytes()]
        for one, other in zip(x, changed, strict=True)
    ]
    assert len({way[:2] for way in ways}) > (15 if crop else 0)
    if flip:
        assert 15 < sum(way[2] for way in ways) < 45


def test_what_is_drawn_depends_on_seed_and_step_alone() -> None:
    x = images(8, 3, 32, 32)
    augment = augmentation(crop=4, flip=True)
    first = augment(x, 1, 7)
    augment(x, 1, 8)
    torch.manual_seed(3)
    assert torch.equal(first, augmentation(crop=4, flip=True)(x, 1, 7))
    assert not torch.equal(first, augment(x, 1, 8))
    assert not torch.equal(first, augment(x, 2, 7))
    assert augmentation()(x, 1, 7) is x
    assert Augmentation(ToySpec(kind="moons"))(x, 1, 7) is x


def test_all_arms_learn_from_the_same_images_and_evaluation_from_the_originals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = DataSetSpec(kind="digits", train_examples=40, augment=AugmentSpec(crop=1, flip=True))
    data = load(dataset, tmp_path, cache=tmp_path, download=False)
    memory = Memory()
    spec = small(dataset=dataset, arms=arms(NoNorm(), NoNorm(), BatchNorm()), steps=20)
    evaluated: list[torch.Tensor] = []
    original = evaluation.evaluate

    def spy(model: Any, x: torch.Tensor, y: torch.Tensor) -> Any:
        evaluated.append(x)
        return original(model, x, y)

    monkeypatch.setattr("normscope.training.loop.evaluate", spy)
    train(spec, data, sink=memory, control=Calm())
    event = memory.events[0]
    assert event.type == "manifest"
    ids = [next(s.id for s in event.manifest.series if s.statistic == "train_loss" and s.arm == arm) for arm in (0, 1)]
    one, two = (memory.series(series).value for series in ids)
    assert np.array_equal(one, two)
    assert event.fairness["data"]["augment"] == {"flip": True, "crop": 1}
    assert all(
        np.array_equal(x.numpy(), data.validation.x) or np.array_equal(x.numpy(), data.test.x) for x in evaluated
    )
    plain = Memory()
    train(
        spec.model_copy(update={"dataset": DataSetSpec(kind="digits", train_examples=40)}),
        data,
        sink=plain,
        control=Calm(),
    )
    assert not np.array_equal(plain.series(ids[0]).value, one)


def test_a_crop_must_be_smaller_than_the_image() -> None:
    def spec(dataset: dict[str, Any]) -> RunSpec:
        return RunSpec.model_validate(json.loads(small().model_dump_json()) | {"dataset": dataset})

    check(spec({"kind": "digits", "augment": {"crop": 7}}))
    with pytest.raises(SpecError, match="expected less than 8, the size of the images of Digits, got 8") as fault:
        check(spec({"kind": "digits", "augment": {"crop": 8}}))
    assert fault.value.path == "dataset.augment.crop"
    for dataset in ({"kind": "moons", "augment": {"crop": 1}}, {"kind": "mnist", "augment": {"crop": 32}}):
        with pytest.raises(ValueError, match="augment"):
            spec(dataset)
