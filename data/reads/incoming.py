"""Reads as they came in, column by column, before anybody has looked at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.plate_codes import Codes
from data.reads import kernels
from data.reads.columns import (
    NO_SEQUENCE,
    Floats,
    Integers,
    Smalls,
    micros_of,
    moment_of,
)
from data.records import Provenance, Read, Spot, read_id

PLAIN, DASHED, OTHER = range(3)
"""How a reading was written: plain, with its dash, or in another way."""


@dataclass(frozen=True, slots=True, eq=False)
class Incoming:
    """n reads as they came.

    Attributes
    ----------
    plates
        Readings as the cameras sent them, length n.
    camera, kind
        Numbers in ``camera_ids`` and ``kinds`` (type of vehicle, colour), shape (n,).
    lng, lat
        Of the read itself, WGS 84 degrees; NaN where it only names its camera.
    spots, origins
        By row, where more is said of the place than that, or a file it came from.
    """

    plates: pa.StringArray
    at: Integers
    received: Integers
    camera: Smalls
    camera_ids: Sequence[str]
    kind: Smalls
    kinds: Sequence[tuple[str | None, str | None]]
    confidence: Floats
    sequence: Integers
    lng: Floats
    lat: Floats
    spots: Mapping[int, Spot] = field(default_factory=dict)
    origins: Mapping[int, Provenance] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.at.size

    def codes(self) -> tuple[Codes, NDArray[np.uint8]]:
        """Return the codes of the readings and how each was written.

        `NO_PLATE` where it is `OTHER` than plain or plain with its dash.
        """
        _, offsets, text = self.plates.buffers()
        starts = np.frombuffer(offsets, dtype=np.int32)
        starts = starts[self.plates.offset : self.plates.offset + len(self) + 1]
        size = int(starts[-1])
        data = np.frombuffer(text, dtype=np.uint8, count=size) if text else _NOTHING
        codes = np.empty(len(self), dtype=np.uint64)
        ways = np.empty(len(self), dtype=np.uint8)
        kernels.read_plates(data, starts, codes, ways)
        return codes, ways

    def record(self, row: int) -> Read:
        """Return a read as a record, as it came."""
        raw, at = self.plates[row].as_py(), moment_of(int(self.at[row]))
        camera_id = self.camera_ids[self.camera[row]]
        vehicle_type, colour = self.kinds[self.kind[row]]
        number = int(self.sequence[row])
        sequence = None if number == NO_SEQUENCE else number
        return Read(
            id=read_id(camera_id, sequence=sequence, at=at, plate_raw=raw),
            camera_id=camera_id,
            at=at,
            plate_raw=raw,
            plate="",
            received_at=moment_of(int(self.received[row])),
            spot=self.spot(row),
            sequence=sequence,
            confidence=_given(self.confidence[row]),
            vehicle_type=vehicle_type,
            colour=colour,
            provenance=self.origins.get(row),
        )

    def spot(self, row: int) -> Spot:
        """Return what a read says of its place."""
        said = self.spots.get(row)
        return said or Spot(lng=_given(self.lng[row]), lat=_given(self.lat[row]))


_NOTHING = np.empty(0, dtype=np.uint8)


def incoming_of(reads: Sequence[Read]) -> Incoming:
    """Turn records into columns."""
    cameras: dict[str, int] = {}
    kinds: dict[tuple[str | None, str | None], int] = {}
    camera = [cameras.setdefault(read.camera_id, len(cameras)) for read in reads]
    kind = [
        kinds.setdefault((read.vehicle_type, read.colour), len(kinds)) for read in reads
    ]
    origins = {
        row: read.provenance for row, read in enumerate(reads) if read.provenance
    }
    return Incoming(
        plates=pa.array([read.plate_raw for read in reads], pa.string()),
        at=_times([read.at for read in reads]),
        received=_times([read.received_at for read in reads]),
        camera=np.array(camera, dtype=np.int32),
        camera_ids=list(cameras),
        kind=np.array(kind, dtype=np.int32),
        kinds=list(kinds),
        confidence=floats([read.confidence for read in reads]),
        sequence=sequences([read.sequence for read in reads]),
        lng=floats([read.spot.lng for read in reads]),
        lat=floats([read.spot.lat for read in reads]),
        spots={
            row: read.spot
            for row, read in enumerate(reads)
            if read.spot != Spot(lng=read.spot.lng, lat=read.spot.lat)
        },
        origins=origins,
    )


def floats(values: Sequence[float | None]) -> Floats:
    """Return numbers as a column, NaN for None."""
    return np.array(values, dtype=np.float64)


def sequences(values: Sequence[int | None]) -> Integers:
    """Return sequence numbers as a column."""
    return np.array([NO_SEQUENCE if v is None else v for v in values], dtype=np.int64)


def _times(moments: Sequence[datetime]) -> Integers:
    return np.array([micros_of(moment) for moment in moments], dtype=np.int64)


def _given(value: Any) -> float | None:  # noqa: ANN401 - a NumPy number
    return None if np.isnan(value) else float(value)
