"""Reports: opened, listed, closed."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.bodies import body_of, documented
from api.inputs import CloseIn, ReportIn
from api.lead_shapes import SimilarsOut
from api.problems import BadBody
from api.routes.deps import After, Limit, ServiceDep
from api.shapes import ReportOpened, ReportOut, ReportsPage
from api.views import Views, cursor_of
from data import queries
from data.importers.reports import EARLY
from data.records import (
    Contact,
    Person,
    Report,
    ReportKind,
    ReportState,
    Spot,
    Vehicle,
)
from data.report_ids import report_id

router = APIRouter(tags=["reports"])

CATEGORIES = {
    "stolen-vehicle": "theft",
    "stolen-plate": "theft",
    "found-vehicle": "found",
    "theft": "theft",
    "robbery": "robbery",
    "missing-person": "missing",
    "found-person": "found",
}
"""What a report is filed under unless somebody says otherwise."""


@router.post(
    "/reports", status_code=HTTPStatus.CREATED, openapi_extra=documented(ReportIn)
)
def open_report(
    service: ServiceDep,
    response: Response,
    body: Annotated[ReportIn, Depends(body_of(ReportIn))],
) -> ReportOpened:
    """Open a report; a stolen vehicle is wanted everywhere from now on.

    It is compared with all open reports at once: a missing with found persons, a stolen
    with found vehicles, a theft with thefts that may be the same one; `leads` are the
    pairs. The same case number and plate of one agency, or case number and kind, is one
    report: sent again it answers 200 and changes nothing, with other content it answers
    409.
    """
    _require_past(body, service.now())
    answer = service.desk.open_report(_record(service, body))
    if not answer.is_new:
        response.status_code = HTTPStatus.OK
    with service.store.read() as tx:
        shown = Views(service, tx).report(answer.report)
    return ReportOpened(
        report=shown, is_new=answer.is_new, leads=[lead.id for lead in answer.leads]
    )


@router.get("/reports")
def reports(
    service: ServiceDep,
    state: ReportState | None = None,
    kind: ReportKind | None = None,
    *,
    after: After,
    limit: Limit = 50,
) -> ReportsPage:
    """List reports, newest first; `cursor` takes the `next` of the page before."""
    query = queries.reports_page(state=state, kind=kind, after=after, limit=limit)
    with service.store.read() as tx:
        found = tx.select(Report, query)
        views = Views(service, tx)
        shown = [views.report(report) for report in found]
    last = found[-1] if len(found) == limit else None
    return ReportsPage(
        reports=shown, next=cursor_of(last.reported_at, last.id) if last else None
    )


@router.get("/reports/{report_id}")
def report(service: ServiceDep, report_id: str) -> ReportOut:
    """Show one report."""
    with service.store.read() as tx:
        return Views(service, tx).report(tx.get(Report, report_id))


@router.get("/reports/{report_id}/similar")
def similar(
    service: ServiceDep,
    report_id: str,
    most: Annotated[int, Query(ge=1, le=100)] = 10,
    least: Annotated[float, Query(gt=0, lt=1)] = 0.0001,
    contradicting: bool = False,
) -> SimilarsOut:
    """Find open reports that may tell of the same person, from a probability on.

    Pairs that somebody judged to be two persons are left out, and those of the other
    sex unless `contradicting` ones are asked for: a box may be ticked wrongly.
    """
    found = service.desk.similar(
        report_id, most=most, least=least, contradicting=contradicting
    )
    with service.store.read() as tx:
        views = Views(service, tx)
        return SimilarsOut(similar=[views.similar(one) for one in found])


@router.post("/reports/{report_id}/close", openapi_extra=documented(CloseIn))
def close(
    service: ServiceDep,
    report_id: str,
    body: Annotated[CloseIn, Depends(body_of(CloseIn))],
) -> ReportOut:
    """Close a report; its plate is silent from the next read on."""
    closed = service.desk.close_report(report_id, reason=body.reason, at=body.at)
    with service.store.read() as tx:
        return Views(service, tx).report(closed)


def _require_past(body: ReportIn, now: datetime) -> None:
    errors = [
        {"pointer": f"/{name}", "detail": "lies in the future: check date and offset"}
        for name in ("event_from", "reported_at")
        if (at := getattr(body, name)) is not None and at > now + EARLY
    ]
    if errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        raise BadBody(status, "invalid", "see errors", errors)


def _record(service: ServiceDep, body: ReportIn) -> Report:
    vehicle = Vehicle(**body.vehicle.model_dump()) if body.vehicle else None
    person = Person(**body.person.model_dump()) if body.person else None
    contact = Contact(**body.contact.model_dump()) if body.contact else None
    own = vehicle.plate if vehicle and vehicle.plate else body.kind
    return Report(
        id=report_id(body.agency_id, body.case_number, own),
        kind=ReportKind(body.kind),
        agency_id=body.agency_id,
        case_number=body.case_number,
        reported_at=body.reported_at or service.now(),
        event_from=body.event_from,
        event_to=body.event_to or body.event_from,
        spot=Spot(lng=body.lng, lat=body.lat, error_m=body.error_m, address=body.place),
        category=body.category or CATEGORIES[body.kind],
        vehicle=vehicle,
        person=person,
        contact=contact,
        text=body.text,
        synthetic=body.synthetic,
    )
