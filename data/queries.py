"""Queries over several columns, for ``Transaction.select`` and ``.rows``."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.sql.dml import ReturningDelete

from data.schema import (
    deliveries,
    hot_list,
    idempotency_keys,
    judgements,
    lead_reads,
    leads,
    quarantine,
    reports,
    sites,
)


def hot_list_mark() -> Select[Any]:
    """Select a mark that changes with every change to the hot list."""
    return select(
        func.count().label("entries"),
        func.coalesce(func.sum(hot_list.c.version), 0).label("versions"),
    )


def reports_mark(kinds: Iterable[str]) -> Select[Any]:
    """Select a mark that changes with every change to the reports of these kinds."""
    return select(
        func.count().label("reports"),
        func.coalesce(func.sum(reports.c.version), 0).label("versions"),
    ).where(reports.c.kind.in_(list(kinds)))


def open_reports(kinds: Iterable[str]) -> Select[Any]:
    """Select ids of the open reports of these kinds, in order."""
    return (
        select(reports.c.id)
        .where(reports.c.kind.in_(list(kinds)), reports.c.state == "open")
        .order_by(reports.c.id)
    )


def leads_of(report_id: str) -> Select[Any]:
    """Select the leads of a report, alone or with another one, in order of ids."""
    is_of = or_(leads.c.report_id == report_id, leads.c.other_report_id == report_id)
    return select(leads).where(is_of).order_by(leads.c.id)


def over_since(at: datetime) -> Select[Any]:
    """Select the plates that were wanted, and have not been since a time or later."""
    return select(
        hot_list.c.id,
        hot_list.c.report_id,
        hot_list.c.plate,
        hot_list.c.state,
        hot_list.c.until,
    ).where(hot_list.c.state != "open", hot_list.c.until >= at)


def overdue_page(
    at: datetime,
    *,
    agency_id: str | None,
    after: tuple[datetime, str] | None,
    limit: int | None,
) -> Select[Any]:
    """Select open entries whose date had passed at a time, the longest over first."""
    expires, key = hot_list.c.expires_at, hot_list.c.id
    query = _overdue(select(hot_list), at).order_by(expires, key).limit(limit)
    if agency_id is not None:
        query = query.where(hot_list.c.agency_id == agency_id)
    if after is not None:
        here, last = after
        query = query.where(or_(expires > here, and_(expires == here, key > last)))
    return query


def overdue_by_agency(at: datetime) -> Select[Any]:
    """Count the open entries of each agency whose date had passed at a time."""
    agency = hot_list.c.agency_id
    counted = select(
        agency.label("agency_id"),
        func.count().label("n"),
        func.min(hot_list.c.expires_at).label("oldest"),
    )
    return _overdue(counted, at).group_by(agency).order_by(agency)


def _overdue(query: Select[Any], at: datetime) -> Select[Any]:
    return query.where(hot_list.c.state == "open", hot_list.c.expires_at < at)


def reads_near(entry_id: str, *, since: datetime, until: datetime) -> Select[Any]:
    """Select the reads of an entry's leads in a span of time, both ends included."""
    return (
        select(lead_reads)
        .where(lead_reads.c.entry_id == entry_id)
        .where(lead_reads.c.at.between(since, until))
        .order_by(lead_reads.c.at, lead_reads.c.id)
    )


def reads_of_leads(lead_ids: Iterable[str]) -> Select[Any]:
    """Select all reads of these leads, in order of time."""
    return (
        select(lead_reads)
        .where(lead_reads.c.lead_id.in_(list(lead_ids)))
        .order_by(lead_reads.c.at, lead_reads.c.id)
    )


def leads_page(
    *,
    equals: Mapping[str, str | None],
    county: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Select[Any]:
    """Select leads, the newest first; `county` is that of an agency told of it.

    `equals` are values by column; None is no condition.
    """
    query = select(leads).order_by(leads.c.at.desc(), leads.c.id.desc()).limit(limit)
    for column, value in equals.items():
        query = query.where(leads.c[column] == value) if value is not None else query
    if county is not None:
        told = select(deliveries.c.subject_id).where(
            deliveries.c.subject_kind == "lead", deliveries.c.agency_id == county
        )
        query = query.where(leads.c.id.in_(told))
    return query.where(_after(leads.c.at, leads.c.id, after)) if after else query


def reports_page(
    *,
    state: str | None,
    kind: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Select[Any]:
    """Select reports, newest first."""
    query = select(reports).order_by(reports.c.reported_at.desc(), reports.c.id.desc())
    for column, value in ((reports.c.state, state), (reports.c.kind, kind)):
        query = query.where(column == value) if value is not None else query
    at = reports.c.reported_at
    query = query.where(_after(at, reports.c.id, after)) if after else query
    return query.limit(limit)


def _after(
    at: ColumnElement[datetime], key: ColumnElement[str], last: tuple[datetime, str]
) -> ColumnElement[bool]:
    return or_(at < last[0], and_(at == last[0], key < last[1]))


def deliveries_of(subject_ids: Iterable[str]) -> Select[Any]:
    """Select the deliveries about these subjects, owners first, then by agency."""
    return (
        select(deliveries)
        .where(deliveries.c.subject_id.in_(list(subject_ids)))
        .order_by(deliveries.c.created_at, deliveries.c.role, deliveries.c.agency_id)
    )


def judgements_of(lead_ids: Iterable[str]) -> Select[Any]:
    """Select the judgements of these leads, the first one first."""
    return (
        select(judgements)
        .where(judgements.c.lead_id.in_(list(lead_ids)))
        .order_by(judgements.c.at, judgements.c.id)
    )


def site_columns(kinds: Sequence[str] | None = None) -> Select[Any]:
    """Select what an index or a map needs of the sites that have a point."""
    query = select(
        sites.c.id,
        sites.c.kind,
        sites.c.name,
        sites.c.lng,
        sites.c.lat,
        sites.c.county_code,
        sites.c.agency_id.label("owner"),
        sites.c.reads_plates,
        sites.c.attributes["online_from"].as_string().label("online_from"),
        sites.c.attributes["online_until"].as_string().label("online_until"),
    )
    query = query.where(sites.c.lng.is_not(None))
    if kinds is not None:
        query = query.where(sites.c.kind.in_(kinds))
    return query.order_by(sites.c.id)


def leads_by_state() -> Select[Any]:
    """Count the leads in each state."""
    state = leads.c.state
    return select(state.label("value"), func.count().label("n")).group_by(state)


def sites_by_kind() -> Select[Any]:
    """Count the sites of each kind that have a point, and so a place on a map."""
    kind = sites.c.kind
    counted = select(kind.label("value"), func.count().label("n")).group_by(kind)
    return counted.where(sites.c.lng.is_not(None))


def any_synthetic() -> Select[Any]:
    """Select one synthetic report, if there is any."""
    return select(reports.c.id).where(reports.c.synthetic).limit(1)


def sites_mark() -> Select[Any]:
    """Select a mark that changes when sites are added or changed."""
    return select(
        func.count().label("sites"),
        func.coalesce(func.sum(sites.c.version), 0).label("versions"),
    )


def quarantined(*, limit: int | None, **equals: str) -> Select[Any]:
    """Select quarantined rows with these column values, by file and row number."""
    order = (quarantine.c.file, quarantine.c.row, quarantine.c.id)
    return select(quarantine).filter_by(**equals).order_by(*order).limit(limit)


def deliveries_page(
    *, subject_id: str | None, agency_id: str | None, limit: int
) -> Select[Any]:
    """Select deliveries about a subject or to an agency, the newest first."""
    query = select(deliveries).order_by(
        deliveries.c.created_at.desc(), deliveries.c.role, deliveries.c.agency_id
    )
    wanted = {"subject_id": subject_id, "agency_id": agency_id}
    for name, value in wanted.items():
        query = query.where(deliveries.c[name] == value) if value else query
    return query.limit(limit)


def keys_forgotten(before: datetime) -> ReturningDelete[Any]:
    """Delete the keys of requests that were answered up to a time."""
    table = idempotency_keys
    return delete(table).where(table.c.at <= before).returning(table.c.id)
