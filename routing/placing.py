"""Where each read was made: at its camera, or at a point of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.reads.columns import Camera, Smalls
from data.reads.incoming import Incoming
from data.records import Spot
from geo.boundaries import Boundaries, Note, Place
from geo.crs import require_degrees
from routing.cameras import CameraBook

CODES = ("county_code", "town_code", "village_code", "county_note")

MOST_POINTS = 16
"""A camera that reads at more points than this moves about."""

Point = tuple[float, float]
Key = tuple[int, float, float]
"""A camera by its number in the batch, and a point of it."""

NO_POINT = frozenset({Note.NAN, Note.SWAPPED, Note.METRES, Note.ZERO, Note.OUTSIDE})
"""Notes of pairs that are no point in Taiwan."""


class Refused(NamedTuple):
    """Why a read has no place."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The places of n reads.

    Attributes
    ----------
    camera
        The archive's number of each read's camera as it stood, shape (n,).
    own, refused
        By row: a spot of its own, or why it has none.
    """

    camera: Smalls
    own: dict[int, Spot] = field(default_factory=dict)
    refused: dict[int, Refused] = field(default_factory=dict)


class Placer:
    """Places reads, and knows where cameras that are not registered have stood.

    A read's own point counts before its camera's; without either it has no county, so
    it goes to quarantine and can be tried again once the camera is loaded.

    Parameters
    ----------
    numbers_of
        Gives cameras the archive's numbers.
    """

    def __init__(
        self,
        boundaries: Boundaries,
        book: CameraBook,
        numbers_of: Callable[[Sequence[Camera]], Smalls],
    ) -> None:
        self._boundaries = boundaries
        self._book = book
        self._numbers_of = numbers_of
        self._stood: dict[str, dict[Point, tuple[Spot, int]]] = {}

    def place(self, incoming: Incoming) -> Placed:
        """Place every read; those that stand elsewhere than their camera in bulk."""
        stands = self._book.stands(incoming.camera_ids)
        points = stands.points[incoming.camera]
        placed = Placed(stands.numbers[incoming.camera])
        has_own = ~np.isnan(incoming.lng + incoming.lat)
        has_fixed = ~np.isnan(points[:, 0])
        is_there = (incoming.lng == points[:, 0]) & (incoming.lat == points[:, 1])
        is_fixed = has_fixed & (~has_own | is_there)
        for row in np.flatnonzero(~is_fixed & ~has_own).tolist():
            camera_id = incoming.camera_ids[incoming.camera[row]]
            placed.refused[row] = self._unknown(camera_id)
        elsewhere = np.flatnonzero(~is_fixed & has_own)
        if elsewhere.size:
            self._place_at_own(incoming, elsewhere, placed)
        return placed

    def _place_at_own(
        self, incoming: Incoming, rows: NDArray[np.intp], placed: Placed
    ) -> None:
        """Place reads at points of their own, each point of a camera once."""
        columns = (incoming.camera, incoming.lng, incoming.lat)
        keys = list(zip(*(column[rows].tolist() for column in columns), strict=True))
        found = self._located_all(incoming, dict.fromkeys(keys))
        for row, key in zip(rows.tolist(), keys, strict=True):
            camera_id, spot = incoming.camera_ids[key[0]], found[key]
            said = incoming.spots.get(row)
            if isinstance(spot, Refused):
                placed.refused[row] = spot
            elif said is not None:
                codes = {code: getattr(spot, code) for code in CODES}
                placed.own[row] = replace(said, **codes)
            elif (number := self._stands(camera_id, key[1:], spot)) is not None:
                placed.camera[row] = number
            else:
                placed.own[row] = spot

    def _located_all(
        self, incoming: Incoming, keys: Iterable[Key]
    ) -> dict[Key, Spot | Refused]:
        """Locate points; those where their camera has stood before are known."""
        found: dict[Key, Spot | Refused] = {}
        new: list[Key] = []
        for key in keys:
            stood = self._stood.get(incoming.camera_ids[key[0]], {}).get(key[1:])
            if stood is None:
                new.append(key)
            else:
                found[key] = stood[0]
        places = self._boundaries.locate(
            lng=np.array([key[1] for key in new], dtype=float),
            lat=np.array([key[2] for key in new], dtype=float),
        )
        for number, key in enumerate(new):
            place = places[number]
            found[key] = (
                Refused(f"place-{place.note.value}", place.why)
                if place.note in NO_POINT
                else with_codes(Spot(lng=key[1], lat=key[2]), place)
            )
        return found

    def _stands(self, camera_id: str, point: Point, spot: Spot) -> int | None:
        """Return the number of a camera at a point; None if it moves about."""
        points = self._stood.setdefault(camera_id, {})
        if point not in points and len(points) < MOST_POINTS:
            (number,) = self._numbers_of([Camera(camera_id, spot)]).tolist()
            points[point] = spot, number
        return points[point][1] if point in points else None

    def _unknown(self, camera_id: str) -> Refused:
        is_registered = self._book.is_registered(camera_id)
        known = "has no point" if is_registered else "is not registered"
        return Refused(
            "camera-unknown",
            f"camera {camera_id!r} {known} and the read has no coordinates: "
            "load the camera, then redrive",
        )


def located(spot: Spot, boundaries: Boundaries) -> Spot:
    """Return a spot with its codes; one without a point keeps those it has.

    Raises
    ------
    CoordinateRefused
        When the pair is no place in Taiwan.
    """
    if spot.lng is None or spot.lat is None:
        return spot
    place = boundaries.locate(lng=spot.lng, lat=spot.lat)
    if place.note in NO_POINT:
        require_degrees(lng=spot.lng, lat=spot.lat)
    return with_codes(spot, place)


def with_codes(spot: Spot, place: Place) -> Spot:
    """Return a spot with the codes of its place.

    A point in a gap between the lines, or just off the shore, takes the nearest
    county, so that somebody is told; the note says so.
    """
    is_gap = place.note is Note.GAP
    county = place.near if is_gap else place.county
    return replace(
        spot,
        county_code=county.code if county else None,
        town_code=place.town.code if place.town else None,
        village_code=place.village.code if place.village else None,
        county_note=Note.GAP.value if is_gap else None,
    )
