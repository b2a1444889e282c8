"""Brings the tables of an earlier schema version to the present one, in one transaction; every row stays."""

from __future__ import annotations

import sqlalchemy as sa

from normscope.storage import tables


def upgrade(connection: sa.Connection) -> None:
    """Add the tables, columns and indexes that are absent, and write the new version.

    All changes so far only add: columns that may be null or have a default of the database.
    """
    known = sa.inspect(connection)
    for table in tables.metadata.sorted_tables:
        if not known.has_table(table.name):
            continue
        ddl = connection.dialect.ddl_compiler(connection.dialect, sa.schema.CreateTable(table))
        present = {column["name"] for column in known.get_columns(table.name)}
        for column in table.columns:
            if column.name not in present:
                described = ddl.get_column_specification(column)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {described}")
        indexes = {index["name"] for index in known.get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in indexes:
                index.create(connection)
    tables.metadata.create_all(connection)
    version = sa.update(tables.meta).where(tables.meta.c.key == "schema_version")
    connection.execute(version.values(value=str(tables.SCHEMA_VERSION)))
