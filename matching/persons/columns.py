"""A report on a person as a record to compare: texts by column, missing left out."""

from collections.abc import Mapping
from datetime import timedelta

from data.records import Report, ReportKind
from matching.persons.ages import born_of
from matching.whereabouts import (
    DEMENTIA,
    DEMENTIA_FROM_AGE,
    FOUND,
    MISSING,
    UNKNOWN,
    Whereabouts,
)

KINDS = {ReportKind.MISSING_PERSON: MISSING, ReportKind.FOUND_PERSON: FOUND}

COLUMNS = (
    "name", "sex", "born", "height", "build", "clothing", "description", "whereabouts",
)  # fmt: skip
"""What a record of a person may hold."""

DEFAULT_ERROR_M = 500.0
"""Assumed of a place of which nobody said how well it is known."""

_NAN = float("nan")
_TAIWAN = timedelta(hours=8)


def record_of(report: Report) -> Mapping[str, str]:
    """Return the columns of a missing or found person's report that are known.

    Raises
    ------
    KeyError
        The report is of no person.
    """
    kind, person = KINDS[report.kind], report.person
    found = {"whereabouts": str(_whereabouts(report, kind))}
    if person is not None:
        on = (report.event_from + _TAIWAN).date()
        born = born_of(person.birth_date, person.age_from, person.age_to, on=on)
        told = {
            "name": person.name,
            "sex": person.sex,
            "born": born,
            "height": None if person.height_cm is None else f"{person.height_cm:g}",
            "build": person.build,
            "clothing": person.clothing,
        }
        found |= {column: text for column, text in told.items() if text}
    marks = person.marks if person is not None else None
    if description := "，".join(part for part in (marks, report.text) if part):
        found["description"] = description
    return found


def _whereabouts(report: Report, kind: str) -> Whereabouts:
    spot = report.spot
    error_m = DEFAULT_ERROR_M if spot.error_m is None else spot.error_m
    place = (spot.lng, spot.lat)
    lng, lat = (_NAN if one is None else one for one in place)
    span = report.event_from, report.event_to
    return Whereabouts(kind, lng, lat, error_m, *span, _profile(report))


def _profile(report: Report) -> str:
    """Choose the table of distances; nothing else is ever made of somebody's health."""
    person = report.person
    if person is None or report.kind is ReportKind.FOUND_PERSON:
        return UNKNOWN
    if person.dementia is not None:
        return DEMENTIA if person.dementia else UNKNOWN
    if person.birth_date is not None:
        age = report.event_from.year - person.birth_date.year
    else:
        age = person.age_from if person.age_from is not None else person.age_to or 0
    return DEMENTIA if age >= DEMENTIA_FROM_AGE else UNKNOWN
