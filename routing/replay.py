"""A night through the desk, event by event, held against what is true."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data.records import Lead, LeadKind, LeadLevel, LeadRead
from data.scenario import Event, Scenario
from data.store import Store
from routing.answers import ReadsAnswer, ReportAnswer
from routing.desk import Desk


class ReplayClock:
    """The time of the event that is being replayed."""

    def __init__(self) -> None:
        self.at = datetime.fromtimestamp(0, UTC)

    def __call__(self) -> datetime:
        """Return the event's time."""
        return self.at


@dataclass(slots=True)
class Tally:
    """What a replay has done so far."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: int = 0
    reports: int = 0
    closings: int = 0
    by_id: dict[str, Lead] = field(default_factory=dict)
    pairs: list[Lead] = field(default_factory=list)
    lead_reads: list[LeadRead] = field(default_factory=list)

    @property
    def leads(self) -> list[Lead]:
        """The leads of reads as they were raised last, in order of the first."""
        return list(self.by_id.values())

    def count(self, answer: ReadsAnswer) -> None:
        """Add the answer to a batch."""
        self.received += answer.received
        self.stored += answer.stored
        self.duplicate += answer.duplicate
        self.quarantined += answer.quarantined
        self.count_leads(answer)

    def count_leads(self, answer: ReadsAnswer | ReportAnswer) -> None:
        """Add the leads of an answer, each once, and all of their reads.

        Pairs of reports are counted apart.
        """
        of_reads = (one for one in answer.leads if one.kind is LeadKind.READ)
        self.by_id |= {lead.id: lead for lead in of_reads}
        self.pairs += [one for one in answer.leads if one.kind is not LeadKind.READ]
        self.lead_reads += answer.lead_reads


@dataclass(frozen=True, slots=True)
class Truth:
    """Leads held against what is true.

    Attributes
    ----------
    leads, right
        All leads, and those whose reads are all of the wanted vehicle.
    true, found
        The true pairs of read and report, and those that stand in a lead.
    thefts, thefts_found
        The reports with a true pair, and those of which one stands in a lead.
    """

    leads: int
    right: int
    true: int
    found: int
    thefts: int
    thefts_found: int

    @property
    def precision(self) -> float | None:
        """Right leads among all leads, None without any."""
        return self.right / self.leads if self.leads else None

    @property
    def recall(self) -> float | None:
        """True pairs that stand in a lead, among all true pairs; None without any."""
        return self.found / self.true if self.true else None

    @property
    def theft_recall(self) -> float | None:
        """Thefts that have a lead, among those that were read; None without any."""
        return self.thefts_found / self.thefts if self.thefts else None


def set_up(desk: Desk, store: Store, scenario: Scenario) -> None:
    """Enter the scenario's agencies and sites."""
    desk.add_agencies(scenario.agencies, scenario.contact_points)
    with store.write() as tx:
        tx.add_all(scenario.sites)


def replay(
    desk: Desk,
    scenario: Scenario,
    clock: ReplayClock,
    *,
    on_event: Callable[[Event, Tally], None] = lambda event, tally: None,
) -> Tally:
    """Send every event of a scenario through the desk, in order of time."""
    tally = Tally()
    for event in scenario.events():
        clock.at = event.at
        if event.report is not None:
            tally.count_leads(desk.open_report(event.report))
            tally.reports += 1
        elif event.closing is not None:
            closing = event.closing
            desk.close_report(closing.report_id, reason=closing.reason, at=closing.at)
            tally.closings += 1
        else:
            tally.count(desk.record_reads(event.reads))
        on_event(event, tally)
    return tally


def held_against_truth(
    tally: Tally, scenario: Scenario, *, level: LeadLevel | None = None
) -> Truth:
    """Count how many leads are true, and how many true pairs and thefts have a lead.

    `level` keeps only leads of that level, with all of their reads.
    """
    pairs: dict[str, set[tuple[str, str]]] = {
        lead.id: set() for lead in tally.leads if level is None or lead.level is level
    }
    for read in tally.lead_reads:
        if read.lead_id in pairs:
            report_id = tally.by_id[read.lead_id].report_id
            pairs[read.lead_id].add((read.read_id, report_id))
    found = set().union(*pairs.values()) & scenario.truth
    return Truth(
        leads=len(pairs),
        right=sum(own <= scenario.truth for own in pairs.values()),
        true=len(scenario.truth),
        found=len(found),
        thefts=len({report_id for _, report_id in scenario.truth}),
        thefts_found=len({report_id for _, report_id in found}),
    )
