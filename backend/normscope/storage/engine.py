"""The database: connections, transactions, schema.

SQLite in WAL mode with ``synchronous=FULL``: what was committed survives a power cut. Every write transaction begins
with BEGIN IMMEDIATE, since one that reads first and writes later fails at once when another writer came between.
SQLite 3.7.0 to 3.51.2 may corrupt a WAL database when two connections write and checkpoint at the same moment
(sqlite.org/wal.html, "The WAL-Reset Bug"). pysqlite3 brings a newer one; with an older one nobody checkpoints by
itself, and one process at a time does so under a file lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from normscope.errors import StoreError, StoreUnavailable
from normscope.storage import tables
from normscope.storage.upgrade import upgrade

BUSY_SECONDS = 10.0
FIRST_SOUND_SQLITE = (3, 51, 3)
"""From here on the driver has no known corruption when two connections write and checkpoint at once."""
_CHECKPOINT_EVERY = 200
"""Write transactions between checkpoints where SQLite may not checkpoint by itself."""


class Database:
    """A pool of connections to one database. Open it after forking, never before."""

    def __init__(self, url: str) -> None:
        """
        Args:
            url: SQLAlchemy URL, ``sqlite:///`` and a path; the folder is made when absent.

        Raises:
            StoreError: not SQLite, or the database was written by a newer version of this package.
        """
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
            raise StoreError(f"expected a database URL sqlite:///PATH, got {url!r}")
        self.file = Path(parsed.database)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        driver = _driver()
        self._checkpoints_alone: bool = driver.sqlite_version_info < FIRST_SOUND_SQLITE
        self._writes = 0
        self._reader = sa.create_engine(
            parsed,
            module=driver,
            connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
            pool_size=8,
            max_overflow=64,
        )
        sa.event.listen(self._reader, "connect", self._on_connect)
        sa.event.listen(self._reader, "begin", _on_begin)
        self._writer = self._reader.execution_options(normscope_begin="BEGIN IMMEDIATE")
        self._create()

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read transaction: one snapshot. Keep it short, checkpoints wait for it. Raises StoreUnavailable."""
        with _translated(self.file), self._reader.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A write transaction: commits after the block, rolls back when that raises. Raises StoreUnavailable."""
        with _translated(self.file), self._writer.begin() as connection:
            yield connection
        if self._checkpoints_alone:
            self._writes += 1
            if self._writes % _CHECKPOINT_EVERY == 0:
                self.checkpoint()

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the database, unless another process does; returns whether it was done."""
        with self.file.with_suffix(".checkpoint").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            raw = self._reader.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            finally:
                raw.close()
        return True

    def close(self) -> None:
        """Close all pooled connections."""
        self._reader.dispose()

    def _on_connect(self, connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA wal_autocheckpoint={0 if self._checkpoints_alone else 1000}")
        cursor.execute(f"PRAGMA journal_size_limit={64 * 1024 * 1024}")
        cursor.close()

    def _create(self) -> None:
        """Create or upgrade the tables. Reads first: opening a database must not wait for a writer."""
        with self.read() as connection:
            stored = _schema_version(connection)
        if stored is None:
            with self.write() as connection:
                tables.metadata.create_all(connection)
                stored = _schema_version(connection)
                if stored is None:
                    stored = tables.SCHEMA_VERSION
                    values = {"key": "schema_version", "value": str(stored)}
                    connection.execute(sa.insert(tables.meta).values(values))
        if stored < tables.SCHEMA_VERSION:
            with self.write() as connection:
                if _schema_version(connection) == stored:  # else another process was quicker
                    upgrade(connection)
        if stored > tables.SCHEMA_VERSION:
            raise StoreError(
                f"{self.file} has schema version {stored}; this version of NormScope knows up to "
                f"{tables.SCHEMA_VERSION}: use a newer one, or another data directory"
            )


def _schema_version(connection: sa.Connection) -> int | None:
    if not sa.inspect(connection).has_table(tables.meta.name):
        return None
    value = connection.scalar(sa.select(tables.meta.c.value).where(tables.meta.c.key == "schema_version"))
    return None if value is None else int(value)


def _on_begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("normscope_begin", "BEGIN"))


@contextlib.contextmanager
def _translated(file: Path) -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as error:
        raise StoreUnavailable(f"{file}: {error.orig}") from error


def _driver() -> Any:
    """The DB-API module with the newer SQLite."""
    try:
        return importlib.import_module("pysqlite3")
    except ModuleNotFoundError:
        return importlib.import_module("sqlite3")


def sqlite_version() -> tuple[int, int, int]:
    """Version of the SQLite that is used."""
    version: tuple[int, int, int] = _driver().sqlite_version_info
    return version
