"""Ways through the road network, and the cameras that a way passes."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from data.scenario.roads import NO_SCOOTERS, ROADS, SPEED_KMH, Road, RoadClass
from data.scenario.waypoints import WAYPOINTS
from geo.distance import distance_m

DETOUR = 1.08
"""Road metres per metre of straight line between two neighbouring waypoints."""


class Style(StrEnum):
    """How somebody chooses a way."""

    FAST = "fast"
    LOCAL = "local"
    SCOOTER = "scooter"


@dataclass(frozen=True, slots=True)
class Edge:
    """One direction of a road between two neighbouring waypoints."""

    road: Road
    direction: str
    start: str
    end: str
    length_m: float

    def seconds(self) -> float:
        """Time to drive it in light traffic."""
        return self.length_m / SPEED_KMH[self.road.kind] * 3.6


@dataclass(frozen=True, slots=True)
class Stand:
    """Where on the network a camera stands: an edge, and how far along it, 0 to 1."""

    edge: int
    along: float


@dataclass(frozen=True, slots=True)
class Way:
    """The cameras that a way passes.

    Attributes
    ----------
    cameras
        Indices of the cameras in order, shape (n,).
    seconds
        When each is passed in light traffic, counted from the start, shape (n,).
    """

    cameras: NDArray[np.intp]
    seconds: NDArray[np.float64]


def edges() -> tuple[Edge, ...]:
    """List the edges of every road, both directions."""
    return tuple(edge for road in ROADS for edge in _edges_of(road))


def _edges_of(road: Road) -> Iterator[Edge]:
    for start, end in zip(road.waypoints, road.waypoints[1:], strict=False):
        here, there = WAYPOINTS[start], WAYPOINTS[end]
        length_m = DETOUR * distance_m(
            lng=here.lng, lat=here.lat, to_lng=there.lng, to_lat=there.lat
        )
        yield Edge(road, road.forward, start, end, length_m)
        yield Edge(road, road.backward, end, start, length_m)


class Network:
    """The road network with cameras on it; ways are worked out once and kept."""

    def __init__(self, edges: Sequence[Edge], stands: Sequence[Stand]) -> None:
        self.edges = edges
        self._stands: dict[int, list[tuple[float, int]]] = {}
        for camera, stand in enumerate(stands):
            self._stands.setdefault(stand.edge, []).append((stand.along, camera))
        self._leaving: dict[str, list[int]] = {}
        for number, edge in enumerate(edges):
            self._leaving.setdefault(edge.start, []).append(number)
        self._trees: dict[tuple[str, Style], dict[str, int]] = {}
        self._ways: dict[tuple[str, str, Style], Way] = {}

    def way(self, start: str, end: str, style: Style) -> Way:
        """Give the cameras on the quickest way between two waypoints.

        Raises
        ------
        KeyError
            There is no such way.
        """
        key = (start, end, style)
        if key not in self._ways:
            self._ways[key] = self._passing(self._route(start, end, style))
        return self._ways[key]

    def _passing(self, route: Sequence[int]) -> Way:
        cameras, seconds, elapsed = [], [], 0.0
        for number in route:
            spent = self.edges[number].seconds()
            for along, camera in sorted(self._stands.get(number, ())):
                cameras.append(camera)
                seconds.append(elapsed + along * spent)
            elapsed += spent
        return Way(np.array(cameras, dtype=np.intp), np.array(seconds))

    def _route(self, start: str, end: str, style: Style) -> list[int]:
        arriving = self._tree(start, style)
        route = []
        while end != start:
            route.append(arriving[end])
            end = self.edges[arriving[end]].start
        return route[::-1]

    def _tree(self, start: str, style: Style) -> dict[str, int]:
        if (start, style) not in self._trees:
            self._trees[start, style] = self._quickest(start, style)
        return self._trees[start, style]

    def _quickest(self, start: str, style: Style) -> dict[str, int]:
        """Give the edge by which the quickest way arrives, by waypoint.

        Source: Dijkstra 1959, Numerische Mathematik 1, 269-271.
        """
        arriving: dict[str, int] = {}
        waiting: list[tuple[float, int, str]] = [(0.0, -1, start)]
        while waiting:
            cost, by, here = heapq.heappop(waiting)
            if here in arriving:
                continue
            arriving[here] = by
            for number in self._leaving.get(here, ()):
                edge = self.edges[number]
                toll = _reluctance(edge.road.kind, style)
                if toll is not None and edge.end not in arriving:
                    step = (cost + edge.seconds() * toll, number, edge.end)
                    heapq.heappush(waiting, step)
        return arriving


def _reluctance(kind: RoadClass, style: Style) -> float | None:
    """How much longer a road seems to somebody; None when they may not use it."""
    if style is Style.SCOOTER:
        return None if kind in NO_SCOOTERS else 1.0
    return 2.2 if style is Style.LOCAL and kind is RoadClass.FREEWAY else 1.0
