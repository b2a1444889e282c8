"""Trials as rows: a claim's experiment and its runs. Each function runs inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from normscope.core.commands import Stop
from normscope.core.record import ENDED, Progress
from normscope.core.spec import RunSpec
from normscope.core.trial import (
    ExperimentKind,
    Judged,
    TrialRecord,
    TrialRun,
    trial_eta,
    trial_progress,
    trial_state,
)
from normscope.errors import CommandRefused, TrialNotFound
from normscope.storage import commands
from normscope.storage.runs import create as create_run
from normscope.storage.tables import documents, live, runs, trials

RENAMED: dict[str, ExperimentKind] = {"larger": "mnist"}
"""Experiments that were stored under another name."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """One run to be launched for a trial."""

    name: str
    spec: RunSpec
    seconds: float
    """Estimated."""


def create(
    connection: sa.Connection,
    trial_id: str,
    claim: str,
    experiment: ExperimentKind,
    seeds: Sequence[int],
    wanted: Sequence[NewRun],
    new_id: Callable[[], str],
    *,
    now: float,
) -> None:
    """A queued trial with its runs."""
    names = [each.name for each in wanted]
    row = {"id": trial_id, "claim": claim, "experiment": experiment, "created_at": now}
    connection.execute(sa.insert(trials).values(row | {"seeds": json.dumps(list(seeds)), "names": json.dumps(names)}))
    for index, each in enumerate(wanted):
        create_run(connection, new_id(), each.spec, estimated_seconds=each.seconds, now=now, trial=(trial_id, index))


def get(connection: sa.Connection, trial_id: str, *, workers: int) -> TrialRecord:
    """A trial with its runs.

    Raises:
        TrialNotFound: no trial has this id.
    """
    row = connection.execute(sa.select(trials).where(trials.c.id == trial_id)).mappings().first()
    if row is None:
        raise TrialNotFound(f"no trial has the id {trial_id!r}")
    return _record(connection, row, workers)


def latest(connection: sa.Connection, *, workers: int) -> list[TrialRecord]:
    """The newest trial of each experiment of each claim."""
    newest = sa.select(sa.func.max(trials.c.number)).group_by(trials.c.claim, trials.c.experiment)
    found = connection.execute(sa.select(trials).where(trials.c.number.in_(newest)).order_by(trials.c.number))
    return [_record(connection, row, workers) for row in found.mappings().all()]


def judge(connection: sa.Connection, trial_id: str, judged: Judged) -> None:
    """Keep the verdict of a finished trial."""
    change = sa.update(trials).where(trials.c.id == trial_id)
    connection.execute(change.values(judged=judged.model_dump_json()))


def stop(connection: sa.Connection, trial_id: str, new_id: Callable[[], str], *, now: float) -> list[str]:
    """Stop all runs: queued ones here and now, live ones by a command. Returns the ids of all that it concerns.

    Raises:
        TrialNotFound: no trial has this id.
        CommandRefused: all its runs have ended.
    """
    get(connection, trial_id, workers=1)
    found = connection.execute(
        sa.select(runs.c.id, runs.c.state).where(runs.c.trial_id == trial_id, runs.c.state.not_in(sorted(ENDED)))
    ).all()
    if not found:
        raise CommandRefused("cannot stop: all runs of the trial have ended")
    for row in found:
        commands.ask(connection, row.id, Stop(), new_id(), now=now)
    return [row.id for row in found]


def _record(connection: sa.Connection, row: sa.RowMapping, workers: int) -> TrialRecord:
    query = (
        sa.select(runs, documents.c.spec, live.c.progress)
        .select_from(runs.join(documents, documents.c.run_id == runs.c.id).join(live, live.c.run_id == runs.c.id))
        .where(runs.c.trial_id == row["id"])
    )
    by_cell = {found["cell"]: found for found in connection.execute(query).mappings()}
    members = tuple(_run(name, by_cell.get(index)) for index, name in enumerate(json.loads(row["names"])))
    state = trial_state(members)
    ended = [found["ended_at"] for found in by_cell.values() if found["ended_at"] is not None]
    return TrialRecord(
        id=row["id"],
        claim=row["claim"],
        experiment=RENAMED.get(row["experiment"], row["experiment"]),
        seeds=tuple(json.loads(row["seeds"])),
        created_at=row["created_at"],
        ended_at=max(ended, default=None) if state not in ("queued", "running") else None,
        state=state,
        progress=trial_progress(members),
        eta_seconds=trial_eta(members, workers),
        seconds=sum(run.elapsed_seconds for run in members),
        runs=members,
        judged=None if row["judged"] is None else Judged.model_validate_json(row["judged"]),
    )


def _run(name: str, row: sa.RowMapping | None) -> TrialRun:
    if row is None:
        return TrialRun(name=name, seeds=(), run=None, state="stopped")
    spec, said = json.loads(row["spec"]), Progress.model_validate_json(row["progress"])
    return TrialRun(
        name=name,
        seeds=tuple(spec["seeds"]),
        run=row["id"],
        state=row["state"],
        step=said.step,
        steps=spec["steps"] + row["extra_steps"],
        estimated_seconds=row["estimated_seconds"] or 0.0,
        elapsed_seconds=said.elapsed_seconds,
        error=row["error"],
    )
