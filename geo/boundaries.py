"""From a place to the county, town and village that answer for it.

Three layers of boundaries, each exact on its own, and one rule for what leads: the
lowest county code that covers the point, then the lowest town code in that county, then
the lowest village code in that town. The three never contradict each other, and one
point gets the same answer alone as among a million.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from geo.borders import Border, BorderLines, Leg, legs_along
from geo.crs import FAULTS, WGS84, diagnose_all, require_usable
from geo.errors import BoundaryRefused
from geo.layers import (
    Boundary,
    Floats,
    Indices,
    Layer,
    Level,
    Repair,
    first_of_each,
    repair_boundary,
    repair_shape,
)
from geo.places import Name, Note, Place, Places, Texts

__all__ = [
    "GAP_M",
    "Border",
    "Boundaries",
    "Boundary",
    "Layer",
    "Leg",
    "Level",
    "Name",
    "Note",
    "Place",
    "Places",
    "Repair",
    "boundaries_from_frame",
    "repair_boundary",
    "repair_shape",
]

GAP_M = 50.0


@dataclass(frozen=True, slots=True)
class _Leads:
    """Index of the leading boundary of each point in each layer, -1 for none."""

    county: Indices
    town: Indices
    village: Indices
    covers: Indices


class Boundaries:
    """The counties, and where the file has them the towns and villages.

    Parameters
    ----------
    county, town, village
        Layers; town and village may be absent.

    Raises
    ------
    BoundaryRefused
        A layer of the wrong level, or one whose parents are not there.
    """

    def __init__(
        self, county: Layer, town: Layer | None = None, village: Layer | None = None
    ) -> None:
        layers = {Level.COUNTY: county, Level.TOWN: town, Level.VILLAGE: village}
        for level, layer in layers.items():
            if layer is not None and layer.level is not level:
                raise BoundaryRefused(f"got a {layer.level} layer as the {level} one")
        self.county = county
        self.town = town
        self.village = village
        self._county_of_town = _parents(town, county, "county_code")
        self._town_of_village = _parents(village, town, "town_code")
        self._lines = BorderLines(county)

    @overload
    def locate(self, *, lng: float, lat: float) -> Place: ...
    @overload
    def locate(
        self, *, lng: Floats | Sequence[float], lat: Floats | Sequence[float]
    ) -> Places: ...
    def locate(
        self,
        *,
        lng: float | Floats | Sequence[float],
        lat: float | Floats | Sequence[float],
    ) -> Place | Places:
        """Say which county, town and village each point lies in.

        Never raises for a bad pair: the ``note`` says what is wrong with it.
        `geo.crs.require_degrees` is for those who want an error.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees: two floats, or two arrays of shape (n,).

        Returns
        -------
        Place or Places
            One place for floats, columns of shape (n,) for arrays, equal point by
            point.

        Raises
        ------
        ValueError
            Arrays of different length.
        """
        places = self._locate_all(np.atleast_1d(lng), np.atleast_1d(lat))
        return places[0] if np.ndim(lng) == 0 and np.ndim(lat) == 0 else places

    def _locate_all(self, lng: ArrayLike, lat: ArrayLike) -> Places:
        x, y = np.asarray(lng, float), np.asarray(lat, float)
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(f"lng has shape {x.shape}, lat {y.shape}: want (n,) twice")
        fault = diagnose_all(x, y)
        leads = self._leads(x, y, np.flatnonzero(fault == 0))
        n_covering = np.bincount(leads.covers[0], minlength=x.size)
        near, near_m = self._near(
            x, y, np.flatnonzero((fault == 0) & (n_covering == 0))
        )
        note = np.array(FAULTS)[fault].astype(f"<U{max(map(len, Note))}")
        note[fault == 0] = Note.SEA.value
        note[near >= 0] = Note.GAP.value
        note[n_covering == 1] = Note.OK.value
        note[n_covering > 1] = Note.BORDER.value
        note[self._overlapping(x, y, np.flatnonzero(n_covering > 1))] = (
            Note.OVERLAP.value
        )
        return Places(
            lng=x,
            lat=y,
            **_columns(self.county, leads.county, "county"),
            **_columns(self.town, leads.town, "town"),
            **_columns(self.village, leads.village, "village"),
            covering_counties=n_covering,
            near_code=self.county.codes_at(near),
            near_m=near_m,
            note=note,
            covers=leads.covers,
            counties=self.county,
        )

    def _leads(self, lng: Floats, lat: Floats, searched: Indices) -> _Leads:
        """Lead of every point; only those ``searched`` can have one."""
        found = [np.full(lng.size, -1, dtype=np.intp) for _ in range(3)]
        x, y = lng[searched], lat[searched]
        covers = self.county.cover(lng=x, lat=y)
        county = first_of_each(covers, x.size)
        town = _lead_within(self.town, self._county_of_town, county, x, y)
        village = _lead_within(self.village, self._town_of_village, town, x, y)
        for whole, part in zip(found, (county, town, village), strict=True):
            whole[searched] = part
        covers = np.stack((searched[covers[0]], covers[1]))
        return _Leads(found[0], found[1], found[2], covers)

    def _near(
        self, lng: Floats, lat: Floats, searched: Indices
    ) -> tuple[Indices, Floats]:
        near, near_m = np.full(lng.size, -1, dtype=np.intp), np.full(lng.size, np.nan)
        if searched.size:
            near[searched], near_m[searched] = self._lines.nearest(
                np.full(searched.size, -1),
                lng=lng[searched],
                lat=lat[searched],
                reach_m=GAP_M,
            )
        return near, near_m

    def _overlapping(self, lng: Floats, lat: Floats, searched: Indices) -> Indices:
        """Those of the searched that lie strictly inside a county."""
        if not searched.size:
            return searched
        inside = self.county.cover_inside(lng=lng[searched], lat=lat[searched])
        overlapping: Indices = searched[np.unique(inside[0])]
        return overlapping

    @overload
    def border(self, *, lng: float, lat: float) -> Border | None: ...
    @overload
    def border(self, *, lng: Floats, lat: Floats) -> tuple[Texts, Floats]: ...
    def border(
        self, *, lng: float | Floats, lat: float | Floats
    ) -> Border | tuple[Texts, Floats] | None:
        """Measure how far it is to the nearest territory of another county.

        The coast is not a border: from a cape the answer is the next county's land.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees: two floats, or two arrays of shape (n,).

        Returns
        -------
        Border or None, or (codes, metres)
            For floats None where no county covers the point or there is only one
            county. For arrays ``""`` and NaN there, shapes (n,). Metres are geodesic,
            found to within 1 m up to 5 km away; 0 where several counties cover the
            point, with the code next after the lead's.
        """
        x, y = (
            np.atleast_1d(np.asarray(lng, float)),
            np.atleast_1d(np.asarray(lat, float)),
        )
        behind, metres = self._border_all(x, y)
        codes = self.county.codes_at(behind)
        if np.ndim(lng) or np.ndim(lat):
            return codes, metres
        return Border(float(metres[0]), str(codes[0])) if codes[0] else None

    def _border_all(self, lng: Floats, lat: Floats) -> tuple[Indices, Floats]:
        covers = self.county.cover(lng=lng, lat=lat)
        own = first_of_each(covers, lng.size)
        others = covers[:, covers[1] != own[covers[0]]]
        behind = first_of_each(others, lng.size)
        metres = np.where(behind >= 0, 0.0, np.nan)
        searched = np.flatnonzero((own >= 0) & (behind < 0))
        behind[searched], metres[searched] = self._lines.nearest(
            own[searched], lng=lng[searched], lat=lat[searched]
        )
        return behind, metres

    def neighbours(self, code: str) -> tuple[str, ...]:
        """Give the codes of the same level that share a line with a boundary.

        Ascending. Meeting in a single point is not enough.

        Raises
        ------
        KeyError
            No layer has the code.
        """
        return self._layer_with(code).neighbours(code)

    def __getitem__(self, code: str) -> Boundary:
        """Return the boundary with this code, of any level; KeyError without one."""
        return self._layer_with(code)[code]

    def _layer_with(self, code: str) -> Layer:
        for layer in (self.county, self.town, self.village):
            if layer is not None and code in layer:
                return layer
        raise KeyError(code)

    def counties_along(self, *, lng: Floats, lat: Floats) -> list[Leg]:
        """List the counties that a way passes through, in order of travel.

        Parameters
        ----------
        lng, lat
            Vertices of the way, WGS 84 degrees, shape (n,), n >= 2. Between two
            vertices the way is straight in degrees: pass
            `geo.distance.line_between` for a long geodesic.

        Returns
        -------
        list of Leg
            A county that the way comes back to is listed again. Stretches in no
            county are left out; along a common line the lowest code leads.

        Raises
        ------
        ValueError
            Fewer than two vertices, or one that is not finite.
        """
        x, y = np.asarray(lng, float), np.asarray(lat, float)
        if x.size < 2 or x.shape != y.shape or not np.isfinite(x + y).all():
            raise ValueError(
                "a way needs two or more finite vertices, lng as many as lat"
            )
        return legs_along(self.county, self._lines, x, y)


def _lead_within(
    layer: Layer | None, parent_of: Indices, parent: Indices, lng: Floats, lat: Floats
) -> Indices:
    """Lowest code that covers each point and lies in the point's parent."""
    lead = np.full(parent.size, -1, dtype=np.intp)
    searched = np.flatnonzero(parent >= 0)
    if layer is None or not searched.size:
        return lead
    pairs = layer.cover(lng=lng[searched], lat=lat[searched])
    is_child = parent_of[pairs[1]] == parent[searched][pairs[0]]
    lead[searched] = first_of_each(pairs[:, is_child], searched.size)
    return lead


def _parents(layer: Layer | None, parents: Layer | None, column: str) -> Indices:
    if layer is None:
        return np.empty(0, dtype=np.intp)
    codes = [getattr(boundary, column) for boundary in layer.boundaries]
    found = np.full(len(codes), -1) if parents is None else parents.index_of(codes)
    if (found < 0).any():
        orphans = layer.codes[found < 0].tolist()
        raise BoundaryRefused(
            f"{layer.level} {orphans[0]} and {len(orphans) - 1} more have no parent "
            "in the layer above: load the levels of one edition together",
            codes=orphans,
        )
    return found


def _columns(layer: Layer | None, lead: Indices, name: str) -> dict[str, Texts]:
    if layer is None:
        nothing = np.full(lead.size, "")
        return {f"{name}_code": nothing, name: nothing}
    return {f"{name}_code": layer.codes_at(lead), name: layer.names_at(lead)}


def boundaries_from_frame(
    frame: Any,  # noqa: ANN401 - geopandas ships no types
    *,
    level: Level,
    columns: Mapping[str, str],
) -> list[Boundary]:
    """Read the boundaries of one level from a GeoPandas frame.

    Parameters
    ----------
    frame
        Its CRS must be set; shapes are brought to WGS 84.
    level
        What its rows are.
    columns
        Which column holds ``code`` and ``name``, and if there are such ``name_en``,
        ``county_code`` and ``town_code``. Without the last two, a code's first five
        and eight characters are taken, as the Ministry of the Interior builds them.

    Raises
    ------
    CrsMismatch
        No CRS, or one that cannot be used.
    CoordinateRefused
        ``kind="twd67"`` for the old datum.
    """
    require_usable(frame.crs)
    shapes = frame.geometry.to_crs(WGS84).to_numpy()
    rows = {key: frame[column].astype(str) for key, column in columns.items()}
    codes = rows["code"]
    county = rows.get("county_code", codes.str[:5])
    town = rows.get("town_code", codes.str[:8])
    english = rows.get("name_en", [""] * len(frame))
    cells = zip(codes, rows["name"], county, town, shapes, english, strict=True)
    return [
        Boundary(level, code, name, in_county, in_town, shape, name_en)
        if level is not Level.COUNTY
        else Boundary(level, code, name, code, None, shape, name_en)
        for code, name, in_county, in_town, shape, name_en in cells
    ]
