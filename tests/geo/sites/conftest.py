"""Measuring every site with pyproj: what each answer is compared with."""

import numpy as np
import pytest

from geo.distance import distance_m
from geo.sites import load_kernels


@pytest.fixture(scope="session", autouse=True)
def kernels():
    load_kernels()


@pytest.fixture(scope="session")
def metres_to():
    """Metres from each place to each site, shape (places, sites)."""

    def measure(sites, lng, lat):
        lng, lat = np.asarray(lng, float), np.asarray(lat, float)
        n, m = lng.size, sites.lng.size
        return distance_m(
            lng=np.repeat(lng, m),
            lat=np.repeat(lat, m),
            to_lng=np.tile(sites.lng, n),
            to_lat=np.tile(sites.lat, n),
        ).reshape(n, m)

    return measure


@pytest.fixture(scope="session")
def sorted_by_metres(metres_to):
    """Rows and metres of the sites around each place, by (metres, id)."""

    def sort(sites, lng, lat, *, radius_m=np.inf, counted=None):
        turn = np.empty(sites.lng.size, dtype=int)
        turn[sorted(range(turn.size), key=sites.ids.__getitem__)] = np.arange(turn.size)
        counted = np.ones(turn.size, bool) if counted is None else counted
        radii = np.broadcast_to(radius_m, np.shape(lng))
        found = []
        for metres, radius in zip(metres_to(sites, lng, lat), radii, strict=True):
            order = np.lexsort((turn, metres))
            rows = order[(metres[order] <= radius) & counted[order]]
            found.append((rows, metres[rows]))
        return found

    return sort
