"""The boxes of live areas in an R-tree, for questions about a rectangle.

libspatialindex is not safe under threads, not even to read: whoever owns a `Boxes`
locks. It deletes slowly, so changes wait until somebody asks; when many have come
together the tree is loaded anew, which is faster than so many changes.
"""

import numpy as np
from rtree.index import Index

from geo.crs import Bounds
from geo.fences.areas import Area, Circle, Corridor
from geo.fences.cutting import widened
from geo.layers import Floats

DROP_WORK = 20
"""What it costs to drop a box, in boxes put in one by one."""
LOAD_WORK = 1 / 20
"""What it costs to load a box together with all others, in the same."""


def boxes_of(areas: list[Area]) -> Floats:
    """Give each area a box that it lies in: west, south, east, north, shape (n, 4)."""
    boxes, metres = np.empty((len(areas), 4)), np.zeros(len(areas))
    for i, area in enumerate(areas):
        if isinstance(area, Circle):
            boxes[i] = area.lng, area.lat, area.lng, area.lat
            metres[i] = area.radius_m
        elif isinstance(area, Corridor):
            boxes[i] = min(area.lng), min(area.lat), max(area.lng), max(area.lat)
            metres[i] = area.half_width_m
        else:
            boxes[i] = area.shape.bounds
    return widened(boxes, metres)


class Boxes:
    """Boxes by number, with changes that wait."""

    def __init__(self) -> None:
        self._tree = Index()
        self._known: dict[int, tuple[float, ...]] = {}
        self._coming: dict[int, Area] = {}
        self._going: set[int] = set()

    def put(self, number: int, area: Area) -> None:
        """Add an area under a new number."""
        self._coming[number] = area

    def drop(self, number: int) -> None:
        """Take an area out."""
        if self._coming.pop(number, None) is None:
            self._going.add(number)

    def meeting(self, bounds: Bounds) -> list[int]:
        """List the numbers of all boxes that meet a box, ascending; edges count."""
        self._change()
        return sorted(self._tree.intersection(tuple(bounds)))

    def _change(self) -> None:
        coming, going = self._coming, self._going
        self._coming, self._going = {}, set()
        boxes = boxes_of(list(coming.values())).tolist()
        new = dict(zip(coming, map(tuple, boxes), strict=True))
        work = len(new) + DROP_WORK * len(going)
        is_little = work <= LOAD_WORK * (len(self._known) + len(new))
        if is_little:
            for number in going:
                self._tree.delete(number, self._known[number])
            for number, box in new.items():
                self._tree.insert(number, box)
        for number in going:
            del self._known[number]
        self._known |= new
        if not is_little:
            self._tree = _loaded(self._known)


def _loaded(boxes: dict[int, tuple[float, ...]]) -> Index:
    if not boxes:  # rtree refuses to load nothing
        return Index()
    numbers = np.fromiter(boxes, np.int64, len(boxes))
    corners = np.array(list(boxes.values()))
    low, high = (np.ascontiguousarray(corners[:, some]) for some in ([0, 1], [2, 3]))
    return Index((numbers, low, high))
