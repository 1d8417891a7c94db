"""Columns of few different values in one or two bytes each.

A column becomes codes in a list of its values; a column of one value only that value.
Where the 255 commonest values hold nearly all rows, code 255 stands for "look among
the rare ones". What has too many values stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.reads.columns import Rows

RARE = 255
RARE_SHARE = 0.1
MOST_VALUES = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of n values.

    Attributes
    ----------
    codes
        Numbers in ``values``, shape (n,); None where all are the first of ``values``.
        Without values, the column itself.
    rare_rows, rare_values
        Where the code is `RARE`, rows ascending; None where no code is.
    """

    codes: NDArray[Any] | None
    values: NDArray[Any] | None
    rare_rows: NDArray[np.uint32] | None = None
    rare_values: NDArray[Any] | None = None

    def taken(self, rows: Rows) -> NDArray[Any]:
        """Return the values of rows."""
        if self.values is None:
            assert self.codes is not None
            return self.codes[rows]
        if self.codes is None:
            return np.broadcast_to(self.values[0], rows.shape)
        codes: NDArray[Any] = self.codes[rows]
        if self.rare_rows is None or self.rare_values is None:
            plain: NDArray[Any] = self.values[codes]
            return plain
        is_rare = codes == RARE
        taken: NDArray[Any] = self.values[np.where(is_rare, 0, codes)]
        at = np.searchsorted(self.rare_rows, rows[is_rare].astype(np.uint32))
        taken[is_rare] = self.rare_values[at]
        return taken


def coded(column: NDArray[Any]) -> Coded:
    """Code a column; NaN is a value like others."""
    encoded = pa.array(column).dictionary_encode()
    values = encoded.dictionary.to_numpy(zero_copy_only=False)
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    if values.size <= 1:
        return Coded(None, values if values.size else np.zeros(1, column.dtype))
    if values.size <= RARE + 1:
        return Coded(codes.astype(np.uint8), values)
    common = np.bincount(codes, minlength=values.size)
    commonest = np.argsort(-common, kind="stable")
    if common[commonest[RARE:]].sum() < RARE_SHARE * column.size:
        return _with_rare(codes, values, commonest)
    if values.size <= MOST_VALUES:
        return Coded(codes.astype(np.uint16), values)
    return Coded(column, None)


def _with_rare(
    codes: NDArray[Any], values: NDArray[Any], commonest: NDArray[np.intp]
) -> Coded:
    short = np.full(values.size, RARE, dtype=np.uint8)
    short[commonest[:RARE]] = np.arange(RARE)
    small = short[codes]
    rows = np.flatnonzero(small == RARE).astype(np.uint32)
    return Coded(small, values[commonest[:RARE]], rows, values[codes[rows]])


def smallest(column: NDArray[Any], most: int) -> NDArray[Any]:
    """Return numbers from 0 to so many in the smallest type that holds them."""
    return column.astype(np.min_scalar_type(max(int(most), 0)))


def unit_of(offsets: NDArray[np.int64], units: Sequence[int]) -> int:
    """Find the largest unit that all offsets are whole multiples of."""
    return next(unit for unit in units if unit == 1 or not (offsets % unit).any())
