"""A run that is taken up again from a checkpoint goes on to the same bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from normscope.core.commands import CommandKind
from normscope.core.events import EarlyStoppedEvent, ReplicateEndedEvent, RewoundEvent
from normscope.core.rewind import points_until, stands
from normscope.core.spec import Adam, AdamW, Momentum, RunSpec
from normscope.core.telemetry import concat_points
from normscope.errors import CheckpointUnreadable
from normscope.execution.control import RunControl
from normscope.storage.model import Command
from normscope.training.checkpoint import Again
from tests.training.helpers import small
from tests.training.resuming import Broken, breaks_after, run, same_points, same_state


def spec_of(**changes: Any) -> RunSpec:
    fields: dict[str, Any] = {"steps": 60, "checkpoint_every": 20, "evaluate_every": 15, "dropout": 0.2}
    return RunSpec.model_validate({**small().model_dump(), **fields, **changes})


def told(*commands: tuple[int, CommandKind, dict[str, Any]]) -> RunControl:
    """A control that applies commands after their steps."""
    control = RunControl()
    made = [Command(f"c{n}", kind, fields, n, step) for n, (step, kind, fields) in enumerate(commands, 1)]
    control.repeat(made, 0)
    return control


@pytest.mark.parametrize("optimizer", [Momentum(), Adam(), AdamW()], ids=lambda each: each.kind)
@pytest.mark.parametrize("killed", [33, 59])
def test_a_resumed_run_ends_with_the_same_bits(tmp_path: Path, optimizer: Any, killed: int) -> None:
    spec = spec_of(optimizer=optimizer.model_dump(), schedule={"kind": "cosine", "minimum": 0.1, "warmup_steps": 5})
    whole, kept = run(spec, tmp_path / "whole", RunControl())
    first, broken = run(spec, tmp_path / "again", breaks_after(killed))
    last = max(broken.kinds)
    second, resumed = run(spec, tmp_path / "again", RunControl(), Again(2, broken.state(last)))
    same_state(resumed.state(60), kept.state(60))
    rewound = second.events[0]
    assert isinstance(rewound, RewoundEvent)
    assert (rewound.step, rewound.attempt) == (last, 2)
    same_points(concat_points([points_until(first.points, last), second.points]), whole)
    ends = [e for e in second.events if isinstance(e, ReplicateEndedEvent)]
    assert ends == [e for e in whole.events if isinstance(e, ReplicateEndedEvent)]
    steps = [int(step) for part in whole.vectors for step in part.step]
    again = [int(s) for part in first.vectors for s in part.step if s <= last]
    assert sorted(again + [int(s) for part in second.vectors for s in part.step]) == sorted(steps)


def test_best_weights_and_patience_outlast_a_break(tmp_path: Path) -> None:
    stopping = {"metric": "validation_accuracy", "patience": 8, "minimum_improvement": 1.0}
    spec = spec_of(evaluate_every=3, early_stopping=stopping)
    whole, _ = run(spec, tmp_path / "whole", RunControl())
    first, broken = run(spec, tmp_path / "again", breaks_after(21))
    second, _ = run(spec, tmp_path / "again", RunControl(), Again(2, broken.state(20)))
    ended = [e for e in whole.events if isinstance(e, EarlyStoppedEvent | ReplicateEndedEvent)]
    rewound = second.events[0]
    assert isinstance(rewound, RewoundEvent)
    again = [e for e in [*first.events, *second.events] if isinstance(e, EarlyStoppedEvent | ReplicateEndedEvent)]
    early = [e for e in first.events if isinstance(e, EarlyStoppedEvent | ReplicateEndedEvent)]
    assert [e for e in early if stands(e, rewound)] + again[len(early) :] == ended
    assert any(isinstance(e, EarlyStoppedEvent) and e.step == 27 and e.best_step == 3 for e in ended)


def test_a_run_without_checkpoint_begins_again(tmp_path: Path) -> None:
    spec = spec_of()
    whole, kept = run(spec, tmp_path / "whole", RunControl())
    second, resumed = run(spec, tmp_path / "again", RunControl(), Again(3, None))
    assert isinstance(second.events[0], RewoundEvent)
    assert (second.events[0].step, second.events[0].attempt) == (0, 3)
    same_points(second.points, whole)
    same_state(resumed.state(60), kept.state(60))


def test_commands_are_applied_again_after_their_steps(tmp_path: Path) -> None:
    spec = spec_of()
    asked: tuple[tuple[int, CommandKind, dict[str, Any]], ...] = (
        (10, "set_learning_rate", {"value": 0.03, "arm": 1}),
        (27, "set_learning_rate", {"value": 0.5, "arm": None}),
        (31, "extend", {"steps": 15}),
    )
    whole, kept = run(spec, tmp_path / "whole", told(*asked))
    assert max(kept.kinds) == 75
    plain, _ = run(spec, tmp_path / "plain", RunControl())
    assert not np.array_equal(plain.points.value[:500], whole.points.value[:500])
    control = told(*asked)
    obey = control.obey

    def breaking(step: int, machine: Any, *, between: bool) -> bool:
        go_on = obey(step, machine, between=between)
        control.pending = True
        if step >= 35:
            raise Broken
        return go_on

    control.obey = breaking  # type: ignore[method-assign]
    first, broken = run(spec, tmp_path / "again", control)
    again = RunControl()
    state = broken.state(20)
    made = [Command(f"c{n}", kind, fields, n, step) for n, (step, kind, fields) in enumerate(asked, 1)]
    again.repeat([each for each in made if each.number > state["applied"]], 20)
    second, resumed = run(spec, tmp_path / "again", again, Again(2, state))
    same_state(resumed.state(75), kept.state(75))
    same_points(concat_points([points_until(first.points, 20), second.points]), whole)


def test_an_ended_run_is_extended(tmp_path: Path) -> None:
    spec = spec_of()
    first, kept = run(spec, tmp_path / "run", RunControl())
    second, extended = run(spec, tmp_path / "run", told((60, "extend", {"steps": 30})), Again(2, kept.state(60)))
    longer, whole = run(spec_of(steps=90), tmp_path / "longer", RunControl())
    for short, long in zip(extended.state(90)["replicates"], whole.state(90)["replicates"], strict=True):
        same_state(short["model"], long["model"])
        same_state(short["optimizer"], long["optimizer"])
    rewound = second.events[0]
    assert isinstance(rewound, RewoundEvent)
    before = [e for e in first.events if isinstance(e, ReplicateEndedEvent)]
    assert before
    assert not any(stands(e, rewound) for e in before), "they go on"
    ends = [e for e in second.events if isinstance(e, ReplicateEndedEvent)]
    assert [e.final for e in ends] == [e.final for e in longer.events if isinstance(e, ReplicateEndedEvent)]
    joined = concat_points([points_until(first.points, 60), second.points])
    loss = joined.step[joined.series == 1]
    assert list(loss) == list(range(1, 91)), "each step is in one window"


def test_checkpoints_change_nothing(tmp_path: Path) -> None:
    often, _ = run(spec_of(checkpoint_every=1), tmp_path / "often", RunControl())
    never, kept = run(spec_of(checkpoint_every=0), tmp_path / "never", RunControl())
    assert kept.kinds == {60: "end"}
    same_points(often.points, never)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    _, kept = run(spec_of(), tmp_path / "run", RunControl())
    file = kept.folder / "40.pt"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(CheckpointUnreadable, match=r"40\.pt"):
        kept.state(40)
