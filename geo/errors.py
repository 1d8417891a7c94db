"""What can go wrong in ``geo``.

::

    GeoError
    ├── CoordinateRefused   a place that cannot be meant: .kind, .lng, .lat
    ├── CrsMismatch         coordinates without a CRS, or in one that cannot be used
    ├── ColumnsRefused      columns that do not belong together
    ├── BoundaryRefused     boundaries that would give wrong answers: .codes
    ├── FenceRefused        a fence that cannot be watched: .kind
    ├── UncertaintyRefused  an error of a location that cannot be meant: .error_m
    ├── ReachRefused        a reach that cannot be worked out: .field
    └── SitesRefused        sites, or a question to them, that make no sense: .kind
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
        One of ``nan``, ``swapped``, ``metres``, ``outside``, ``zero``, ``twd67``, or
        one of `geo.refusals.KINDS` for a place read out of a text.
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


class ColumnsRefused(GeoError, ValueError):
    """Columns of different length, or of more than one dimension."""


class FenceRefused(GeoError):
    """A fence that cannot be watched, or a question to fences that has no answer.

    Parameters
    ----------
    message
        The value, the allowed range and the remedy.
    kind
        One of ``id``, ``duplicate``, ``unknown``, ``area``, ``radius``, ``path``,
        ``polygon``, ``time``.
    """

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class UncertaintyRefused(GeoError):
    """An error of a location that cannot be meant.

    Parameters
    ----------
    message
        The value, the allowed range and the remedy.
    error_m
        As given.
    """

    def __init__(self, message: str, *, error_m: float) -> None:
        super().__init__(message)
        self.error_m = error_m


class ReachRefused(GeoError):
    """A reach that cannot be worked out, or figures that make none.

    Parameters
    ----------
    message
        The value, the allowed range and the remedy.
    field
        What is at fault: ``minutes``, ``profile``, ``level``, ``stations``,
        ``tables``.
    """

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class SitesRefused(GeoError):
    """Sites that cannot be searched, or a question to them that has no answer.

    Parameters
    ----------
    message
        The value, the allowed range and the remedy.
    kind
        One of ``lengths``, ``duplicate``, ``unknown``, ``attribute``, ``time``,
        ``k``, ``radius``, ``ratio``, ``mask``, ``polygon``, ``path``.
    """

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind
