"""Answers by looking at every site, and the last word where the search is in doubt."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.layers import Floats, Indices
from geo.sites.answers import Within
from geo.sites.columns import Columns
from geo.sites.scan import (
    NEAR_M,
    first_of,
    normals_of,
    pairs_of_nearest,
    pairs_within,
    ranked,
)
from geo.sites.search import Ground, within_many

SLACK_M = 1e-3  # more than the metres of the search are off up to NEAR_M


class Field(NamedTuple):
    """The sites that count: rows of the columns, (m,), and their normals, (m, 3)."""

    columns: Columns
    rows: Indices
    normals: Floats


def scan_nearest(
    field: Field, places: Floats, k: int, radius_m: float
) -> tuple[Indices, Floats]:
    """Find the k nearest of n places, (2, n); index and metres, (n, k) each."""
    pairs = pairs_of_nearest(field.normals, normals_of(*places), k)
    pairs = np.stack((pairs[0], field.rows[pairs[1]]))
    pairs, metres = ranked(field.columns, places[0], places[1], pairs, radius_m)
    return first_of(pairs, metres, places.shape[1], k)


def scan_one(
    field: Field, place: tuple[float, float], k: int, radius_m: float
) -> tuple[Indices, Floats]:
    """Find the k nearest of one place; index and metres, (k,) each."""
    index, metres = scan_nearest(field, np.array(place)[:, None], k, radius_m)
    return index[0], metres[0]


def scan_within(
    field: Field, places: Floats, radius_m: float
) -> tuple[Indices, Floats]:
    """Find the rows within a radius of one place, (2, 1), and their metres."""
    pairs = pairs_within(field.normals, normals_of(*places), np.array([radius_m]))
    pairs = np.stack((pairs[0], field.rows[pairs[1]]))
    pairs, metres = ranked(field.columns, places[0], places[1], pairs, radius_m)
    return pairs[1], metres


def nearest_again(
    field_of: Callable[[], Field],
    grounds: tuple[Columns, Ground],
    places: Floats,
    metres: Floats,
    radius_m: float,
) -> tuple[Indices, Floats]:
    """Find the k nearest of places whose first answer was in doubt, with pyproj.

    Parameters
    ----------
    field_of
        Makes the field; called only if a place is far from the sites.
    metres
        Of the first answer, (n, k): of k sites that may be the wrong ones.
    """
    k, (columns, ground) = metres.shape[1], grounds
    # as far as the farthest of them, which is not the last where chords chose; NaN
    # where there are fewer within the radius
    farthest_m = metres.max(axis=1)
    reach = np.where(np.isnan(farthest_m), radius_m, farthest_m) + SLACK_M
    is_near = reach <= NEAR_M
    index, settled = np.full(metres.shape, -1), np.full(metres.shape, np.nan)
    if is_near.any():
        part = places[:, is_near]
        pairs, _, _ = within_many(ground, part, reach[is_near], 1)
        pairs, found = ranked(columns, part[0], part[1], pairs, radius_m)
        index[is_near], settled[is_near] = first_of(pairs, found, part.shape[1], k)
    if not is_near.all():
        part = places[:, ~is_near]
        index[~is_near], settled[~is_near] = scan_nearest(field_of(), part, k, radius_m)
    return index, settled


def settled_within(
    columns: Columns,
    places: Floats,
    radii_m: Floats,
    found: tuple[Indices, Floats, NDArray[np.bool_]],
) -> Within:
    """Measure with pyproj what is in doubt, and put places into order.

    Parameters
    ----------
    found
        Pairs (2, p), place by place, metres (p,), and which places are in doubt (n,).
    """
    pairs, metres, doubt = found
    again = doubt[pairs[0]]
    if again.any():
        settled, settled_m = ranked(
            columns, places[0], places[1], pairs[:, again], radii_m
        )
        pairs = np.concatenate((pairs[:, ~again], settled), axis=1)
        metres = np.concatenate((metres[~again], settled_m))
    place = pairs[0]
    sizes = np.bincount(place, minlength=places.shape[1])
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    is_first = np.ones(place.size, dtype=np.bool_)
    is_first[1:] = place[1:] != place[:-1]
    firsts = np.flatnonzero(is_first)
    turn = np.arange(place.size) - np.repeat(firsts, sizes[place[firsts]])
    to = offsets[place] + turn
    index, sorted_m = np.empty(place.size, dtype=np.intp), np.empty(place.size)
    index[to], sorted_m[to] = pairs[1], metres
    return Within(offsets, index, sorted_m)
