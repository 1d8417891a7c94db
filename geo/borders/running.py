"""Running the search over many points: plain or compiled, in one thread or several."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.borders import search as searching
from geo.borders.cells import BorderCells, read_only, view_of
from geo.borders.search import Asked

FEW = 2_000
"""Points for which loading compiled code takes longer than plain code does."""
SHARED_OUT = 200_000
"""Points for which a second thread pays."""
CHUNK = 50_000
"""Points that a thread takes at a time."""

Column = NDArray[Any]


def asked_of(
    own: Column, *, lng: Column, lat: Column, reach_m: float | Column, is_rim: bool
) -> Asked:
    """Bring columns into the one form that code is compiled for."""
    return Asked(
        read_only(np.asarray(own, np.int64)),
        read_only(np.asarray(lng, np.float64)),
        read_only(np.asarray(lat, np.float64)),
        read_only(np.broadcast_to(np.asarray(reach_m, np.float64), lng.shape)),
        is_rim,
    )


def rows_of(asked: Asked, rows: Column | slice) -> Asked:
    """Return some rows."""
    own, lng, lat, reach_m = (read_only(column[rows]) for column in asked[:4])
    return Asked(own, lng, lat, reach_m, asked.is_rim)


def run(
    search: str,
    cells: BorderCells,
    asked: Asked,
    filled: Sequence[Column],
    starts: Column | None = None,
) -> None:
    """Run a search of `geo.borders.search`.

    Parameters
    ----------
    search
        ``"nearest_all"`` or ``"reached_all"``.
    cells, asked
        What to search, and for what.
    filled
        The columns that it fills in, shape (n,).
    starts
        Where the list of each point begins, if the cells are not to be asked.
    """
    n = asked.lng.size
    if n < FEW and not searching.is_compiled():
        _run_plain(search, cells, asked, filled, starts)
        return
    code = searching.compiled()

    def run_part(first: int) -> None:
        rows = slice(first, first + CHUNK)
        part, columns = rows_of(asked, rows), [column[rows] for column in filled]
        if starts is None:
            found = np.empty(part.lng.size, dtype=np.int64)
            code.find_lists(table, part, found)
        else:
            found = starts[rows]
        getattr(code, search)(table, part, found, *columns)

    table = cells.table()
    n_threads = (os.cpu_count() or 1) if n >= SHARED_OUT else 1
    if n_threads == 1:
        for first in range(0, n, CHUNK):
            run_part(first)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(run_part, range(0, n, CHUNK)))


def _run_plain(
    search: str,
    cells: BorderCells,
    asked: Asked,
    filled: Sequence[Column],
    starts: Column | None,
) -> None:
    """Run the text as it stands; it reads and writes memory views faster."""
    table = cells.view()
    own, lng, lat, reach_m = (view_of(column) for column in asked[:4])
    columns = Asked(own, lng, lat, reach_m, asked.is_rim)
    if starts is None:
        starts = np.empty(asked.lng.size, dtype=np.int64)
        searching.find_lists(table, columns, view_of(starts))
    views = [view_of(column) for column in filled]
    getattr(searching, search)(table, columns, view_of(starts), *views)
