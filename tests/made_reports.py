"""Made persons as reports, for tests that go through the desk or over HTTP."""

import re
from datetime import date, datetime
from functools import cache

import numpy as np
import shapely

from data.records import Person, Report, ReportKind, Spot
from matching.persons.made import made_persons

_PLACE = re.compile(r"\S+ (\S+),(\S+) ±(\d+) (\S+)\.\.(\S+) (\S+)")
KINDS = {"missing": ReportKind.MISSING_PERSON, "found": ReportKind.FOUND_PERSON}


def villages(boundaries):
    """Return a point in each village, shapes (n,) and (n,)."""
    points = shapely.point_on_surface(boundaries.village.shapes)
    return shapely.get_x(points), shapely.get_y(points)


@cache
def _made(boundaries, n_missing, n_found, seed):
    lng, lat = villages(boundaries)
    return made_persons(n_missing, n_found, lng=lng, lat=lat, seed=seed)


def made_reports(boundaries, n_missing, n_found, *, seed):
    """Return the reports of the missing and of the found, and the pairs of rows."""
    made = _made(boundaries, n_missing, n_found, seed)
    sides = []
    for kind, table in (("missing", made.missing), ("found", made.found)):
        located = [report_of(kind, row) for row in rows(table)]
        sides.append(located)
    return *sides, np.array(made.pairs)


def rows(table):
    """Give the rows of a table of columns, without what is missing."""
    for values in zip(*table.values(), strict=True):
        row = dict(zip(table, values, strict=True))
        yield {name: value for name, value in row.items() if value is not None}


def report_of(kind, row):
    """Return the report that a row of a made table tells of."""
    lng, lat, error_m, since, until, _ = _PLACE.fullmatch(row["whereabouts"]).groups()
    since, until = datetime.fromisoformat(since), datetime.fromisoformat(until)
    return Report(
        id=f"rep-{row['id']}",
        kind=KINDS[kind],
        agency_id="65000" if kind == "missing" else "63000",
        case_number=row["id"],
        reported_at=until,
        event_from=since,
        event_to=until,
        spot=Spot(lng=float(lng), lat=float(lat), error_m=float(error_m)),
        person=Person(
            name=row.get("name"),
            sex=row.get("sex"),
            height_cm=float(row["height"]) if "height" in row else None,
            build=row.get("build"),
            clothing=row.get("clothing"),
            marks=row.get("description"),
            **_born(row.get("born"), since.year),
        ),
        synthetic=True,
    )


def _born(text, year):
    if text is None:
        return {}
    if text[4:5] == "-":
        return {"birth_date": date.fromisoformat(text)}
    first, last = (int(one) for one in text.split(".."))
    return {"age_from": year - last, "age_to": year - first - 1}
