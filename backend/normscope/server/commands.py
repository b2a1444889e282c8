"""What of a command can be judged before the run is asked: does it fit the spec, and does it stay within the limits?"""

from __future__ import annotations

from normscope.core.commands import MAX_STEPS, Extend, Request, SetLearningRate
from normscope.core.cost import check_cost, estimate
from normscope.core.record import ENDED, RunRecord
from normscope.errors import CommandRefused, CostLimitError
from normscope.server.limits import cost_limits
from normscope.server.services import Services


def check_command(record: RunRecord, wanted: Request, server: Services) -> None:
    """Refuse what does not fit the run.

    Raises:
        CommandRefused: with the reason.
    """
    if isinstance(wanted, SetLearningRate) and wanted.arm is not None and wanted.arm >= len(record.spec.arms):
        raise CommandRefused(
            f"cannot set the learning rate: expected an arm from 0 to {len(record.spec.arms) - 1}, got {wanted.arm}"
        )
    if isinstance(wanted, Extend):
        _check_extension(record, wanted.steps, server)


def _check_extension(record: RunRecord, steps: int, server: Services) -> None:
    total = (record.step if record.state in ENDED else record.steps) + steps
    if total > MAX_STEPS:
        raise CommandRefused(f"cannot extend: expected at most {MAX_STEPS} steps in all, got {total}")
    longer = record.spec.model_copy(update={"steps": total})
    try:
        check_cost(estimate(longer, scale=server.durations.scale()), cost_limits(server.settings))
    except CostLimitError as error:
        raise CommandRefused(f"cannot extend: {error}") from error
