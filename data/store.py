"""The store: opens the database safely and reads and writes whole transactions.

SQLite is held to four rules: a library without the WAL-reset bug (fixed in
3.51.3), one writing connection which also does the checkpoints, every commit on
disk before it is acknowledged (``synchronous=FULL``), and explicit transactions,
so that a schema change rolls back like any other change.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

import orjson
from alembic.util import CommandError
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Select,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.sql.dml import ReturningDelete

from data import schema
from data.errors import RecordNotFound, StaleVersion, StoreRefused
from data.migrations import migrate
from data.rows import kind_of, mapper

Noun = TypeVar("Noun")

OLDEST_SAFE_SQLITE = (3, 51, 3)
"""SQLite 3.7.0 to 3.51.2 can corrupt a WAL database with two connections."""

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)

BUSY_S = 5.0
"""How long we wait for another process that writes to the same store."""

REMEDIES = {
    "locked": "another process writes to it; stop that one, or try again",
    "full": "free some space and do it again",
    "readonly": "its file and folder must be writable",
    "unable to open": "its file and folder must be writable",
    "disk I/O": "check the disk and the file size allowed before trying again",
}
"""What to do, by a word of what SQLite says; else a backup is needed."""

CHUNK = 500
"""Rows a statement: under every limit on bound values."""


class Transaction:
    """One transaction; what it wrote is kept as a whole or not at all."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: object) -> bool:
        """Keep a new record; False when its id is already kept."""
        return bool(self.add_all([record]))

    def add_all(self, batch: Iterable[Any]) -> set[str]:
        """Keep the records of one noun that are new; return the ids that were.

        Records whose id is already kept, or stands twice in the batch, are left
        as they were first.
        """
        by_id: dict[str, Any] = {}
        for record in batch:
            by_id.setdefault(record.id, record)
        if not by_id:
            return set()
        noun = type(next(iter(by_id.values())))
        for kept in self._kept_ids(noun, list(by_id)):
            del by_id[kept]
        found = mapper(noun)
        rows = [found.row(record) for record in by_id.values()]
        if rows:
            self._connection.execute(insert(found.table), rows)
        return set(by_id)

    def get(self, noun: type[Noun], record_id: str) -> Noun:
        """Return a record by its id.

        Raises
        ------
        RecordNotFound
            When there is none.
        """
        kept = self.get_all(noun, [record_id])
        if not kept:
            raise RecordNotFound(kind_of(noun), record_id)
        return kept[record_id]

    def get_all(self, noun: type[Noun], ids: Iterable[str]) -> dict[str, Noun]:
        """Return the records that exist under these ids, by id."""
        found = mapper(noun)
        kept: dict[str, Noun] = {}
        for part in _chunks(list(dict.fromkeys(ids))):
            rows = self._rows(select(found.table).where(found.table.c.id.in_(part)))
            kept |= {row["id"]: found.record(row) for row in rows}
        return kept

    def find(
        self, noun: type[Noun], *, limit: int | None = None, **equals: object
    ) -> list[Noun]:
        """Return the records whose columns have these values, in id order."""
        table = mapper(noun).table
        query = select(table).filter_by(**equals).order_by(table.c.id).limit(limit)
        return self.select(noun, query)

    def select(self, noun: type[Noun], query: Select[Any]) -> list[Noun]:
        """Return the records of a query over a noun's table."""
        found = mapper(noun)
        return [found.record(row) for row in self._rows(query)]

    def count(self, noun: type[Any], **equals: object) -> int:
        """Count the records whose columns have these values."""
        table = mapper(noun).table
        query = select(func.count()).select_from(table).filter_by(**equals)
        return int(self._connection.execute(query).scalar_one())

    def rows(self, query: Select[Any] | ReturningDelete[Any]) -> list[dict[str, Any]]:
        """Return the plain rows of a query of ``data.queries``."""
        return [
            {str(name): value for name, value in row.items()}
            for row in self._rows(query)
        ]

    def replace(self, record: Any, *, at: datetime) -> None:  # noqa: ANN401
        """Keep the next version of a record; the one before goes to the versions.

        Raises
        ------
        RecordNotFound
            When there is no record of that id.
        StaleVersion
            When ``record.version`` is not the kept version plus one.
        """
        noun = type(record)
        found = mapper(noun)
        before = self.get(noun, record.id)
        if record.version != before.version + 1:
            kept = before.version
            raise StaleVersion(kind_of(noun), record.id, sent=record.version, kept=kept)
        self._keep_version(noun, before, at)
        self._connection.execute(
            update(found.table).where(found.table.c.id == record.id),
            found.row(record),
        )

    def mark(self, name: str) -> int:
        """Return how far somebody has come; 0 at first."""
        query = select(schema.marks.c.value).where(schema.marks.c.name == name)
        return int(self._connection.execute(query).scalar() or 0)

    def set_mark(self, name: str, value: int) -> None:
        """Note how far somebody has come."""
        table = schema.marks
        changed = update(table).where(table.c.name == name).values(value=value)
        if not self._connection.execute(changed).rowcount:
            self._connection.execute(insert(table), {"name": name, "value": value})

    def marks(self, prefix: str) -> list[str]:
        """Return the marks whose names begin so, in order."""
        name = schema.marks.c.name
        query = select(name).where(name.startswith(prefix, autoescape=True))
        return list(self._connection.execute(query.order_by(name)).scalars())

    def remove_mark(self, name: str) -> None:
        """Forget a mark."""
        table = schema.marks
        self._connection.execute(delete(table).where(table.c.name == name))

    def versions(self, noun: type[Noun], record_id: str) -> list[Noun]:
        """Return every version of a record, the first one first, the kept one last."""
        table = schema.versions
        query = (
            select(table.c.body)
            .where(table.c.kind == kind_of(noun), table.c.record_id == record_id)
            .order_by(table.c.version)
        )
        bodies = self._connection.execute(query).scalars()
        earlier = [mapper(noun).from_body(body) for body in bodies]
        return [*earlier, self.get(noun, record_id)]

    def _keep_version(self, noun: type[Any], record: Any, at: datetime) -> None:  # noqa: ANN401
        row = {
            "kind": kind_of(noun),
            "record_id": record.id,
            "version": record.version,
            "at": at,
            "body": mapper(noun).body(record),
        }
        self._connection.execute(insert(schema.versions), row)

    def _kept_ids(self, noun: type[Any], ids: list[str]) -> list[str]:
        table = mapper(noun).table
        kept: list[str] = []
        for part in _chunks(ids):
            query = select(table.c.id).where(table.c.id.in_(part))
            kept += self._connection.execute(query).scalars()
        return kept

    def _rows(self, query: Select[Any] | ReturningDelete[Any]) -> Iterator[Any]:
        return iter(self._connection.execute(query).mappings())


class Store:
    """A database that keeps the nouns; close it, or use it in a ``with``."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
        self._writing = threading.Lock()
        self._watch = reader.raw_connection()
        self._watching = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Begin a transaction that is on disk when the block ends without error.

        Raises
        ------
        StoreRefused
            The database is locked, full, read-only or broken; nothing was kept.
        """
        with self._told(), self._writing, self._writer.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Begin a transaction that sees one unchanging state and cannot write.

        Raises
        ------
        StoreRefused
            The database is locked or broken.
        """
        with self._told(), self._reader.connect() as connection:
            yield Transaction(connection)

    def commits(self) -> int:
        """Return a number that is another one after anybody's commit."""
        with self._told(), self._watching:
            cursor = self._watch.cursor()
            try:
                (number,) = cursor.execute("PRAGMA data_version").fetchone()
            finally:
                cursor.close()
        return int(number)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database refuses into an error of ours with a remedy."""
        try:
            yield
        except DatabaseError as error:
            # The subclasses between these two are faults of our own statements.
            if type(error) not in (DatabaseError, OperationalError):
                raise
            path = Path(str(self._writer.url.database))
            raise _refused(path, error, "used any more") from error

    def close(self) -> None:
        """Let go of the file."""
        self._watch.close()
        self._reader.dispose()
        self._writer.dispose()


def open_store(path: Path) -> Store:
    """Open, or make, the SQLite store at a path and bring its schema up to date.

    Raises
    ------
    StoreRefused
        When the SQLite library has the WAL-reset bug, the file is not ours or
        cannot be written, or a later release made it.
    """
    if sqlite.sqlite_version_info < OLDEST_SAFE_SQLITE:
        wanted = ".".join(map(str, OLDEST_SAFE_SQLITE))
        raise StoreRefused(
            f"SQLite {sqlite.sqlite_version} can corrupt the store; {wanted} or "
            "later is needed: install pysqlite3 0.6.1 or later"
        )
    _require_ours(path)
    writer = _engine(path, begin="BEGIN IMMEDIATE")
    try:
        migrate(writer)
    except DatabaseError as error:
        writer.dispose()
        raise _refused(path, error, "opened as a store") from error
    except CommandError as error:
        writer.dispose()
        raise StoreRefused(
            f"{path} was made by a later release: install that one, or name another "
            "file"
        ) from error
    return Store(writer, _engine(path, begin="BEGIN", query_only=True))


def _refused(path: Path, error: DatabaseError, what: str) -> StoreRefused:
    said = str(error.orig)
    remedies = (remedy for word, remedy in REMEDIES.items() if word in said)
    remedy = next(remedies, "name another file, or restore it from a backup")
    return StoreRefused(f"{path} cannot be {what} ({said}): {remedy}")


def _require_ours(path: Path) -> None:
    """Refuse a path that cannot be a store, and a database of another program."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists() or (path.is_file() and path.stat().st_size == 0)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreRefused(
            f"the store {path} cannot be made ({reason}): name another file"
        ) from error
    if path.is_dir():
        raise StoreRefused(f"the store {path} is a folder: name a file in it")
    if not is_new and not _is_ours(path):
        raise StoreRefused(
            f"{path} is a database of another program: name another file"
        )


def _is_ours(path: Path) -> bool:
    """Say whether a database is empty or has our tables; one we cannot read may be."""
    reader = _engine(path, begin="BEGIN", query_only=True, pragmas=())
    try:
        with reader.connect() as connection:
            query = "SELECT name FROM sqlite_master WHERE type = 'table'"
            names = set(connection.exec_driver_sql(query).scalars())
    except DatabaseError:
        return True  # what is wrong with it is told when it is opened
    finally:
        reader.dispose()
    return not names or "alembic_version" in names


def _engine(
    path: Path,
    *,
    begin: str,
    query_only: bool = False,
    pragmas: tuple[str, ...] = PRAGMAS,
) -> Engine:
    engine = create_engine(
        # Not a string: a path may hold the marks that part a URL, such as "?".
        URL.create("sqlite", database=str(path)),
        module=sqlite,
        connect_args={"isolation_level": None, "timeout": BUSY_S},
        pool_size=1 if not query_only else 8,
        # A reader may need a second connection while it holds one, so that readers
        # who wait for each other would wait for ever: there are as many connections
        # as threads ask for. There is one writer.
        max_overflow=0 if not query_only else -1,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
    )

    @event.listens_for(engine, "connect")
    def _(raw: Any, _record: object) -> None:  # noqa: ANN401
        for pragma in (*pragmas, f"PRAGMA query_only = {int(query_only)}"):
            raw.execute(pragma)

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
