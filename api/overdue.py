"""The report of expired and unrenewed entries, for HTTP and the command line."""

from datetime import datetime, timedelta

from api.hot_list_shapes import OverdueAgency, OverdueEntry, OverdueOut
from api.service import Service
from api.views import Views, cursor_of
from data import queries
from data.records import HotListEntry

DAY = timedelta(days=1)


def overdue_out(
    service: Service,
    *,
    agency_id: str | None,
    after: tuple[datetime, str] | None = None,
    limit: int | None = None,
) -> OverdueOut:
    """Return what is expired now and not renewed; `limit` None for all entries."""
    at = service.now()
    page = queries.overdue_page(at, agency_id=agency_id, after=after, limit=limit)
    with service.store.read() as tx:
        views = Views(service, tx)
        found = tx.select(HotListEntry, page)
        counts = tx.rows(queries.overdue_by_agency(at))
    last = found[-1] if len(found) == limit else None
    return OverdueOut(
        at=at,
        agencies=[
            OverdueAgency(
                agency=views.agency(row["agency_id"]),
                entries=row["n"],
                oldest=row["oldest"],
            )
            for row in counts
        ],
        entries=[_entry(views, entry, at) for entry in found],
        next=cursor_of(last.expires_at, last.id) if last else None,
    )


def _entry(views: Views, entry: HotListEntry, at: datetime) -> OverdueEntry:
    return OverdueEntry(
        id=entry.id,
        report_id=entry.report_id,
        agency=views.agency(entry.agency_id),
        category=entry.category,
        verified_at=entry.verified_at,
        expires_at=entry.expires_at,
        days_over=(at - entry.expires_at) / DAY,
    )
