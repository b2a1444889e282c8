"""What a whole sweep will cost, and whether that is within the limits of one launch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from normscope.core.cost import Estimate, Limits, check_cost, estimate
from normscope.core.device import device_faults
from normscope.core.sweep import Cell, SweepSpec, cells
from normscope.errors import CostLimitError, SpecError


def costed(spec: SweepSpec, limits: Limits, *, workers: int, scale: float = 1.0) -> list[tuple[Cell, Estimate]]:
    """All cells with the cost of each.

    Raises:
        SpecError: a cell cannot be run, or all together exceed a limit; see ``sweep.cells``.
    """
    found = [(cell, estimate(cell.spec, scale=scale)) for cell in cells(spec)]
    costs = [cost for _, cost in found]
    whole = replace(
        max(costs, key=lambda cost: cost.memory_bytes),
        seconds=duration(costs, workers),
        telemetry_bytes=sum(cost.telemetry_bytes for cost in costs),
    )
    try:
        check_cost(whole, limits)
    except CostLimitError as error:
        message = f"{len(costs)} cells: {error}, or take fewer values"
        raise CostLimitError(message, "axes") from None
    return found


def check_devices(found: Sequence[tuple[Cell, Estimate]], cuda: str | None) -> None:
    """Raises:
    SpecError: a cell is to train on a device that is not there; ``cuda`` is the GPU at hand, or None.
    """
    for cell, _ in found:
        for fault in device_faults(cell.spec, cuda):
            raise SpecError(str(fault), f"base.{fault.path}")


def duration(costs: Sequence[Estimate], workers: int) -> float:
    """Seconds of wall clock where ``workers`` share the cells."""
    return max(sum(cost.seconds for cost in costs) / min(workers, len(costs)), max(cost.seconds for cost in costs))
