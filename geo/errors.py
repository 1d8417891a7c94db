"""What can go wrong in ``geo``.

::

    GeoError
    ├── CoordinateRefused   a place that cannot be meant: .kind, .lng, .lat
    ├── CrsMismatch         coordinates without a CRS, or in one that cannot be used
    └── BoundaryRefused     boundaries that would give wrong answers: .codes
"""

from collections.abc import Sequence


class GeoError(Exception):
    """Base of every error that ``geo`` raises."""


class CoordinateRefused(GeoError):
    """A pair of numbers that is not a place in Taiwan's bounds.

    Parameters
    ----------
    message
        The value, the allowed range and the remedy.
    kind
        One of ``nan``, ``swapped``, ``metres``, ``outside``, ``zero``, ``twd67``.
    lng, lat
        The pair as given, or None where a whole CRS is refused.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        lng: float | None = None,
        lat: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.lng = lng
        self.lat = lat


class CrsMismatch(GeoError):
    """Coordinates whose reference system is missing, unknown or too coarse."""


class BoundaryRefused(GeoError):
    """Boundaries that would give wrong answers.

    Parameters
    ----------
    message
        What is wrong and the remedy.
    codes
        Codes of the boundaries at fault, as far as they are known.
    """

    def __init__(self, message: str, *, codes: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.codes = tuple(codes)
