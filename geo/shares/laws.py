"""How far from where it is said to be: laws of an isotropic error.

A law says which part of the probability lies beyond a distance. Gaussian and uniform
errors have laws of their own; tables of percentiles become a law of pieces.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import inf, log, sqrt
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.errors import UncertaintyRefused
from geo.layers import Floats

SMALLEST_M = 0.01
"""An error below a centimetre is taken as one: the limit for no error at all."""

LARGEST_M = 200_000.0
"""Beyond this the plane on which errors are summed up is no longer good."""

REACH_SIGMAS = 5.0
"""A Gaussian is cut where 4e-6 of it lies beyond."""


class Meaning(StrEnum):
    """What the metres of an error mean.

    ``radius_68`` the true place is within them in 68 of 100 cases, as telephones say.
    ``radius_95`` in 95 of 100. ``one_sigma`` the standard deviation of the error to the
    east, and the same to the north. All three are circular Gaussian. ``disc`` nothing
    is known but that the true place is within them.
    """

    RADIUS_68 = "radius_68"
    RADIUS_95 = "radius_95"
    ONE_SIGMA = "one_sigma"
    DISC = "disc"


SIGMAS = {
    Meaning.RADIUS_68: sqrt(-2 * log(1 - 0.68)),
    Meaning.RADIUS_95: sqrt(-2 * log(1 - 0.95)),
    Meaning.ONE_SIGMA: 1.0,
}
"""Metres of an error per standard deviation; Rayleigh: 1 - F(r) = exp(-r²/2σ²)."""


class Law(Protocol):
    """An isotropic distribution around a point."""

    @property
    def reach_m(self) -> float:
        """Metres beyond which nothing is counted; infinite if there is no end."""

    def beyond(self, metres: Floats) -> Floats:
        """Give the probability of being farther away than some metres."""

    def radius_m(self, share: float) -> float:
        """Give the metres within which a share of the probability lies."""


@dataclass(frozen=True, slots=True)
class Gaussian:
    """A circular Gaussian error.

    Attributes
    ----------
    sigma_m
        Standard deviation along each axis.
    """

    sigma_m: float

    @property
    def reach_m(self) -> float:
        """Metres beyond which 4e-6 of the probability is left out."""
        return REACH_SIGMAS * self.sigma_m

    def beyond(self, metres: Floats) -> Floats:
        """Give the probability of being farther away than some metres."""
        return np.exp(-((np.asarray(metres) / self.sigma_m) ** 2) / 2)

    def radius_m(self, share: float) -> float:
        """Give the metres within which a share of the probability lies."""
        _refuse_share(share)
        return self.sigma_m * sqrt(-2 * log(1 - share)) if share < 1 else inf


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """A law whose tail is ``a + b r + c r² + e / r²`` between radii.

    Between its radii each form can be integrated over an edge in closed form, so the
    share of a polygon is as exact as the law.

    Attributes
    ----------
    radii_m
        Where the pieces begin, ascending from 0, and where the last one ends (which
        may be infinity), shape (n + 1,).
    terms
        ``a, b, c, e`` of each piece, shape (n, 4).
    """

    radii_m: Floats
    terms: Floats

    @property
    def reach_m(self) -> float:
        """Metres beyond which nothing lies."""
        return float(self.radii_m[-1])

    def beyond(self, metres: Floats) -> Floats:
        """Give the probability of being farther away than some metres."""
        r = np.asarray(metres, dtype=np.float64)
        last = len(self.terms) - 1
        piece = np.clip(np.searchsorted(self.radii_m, r, side="right") - 1, 0, last)
        a, b, c, e = self.terms[piece].T
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse = np.where(e == 0, 0.0, e / (r * r))
        tail = a + b * r + c * r * r + inverse
        # a law ends where its tail is 0, and goes on below
        return np.asarray(np.clip(tail, 0.0, 1.0), dtype=np.float64)

    def radius_m(self, share: float) -> float:
        """Give the metres within which a share of the probability lies.

        Found by halving, to a tenth of a millimetre; infinite for all of an endless
        law.
        """
        _refuse_share(share)
        low, high = 0.0, self.reach_m
        if high == inf and share < 1:
            high = float(self.radii_m[-2]) or 1.0
            while self.beyond(np.array(high)) > 1 - share:
                high *= 2
        while high - low > 1e-4 and high < inf:
            middle = (low + high) / 2
            is_short = bool(self.beyond(np.array(middle)) > 1 - share)
            low, high = (middle, high) if is_short else (low, middle)
        return high


def _refuse_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"share={share} must be from 0 to 1")


def disc(radius_m: float) -> Pieces:
    """Make the law of a point somewhere in a disc, every place alike.

    The probability beyond r is ``1 - r²/R²``.
    """
    terms = np.array([[1.0, 0.0, -1 / radius_m**2, 0.0]])
    return Pieces(np.array([0.0, radius_m]), terms)


def law_of(error_m: float, meaning: Meaning = Meaning.RADIUS_68) -> Gaussian | Pieces:
    """Make the law of an error.

    Parameters
    ----------
    error_m
        Metres, 0 to ``LARGEST_M``.
    meaning
        What they mean.

    Raises
    ------
    UncertaintyRefused
        An error that is not finite, negative or above ``LARGEST_M``.
    """
    require_error(error_m)
    metres = max(error_m, SMALLEST_M)
    if meaning is Meaning.DISC:
        return disc(metres)
    return Gaussian(metres / SIGMAS[meaning])


def require_error(error_m: float) -> None:
    """Refuse an error that cannot be meant.

    Raises
    ------
    UncertaintyRefused
    """
    if is_usable(np.float64(error_m)):
        return
    raise UncertaintyRefused(
        f"an error of {error_m:g} m cannot be used: give 0 to {LARGEST_M:g} m, and "
        "leave out a place that is known no better",
        error_m=error_m,
    )


def is_usable(error_m: Floats | np.float64) -> NDArray[np.bool_]:
    """Say which errors can be used: those from 0 to ``LARGEST_M``."""
    # NaN fails both comparisons
    return np.asarray((error_m >= 0) & (error_m <= LARGEST_M))
