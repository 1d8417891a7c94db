"""That the service is there, and what it holds."""

from dataclasses import asdict

from fastapi import APIRouter

from api.routes.deps import ServiceDep
from api.service import release
from api.shapes import Health, InboxOut, SummaryOut
from data import queries
from data.records import Delivery, Lead, Report, ReportState

router = APIRouter(tags=["service"])


@router.get("/healthz")
def healthz(service: ServiceDep) -> Health:
    """Answer when the store can be read."""
    with service.store.read() as tx:
        tx.rows(queries.hot_list_mark())
    inbox = service.inbox
    return Health(
        status="ok",
        version=release(),
        boundaries=service.about_boundaries,
        inbox=InboxOut(**asdict(inbox.state)) if inbox else None,
    )


@router.get("/summary")
def summary(service: ServiceDep) -> SummaryOut:
    """Count what the store holds."""
    with service.store.read() as tx:
        states = {row["value"]: row["n"] for row in tx.rows(queries.leads_by_state())}
        kinds = {row["value"]: row["n"] for row in tx.rows(queries.sites_by_kind())}
        first_at, last_at = service.desk.reads.span()
        return SummaryOut(
            reports=tx.count(Report),
            open_reports=tx.count(Report, state=ReportState.OPEN),
            reads=len(service.desk.reads),
            leads=tx.count(Lead),
            leads_by_state=states,
            deliveries=tx.count(Delivery),
            sites=kinds,
            boundaries=service.about_boundaries,
            synthetic=bool(tx.rows(queries.any_synthetic())),
            first_at=first_at,
            last_at=last_at,
        )
