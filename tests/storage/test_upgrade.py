"""A database of schema version 1 is brought to the present version, and keeps its runs."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from normscope.storage import tables
from normscope.storage.engine import Database
from normscope.storage.model import Holder
from normscope.storage.store import Store
from tests.contract.material import tiny_spec

VERSION_1 = Path(__file__).with_name("version_1.sql")
"""What version 1 of the schema created, as ``.schema`` of SQLite shows it."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    file = tmp_path / "normscope.db"
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.executescript(VERSION_1.read_text())
        spec = tiny_spec("from before").model_dump_json()
        for number, state in enumerate(("finished", "queued")):
            run = f"{number:032x}"
            database.execute(
                "INSERT INTO runs (id, state, created_at, epoch, sequence, version, compacted, token) "
                "VALUES (?, ?, ?, 2, 1, 7, 1, 3)",
                (run, state, float(number)),
            )
            database.execute("INSERT INTO documents (run_id, spec) VALUES (?, ?)", (run, spec))
            database.execute("INSERT INTO live (run_id, progress) VALUES (?, ?)", (run, '{"step": 200}'))
            database.execute("INSERT INTO messages VALUES (?, 2, 1, 'event', ?)", (run, b"body"))
            database.execute(
                "INSERT INTO commands (id, run_id, kind, created_at, answered) VALUES (?, ?, 'pause', 1.0, 1)",
                (f"c{number}", run),
            )
        database.execute("INSERT INTO meta VALUES ('schema_version', '1')")
        database.commit()
    return file


def test_runs_of_version_1_are_kept(old: Path) -> None:
    with contextlib.closing(Store(f"sqlite:///{old}")) as store:
        queued, finished = store.list()
        assert (finished.name, finished.state, finished.step, finished.epoch) == ("from before", "finished", 200, 2)
        assert (finished.attempt, finished.steps, finished.parent, finished.sweep) == (1, 200, None, None)
        assert finished.checkpoints == ()
        assert [message.body for message in store.replay(finished.id, 0)] == [b"body"]
        assert store.queued() == queued.id
        lease = store.acquire(queued.id, Holder("host", 1, 2.0))
        assert (lease.token, lease.sequence) == (4, 1)


def test_an_upgraded_database_has_the_tables_of_a_new_one(old: Path, tmp_path: Path) -> None:
    shapes = []
    for file in (old, tmp_path / "new.db"):
        with contextlib.closing(Database(f"sqlite:///{file}")) as database, database.read() as connection:
            known = sa.inspect(connection)
            shapes.append(
                {
                    name: (
                        {(c["name"], str(c["type"]), c["nullable"]) for c in known.get_columns(name)},
                        {index["name"] for index in known.get_indexes(name)},
                    )
                    for name in known.get_table_names()
                }
            )
            version = connection.scalar(sa.select(tables.meta.c.value).where(tables.meta.c.key == "schema_version"))
            assert version == str(tables.SCHEMA_VERSION)
    assert shapes[0] == shapes[1]
    assert "checkpoints" in shapes[0]
