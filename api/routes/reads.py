"""Plate reads coming in."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.arrow_bodies import parse_arrow
from api.bodies import ARROW, JSON, LARGE, NDJSON, content_type, documented, read_body
from api.inputs import ReadIn
from api.read_bodies import Parsed, parse_array, parse_lines
from api.routes.deps import ServiceDep
from api.shapes import ReadsOut
from data.reads.incoming import Incoming
from data.records import QuarantinedRow
from routing.intake import Unfit, message_row

router = APIRouter(tags=["reads"])

PARSERS: dict[str, Callable[..., Parsed]] = {
    JSON: parse_array,
    NDJSON: parse_lines,
    ARROW: parse_arrow,
}


async def _body(request: Request) -> tuple[str, bytes]:
    kind = content_type(request, *PARSERS)
    return kind, await read_body(request, LARGE)


@router.post("/reads", openapi_extra=documented(ReadIn, is_batch=True))
def record_reads(
    service: ServiceDep, body: Annotated[tuple[str, bytes], Depends(_body)]
) -> ReadsOut:
    """Keep reads and say which leads they raised.

    A read that cannot be kept goes to quarantine with its bytes and the reason,
    and never stops the others. A read sent again is counted as duplicate.
    """
    kind, raw = body
    now = service.now()
    parsed = PARSERS[kind](raw, now=now)
    refused = [
        message_row(one.piece, one.row + 1, code=one.code, reason=one.reason, at=now)
        for one in parsed.refused
    ]
    answer = service.desk.record(parsed.incoming, refused, hold=_holder(parsed, now))
    return ReadsOut(
        received=answer.received,
        stored=answer.stored,
        duplicate=answer.duplicate,
        quarantined=answer.quarantined,
        leads=[lead.id for lead in answer.leads],
    )


def _holder(
    parsed: Parsed, now: datetime
) -> Callable[[Incoming, Unfit], QuarantinedRow]:
    """Make quarantine rows of the bytes that were sent."""

    def hold(incoming: Incoming, unfit: Unfit) -> QuarantinedRow:
        row = int(parsed.rows[unfit.row])
        piece = parsed.piece(row)
        return message_row(piece, row + 1, code=unfit.code, reason=unfit.reason, at=now)

    return hold
