"""What the desk answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.records import HotListEntry, Lead, Report
from data.store import Transaction
from routing.intake import Unfit


@dataclass(frozen=True, slots=True)
class ReadsAnswer:
    """What became of a batch: received = stored + duplicate + quarantined."""

    received: int
    stored: int
    duplicate: int
    quarantined: int
    leads: tuple[Lead, ...]
    unfit: tuple[Unfit, ...] = ()

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


@dataclass(frozen=True, slots=True)
class ReportsAnswer:
    """What became of the reports of a file: answers and reasons by report id."""

    answers: Mapping[str, ReportAnswer]
    refused: Mapping[str, str]


def nothing_more(tx: Transaction, answer: object) -> None:
    """Keep nothing besides."""
