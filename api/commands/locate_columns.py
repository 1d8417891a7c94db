"""What `lianfang locate` adds to each row of a table."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.boundaries import Boundaries, Level
from geo.crs import WGS84, to_wgs84
from geo.places import NOTES, Leads
from geo.shares import Meaning

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

NAMES = {
    Level.COUNTY: ("county_code", "county"),
    Level.TOWN: ("town_code", "town"),
    Level.VILLAGE: ("village_code", "village"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants to know of each row.

    Attributes
    ----------
    finest
        The finest level.
    crs
        Of the coordinates.
    neighbour
        Whether to name the county behind the nearest border.
    error_m
        The location error of every row; None where it stands in a column, or is not
        asked for.
    has_errors
        Whether the third column of numbers is the location error of each row.
    meaning
        What the metres of the error mean.
    prefix
        Stands before the names of the added columns.
    """

    finest: Level = Level.VILLAGE
    crs: str = WGS84
    neighbour: bool = False
    error_m: float | None = None
    has_errors: bool = False
    meaning: Meaning = Meaning.RADIUS_68
    prefix: str = ""

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels asked for, counties first."""
        return tuple(Level)[: list(Level).index(self.finest) + 1]

    @property
    def wants_share(self) -> bool:
        """Return whether the probability of the answer is asked for."""
        return self.has_errors or self.error_m is not None

    @property
    def names(self) -> list[str]:
        """Return the names of the columns that are added."""
        names = [name for level in self.levels for name in NAMES[level]]
        names += ["border_m", *(["border_code", "border"] if self.neighbour else [])]
        names += [*(["share"] if self.wants_share else []), "note"]
        return [self.prefix + name for name in names]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The numbers that answer for n rows.

    Attributes
    ----------
    leads
        See `geo.places.Leads`.
    border_m, share
        NaN where there is none.
    behind
        Index of the county behind the nearest border, -1 for none.
    """

    leads: Leads
    border_m: Floats
    behind: Indices
    share: Floats

    def leads_at(self, level: Level) -> NDArray[np.int32]:
        """Return the leads of one level, -1 for none."""
        by_level = (self.leads.county, self.leads.town, self.leads.village)
        return by_level[list(Level).index(level)]


class Locator:
    """Answers for rows of numbers."""

    def __init__(self, boundaries: Boundaries, asked: Asked) -> None:
        self.asked = asked
        self.boundaries = boundaries
        self._shares = boundaries.shares_index if asked.wants_share else None

    def answer(self, values: Floats) -> Answer:
        """Answer for rows.

        Parameters
        ----------
        values
            Shape (k, n): longitudes or eastings, latitudes or northings, and if
            there are any the location errors in metres.
        """
        x, y = values[:2]
        asked = self.asked
        lng, lat = to_wgs84(x, y, crs=asked.crs) if asked.crs != WGS84 else (x, y)
        leads = self.boundaries.leads(lng=lng, lat=lat, finest=asked.finest)
        behind, border_m = self._border(lng, lat, leads)
        error_m = values[2] if asked.has_errors else asked.error_m
        return Answer(leads, border_m, behind, self._share(lng, lat, error_m, leads))

    def _border(self, lng: Floats, lat: Floats, leads: Leads) -> tuple[Indices, Floats]:
        behind = np.full(lng.size, -1, dtype=np.int64)
        metres = np.full(lng.size, np.nan)
        at = np.flatnonzero(leads.county >= 0)
        if not at.size:
            return behind, metres
        codes, metres[at] = self.boundaries.border(lng=lng[at], lat=lat[at])
        if self.asked.neighbour:
            counties = self.boundaries.county.codes
            found = np.minimum(np.searchsorted(counties, codes), counties.size - 1)
            behind[at] = np.where(counties[found] == codes, found, -1)
        return behind, metres

    def _share(
        self, lng: Floats, lat: Floats, error_m: Floats | float | None, leads: Leads
    ) -> Floats:
        """Give the probability of each answer; "in no county" is one, too."""
        share = np.full(lng.size, np.nan)
        if self._shares is None or error_m is None:
            return share
        errors = np.broadcast_to(np.asarray(error_m, dtype=np.float64), lng.shape)
        found = self._shares.shares(
            lng=lng, lat=lat, error_m=errors, meaning=self.asked.meaning
        )
        at_sea = leads.county < 0
        share[at_sea] = found.outside[at_sea]
        share[~at_sea & ~np.isnan(found.outside)] = 0.0
        is_lead = found.boundary == leads.county[found.point]
        share[found.point[is_lead]] = found.share[is_lead]
        return share


@dataclass(slots=True)
class Count:
    """How many rows went through, and what became of them.

    Attributes
    ----------
    rows, located, unread
        All rows; those in a county; those that could not be read.
    notes
        How many of the rest have which note.
    """

    rows: int = 0
    located: int = 0
    unread: int = 0
    notes: dict[str, int] = field(default_factory=dict)

    def add(self, answer: Answer, unread: Collection[int] = ()) -> None:
        """Count some more rows, of which those at some places were not read."""
        self.rows += len(answer.leads)
        self.located += int((answer.leads.county >= 0).sum())
        self.unread += len(unread)
        read = np.delete(answer.leads.note, [*unread])
        counts = np.bincount(read, minlength=len(NOTES)).tolist()
        for note, count in zip(NOTES, counts, strict=True):
            if count:
                self.notes[note.value] = self.notes.get(note.value, 0) + count
