"""Reads as columns: what goes into the archive and what comes out of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from data.plate_codes import Codes, decode, encode, written_plate
from data.records import Provenance, Read, Spot, read_id

Integers = NDArray[np.int64]
Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
Smalls = NDArray[np.int32]

NO_SEQUENCE = np.iinfo(np.int64).min
"""Stands for a read without sequence number."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

LATE_US = 600_000_000
"""A read that arrives later than this after it was made is marked late."""

DAY_US = 86_400_000_000
ZONE_US = 8 * 3_600_000_000
"""Days begin at midnight in Taiwan, UTC+8 since 1979."""


class Camera(NamedTuple):
    """A camera as it stood when it read; one that was moved is another one."""

    camera_id: str
    spot: Spot = Spot()


class Look(NamedTuple):
    """What a camera said of a vehicle besides its plate.

    ``has_dash`` says that the plate came with its dash, as `written_plate` puts it.
    """

    vehicle_type: str | None = None
    colour: str | None = None
    has_dash: bool = False


class Extra(NamedTuple):
    """What only few reads have: another writing, a place of its own, a file's row."""

    plate_raw: str | None = None
    spot: Spot | None = None
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Reads:
    """n reads.

    Attributes
    ----------
    plate
        Codes of `data.plate_codes`, shape (n,).
    at, received
        Microseconds since 1970 UTC, shape (n,).
    camera, look
        Numbers in ``cameras`` and ``looks``, shape (n,).
    confidence
        0 to 1, NaN where the camera said nothing, shape (n,).
    sequence
        `NO_SEQUENCE` where there is none, shape (n,).
    extras
        By row.
    """

    plate: Codes
    at: Integers
    received: Integers
    camera: Smalls
    look: Smalls
    confidence: Floats
    sequence: Integers
    cameras: Sequence[Camera]
    looks: Sequence[Look]
    extras: Mapping[int, Extra] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.plate.size

    @property
    def late(self) -> NDArray[np.bool_]:
        """Which reads came late."""
        late: NDArray[np.bool_] = self.received - self.at > LATE_US
        return late

    def taken(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Self:
        """Return some of the rows, in the order asked for."""
        extras: dict[int, Extra] = {}
        if self.extras:
            old = np.arange(len(self))[rows].tolist()
            at = ((new, self.extras.get(row)) for new, row in enumerate(old))
            extras = {new: extra for new, extra in at if extra is not None}
        return replace(
            self,
            plate=self.plate[rows],
            at=self.at[rows],
            received=self.received[rows],
            camera=self.camera[rows],
            look=self.look[rows],
            confidence=self.confidence[rows],
            sequence=self.sequence[rows],
            extras=extras,
        )

    def plates(self) -> list[str]:
        """Return the plain plates."""
        texts: list[str] = decode(self.plate).tolist()
        return texts

    def raws(self) -> list[str]:
        """Return the readings as the cameras sent them."""
        dashed = [self.looks[number].has_dash for number in self.look.tolist()]
        raws = [
            written_plate(plate) if has_dash else plate
            for plate, has_dash in zip(self.plates(), dashed, strict=True)
        ]
        for row, extra in self.extras.items():
            raws[row] = extra.plate_raw or raws[row]
        return raws

    def marks(self) -> list[int | str]:
        """Return what tells reads of one camera and moment apart.

        The sequence number, or where there is none, the reading as it was sent.
        """
        numbers: list[int | str] = self.sequence.tolist()
        if NO_SEQUENCE not in numbers:
            return numbers
        pairs = zip(numbers, self.raws(), strict=True)
        return [raw if number == NO_SEQUENCE else number for number, raw in pairs]

    def records(self) -> list[Read]:
        """Return the reads as records, in order."""
        return list(_records(self))


def _records(reads: Reads) -> Iterator[Read]:
    columns = zip(
        reads.plates(),
        reads.raws(),
        reads.at.tolist(),
        reads.received.tolist(),
        reads.camera.tolist(),
        reads.look.tolist(),
        reads.confidence.tolist(),
        reads.sequence.tolist(),
        strict=True,
    )
    nothing = Extra()
    for row, values in enumerate(columns):
        plate, raw, at_us, received_us, number, how, confidence, sequence = values
        camera, look = reads.cameras[number], reads.looks[how]
        extra = reads.extras.get(row, nothing)
        own = None if sequence == NO_SEQUENCE else sequence
        at, received_at = moment_of(at_us), moment_of(received_us)
        yield Read(
            id=read_id(camera.camera_id, sequence=own, at=at, plate_raw=raw),
            camera_id=camera.camera_id,
            at=at,
            plate_raw=raw,
            plate=plate,
            received_at=received_at,
            spot=extra.spot or camera.spot,
            sequence=own,
            confidence=None if confidence != confidence else confidence,
            vehicle_type=look.vehicle_type,
            colour=look.colour,
            late=received_us - at_us > LATE_US,
            provenance=extra.provenance,
        )


def reads_of(records: Iterable[Read], spots: Mapping[str, Spot]) -> Reads:
    """Turn completed records into columns.

    ``spots`` are those of the cameras, by id; a read that stands elsewhere keeps its
    own.
    """
    cameras: dict[Camera, int] = {}
    looks: dict[Look, int] = {}
    extras: dict[int, Extra] = {}
    rows = list(records)
    camera, look = np.empty(len(rows), np.int32), np.empty(len(rows), np.int32)
    for row, read in enumerate(rows):
        fixed = spots.get(read.camera_id, Spot())
        key = Camera(read.camera_id, fixed)
        camera[row] = cameras.setdefault(key, len(cameras))
        is_plain = read.plate_raw == read.plate
        has_dash = not is_plain and read.plate_raw == written_plate(read.plate)
        how = Look(read.vehicle_type, read.colour, has_dash)
        look[row] = looks.setdefault(how, len(looks))
        odd = not is_plain and not has_dash
        extra = Extra(
            read.plate_raw if odd else None,
            read.spot if read.spot != fixed else None,
            read.provenance,
        )
        if extra != Extra():
            extras[row] = extra
    confidence = [np.nan if r.confidence is None else r.confidence for r in rows]
    sequence = [NO_SEQUENCE if r.sequence is None else r.sequence for r in rows]
    return Reads(
        plate=encode([read.plate for read in rows]),
        at=np.array([micros_of(read.at) for read in rows], dtype=np.int64),
        received=np.array([micros_of(read.received_at) for read in rows], np.int64),
        camera=camera,
        look=look,
        confidence=np.array(confidence, dtype=np.float64),
        sequence=np.array(sequence, dtype=np.int64),
        cameras=list(cameras),
        looks=list(looks),
        extras=extras,
    )


def joined(parts: Sequence[Reads]) -> Reads:
    """Put parts with the same cameras and looks one behind the other."""
    if len(parts) == 1:
        return parts[0]
    extras: dict[int, Extra] = {}
    start = 0
    for part in parts:
        extras |= {start + row: extra for row, extra in part.extras.items()}
        start += len(part)
    return Reads(
        plate=np.concatenate([part.plate for part in parts]),
        at=np.concatenate([part.at for part in parts]),
        received=np.concatenate([part.received for part in parts]),
        camera=np.concatenate([part.camera for part in parts]),
        look=np.concatenate([part.look for part in parts]),
        confidence=np.concatenate([part.confidence for part in parts]),
        sequence=np.concatenate([part.sequence for part in parts]),
        cameras=parts[0].cameras,
        looks=parts[0].looks,
        extras=extras,
    )


def no_reads() -> Reads:
    """Return columns of nothing."""
    return reads_of((), {})


def micros_of(moment: datetime) -> int:
    """Turn an aware time into microseconds since 1970 UTC."""
    return (moment - EPOCH) // MICROSECOND


def moment_of(micros: int) -> datetime:
    """Turn microseconds since 1970 UTC into a time."""
    return EPOCH + timedelta(microseconds=micros)


def days_of(at: Integers) -> frozenset[int]:
    """Return the days, counted from 1970 in Taiwan's time, that moments lie in."""
    if not at.size:
        return frozenset()
    days = (np.array([at.min(), at.max()]) + ZONE_US) // DAY_US
    if days[0] == days[1]:
        return frozenset(days[:1].tolist())
    return frozenset(np.unique((at + ZONE_US) // DAY_US).tolist())


def span_of(day: int) -> tuple[int, int]:
    """Return the first and the last microsecond of a day."""
    return day * DAY_US - ZONE_US, (day + 1) * DAY_US - ZONE_US - 1


def ranges(starts: NDArray[Any], stops: NDArray[Any]) -> Rows:
    """Write out the numbers from each start to before each stop."""
    if starts.size == 1:
        return np.arange(starts[0], stops[0], dtype=np.int64)
    sizes = (stops - starts).astype(np.int64)
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if ends.size else 0
    shift: Rows = np.repeat(starts.astype(np.int64) - (ends - sizes), sizes)
    return shift + np.arange(total, dtype=np.int64)


def in_order(reads: Reads) -> Reads:
    """Sort reads by time; those of one moment by plate, sequence and camera id."""
    keys = (reads.sequence, reads.plate, reads.at)
    order = np.lexsort(keys)
    ties = np.ones(max(order.size - 1, 0), dtype=np.bool_)
    for key in keys:
        ties &= np.diff(key[order]) == 0
    if ties.any():
        ids = np.array([reads.cameras[number].camera_id for number in reads.camera])
        order = np.lexsort((ids, *keys))
    return reads.taken(order)
