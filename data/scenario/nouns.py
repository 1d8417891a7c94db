"""The nouns of the scenario: the night, its size, its events and what is true in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge

from data.records import Agency, ContactPoint, Read, Report, Site

NIGHT_FROM = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
NIGHT_TO = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
"""18:00 on 1 March to 08:00 on 2 March 2026 in Taipei."""

DAYLIGHT_FROM = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
"""06:00 in Taipei; before that every read is a night read."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens in the night.

    ``wanted`` counts all stolen vehicles, ``recovered`` those of them that are closed
    during the night, ``outside`` those reported outside the eight counties.

    Raises
    ------
    ValueError
        A number below 0, or fewer wanted than recovered, outside and one scripted.
    """

    vehicles: int = 6000
    wanted: int = 45
    recovered: int = 6
    outside: int = 6
    near_misses: int = 60
    missing: int = 12
    found: int = 4

    def __post_init__(self) -> None:
        least = min(self.vehicles, self.recovered, self.outside, self.near_misses - 1)
        if min(least, self.missing, self.found) < 0:
            raise ValueError(
                f"{self}: no number below 0, and one near miss is scripted"
            )
        if self.wanted <= self.recovered + self.outside:
            raise ValueError(
                f"wanted is {self.wanted}: want more than recovered and outside "
                f"together, {self.recovered + self.outside}"
            )


@dataclass(frozen=True, slots=True)
class Closing:
    """A report is over."""

    report_id: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Reads that arrive together; a batch may be a repetition of an earlier one."""

    at: datetime
    reads: tuple[Read, ...]
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Decoy:
    """Reads that look as if they concerned a report, and do not.

    ``kind`` is ``near-miss`` (another vehicle with a plate one look-alike away),
    ``owner`` (the vehicle itself, before the theft) or ``recovered`` (after the
    closing).
    """

    kind: str
    report_id: str
    plate: str
    read_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that reaches the service: exactly one of the three."""

    at: datetime
    report: Report | None = None
    reads: tuple[Read, ...] = ()
    closing: Closing | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A night.

    Attributes
    ----------
    reads
        In the order in which they were made, each once.
    batches
        The same reads as they arrive; some late, some twice.
    truth
        Pairs of read and report that a perfect system turns into leads: reads of the
        wanted vehicle itself, made at or after ``event_from`` and received before
        the closing. A read received before the report was filed counts too.
    true_plates
        What stood on the vehicle, by read; for judging, never for matching.
    decoys
        Reads that should not become leads although they look like it.
    """

    seed: int
    agencies: tuple[Agency, ...]
    contact_points: tuple[ContactPoint, ...]
    sites: tuple[Site, ...]
    reports: tuple[Report, ...]
    reads: tuple[Read, ...]
    batches: tuple[Batch, ...]
    closings: tuple[Closing, ...]
    truth: frozenset[tuple[str, str]]
    true_plates: Mapping[str, str]
    decoys: tuple[Decoy, ...]

    def events(self) -> Iterator[Event]:
        """Play the night in the order of arrival.

        At one moment reports come first, then closings, then reads. Reports from
        before the night come at the time when they were filed.
        """
        reports = sorted(self.reports, key=lambda report: report.reported_at)
        return merge(
            (Event(report.reported_at, report=report) for report in reports),
            (Event(closing.at, closing=closing) for closing in self.closings),
            (Event(batch.at, reads=batch.reads) for batch in self.batches),
            key=lambda event: event.at,
        )
