"""Files of reads of any size, some thousands of rows at a time.

Nothing is held but the piece that is being read. Rows are made reads as in any other
file: known column names, times and coordinates as people write them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from data.errors import FileRefused, RowRefused
from data.importers.columns import Columns, find_columns
from data.importers.files import still_there
from data.importers.parsed import (
    LoadKind,
    Made,
    Refusal,
    Row,
    Setting,
    Source,
    Table,
    usable_rows,
)
from data.importers.reading import make_all, open_table, refuse_nameless, require_crs
from data.reads.incoming import Incoming, incoming_of

ROWS = 10_000
"""Rows a piece: each row is an object of its own until it is a read."""

READS = LoadKind.READS


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some rows of a file of reads: reads, refused rows and blank ones.

    Attributes
    ----------
    row
        Gives the row of the file that a read of ``incoming`` was made of, by its index.
    repairs
        How often each thing was mended.
    size
        Bytes of the file that this was.
    """

    incoming: Incoming
    row: Callable[[int], Row]
    refused: Sequence[Refusal] = ()
    blank: int = 0
    repairs: Counter[str] = field(default_factory=Counter)
    size: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ReadsFile:
    """A file of reads that was opened; its pieces can be gone through once.

    Attributes
    ----------
    size
        Bytes; None of a pipe, of which no end is known.
    notes
        What to know about the whole file.
    digest
        Gives the checksum of what was read, after the last piece.
    """

    source: Source
    pieces: Iterator[Piece]
    size: int | None
    notes: tuple[str, ...]
    digest: Callable[[], str]


def open_rows(path: Path, setting: Setting, *, rows: int = ROWS) -> ReadsFile:
    """Open a file whose rows are read one by one.

    Raises
    ------
    FileRefused
        It cannot be read as a whole; nothing of it was handed out. Going through the
        pieces raises it where the file cannot be read any further.
    """
    with still_there(path):
        table = open_table(path, READS, setting.options)
        require_crs(path, table, setting.options)
    columns = _columns(table.names, setting, path) if table.names else None
    return ReadsFile(
        source=source_of(table, setting),
        pieces=_pieces(path, table, columns, setting, rows),
        size=path.stat().st_size,
        notes=(*table.notes, *(columns.notes if columns else ())),
        digest=lambda: table.sha256,
    )


def source_of(table: Table, setting: Setting) -> Source:
    """Say what a table's rows are taken from."""
    return Source(
        kind=READS,
        file=table.file,
        sha256=table.sha256,
        shape=table.shape,
        header=table.header,
        options=setting.options,
    )


def _columns(names: Iterable[str], setting: Setting, path: Path) -> Columns:
    return find_columns(names, READS, setting.options, path=str(path))


def _pieces(
    path: Path,
    table: Table,
    columns: Columns | None,
    setting: Setting,
    rows: int,
) -> Iterator[Piece]:
    is_first, part = True, list[Row]()
    with still_there(path):
        while is_first or part:
            part = list(islice(table.rows, rows))
            early = Made()
            usable, _, blank = usable_rows(replace(table, rows=iter(part)), early)
            if is_first and columns is None and not usable and len(part) < rows:
                refuse_nameless(path, early)
            piece = made_piece(usable, table, columns, setting, must_fit=is_first)
            is_first = False
            yield replace(
                piece,
                refused=[*early.refused, *piece.refused],
                blank=blank,
                size=sum(len(row.raw) for row in part),
            )


def made_piece(
    rows: list[Row],
    table: Table,
    columns: Columns | None,
    setting: Setting,
    *,
    must_fit: bool = False,
) -> Piece:
    """Make reads of rows that have values.

    Parameters
    ----------
    columns
        None finds them among the names of these rows.
    must_fit
        Refuse the file, and not the rows alone, where no column fits.

    Raises
    ------
    FileRefused
    """
    made = Made()
    try:
        names = dict.fromkeys(name for row in rows for name in row.values)
        found = columns or _columns(names, setting, Path(table.file))
    except FileRefused as error:
        if must_fit and rows:
            raise
        for row in rows:
            made.refuse(row, RowRefused("no-column", error.reason))
    else:
        made = make_all(rows, table, found, READS, setting)
    return Piece(
        incoming_of([read for _, read in made.records]),
        lambda index: made.records[index][0],
        made.refused,
        repairs=made.repairs,
    )
