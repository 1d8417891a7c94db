"""From a read and an entry to a lead with its reasons and its recipients."""

from collections.abc import Mapping
from datetime import datetime

from data.records import (
    Agency,
    HotListEntry,
    LeadRead,
    Read,
    Report,
    Spot,
    content_id,
)
from geo.boundaries import Boundaries, Leg
from geo.distance import distance_m, line_between
from matching.model import Model
from matching.weigh import weigh_read
from routing.rules import Recipient, lead_recipients

WAY_STEP_M = 1000.0


class Screener:
    """Weighs reads against entries and says who must know."""

    def __init__(self, boundaries: Boundaries, model: Model) -> None:
        self._boundaries = boundaries
        self._model = model

    def screen(
        self, read: Read, entry: HotListEntry, *, others: int, at: datetime
    ) -> LeadRead | None:
        """Return a read weighed against an entry, None when it weighs too little.

        It names the lead that it would raise. `others` counts the other cameras that
        lately gave the very same reading.

        A read from before the event raises nothing: the vehicle was its owner's.
        """
        if read.at < entry.since:
            return None
        weighing = weigh_read(
            read,
            entry,
            self._model,
            distance_m=between_m(entry.spot, read.spot),
            others=others,
        )
        level = weighing.level
        if level is None:
            return None
        return LeadRead(
            id=content_id("seen", entry.id, read.id),
            lead_id=content_id("lead", entry.id, read.id),
            entry_id=entry.id,
            read_id=read.id,
            created_at=at,
            at=read.at,
            weight_bits=weighing.bits,
            probability=weighing.probability,
            level=level,
            county_code=read.spot.county_code,
            explanation=weighing.explanation(),
        )

    def recipients(
        self, seen: LeadRead, report: Report, read: Read, agencies: Mapping[str, Agency]
    ) -> tuple[Recipient, ...]:
        """Name who must know of a read of a lead."""
        by_county = {a.county_code: a for a in agencies.values() if a.county_code}
        return lead_recipients(
            report=report,
            scene=read.spot.county_code,
            scene_note=read.spot.county_note,
            way=self._way(report.spot, read.spot),
            level=seen.level,
            agencies=by_county,
        )

    def _way(self, start: Spot, end: Spot) -> list[Leg]:
        from_point, to_point = point_of(start), point_of(end)
        if from_point is None or to_point is None or from_point == to_point:
            return []
        (lng, lat), (to_lng, to_lat) = from_point, to_point
        lngs, lats = line_between(
            lng=lng, lat=lat, to_lng=to_lng, to_lat=to_lat, step_m=WAY_STEP_M
        )
        return self._boundaries.counties_along(lng=lngs, lat=lats)


def between_m(start: Spot, end: Spot) -> float | None:
    """Return the geodesic metres between two spots, None when one has no point."""
    from_point, to_point = point_of(start), point_of(end)
    if from_point is None or to_point is None:
        return None
    (lng, lat), (to_lng, to_lat) = from_point, to_point
    return distance_m(lng=lng, lat=lat, to_lng=to_lng, to_lat=to_lat)


def point_of(spot: Spot) -> tuple[float, float] | None:
    """Return longitude and latitude of a spot that has both."""
    if spot.lng is None or spot.lat is None:
        return None
    return spot.lng, spot.lat
