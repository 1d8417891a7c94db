"""Which county and town a text names, old names and short ones included."""

import re
from dataclasses import dataclass
from functools import lru_cache

from data.text import place_name
from geo.boundaries import Boundaries

MERGED = {
    "臺北縣": "新北市",
    "桃園縣": "桃園市",
    "臺中縣": "臺中市",
    "臺南縣": "臺南市",
    "高雄縣": "高雄市",
}
"""Counties until 2010, Taoyuan until 2014, and the city that each became."""

_POSTCODE = re.compile(r"^\(?\d{3,6}\)?")
_IN_CITY = re.compile(r"(.+?)[一二三四五六]?分局")
_TOWN_ENDS = "區鄉鎮市"
_RENAMED_ENDS = {"鄉": "區", "鎮": "區", "市": "區"}


@dataclass(frozen=True, slots=True)
class Said:
    """The codes of the county and the town that a row names; None for neither."""

    county: str | None = None
    town: str | None = None


class Gazetteer:
    """Names of counties and towns, looked for in texts.

    Attributes
    ----------
    names
        The official name of each county, by code.
    county_in, county_at_start
        Find the county that a label names, and the one an address begins with.
    """

    def __init__(self, boundaries: Boundaries) -> None:
        self.names = {b.code: place_name(b.name) for b in boundaries.county.boundaries}
        self._counties = _county_names(self.names)
        by_length = sorted(self._counties, key=len, reverse=True)
        self._anywhere = re.compile("|".join(map(re.escape, by_length)) or r"(?!)")
        self._short = _short_names(self._counties)
        self._towns: dict[str, dict[str, str]] = {code: {} for code in self.names}
        for town in boundaries.town.boundaries if boundaries.town else ():
            self._towns[town.county_code][place_name(town.name)] = town.code
        self.county_in = lru_cache(maxsize=65536)(self._county_in)
        self.county_at_start = lru_cache(maxsize=65536)(self._county_at_start)

    def _county_in(self, text: str) -> str | None:
        """Find the county that a label names first, or is the short name of."""
        plain = place_name(text)
        if found := self._anywhere.search(plain):
            return self._counties[found[0]]
        return self._short.get(plain)

    def _county_at_start(self, text: str) -> str | None:
        """Find the county that an address begins with.

        A short name counts only before a town of that county: 澎湖馬公市, but not the
        基隆路 of another county.
        """
        plain = _POSTCODE.sub("", place_name(text))
        if found := self._anywhere.match(plain):
            return self._counties[found[0]]
        for name, code in self._short.items():
            if plain.startswith(name) and self._town_at_start(plain[len(name) :], code):
                return code
        return None

    def town_in(self, text: str, county: str | None) -> str | None:
        """Find the town of a county that a text begins with, or names by a precinct.

        大同分局 stands for the 大同區 of its county, and 中正第一分局 for 中正區.
        """
        if county not in self._towns or not text:
            return None
        plain = _POSTCODE.sub("", place_name(text))
        if found := self._anywhere.match(plain):
            plain = plain[found.end() :]
        return self._town_at_start(plain, county) or self._precinct(plain, county)

    def _town_at_start(self, plain: str, county: str) -> str | None:
        towns = self._towns[county]
        for end in range(2, 6):
            name = plain[:end]
            if name in towns:
                return towns[name]
            renamed = name[:-1] + _RENAMED_ENDS.get(name[-1:], "")
            if name[-1:] in _RENAMED_ENDS and renamed in towns:
                return towns[renamed]
        return None

    def _precinct(self, plain: str, county: str) -> str | None:
        found = _IN_CITY.match(plain)
        if not found:
            return None
        stem = found[1].removesuffix("第")
        towns = self._towns[county]
        matching = [stem + end for end in _TOWN_ENDS if stem + end in towns]
        return towns[matching[0]] if len(matching) == 1 else None


def _county_names(names: dict[str, str]) -> dict[str, str]:
    by_name = {name: code for code, name in names.items()}
    merged = {old: by_name[new] for old, new in MERGED.items() if new in by_name}
    return by_name | merged


def _short_names(counties: dict[str, str]) -> dict[str, str]:
    """Names without 縣 or 市, except those that two of today's counties share."""
    owners: dict[str, set[str]] = {}
    for name, code in counties.items():
        owners.setdefault(name[:-1], set()).add(code)
    return {name: min(codes) for name, codes in owners.items() if len(codes) == 1}
