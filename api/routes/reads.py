"""Plate reads coming in."""

import io
from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.bodies import (
    JSON,
    LARGE,
    NDJSON,
    content_type,
    documented,
    parse_json,
    read_body,
    shaped,
    too_deep,
)
from api.inputs import ReadIn
from api.problems import BadBody
from api.routes.deps import ServiceDep
from api.shapes import ReadsOut
from data.importers.documents import array_elements
from data.importers.reports import EARLY
from data.records import QuarantinedRow, Read, Spot, read_id
from routing.intake import Unfit, message_row

router = APIRouter(tags=["reads"])

EARLIEST_YEAR = 2000

MOST_READS = 100_000
"""In one batch; while it is recorded nobody else's reads are."""


async def _pieces(request: Request) -> list[bytes]:
    """Split a body into the bytes of each read."""
    kind = content_type(request, JSON, NDJSON)
    raw = await read_body(request, LARGE)
    by_line = (line for line in io.BytesIO(raw) if line.strip())
    pieces = by_line if kind == NDJSON else _elements(raw)
    kept = list(islice(pieces, MOST_READS + 1))
    if len(kept) > MOST_READS:
        raise BadBody(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "body-too-large",
            f"the batch has more than {MOST_READS} reads: send it in parts",
        )
    return kept


def _elements(raw: bytes) -> Iterator[bytes]:
    """Cut an array into its elements, each as it was sent."""
    if not isinstance(parse_json(raw), list):
        raise BadBody(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid",
            "the body must be an array of reads, or one read a line as NDJSON",
        )
    try:
        for text in array_elements(raw.decode()):
            yield text.encode()
    except RecursionError:
        raise too_deep() from None


@router.post("/reads", openapi_extra=documented(ReadIn, is_batch=True))
def record_reads(
    service: ServiceDep, pieces: Annotated[list[bytes], Depends(_pieces)]
) -> ReadsOut:
    """Keep reads and say which leads they raised.

    A read that cannot be kept goes to quarantine with its bytes and the reason,
    and never stops the others. A read sent again is counted as duplicate.
    """
    reads: list[Read] = []
    refused: list[QuarantinedRow] = []
    numbers: dict[str, int] = {}
    for number, piece in enumerate(pieces, start=1):
        made = _made(piece, number, service)
        if isinstance(made, Read):
            numbers.setdefault(made.id, number)
            reads.append(made)
        else:
            refused.append(made)

    def hold(unfit: Unfit) -> QuarantinedRow:
        number = numbers[unfit.read.id]
        return _refused(pieces[number - 1], number, unfit.code, unfit.reason, service)

    answer = service.desk.record_reads(reads, refused, hold=hold)
    return ReadsOut(
        received=answer.received,
        stored=answer.stored,
        duplicate=answer.duplicate,
        quarantined=answer.quarantined,
        leads=[lead.id for lead in answer.leads],
    )


def _made(piece: bytes, number: int, service: ServiceDep) -> Read | QuarantinedRow:
    try:
        read = shaped(ReadIn, piece)
    except BadBody as error:
        first = (error.errors or [{"pointer": "", "detail": str(error)}])[0]
        code = "invalid" if error.errors else "no-json"
        reason = f"{first['pointer']}: {first['detail']}".removeprefix(": ")
        return _refused(piece, number, code, reason, service)
    if read.at.year < EARLIEST_YEAR or read.at > service.now() + EARLY:
        reason = "/at: before plates were read by machines, or still to come"
        return _refused(piece, number, "time", reason, service)
    return read_record(read, service)


def read_record(read: ReadIn, service: ServiceDep) -> Read:
    """Make the record of a read; place and plain plate are the desk's to fill in."""
    return Read(
        id=read_id(
            read.camera_id, sequence=read.sequence, at=read.at, plate_raw=read.plate
        ),
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
    return message_row(piece, number, code=code, reason=reason, at=service.now())
