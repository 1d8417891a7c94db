"""Plate reads coming in."""

from http import HTTPStatus
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError

from api.bodies import (
    JSON,
    LARGE,
    NDJSON,
    content_type,
    documented,
    parse_json,
    pointer_of,
    read_body,
)
from api.problems import BadBody
from api.routes.deps import ServiceDep
from api.shapes import ReadIn, ReadsOut
from data.records import QuarantinedRow, Read, Spot, content_id

router = APIRouter(tags=["reads"])

EARLIEST_YEAR = 2000


async def _pieces(request: Request) -> list[bytes]:
    """Split a body into the bytes of each read."""
    kind = content_type(request, JSON, NDJSON)
    raw = await read_body(request, LARGE)
    if kind == NDJSON:
        return [line for line in raw.splitlines() if line.strip()]
    content = parse_json(raw)
    if not isinstance(content, list):
        raise BadBody(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid",
            "the body must be an array of reads, or one read a line as NDJSON",
        )
    return [orjson.dumps(found) for found in content]


@router.post("/reads", openapi_extra=documented(ReadIn))
def record_reads(
    service: ServiceDep, pieces: Annotated[list[bytes], Depends(_pieces)]
) -> ReadsOut:
    """Keep reads and say which leads they raised.

    A read that cannot be kept goes to quarantine with its bytes and the reason,
    and never stops the others. A read sent again is counted as duplicate.
    """
    reads: list[Read] = []
    refused: list[QuarantinedRow] = []
    for number, piece in enumerate(pieces, start=1):
        made = _made(piece, number, service)
        (reads if isinstance(made, Read) else refused).append(made)  # type: ignore[arg-type]
    answer = service.desk.record_reads(reads, refused)
    return ReadsOut(
        received=answer.received,
        stored=answer.stored,
        duplicate=answer.duplicate,
        quarantined=answer.quarantined,
        leads=[lead.id for lead in answer.leads],
    )


def _made(piece: bytes, number: int, service: ServiceDep) -> Read | QuarantinedRow:
    at = service.now()
    try:
        parse_json(piece)
        read = ReadIn.model_validate_json(piece)
    except BadBody as error:
        return _refused(piece, number, "no-json", str(error), service)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = f"{pointer_of(first['loc'])}: {first['msg']}"
        return _refused(piece, number, "invalid", reason, service)
    if not EARLIEST_YEAR <= read.at.year <= at.year + 1:
        reason = f"/at: the year {read.at.year} cannot be"
        return _refused(piece, number, "time", reason, service)
    return read_record(read, service)


def read_record(read: ReadIn, service: ServiceDep) -> Read:
    """Make the record of a read; its id follows from camera and sequence.

    Without a sequence number camera, time and reading take its place.
    """
    own = read.sequence if read.sequence is not None else (read.at, read.plate)
    return Read(
        id=content_id("read", read.camera_id, own),
        camera_id=read.camera_id,
        at=read.at,
        plate_raw=read.plate,
        plate="",
        received_at=service.now(),
        spot=Spot(lng=read.lng, lat=read.lat),
        sequence=read.sequence,
        confidence=read.confidence,
        vehicle_type=read.vehicle_type,
        colour=read.colour,
    )


def _refused(
    piece: bytes, number: int, code: str, reason: str, service: ServiceDep
) -> QuarantinedRow:
    return QuarantinedRow(
        id=content_id("qua", "reads", code, piece.hex()),
        load_id="POST /reads",
        load_kind="reads",
        file="POST /reads",
        row=number,
        code=code,
        reason=reason,
        raw=piece,
        at=service.now(),
    )
