"""Shares for one point under any law: every line, no tree, no compiler.

The tests hold the compiled sums to this. It takes any law, so what is asked for one
point at a time uses it: some 10 ms for all counties.

Sources: D. B. Owen, Tables for computing bivariate normal probabilities, Annals of
Mathematical Statistics 27 (1956), 1075-1090, for the Gaussian; elementary integrals of
1, r, r² over the angle for pieces (see ``docs/uncertainty.md``).
"""

import numpy as np
from numpy.typing import NDArray

from geo.chord import radii_m
from geo.layers import Floats, Layer
from geo.shares.aside import moved_aside, touch_m
from geo.shares.columns import FLAT_M, SMALLEST_SHARE
from geo.shares.laws import Gaussian, Pieces
from geo.shares.lines import SHORT_DEG, Lines, lines_of

NODES, WEIGHTS = np.polynomial.legendre.leggauss(6)
NO_HEIGHT = 1e-30  # a line that points at the point has a height of nothing


def shares_under(
    law: Gaussian | Pieces,
    *,
    lng: float,
    lat: float,
    layer: Layer,
    lines: Lines | None = None,
) -> Floats:
    """Give the probability of every boundary, and of what none covers.

    Parameters
    ----------
    law
        Of the distance from the point.
    lng, lat
        WGS 84 degrees.
    layer
        The boundaries.
    lines
        Theirs, if they are at hand: `geo.shares.lines.lines_of`.

    Returns
    -------
    ndarray, shape (n + 1,)
        In the order of the layer, the outside last; their sum is 1.
    """
    lines = lines_of(layer) if lines is None else lines
    lines = _near(lines, law.reach_m, lng=lng, lat=lat)
    lng, lat = _aside(law, lines, lng, lat)
    covering = layer.cover(lng=[lng], lat=[lat])[1]
    sums = np.zeros(len(layer) + 1)
    sums[covering if covering.size else len(layer)] = 1.0
    is_flat = law.reach_m <= FLAT_M
    start, end = (
        on_plane(points, lng, lat, is_flat=is_flat)
        for points in (lines.start, lines.end)
    )
    worth = angle_weights(law, start, end)
    for side, sign in ((lines.left, -1.0), (lines.right, 1.0)):
        is_told = side >= 0
        sums += sign * np.bincount(
            side[is_told], weights=worth[is_told], minlength=sums.size
        )
    return _evened_out(sums)


def _aside(
    law: Gaussian | Pieces, lines: Lines, lng: float, lat: float
) -> tuple[float, float]:
    """Stand beside the lines that a point is on."""
    scale_m = law.sigma_m if isinstance(law, Gaussian) else law.reach_m

    def touches(x: Floats, y: Floats, near_m: Floats) -> NDArray[np.bool_]:
        if not x.size:
            return np.zeros(0, dtype=np.bool_)
        start, end = (
            on_plane(points, x[0], y[0], is_flat=True)
            for points in (lines.start, lines.end)
        )
        return np.array([(_metres_to(start, end) < near_m[0]).any()])

    near_m = touch_m(np.array([scale_m]), law.reach_m / scale_m)
    x, y, _ = moved_aside(np.array([lng]), np.array([lat]), near_m, touches)
    return float(x[0]), float(y[0])


def _metres_to(start: Floats, end: Floats) -> Floats:
    """Measure from the origin to each line."""
    step = end - start
    square = np.maximum((step**2).sum(axis=1), 1e-30)
    along = np.clip(-(start * step).sum(axis=1) / square, 0, 1)
    return np.asarray(np.hypot(*(start + along[:, None] * step).T), dtype=np.float64)


def _near(lines: Lines, reach_m: float, *, lng: float, lat: float) -> Lines:
    """Leave out lines that lie beyond the reach, and not only just."""
    if not np.isfinite(reach_m):
        return lines
    along, across = radii_m(np.float64(lat))
    # a bent plane lengthens by less than a tenth, and a line is short
    north = np.degrees(reach_m * 1.1 / along) + SHORT_DEG
    east = np.degrees(reach_m * 1.1 / across / np.cos(np.radians(lat))) + SHORT_DEG
    off = np.abs(lines.start - (lng, lat))
    chosen = np.flatnonzero((off[:, 0] <= east) & (off[:, 1] <= north))
    return lines[chosen]


def _evened_out(sums: Floats) -> Floats:
    shares = np.where(sums < SMALLEST_SHARE, 0.0, np.minimum(sums, 1.0))
    whole = shares[:-1].sum()
    if whole == 0:
        shares[-1] = 1.0
    else:
        shares[:-1] *= (1 - shares[-1]) / whole
    return shares


def on_plane(
    points: Floats, lng: float, lat: float, *, is_flat: bool = False
) -> Floats:
    """Lay degrees on the azimuthal equidistant plane around a point, in metres.

    To the second order: off by 5 parts in 10,000 at 300 km. The flat plane is of the
    first order, and lines that are straight in degrees stay exactly straight.
    Source: J. P. Snyder, Map Projections (USGS 1395, 1987), eq. 25-2 to 25-4, expanded
    around the centre.
    """
    along, across = radii_m(np.float64(lat))
    east = np.radians(points[:, 0] - lng) * across * np.cos(np.radians(lat))
    north = np.radians(points[:, 1] - lat) * along
    bend = 0.0 if is_flat else np.tan(np.radians(lat)) / across
    x, y = east - bend * east * north, north + bend * east * east / 2
    return np.column_stack((x, y))


def angle_weights(law: Gaussian | Pieces, start: Floats, end: Floats) -> Floats:
    """Integrate 1 - F over the angle under which the origin sees each line, over 2π.

    Parameters
    ----------
    law
        Its F.
    start, end
        Metres on a plane around the point, shape (n, 2).

    Returns
    -------
    ndarray, shape (n,)
        Positive for a line that passes the origin on its left.
    """
    step = end - start
    length = np.hypot(*step.T)
    safe = np.where(length > 0, length, 1.0)
    d = (start[:, 0] * end[:, 1] - end[:, 0] * start[:, 1]) / safe
    d = np.copysign(np.maximum(np.abs(d), NO_HEIGHT), d)
    # each end by itself: from a far end to a near one, adding loses all digits
    first = (start * step).sum(axis=1) / safe
    last = (end * step).sum(axis=1) / safe
    if isinstance(law, Gaussian):
        worth = _gaussian(d / law.sigma_m, first / law.sigma_m, last / law.sigma_m)
    else:
        worth = _pieces(law, d, first, last) / (2 * np.pi)
    return np.where(length > 0, worth, 0.0)


def _gaussian(d: Floats, first: Floats, last: Floats) -> Floats:
    from scipy.special import owens_t

    h = np.abs(d)
    found = owens_t(h, last / h) - owens_t(h, first / h)
    return np.asarray(np.sign(d) * found, dtype=np.float64)


def _pieces(law: Pieces, d: Floats, first: Floats, last: Floats) -> Floats:
    total = np.zeros(d.size)
    rings = zip(law.radii_m[:-1], law.radii_m[1:], law.terms, strict=True)
    for inner, outer, terms in rings:
        low = np.sqrt(np.maximum(inner * inner - d * d, 0))
        high = np.sqrt(np.maximum(outer * outer - d * d, 0))
        for begin, stop in ((low, high), (-high, -low)):
            t1, t2 = np.maximum(first, begin), np.minimum(last, stop)
            met = np.flatnonzero(t1 < t2)
            total[met] += _ring(terms, d[met], t1[met], t2[met])
    return total


def _ring(terms: Floats, d: Floats, t1: Floats, t2: Floats) -> Floats:
    """Integrate ``a + b r + c r² + e / r²`` over the angle from t1 to t2."""
    a, b, c, e = terms
    total = a * np.arctan2(d * (t2 - t1), d * d + t1 * t2) + c * d * (t2 - t1)
    if b:
        h = np.abs(d)
        total += b * d * (np.arcsinh(t2 / h) - np.arcsinh(t1 / h))
    if e:
        # far out, where lines are short against r, nodes are exact enough
        t = t1[:, None] + (t2 - t1)[:, None] * (NODES + 1) / 2
        inverse = (WEIGHTS / 2 / (d[:, None] ** 2 + t * t) ** 2).sum(axis=1)
        total += e * d * inverse * (t2 - t1)
    return np.asarray(total, dtype=np.float64)
