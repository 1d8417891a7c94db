"""What memory allows: one look into a table per point, compiled, and nothing else."""

import numba
import numpy as np

from benchmarks.locators import Call

compiled = numba.njit(nogil=True)


@compiled
def _gathered(x, y, table, out):
    for i in range(x.size):
        column = np.int64((x[i] - 118.0) * 743.0)
        row = np.int64((y[i] - 21.0) * 594.0)
        out[i] = table[(row * 3200 + column) % table.size]


def one_gather(points: np.ndarray, megabytes: float) -> Call:
    """Return a call that looks every point up in a table of a size, by place."""
    # written to: of memory that never was, all pages are one
    table = np.arange(int(megabytes * 1e6 / 4), dtype=np.int32)
    out = np.empty(len(points), dtype=np.int32)
    x, y = np.ascontiguousarray(points.T)
    _gathered(x[:1], y[:1], table, out[:1])
    return lambda: _gathered(x, y, table, out)
