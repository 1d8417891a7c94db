"""The figures behind a reach: percentile tables and assumptions, from one file.

Every group of figures names its source, in English and, for officers, in Chinese. The
bundled file is ``geo/reach/tables.json``; ``docs/reach.md`` says how to write another.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any, Protocol

from geo.errors import ReachRefused

BUNDLED = Path(__file__).parent / "tables.json"
FORMAT = 1


class Sourced(Protocol):
    """Figures that say where they are from, in English and in Chinese."""

    @property
    def source(self) -> str:
        """Say it in English."""

    @property
    def source_zh(self) -> str:
        """Say it in Chinese."""


@dataclass(frozen=True, slots=True)
class Walking:
    """How fast and how long a person walks; ``bound_kmh`` along a straight line."""

    bound_kmh: float
    typical_kmh: float
    at_most_min: float
    source: str
    source_zh: str


@dataclass(frozen=True, slots=True)
class Carried:
    """Which share of persons does not stay within a walk, and how far they are.

    ``unknown_share`` where there is no table; where there is one, what its last row
    leaves, but ``least_share`` at least.
    """

    unknown_share: float
    least_share: float
    kmh: float
    at_most_km: float
    source: str
    source_zh: str


@dataclass(frozen=True, slots=True)
class Profile:
    """How far from where they were last seen persons of a kind were found.

    Attributes
    ----------
    key, name
        ``dementia`` and what an officer calls it.
    percentiles
        Pairs of a share and the metres within which it was found, both ascending;
        empty where nothing is known.
    source, source_zh
        Whose figures these are, in English and in Chinese.
    """

    key: str
    name: str
    percentiles: tuple[tuple[float, float], ...]
    source: str
    source_zh: str


@dataclass(frozen=True, slots=True)
class Ride:
    """How fast a network is, along a straight line, and how long one waits."""

    kmh: float
    wait_min: float


@dataclass(frozen=True, slots=True)
class Rail:
    """Who rides, how far they walk to a station, and the networks."""

    share: float
    walk_to_m: float
    networks: Mapping[str, Ride]
    other: Ride
    source: str
    source_zh: str

    def ride(self, network: str) -> Ride:
        """Return the figures of a network, ``other`` for one that is not listed."""
        return self.networks.get(network, self.other)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """How fast a vehicle is at most, usually, and how much longer roads are."""

    bound_kmh: float
    typical_kmh: float
    detour: float
    beyond_share: float
    source: str
    source_zh: str


@dataclass(frozen=True, slots=True)
class Tables:
    """All figures of one file; ``edition`` names it in every answer."""

    edition: str
    walking: Walking
    carried: Carried
    profiles: Mapping[str, Profile]
    rail: Rail
    vehicle: Vehicle

    def profile(self, key: str) -> Profile:
        """Return a profile.

        Raises
        ------
        ReachRefused
            There is none of that name.
        """
        if key in self.profiles:
            return self.profiles[key]
        known = ", ".join(sorted(self.profiles))
        raise ReachRefused(f"no profile {key!r}: there are {known}", field="profile")


def read_tables(path: Path = BUNDLED) -> Tables:
    """Read a file of figures.

    Raises
    ------
    ReachRefused
        The file is no such file, or a figure cannot be meant.
    """
    try:
        tables = tables_from(json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReachRefused(
            f"{path.name} holds no figures of reach: {error!r}; compare it with the "
            "bundled file",
            field="tables",
        ) from error
    return tables


def tables_from(content: Mapping[str, Any]) -> Tables:
    """Make tables of what a file holds.

    Raises
    ------
    ReachRefused
        A figure cannot be meant.
    KeyError, TypeError, ValueError, AttributeError
        Something is missing or of another kind.
    """
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']}, expected {FORMAT}")
    rail = dict(content["rail"])
    networks = {name: Ride(**ride) for name, ride in rail.pop("networks").items()}
    tables = Tables(
        edition=str(content["edition"]),
        walking=Walking(**content["walking"]),
        carried=Carried(**content["carried"]),
        profiles={k: _profile(k, v) for k, v in content["profiles"].items()},
        rail=Rail(networks=networks, other=Ride(**rail.pop("other")), **rail),
        vehicle=Vehicle(**content["vehicle"]),
    )
    _check(tables)
    return tables


def _profile(key: str, content: Mapping[str, Any]) -> Profile:
    rows = tuple((float(share), float(m)) for share, m in content["percentiles"])
    profile = Profile(
        key,
        str(content["name"]),
        rows,
        str(content["source"]),
        str(content["source_zh"]),
    )
    shares, metres = [0.0, *(r[0] for r in rows)], [0.0, *(r[1] for r in rows)]
    if not (_is_ascending(shares) and _is_ascending(metres) and shares[-1] <= 1):
        raise ReachRefused(
            f"profile {key}: shares must rise from above 0 to at most 1, metres from "
            "above 0: sort the rows and take out repeats",
            field="tables",
        )
    return profile


def _is_ascending(values: Sequence[float]) -> bool:
    return all(a < b and isfinite(b) for a, b in pairwise(values))


def _check(tables: Tables) -> None:
    rides = {f"rail {name}": ride for name, ride in tables.rail.networks.items()}
    rides["rail other"] = tables.rail.other
    positive = {
        "walking bound_kmh": tables.walking.bound_kmh,
        "walking typical_kmh": tables.walking.typical_kmh,
        "walking at_most_min": tables.walking.at_most_min,
        "carried kmh": tables.carried.kmh,
        "carried at_most_km": tables.carried.at_most_km,
        "vehicle bound_kmh": tables.vehicle.bound_kmh,
        "vehicle typical_kmh": tables.vehicle.typical_kmh,
        "vehicle detour": tables.vehicle.detour,
        "rail walk_to_m": tables.rail.walk_to_m,
    } | {f"{name} kmh": ride.kmh for name, ride in rides.items()}
    for name, value in positive.items():
        _require(name, value, value > 0, "a positive number")
    for name, ride in rides.items():
        _require(f"{name} wait_min", ride.wait_min, ride.wait_min >= 0, "0 or more")
    for name, share in {
        "carried unknown_share": tables.carried.unknown_share,
        "carried least_share": tables.carried.least_share,
        "rail share": tables.rail.share,
        "vehicle beyond_share": tables.vehicle.beyond_share,
    }.items():
        _require(name, share, 0 <= share <= 1, "from 0 to 1")


def _require(name: str, value: float, is_right: bool, allowed: str) -> None:
    if not (is_right and isfinite(value)):
        raise ReachRefused(f"{name} is {value}, must be {allowed}", field="tables")
