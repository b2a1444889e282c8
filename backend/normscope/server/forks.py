"""Judges a fork and queues it."""

from __future__ import annotations

from normscope.core.fork import ForkRequest, Origin, checkpoint_step, fork_faults
from normscope.core.record import Parent, RunRecord
from normscope.errors import CommandRefused, SpecError
from normscope.server.problems import SpecRefused
from normscope.server.services import Services
from normscope.storage import checkpoints
from normscope.storage.model import new_id


def check_fork(parent: RunRecord, request: ForkRequest) -> int:
    """The step the fork goes on from.

    Raises:
        CommandRefused: the parent has no checkpoint.
        SpecRefused: with every fault.
    """
    faults = fork_faults(parent.spec, request)
    step = None
    try:
        step = checkpoint_step(parent.checkpoints, request.step)
    except SpecError as error:
        faults = [error, *faults]
    else:
        if step is None:
            raise CommandRefused(f"run {parent.id} has no checkpoint to fork from: pause it, or wait for its first")
    if faults:
        raise SpecRefused(faults)
    assert step is not None
    return step


def within(field: str, fault: SpecError) -> SpecError:
    """``fault`` of a spec that is a field of the request."""
    return type(fault)(str(fault), f"{field}.{fault.path}" if fault.path else field)


def create_fork(server: Services, parent: RunRecord, step: int, request: ForkRequest, seconds: float) -> RunRecord:
    """Queue it, with a copy of the parent's checkpoint of its own. Raises CommandRefused."""
    run_id = new_id()
    folder, begins = server.settings.data_dir, Parent(run=parent.id, step=step)
    origin = Origin(spec=parent.spec, sources=request.sources, inserted_norms=request.inserted_norms)
    checkpoints.adopt(folder, run_id, begins)
    try:
        return server.store.create(request.spec, estimated_seconds=seconds, id=run_id, fork=(begins, origin))
    except BaseException:
        checkpoints.remove_all(folder, run_id)
        raise
