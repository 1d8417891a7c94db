"""What is found for many points: leads and covering counties, by grid or by polygon.

The two ways give the same answers for every point. Looking at polygons is the
reference, and what is left where boundaries have no grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import FAULTS
from geo.grid import NOTHING, UNDECIDED, Grid
from geo.layers import Floats, Indices, Layer, first_of_each
from geo.places import NOTES, Note

LEVELS = 3
NOTE_NAMES = np.array([note.value for note in NOTES])
_FAULT_NOTES = np.array(
    [NOTES.index(Note(fault)) if fault else 0 for fault in FAULTS], dtype=np.uint8
)


@dataclass(frozen=True, slots=True)
class Found:
    """Leads and covers of n points.

    Attributes
    ----------
    leads
        Shape (3, n), int32: index of the leading county, town and village, -1 for
        none.
    covering
        How many counties cover each point, shape (n,).
    is_overlap
        Whether several counties cover the point and one has it strictly inside: the
        file is wrong there, shape (n,).
    covers
        Shape (2, m): index of the point, index of every county that covers it,
        ascending by point, then by code.
    """

    leads: NDArray[np.int32]
    covering: Indices
    is_overlap: NDArray[np.bool_]
    covers: Indices


def leads_by_grid(grid: Grid, *, lng: Floats, lat: Floats) -> NDArray[np.int32]:
    """Find leads and notes alone, in one pass.

    Returns
    -------
    ndarray of int32, shape (4, n)
        County, town, village, and the index of the note in ``NOTES``; a note below 0
        where no county covers the point, or no cell decides.
    """
    answers = grid.answers
    shared = np.where(
        answers.is_inside, NOTES.index(Note.OVERLAP), NOTES.index(Note.BORDER)
    )
    note = np.where(answers.covering > 1, shared, NOTES.index(Note.OK))
    note[answers.covering == 0] = -1
    columns = (answers.county, answers.town, answers.village, note)
    return grid.meanings(columns, lng=lng, lat=lat, threads=2)


def undecided(n: int) -> NDArray[np.int32]:
    """Return what `leads_by_grid` says of n points that no grid decides."""
    return np.full((LEVELS + 1, n), -2, dtype=np.int32)


def find_by_grid(
    grid: Grid, layers: Sequence[Layer], parents: Sequence[Indices], points: Floats
) -> Found:
    """Find leads and covers with a grid.

    Parameters
    ----------
    grid
        Built of these layers and parents.
    points
        WGS 84 degrees, shape (2, n).
    """
    answer = grid.look_up(lng=points[0], lat=points[1], threads=2)
    rest = np.flatnonzero(answer == UNDECIDED)
    answer[rest] = NOTHING
    answers = grid.answers
    leads = np.stack(
        [c[answer] for c in (answers.county, answers.town, answers.village)]
    )
    covering = answers.covering[answer].astype(np.intp)
    is_overlap = (covering > 1) & answers.is_inside[answer]
    point = np.repeat(np.arange(answer.size), covering)
    nth = np.arange(point.size) - np.repeat(np.cumsum(covering) - covering, covering)
    county = answers.counties[answers.first[answer][point] + nth].astype(np.intp)
    found = Found(leads, covering, is_overlap, np.stack((point, county)))
    if not rest.size:
        return found
    return _mended(found, rest, find_by_polygon(layers, parents, points[:, rest]))


def _mended(found: Found, rest: Indices, looked_at: Found) -> Found:
    """Put in what was found for the rest by looking at polygons."""
    found.leads[:, rest] = looked_at.leads
    found.covering[rest] = looked_at.covering
    found.is_overlap[rest] = looked_at.is_overlap
    is_kept = ~np.isin(found.covers[0], rest)
    late = np.stack((rest[looked_at.covers[0]], looked_at.covers[1]))
    covers = np.concatenate((found.covers[:, is_kept], late), axis=1)
    order = np.lexsort((covers[1], covers[0]))
    return Found(found.leads, found.covering, found.is_overlap, covers[:, order])


def find_by_polygon(
    layers: Sequence[Layer], parents: Sequence[Indices], points: Floats
) -> Found:
    """Find leads and covers by looking at every polygon near; see `find_by_grid`."""
    lng, lat = points
    covers = layers[0].cover(lng=lng, lat=lat)
    leads = np.full((LEVELS, lng.size), -1, dtype=np.int32)
    leads[0] = first_of_each(covers, lng.size)
    for level in range(1, len(layers)):
        searched = np.flatnonzero(leads[level - 1] >= 0)
        pairs = layers[level].cover(lng=lng[searched], lat=lat[searched])
        is_child = parents[level][pairs[1]] == leads[level - 1][searched][pairs[0]]
        leads[level][searched] = first_of_each(pairs[:, is_child], searched.size)
    covering = np.bincount(covers[0], minlength=lng.size)
    return Found(leads, covering, _is_overlap(layers[0], covering, points), covers)


def _is_overlap(
    counties: Layer, covering: Indices, points: Floats
) -> NDArray[np.bool_]:
    """Say which points that several counties cover lie strictly inside one."""
    found = np.full(covering.size, False)
    searched = np.flatnonzero(covering > 1)
    inside = counties.cover_inside(lng=points[0][searched], lat=points[1][searched])
    found[searched[inside[0]]] = True
    return found


def notes_of(found: Found, fault: NDArray[np.int8], near: Indices) -> NDArray[np.uint8]:
    """Give the index of each point's note in ``NOTES``."""
    note = _FAULT_NOTES[fault]
    is_plain = (fault == 0) & (found.covering != 1)
    at = np.flatnonzero(is_plain)  # few: most points lie in one county
    several = found.covering[at] > 1
    lone = np.where(near[at] >= 0, NOTES.index(Note.GAP), NOTES.index(Note.SEA))
    shared = np.where(
        found.is_overlap[at], NOTES.index(Note.OVERLAP), NOTES.index(Note.BORDER)
    )
    note[at] = np.where(several, shared, lone)
    return note
