"""A stored run as a plain PyTorch script, and which runs no script can repeat."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from normscope.core.events import AppliedEvent, NumberedEvent, ScheduleWidenedEvent
from normscope.core.fairness import Certificate
from normscope.core.record import RunRecord
from normscope.core.rewind import still_true
from normscope.core.script import Source, script
from normscope.errors import ExportRefused
from normscope.storage.store import Store

CHANGES = {"set_learning_rate": "its learning rate was changed", "extend": "steps were added"}
"""Commands after which a run is no longer what its spec says."""
DIGITS = 12
"""Of a hash, for comparing by eye on one line; the script prints the whole."""


def script_of(store: Store, run_id: str) -> str:
    """The script that repeats a run.

    Raises:
        RunNotFound: no run has this id.
        ExportRefused: it did what no script written from its spec would do; with the reason.
    """
    record = store.get(run_id)
    if record.parent is not None:
        raise _refused(f"one that goes on from step {record.parent.step:,} of another run, whose networks it has not")
    certificate = None if record.fairness is None else Certificate.model_validate(record.fairness)
    on_gpu = certificate is not None and certificate.device is not None and certificate.device.taken == "cuda"
    if on_gpu or record.spec.device == "cuda":
        raise _refused("one on a CUDA device, whose draws and rounding a CPU does not repeat")
    events = store.events(run_id, epoch=store.head(run_id).epoch)
    for event in events:
        _refuse_changes(event)
    widened = [event for event in still_true(events) if isinstance(event, ScheduleWidenedEvent)]
    source = Source(record.id, version("torch").split("+")[0], tuple(_notes(record, certificate, widened)))
    return script(record.spec, source)


def _less_often(event: ScheduleWidenedEvent) -> str:
    return (
        f"After step {event.step:,} the run measured {event.schedule} every {event.every:,} steps, to keep its budget."
    )


def _refuse_changes(event: NumberedEvent) -> None:
    if isinstance(event.event, AppliedEvent) and event.event.kind in CHANGES:
        raise _refused(
            f"one that was told so while it ran: {CHANGES[event.event.kind]} after step {event.event.step:,}"
        )


def _refused(got: str) -> ExportRefused:
    return ExportRefused(f"expected a run that a script can repeat from its spec alone, got {got}")


def _notes(
    record: RunRecord, certificate: Certificate | None, widened: Sequence[ScheduleWidenedEvent] = ()
) -> list[str]:
    notes = [_less_often(event) for event in widened]
    if widened:
        notes.append("That followed the clock: the training is repeated bit by bit, when things were measured is not.")
    if record.step < record.steps:
        notes.append(f"The run had made {record.step:,} of {record.steps:,} steps when this was written.")
    if certificate is None:
        return [*notes, "It had no fairness certificate yet."]
    for seed in certificate.seeds:
        tensors, order = seed.shared_sha256[:DIGITS], seed.batch_order_sha256[:DIGITS]
        notes.append(f"Certificate of seed {seed.seed}: shared initial tensors {tensors}..., order {order}...")
    return notes
