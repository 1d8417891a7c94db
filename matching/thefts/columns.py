"""A report of a stolen or a found vehicle, or of a theft, as a record to compare."""

from collections.abc import Mapping

from data.records import Report, ReportKind
from matching.errors import PlateRefused
from matching.plates import plain, plain_pattern
from matching.whereabouts import FOUND, MISSING, UNKNOWN, Whereabouts

COLUMNS = (
    "what", "plate", "type", "colour", "make", "model", "description", "whereabouts",
)  # fmt: skip
"""What a record of a theft may hold."""

VEHICLES = frozenset(
    {ReportKind.STOLEN_VEHICLE, ReportKind.STOLEN_PLATE, ReportKind.FOUND_VEHICLE}
)
DEFAULT_ERROR_M = 200.0
"""Assumed of a place of which nobody said how well it is known."""

_NAN = float("nan")


def record_of(report: Report) -> Mapping[str, str]:
    """Return the columns of a theft's or a vehicle's report that are known.

    A plate that cannot be one is left out.
    """
    found = {
        "what": "vehicle" if report.kind in VEHICLES else str(report.kind.value),
        "whereabouts": str(_whereabouts(report)),
    }
    vehicle = report.vehicle
    if vehicle is not None:
        told = {
            "plate": _plate(vehicle.plate),
            "type": vehicle.type,
            "colour": vehicle.colour,
            "make": _word(vehicle.make),
            "model": _word(vehicle.model),
        }
        found |= {column: text for column, text in told.items() if text}
    parts = (vehicle.marks if vehicle is not None else None, report.text)
    if description := "，".join(part for part in parts if part):
        found["description"] = description
    return found


def _plate(raw: str | None) -> str | None:
    if raw is None:
        return None
    for read in (plain, plain_pattern):
        try:
            return read(raw)
        except PlateRefused:
            continue
    return None


def _word(text: str | None) -> str | None:
    return None if text is None else " ".join(text.lower().split())


def _whereabouts(report: Report) -> Whereabouts:
    spot = report.spot
    error_m = DEFAULT_ERROR_M if spot.error_m is None else spot.error_m
    lng, lat = (_NAN if one is None else one for one in (spot.lng, spot.lat))
    kind = FOUND if report.kind is ReportKind.FOUND_VEHICLE else MISSING
    span = report.event_from, report.event_to
    return Whereabouts(kind, lng, lat, error_m, *span, UNKNOWN)
