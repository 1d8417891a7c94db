"""Whose a place may be when it is known to some metres only.

The error of a location is spread over the true polygons: each county, town or village
gets the probability that the true place lies in it, and so does what is outside of
all. The mathematics stand in ``docs/uncertainty.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.crs import FAULTS, diagnose_all, require_degrees
from geo.errors import ColumnsRefused, UncertaintyRefused
from geo.layers import Floats, Indices, Layer, Level
from geo.numbers import numbers_of
from geo.places import Name
from geo.shares.laws import (
    SIGMAS,
    SMALLEST_M,
    Meaning,
    is_usable,
    require_error,
)
from geo.shares.sums import Cover, Question, ShareSums

__all__ = [
    "OUTSIDE",
    "Meaning",
    "Share",
    "SharesIndex",
    "Spread",
    "Spreads",
    "UncertaintyRefused",
]

OUTSIDE = Name("", "海上或界外")
"""Stands for sea, foreign ground and holes of the file: all that no boundary covers."""

THRESHOLD = 0.01
"""From this share on, another boundary than the point's own could be the true one."""

BAD_ERROR = "error"
"""Note of a row whose ``error_m`` cannot be used."""


@dataclass(frozen=True, slots=True)
class Share:
    """The probability that a place lies in a boundary.

    Attributes
    ----------
    code, name
        Of the boundary; those of ``OUTSIDE`` for what none covers.
    share
        From 0 to 1.
    """

    code: str
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Whose one place may be.

    Attributes
    ----------
    shares
        The largest first, of equal ones the lowest code; ``OUTSIDE`` among them where
        it has any. Their sum is 1. Empty only for a row that could not be used.
    could_change
        Whether a boundary other than the one that leads at the point itself has a
        share of ``THRESHOLD`` or more.
    note
        ``ok``, or why a row could not be used: a kind of `geo.errors.CoordinateRefused`
        or ``error``.
    """

    shares: tuple[Share, ...]
    could_change: bool
    note: str = "ok"

    @property
    def outside(self) -> float:
        """Return the probability that no boundary covers the place."""
        return sum(one.share for one in self.shares if one.code == OUTSIDE.code)


@dataclass(frozen=True, slots=True, eq=False)
class Spreads:
    """Whose each of many places may be, as columns.

    Attributes
    ----------
    point, boundary, share
        A row for every pair of a point and a boundary with a share: index of the
        point, index in ``layer``, probability; shape (m,). Ascending by point, then
        the largest share first, of equal ones the lowest code.
    outside
        Probability that no boundary covers the place, shape (n,); NaN for a row that
        could not be used. The shares of a point and this sum to 1.
    could_change, note
        See `Spread`, shape (n,).
    layer
        The boundaries.
    """

    point: Indices
    boundary: Indices
    share: Floats
    outside: Floats
    could_change: NDArray[np.bool_]
    note: NDArray[np.str_]
    layer: Layer

    def __len__(self) -> int:
        return self.outside.size

    def __getitem__(self, i: int) -> Spread:
        """Return the spread of the point with this index."""
        i = range(len(self))[i]
        first, last = np.searchsorted(self.point, (i, i + 1))
        rows = [
            Share(str(self.layer.codes[b]), str(self.layer.names[b]), float(s))
            for b, s in zip(
                self.boundary[first:last], self.share[first:last], strict=True
            )
        ]
        outside = float(self.outside[i])
        if outside > 0:
            rows.append(Share(OUTSIDE.code, OUTSIDE.name, outside))
        rows.sort(key=lambda row: -row.share)
        return Spread(tuple(rows), bool(self.could_change[i]), str(self.note[i]))


class SharesIndex:
    """The shares of counties, and where there are any of towns and villages.

    What a level needs is built when it is first asked for, in less than a second.

    Parameters
    ----------
    layers
        Each level at most once; None is passed over.
    covers
        For some levels a quicker way to the same answers as `Layer.cover`.
    """

    def __init__(
        self, *layers: Layer | None, covers: Mapping[Level, Cover] | None = None
    ) -> None:
        quicker = covers or {}
        self._sums = {
            layer.level: ShareSums(layer, quicker.get(layer.level))
            for layer in layers
            if layer
        }

    @overload
    def shares(
        self,
        *,
        lng: float,
        lat: float,
        error_m: float,
        meaning: Meaning = ...,
        level: Level = ...,
    ) -> Spread: ...
    @overload
    def shares(
        self,
        *,
        lng: Floats | Sequence[float],
        lat: Floats | Sequence[float],
        error_m: float | Floats | Sequence[float],
        meaning: Meaning = ...,
        level: Level = ...,
    ) -> Spreads: ...
    def shares(
        self,
        *,
        lng: float | Floats | Sequence[float],
        lat: float | Floats | Sequence[float],
        error_m: float | Floats | Sequence[float],
        meaning: Meaning = Meaning.RADIUS_68,
        level: Level = Level.COUNTY,
    ) -> Spread | Spreads:
        """Give the probability that a place lies in each boundary.

        Deterministic, and the same for one point alone as among a million. A point on
        a line is half on either side, one on a corner belongs to each boundary by its
        angle. Where a file gives ground to several, their shares there are scaled down
        alike, so that the sum stays 1.

        Parameters
        ----------
        lng, lat
            WGS 84 degrees: two floats, or two arrays of shape (n,).
        error_m
            Metres, 0 to `geo.shares.laws.LARGEST_M`: one for all, or shape (n,).
        meaning
            What they mean.
        level
            Counties, towns or villages.

        Returns
        -------
        Spread or Spreads
            One for floats, columns for arrays. Shares below 1e-5 are left out.

        Raises
        ------
        CoordinateRefused
            A pair of floats that is no place in Taiwan; a row of arrays has a note
            instead.
        UncertaintyRefused
            An error that is not finite, negative or too large, given as a float for a
            single pair; a row of arrays has a note instead.
        KeyError
            There is no such level.
        ColumnsRefused
            Arrays of different length.
        """
        is_one = np.ndim(lng) == 0 and np.ndim(lat) == 0 and np.ndim(error_m) == 0
        x, y, metres = _columns(lng, lat, error_m)
        if is_one:
            require_degrees(lng=float(x[0]), lat=float(y[0]))
            require_error(float(metres[0]))
        spreads = _spread(self._sums[level], x, y, (metres, meaning))
        return spreads[0] if is_one else spreads


def _columns(
    lng: ArrayLike, lat: ArrayLike, error_m: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    x, y = np.atleast_1d(numbers_of(lng)), np.atleast_1d(numbers_of(lat))
    metres = numbers_of(error_m)
    if x.ndim != 1 or x.shape != y.shape or metres.shape not in ((), x.shape):
        raise ColumnsRefused(
            f"lng has shape {x.shape}, lat {y.shape}, error_m {metres.shape}: want "
            "(n,) each, or one error for all"
        )
    return x, y, np.broadcast_to(metres, x.shape)


def _spread(
    sums: ShareSums, lng: Floats, lat: Floats, error: tuple[Floats, Meaning]
) -> Spreads:
    error_m, meaning = error
    fault = diagnose_all(lng, lat)
    note = np.array(("ok", *FAULTS[1:], BAD_ERROR))[fault]
    note[(fault == 0) & ~is_usable(error_m)] = BAD_ERROR
    asked = np.flatnonzero(note == "ok")
    metres = np.maximum(error_m[asked], SMALLEST_M)
    is_disc = meaning is Meaning.DISC
    answer = sums.answer(
        Question(
            lng=lng[asked],
            lat=lat[asked],
            scale_m=metres if is_disc else metres / SIGMAS[meaning],
            is_disc=is_disc,
            threshold=THRESHOLD,
        )
    )
    outside, could_change = np.full(lng.size, np.nan), np.zeros(lng.size, np.bool_)
    outside[asked], could_change[asked] = answer.outside, answer.could_change
    return Spreads(
        point=asked[answer.point],
        boundary=answer.boundary,
        share=answer.share,
        outside=outside,
        could_change=could_change,
        note=note,
        layer=sums.layer,
    )
