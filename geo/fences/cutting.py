"""Cut areas into parts, many at once.

Chords through the ellipsoid decide about circles and corridors wherever they can: the
curvature of a geodesic lies between that of the flattest and of the roundest place, so
its chord lies between those of two circles. What falls between is left in doubt for
`geo.fences.rims`: some millimetres at a radius of 5 km.
Source: Schur's comparison of chords, in H. Guggenheimer, Differential Geometry (1963),
section 2-4; radii of curvature as in `geo.chord`.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.chord import earth_centred, radii_m
from geo.crs import TAIWAN
from geo.fences.areas import Circle, Corridor, Fence, Region
from geo.fences.parts import (
    CIRCLE,
    CORRIDOR,
    COUNT,
    FIRST,
    NO_PARTS,
    NUMBER,
    REGION,
    SINCE,
    UNTIL,
    Numbers,
    Parts,
    joined,
)
from geo.layers import Floats, Indices
from geo.numbers import ranges

Numbered = Sequence[tuple[int, Fence]]

SPHERE_M = 6_371_008.8  # mean radius of WGS 84 (2a + b) / 3, NIMA TR8350.2 (2000)
SLACK = 1.012  # sphere and ellipsoid disagree by less than 1.01 percent anywhere
ROUNDEST_M, FLATTEST_M = radii_m(0.0)[0], radii_m(90.0)[0]
ROUNDING_M = 1e-3  # earth-centred metres are good to a millionth of that
PIECE_M = 500.0  # a stretch of way; its chord runs 1 cm below the ground
PART_M = 1_000.0  # stretches of way under one box
PART_PIECES = 16
DEGREE_M = 111_700.0  # the longest degree there is, of latitude, at a pole
BAND_EDGES = 8  # edges of a polygon to one band, on average
SPREAD = 4  # a polygon's edges stand in at most so many bands on average


def parts_of(numbered: Numbered) -> Parts:
    """Cut the areas of fences into parts.

    Parameters
    ----------
    numbered
        Each fence with its number, in any order.
    """
    cutters = ((Circle, _circles), (Corridor, _corridors), (Region, _regions))
    cut = [
        cutter(some)
        for kind, cutter in cutters
        if (some := [one for one in numbered if isinstance(one[1].area, kind)])
    ]
    return joined(cut)


def ways(corridors: Sequence[Corridor]) -> tuple[Floats, Floats, Indices]:
    """Cut ways into stretches of at most ``PIECE_M``.

    Returns
    -------
    (start, end, of)
        WGS 84 degrees, shape (q, 2) twice, in order of the ways and along them, and
        which way each stretch belongs to. Stretches without a length are left out.
    """
    n_vertices = np.array([len(way.lng) for way in corridors])
    vertex = np.column_stack(
        [
            np.fromiter(chain.from_iterable(column), np.float64, n_vertices.sum())
            for column in ([w.lng for w in corridors], [w.lat for w in corridors])
        ]
    )
    of = np.repeat(np.arange(n_vertices.size), n_vertices)
    leg = np.flatnonzero((of[:-1] == of[1:]) & (vertex[:-1] != vertex[1:]).any(axis=1))
    step = vertex[leg + 1] - vertex[leg]
    n = np.ceil(np.abs(step).sum(axis=1) * DEGREE_M / PIECE_M).astype(np.int64)
    nth = ranges(np.zeros_like(n), n)[:, None]
    leg, step, n = (np.repeat(column, n, axis=0) for column in (leg, step, n))
    start = vertex[leg] + step * nth / n[:, None]
    end = vertex[leg] + step * (nth + 1) / n[:, None]
    is_last = nth[:, 0] + 1 == n
    end[is_last] = vertex[leg[is_last] + 1]
    return start, end, of[leg]


def widened(box: Floats, metres: Floats) -> Floats:
    """Widen boxes in degrees so that nothing within so many metres is left out.

    Source: the box of a circle on the sphere, by the sine rule for its easternmost
    place; the sphere is left behind by ``SLACK``.
    """
    reach = metres * SLACK / SPHERE_M
    farthest = np.radians(np.maximum(np.abs(box[:, 1]), np.abs(box[:, 3])))
    north = np.degrees(reach)
    east = np.degrees(np.arcsin(np.sin(reach) / np.cos(farthest)))
    wide = box + np.column_stack((-east, -north, east, north))
    low, high = np.tile(TAIWAN[:2], 2), np.tile(TAIWAN[2:], 2)
    return np.asarray(np.clip(wide, low, high), np.float64)


def _chords_2(metres: Floats, sag_m: Floats | float = 0.0) -> tuple[Floats, Floats]:
    """Squares of the chords up to which it is within, and from which it is not."""
    low = 2 * ROUNDEST_M * np.sin(metres / (2 * ROUNDEST_M)) - ROUNDING_M - sag_m
    high = 2 * FLATTEST_M * np.sin(metres / (2 * FLATTEST_M)) + ROUNDING_M + sag_m
    return np.where(low > 0, low**2, -1.0), high**2


def _forms(numbered: Numbered) -> Floats:
    """Begin the forms of fences, all but what their areas add."""
    form = np.zeros((len(numbered), 8))
    form[:, NUMBER] = [number for number, _ in numbered]
    form[:, [SINCE, UNTIL]] = [fence.span for _, fence in numbered]
    return form


def _circles(numbered: Numbered) -> Parts:
    areas = [fence.area for _, fence in numbered]
    lng, lat, radius_m = np.array(
        [(a.lng, a.lat, a.radius_m) for a in areas if isinstance(a, Circle)], np.float64
    ).T
    form = _forms(numbered)
    form[:, :3] = np.column_stack(earth_centred(lng, lat))
    form[:, 3], form[:, 4] = _chords_2(radius_m)
    box = widened(np.column_stack((lng, lat, lng, lat)), radius_m)
    kind = np.full(lng.size, CIRCLE, np.uint8)
    return replace(NO_PARTS, kind=kind, box=box, form=form)


def _corridors(numbered: Numbered) -> Parts:
    corridors = [f.area for _, f in numbered if isinstance(f.area, Corridor)]
    half_width_m = np.array([way.half_width_m for way in corridors], np.float64)
    start, end, of = ways(corridors)
    first = _first_pieces(start, end, of, half_width_m)
    low = np.minimum.reduceat(np.minimum(start, end), first)
    high = np.maximum.reduceat(np.maximum(start, end), first)
    form = _forms(numbered)[of[first]]
    form[:, FIRST], form[:, COUNT] = first, np.diff(first, append=of.size)
    return replace(
        NO_PARTS,
        kind=np.full(first.size, CORRIDOR, np.uint8),
        box=widened(np.hstack((low, high)), half_width_m[of[first]]),
        form=form,
        pieces=_pieces(start, end, half_width_m[of]),
    )


def _first_pieces(
    start: Floats, end: Floats, of: Indices, half_width_m: Floats
) -> Indices:
    """Choose the stretches that begin a part: it should be about as long as wide."""
    step_m = np.abs(end - start).sum(axis=1) * DEGREE_M
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    since = np.repeat(begins, np.diff(begins, append=of.size))
    before_m = np.cumsum(step_m) - step_m
    section = (before_m - before_m[since]) // np.maximum(half_width_m[of], PART_M)
    run = (np.arange(of.size) - since) // PART_PIECES
    is_first = np.full(of.size, True)
    is_first[1:] = (np.diff(of) != 0) | (np.diff(section) != 0) | (np.diff(run) != 0)
    return np.flatnonzero(is_first)


def _pieces(start: Floats, end: Floats, half_width_m: Floats) -> Floats:
    a, b = (np.column_stack(earth_centred(*at.T)) for at in (start, end))
    step = b - a
    # a way straight in degrees leaves its chord by an eighth of its second derivative
    # along it, which the largest radius bounds
    turned = np.radians(np.abs(end - start)).sum(axis=1)
    sag_m = 1.02 * FLATTEST_M * turned**2 / 8
    low, high = _chords_2(half_width_m, sag_m)
    squared = (step**2).sum(axis=1)
    # two vertices may differ in degrees and not in metres: their stretch is its start
    inverse = np.divide(1, squared, out=np.zeros(len(step)), where=squared > 0)
    return np.column_stack((a, step, inverse, low, high))


def _regions(numbered: Numbered) -> Parts:
    shapes = [f.area.shape for _, f in numbered if isinstance(f.area, Region)]
    polygons, of = shapely.get_parts(np.array(shapes, object), return_index=True)
    box = shapely.bounds(polygons)
    edges, polygon = _edges(polygons)
    bands, n_bands, edges = _in_bands(edges, polygon, box)
    form = _forms(numbered)[of]
    form[:, FIRST], form[:, COUNT] = np.cumsum(n_bands + 1) - n_bands - 1, n_bands
    form[:, 2], form[:, 3] = box[:, 1], n_bands / (box[:, 3] - box[:, 1])
    kind = np.full(of.size, REGION, np.uint8)
    return replace(NO_PARTS, kind=kind, box=box, form=form, bands=bands, edges=edges)


def _edges(polygons: NDArray[np.object_]) -> tuple[Floats, Indices]:
    """List the edges of polygons, holes included, and which polygon's each is."""
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[:-1] == ring[1:])
    return np.hstack((points[first], points[first + 1])), polygon[ring[first]]


def _in_bands(
    edges: Floats, polygon: Indices, box: Floats
) -> tuple[Numbers, Numbers, Floats]:
    """Sort the edges of polygons into bands of equal height, each where it passes.

    Fewer bands where the edges of a polygon are long: a comb of tall teeth would
    stand in every band with all of its teeth.
    """
    n_edges = np.bincount(polygon, minlength=len(box))
    n_bands = np.maximum(n_edges // BAND_EDGES, 1)
    while True:
        low, high = _bands_of(edges, polygon, box, n_bands)
        n_places = np.bincount(polygon, weights=high - low + 1, minlength=len(box))
        is_spread = (n_places > SPREAD * n_edges) & (n_bands > 1)
        if not is_spread.any():
            break
        n_bands[is_spread] //= 2
    count = high - low + 1
    edge = np.repeat(np.arange(polygon.size), count)
    band = (np.cumsum(n_bands) - n_bands)[polygon[edge]] + ranges(low, count)
    order = np.argsort(band, kind="stable")
    starts = np.searchsorted(band[order], np.arange(n_bands.sum() + 1))
    # each polygon closes its bands with an entry of its own
    own = ranges(np.cumsum(n_bands) - n_bands, n_bands + 1)
    return starts[own], n_bands, edges[edge[order]]


def _bands_of(
    edges: Floats, polygon: Indices, box: Floats, n_bands: Numbers
) -> tuple[Numbers, Numbers]:
    """First and last band of each edge, by the very sums that a place is put through.

    Rounding keeps order, so a place beside an edge is never outside its bands.
    """
    south = box[polygon, 1]
    scale = (n_bands / (box[:, 3] - box[:, 1]))[polygon]
    last = n_bands[polygon] - 1
    low, high = (
        np.minimum(((lat - south) * scale).astype(np.int64), last)
        for lat in (
            np.minimum(edges[:, 1], edges[:, 3]),
            np.maximum(edges[:, 1], edges[:, 3]),
        )
    )
    return low, high
