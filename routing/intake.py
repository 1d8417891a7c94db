"""Completing what comes in: plates made plain, places found, the rest set aside."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import orjson

from data.plate_codes import encode
from data.reads.columns import Extra, Look, Reads
from data.reads.incoming import DASHED, OTHER, Incoming
from data.reads.names import Names
from data.records import QuarantinedRow, content_id
from matching.errors import PlateRefused
from matching.plates import plain
from routing.placing import Placer

MESSAGES = "POST /reads"
"""Where a read came from that was in no file."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """A read that cannot be kept, by its row in the batch, and why."""

    row: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """The reads of a batch that can be kept, and those that cannot, in order."""

    reads: Reads
    unfit: list[Unfit]


class Completer:
    """Fills in what a message leaves to us: plain plate, place, county."""

    def __init__(self, placer: Placer, names: Names) -> None:
        self._placer = placer
        self._names = names

    def complete(self, incoming: Incoming) -> Completed:
        """Complete a batch; the cameras of what comes out are the archive's."""
        codes, ways = incoming.codes()
        unfit: dict[int, Unfit] = {}
        extras: dict[int, Extra] = {
            row: Extra(provenance=origin) for row, origin in incoming.origins.items()
        }
        for row in np.flatnonzero(ways == OTHER).tolist():
            raw = incoming.plates[row].as_py()
            try:
                codes[row] = encode([plain(raw)])[0]
                extras[row] = extras.get(row, Extra())._replace(plate_raw=raw)
            except PlateRefused as error:
                unfit[row] = Unfit(row, f"plate-{error.code}", str(error))
        placed = self._placer.place(incoming)
        for row, refused in placed.refused.items():
            unfit.setdefault(row, Unfit(row, *refused))
        for row, spot in placed.own.items():
            extras[row] = extras.get(row, Extra())._replace(spot=spot)
        looks = [Look(*kind, dash) for kind in incoming.kinds for dash in (False, True)]
        reads = Reads(
            plate=codes,
            at=incoming.at,
            received=incoming.received,
            camera=placed.camera,
            look=incoming.kind * 2 + (ways == DASHED),
            confidence=incoming.confidence,
            sequence=incoming.sequence,
            cameras=self._names.cameras,
            looks=looks,
            extras=extras,
        )
        if unfit:
            is_fit = np.ones(len(incoming), dtype=np.bool_)
            is_fit[list(unfit)] = False
            reads = reads.taken(is_fit)
        return Completed(reads, [unfit[row] for row in sorted(unfit)])


def as_message(incoming: Incoming, unfit: Unfit) -> QuarantinedRow:
    """Return the quarantine row of a read of which no bytes are at hand."""
    read = incoming.record(unfit.row)
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
