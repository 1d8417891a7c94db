"""Plate reads coming in."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from api.arrow_bodies import parse_arrow
from api.bodies import ARROW, JSON, LARGE, NDJSON, content_type, documented, read_body
from api.inputs import ReadIn
from api.read_bodies import Parsed, parse_array, parse_lines
from api.request_keys import REPLAYED, KeyDep
from api.routes.deps import ServiceDep
from api.service import Service
from api.shapes import ReadsOut
from data.reads.incoming import Incoming
from data.records import QuarantinedRow
from data.store import Transaction
from routing.answers import ReadsAnswer, nothing_more
from routing.intake import MESSAGES, Unfit, message_row

router = APIRouter(tags=["reads"])

PARSERS: dict[str, Callable[..., Parsed]] = {
    JSON: parse_array,
    NDJSON: parse_lines,
    ARROW: parse_arrow,
}


async def _body(request: Request) -> tuple[str, bytes]:
    kind = content_type(request, *PARSERS)
    return kind, await read_body(request, LARGE)


@router.post(
    "/reads",
    openapi_extra=documented(ReadIn, is_batch=True),
    response_model=ReadsOut,
)
async def record_reads(
    service: ServiceDep, key: KeyDep, body: Annotated[tuple[str, bytes], Depends(_body)]
) -> Response:
    """Keep reads and say which leads they raised.

    A read that cannot be kept goes to quarantine with its bytes and the reason,
    and never stops the others. A read sent again is counted as duplicate.

    With an `Idempotency-Key` the same body sent again within a day gets the answer
    that it got first, with the header `Idempotency-Replayed: true`.
    """
    return await run_in_threadpool(_answered, service, key, *body)


def _answered(service: Service, key: str | None, kind: str, raw: bytes) -> Response:
    """Answer in one go: each change of threads costs as much as a small batch."""
    if key is None:
        return JSONResponse(_recorded(service, kind, raw).model_dump())
    with service.keys.held(MESSAGES, key, kind.encode(), raw) as held:
        if held.answer is not None:
            return JSONResponse(held.answer, headers=REPLAYED)

        def also(tx: Transaction, answer: ReadsAnswer) -> None:
            held.keep(tx, _out(answer).model_dump())

        return JSONResponse(_recorded(service, kind, raw, also).model_dump())


def _recorded(
    service: Service,
    kind: str,
    raw: bytes,
    also: Callable[[Transaction, ReadsAnswer], None] = nothing_more,
) -> ReadsOut:
    now = service.now()
    parsed = PARSERS[kind](raw, now=now)
    refused = [
        message_row(one.piece, one.row + 1, code=one.code, reason=one.reason, at=now)
        for one in parsed.refused
    ]
    hold = _holder(parsed, now)
    return _out(service.desk.record(parsed.incoming, refused, hold=hold, also=also))


def _out(answer: ReadsAnswer) -> ReadsOut:
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
