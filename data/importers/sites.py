"""Cameras, cash machines and police stations: rows to sites.

A site is named by its source's own id where the file has one, else by all that is
said of it. A bare number is no id: the next file numbers anew.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.dates import day_or_moment
from data.errors import RowRefused
from data.importers.columns import Columns
from data.importers.parsed import LoadKind, Made, Row, Setting, Table, provenance
from data.importers.places import Claim, Placed, Placer
from data.records import Site, SiteKind, Spot, content_id
from data.text import place_name

_KINDS = {
    LoadKind.ATMS: SiteKind.ATM,
    LoadKind.STATIONS: SiteKind.STATION,
    LoadKind.CAMERAS: SiteKind.CAMERA,
}
_SAID_KINDS = {
    "gantry": SiteKind.GANTRY,
    "門架": SiteKind.GANTRY,
    "etc": SiteKind.GANTRY,
    "speed": SiteKind.SPEED_CAMERA,
    "測速": SiteKind.SPEED_CAMERA,
    "區間": SiteKind.SPEED_CAMERA,
}
CAMERAS = (SiteKind.CAMERA, SiteKind.SPEED_CAMERA, SiteKind.GANTRY)
_SPECIFIC = re.compile(
    r"(?=.*[A-Za-z])(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9._-]{3,47}", re.ASCII
)
_YES = frozenset(("true", "yes", "y", "1", "是", "有"))
_NO = frozenset(("false", "no", "n", "0", "否", "無"))
_SERIALS = frozenset(("編號", "id", "code", "序號"))
_LIMIT = re.compile(r"\d{1,3}", re.ASCII)
_LOST = re.compile(r"[?\ufffd□]")
_ATTRIBUTES = (
    "direction",
    "road",
    "toll_zone",
    "unit",
    "branch",
    "phone",
    "name_en",
    "bank",
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the rows of one file are read with."""

    table: Table
    columns: Columns
    kind: LoadKind
    placer: Placer
    title_county: str | None

    def value(self, row: Row, field: str) -> str:
        return self.columns.value(row.values, field)


def make_sites(
    rows: list[Row],
    table: Table,
    columns: Columns,
    kind: LoadKind,
    setting: Setting,
) -> Made:
    """Make a site of each row that has a place.

    Where a file has coordinates, a row without is refused, even with an address;
    where a file has none, every site is known by its address only.
    """
    made = Made()
    placer = Placer(setting.boundaries, setting.options.crs or table.shape.frame)
    title_county = placer.gazetteer.county_in(table.shape.title)
    reading = _Reading(table, columns, kind, placer, title_county)
    claims = [_claim(reading, row) for row in rows]
    for row, placed in zip(rows, placer.place_all(claims), strict=True):
        try:
            _keep(reading, row, placed, made)
        except RowRefused as refused:
            made.refuse(row, refused)
    if title_county:
        name = placer.gazetteer.names[title_county]
        made.notes.append(f"the title names {name}: taken where a row names no county")
    return made


def _claim(reading: _Reading, row: Row) -> Claim:
    x, y = reading.columns.pair(row.values)
    town = reading.value(row, "town") or reading.value(row, "unit")
    return Claim(
        x=x,
        y=y,
        address=reading.value(row, "address") or None,
        said=_said(reading, row),
        town=town,
    )


def _said(reading: _Reading, row: Row) -> str | None:
    """Give the county a row names: in its column, address, unit, or the title."""
    names = reading.placer.gazetteer
    return (
        names.county_in(reading.value(row, "county"))
        or names.county_at_start(reading.value(row, "address"))
        or names.county_in(reading.value(row, "unit"))
        or reading.title_county
    )


def _keep(reading: _Reading, row: Row, placed: Placed | RowRefused, made: Made) -> None:
    if isinstance(placed, RowRefused):
        raise placed
    if placed.spot.lng is None:
        _require_address_only(reading, placed.spot)
    site = _site(reading, row, placed)
    made.repairs.update(placed.repairs)
    made.repairs.update(f"note: {note}" for note in placed.notes)
    if "lost_characters" in site.attributes:
        made.repairs["note: address with a lost character, kept as it is"] += 1
    made.records.append((row, site))


def _require_address_only(reading: _Reading, spot: Spot) -> None:
    if reading.columns.x is not None:
        known = "only an address" if spot.address else "nothing"
        raise RowRefused("no-place", f"has no coordinates, {known}: look them up")
    if not spot.address:
        raise RowRefused("no-place", "has neither coordinates nor an address")


def _site(reading: _Reading, row: Row, placed: Placed) -> Site:
    kind = _site_kind(reading, row)
    attributes = _attributes(reading, row) | placed.attributes
    spot = placed.spot
    name = _name(reading, row) or spot.address or str(kind)
    return Site(
        id=_site_id(kind, name, spot, attributes),
        kind=kind,
        name=name,
        spot=spot,
        agency_id=_agency(reading, row),
        reads_plates=_reads_plates(reading, row, kind),
        attributes=attributes,
        provenance=provenance(reading.table, row),
    )


def _site_kind(reading: _Reading, row: Row) -> SiteKind:
    """Tell gantries and speed cameras by their columns, or by what the row says."""
    if reading.kind is not LoadKind.CAMERAS:
        return _KINDS[reading.kind]
    said = reading.value(row, "kind").lower()
    for word, kind in _SAID_KINDS.items():
        if word in said:
            return kind
    if reading.columns.has("toll_zone"):
        return SiteKind.GANTRY
    return SiteKind.SPEED_CAMERA if reading.columns.has("limit") else SiteKind.CAMERA


def _name(reading: _Reading, row: Row) -> str:
    parts = ("road", "direction", "source_id")
    if name := reading.value(row, "name"):
        return name
    if reading.value(row, "address"):
        return ""
    return " ".join(filter(None, (reading.value(row, part) for part in parts)))


def _reads_plates(reading: _Reading, row: Row, kind: SiteKind) -> bool | None:
    said = reading.value(row, "reads_plates").lower()
    if said in _YES or said in _NO:
        return said in _YES
    return True if kind is SiteKind.GANTRY else None


def _agency(reading: _Reading, row: Row) -> str | None:
    """Give the county whose police keeps a site; a cash machine has none."""
    if reading.kind is LoadKind.ATMS:
        return None
    names = reading.placer.gazetteer
    if unit := reading.value(row, "unit"):
        if county := names.county_in(unit):
            return county
    if reading.kind is LoadKind.STATIONS:
        return _said(reading, row)
    return reading.title_county


def _attributes(reading: _Reading, row: Row) -> dict[str, Any]:
    said = {field: reading.value(row, field) for field in _ATTRIBUTES}
    attributes: dict[str, Any] = {field: text for field, text in said.items() if text}
    if source_id := reading.value(row, "source_id"):
        is_serial = source_id.isdigit() and _is_plain_number(reading)
        attributes["serial" if is_serial else "source_id"] = source_id
    limit = reading.value(row, "limit")
    if limit:
        attributes["speed_limit_kmh"] = int(limit) if _LIMIT.fullmatch(limit) else limit
    attributes |= _online(reading, row)
    if _LOST.search(reading.value(row, "address")):
        attributes["lost_characters"] = True
    return attributes


def _online(reading: _Reading, row: Row) -> dict[str, str]:
    """Say when a site is in service; of a day without an hour the whole day."""
    texts = [reading.value(row, field) for field in ("online_from", "online_until")]
    times = [
        day_or_moment(text)[end] if text else None for end, text in enumerate(texts)
    ]
    since, until = times
    if since is not None and until is not None and until < since:
        raise RowRefused("bad-window", "is taken out of service before it is put in")
    fields = zip(("online_from", "online_until"), times, strict=True)
    return {field: at.isoformat() for field, at in fields if at is not None}


def _is_plain_number(reading: _Reading) -> bool:
    """Say whether the id column is one that files use to count their rows."""
    return reading.columns.by_field["source_id"].lower() in _SERIALS


def site_id(kind: SiteKind, source_id: str) -> str:
    """Name a site by the id that its source gives it.

    A camera's id that has letters and digits, such as a gantry's 09F-001.5N, is the
    site's id as it stands, so that reads which name it find it. Other ids could be
    another county's too: they only name a site together with its kind.
    """
    if kind in CAMERAS and _SPECIFIC.fullmatch(source_id):
        return source_id
    return content_id("site", kind, "source", source_id)


def _site_id(
    kind: SiteKind, name: str, spot: Spot, attributes: Mapping[str, Any]
) -> str:
    if source_id := attributes.get("source_id"):
        return site_id(kind, str(source_id))
    said = (attributes.get(key) for key in ("direction", "speed_limit_kmh", "bank"))
    return content_id(
        "site",
        kind,
        place_name(name),
        place_name(spot.address or ""),
        spot.lng,
        spot.lat,
        *said,
    )
