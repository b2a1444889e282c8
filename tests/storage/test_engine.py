"""The database: durable settings, the schema's version, who checkpoints, errors in our own words."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from normscope.errors import StoreError, StoreUnavailable
from normscope.storage import engine, tables
from normscope.storage.engine import Database


def pragma(database: Database, name: str) -> Any:
    with database.read() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'normscope.db'}"


def test_what_was_committed_survives_a_power_cut(url: str) -> None:
    with contextlib.closing(Database(url)) as database:
        assert pragma(database, "journal_mode") == "wal"
        assert pragma(database, "synchronous") == 2, "FULL"
        assert pragma(database, "busy_timeout") == engine.BUSY_SECONDS * 1000


def test_a_sound_sqlite_checkpoints_by_itself(url: str) -> None:
    driver = engine._driver()
    with contextlib.closing(Database(url)) as database:
        expected = 1000 if driver.sqlite_version_info >= engine.FIRST_SOUND_SQLITE else 0
        assert pragma(database, "wal_autocheckpoint") == expected


def test_with_an_old_sqlite_one_process_at_a_time_checkpoints(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_driver", lambda: sqlite3)
    monkeypatch.setattr(engine, "FIRST_SOUND_SQLITE", (99, 0, 0))
    with contextlib.closing(Database(url)) as database:
        assert pragma(database, "wal_autocheckpoint") == 0
        wal = database.file.with_name("normscope.db-wal")
        sizes = []
        for number in range(engine._CHECKPOINT_EVERY * 3):
            with database.write() as connection:
                connection.execute(sa.insert(tables.meta).values(key=f"k{number}", value="x" * 2000))
            sizes.append(wal.stat().st_size)
        assert sizes[-1] < 1.5 * sizes[engine._CHECKPOINT_EVERY], "the log was checkpointed and begun anew"
        lock = database.file.with_suffix(".checkpoint")
        with lock.open("w") as held:
            engine.fcntl.flock(held, engine.fcntl.LOCK_EX)
            assert not database.checkpoint()
        assert database.checkpoint()


def test_a_newer_schema_is_refused_clearly(url: str) -> None:
    with contextlib.closing(Database(url)) as database, database.write() as connection:
        connection.execute(sa.update(tables.meta).values(value=str(tables.SCHEMA_VERSION + 1)))
    with pytest.raises(StoreError, match=f"has schema version {tables.SCHEMA_VERSION + 1}.*use a newer one"):
        Database(url)


@pytest.mark.parametrize("wrong", ["sqlite://", "sqlite:///:memory:", "postgresql://localhost/x"])
def test_other_databases_are_refused(wrong: str) -> None:
    with pytest.raises(StoreError, match="expected a database URL sqlite:///PATH"):
        Database(wrong)


def test_a_lock_held_too_long_is_said_in_our_words(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    with contextlib.closing(Database(url)) as one, contextlib.closing(Database(url)) as two, one.write():
        with pytest.raises(StoreUnavailable, match="locked"), two.write():
            pytest.fail("two writers at once")
        with two.read() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(tables.runs)) == 0, "readers never wait"


def test_reading_first_and_writing_later_never_fails_as_locked(url: str) -> None:
    with contextlib.closing(Database(url)) as database:
        with database.write() as connection:
            connection.execute(sa.insert(tables.meta).values(key="n", value="0"))

        def count() -> None:
            for _ in range(50):
                with database.write() as connection:
                    which = tables.meta.c.key == "n"
                    value = connection.scalar(sa.select(tables.meta.c.value).where(which))
                    connection.execute(sa.update(tables.meta).where(which).values(value=str(int(value or 0) + 1)))

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with database.read() as connection:
            assert connection.scalar(sa.select(tables.meta.c.value).where(tables.meta.c.key == "n")) == "200"
