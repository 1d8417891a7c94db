"""Invented places that are certainly in the town they name, and what stands there."""

import random
from collections.abc import Sequence

from data.records import Site, SiteKind, Spot
from data.scenario.cameras import SOURCE
from data.scenario.waypoints import TOWNS, Waypoint
from geo.boundaries import Boundaries

CANDIDATES = 8
SPREAD_DEG = 0.006
"""About 600 m around a town centre; eight tries before the centre itself is taken."""

ROAD_NAMES = (
    "中正路",
    "中山路",
    "民生路",
    "中華路",
    "光復路",
    "建國路",
    "民族路",
    "仁愛路",
)


def scatter(
    towns: Sequence[Waypoint], *, boundaries: Boundaries, rng: random.Random
) -> list[Spot]:
    """Invent a place near the centre of each town, inside the town, with an address."""
    tries = [(town, *_near(town, k, rng)) for town in towns for k in range(CANDIDATES)]
    places = boundaries.locate(
        lng=[lng for _, lng, _ in tries], lat=[lat for _, _, lat in tries]
    )
    spots: list[Spot] = []
    for row, (town, lng, lat) in enumerate(tries):
        is_inside = (
            places.county_code[row] == town.county_code
            and places.town[row] == town.town
        )
        if len(spots) > row // CANDIDATES or not is_inside:
            continue
        number = f"{rng.choice(ROAD_NAMES)}{rng.randint(1, 400)}號"
        spots.append(
            Spot(
                lng=lng,
                lat=lat,
                error_m=rng.choices((100.0, 25.0, 300.0), (60, 25, 15))[0],
                address=f"{places.county[row]}{town.town}{number}",
                county_code=town.county_code,
                town_code=str(places.town_code[row]),
                village_code=str(places.village_code[row]) or None,
            )
        )
    return spots


def _near(town: Waypoint, k: int, rng: random.Random) -> tuple[float, float]:
    spread = 0.0 if k == CANDIDATES - 1 else SPREAD_DEG
    lng = town.lng + rng.uniform(-spread, spread)
    return round(lng, 5), round(town.lat + rng.uniform(-spread, spread), 5)


def town_sites(*, boundaries: Boundaries, rng: random.Random) -> tuple[Site, ...]:
    """Put a police station and one or more cash machines into each town."""
    wanted = [
        (town, kind, k)
        for town in TOWNS
        for kind, n in (
            (SiteKind.STATION, 1),
            (SiteKind.ATM, 1 + int(town.weight) // 12),
        )
        for k in range(1, n + 1)
    ]
    spots = scatter([town for town, _, _ in wanted], boundaries=boundaries, rng=rng)
    return tuple(
        _town_site(number, *row, spot)
        for number, (row, spot) in enumerate(zip(wanted, spots, strict=True))
    )


def _town_site(number: int, town: Waypoint, kind: SiteKind, k: int, spot: Spot) -> Site:
    is_station = kind is SiteKind.STATION
    return Site(
        id=f"{kind}-{town.county_code}-{number:03d}",
        kind=kind,
        name=f"{town.name}派出所(虛構)"
        if is_station
        else f"{town.name}提款機 {k}(虛構)",
        spot=spot,
        agency_id=town.county_code if is_station else None,
        reads_plates=False,
        attributes={"synthetic": True, "town": town.town},
        provenance=SOURCE,
    )
