"""Reading CSV into rows that remember their line and their bytes.

The header is looked for, since many files have a title above it. A row that cannot
be split is handed on with its fault; only a file without any header is refused.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from data.errors import FileRefused, RowRefused
from data.importers.files import (
    MAX_FILE,
    MAX_ROW,
    Survey,
    name_of,
    raw_lines,
    survey,
    utf16_lines,
)
from data.importers.parsed import Row, Shape, Table
from data.text import decode_as, fold

DELIMITERS = (",", ";", "\t")
LINES_BEFORE_HEADER = 12
LINES_A_ROW = 50
"""A quoted cell over more lines than this is an unclosed quote."""

Known = Callable[[str], bool]

# The default of 128 KB is less than the rows we allow, which are counted in bytes.
csv.field_size_limit(2 * MAX_ROW)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    raw: bytes
    text: str
    fault: RowRefused | None = None


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the header is and how its cells are split."""

    index: int
    delimiter: str
    names: tuple[str, ...]


def open_csv(
    path: Path, known: Known, encoding: str | None = None, *, most: int = MAX_FILE
) -> Table:
    """Open a file of delimited rows.

    Parameters
    ----------
    known
        Says whether a column name is one we have a use for: the header is the line
        near the top with the most of them.
    most
        Bytes of the largest file that is taken.

    Raises
    ------
    FileRefused
        See `data.importers.files.survey`; or no line that could be the header. A
        row of more than 1 MB is found only when ``rows`` comes to it.
    """
    found = survey(path, encoding, most=most)
    is_utf16 = found.encoding.startswith("utf-16")
    numbered = utf16_lines(found) if is_utf16 else raw_lines(path)
    lines = _Lines(numbered, found.encoding)
    top = lines.take(LINES_BEFORE_HEADER)
    head = _find_head(path, top, known)
    lines.give_back(top[head.index + 1 :])
    title = " ".join(fold(line.text) for line in top[: head.index])
    return Table(
        file=name_of(path),
        sha256=found.sha256,
        shape=Shape("csv", found.encoding, head.delimiter, title.strip(", ")),
        header=top[head.index].raw,
        names=head.names,
        rows=_rows(path, lines, head),
        notes=_notes(found, head),
    )


def reread_csv(raw: bytes, header: bytes, shape: Shape) -> Row:
    """Read one held row again, under the header it stood under."""
    names = _names(_split_one(decode_as(header, shape.encoding), shape.delimiter))
    numbered = enumerate(io.BytesIO(raw), 1)
    if shape.encoding.startswith("utf-16"):
        numbered = enumerate([raw], 1)
    lines = _Lines(numbered, shape.encoding)
    return next(_rows(Path(), lines, _Head(0, shape.delimiter, names)))


class _Lines:
    """Lines that can be given back when a quote was never closed."""

    def __init__(self, numbered: Iterator[tuple[int, bytes]], encoding: str) -> None:
        self._numbered = numbered
        self._encoding = encoding
        self._returned: deque[_Line] = deque()

    def __iter__(self) -> Iterator[_Line]:
        return self

    def __next__(self) -> _Line:
        if self._returned:
            return self._returned.popleft()
        number, raw = next(self._numbered)
        try:
            return _Line(number, raw, decode_as(raw, self._encoding))
        except RowRefused as fault:
            text = raw.decode("ascii", "surrogateescape")
            return _Line(number, raw, text, fault)

    def take(self, count: int) -> list[_Line]:
        return [line for _, line in zip(range(count), self, strict=False)]

    def give_back(self, lines: Sequence[_Line]) -> None:
        self._returned.extendleft(reversed(lines))


def _find_head(path: Path, top: Sequence[_Line], known: Known) -> _Head:
    best, most = None, 0
    for index, line in enumerate(top):
        for delimiter in DELIMITERS:
            names = _names(_split_one(line.text, delimiter))
            count = len({name for name in names if known(name)})
            if count > most and line.fault is None:
                best, most = _Head(index, delimiter, names), count
    if best is None:
        _refuse_headless(path, top)
    return best


def _refuse_headless(path: Path, top: Sequence[_Line]) -> NoReturn:
    if any(line.fault for line in top):
        raise FileRefused(
            str(path),
            "the first lines cannot be decoded: name the encoding with --encoding",
        )
    first = fold(top[0].text)[:120] if top else ""
    raise FileRefused(
        str(path),
        f"no line near the top holds a known column name; the first is {first!r}: "
        "name columns with --lng-col and --lat-col, or see docs/importing.md",
    )


def _split_one(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    names = [fold(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _notes(found: Survey, head: _Head) -> tuple[str, ...]:
    notes = []
    if found.encoding not in ("utf-8-sig", "utf-8"):
        notes.append(f"read as {found.encoding}")
    if not found.is_sure:
        notes.append(f"some lines are not {found.encoding}")
    if head.delimiter != ",":
        name = "tab" if head.delimiter == "\t" else head.delimiter
        notes.append(f"columns are separated by {name}")
    if head.index:
        notes.append(f"{head.index} lines above the header were skipped")
    return tuple(notes)


class _Unclosed(Exception):
    """A quoted cell went on and on."""


def _rows(path: Path, lines: _Lines, head: _Head) -> Iterator[Row]:
    for line in lines:
        taken = [line]
        try:
            cells = _cells(path, taken, lines, head.delimiter)
        except _Unclosed:
            lines.give_back(taken[1:])
            fault = RowRefused("unclosed-quote", "a quote is opened and never closed")
            yield Row(line.number, line.raw, {}, fault)
            continue
        except csv.Error as error:
            lines.give_back(taken[1:])
            fault = RowRefused("not-csv", f"cannot be split into cells: {error}")
            yield Row(line.number, line.raw, {}, fault)
            continue
        yield _row(taken, cells, head)


def _cells(path: Path, taken: list[_Line], lines: _Lines, delimiter: str) -> list[str]:
    """Split one row; lines that its quotes run over are added to ``taken``."""

    def fed() -> Iterator[str]:
        yield taken[0].text
        for line in lines:
            taken.append(line)
            if sum(len(part.raw) for part in taken) > MAX_ROW:
                raise FileRefused(
                    str(path), "this row is longer than 1 MB", row=taken[0].number
                )
            if len(taken) > LINES_A_ROW:
                break
            yield line.text
        raise _Unclosed

    return next(csv.reader(fed(), delimiter=delimiter), [])


def _row(taken: list[_Line], cells: list[str], head: _Head) -> Row:
    raw = b"".join(line.raw for line in taken)
    fault = next((line.fault for line in taken if line.fault), None)
    if fault is None and len(cells) > len(head.names):
        fault = _extra(cells[len(head.names) :])
    if fault is None and _names(cells) == head.names:
        fault = RowRefused("header-again", "this line is the header once more")
    values: dict[str, str] = {}
    if fault is None and any(cell.strip() for cell in cells):
        padded = [*cells, *[""] * (len(head.names) - len(cells))]
        pairs = list(zip(head.names, padded, strict=False))
        values = dict(reversed(pairs))  # of two columns of one name the first counts
    return Row(taken[0].number, raw, values, fault)


def _extra(cells: Sequence[str]) -> RowRefused | None:
    if not any(cell.strip() for cell in cells):
        return None
    return RowRefused(
        "extra-cells",
        f"{len(cells)} cells more than the header: is a comma within a cell unquoted?",
    )
