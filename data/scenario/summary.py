"""The night in figures, for the documentation and for whoever runs it."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from data.records import ReportKind, SiteKind
from data.scenario.nouns import NIGHT_FROM, Scenario

_ORDERED = (
    "agencies",
    "contact_points",
    "sites",
    "reports",
    "reads",
    "batches",
    "closings",
    "decoys",
)


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of a night.

    ``reads_per_hour`` has one number an hour from 18:00 local time; ``misread`` counts
    the reads with a wrong plate; ``found_later`` counts the true pairs whose read came
    before its report.
    """

    cameras: int
    atms: int
    stations: int
    reports: Mapping[str, int]
    closings: int
    reads: int
    reads_per_hour: tuple[int, ...]
    vehicles_read: int
    misread: int
    late_reads: int
    batches: int
    repeated_batches: int
    repeated_reads: int
    truth: int
    truth_misread: int
    wanted_read: int
    found_later: int
    decoys: Mapping[str, int]
    decoy_reads: Mapping[str, int]


def digest(scenario: Scenario) -> str:
    """Give the SHA-256 of everything in a night; equal for equal seeds and sizes."""
    parts = [
        *(getattr(scenario, name) for name in _ORDERED),
        sorted(scenario.truth),
        sorted(scenario.true_plates.items()),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def summary(scenario: Scenario) -> Summary:
    """Count what happens in a night."""
    kinds = Counter(site.kind for site in scenario.sites)
    misread = _misread(scenario)
    reported_at = {report.id: report.reported_at for report in scenario.reports}
    received_at = {read.id: read.received_at for read in scenario.reads}
    repeated = [batch for batch in scenario.batches if batch.is_repeated]
    decoy_reads: Counter[str] = Counter()
    for decoy in scenario.decoys:
        decoy_reads[decoy.kind] += len(decoy.read_ids)
    return Summary(
        cameras=kinds[SiteKind.CAMERA],
        atms=kinds[SiteKind.ATM],
        stations=kinds[SiteKind.STATION],
        reports=dict(Counter(ReportKind(r.kind).value for r in scenario.reports)),
        closings=len(scenario.closings),
        reads=len(scenario.reads),
        reads_per_hour=_per_hour(scenario),
        vehicles_read=len(set(scenario.true_plates.values())),
        misread=len(misread),
        late_reads=sum(read.late for read in scenario.reads),
        batches=len(scenario.batches),
        repeated_batches=len(repeated),
        repeated_reads=sum(len(batch.reads) for batch in repeated),
        truth=len(scenario.truth),
        truth_misread=sum(read_id in misread for read_id, _ in scenario.truth),
        wanted_read=len({report_id for _, report_id in scenario.truth}),
        found_later=sum(received_at[r] < reported_at[k] for r, k in scenario.truth),
        decoys=dict(Counter(decoy.kind for decoy in scenario.decoys)),
        decoy_reads=dict(decoy_reads),
    )


def _misread(scenario: Scenario) -> set[str]:
    return {
        read.id
        for read in scenario.reads
        if bare(read.plate_raw) != bare(scenario.true_plates[read.id])
    }


def bare(plate: str) -> str:
    """Give a plate without what cameras write differently: dash, case, width."""
    return unicodedata.normalize("NFKC", plate).replace("-", "").upper()


def _per_hour(scenario: Scenario) -> tuple[int, ...]:
    hours = Counter(
        (read.at - NIGHT_FROM) // timedelta(hours=1) for read in scenario.reads
    )
    return tuple(hours[hour] for hour in range(max(hours) + 1))
