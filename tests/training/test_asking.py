"""A long measurement listens to commands between its parts, and says the same whether anybody asks or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from normscope.core.cost import COSTLY
from normscope.core.spec import BatchNorm, LayerNorm, ModelSpec, NoisyBatchNorm, NoNorm, NormSpec, RunSpec
from normscope.core.statistics import Schedule
from normscope.training import measurements
from normscope.training.examples import fixed_examples
from normscope.training.measurements import Ask, Found, along_the_gradient, modes, noise
from normscope.training.replicate import build_replicates
from tests.training.helpers import MODELS, arms, small, toy

Measure = Callable[[Ask], Found]
HEAVY = ("convolution", "mm")
"""In the names of the operations that take a measurement's time: convolutions and products, on the way forward and
back."""


def instruments(spec: RunSpec) -> dict[Schedule, Measure]:
    """What each costly schedule measures of the only network of ``spec``."""
    data = toy(features=5 if spec.model.kind == "mlp" else 64)
    (replicate,) = build_replicates(spec, data.train.x.shape[1], data.classes)
    splits = [(torch.from_numpy(each.x), torch.from_numpy(each.y)) for each in (data.train, data.validation)]
    examples = fixed_examples(spec, replicate.model.plan, *splits)
    return {
        "modes": lambda ask: modes(spec, replicate, examples, ask),
        "landscape": lambda ask: along_the_gradient(spec, replicate, examples, 1, None, ask),
        "noise": lambda ask: noise(spec, replicate, examples, 1, ask),
    }


class Work(TorchDispatchMode):
    """Counts the heavy operations, and those between two questions."""

    def __init__(self) -> None:
        super().__init__()
        self.all = self.now = self.most = self.questions = 0

    def ask(self) -> None:
        self.now = 0
        self.questions += 1

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if any(name in func.name() for name in HEAVY):
            self.all += 1
            self.now += 1
            self.most = max(self.most, self.now)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("schedule", COSTLY)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.kind}-{model.activation}")
def test_one_layers_work_at_most_lies_between_two_questions(model: ModelSpec, schedule: Schedule) -> None:
    """A linear layer's way back is two products; a projection's convolution is a layer too."""
    work = Work()
    with work:
        instruments(small(model=model, arms=arms(BatchNorm())))[schedule](work.ask)
    assert work.all > 50
    assert work.questions > work.all / 2
    assert work.most <= 2


@pytest.mark.parametrize("model", MODELS[:4], ids=lambda model: f"{model.kind}-{model.activation}")
@pytest.mark.parametrize("norm", [NoNorm(), BatchNorm(), LayerNorm(), NoisyBatchNorm()], ids=lambda norm: norm.kind)
def test_questions_change_no_bit(model: ModelSpec, norm: NormSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = instruments(small(model=model, arms=arms(norm), dropout=0.2))
    asked = {name: measure(lambda: None) for name, measure in measured.items()}
    monkeypatch.setattr(measurements, "asking", lambda model, ask: model)
    for name, measure in measured.items():
        silent = measure(lambda: None)
        assert list(silent.row) == list(asked[name].row)
        np.testing.assert_array_equal(list(silent.row.values()), list(asked[name].row.values()))
        assert silent.vectors.keys() == asked[name].vectors.keys()
        for statistic, vector in silent.vectors.items():
            np.testing.assert_array_equal(vector, asked[name].vectors[statistic])


class Enough(Exception):
    """Nobody wants the measurement any more."""


@pytest.mark.parametrize("schedule", COSTLY)
def test_a_measurement_can_be_given_up_at_any_question(schedule: Schedule) -> None:
    """On the way forward as on the way back; nothing of the network has changed: it then measures the same."""
    measure = instruments(small(model=MODELS[1], arms=arms(BatchNorm())))[schedule]
    questions: list[None] = []
    whole = measure(lambda: questions.append(None))
    for last in range(1, len(questions) + 1, 1 + len(questions) // 40):
        asked: list[None] = []

        def ask(asked: list[None] = asked, last: int = last) -> None:
            asked.append(None)
            if len(asked) == last:
                raise Enough

        with pytest.raises(Enough):
            measure(ask)
        assert len(asked) == last
    np.testing.assert_array_equal(list(measure(lambda: None).row.values()), list(whole.row.values()))
