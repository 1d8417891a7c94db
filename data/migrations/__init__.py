"""Schema migrations: all of them in one transaction, or none.

A kill at any statement leaves the old schema or the new one, never one between,
because the store's connections begin explicitly and SQLite and PostgreSQL both
roll schema changes back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

HERE = Path(__file__).parent


def configuration() -> Config:
    """Return the alembic configuration of this folder."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision in one transaction.

    Raises
    ------
    IntegrityError
        A row would refer to one that is not there; nothing was changed.
    """
    with _without_foreign_keys(engine) as connection, connection.begin():
        before = _revision(connection)
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if _revision(connection) != before:
            _require_whole(connection)


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which a table can be made anew under rows that refer to it.

    SQLite changes a column by making the table anew, and looks at foreign keys in
    between; it can be told not to outside a transaction only. Source: sqlite.org,
    ALTER TABLE, section 7.
    """
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        if engine.dialect.name != "sqlite" or raw is None:
            yield connection
            return
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            yield connection
        finally:
            raw.execute("PRAGMA foreign_keys = ON")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _require_whole(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        table, row, other, _ = broken[0]
        said = ValueError(f"row {row} of {table} refers to no row of {other}")
        raise IntegrityError("migration", None, said)
