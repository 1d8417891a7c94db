"""Reports of thefts, robberies and stolen vehicles: rows to reports.

Two kinds of rows are read: a register with a ROC date, a window of hours and an
address, and a list with moments and, for vehicles, plates.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from data.dates import day_or_moment, roc_date, time_window
from data.errors import RowRefused
from data.importers.columns import Columns
from data.importers.parsed import LoadKind, Made, Row, Setting, Table, provenance
from data.importers.persons import contact_of, person_of
from data.importers.places import Claim, Placed, Placer
from data.records import (
    Report,
    ReportKind,
    Spot,
    Vehicle,
    content_id,
)
from data.report_ids import report_id
from data.text import place_name
from data.words import colour, vehicle_type

EARLY = timedelta(minutes=5)
"""How far ahead of ours the sender's clock may be."""

LONGEST = timedelta(days=366)
"""A vehicle can be stolen some time in a year; more is a slip."""

_METRES = re.compile(r"\d{1,6}(\.\d{1,9})?", re.ASCII)
_WORDS = {
    ReportKind.ROBBERY: ("強盜", "搶奪", "robbery", "snatching"),
    ReportKind.STOLEN_PLATE: ("車牌失竊", "號牌失竊", "車牌遺失", "stolen-plate"),
    ReportKind.MISSING_PERSON: ("失蹤", "missing"),
    ReportKind.FOUND_PERSON: ("尋獲人", "身分不明", "found-person"),
    ReportKind.FOUND_VEHICLE: ("尋獲車", "棄置車", "found-vehicle"),
    ReportKind.WITHDRAWAL: ("提領", "提款", "車手", "withdrawal"),
    ReportKind.STOLEN_VEHICLE: ("失竊車", "車輛失竊", "stolen-vehicle"),
    ReportKind.THEFT: ("竊", "theft", "burglary"),
}
_CATEGORIES = {
    ReportKind.ROBBERY: "robbery",
    ReportKind.MISSING_PERSON: "missing",
    ReportKind.FOUND_PERSON: "found",
    ReportKind.FOUND_VEHICLE: "found",
    ReportKind.WITHDRAWAL: "withdrawal",
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the rows of one file are read with."""

    table: Table
    columns: Columns
    kind: LoadKind
    placer: Placer
    at: datetime

    def value(self, row: Row, field: str) -> str:
        return self.columns.value(row.values, field)


def make_reports(
    rows: list[Row],
    table: Table,
    columns: Columns,
    kind: LoadKind,
    setting: Setting,
) -> Made:
    """Make a report of each row that tells what, when and where.

    A row of kind ``hotlist`` needs a plate and may lack a place. Where no time of
    reporting is given, the end of the event stands for it.
    """
    made = Made()
    placer = Placer(setting.boundaries, setting.options.crs or table.shape.frame)
    reading = _Reading(table, columns, kind, placer, setting.at)
    claims = [_claim(reading, row) for row in rows]
    for row, placed in zip(rows, placer.place_all(claims), strict=True):
        try:
            if isinstance(placed, RowRefused):
                raise placed
            made.records.append((row, _report(reading, row, placed)))
            made.repairs.update(placed.repairs)
            made.repairs.update(f"note: {note}" for note in placed.notes)
        except RowRefused as refused:
            made.refuse(row, refused)
    if made.records and not columns.has("reported_at"):
        made.notes.append("no time of reporting: the end of the event stands for it")
    return made


def _claim(reading: _Reading, row: Row) -> Claim:
    x, y = reading.columns.pair(row.values)
    address = reading.value(row, "address")
    names = reading.placer.gazetteer
    said = names.county_in(reading.value(row, "county"))
    return Claim(
        x=x,
        y=y,
        address=address or None,
        said=said or names.county_at_start(address),
        town=reading.value(row, "town"),
        error_m=_metres(reading.value(row, "error_m")),
    )


def _metres(text: str) -> float | None:
    return float(text) if _METRES.fullmatch(text) else None


def _report(reading: _Reading, row: Row, placed: Placed) -> Report:
    _require_place(reading, placed.spot)
    vehicle = _vehicle(reading, row)
    kind = _kind(reading, row, vehicle)
    event_from, event_to = _event(reading, row)
    agency_id = _agency(reading, row, placed.spot)
    category = reading.value(row, "category")
    case_number = _case_number(reading, row, category)
    return Report(
        id=report_id(agency_id, case_number, vehicle.plate)
        if vehicle and vehicle.plate
        else content_id(
            "report",
            agency_id,
            case_number,
            kind,
            event_from,
            event_to,
            place_name(placed.spot.address or ""),
        ),
        kind=kind,
        agency_id=agency_id,
        case_number=case_number,
        reported_at=_reported_at(reading, row, event_to),
        event_from=event_from,
        event_to=event_to,
        spot=placed.spot,
        category=_CATEGORIES.get(kind, "theft"),
        vehicle=vehicle,
        person=person_of(partial(reading.value, row)),
        contact=contact_of(partial(reading.value, row)),
        text=_text(reading, row, category),
        provenance=provenance(reading.table, row),
    )


def _require_place(reading: _Reading, spot: Spot) -> None:
    if reading.kind is LoadKind.HOTLIST:
        return
    if spot.lng is None and not spot.address:
        raise RowRefused("no-place", "has neither an address nor coordinates")


def _vehicle(reading: _Reading, row: Row) -> Vehicle | None:
    plate = reading.value(row, "plate")
    if not plate and reading.kind is LoadKind.HOTLIST:
        raise RowRefused("no-plate", "has no plate: a hot list is of plates")
    described = Vehicle(
        plate=plate or None,
        type=vehicle_type(reading.value(row, "type")),
        colour=colour(reading.value(row, "colour")),
        make=reading.value(row, "make") or None,
        model=reading.value(row, "model") or None,
    )
    return described if described != Vehicle() else None


def _kind(reading: _Reading, row: Row, vehicle: Vehicle | None) -> ReportKind:
    """Tell the kind by the row's words; a plate makes a theft one of a vehicle."""
    said = reading.value(row, "kind") or reading.value(row, "category")
    found = next(
        (
            kind
            for kind, words in _WORDS.items()
            if any(word in said.lower() for word in words)
        ),
        None,
    )
    has_plate = vehicle is not None and vehicle.plate is not None
    if has_plate and found in (None, ReportKind.THEFT):
        return ReportKind.STOLEN_VEHICLE
    if found is None:
        raise RowRefused("unknown-kind", f"{said[:40]!r} is no kind of report we know")
    return found


def _event(reading: _Reading, row: Row) -> tuple[datetime, datetime]:
    if day := reading.value(row, "date"):
        event = time_window(roc_date(day), reading.value(row, "window"))
    elif start := reading.value(row, "event_from"):
        event = day_or_moment(start)
        if end := reading.value(row, "event_to"):
            event = event[0], day_or_moment(end)[1]
    else:
        raise RowRefused("no-time", "does not say when it happened")
    _require_past(event, reading.at)
    return event


def _require_past(event: tuple[datetime, datetime], at: datetime) -> None:
    if event[0] > at + EARLY:
        raise RowRefused("future", f"happened on {event[0].date()}, which is to come")
    if event[1] < event[0]:
        raise RowRefused("bad-window", "ends before it begins")
    if event[1] - event[0] > LONGEST:
        raise RowRefused("bad-window", "lasts for more than a year")


def _reported_at(reading: _Reading, row: Row, event_to: datetime) -> datetime:
    text = reading.value(row, "reported_at")
    if not text:
        return event_to
    reported = day_or_moment(text)[0]
    if reported > reading.at + EARLY:
        raise RowRefused("future", "was reported at a time to come")
    return reported


def _agency(reading: _Reading, row: Row, spot: Spot) -> str:
    """Give the county whose police took the report: named, else that of the place."""
    names = reading.placer.gazetteer
    said = reading.value(row, "agency")
    if said in names.names:
        return said
    agency = (
        names.county_in(said)
        or names.county_in(reading.value(row, "county"))
        or spot.county_code
    )
    if agency is None:
        raise RowRefused("no-agency", "names no county, in a column or its address")
    return agency


def _case_number(reading: _Reading, row: Row, category: str) -> str:
    number = reading.value(row, "number")
    if not number:
        raise RowRefused("no-case-number", "has no case number")
    # A register numbers each kind of case from 1.
    return f"{category}-{number}" if number.isdigit() and category else number


def _text(reading: _Reading, row: Row, category: str) -> str | None:
    parts = (category, reading.value(row, "text"))
    return " ".join(part for part in parts if part) or None
