"""The rows of a CSV file of any size, some ten thousand at a time.

Compiled code splits them and reads the numbers of the columns asked for. What is odd
about a row is left to `data.importers.table`, row by row, so that a row is read the
same wherever it is read.
"""

import csv
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from data.errors import RowRefused
from data.importers import csv_kernels
from data.importers.csv_chunks import Chunk, CsvHead, line_ends_in, too_long
from data.importers.csv_kernels import BLANK, END, LINE, MIXED, ODD, START, TOO_LONG
from data.importers.files import MAX_ROW
from data.importers.parsed import Row, Shape
from data.importers.table import LINES_A_ROW, reread_csv
from data.pieces import Pieces, csv_row
from data.text import fold

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

COMMA = ","
FEW_BYTES = 64 * 1024
"""Of so few, plain code makes rows before compiled code is even loaded."""

_UNREADABLE = ("unclosed-quote", "not-csv")
"""Faults of a row's cells, told rather than those of its letters."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows that hold something, in the order of the file, in columns of shape (n,).

    Attributes
    ----------
    text
        The cells of each row between commas, without line end. A row that has commas
        in the file is letter for letter what it is there; one that could not be read
        is empty.
    missing
        How many of the header's cells are not in the text.
    values
        The numbers of the columns asked for, shape (k, n), as `float` reads them; NaN
        for whatever is none.
    faults
        Index of a row to why it could not be read.
    read
        How many bytes of the file were read so far.
    """

    text: Pieces
    missing: Indices
    values: Floats
    faults: Mapping[int, str]
    read: int

    def __len__(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class _Split:
    """The rows found in some bytes, before the odd ones were looked at.

    ``bounds``, ``kinds``, ``values`` and ``doubts`` are those of
    `data.importers.csv_kernels.split`; ``number`` is that of the first line;
    ``faults`` are by line.
    """

    text: bytes
    bounds: Indices
    kinds: NDArray[np.uint8]
    values: Floats
    doubts: NDArray[np.int32]
    number: int
    faults: Mapping[int, RowRefused]
    read: int


def read_rows(
    chunks: Iterable[Chunk], head: CsvHead, columns: Sequence[str], *, name: str
) -> Generator[Rows]:
    """Split chunks into rows and read the numbers of some columns.

    Parameters
    ----------
    columns
        Names of columns of the head, which has each name once.
    name
        Of the file, for messages.

    Raises
    ------
    FileRefused
        A row of more than 1 MB.
    """
    wanted = list(dict.fromkeys(columns))
    again = [wanted.index(column) for column in columns]
    for found in _split_all(chunks, head, wanted, name):
        rows = _rows_of(found, head, wanted)
        if len(rows):
            yield replace(rows, values=rows.values[again])


def _split_all(
    chunks: Iterable[Chunk], head: CsvHead, wanted: Sequence[str], name: str
) -> Iterator[_Split]:
    rest = Chunk(b"", head.lines + 1)
    for chunk in chunks:
        # a row may go on in the next chunk
        whole = replace(
            chunk,
            text=rest.text + chunk.text,
            number=rest.number,
            faults={**rest.faults, **chunk.faults},
        )
        found, rest = _split(whole, head, wanted, name)
        yield found
    yield _split(rest, head, wanted, name, is_last=True)[0]


def _split(
    chunk: Chunk,
    head: CsvHead,
    wanted: Sequence[str],
    name: str,
    *,
    is_last: bool = False,
) -> tuple[_Split, Chunk]:
    """Split what can be split; returns that, and what is left."""
    most = line_ends_in(chunk.text) + 1
    bounds = np.empty((most, 5), dtype=np.int32)
    kinds = np.empty(most, dtype=np.uint8)
    values = np.full((len(wanted), most), np.nan)
    doubts = np.full((2, len(wanted), most), -1, dtype=np.int32)
    ended, rows, used, lines = _splitter(chunk.text)(
        is_last,
        (ord(head.delimiter), _slots(head, wanted), _could_be_header(wanted)),
        (LINES_A_ROW, MAX_ROW),
        (bounds, kinds, values, doubts[0], doubts[1]),
    )
    if ended == TOO_LONG:
        raise too_long(name, chunk.number + lines)
    number = chunk.number + lines
    found = _Split(
        chunk.text,
        bounds[:rows].T.astype(np.int64, order="C"),
        kinds[:rows],
        values[:, :rows],
        doubts[:, :, :rows],
        chunk.number,
        {line: fault for line, fault in chunk.faults.items() if line < number},
        chunk.read,
    )
    later = {line: fault for line, fault in chunk.faults.items() if line >= number}
    return found, Chunk(chunk.text[used:], number, later, chunk.read)


def _splitter(text: bytes) -> Callable[..., tuple[int, int, int, int]]:
    """Give the form of `data.importers.csv_kernels.split` that fits some bytes."""
    if len(text) < FEW_BYTES and not csv_kernels.is_compiled():
        return partial(csv_kernels.split, text)
    return partial(csv_kernels.compiled()["split"], np.frombuffer(text, np.uint8))


def _slots(head: CsvHead, wanted: Sequence[str]) -> Indices:
    """Say for each column which row of the values it goes to, -1 for none."""
    slots = np.full(len(head.names), -1, dtype=np.int64)
    slots[[head.names.index(column) for column in wanted]] = np.arange(len(wanted))
    return slots


def _could_be_header(wanted: Sequence[str]) -> bool:
    """Say whether the header once more would pass for a row of numbers."""
    return not any(np.isnan(number_of(column)) for column in wanted)


def number_of(text: str) -> float:
    """Read a number as `float` does, NaN for what is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _rows_of(found: _Split, head: CsvHead, wanted: Sequence[str]) -> Rows:
    """Read what is odd with care, and leave out the rows that hold nothing."""
    again = _settle_doubts(found, head, wanted)
    undecoded = _by_row(found)
    is_odd = found.kinds == ODD
    is_odd[[*again, *undecoded]] = True
    odd = np.flatnonzero(is_odd)
    keeps = found.kinds != BLANK
    faults = {}
    for i in odd.tolist():
        row = _reread(found, head, i)
        fault = _first_fault(row, undecoded.get(i))
        if fault is not None:
            number = found.number + int(found.bounds[LINE, i])
            faults[i] = f"line {number} not read: {fault.reason}"
        values = {} if fault is not None else row.values
        found.values[:, i] = [number_of(values.get(name, "")) for name in wanted]
        keeps[i] = fault is not None or bool(row.values)
    kept = np.flatnonzero(keeps)
    text, missing = _texts(found, head, np.array([*faults], dtype=np.int64))
    return Rows(
        text=text.at(kept),
        missing=missing[kept],
        values=found.values[:, kept],
        faults={int(np.searchsorted(kept, i)): why for i, why in faults.items()},
        read=found.read,
    )


def _settle_doubts(found: _Split, head: CsvHead, wanted: Sequence[str]) -> list[int]:
    """Read the numbers in doubt; returns rows that may be the header once more."""
    again = []
    for slot, row in np.argwhere(found.doubts[0] >= 0).tolist():
        raw = found.text[slice(*found.doubts[:, slot, row].tolist())].decode()
        cell = _cells(raw, head)[0]
        found.values[slot, row] = number_of(cell)
        if fold(cell) == wanted[slot]:
            again.append(row)
    return again


def _cells(text: str, head: CsvHead) -> list[str]:
    return next(csv.reader([text], delimiter=head.delimiter))


def _by_row(found: _Split) -> dict[int, RowRefused]:
    """Give the first undecodable line of each row that has one."""
    rows: dict[int, RowRefused] = {}
    for line, fault in sorted(found.faults.items()):
        first = found.bounds[LINE]
        row = int(np.searchsorted(first, line - found.number, side="right")) - 1
        rows.setdefault(row, fault)
    return rows


def _reread(found: _Split, head: CsvHead, i: int) -> Row:
    raw = found.text[found.bounds[START, i] : found.bounds[END, i]]
    return reread_csv(raw, head.header, Shape("csv", "utf-8", head.delimiter))


def _first_fault(row: Row, undecoded: RowRefused | None) -> RowRefused | None:
    if row.fault is not None and row.fault.code in _UNREADABLE:
        return row.fault
    return undecoded or row.fault


def _texts(
    found: _Split, head: CsvHead, unread: Indices
) -> tuple[Pieces, NDArray[np.int64]]:
    """Give each row's text and how many cells it lacks."""
    start, stop, _, cells, _ = found.bounds.copy()
    missing = np.maximum(len(head.names) - cells, 0)
    stop[unread] = start[unread]
    missing[unread] = len(head.names) - 1
    if head.delimiter == COMMA:
        return Pieces(np.frombuffer(found.text, np.uint8), start, stop), missing
    written = bytearray(found.text.replace(head.delimiter.encode(), COMMA.encode()))
    is_read = np.full(start.size, True)
    is_read[unread] = False
    for i in np.flatnonzero(is_read & np.isin(found.kinds, (ODD, MIXED))).tolist():
        raw = found.text[start[i] : stop[i]].decode()
        line = csv_row(_cells(raw, head)).encode()
        start[i], stop[i] = len(written), len(written) + len(line)
        written += line
    return Pieces(np.frombuffer(bytes(written), np.uint8), start, stop), missing
