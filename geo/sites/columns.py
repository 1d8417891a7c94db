"""What is known of sites, as columns; and which of them count."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.crs import REMEDIES, diagnose
from geo.errors import CoordinateRefused, SitesRefused
from geo.layers import Floats
from geo.numbers import numbers_of

Mask = NDArray[np.bool_]
Codes = NDArray[np.int32]
Among = tuple[tuple[str, frozenset[Hashable]], ...]

SINCE, UNTIL, RANK, GONE = 0, 1, 2, 3
"""Columns of a table: online from and until, rank among ties, clock of the removal."""

FIRST_GAP = 2.0**32  # between ranks, so that later ids fit in


@dataclass(frozen=True, slots=True)
class Where:
    """Which sites count; make one with `Where.of`.

    Attributes
    ----------
    among
        Names of attributes with the values that count, any of them.
    online_at
        Only sites that are online then, in UTC; None for online or not.

    Raises
    ------
    SitesRefused
        ``kind="time"`` for a time without time zone.
    """

    among: Among = ()
    online_at: datetime | None = None

    def __post_init__(self) -> None:
        at = self.online_at
        if at is None:
            return
        if at.tzinfo is None:
            raise SitesRefused(
                f"online_at={at} has no time zone: add one, as in "
                f"{at.isoformat()}+08:00",
                kind="time",
            )
        # in other zones an hour that comes twice is equal to itself, a key to be lost
        object.__setattr__(self, "online_at", at.astimezone(UTC))

    @classmethod
    def of(
        cls,
        *,
        online_at: datetime | None = None,
        **among: Hashable | Iterable[Hashable],
    ) -> "Where":
        """Say which sites count, as in ``Where.of(kind=["atm", "station"])``.

        Parameters
        ----------
        online_at
            An aware time; a site is online from ``online_from`` on, and no longer at
            ``online_until``.
        **among
            One value of an attribute, or a list, tuple or set of values that all
            count; of an empty one none does. None does not narrow; ``[None]`` asks
            for what is not known.

        Raises
        ------
        SitesRefused
            ``kind="time"`` for a time without time zone.
        """
        named = [(name, _as_values(values)) for name, values in sorted(among.items())]
        return cls(
            tuple((name, one) for name, one in named if one is not None), online_at
        )

    @property
    def at(self) -> float:
        """The time as seconds since 1970, NaN for none."""
        return self.online_at.timestamp() if self.online_at else np.nan


def _as_values(values: Any) -> frozenset[Hashable] | None:  # noqa: ANN401
    if values is None:
        return None
    if isinstance(values, list | tuple | set | frozenset):
        return frozenset(values)
    return frozenset([values])


EVERYWHERE = Where()


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What is known of n sites, a row each; rows are added, never changed.

    Attributes
    ----------
    lng, lat
        WGS 84 degrees, shape (n,).
    ids
        At least n of them.
    table
        Shape (n, 4), see ``SINCE``; times in seconds since 1970.
    codes
        For each attribute the number of each row's value, shape (n,).
    values
        For each attribute the number of each value.
    """

    lng: Floats
    lat: Floats
    ids: Sequence[Hashable]
    table: Floats
    codes: Mapping[str, Codes]
    values: Mapping[str, dict[Hashable, int]]

    def __len__(self) -> int:
        return self.lng.size

    def counted(self, among: Among, *, start: int = 0) -> Mask:
        """Say of the rows from ``start`` on which have the values that count.

        Raises
        ------
        SitesRefused
            ``kind="attribute"`` for a name that the sites do not have.
        """
        is_counted = np.ones(len(self) - start, dtype=np.bool_)
        for name, wanted in among:
            if name not in self.codes:
                names = ", ".join(sorted(self.codes)) or "none"
                raise SitesRefused(
                    f"sites have no attribute {name!r}: allowed is {names}",
                    kind="attribute",
                )
            known = self.values[name]
            is_wanted = np.array([value in wanted for value in known], dtype=np.bool_)
            is_counted &= is_wanted[self.codes[name][start:]]
        return is_counted

    def online(self, at: float, *, start: int = 0) -> Mask:
        """Say of the rows from ``start`` on which are online at a time, all at NaN."""
        table = self.table[start:]
        if at != at:
            return np.ones(len(table), dtype=np.bool_)
        return (table[:, SINCE] <= at) & (at < table[:, UNTIL])


def columns_of(
    *,
    lng: ArrayLike,
    lat: ArrayLike,
    ids: Sequence[Hashable],
    attributes: Mapping[str, Sequence[Hashable]] | None,
    online: tuple[Any, Any],
) -> Columns:
    """Check what was given of sites and make columns of it; see `Sites`."""
    x, y, names = degrees_of(lng), degrees_of(lat), tuple(ids)
    _refuse_uneven(names, {"lng": x, "lat": y} | dict(attributes or {}))
    if len(set(names)) < len(names):
        twice = Counter(names).most_common(1)[0][0]
        raise SitesRefused(
            f"id {twice!r} occurs twice: a site has one place", kind="duplicate"
        )
    refuse_nowhere(x, y)
    table = np.empty((x.size, 4))
    table[:, SINCE] = _seconds(online[0], names, -np.inf)
    table[:, UNTIL] = _seconds(online[1], names, np.inf)
    table[:, RANK] = ranks_of(names)
    table[:, GONE] = np.inf
    _refuse_backwards(table, names)
    coded = {name: _coded(column) for name, column in (attributes or {}).items()}
    return Columns(
        x,
        y,
        names,
        table,
        {name: codes for name, (codes, _) in coded.items()},
        {name: values for name, (_, values) in coded.items()},
    )


def degrees_of(values: ArrayLike) -> Floats:
    """Make a column of floats of its own, shape (n,); what is no number is NaN."""
    return np.array(numbers_of(values)).ravel()


def are_degrees(lng: Floats, lat: Floats) -> Mask:
    """Say which pairs are longitudes and latitudes, anywhere on earth."""
    return (np.abs(lng) <= 180) & (np.abs(lat) <= 90)


def refuse_nowhere(lng: Floats, lat: Floats) -> None:
    """Refuse the first pair that is not in degrees.

    Raises
    ------
    CoordinateRefused
        With the ``kind`` that `geo.crs.diagnose` names.
    """
    wrong = np.flatnonzero(~are_degrees(lng, lat))
    if wrong.size:
        x, y = float(lng[wrong[0]]), float(lat[wrong[0]])
        kind = diagnose(lng=x, lat=y) or "outside"
        raise CoordinateRefused(
            f"lng={x} lat={y} {REMEDIES[kind].format(lng=x, lat=y)} (allowed is lng "
            "-180 to 180, lat -90 to 90)",
            kind=kind,
            lng=x,
            lat=y,
        )


def _refuse_uneven(ids: Sequence[Hashable], columns: Mapping[str, Any]) -> None:
    for name, column in columns.items():
        if len(column) != len(ids):
            raise SitesRefused(
                f"got {len(ids)} ids and {len(column)} of {name}: give one each",
                kind="lengths",
            )


def _refuse_backwards(table: Floats, ids: Sequence[Hashable]) -> None:
    wrong = np.flatnonzero(table[:, SINCE] > table[:, UNTIL])
    if wrong.size:
        raise SitesRefused(
            f"site {ids[wrong[0]]!r} goes offline before it comes online: order the "
            "times",
            kind="time",
        )


def _seconds(times: Any, ids: Sequence[Hashable], missing: float) -> Floats:  # noqa: ANN401
    """Make seconds since 1970 of times, ``missing`` where there is none."""
    if times is None:
        return np.full(len(ids), missing)
    given = np.asarray(times)
    _refuse_uneven(ids, {"times": given})
    if given.dtype.kind == "M":
        micros = given.astype("datetime64[us]")
        seconds = np.where(np.isnat(micros), np.nan, micros.astype(np.float64) / 1e6)
    elif given.dtype.kind in "fiu":
        seconds = given.astype(np.float64)
    else:
        seconds = np.array([_as_seconds(one) for one in given.tolist()], np.float64)
    return np.where(np.isnan(seconds), missing, seconds)


def _as_seconds(time: object) -> float:
    if time is None or time != time:  # as NaN and pandas' NaT are
        return np.nan
    if isinstance(time, int | float) and not isinstance(time, bool):
        return float(time)
    if isinstance(time, datetime) and time.tzinfo is not None:
        return time.timestamp()
    raise SitesRefused(
        f"{time!r} is no aware time: give one with a time zone, or None", kind="time"
    )


def ranks_of(ids: Sequence[Hashable]) -> Floats:
    """Give each id a rank, ascending; by position where they cannot be ordered."""
    rank = np.arange(len(ids), dtype=np.float64)
    try:
        order = sorted(range(len(ids)), key=ids.__getitem__)  # type: ignore[arg-type]
    except TypeError:
        order = list(range(len(ids)))
    rank[order] = np.arange(len(ids)) * FIRST_GAP
    return rank


def _coded(column: Sequence[Hashable]) -> tuple[Codes, dict[Hashable, int]]:
    values: dict[Hashable, int] = {}
    codes = [values.setdefault(value, len(values)) for value in column]
    return np.array(codes, dtype=np.int32), values


def read_only(column: Floats) -> Floats:
    """Give a column that cannot be written to."""
    shown = column.view()
    shown.flags.writeable = False
    return shown
