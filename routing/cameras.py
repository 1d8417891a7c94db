"""Where the registered cameras stand, kept in memory while the store changes."""

import threading
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from data import queries
from data.importers.sites import site_id
from data.reads.columns import Camera, Floats, Smalls
from data.records import Site, SiteKind, Spot
from data.store import Store

PLATE_READERS = (SiteKind.CAMERA, SiteKind.GANTRY)


class Stands(NamedTuple):
    """Where n cameras stand: degrees, shape (n, 2), NaN where nobody knows.

    ``numbers`` are the archive's, of each camera as it stands now.
    """

    points: Floats
    numbers: Smalls


class CameraBook:
    """The cameras that reads name; safe under threads.

    Parameters
    ----------
    numbers_of
        Gives cameras the archive's numbers.
    """

    def __init__(
        self, store: Store, numbers_of: Callable[[Sequence[Camera]], Smalls]
    ) -> None:
        self._store = store
        self._numbers_of = numbers_of
        self._turn = threading.Lock()
        self._commits: int | None = None
        self._mark: object = None
        self._forget()

    def stands(self, camera_ids: Sequence[str]) -> Stands:
        """Say where cameras stand, by the id of the site or that of its source."""
        with self._turn:
            self._refresh()
            slots = self._slots_of(camera_ids)
            if (slots < 0).any():
                self._add([one for one in camera_ids if one not in self._slots])
                slots = self._slots_of(camera_ids)
            return Stands(self._points[slots], self._numbers[slots])

    def _slots_of(self, camera_ids: Sequence[str]) -> NDArray[np.intp]:
        found = map(self._slots.get, camera_ids, repeat(-1))
        return np.fromiter(found, dtype=np.intp, count=len(camera_ids))

    def is_registered(self, camera_id: str) -> bool:
        """Say whether a camera, of which a batch was asked for, is registered."""
        return camera_id in self._registered

    def _forget(self) -> None:
        self._slots: dict[str, int] = {}
        self._registered: set[str] = set()
        self._points = np.empty((0, 2))
        self._numbers = np.empty(0, dtype=np.int32)

    def _refresh(self) -> None:
        commits = self._store.commits()
        if commits == self._commits:
            return
        with self._store.read() as tx:
            mark = tx.rows(queries.sites_mark())[0]
        if mark != self._mark:
            self._forget()
        self._commits, self._mark = commits, mark

    def _add(self, camera_ids: list[str]) -> None:
        known = {
            one: [one, *(site_id(kind, one) for kind in PLATE_READERS)]
            for one in dict.fromkeys(camera_ids)
        }
        every = [name for names in known.values() for name in names]
        with self._store.read() as tx:
            sites = tx.get_all(Site, every)
        cameras = []
        for one, names in known.items():
            site = next((sites[name] for name in names if name in sites), None)
            if site is not None:
                self._registered.add(one)
            cameras.append(Camera(one, site.spot if site else Spot()))
            self._slots[one] = len(self._slots)
        points = [_point_of(camera.spot) for camera in cameras]
        self._points = np.concatenate((self._points, np.array(points)))
        self._numbers = np.concatenate((self._numbers, self._numbers_of(cameras)))


def _point_of(spot: Spot) -> tuple[float, float]:
    if spot.lng is None or spot.lat is None:
        return np.nan, np.nan
    return spot.lng, spot.lat
