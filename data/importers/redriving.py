"""Trying held rows again, with what has been learnt since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from data import queries
from data.errors import FileRefused, RowRefused
from data.importers.columns import find_columns
from data.importers.documents import reread_json
from data.importers.loading import add_sites
from data.importers.parsed import (
    SITE_KINDS,
    LoadKind,
    Made,
    Options,
    Row,
    Setting,
    Shape,
    Table,
)
from data.importers.reading import make_all, require_crs
from data.importers.table import reread_csv
from data.records import QuarantinedRow
from data.store import Store, Transaction

HELD = "held"
REDRIVEN = "redriven"


@dataclass(frozen=True, slots=True)
class Retried:
    """A held row, and the record it became or why it still is none."""

    held: QuarantinedRow
    record: Any | None
    refused: RowRefused | None


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many held rows were tried, became sites, repeated one, and are still held."""

    tried: int
    loaded: int
    duplicate: int
    held: int

    def __post_init__(self) -> None:
        assert self.tried == self.loaded + self.duplicate + self.held

    def __add__(self, other: "Redriven") -> "Redriven":
        return Redriven(
            self.tried + other.tried,
            self.loaded + other.loaded,
            self.duplicate + other.duplicate,
            self.held + other.held,
        )


def held_rows(
    transaction: Transaction, *, limit: int | None = None, **equals: str
) -> list[QuarantinedRow]:
    """Return the rows that are held, by file and row number.

    ``equals`` is of ``code``, ``load_id``, ``id``.
    """
    query = queries.quarantined(limit=limit, state=HELD, **equals)
    return transaction.select(QuarantinedRow, query)


def redrive_sites(
    store: Store,
    held: Sequence[QuarantinedRow],
    setting: Setting,
) -> Redriven:
    """Try rows of site files again and keep those that are sites now.

    Parameters
    ----------
    setting
        Options that are not None replace those that the rows were first read with.

    Raises
    ------
    FileRefused
        The new options cannot be used; nothing was changed.
    """
    rows = [row for row in held if row.load_kind in SITE_KINDS]
    retried = retry(rows, setting)
    with store.write() as transaction:
        sites = [each.record for each in retried if each.record is not None]
        added, conflicts = add_sites(transaction, sites)
        settled = [
            each.held
            for each in retried
            if each.record is not None and each.record.id not in conflicts
        ]
        mark_redriven(transaction, settled, at=setting.at)
    return Redriven(
        tried=len(rows),
        loaded=len(added),
        duplicate=len(settled) - len(added),
        held=len(rows) - len(settled),
    )


def mark_redriven(
    transaction: Transaction, rows: Sequence[QuarantinedRow], *, at: datetime
) -> None:
    """Note that rows are no longer held; their first state stays among the versions."""
    for row in rows:
        done = replace(row, state=REDRIVEN, version=row.version + 1)
        transaction.replace(done, at=at)


def retry(held: Sequence[QuarantinedRow], setting: Setting) -> list[Retried]:
    """Read held rows again; nothing is kept.

    Returns
    -------
    list, shape (n,)
        Sorted by file. Rows of one file are read together, as they were at first.
    """
    ordered = sorted(held, key=lambda row: (*_group(row), row.row))
    return [
        retried
        for _, rows in groupby(ordered, key=_group)
        for retried in _retry_file(list(rows), setting)
    ]


def _group(row: QuarantinedRow) -> tuple[str, ...]:
    return (row.load_kind, row.file, row.load_id, str(row.header))


def _retry_file(held: list[QuarantinedRow], setting: Setting) -> Iterator[Retried]:
    first = held[0]
    kind = LoadKind(first.load_kind)
    options = _merged(first.options, setting.options)
    shape = _shape(first)
    rows = [_reread(row, shape) for row in held]
    table = Table(first.file, "", shape, first.header, _names(rows), iter(rows))
    require_crs(Path(first.file), table, options)
    try:
        columns = find_columns(table.names, kind, options, path=first.file)
    except FileRefused as error:
        if setting.options != Options():
            raise
        # These rows are as they were; they must not stop those of other files.
        made = _all_refused(rows, RowRefused("no-column", error.reason))
    else:
        usable = [row for row in rows if row.fault is None and row.values]
        made = make_all(usable, table, columns, kind, replace(setting, options=options))
    results = _results(rows, made)
    for row, kept in zip(rows, held, strict=True):
        record, refused = results[id(row)]
        yield Retried(kept, record, refused)


def _all_refused(rows: Sequence[Row], why: RowRefused) -> Made:
    made = Made()
    for row in rows:
        made.refuse(row, row.fault or why)
    return made


def _results(
    rows: Sequence[Row], made: Made
) -> dict[int, tuple[Any | None, RowRefused | None]]:
    """Give the record or the refusal of each row, by the row's identity."""
    blank = RowRefused("blank", "holds no value")
    found: dict[int, tuple[Any | None, RowRefused | None]] = {
        id(row): (None, row.fault or blank) for row in rows
    }
    for each in made.refused:
        found[id(each.row)] = None, RowRefused(each.code, each.reason)
    for row, record in made.records:
        found[id(row)] = record, None
    return found


def _reread(held: QuarantinedRow, shape: Shape) -> Row:
    if shape.format == "json":
        return reread_json(held.raw, shape, held.row)
    return replace(reread_csv(held.raw, held.header, shape), number=held.row)


def _shape(held: QuarantinedRow) -> Shape:
    """Give how a row is written; one that came as a message is JSON."""
    written = held.options.get("shape")
    return Shape(**written) if written else Shape("json", "utf-8")


def _names(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in rows for name in row.values))


def _merged(before: Mapping[str, Any], now: Options) -> Options:
    given = {name: value for name, value in asdict(now).items() if value is not None}
    kept = {name: before.get(name) for name in asdict(now)}
    return Options(**kept | given)
