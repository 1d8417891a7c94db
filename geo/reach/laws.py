"""How far from somewhere a person or a vehicle may be by now, as laws.

Persons were found where a table says: its shares are straight lines between its rows.
Those beyond its last row were carried or walked on; of them the share beyond r falls as
1 / r². Time cuts each law off at what can be walked or driven by now; what remains
keeps its proportions, so more time never makes a share nearer.
"""

from dataclasses import dataclass

import numpy as np

from geo.layers import Floats
from geo.reach.tables import Carried, Profile, Tables, Vehicle
from geo.shares.laws import Pieces, disc

SMALLEST_M = 1.0
"""Nobody is known better than to a metre; no time at all still has a disc."""

NODES = 65


@dataclass(frozen=True, slots=True)
class Part:
    """One way in which somebody may have gone on.

    Attributes
    ----------
    key
        ``foot``, ``carried``, ``station``, ``typical``, ``fast``.
    lng, lat
        Around where, WGS 84 degrees.
    law
        How far from there.
    weight
        Its probability; those of all parts sum to 1.
    """

    key: str
    lng: float
    lat: float
    law: Pieces
    weight: float


def way_m(kmh: float, minutes: float) -> float:
    """Give the metres gone at a speed in a time, ``SMALLEST_M`` at least."""
    return max(kmh * minutes / 60 * 1000, SMALLEST_M)


def from_percentiles(rows: tuple[tuple[float, float], ...]) -> Pieces:
    """Make the law of those that the rows of a table hold.

    Even in distance between rows, starting from 0 m; shares are of the last row's.
    """
    shares, metres = (np.array([0.0, *column]) for column in zip(*rows, strict=True))
    shares /= shares[-1]
    slope = np.diff(shares) / np.diff(metres)
    terms = np.zeros((len(rows), 4))
    terms[:, 0] = 1 - shares[:-1] + slope * metres[:-1]
    terms[:, 1] = -slope
    return Pieces(metres, terms)


def cut_off(law: Pieces, at_m: float) -> Pieces:
    """Leave out what lies beyond a distance; the rest keeps its proportions."""
    if at_m >= law.reach_m:
        return law
    beyond = float(law.beyond(np.array(at_m)))
    n = int(np.searchsorted(law.radii_m, at_m))
    terms = law.terms[:n].copy()
    terms[:, 0] -= beyond
    return Pieces(np.append(law.radii_m[:n], at_m), terms / (1 - beyond))


def foot_law(profile: Profile, tables: Tables, minutes: float) -> Pieces:
    """Give how far persons of a profile have walked after a time.

    Without a table every place within a walk of typical speed, at most
    ``at_most_min`` long, is alike.
    """
    walking = tables.walking
    if not profile.percentiles:
        return disc(way_m(walking.typical_kmh, min(minutes, walking.at_most_min)))
    law = from_percentiles(profile.percentiles)
    return cut_off(law, way_m(walking.bound_kmh, minutes))


def carried_law(carried: Carried, from_m: float, minutes: float) -> Pieces:
    """Give how far those are who did not stay within a walk of ``from_m``.

    The share beyond r falls as 1 / r² up to what the time allows.
    """
    to_m = min(way_m(carried.kmh, minutes), carried.at_most_km * 1000)
    terms = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, from_m**2]])
    endless = Pieces(np.array([0.0, from_m, np.inf]), terms)
    return cut_off(endless, max(to_m, 2 * from_m))


def carried_share(profile: Profile, carried: Carried) -> float:
    """Give the share that no walk accounts for: what a table leaves, and never none."""
    if not profile.percentiles:
        return carried.unknown_share
    return max(1 - profile.percentiles[-1][0], carried.least_share)


def foot_parts(
    profile: Profile, tables: Tables, *, lng: float, lat: float, minutes: float
) -> list[Part]:
    """Give the parts of a person on foot: walking, or carried after all."""
    share = carried_share(profile, tables.carried)
    walk = foot_law(profile, tables, minutes)
    carried = carried_law(tables.carried, walk.reach_m, minutes)
    return [
        Part("foot", lng, lat, walk, 1 - share),
        Part("carried", lng, lat, carried, share),
    ]


def vehicle_parts(
    vehicle: Vehicle, *, lng: float, lat: float, minutes: float
) -> list[Part]:
    """Give the parts of a vehicle: at typical speed by road, or faster."""
    typical = disc(way_m(vehicle.typical_kmh / vehicle.detour, minutes))
    bound = disc(max(way_m(vehicle.bound_kmh, minutes), typical.reach_m))
    share = vehicle.beyond_share
    return [
        Part("typical", lng, lat, typical, 1 - share),
        Part("fast", lng, lat, bound, share),
    ]


def quantiles_m(law: Pieces, n: int) -> Floats:
    """Give the middle radius of each of ``n`` equal shares of a law, shape (n,).

    Straight between ``NODES`` radii of each piece: exact for a table, good to a
    thousandth for a disc. The law must have an end.
    """
    ends = zip(law.radii_m[:-1], law.radii_m[1:], strict=True)
    radii = np.concatenate([np.linspace(a, b, NODES) for a, b in ends])
    beyond = law.beyond(radii)
    wanted = 1 - (np.arange(n) + 0.5) / n
    return np.asarray(np.interp(wanted, beyond[::-1], radii[::-1]), dtype=np.float64)
