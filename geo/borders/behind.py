"""Whose ground begins beyond the border that is nearest to a place."""

from collections.abc import Callable

import numpy as np

from geo.borders.nearest import Border, BorderLines
from geo.crs import is_in_taiwan
from geo.finding import Found
from geo.grid import NOTHING, Grid
from geo.layers import Floats, Indices, Layer, first_of_each

MANY = -1  # in place of a boundary: several cover the point

Find = Callable[[Floats, Floats], Found]


class Behind:
    """The counties behind the nearest border.

    Parameters
    ----------
    layer, lines
        The counties and their lines.
    find
        Finds the county that leads and all that cover.
    grid
        The grid of the counties, which makes a single call quick.
    """

    def __init__(
        self, layer: Layer, lines: BorderLines, find: Find, grid: Grid | None
    ) -> None:
        self._layer, self._lines, self._find = layer, lines, find
        self._look_up = grid.look_up_one if grid else None
        self._own_of_answer: list[int] = []
        if grid:
            answers = grid.answers
            own = np.where(answers.covering == 1, answers.county, MANY)
            self._own_of_answer = own.tolist()

    def one(self, *, lng: float, lat: float) -> Border | None:
        """Give what is behind the border nearest to one point; see `many`."""
        if self._look_up is not None and is_in_taiwan(lng=lng, lat=lat):
            answer = self._look_up(lng, lat)
            own = self._own_of_answer[answer] if answer > NOTHING else MANY
            if own != MANY:
                behind, metres = self._lines.nearest_one(own, lng=lng, lat=lat)
                return self._border(behind, metres)
        found, off_m = self.many(lng=np.array([lng]), lat=np.array([lat]))
        return self._border(int(found[0]), float(off_m[0]))

    def _border(self, behind: int, metres: float) -> Border | None:
        return Border(metres, str(self._layer.codes[behind])) if behind >= 0 else None

    def many(self, *, lng: Floats, lat: Floats) -> tuple[Indices, Floats]:
        """Give what is behind the border nearest to each point.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees, shape (n,).

        Returns
        -------
        (boundary, metres)
            Index of the county and geodesic metres to it, shape (n,). Where several
            counties cover a point the one after the lead, and 0 metres; where none
            does, or there is no other, -1 and NaN.
        """
        found = self._find(lng, lat)
        own, covers = found.leads[0].astype(np.intp), found.covers
        others = covers[:, covers[1] != own[covers[0]]]
        behind = first_of_each(others, lng.size)
        metres = np.where(behind >= 0, 0.0, np.nan)
        searched = np.flatnonzero((own >= 0) & (behind < 0))
        behind[searched], metres[searched] = self._lines.nearest(
            own[searched], lng=lng[searched], lat=lat[searched]
        )
        return behind, metres
