"""The points that ours and others are timed on."""

import numpy as np
import shapely

from geo.boundaries import Boundaries, Layer, Level

Points = np.ndarray  # shape (n, 2), WGS 84 degrees


def interior(taiwan: Boundaries, n: int, rng: np.random.Generator) -> Points:
    """Points in the boxes of villages drawn at random: where people live."""
    west, south, east, north = shapely.bounds(
        rng.choice(taiwan.village.shapes, 2 * n)
    ).T
    points = np.column_stack((rng.uniform(west, east), rng.uniform(south, north)))
    on_land = taiwan.leads(lng=points[:, 0], lat=points[:, 1]).county >= 0
    return points[on_land][:n]


def in_taiwan(taiwan: Boundaries, n: int, rng: np.random.Generator) -> Points:
    """Points on land, each as likely as any other of its half: all, or the north."""
    halves = []
    for south, some in ((21.8, n // 2), (24.3, n - n // 2)):
        points = rng.uniform((118.1, south), (122.1, 26.4), (30 * some + 100, 2))
        on_land = taiwan.leads(
            lng=points[:, 0], lat=points[:, 1], finest=Level.COUNTY
        ).county
        halves.append(points[on_land >= 0][:some])
    return rng.permutation(np.concatenate(halves))


def near_border(taiwan: Boundaries, n: int, rng: np.random.Generator) -> Points:
    """Points within some 50 m of a line between two counties."""
    return _on_shared_lines(taiwan, n, rng) + rng.normal(0, 2.5e-4, (n, 2))


def on_border(taiwan: Boundaries, n: int, rng: np.random.Generator) -> Points:
    """Vertices of lines between counties, and points exactly half-way along them."""
    return _on_shared_lines(taiwan, n, rng)


def outside(taiwan: Boundaries, n: int, rng: np.random.Generator) -> Points:
    """Points at sea."""
    points = rng.uniform((118.1, 21.8), (122.1, 26.4), (3 * n, 2))
    at_sea = taiwan.leads(lng=points[:, 0], lat=points[:, 1]).county < 0
    return points[at_sea][:n]


STRATA = {
    "in Taiwan": in_taiwan,
    "in villages": interior,
    "near border": near_border,
    "on border": on_border,
    "outside": outside,
}


def on_lines(layer: Layer, n: int, rng: np.random.Generator) -> Points:
    """Points on, at and beside the lines of a layer: a third each."""
    corners = shapely.get_coordinates(layer.shapes)
    chosen = rng.integers(0, len(corners) - 1, n)
    points = corners[chosen].copy()
    middle = slice(n // 3, 2 * n // 3)
    points[middle] = (corners[chosen[middle]] + corners[chosen[middle] + 1]) / 2
    beside = slice(2 * n // 3, n)
    size = rng.choice([1e-14, 1e-11, 1e-8, 1e-5], (n - beside.start, 1))
    points[beside] += rng.normal(0, 1, (n - beside.start, 2)) * size
    return points


def _on_shared_lines(taiwan: Boundaries, n: int, rng: np.random.Generator) -> Points:
    rings = shapely.get_rings(shapely.get_parts(taiwan.county.shapes))
    ends, ring = shapely.get_coordinates(rings, return_index=True)
    middles = (ends[:-1] + ends[1:])[ring[:-1] == ring[1:]] / 2
    every = np.concatenate((ends, middles))
    covers = taiwan.county.cover(lng=every[:, 0], lat=every[:, 1])
    is_shared = np.bincount(covers[0], minlength=len(every)) > 1
    return rng.choice(every[is_shared], n)
