"""Leads with their reasons, and what people say of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.bodies import body_of, documented
from api.delivery_shapes import DeliveriesOut
from api.inputs import JudgementIn
from api.lead_shapes import LeadsPage, LeadWithWay
from api.routes.deps import After, Limit, ServiceDep
from api.views import Views, cursor_of
from data import queries
from data.records import (
    Delivery,
    Judgement,
    Lead,
    LeadKind,
    LeadLevel,
    LeadState,
    Verdict,
    content_id,
)

router = APIRouter(tags=["leads"])


@router.get("/leads")
def leads(  # noqa: PLR0913 - these are the parameters of the request
    service: ServiceDep,
    state: LeadState | None = None,
    level: LeadLevel | None = None,
    kind: LeadKind | None = None,
    county: Annotated[str | None, Query(max_length=16)] = None,
    *,
    after: After,
    limit: Limit = 100,
) -> LeadsPage:
    """List leads, the last incident first; `county`: those its agency was told of."""
    query = queries.leads_page(
        equals={"state": state, "level": level, "kind": kind},
        county=county,
        after=after,
        limit=limit,
    )
    with service.store.read() as tx:
        found = tx.select(Lead, query)
        shown = Views(service, tx).leads(found)
    last = found[-1] if len(found) == limit else None
    return LeadsPage(leads=shown, next=cursor_of(last.at, last.id) if last else None)


@router.get("/leads/{lead_id}")
def lead(service: ServiceDep, lead_id: str) -> LeadWithWay:
    """Show one lead with everything that speaks for it and against it."""
    with service.store.read() as tx:
        return Views(service, tx).lead(tx.get(Lead, lead_id))


@router.post("/leads/{lead_id}/judgement", openapi_extra=documented(JudgementIn))
def judge(
    service: ServiceDep,
    lead_id: str,
    body: Annotated[JudgementIn, Depends(body_of(JudgementIn))],
) -> LeadWithWay:
    """Keep a verdict; a positive one needs plate, vehicle and list compared.

    Of a pair of persons it needs identity, appearance and report compared, of vehicles
    vehicle and report, of one incident report; by both agencies whose reports they are.
    Confirmed, reports of persons and vehicles are closed, those of one incident stay.
    """
    at = service.now()
    judged = service.desk.judge(
        Judgement(
            id=content_id("jdg", lead_id, body.verdict, body.by, at),
            lead_id=lead_id,
            verdict=Verdict(body.verdict),
            judged_by=body.by,
            agency_id=body.agency_id,
            at=at,
            compared=tuple(sorted(set(body.compared))),
            comment=body.comment,
        )
    )
    with service.store.read() as tx:
        return Views(service, tx).lead(judged)


@router.get("/deliveries")
def deliveries(
    service: ServiceDep,
    subject_id: Annotated[str | None, Query(max_length=64)] = None,
    agency_id: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = 100,
) -> DeliveriesOut:
    """List what was sent about a subject, or to an agency, the newest first."""
    query = queries.deliveries_page(
        subject_id=subject_id, agency_id=agency_id, limit=limit
    )
    with service.store.read() as tx:
        views = Views(service, tx)
        found = [views.delivery(one) for one in tx.select(Delivery, query)]
    return DeliveriesOut(deliveries=found)
