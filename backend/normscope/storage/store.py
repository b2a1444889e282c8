"""``Store``: the bus between workers and servers. Workers append, servers follow; both by plain transactions.

Persist, then publish: a nudge goes out only after the commit. Every method is one short transaction and may be called
from any thread.
"""

from __future__ import annotations

import builtins
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from normscope.core.commands import CommandKind, request
from normscope.core.events import NumberedEvent
from normscope.core.fork import Origin
from normscope.core.record import Parent, Progress, RunRecord, RunState
from normscope.core.spec import RunSpec
from normscope.errors import RunNotFound
from normscope.storage import checkpoints, commands, compaction, leases, runs, stream
from normscope.storage.engine import Database
from normscope.storage.groups import Groups
from normscope.storage.model import Checkpoint, Command, Head, Holder, Lease, LiveRun, Message, new_id
from normscope.storage.tables import purges

LEASE_SECONDS = 5.0


class Store(Groups):
    """All runs of one database. Make it after a fork, never before.

    Args:
        url: ``sqlite:///`` and a path.
        nudge: called with a run's id after each commit that changed the run (``nudge.sender``).
        lease_seconds: how long a lease lasts when it is not renewed.

    Raises:
        StoreError: the database was written by a newer version of this package.
    """

    def __init__(
        self, url: str, *, nudge: Callable[[str], None] | None = None, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self._database = Database(url)
        self._nudge = nudge
        self._lease_seconds = lease_seconds

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    # -- runs

    def create(
        self,
        spec: RunSpec,
        *,
        estimated_seconds: float,
        id: str | None = None,
        fork: tuple[Parent, Origin] | None = None,
    ) -> RunRecord:
        """A new run, queued. ``id``: 32 hexadecimal characters, random when absent. ``fork``: where it begins."""
        run_id = id if id is not None else new_id()
        with self._database.write() as connection:
            runs.create(connection, run_id, spec, estimated_seconds=estimated_seconds, now=time.time(), fork=fork)
        self._publish(run_id)
        return self.get(run_id)

    def origin(self, run_id: str) -> Origin | None:
        """What a fork took over from its parent's record; None: it is no fork."""
        with self._database.read() as connection:
            return runs.origin(connection, run_id)

    def get(self, run_id: str) -> RunRecord:
        """The record of one run. Raises RunNotFound."""
        with self._database.read() as connection:
            return runs.get(connection, run_id)

    def exists(self, run_id: str) -> bool:
        """Whether a run has this id."""
        try:
            self.head(run_id)
        except RunNotFound:
            return False
        return True

    def list(
        self,
        *,
        limit: int = 50,
        before: float | None = None,
        states: Iterable[RunState] | None = None,
        sweep: str | None = None,
    ) -> builtins.list[RunRecord]:
        """Records, newest first; ``before`` is the ``created_at`` of the last one seen. ``sweep``: only its cells."""
        with self._database.read() as connection:
            return runs.select(connection, limit=limit, before=before, states=states, sweep=sweep)

    def unfinished(self) -> builtins.list[tuple[str, RunState]]:
        """Id and state of every run that waits or trains, cells of sweeps too, oldest first."""
        with self._database.read() as connection:
            return runs.unfinished(connection)

    def delete(self, run_id: str) -> None:
        """Forget a run that is queued or has ended. Raises RunNotFound, CommandRefused."""
        with self._database.write() as connection:
            epoch = runs.remove(connection, run_id)
        self._publish(run_id)
        compaction.purge(self._database, run_id, epoch)

    # -- reading a stream

    def head(self, run_id: str) -> Head:
        """Where a stream stands: one cheap read. Raises RunNotFound."""
        with self._database.read() as connection:
            return stream.head(connection, run_id)

    def replay(
        self, run_id: str, after: int, *, limit_bytes: int = 1_000_000, epoch: int | None = None
    ) -> builtins.list[Message]:
        """Messages behind ``after`` in order: at least one if there is one, else as many as stay within the limit.

        With ``epoch``: nothing, where the run has another epoch by now. Raises RunNotFound.
        """
        with self._database.read() as connection:
            return stream.replay(connection, run_id, after, limit_bytes=limit_bytes, epoch=epoch)

    def events(self, run_id: str, *, epoch: int) -> builtins.list[NumberedEvent]:
        """Every stored event of an epoch but the manifest, in order."""
        with self._database.read() as connection:
            return stream.events(connection, run_id, epoch=epoch)

    def tail(self, run_id: str) -> bytes | None:
        """The provisional chunk of open windows. Raises RunNotFound."""
        with self._database.read() as connection:
            return stream.tail(connection, run_id)

    # -- commands

    def command(self, run_id: str, kind: CommandKind, **fields: Any) -> Command:
        """Ask something of a run (``core.commands``). Raises RunNotFound, CommandRefused.

        A queued run stops at once, an interrupted one is queued again by ``resume``, a finished or stopped one by
        ``extend``.
        """
        wanted = request(kind, **fields)
        with self._database.write() as connection:
            command = commands.ask(connection, run_id, wanted, new_id(), now=time.time())
        self._publish(run_id)
        return command

    # -- the writer's side; all raise LeaseLost once the run was given to somebody else or has ended

    def acquire(self, run_id: str, holder: Holder) -> Lease:
        """The lease of a run that no process had before. Raises RunNotFound, LeaseLost."""
        now = time.time()
        with self._database.write() as connection:
            lease = leases.acquire(connection, run_id, holder, now=now, until=now + self._lease_seconds)
        self._publish(run_id)
        return lease

    def renew(self, lease: Lease) -> None:
        """Prolong the lease."""
        with self._database.write() as connection:
            leases.renew(connection, lease, until=time.time() + self._lease_seconds)

    def append(
        self,
        lease: Lease,
        messages: Sequence[Message],
        *,
        tail: bytes | None,
        progress: Progress | None = None,
        fairness: dict[str, Any] | None = None,
        state: RunState | None = None,
        extra_steps: int | None = None,
        answered: Mapping[str, int] = MappingProxyType({}),
        checkpoint: tuple[int, str, int] | None = None,
    ) -> None:
        """Store messages whose sequences continue the stored ones, and all that belongs to them, in one transaction.

        Args:
            tail: replaces the provisional chunk; None: there is no open window.
            progress, fairness, state, extra_steps: replace what the record has; None leaves it.
            answered: ids of the commands that took effect, and after which step.
            checkpoint: step, kind and bytes of a checkpoint whose file is there; it covers these messages.

        Raises:
            LeaseLost: nothing was stored.
            StoreError: the sequences leave a gap; nothing was stored.
        """
        until = time.time() + self._lease_seconds
        shown = None if progress is None else progress.model_dump_json()
        fair = None if fairness is None else json.dumps(fairness)
        with self._database.write() as connection:
            stream.append(
                connection,
                lease,
                messages,
                tail=tail,
                progress=shown,
                fairness=fair,
                state=state,
                extra_steps=extra_steps,
                lease_until=until,
            )
            if checkpoint is not None:
                sequence = messages[-1].sequence if messages else lease.sequence
                checkpoints.add(connection, lease, *checkpoint, sequence=sequence, now=time.time())
            commands.answer(connection, answered)
        self._publish(lease.run_id)

    def set_state(self, lease: Lease, state: RunState, error: str | None = None) -> None:
        """Write a state; an ended one sets ``ended_at`` and settles all commands."""
        with self._database.write() as connection:
            leases.set_state(connection, lease, state, error=error, now=time.time())
        self._publish(lease.run_id)

    def commands(self, lease: Lease) -> builtins.list[Command]:
        """What waits for the worker, oldest first; a command stays until ``append`` calls it answered."""
        with self._database.read() as connection:
            return commands.for_holder(connection, lease)

    def applied(self, run_id: str, *, after: int) -> builtins.list[Command]:
        """Commands that took effect and have a number greater than ``after``, in order."""
        with self._database.read() as connection:
            return commands.applied(connection, run_id, after=after)

    # -- checkpoints

    def checkpoints(self, run_id: str) -> builtins.list[Checkpoint]:
        """All of a run, by step."""
        with self._database.read() as connection:
            return checkpoints.every(connection, run_id)

    def forget_checkpoints(self, lease: Lease, steps: Sequence[int]) -> None:
        """These are no more; delete their files afterwards. Raises LeaseLost."""
        with self._database.write() as connection:
            stream.held(connection, lease)
            checkpoints.forget(connection, lease.run_id, steps)
        self._publish(lease.run_id)

    # -- the supervisor's side

    def queued(self) -> str | None:
        """The id of the run that waits longest."""
        with self._database.read() as connection:
            return runs.queued(connection)

    def claim(self, run_id: str, *, seconds: float) -> bool:
        """Mark a queued run as starting for ``seconds``, before its worker exists; False: it is not queued any more."""
        with self._database.write() as connection:
            claimed = leases.claim(connection, run_id, until=time.time() + seconds)
        self._publish(run_id)
        return claimed

    def live(self) -> builtins.list[LiveRun]:
        """Runs that are starting, running or paused, oldest first."""
        with self._database.read() as connection:
            return leases.live(connection, now=time.time())

    def holder(self, run_id: str) -> Holder | None:
        """The process that has, or last had, the run. Raises RunNotFound."""
        with self._database.read() as connection:
            return leases.holder(connection, run_id)

    def take_over(self, run_id: str) -> Lease:
        """Fence the worker of a live run. Raises RunNotFound, LeaseLost (the run has ended meanwhile)."""
        with self._database.write() as connection:
            return leases.take_over(connection, run_id, until=time.time() + self._lease_seconds)

    # -- after the end

    def uncompacted(self, *, ended_before: float) -> builtins.list[str]:
        """Ids of runs that ended before this Unix time and still have the chunks of their live days."""
        with self._database.read() as connection:
            return compaction.candidates(connection, ended_before=ended_before)

    def compact(self, run_id: str) -> bool:
        """Rewrite the stream of an ended run as fewer, larger chunks: a new epoch. Returns whether it changed.

        Raises:
            RunNotFound: no run has this id.
            CommandRefused: the run has not ended.
        """
        changed = compaction.compact(self._database, run_id)
        if changed:
            self._publish(run_id)
        return changed

    def purge_all(self) -> None:
        """Delete what a crash left over. Only for the server that holds the ``ServerLock``, before it compacts."""
        with self._database.read() as connection:
            left = connection.execute(sa.select(purges.c.run_id, purges.c.epoch)).all()
        for run_id, epoch in left:
            compaction.purge(self._database, run_id, epoch)

    def _publish(self, run_id: str) -> None:
        if self._nudge is not None:
            self._nudge(run_id)
