"""Texts of different length as columns: put side by side without a loop over rows.

A column is one run of bytes, and for each row where its piece begins and ends. Names
that occur over and over are kept once.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data import pieces_kernels

Bytes = NDArray[np.uint8]
Ends = NDArray[np.int64]

FEW_BYTES = 64 * 1024
"""So few are copied before compiled code is even loaded."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """A column of texts in UTF-8.

    Attributes
    ----------
    text
        The bytes that the pieces are cut from.
    start, stop
        Where each piece begins and ends, shape (n,).
    """

    text: Bytes
    start: Ends
    stop: Ends

    def __len__(self) -> int:
        return self.start.size

    def at(self, index: NDArray[np.integer]) -> "Pieces":
        """Take the pieces at these places; -1 is the last one."""
        return Pieces(self.text, self.start[index], self.stop[index])


def pieces(texts: Iterable[str]) -> Pieces:
    """Make a column of texts."""
    raw = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, raw)], dtype=np.int64)
    return Pieces(_bytes(b"".join(raw)), ends[:-1], ends[1:])


def _bytes(raw: bytes) -> Bytes:
    return np.frombuffer(raw, dtype=np.uint8)


def cells(rows: Iterable[Sequence[str]]) -> Pieces:
    """Make a column of rows of CSV, each beginning with a comma, without line ends."""
    return pieces("," + csv_row(row) for row in rows)


def csv_row(row: Sequence[str]) -> str:
    """Write one row of CSV without a line end."""
    to = io.StringIO()
    csv.writer(to).writerow(row)
    return to.getvalue().removesuffix("\r\n")


def repeated(mark: str, times: Ends) -> Pieces:
    """Make a column of one ASCII character, repeated as often as each row says."""
    longest = int(times.max(initial=0))
    return Pieces(
        _bytes(mark.encode() * longest), np.zeros(times.size, dtype=np.int64), times
    )


def decimals(values: NDArray[np.float64], *, places: int) -> Pieces:
    """Write numbers with a comma before each and so many digits after the point.

    Parameters
    ----------
    values
        From 0 up to 10**12, or NaN, of which the comma alone is written.
    places
        1 to 4.

    Returns
    -------
    Pieces
        Rounded as Python's `format` does: what the double really is, half to even.
    """
    width = 1 + 13 + 1 + places
    text = np.empty((values.size, width), dtype=np.uint8)
    stop = np.empty(values.size, dtype=np.int64)
    _kernel("write_decimals", text.size)(values, places, text, stop)
    start = np.arange(values.size, dtype=np.int64) * width
    flat = text.reshape(-1)
    flat.flags.writeable = False  # as every other text: compiled for that alone
    return Pieces(flat, start, start + stop)


def joined(columns: Sequence[Pieces]) -> memoryview:
    """Put the pieces of each row side by side, row after row.

    Parameters
    ----------
    columns
        Of the same length.

    Returns
    -------
    memoryview
        Of all bytes.
    """
    lengths = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        lengths += column.stop - column.start
    ends = np.cumsum(lengths)
    at = ends - lengths
    out = np.empty(int(ends[-1]) if ends.size else 0, dtype=np.uint8)
    put = _kernel("put", out.size)
    for column in columns:
        put(out, at, column.text, column.start, column.stop)
    return out.data


def _kernel(name: str, size: int) -> Callable[..., None]:
    """Give the form of a kernel that fits so many bytes."""
    if size < FEW_BYTES and not pieces_kernels.is_compiled():
        plain: Callable[..., None] = getattr(pieces_kernels, name)
        return plain
    compiled: Callable[..., None] = pieces_kernels.compiled()[name]
    return compiled
