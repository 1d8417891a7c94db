"""The answer to "where is this": one place, or the columns of many."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geo.crs import TAIWAN, remedy
from geo.layers import Floats, Indices, Layer

Texts = NDArray[np.str_]


class Note(StrEnum):
    """What to know about a place before using its county.

    ``ok`` one county. ``border`` on the line of several: the lead is the one with the
    lowest code. ``overlap`` inside one county and covered by another: the file is
    wrong here, same lead. ``gap`` in no county, but within ``GAP_M`` of one: a sliver
    between two counties, or the shoreline, which is no finer than that; ``near`` names
    the county. ``sea`` in no county and not that close: sea, or land that the file
    lacks. The rest are not places in Taiwan at all.
    """

    OK = "ok"
    BORDER = "border"
    OVERLAP = "overlap"
    GAP = "gap"
    SEA = "sea"
    NAN = "nan"
    SWAPPED = "swapped"
    METRES = "metres"
    ZERO = "zero"
    OUTSIDE = "outside"


NOTES = tuple(Note)
"""All notes in the order of their numbers in `Leads`."""


@dataclass(frozen=True, slots=True)
class Name:
    """The code and the name of a boundary."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Which county, town and village a point lies in.

    Attributes
    ----------
    lng, lat
        As given.
    county, town, village
        The leads; None where there is none. The town lies in the county, the village
        in the town.
    counties
        Every county that covers the point, ascending by code.
    near, near_m
        For a ``gap`` the nearest county and the metres to it, else None.
    note
        See `Note`.
    """

    lng: float
    lat: float
    county: Name | None
    town: Name | None
    village: Name | None
    counties: tuple[Name, ...]
    near: Name | None
    near_m: float | None
    note: Note

    @property
    def why(self) -> str:
        """Explain the note in one English sentence."""
        if self.note.value in _IN_TAIWAN:
            return _IN_TAIWAN[self.note.value][0].format(**self._words(" and "))
        return remedy(self.note.value, lng=self.lng, lat=self.lat)

    @property
    def why_zh(self) -> str:
        """Explain the note in one sentence of Traditional Chinese."""
        if self.note.value in _IN_TAIWAN:
            return _IN_TAIWAN[self.note.value][1].format(**self._words("、"))
        return _ELSEWHERE_ZH[self.note.value].format(lng=self.lng, lat=self.lat)

    def _words(self, between: str) -> dict[str, str]:
        return {
            "county": self.county.name if self.county else "",
            "counties": between.join(county.name for county in self.counties),
            "near": self.near.name if self.near else "",
            "near_m": f"{self.near_m:.0f}" if self.near_m is not None else "",
        }


_IN_TAIWAN = {
    "ok": ("in {county}", "位於{county}"),
    "border": (
        "on the line between {counties}; {county} leads, having the lowest code",
        "位於{counties}界線上；依代碼由小至大，由{county}主政",
    ),
    "overlap": (
        "the boundary file puts this point in {counties} at once; {county} leads, "
        "having the lowest code",
        "界線圖資在此重疊，同屬{counties}；依代碼由小至大，由{county}主政",
    ),
    "gap": (
        "in no county of the boundary file, but {near_m} m from {near}: a gap between "
        "its lines, or the shore",
        "不在任何縣市界線內，距{near}約{near_m}公尺：界線間的縫隙或海岸",
    ),
    "sea": (
        "in no county of the boundary file: at sea, or on land that the file lacks",
        "不在任何縣市界線內：位於海上，或圖資未收錄之處",
    ),
}

_ELSEWHERE_ZH = {
    "nan": "經緯度不是數值：請提供兩個有限的數字",
    "swapped": "經緯度似乎顛倒：是否應為經度{lat}、緯度{lng}？",
    "metres": "似為TWD97平面坐標（公尺，EPSG:3826或3825）：請指明坐標系統",
    "zero": "經緯度為 0,0：裝置未定位，請留空",
    "outside": (
        "經度{lng}、緯度{lat}在臺灣範圍"
        f"（經度{TAIWAN.west}至{TAIWAN.east}、緯度{TAIWAN.south}至{TAIWAN.north}）之外："
        "請檢查數字與坐標系統"
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Which county, town and village each of many points lies in, as columns.

    Every column has shape (n,); iterate or index to get each `Place`.

    Attributes
    ----------
    lng, lat
        As given.
    county_code, county, town_code, town, village_code, village
        Codes and names of the leads, ``""`` where there is none.
    covering_counties
        How many counties cover the point.
    near_code, near_m
        For a ``gap`` the nearest county and the metres to it, else ``""`` and NaN.
    note
        Values of `Note`.
    covers
        Shape (2, m): index of the point, index in ``counties`` of every county that
        covers it, ascending by point, then by code.
    counties
        The layer that ``covers`` refers to.
    """

    lng: Floats
    lat: Floats
    county_code: Texts
    county: Texts
    town_code: Texts
    town: Texts
    village_code: Texts
    village: Texts
    covering_counties: Indices
    near_code: Texts
    near_m: Floats
    note: Texts
    covers: Indices
    counties: Layer

    def __len__(self) -> int:
        return self.lng.size

    def __getitem__(self, i: int) -> Place:
        """Return the place of the point with this index."""
        i = range(len(self))[i]
        first, last = np.searchsorted(self.covers[0], (i, i + 1))
        covering = self.covers[1][first:last]
        near_code = str(self.near_code[i])
        return Place(
            lng=float(self.lng[i]),
            lat=float(self.lat[i]),
            county=_name(self.county_code[i], self.county[i]),
            town=_name(self.town_code[i], self.town[i]),
            village=_name(self.village_code[i], self.village[i]),
            counties=tuple(name_of(self.counties, int(c)) for c in covering),
            near=_name(near_code, near_code and self.counties[near_code].name),
            near_m=float(self.near_m[i]) if near_code else None,
            note=Note(self.note[i]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Leads:
    """The leads of many points as numbers, each column of shape (n,).

    Attributes
    ----------
    county, town, village
        Index into that layer's ``codes`` and ``names``, int32; -1 for none.
    note
        Index into ``NOTES``, uint8.
    """

    county: NDArray[np.int32]
    town: NDArray[np.int32]
    village: NDArray[np.int32]
    note: NDArray[np.uint8]

    def __len__(self) -> int:
        return self.county.size


def name_of(layer: Layer, index: int) -> Name:
    """Return the code and name of the boundary with this index."""
    boundary = layer.boundaries[index]
    return Name(boundary.code, boundary.name)


def _name(code: str, name: str) -> Name | None:
    return Name(str(code), str(name)) if code else None


def named_columns(
    layer: Layer | None, lead: NDArray[np.int32], name: str
) -> dict[str, Texts]:
    """Return the columns of codes and names of some leads, for `Places`."""
    if layer is None:
        nothing = np.full(lead.size, "")
        return {f"{name}_code": nothing, name: nothing}
    return {f"{name}_code": layer.codes_at(lead), name: layer.names_at(lead)}
