"""Paths on the ground: legs that are straight in longitude and latitude.

A leg is what a map in degrees draws, and what GeoJSON says (RFC 7946, 3.1.1): not the
geodesic between its ends, from which it strays by some 90 m in the middle of 100 km.
"""

from dataclasses import dataclass

import numpy as np

from geo.chord import earth_centred, radii_m
from geo.layers import Floats, Indices

NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
SAME_M = 1e-6  # rounding, for a site on the very line
STILL_M = 1e-7
MOST_STEPS = 40
STEPS_M = (100.0, 5_000.0)
LEGS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A path of n legs.

    Attributes
    ----------
    start, way
        Of each leg the first vertex and the way to the next, in degrees, shape (2, n).
    before_m
        Metres of path before each leg, shape (n,).
    """

    start: Floats
    way: Floats
    before_m: Floats

    def at(self, leg: Indices, t: Floats) -> tuple[Floats, Floats]:
        """Give the places at a share of some legs, in degrees."""
        lng, lat = self.start[:, leg] + t * self.way[:, leg]
        return lng, lat

    def along_m(self, leg: Indices, t: Floats) -> Floats:
        """Give the metres of path up to a share of some legs."""
        metres = np.zeros(leg.size)
        # one by one: `sum` and `@` round by how many are asked for at once
        for node, weight in zip(NODES, WEIGHTS, strict=True):
            metres += weight * self.speed_m(leg, t * (node + 1) / 2)
        return self.before_m[leg] + t / 2 * metres

    def speed_m(self, leg: Indices, t: Floats) -> Floats:
        """Give the metres that some legs run per unit of share."""
        _, lat = self.at(leg, t)
        along, across = radii_m(lat)
        east, north = np.radians(self.way[:, leg])
        speed: Floats = np.hypot(across * np.cos(np.radians(lat)) * east, along * north)
        return speed


def path_through(vertices: Floats) -> Path:
    """Make a path of its vertices in degrees, shape (2, n + 1)."""
    start, way = vertices[:, :-1], np.diff(vertices, axis=1)
    legs = np.arange(way.shape[1])
    bare = Path(start, way, np.zeros(legs.size))
    lengths = bare.along_m(legs, np.ones(legs.size))
    return Path(start, way, np.concatenate(([0.0], np.cumsum(lengths)[:-1])))


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Places on a path, so close that each piece of it is ``half_m`` from one at most.

    Attributes
    ----------
    places
        WGS 84 degrees, shape (2, m).
    leg
        Which leg each is on, shape (m,), ascending.
    """

    places: Floats
    leg: Indices
    half_m: float


def marks_on(path: Path, half_width_m: float) -> Marks:
    """Mark a path every so many metres, at least once on each leg."""
    legs = np.arange(path.before_m.size)
    ends = np.zeros(legs.size), np.ones(legs.size)
    # a parallel shortens towards the pole, so a leg is quickest at one of its ends
    fastest = np.maximum(*(path.speed_m(legs, end) for end in ends))
    # one long leg among many short ones shall not pair each site with all of those
    most_m = np.clip(LEGS * fastest.mean(), *STEPS_M)
    step_m = float(np.clip(half_width_m / 2, STEPS_M[0], most_m))
    pieces = np.maximum(np.ceil(fastest / step_m), 1).astype(np.intp)
    leg = np.repeat(legs, pieces)
    turn = np.arange(leg.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    places = np.stack(path.at(leg, (turn + 0.5) / pieces[leg]))
    half_m = float((fastest / pieces).max()) / 2
    return Marks(places, leg, half_m * (1 + 1e-4))  # meridians are no circles


def closest_on(path: Path, leg: Indices, lng: Floats, lat: Floats) -> Floats:
    """Find the share of each leg, 0 to 1, that is closest to a place, shape (p,).

    The chord to a leg has one least length within Taiwan's bounds, and steps of Gauss
    and Newton close in on it. Where it is least and where the geodesic is, differ by
    less than 4 mm up to 100 km off the path, and the metres off by nothing. Each answer
    is the same to the last bit whoever else is asked for, or ties would change places.
    """
    site = np.stack(earth_centred(lng, lat))
    t = np.full(leg.size, 0.5)
    is_moving = np.ones(leg.size, dtype=bool)
    for _ in range(MOST_STEPS):
        x, y = path.at(leg, t)
        ahead = _heading(x, y, np.radians(path.way[:, leg]))
        speed_2 = np.maximum((ahead * ahead).sum(axis=0), 1e-12)
        beyond = ((site - np.stack(earth_centred(x, y))) * ahead).sum(axis=0) / speed_2
        to = np.clip(t + beyond, 0.0, 1.0)
        moved_m = np.abs(to - t) * np.sqrt(speed_2)
        t = np.where(is_moving, to, t)
        is_moving &= moved_m >= STILL_M
        if not is_moving.any():
            break
    return t


def _heading(lng: Floats, lat: Floats, way: Floats) -> Floats:
    """Give the direction of travel, earth-centred metres per share, shape (3, p)."""
    along, across = radii_m(lat)
    east, north = np.radians(lng), np.radians(lat)
    to_east, to_north = across * np.cos(north) * way[0], along * way[1]
    return np.stack(
        (
            -np.sin(east) * to_east - np.sin(north) * np.cos(east) * to_north,
            np.cos(east) * to_east - np.sin(north) * np.sin(east) * to_north,
            np.cos(north) * to_north,
        )
    )
