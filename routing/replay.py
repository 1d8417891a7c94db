"""A night through the desk, event by event, held against what is true."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data.records import Lead, LeadLevel
from data.scenario import Event, Scenario
from data.store import Store
from routing.answers import ReadsAnswer
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
    leads: list[Lead] = field(default_factory=list)

    def count(self, answer: ReadsAnswer) -> None:
        """Add the answer to a batch."""
        self.received += answer.received
        self.stored += answer.stored
        self.duplicate += answer.duplicate
        self.quarantined += answer.quarantined
        self.leads += answer.leads


@dataclass(frozen=True, slots=True)
class Truth:
    """Leads held against the pairs that are true.

    ``precision`` is the share of the leads that are true, ``recall`` the share of
    the true pairs that a lead was raised for; None where there is nothing to
    divide by.
    """

    leads: int
    right: int
    true: int

    @property
    def precision(self) -> float | None:
        """Right leads among all leads."""
        return self.right / self.leads if self.leads else None

    @property
    def recall(self) -> float | None:
        """Right leads among all true pairs."""
        return self.right / self.true if self.true else None


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
            tally.leads += desk.open_report(event.report).leads
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
    leads: list[Lead], scenario: Scenario, *, level: LeadLevel | None = None
) -> Truth:
    """Count how many leads are true, and how many true pairs have a lead.

    `level` keeps only leads of that level.
    """
    raised = {
        (lead.read_id, lead.report_id)
        for lead in leads
        if level is None or lead.level is level
    }
    return Truth(len(raised), len(raised & scenario.truth), len(scenario.truth))
