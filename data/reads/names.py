"""The cameras and looks that an archive has seen, each with a number."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.reads.columns import Camera, Look, Reads, Smalls, no_reads
from data.reads.frames import SPOT_FIELDS
from data.records import Spot

CameraRow = tuple[Any, ...]
"""A camera's id and the fields of its spot."""


class Names:
    """Tables that only grow: what has a number keeps it while the archive is open.

    One thread at a time may add; reading needs no lock. ``stations`` gives cameras of
    one id the same number, wherever they stood.
    """

    def __init__(self) -> None:
        self.cameras: list[Camera] = []
        self.looks: list[Look] = []
        self._numbers: dict[CameraRow, int] = {}
        self._looks: dict[Look, int] = {}
        self._stations: dict[str, int] = {}
        self._of_station: list[list[int]] = []
        self._station_room = np.empty(1024, dtype=np.int32)
        self._point_room = np.empty((1024, 2))

    @property
    def stations(self) -> Smalls:
        """The station of each camera."""
        return self._station_room[: len(self.cameras)]

    @property
    def points(self) -> NDArray[np.float64]:
        """Where each camera stands, degrees, shape (n, 2); NaN where nobody knows."""
        return self._point_room[: len(self.cameras)]

    @property
    def n_stations(self) -> int:
        """How many camera ids there are."""
        return len(self._of_station)

    def numbers_of(self, cameras: Sequence[Camera]) -> Smalls:
        """Return the numbers of cameras; new ones get theirs now."""
        rows = [
            (camera.camera_id, *map(camera.spot.__getattribute__, SPOT_FIELDS))
            for camera in cameras
        ]
        return self.numbers_of_rows(rows)

    def numbers_of_rows(self, rows: Iterable[CameraRow]) -> Smalls:
        """Return the numbers of cameras given as id and the fields of their spot."""
        numbers = []
        for row in rows:
            number = self._numbers.get(row)
            numbers.append(self._added(row) if number is None else number)
        return np.array(numbers, dtype=np.int32)

    def looks_of(self, looks: Sequence[Look]) -> Smalls:
        """Return the numbers of looks; new ones get theirs now."""
        numbers = []
        for look in looks:
            if look not in self._looks:
                self.looks.append(look)
                self._looks[look] = len(self.looks) - 1
            numbers.append(self._looks[look])
        return np.array(numbers, dtype=np.int32)

    def of_ids(self, camera_ids: Iterable[str]) -> Smalls:
        """Return the numbers of all cameras that had these ids."""
        found: list[int] = []
        for camera_id in dict.fromkeys(camera_ids):
            station = self._stations.get(camera_id)
            if station is not None:
                found += self._of_station[station]
        return np.array(sorted(found), dtype=np.int32)

    def camera_id(self, station: int) -> str:
        """Return the camera id that a station stands for."""
        return self.cameras[self._of_station[station][0]].camera_id

    def at_stations(self, stations: Smalls) -> tuple[NDArray[np.int64], Smalls]:
        """Return all cameras of stations: which of them, and the camera's number."""
        if len(self._of_station) == len(self.cameras):
            return np.arange(stations.size), stations  # one each, in the same order
        found = [self._of_station[station] for station in stations.tolist()]
        which = np.repeat(np.arange(stations.size), [len(one) for one in found])
        return which, np.array([n for one in found for n in one], dtype=np.int32)

    def _added(self, row: CameraRow) -> int:
        number, camera_id = len(self.cameras), row[0]
        station = self._stations.setdefault(camera_id, len(self._of_station))
        if station == len(self._of_station):
            self._of_station.append([])
        self._of_station[station].append(number)
        if number == self._station_room.size:
            self._station_room = np.concatenate([self._station_room] * 2)
            self._point_room = np.concatenate([self._point_room] * 2)
        self._station_room[number] = station
        self._point_room[number] = row[1:3]  # None becomes NaN
        spot = Spot(**dict(zip(SPOT_FIELDS, row[1:], strict=True)))
        self.cameras.append(Camera(camera_id, spot))
        self._numbers[row] = number
        return number


def no_reads_of(names: Names) -> Reads:
    """Return no reads, with the tables of an archive."""
    return replace(no_reads(), cameras=names.cameras, looks=names.looks)
