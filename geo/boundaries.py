"""From a place to the county, town and village that answer for it.

Three layers of boundaries, each exact on its own, and one rule for what leads: the
lowest county code that covers the point, then the lowest town code in that county, then
the lowest village code in that town. The three never contradict each other, and one
point gets the same answer alone as among a million.
"""

from collections.abc import Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.borders import Border, BorderLines, Leg, legs_along
from geo.borders.behind import Behind
from geo.crs import diagnose_all, is_in_taiwan
from geo.errors import BoundaryRefused
from geo.finding import (
    NOTE_NAMES,
    Found,
    find_by_grid,
    find_by_polygon,
    leads_by_grid,
    notes_of,
    undecided,
)
from geo.frames import boundaries_from_frame
from geo.grid import NOTHING, UNDECIDED
from geo.layers import (
    Boundary,
    Floats,
    Indices,
    Layer,
    Level,
    Repair,
    parents_of,
    repair_boundary,
    repair_shape,
)
from geo.numbers import columns_of, numbers_of
from geo.places import Leads, Name, Note, Place, Places, Texts, named_columns
from geo.shares import SharesIndex
from geo.tables import Tables, build_tables

__all__ = [
    "GAP_M",
    "Border",
    "Boundaries",
    "Boundary",
    "Layer",
    "Leads",
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


class Boundaries:
    """The counties, and where the file has them the towns and villages.

    Parameters
    ----------
    county, town, village
        Layers; town and village may be absent.
    tables
        Of `with_tables`, or read from a file. Without them polygons and lines are
        looked at: the same answers, a hundred times slower.

    Raises
    ------
    BoundaryRefused
        A layer of the wrong level, or one whose parents are not there.
    """

    def __init__(
        self,
        county: Layer,
        town: Layer | None = None,
        village: Layer | None = None,
        *,
        tables: Tables | None = None,
    ) -> None:
        layers = {Level.COUNTY: county, Level.TOWN: town, Level.VILLAGE: village}
        for level, layer in layers.items():
            if layer is not None and layer.level is not level:
                raise BoundaryRefused(f"got a {layer.level} layer as the {level} one")
        self.county = county
        self.town = town
        self.village = village
        self._county_of_town = parents_of(town, county, "county_code")
        self._town_of_village = parents_of(village, town, "town_code")
        self.tables = tables or Tables()
        self._lines = BorderLines(county, self.tables.border_cells)
        grids = self.tables.grids
        self._finest = grids.get(list(self._layers())[-1])
        self._look_up_county = (
            grids[Level.COUNTY].look_up_one if Level.COUNTY in grids else None
        )
        self._behind = Behind(
            county, self._lines, self._find_counties, grids.get(Level.COUNTY)
        )
        self._known: dict[int, tuple[Any, ...]] = {}

    def _layers(self, finest: Level = Level.VILLAGE) -> dict[Level, Layer]:
        """Return the layers there are, down to a level, counties first."""
        layers = {}
        for level, layer in zip(
            Level, (self.county, self.town, self.village), strict=True
        ):
            if layer is not None:
                layers[level] = layer
            if level is finest:
                break
        return layers

    def _parents(self) -> list[Indices]:
        nothing = np.empty(0, dtype=np.intp)
        return [nothing, self._county_of_town, self._town_of_village]

    def with_tables(self) -> "Boundaries":
        """Return the same boundaries with a grid for each level and border cells.

        Takes some seconds for the villages of Taiwan; `data.table_files` keeps what
        comes out.
        """
        tables = build_tables(self._layers(), self._parents())
        return Boundaries(self.county, self.town, self.village, tables=tables)

    def county_code_at(self, *, lng: float, lat: float) -> str:
        """Give the code of the county that leads at one point, ``""`` for none.

        The quickest call there is: no note, no check. ValueError or OverflowError for
        a number that is not finite.
        """
        look_up = self._look_up_county
        if look_up is None or (answer := look_up(lng, lat)) == UNDECIDED:
            lead = self.county.lead(lng=[lng], lat=[lat])[0]
            return str(self.county.codes_at(lead))
        return self._code_of_answer[answer]

    @cached_property
    def _code_of_answer(self) -> list[str]:
        codes: list[str] = self.county.codes_at(
            self.tables.grids[Level.COUNTY].answers.county
        ).tolist()
        return codes

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
        ColumnsRefused
            Arrays of different length.
        """
        if isinstance(lng, float) and isinstance(lat, float):
            return self._locate_one(lng, lat)
        x, y = np.atleast_1d(numbers_of(lng)), np.atleast_1d(numbers_of(lat))
        places = self._locate_all(x, y)
        return places[0] if np.ndim(lng) == 0 and np.ndim(lat) == 0 else places

    def leads(
        self, *, lng: ArrayLike, lat: ArrayLike, finest: Level = Level.VILLAGE
    ) -> Leads:
        """Give the leads of each point as indices into the layers; see `locate`.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees, shape (n,).
        finest
            Look for no finer level: counties alone are the quickest.

        Returns
        -------
        Leads
            Columns of numbers, shape (n,), a tenth of the work of `locate`.

        Raises
        ------
        ColumnsRefused
            Arrays of different length.
        """
        x, y = columns_of(lng, lat)
        fault = diagnose_all(x, y)
        grid = self.tables.grids.get(list(self._layers(finest))[-1])
        columns = leads_by_grid(grid, lng=x, lat=y) if grid else undecided(x.size)
        rest = np.flatnonzero((columns[-1] < 0) | (fault != 0))
        x, y, fault = x[rest], y[rest], fault[rest]
        found = self._find(x, y, fault, finest)
        near, _ = self._near(x, y, (fault == 0) & (found.covering == 0))
        columns[:, rest] = (*found.leads, notes_of(found, fault, near))
        county, town, village, note = columns
        return Leads(county, town, village, note.astype(np.uint8))

    def _locate_one(self, lng: float, lat: float) -> Place:
        if self._finest and is_in_taiwan(lng=lng, lat=lat):
            answer = self._finest.look_up_one(lng, lat)
            if answer > NOTHING:
                if answer not in self._known:
                    found = self._locate_all([lng], [lat])[0]
                    # places with one answer differ by the point only
                    self._known[answer] = _all_but_the_point(found)
                return Place(lng, lat, *self._known[answer])
        return self._locate_all([lng], [lat])[0]

    def _locate_all(self, lng: ArrayLike, lat: ArrayLike) -> Places:
        x, y = columns_of(lng, lat)
        fault = diagnose_all(x, y)
        found = self._find(x, y, fault)
        near, near_m = self._near(x, y, (fault == 0) & (found.covering == 0))
        return Places(
            lng=x,
            lat=y,
            **named_columns(self.county, found.leads[0], "county"),
            **named_columns(self.town, found.leads[1], "town"),
            **named_columns(self.village, found.leads[2], "village"),
            covering_counties=found.covering,
            near_code=self.county.codes_at(near),
            near_m=near_m,
            note=NOTE_NAMES[notes_of(found, fault, near)],
            covers=found.covers,
            counties=self.county,
        )

    def _find(
        self,
        lng: Floats,
        lat: Floats,
        fault: NDArray[np.int8],
        finest: Level = Level.VILLAGE,
    ) -> Found:
        """Find leads and covers; a point with a fault is covered by nothing."""
        is_bad = fault != 0
        points = np.stack((lng, lat))
        if is_bad.any():
            points[:, is_bad] = np.nan
        layers = self._layers(finest)
        grid = self.tables.grids.get(list(layers)[-1])
        if grid is None:
            return find_by_polygon(list(layers.values()), self._parents(), points)
        return find_by_grid(grid, list(layers.values()), self._parents(), points)

    def _near(
        self, lng: Floats, lat: Floats, is_searched: NDArray[np.bool_]
    ) -> tuple[Indices, Floats]:
        near, near_m = np.full(lng.size, -1, dtype=np.intp), np.full(lng.size, np.nan)
        searched = np.flatnonzero(is_searched)
        if searched.size:
            near[searched], near_m[searched] = self._lines.nearest(
                np.full(searched.size, -1),
                lng=lng[searched],
                lat=lat[searched],
                reach_m=GAP_M,
            )
        return near, near_m

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
        if isinstance(lng, float) and isinstance(lat, float):
            return self._behind.one(lng=lng, lat=lat)
        if np.ndim(lng) == 0 and np.ndim(lat) == 0:
            one = float(numbers_of(lng)), float(numbers_of(lat))
            return self._behind.one(lng=one[0], lat=one[1])
        x, y = columns_of(lng, lat)
        behind, metres = self._behind.many(lng=x, lat=y)
        return self.county.codes_at(behind), metres

    @cached_property
    def shares_index(self) -> SharesIndex:
        """The shares of a place that is known to some metres only: see its `shares`."""
        return SharesIndex(
            self.county,
            self.town,
            self.village,
            covers={Level.COUNTY: self._cover_counties},
        )

    def _cover_counties(self, *, lng: Floats, lat: Floats) -> Indices:
        return self._find_counties(lng, lat).covers

    def _find_counties(self, lng: Floats, lat: Floats) -> Found:
        fault = np.zeros(lng.size, dtype=np.int8)
        return self._find(lng, lat, fault, Level.COUNTY)

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


def _all_but_the_point(place: Place) -> tuple[Any, ...]:
    return tuple(getattr(place, field.name) for field in fields(place)[2:])
