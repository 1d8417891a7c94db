"""The shares of one layer for many points: the quick ones at once, the rest summed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.layers import Floats, Indices, Layer, first_of_each
from geo.shares.aside import moved_aside, touch_m
from geo.shares.clearance import SHARED, Clearance, clearance_of
from geo.shares.columns import Asked, Desk, Ground, Out, Rule, ground_of
from geo.shares.laws import REACH_SIGMAS
from geo.shares.lines import Lines, lines_of
from geo.shares.tree import tree_of

Cover = Callable[..., Indices]

BLOCK = 65_536
DEEPEST = 256  # boxes waiting to be opened: three a tier, and there are a dozen
NOT_YET = -1
ROOM = 4  # pairs a point, before more room is made


@dataclass(frozen=True, slots=True)
class Question:
    """Places with errors of one kind.

    Attributes
    ----------
    lng, lat
        WGS 84 degrees, finite, shape (n,).
    scale_m
        Standard deviation of the Gaussian or radius of the disc, shape (n,).
    is_disc
        Which of the two.
    threshold
        From which share on another boundary counts as a change.
    """

    lng: Floats
    lat: Floats
    scale_m: Floats
    is_disc: bool
    threshold: float

    @property
    def reach(self) -> float:
        """Lengths of ``scale_m`` beyond which nothing is counted."""
        return 1.0 if self.is_disc else REACH_SIGMAS

    def __getitem__(self, chosen: Indices | slice) -> "Question":
        columns = (self.lng[chosen], self.lat[chosen], self.scale_m[chosen])
        return Question(*columns, self.is_disc, self.threshold)


@dataclass(frozen=True, slots=True)
class Answer:
    """Pairs of point and boundary, ascending by point, and rows of points.

    See `geo.shares.Spreads`.
    """

    point: Indices
    boundary: Indices
    share: Floats
    outside: Floats
    could_change: NDArray[np.bool_]


class ShareSums:
    """The shares of one layer; each part is built when it is first needed.

    Two threads that build the same part at once build it equal.

    Parameters
    ----------
    layer
        The boundaries.
    cover
        Answers as ``layer.cover`` does; for who has a quicker way.
    """

    def __init__(self, layer: Layer, cover: Cover | None = None) -> None:
        self.layer = layer
        self._cover = cover or layer.cover

    @cached_property
    def _lines(self) -> Lines:
        return lines_of(self.layer)

    @cached_property
    def _clearance(self) -> Clearance:
        return clearance_of(self.layer, self._lines)

    @cached_property
    def _ground(self) -> Ground:
        return ground_of(tree_of(self._lines), len(self.layer))

    def answer(self, question: Question) -> Answer:
        """Give the shares of every point.

        A point whose cell has no line within reach of its error is whose the cell is;
        only the others are summed up.
        """
        metres, owner = self._clearance.at(question.lng, question.lat)
        is_clear = (metres >= question.reach * question.scale_m) & (owner != SHARED)
        summed = np.flatnonzero(~is_clear)
        blocks = [summed[i : i + BLOCK] for i in range(0, summed.size, BLOCK)]
        return _merged(
            np.where(is_clear, owner, NOT_YET).astype(np.intp),
            [(block, self._summed(question[block])) for block in blocks],
            len(self.layer),
        )

    def _asked(self, question: Question) -> Asked:
        """Find what covers points, those on a line from beside it."""
        near_m = touch_m(question.scale_m, question.reach)
        lng, lat, moved = moved_aside(question.lng, question.lat, near_m, self._touches)
        covers = self._cover(lng=lng, lat=lat)
        lead = first_of_each(covers, lng.size)
        there = self._cover(lng=question.lng[moved], lat=question.lat[moved])
        lead[moved] = first_of_each(there, moved.size)
        return Asked(
            lng=lng,
            lat=lat,
            scale_m=np.ascontiguousarray(question.scale_m),
            lead=np.where(lead < 0, len(self.layer), lead),
            first=np.searchsorted(covers[0], np.arange(lng.size + 1)),
            covering=np.ascontiguousarray(covers[1]),
        )

    def _touches(self, lng: Floats, lat: Floats, touch_m: Floats) -> NDArray[np.bool_]:
        from geo.shares.kernels import touching

        boxes = np.zeros(DEEPEST, dtype=np.intp)
        return np.asarray(touching(self._ground, lng, lat, touch_m, boxes))

    def _summed(self, question: Question) -> Answer:
        from geo.shares.kernels import shares_of

        asked = self._asked(question)
        rule = Rule(question.is_disc, question.reach, question.threshold)
        rows = np.zeros(question.lng.size), np.zeros(question.lng.size, dtype=np.bool_)
        pairs: list[tuple[Indices, Indices, Floats]] = []
        start, room = 0, max(ROOM * question.lng.size, len(self.layer) + 1)
        while start < question.lng.size:
            out = Out(*_room(room), *rows)
            desk = _desk(len(self.layer))
            start, n = shares_of(self._ground, asked, rule, desk, out, start)
            pairs.append((out.point[:n], out.boundary[:n], out.share[:n]))
        point, boundary, share = (
            np.concatenate(one) for one in zip(*pairs, strict=True)
        )
        return Answer(point, boundary, share, *rows)


def _desk(n: int) -> Desk:
    return Desk(
        sums=np.zeros(n + 1),
        asked_by=np.full(n + 1, -1, dtype=np.intp),
        touched=np.zeros(n + 1, dtype=np.intp),
        boxes=np.zeros(DEEPEST, dtype=np.intp),
    )


def _room(n: int) -> tuple[Indices, Indices, Floats]:
    return np.zeros(n, dtype=np.intp), np.zeros(n, dtype=np.intp), np.zeros(n)


def _merged(
    owner: Indices, blocks: list[tuple[Indices, Answer]], outside: int
) -> Answer:
    """Put the quick answers and the summed ones in the order of the points."""
    n_pairs = ((owner >= 0) & (owner < outside)).astype(np.intp)
    beyond = (owner == outside).astype(np.float64)
    could_change = np.zeros(owner.size, dtype=np.bool_)
    for points, answer in blocks:
        n_pairs[points] = np.bincount(answer.point, minlength=points.size)
        beyond[points] = answer.outside
        could_change[points] = answer.could_change
    point = np.repeat(np.arange(owner.size), n_pairs)
    boundary, share = owner[point], np.ones(point.size)
    first = np.cumsum(n_pairs) - n_pairs
    for points, answer in blocks:
        within = np.cumsum(n_pairs[points]) - n_pairs[points]
        row = first[points[answer.point]] - within[answer.point]
        row += np.arange(answer.point.size)
        boundary[row], share[row] = answer.boundary, answer.share
    return Answer(point, boundary, share, beyond, could_change)
