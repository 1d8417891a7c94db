"""Files of reads of any size, in pieces: fast where a row is plain, else as any file.

Lines of JSON, Arrow and Parquet go by the columns that `POST /reads` goes by. A row
that would be refused there, or whose point is not in plain degrees, is read once more
as a row of any other file is: by known column names, with Taiwan's times, metres and
words. What is none then goes to quarantine.
"""

import codecs
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from api.arrow_files import is_arrow, open_arrow
from api.bodies import LARGE
from api.read_bodies import Parsed, parse_lines
from data.importers.documents import is_by_line, reread_json
from data.importers.files import (
    ANY_SIZE,
    first_bytes,
    lines_of,
    name_of,
    raw_lines,
    survey,
)
from data.importers.parsed import Made, Options, Row, Setting, Shape, Table, usable_rows
from data.importers.read_pieces import ROWS as SLOW_ROWS
from data.importers.read_pieces import (
    Piece,
    ReadsFile,
    made_piece,
    open_rows,
    source_of,
)
from data.importers.reading import JSON, refuse_nameless
from data.reads.incoming import Incoming
from data.records import content_id

PIPE = "-"

ROWS = 50_000
"""Rows a piece: one flush of the archive."""

TAIWAN = (118.0, 20.0, 124.0, 27.0)
"""West, south, east, north of what can only be plain degrees of Taiwan."""

UTF8 = ("utf-8", "utf-8-sig", "ascii")

Line = tuple[int, bytes]


def open_reads(path: Path, setting: Setting, *, rows: int = ROWS) -> ReadsFile:
    """Open a file of reads: CSV, JSON, lines of JSON, Arrow, Parquet, GeoPackage.

    Raises
    ------
    FileRefused
        It cannot be read as a whole. Going through its pieces raises it where the
        file cannot be read any further.
    """
    start = first_bytes(path, most=ANY_SIZE)
    if is_arrow(start):
        return _columns_file(path, setting, rows)
    is_lined = path.suffix.lower() in JSON and is_by_line(path)
    if is_lined and _is_left_to_us(setting.options):
        found = survey(path, setting.options.encoding, most=ANY_SIZE)
        if codecs.lookup(found.encoding).name in UTF8:
            table = _table(name_of(path), found.sha256)
            pieces = line_pieces(raw_lines(path), _Slow(table, setting), rows)
            return _file(table, setting, pieces, found.size)
    return open_rows(path, setting, rows=min(rows, SLOW_ROWS))


def open_pipe(file: IO[bytes], setting: Setting, *, rows: int = ROWS) -> ReadsFile:
    """Read lines of JSON in UTF-8 that come through a pipe.

    Raises
    ------
    FileRefused
        A line of more than 1 MB; raised when the pieces come to it.
    """
    digest = hashlib.sha256()

    def hashed() -> Iterator[Line]:
        for number, line in lines_of(file, PIPE):
            digest.update(line)
            yield number, line

    table = _table(PIPE, content_id("pipe", setting.at.isoformat()))
    pieces = line_pieces(hashed(), _Slow(table, setting), rows)
    return replace(_file(table, setting, pieces, None), digest=digest.hexdigest)


def _file(
    table: Table, setting: Setting, pieces: Iterator[Piece], size: int | None
) -> ReadsFile:
    return ReadsFile(
        source=source_of(table, setting),
        pieces=pieces,
        size=size,
        notes=table.notes,
        digest=lambda: table.sha256,
    )


def _is_left_to_us(options: Options) -> bool:
    """Say whether nobody said how the columns are to be read."""
    return not (options.crs or options.lng_col or options.lat_col)


def _table(name: str, sha256: str, notes: tuple[str, ...] = ()) -> Table:
    return Table(name, sha256, Shape("json", "utf-8"), b"", (), iter(()), notes)


def line_pieces(
    lines: Iterable[Line], slow: "_Slow", rows: int = ROWS
) -> Iterator[Piece]:
    """Make pieces of lines of JSON; each is a batch of its own to the fast way."""
    for batch in _batches(lines, rows):
        numbers = [number for number, line in batch if line.strip()]
        raw = b"".join(line for _, line in batch if line.strip())
        blank, size = len(batch) - len(numbers), sum(len(line) for _, line in batch)
        raw = raw.removeprefix(codecs.BOM_UTF8)
        parsed = parse_lines(raw, now=slow.setting.at)
        pieces = slow.pieces(parsed, numbers)
        yield replace(next(pieces), blank=blank, size=size)
        yield from pieces


def _batches(lines: Iterable[Line], rows: int) -> Iterator[list[Line]]:
    """Collect lines up to so many, or as many bytes as a request may have."""
    batch: list[Line] = []
    size = 0
    for each in lines:
        batch.append(each)
        size += len(each[1])
        if len(batch) == rows or size > LARGE - 2**20:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _columns_file(path: Path, setting: Setting, rows: int) -> ReadsFile:
    opened = open_arrow(path)
    table = _table(name_of(path), opened.sha256, opened.notes)
    slow = _Slow(table, setting)
    is_fast = opened.is_plain and _is_left_to_us(setting.options)

    def pieces() -> Iterator[Piece]:
        number = 1
        for batch, size in opened.batches(rows if is_fast else min(rows, SLOW_ROWS)):
            numbers = range(number, number + batch.num_rows)
            number += batch.num_rows
            if is_fast:
                made = slow.pieces(opened.parsed(batch, now=setting.at), numbers)
            else:
                made = slow.of_rows(opened.rows(batch, numbers))
            yield replace(next(made), size=size)
            yield from made

    return _file(table, setting, pieces(), opened.size)


@dataclass(slots=True)
class _Slow:
    """What reads rows one by one that the fast way is not for."""

    table: Table
    setting: Setting
    any_read: bool = False

    def pieces(self, parsed: Parsed, numbers: Sequence[int]) -> Iterator[Piece]:
        """Give the rows that were read fast, and then the others."""
        is_plain = _is_plain(parsed.incoming)
        incoming = _taken(parsed.incoming, is_plain)
        places = parsed.rows[is_plain]
        self.any_read |= len(incoming) > 0

        def row(index: int) -> Row:
            place = int(places[index])
            return Row(numbers[place], parsed.piece(place), {})

        yield Piece(incoming, row)
        left = [one.row for one in parsed.refused] + parsed.rows[~is_plain].tolist()
        if left:
            shape = self.table.shape
            again = (
                reread_json(parsed.piece(place), shape, numbers[place])
                for place in sorted(left)
            )
            yield from self.of_rows(again)

    def of_rows(self, rows: Iterable[Row]) -> Iterator[Piece]:
        """Read rows one by one.

        Raises
        ------
        FileRefused
            No row was read so far, and no column of these fits.
        """
        early = Made()
        table = replace(self.table, rows=iter(rows))
        usable, _, blank = usable_rows(table, early)
        must_fit = not self.any_read
        if must_fit and early.refused and not usable:
            refuse_nameless(Path(table.file), early)
        piece = made_piece(usable, table, None, self.setting, must_fit=must_fit)
        self.any_read |= bool(usable)
        refused = [*early.refused, *piece.refused]
        yield replace(piece, refused=refused, blank=blank)


def _is_plain(incoming: Incoming) -> NDArray[np.bool_]:
    """Say which reads have no point, or one in plain degrees of Taiwan."""
    west, south, east, north = TAIWAN
    lng, lat = incoming.lng, incoming.lat
    is_there = (lng > west) & (lng < east) & (lat > south) & (lat < north)
    plain: NDArray[np.bool_] = np.isnan(lng) | is_there
    return plain


def _taken(incoming: Incoming, rows: NDArray[np.bool_]) -> Incoming:
    if rows.all():
        return incoming
    return replace(
        incoming,
        plates=incoming.plates.filter(rows),
        at=incoming.at[rows],
        received=incoming.received[rows],
        camera=incoming.camera[rows],
        kind=incoming.kind[rows],
        confidence=incoming.confidence[rows],
        sequence=incoming.sequence[rows],
        lng=incoming.lng[rows],
        lat=incoming.lat[rows],
    )
