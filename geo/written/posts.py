"""Where a kilometre of a road lies, between posts whose places are known.

The place is drawn on the straight line between the nearest post before and the nearest
after it. The road is longer than that line, and how long is known from the posts: the
place can be no further from each post than the kilometres to it. The two discs that
this makes hold it, and the furthest corner of what they share bounds the error.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, isfinite, sqrt

from geo.crs import require_degrees
from geo.distance import distance_m
from geo.errors import CoordinateRefused
from geo.written.roads import OPPOSITE, road_name

ROUNDING_M = 50.0
"""Posts are known to 0.1 km: half of that, for each."""

CARRIAGEWAYS_M = 50.0
"""How far the two directions of a road lie apart, where the posts are of the other.

The gantries of both directions at one kilometre lie at most 100 m apart, half of them
in the same place.
"""

SHARE_68 = 0.6167
"""Radius that holds 68 % over the one that holds 95 %, of a circular Gaussian.

``sqrt(log(1 - 0.68) / log(1 - 0.95))``; the bound stands for the 95 %.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A place on a road whose kilometre is known.

    Attributes
    ----------
    road
        Key of the road, see `geo.written.roads.WrittenPost`.
    km
        From the road's zero, known to 0.1 km.
    direction
        One of ``N S E W``; None where it stands for both.
    lng, lat
        WGS 84 degrees.
    name
        What it is called.
    """

    road: str
    km: float
    direction: str | None
    lng: float
    lat: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """Where a kilometre lies.

    Attributes
    ----------
    lng, lat
        WGS 84 degrees, on the line between ``before`` and ``after``.
    bound_m
        The road cannot be further from there, if the posts are right.
    before, after
        The posts; one and the same where a post stands at that very kilometre.
    """

    lng: float
    lat: float
    bound_m: float
    before: Post
    after: Post

    @property
    def error_m(self) -> float:
        """Radius that holds the place with 68 %; see ``SHARE_68``."""
        return self.bound_m * SHARE_68


class Posts:
    """The posts of some roads.

    Parameters
    ----------
    posts
        In any order; the two directions of a road may have posts at one kilometre.

    Raises
    ------
    CoordinateRefused
        A post that is not in Taiwan's bounds.
    ValueError
        A kilometre that is not finite, or negative.
    """

    def __init__(self, posts: Iterable[Post] = ()) -> None:
        self._by_road: dict[str, list[Post]] = {}
        for post in posts:
            require_degrees(lng=post.lng, lat=post.lat)
            if not (isfinite(post.km) and post.km >= 0):
                raise ValueError(f"kilometre {post.km} of {post.name or post.road}")
            self._by_road.setdefault(post.road, []).append(post)
        for own in self._by_road.values():
            own.sort(key=lambda post: (post.km, post.direction or "", post.name))

    def __len__(self) -> int:
        return sum(map(len, self._by_road.values()))

    @property
    def roads(self) -> tuple[str, ...]:
        """Keys of the roads that have posts, ascending."""
        return tuple(sorted(self._by_road))

    def of_road(self, road: str) -> tuple[Post, ...]:
        """Give the posts of a road, ascending by kilometre; none for another road."""
        return tuple(self._by_road.get(road, ()))

    def find(
        self,
        road: str,
        *,
        km: float,
        direction: str | None = None,
        unit_m: float = 100.0,
    ) -> Between:
        """Say where a kilometre of a road lies.

        Parameters
        ----------
        km
            From the road's zero.
        direction
            One of ``N S E W``: of two posts at one kilometre, the one of this
            direction is taken.
        unit_m
            Metres that the last place of ``km`` stands for.

        Raises
        ------
        CoordinateRefused
            ``unknown-road``: no posts of it; ``no-such-direction``: its posts are
            of other directions only; ``outside-posts``: before its first post or
            behind its last.
        """
        own = self._by_road.get(road)
        if not own:
            known = ", ".join(road_name(key)[1] for key in self.roads) or "none"
            raise CoordinateRefused(
                f"no posts of {road_name(road)[1]} are loaded (there are: {known}): "
                "load a file of toll gantries that has it",
                kind="unknown-road",
            )
        _require_direction(own, direction)
        before, after = _neighbours(own, km, direction)
        return _between(before, after, km, direction, unit_m)


def _require_direction(own: list[Post], direction: str | None) -> None:
    there = {post.direction for post in own if post.direction is not None}
    if direction is None or not there or {direction, OPPOSITE[direction]} & there:
        return
    raise CoordinateRefused(
        f"the posts of {road_name(own[0].road)[1]} are {', '.join(sorted(there))} and "
        f"{direction} is asked: check the road and the direction",
        kind="no-such-direction",
    )


def _neighbours(own: list[Post], km: float, direction: str | None) -> tuple[Post, Post]:
    """Give the last post at or before a kilometre, and the first at or behind it."""
    first, last = own[0].km, own[-1].km
    if not first <= km <= last:
        raise CoordinateRefused(
            f"kilometre {km:g} of {road_name(own[0].road)[1]} lies outside its posts, "
            f"{first:g} to {last:g}: nothing is drawn beyond them",
            kind="outside-posts",
        )
    behind = bisect_left(own, km, key=lambda post: post.km)
    ahead = bisect_right(own, km, key=lambda post: post.km)
    if behind < ahead:
        here = _preferred(own[behind:ahead], direction)
        return here, here
    before_km, after_km = own[behind - 1].km, own[behind].km
    before = [post for post in own[:behind] if post.km == before_km]
    after = [post for post in own[behind:] if post.km == after_km]
    return _preferred(before, direction), _preferred(after, direction)


def _preferred(posts: list[Post], direction: str | None) -> Post:
    of_it = [post for post in posts if post.direction == direction]
    return (of_it or posts)[0]


def _between(
    before: Post, after: Post, km: float, direction: str | None, unit_m: float
) -> Between:
    slack_m = ROUNDING_M + unit_m / 2
    is_own = direction is not None and before.direction == after.direction == direction
    other_m = 0.0 if is_own else CARRIAGEWAYS_M
    if before is after:
        return Between(before.lng, before.lat, slack_m + other_m, before, after)
    share = (km - before.km) / (after.km - before.km)
    straight_m = distance_m(
        lng=before.lng, lat=before.lat, to_lng=after.lng, to_lat=after.lat
    )
    bound_m = furthest_m(
        straight_m,
        from_start_m=(km - before.km) * 1000 + slack_m,
        from_end_m=(after.km - km) * 1000 + slack_m,
        at_m=share * straight_m,
    )
    return Between(
        lng=before.lng + share * (after.lng - before.lng),
        lat=before.lat + share * (after.lat - before.lat),
        bound_m=bound_m + other_m,
        before=before,
        after=after,
    )


def furthest_m(
    straight_m: float, *, from_start_m: float, from_end_m: float, at_m: float
) -> float:
    """Measure how far what two discs share reaches from a point between their centres.

    Parameters
    ----------
    straight_m
        From centre to centre.
    from_start_m, from_end_m
        Radii. Where they do not reach each other, the kilometres contradict the
        places, and both are widened until they touch.
    at_m
        The point, on the line between the centres, from the first of them.

    Returns
    -------
    float
        Greatest distance from the point to a point of both discs.
    """
    lack = max(0.0, straight_m - from_start_m - from_end_m)
    start_m, end_m = from_start_m + lack, from_end_m + lack
    ends = (
        (0.0, start_m, straight_m, end_m),
        (straight_m, end_m, 0.0, start_m),
    )
    reached = [
        abs(tip - at_m)
        for centre, radius, other, other_radius in ends
        for tip in (centre - radius, centre + radius)
        if abs(tip - other) <= other_radius
    ]
    if straight_m > 0 and abs(start_m - end_m) <= straight_m:
        # where the two circles meet
        along = (start_m**2 - end_m**2 + straight_m**2) / (2 * straight_m)
        across = sqrt(max(start_m**2 - along**2, 0.0))
        reached.append(hypot(along - at_m, across))
    return max(reached)
