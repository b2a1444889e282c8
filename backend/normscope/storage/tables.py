"""The tables, for SQLite now and PostgreSQL later.

What changes with every append (``runs``, ``live``) lies apart from what never changes (``documents``), so that an
append rewrites short rows only. A message's key has the stream's epoch: compaction writes the next epoch beside the
current one, then flips ``runs.epoch``; ``purges`` remembers what must be deleted if a crash comes between.
"""

from __future__ import annotations

import sqlalchemy as sa

SCHEMA_VERSION = 3
"""``upgrade`` brings a database of an earlier version to this one."""

metadata = sa.MetaData()

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),
    sa.Column("ended_at", sa.Double),
    sa.Column("error", sa.Text),
    sa.Column("estimated_seconds", sa.Double),
    sa.Column("epoch", sa.Integer, nullable=False, default=1),
    sa.Column("sequence", sa.Integer, nullable=False, default=0),
    sa.Column("version", sa.Integer, nullable=False, default=1),
    sa.Column("compacted", sa.Boolean, nullable=False, default=False),
    sa.Column("token", sa.Integer, nullable=False, default=0),
    sa.Column("lease_until", sa.Double),
    sa.Column("host", sa.String(200)),
    sa.Column("pid", sa.Integer),
    sa.Column("process_started", sa.Double),
    sa.Column("attempt", sa.Integer, nullable=False, default=1, server_default="1"),
    sa.Column("extra_steps", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("parent_run", sa.String(32)),
    sa.Column("parent_step", sa.Integer),
    sa.Column("sweep_id", sa.String(32)),
    sa.Column("trial_id", sa.String(32)),
    sa.Column("cell", sa.Integer),
    sa.Index("runs_by_state", "state", "created_at"),
    sa.Index("runs_by_time", "created_at"),
    sa.Index("runs_by_sweep", "sweep_id", "cell"),
    sa.Index("runs_by_trial", "trial_id", "cell"),
    sa.Index("runs_by_parent", "parent_run"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("run_id", sa.String(32), primary_key=True),
    sa.Column("spec", sa.Text, nullable=False),
    sa.Column("fairness", sa.Text),
    sa.Column("fork", sa.Text),
)

live = sa.Table(
    "live",
    metadata,
    sa.Column("run_id", sa.String(32), primary_key=True),
    sa.Column("progress", sa.Text, nullable=False, default="{}"),
    sa.Column("tail", sa.LargeBinary),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("run_id", sa.String(32), primary_key=True),
    sa.Column("epoch", sa.Integer, primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

purges = sa.Table(
    "purges",
    metadata,
    sa.Column("run_id", sa.String(32), primary_key=True),
    sa.Column("epoch", sa.Integer, primary_key=True),
)

commands = sa.Table(
    "commands",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("run_id", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("answered", sa.Boolean, nullable=False, default=False),
    sa.Column("payload", sa.Text),
    sa.Column("step", sa.Integer),
    sa.Index("commands_by_run", "run_id", "answered"),
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("run_id", sa.String(32), primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
)

sweeps = sa.Table(
    "sweeps",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("base", sa.Text, nullable=False),
    sa.Column("axes", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
)

trials = sa.Table(
    "trials",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("claim", sa.String(40), nullable=False),
    sa.Column("experiment", sa.String(8), nullable=False),
    sa.Column("seeds", sa.Text, nullable=False),
    sa.Column("names", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("judged", sa.Text),
)

group = sa.func.coalesce(runs.c.sweep_id, runs.c.trial_id)
"""The sweep or trial that a run was launched for; null: it was launched for itself."""
