"""The table that says which lines can be nearest to any point of a cell."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.borders.search import Frame, Table

KINDS: dict[str, type[np.generic]] = {
    "frame": np.float64,
    "tree": np.int32,
    "records": np.int32,
    "lines": np.float64,
    "behind": np.int32,
}


@dataclass(frozen=True, slots=True)
class BorderCells:
    """Cells of a layer with the lines that can be nearest, all arrays flat.

    Attributes
    ----------
    frame
        West and south edge in degrees, top cells per degree, columns, rows.
    tree
        For each top cell, row by row from the south-west, where in ``records`` that
        of the cell begins; or below zero, where in ``tree`` its sixteen parts begin,
        four rows of four, as they are for the top.
    records
        Of each cell one list for each boundary whose points need one of their own,
        then one for the points of none and all others. A list is: the boundary, or
        -1; the number of candidates; the least and the greatest centimetres from
        anywhere in the cell to the nearest of them; and the numbers of the lines,
        ascending.
    lines
        Four of each distinct line: longitude and latitude of either end.
    behind
        Two of each line: the lowest and the next boundary that it bounds, -1 for
        none.
    """

    frame: NDArray[np.float64]
    tree: NDArray[np.int32]
    records: NDArray[np.int32]
    lines: NDArray[np.float64]
    behind: NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        """Size of all arrays."""
        return sum(array.nbytes for array in self.arrays().values())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays by name, as `from_arrays` takes them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def table(self) -> Table:
        """Give the arrays to compiled code."""
        west, south, per_degree, columns, rows = self.frame.tolist()
        frame = Frame(west, south, per_degree, int(columns), int(rows))
        return Table(frame, self.tree, self.records, self.lines, self.behind)

    def view(self) -> Table:
        """Give the arrays to plain code, which reads memory views faster."""
        frame, *arrays = self.table()
        return Table(frame, *(view_of(array) for array in arrays))


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> BorderCells:
    """Take up the arrays of `BorderCells.arrays`, such as from a mapped file.

    They are not copied, and cannot be written through the cells.

    Raises
    ------
    ValueError
        An array is missing or is not flat numbers of its kind.
    """
    for name, kind in KINDS.items():
        array = arrays.get(name)
        if array is None or array.ndim != 1 or array.dtype != kind:
            raise ValueError(
                f"{name} must be a flat array of {kind.__name__}: build the cells anew"
            )
    return BorderCells(**{name: read_only(arrays[name]) for name in KINDS})


def view_of(array: Any) -> Any:  # noqa: ANN401 - memory views have no types
    """Return the numbers for plain Python, which reads a memory view faster."""
    return memoryview(array)


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return a contiguous view that cannot be written.

    Code is compiled for one kind of array; all come to it like this.
    """
    view = np.ascontiguousarray(array).view(np.ndarray).view()
    view.flags.writeable = False
    return view
