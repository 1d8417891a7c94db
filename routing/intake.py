"""Completing what comes in: plates made plain, places found, the rest set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import orjson

from data.importers.sites import site_id
from data.records import QuarantinedRow, Read, Site, SiteKind, Spot, content_id
from data.store import Transaction
from geo.boundaries import Boundaries, Note, Place
from geo.crs import require_degrees
from matching.errors import PlateRefused
from matching.plates import plain, skeleton

MESSAGES = "POST /reads"
"""Where a read came from that was in no file."""

LATE_AFTER = timedelta(minutes=10)
"""A read that arrives later than this after it was made is marked late."""

PLATE_READERS = (SiteKind.CAMERA, SiteKind.GANTRY)

NO_POINT = frozenset({Note.NAN, Note.SWAPPED, Note.METRES, Note.ZERO, Note.OUTSIDE})
"""Notes of pairs that are no point in Taiwan."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """A read that cannot be kept, and why."""

    read: Read
    code: str
    reason: str


class Completer:
    """Fills in what a message leaves to us: plain plate, place, county.

    A read's own point counts before its camera's; without either it has no
    county, so it goes to quarantine and can be tried again once the camera is
    loaded.
    """

    def __init__(self, boundaries: Boundaries) -> None:
        self._boundaries = boundaries

    def complete(
        self, tx: Transaction, reads: Sequence[Read]
    ) -> tuple[list[Read], list[Unfit]]:
        """Return the reads that can be kept, and those that cannot, with reasons."""
        cameras = _cameras(tx, {read.camera_id for read in reads})
        spots = self._spots(reads, cameras)
        complete: list[Read] = []
        unfit: list[Unfit] = []
        for read, spot in zip(reads, spots, strict=True):
            made = _made(read, spot)
            if isinstance(made, Unfit):
                unfit.append(made)
            else:
                complete.append(made)
        return complete, unfit

    def located(self, spot: Spot) -> Spot:
        """Return a spot with its codes; one without a point keeps those it has.

        Raises
        ------
        CoordinateRefused
            When the pair is no place in Taiwan.
        """
        if spot.lng is None or spot.lat is None:
            return spot
        place = self._boundaries.locate(lng=spot.lng, lat=spot.lat)
        if place.note in NO_POINT:
            require_degrees(lng=spot.lng, lat=spot.lat)
        return _with_codes(spot, place)

    def _spots(
        self, reads: Sequence[Read], cameras: Mapping[str, Site]
    ) -> list[Spot | Unfit]:
        """Place every read; those that stand elsewhere than their camera in bulk."""
        spots = [_camera_spot(read, cameras.get(read.camera_id)) for read in reads]
        own = [at for at, spot in enumerate(spots) if spot is None]
        places = self._boundaries.locate(
            lng=np.array([reads[at].spot.lng for at in own], dtype=float),
            lat=np.array([reads[at].spot.lat for at in own], dtype=float),
        )
        for number, at in enumerate(own):
            place = places[number]
            spots[at] = (
                Unfit(reads[at], f"place-{place.note.value}", place.why)
                if place.note in NO_POINT
                else _with_codes(reads[at].spot, place)
            )
        return [spot for spot in spots if spot is not None]


def _cameras(tx: Transaction, camera_ids: set[str]) -> dict[str, Site]:
    """Return the cameras that reads name, by the id of the site or of its source."""
    known = {
        camera_id: [camera_id, *(site_id(kind, camera_id) for kind in PLATE_READERS)]
        for camera_id in camera_ids
    }
    sites = tx.get_all(Site, (name for names in known.values() for name in names))
    return {
        camera_id: sites[name]
        for camera_id, names in known.items()
        for name in reversed(names)
        if name in sites
    }


def _made(read: Read, spot: Spot | Unfit) -> Read | Unfit:
    try:
        plate = plain(read.plate_raw)
    except PlateRefused as error:
        return Unfit(read, f"plate-{error.code}", str(error))
    if isinstance(spot, Unfit):
        return spot
    return replace(
        read,
        plate=plate,
        plate_key=skeleton(plate),
        spot=spot,
        late=read.received_at - read.at > LATE_AFTER,
    )


def _camera_spot(read: Read, camera: Site | None) -> Spot | Unfit | None:
    """Return the camera's spot; None for a read with another point of its own."""
    own = (read.spot.lng, read.spot.lat)
    fixed = (camera.spot.lng, camera.spot.lat) if camera is not None else (None, None)
    if camera is not None and None not in fixed and own in (fixed, (None, None)):
        return camera.spot
    if None not in own:
        return None
    known = "is not registered" if camera is None else "has no point"
    return Unfit(
        read,
        "camera-unknown",
        f"camera {read.camera_id!r} {known} and the read has no coordinates: "
        "load the camera, then redrive",
    )


def _with_codes(spot: Spot, place: Place) -> Spot:
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


def as_message(unfit: Unfit) -> QuarantinedRow:
    """Return the quarantine row of a read of which no bytes are at hand."""
    read = unfit.read
    content = {
        "camera_id": read.camera_id,
        "at": read.at,
        "plate": read.plate_raw,
        "sequence": read.sequence,
        "confidence": read.confidence,
        "vehicle_type": read.vehicle_type,
        "colour": read.colour,
        "lng": read.spot.lng,
        "lat": read.spot.lat,
    }
    return message_row(
        orjson.dumps(content),
        0,
        code=unfit.code,
        reason=unfit.reason,
        at=read.received_at,
    )


def message_row(
    raw: bytes, number: int, *, code: str, reason: str, at: datetime
) -> QuarantinedRow:
    """Return the quarantine row of a message: its bytes, as they were sent.

    `number` is its place in the batch, from 1; 0 when it came alone. The same bytes
    refused for the same reason are held once.
    """
    return QuarantinedRow(
        id=content_id("qua", MESSAGES, code, raw.hex()),
        load_id=MESSAGES,
        load_kind="reads",
        file=MESSAGES,
        row=number,
        code=code,
        reason=reason,
        raw=raw,
        at=at,
    )
