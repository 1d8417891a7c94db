"""What the desk answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.records import HotListEntry, Lead, LeadRead, Report
from data.store import Transaction
from routing.intake import Unfit


@dataclass(frozen=True, slots=True)
class ReadsAnswer:
    """What became of a batch: received = stored + duplicate + quarantined.

    ``leads`` arose or were raised to action; ``lead_reads`` raised or joined a lead.
    """

    received: int
    stored: int
    duplicate: int
    quarantined: int
    leads: tuple[Lead, ...]
    unfit: tuple[Unfit, ...] = ()
    lead_reads: tuple[LeadRead, ...] = ()

    def __post_init__(self) -> None:
        kept = self.stored + self.duplicate + self.quarantined
        assert self.received == kept, f"{self.received} reads came, {kept} kept"


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """What became of a report: its entry, and leads from reads before it came."""

    report: Report
    entry: HotListEntry | None
    is_new: bool
    leads: tuple[Lead, ...]
    lead_reads: tuple[LeadRead, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportsAnswer:
    """What became of the reports of a file: answers and reasons by report id."""

    answers: Mapping[str, ReportAnswer]
    refused: Mapping[str, str]


def nothing_more(tx: Transaction, answer: object) -> None:
    """Keep nothing besides."""
