"""CSV in and out for `lianfang locate`: read, locate and write at the same time."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from api.commands.locate_columns import Answer, Count, Locator
from api.commands.locate_progress import Progress
from data.ahead import ahead
from data.importers.csv_chunks import Chunk, CsvHead, open_chunks, open_source
from data.importers.csv_rows import Rows, read_rows
from data.importers.parsed import Options
from data.pieces import Pieces, cells, csv_row, decimals, joined, pieces, repeated
from geo.boundaries import Layer, Level
from geo.places import NOTES

METRES_DIGITS = 1
SHARE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file or a pipe, opened; its rows can be gone through once.

    ``size`` in bytes is None for a pipe.
    """

    name: str
    size: int | None
    head: CsvHead
    chunks: Iterator[Chunk]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self.head.names

    def write(
        self, to: BinaryIO, columns: Sequence[str], locator: Locator, shown: Progress
    ) -> Count:
        """Write every row with its answer, each step in a thread of its own.

        Parameters
        ----------
        columns
            Where the numbers stand that `Locator.answer` wants.
        shown
            Told after some ten thousand rows how far it has come.
        """
        count, written = Count(), _Cells(locator)
        rows = ahead(read_rows(self.chunks, self.head, columns, name=self.name))
        to.write(self._line([*self.names, *locator.asked.names]))
        with closing(ahead(_answered(rows, locator))) as done:
            for some, answer in done:
                added = written.of(answer, some.faults)
                to.write(self._lines(some, added))
                count.add(answer, some.faults)
                shown(count.rows, some.read)
        return count

    def _line(self, row: Sequence[str]) -> bytes:
        return (csv_row(row) + self.head.line_end).encode()

    def _lines(self, rows: Rows, added: Sequence[Pieces]) -> memoryview:
        ends = pieces([self.head.line_end]).at(np.zeros(len(rows), dtype=np.int64))
        return joined([rows.text, repeated(",", rows.missing), *added, ends])


@contextmanager
def open_csv(file: Path, options: Options) -> Iterator[CsvTable]:
    """Open a CSV file of any size, or the standard input for ``-``.

    Raises
    ------
    FileRefused
        It cannot be read, or has no header.
    """
    with open_source(file) as source:
        head, chunks = open_chunks(source, options)
        yield CsvTable(source.name, source.size, head, chunks)


def _answered(
    rows: Generator[Rows], locator: Locator
) -> Generator[tuple[Rows, Answer]]:
    with closing(rows):
        for some in rows:
            yield some, locator.answer(some.values)


class _Cells:
    """Answers as cells of CSV; the names are written once."""

    def __init__(self, locator: Locator) -> None:
        boundaries, self._asked = locator.boundaries, locator.asked
        layers = (boundaries.county, boundaries.town, boundaries.village)
        self._names = {
            level: _named(layer) for level, layer in zip(Level, layers, strict=True)
        }

    def of(self, answer: Answer, faults: Mapping[int, str]) -> list[Pieces]:
        """Write answers in the order of `Asked.names`.

        Parameters
        ----------
        faults
            Index of a row to the note that it gets in place of its own.
        """
        asked = self._asked
        written = [self._names[at].at(answer.leads_at(at)) for at in asked.levels]
        written.append(decimals(answer.border_m, places=METRES_DIGITS))
        if asked.neighbour:
            written.append(self._names[Level.COUNTY].at(answer.behind))
        if asked.wants_share:
            written.append(decimals(answer.share, places=SHARE_DIGITS))
        return [*written, _notes(answer, faults)]


def _named(layer: Layer | None) -> Pieces:
    """Write code and name of each boundary, and last two empty cells for none."""
    pairs: list[tuple[str, str]] = []
    if layer is not None:
        pairs = list(zip(layer.codes.tolist(), layer.names.tolist(), strict=True))
    return cells([*pairs, ("", "")])


def _notes(answer: Answer, faults: Mapping[int, str]) -> Pieces:
    index = answer.leads.note.astype(np.int64)
    index[[*faults]] = len(NOTES) + np.arange(len(faults))
    return cells((note,) for note in (*NOTES, *faults.values())).at(index)
