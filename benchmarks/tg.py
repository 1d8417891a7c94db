"""Tidwall's tg, called from compiled code: the quickest exact polygons there are in C.

`togo` brings the library; its functions are called without Python in between. A table
of the boxes that touch each cell says which polygons to ask, which is no slower than
the R-tree in C that tg is used with.
"""

import ctypes

import numba
import numpy as np
import shapely
import togo

from geo.boundaries import Boundaries, Level

CELLS_PER_DEGREE = 64
STRIPES = 3  # TG_YSTRIPES, its quickest index

_library = ctypes.CDLL(togo.__file__)
_set_index = _library.tg_env_set_index
_parse = _library.tg_parse_wkb
_parse.argtypes, _parse.restype = [ctypes.c_char_p, ctypes.c_size_t], ctypes.c_void_p
_hits = _library.tg_geom_intersects_xy
_hits.argtypes = [ctypes.c_void_p, ctypes.c_double, ctypes.c_double]
_hits.restype = ctypes.c_bool

compiled = numba.njit(nogil=True)


@compiled
def _located(x, y, frame, first, listed, boxes, shapes, out):
    west, south, columns, rows = frame
    for i in range(x.size):
        out[i] = -1
        column = int((x[i] - west) * CELLS_PER_DEGREE)
        row = int((y[i] - south) * CELLS_PER_DEGREE)
        if column < 0 or column >= columns or row < 0 or row >= rows:
            continue
        cell = int(row * columns + column)
        for j in range(first[cell], first[cell + 1]):
            box = boxes[listed[j]]
            if box[0] <= x[i] <= box[2] and box[1] <= y[i] <= box[3]:
                if _hits(shapes[listed[j]], x[i], y[i]):
                    out[i] = listed[j]
                    break


class ByTg:
    """A layer as tg's polygons behind a table of boxes."""

    def __init__(self, taiwan: Boundaries, level: Level):
        _set_index(STRIPES)
        layer = getattr(taiwan, level.value)
        kept = [shapely.to_wkb(shape) for shape in layer.shapes]
        self._shapes = np.array([_parse(wkb, len(wkb)) for wkb in kept], np.uintp)
        assert self._shapes.all(), "tg could not read a shape"
        self._boxes = shapely.bounds(layer.shapes)
        self._frame, self._first, self._listed = _cells(self._boxes)

    def locate(self, lng, lat):
        """Index of the first boundary that covers each point, -1 for none."""
        out = np.empty(lng.size, np.int64)
        tables = (self._frame, self._first, self._listed, self._boxes, self._shapes)
        _located(lng, lat, *tables, out)
        return out


def _cells(boxes):
    """List the boxes that touch each cell."""
    (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    columns = int((east - west) * CELLS_PER_DEGREE) + 1
    rows = int((north - south) * CELLS_PER_DEGREE) + 1
    cells = [[] for _ in range(columns * rows)]
    corner = np.array([west, south, west, south])
    for i, (left, low, right, high) in enumerate(
        ((boxes - corner) * CELLS_PER_DEGREE).astype(int).tolist()
    ):
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                cells[row * columns + column].append(i)
    first = np.cumsum([0, *map(len, cells)])
    listed = np.array([i for cell in cells for i in cell], np.int64)
    return (west, south, columns, rows), first, listed
