"""From a report to the hot list: what is wanted, and for how long."""

from datetime import timedelta

from data.records import (
    HotListEntry,
    Report,
    ReportKind,
    ReportState,
    Vehicle,
    content_id,
)
from matching.errors import PlateRefused
from matching.plates import plain
from routing.errors import ReportRefused
from routing.rules import LISTED_DAYS

WANTED = frozenset({ReportKind.STOLEN_VEHICLE, ReportKind.STOLEN_PLATE})
"""Reports of these kinds put their plate on the hot list."""

LONGEST_EVENT = timedelta(days=366)
"""A theft that may have been at any time in longer is a slip of the pen."""


def require_possible(report: Report) -> None:
    """Refuse a report whose times contradict each other.

    Raises
    ------
    ReportRefused
    """
    if report.event_to < report.event_from:
        raise ReportRefused("event_to is before event_from: swap them")
    if report.event_to - report.event_from > LONGEST_EVENT:
        raise ReportRefused(
            f"the event may lie anywhere in {LONGEST_EVENT.days} days at most: give a "
            "nearer event_from"
        )


def entry_of(report: Report) -> HotListEntry | None:
    """Return the hot list entry of an open report of a vehicle, else None.

    Raises
    ------
    ReportRefused
        When the vehicle has no readable plate.
    """
    if report.kind not in WANTED or report.state is not ReportState.OPEN:
        return None
    vehicle = report.vehicle or Vehicle()
    try:
        plate = plain(vehicle.plate or "")
    except PlateRefused as error:
        raise ReportRefused(f"{report.kind} needs a plate: {error}") from error
    days = LISTED_DAYS.get(report.category, min(LISTED_DAYS.values()))
    return HotListEntry(
        id=content_id("hot", report.id),
        report_id=report.id,
        agency_id=report.agency_id,
        plate=plate,
        category=report.category,
        since=report.event_from,
        verified_at=report.reported_at,
        expires_at=report.reported_at + timedelta(days=days),
        vehicle=vehicle,
        spot=report.spot,
    )
