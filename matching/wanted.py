"""An entry of the hot list by the million, and which of two versions of it holds."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from data.plate_codes import Codes, encode
from data.records import HotListEntry, ReportState, Spot, Vehicle
from matching.errors import PlateRefused
from matching.misreads import ANY_OF, unknown_kinds
from matching.plates import plain_pattern

MOST_COMPLETIONS = 5_000
"""Plates that a partial one may stand for; with more it would be wanted everywhere."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wanted vehicle, as its owner last said.

    ``plate`` may hold ``?`` for characters that nobody knows. ``version`` grows with
    every change, of whatever kind; ``is_open`` is False once it is over. ``lng`` and
    ``lat`` say where it was taken. ``marks`` are for the eye only.
    """

    id: str
    plate: str
    since: datetime
    verified_at: datetime
    expires_at: datetime
    category: str = "theft"
    urgency: int = 0
    owner: str = ""
    report_id: str = ""
    type: str | None = None
    colour: str | None = None
    marks: str = ""
    lng: float | None = None
    lat: float | None = None
    is_open: bool = True
    version: int = 1

    def closed(self) -> "Wanted":
        """Return the version that says it is over."""
        return replace(self, is_open=False, version=self.version + 1)

    def as_entry(self) -> HotListEntry:
        """Return it as the record that `matching.weigh` compares."""
        return HotListEntry(
            id=self.id,
            report_id=self.report_id,
            agency_id=self.owner,
            plate=self.plate,
            category=self.category,
            since=self.since,
            verified_at=self.verified_at,
            expires_at=self.expires_at,
            vehicle=Vehicle(self.plate, self.type, self.colour),
            spot=Spot(self.lng, self.lat),
            state=ReportState.OPEN if self.is_open else ReportState.CLOSED,
            version=self.version,
        )


def wanted_of(entry: HotListEntry) -> Wanted:
    """Return the entry that a record stands for."""
    return Wanted(
        id=entry.id,
        plate=entry.plate,
        since=entry.since,
        verified_at=entry.verified_at,
        expires_at=entry.expires_at,
        category=entry.category,
        owner=entry.agency_id,
        report_id=entry.report_id,
        type=entry.vehicle.type,
        colour=entry.vehicle.colour,
        lng=entry.spot.lng,
        lat=entry.spot.lat,
        is_open=entry.state is ReportState.OPEN,
        version=entry.version,
    )


def holds_over(new: Wanted, old: Wanted) -> bool:
    """Tell whether a version takes the place of another one of the same entry.

    The higher version does. Two that differ under one number are somebody's mistake:
    then what is over stays over, and else any fixed order does, so that the outcome is
    the same whichever came first.
    """
    if new.version != old.version:
        return new.version > old.version
    return (not new.is_open, repr(new)) > (not old.is_open, repr(old))


def completions(pattern: str) -> Codes:
    """Return the codes of the plates that a pattern may stand for.

    Raises
    ------
    PlateRefused
        When it is no pattern of a plate, or stands for more than `MOST_COMPLETIONS`.
    """
    kinds = unknown_kinds(plain_pattern(pattern))
    choices = [ANY_OF.get(character, character) for character in kinds]
    n = 1
    for choice in choices:
        n *= len(choice)
    if n > MOST_COMPLETIONS:
        raise PlateRefused(
            "too-open",
            f"{pattern} may be {n:,} plates, more than {MOST_COMPLETIONS:,}: "
            "want it with fewer unknown characters",
        )
    return encode(["".join(one) for one in product(*choices)])
