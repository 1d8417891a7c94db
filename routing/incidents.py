"""Incidents: all reads of one wanted car on one road are one lead.

An incident is an entry of the hot list, which is one plate, and a track: reads that lie
at most ten minutes apart and that one car can have made. So no two entries share a
lead, two cars under one plate do not either, and different misreadings of the plate
do: the next camera misreads it in another way.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data import queries
from data.records import (
    HotListEntry,
    Lead,
    LeadLevel,
    LeadRead,
    LeadState,
    Read,
    Spot,
)
from data.store import Transaction
from matching.evidence import compare_journey
from routing.screening import between_m

WITHIN = timedelta(minutes=10)
"""How far in time of the event two reads of an incident may lie apart; included."""

LATE_FROM = timedelta(minutes=5)
"""A lead that was raised longer after its read is late: the car is elsewhere by now."""

SILENT = frozenset({LeadState.NEGATIVE, LeadState.WITHDRAWN})
"""What is so stays as it is, and tells nobody of its further reads."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A read of a lead: when and where the car passed."""

    lead_id: str
    at: datetime
    spot: Spot


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a read that weighs enough: its lead, as it is now.

    ``is_new`` when the read raised the lead, ``is_raised`` when it raised the lead's
    level.
    """

    lead: Lead
    read: LeadRead
    is_new: bool = False
    is_raised: bool = False


@dataclass(frozen=True, slots=True)
class Raised:
    """Leads that arose or were raised to a higher level, and the reads of leads."""

    leads: tuple[Lead, ...] = ()
    reads: tuple[LeadRead, ...] = ()

    def __add__(self, other: "Raised") -> "Raised":
        """Join the two, each lead once, as it was last."""
        leads = {lead.id: lead for lead in (*self.leads, *other.leads)}
        return Raised(tuple(leads.values()), self.reads + other.reads)


NONE_RAISED = Raised()


def raised_of(kept: Iterable[Kept]) -> Raised:
    """Return what is told to the sender, in the order in which it was kept."""
    leads: dict[str, Lead] = {}
    reads: list[LeadRead] = []
    for one in kept:
        reads.append(one.read)
        if one.is_new or one.is_raised or one.lead.id in leads:
            leads[one.lead.id] = one.lead
    return Raised(tuple(leads.values()), tuple(reads))


def late_s(lead: Lead) -> float | None:
    """Return the seconds from the read to the lead when they are too many, else None.

    Either the read came late, or the report did.
    """
    passed = lead.created_at - lead.at
    return passed.total_seconds() if passed > LATE_FROM else None


def may_be_one_car(left: Passage | Read, right: Passage | Read) -> bool:
    """Tell whether one car can have been at both places at these times.

    Not faster than the model's fastest journey, with the same slack. Where a place is
    not known nothing speaks against it.
    """
    first, then = sorted((left, right), key=lambda passage: passage.at)
    metres = between_m(first.spot, then.spot)
    return compare_journey(metres, first.at, then.at) != "too-far"


def leads_of_car(read: Read, near: Iterable[Passage]) -> tuple[str, ...]:
    """Name the leads that a read may belong to, the nearest in time first.

    Parameters
    ----------
    near
        The reads of the entry's leads at most `WITHIN` away. A lead is named if one car
        can have made all of its reads here and this one. Ties go to the earlier read,
        then to the lower id.
    """
    by_lead: dict[str, list[Passage]] = defaultdict(list)
    for passage in near:
        by_lead[passage.lead_id].append(passage)
    distance = {
        lead_id: min((abs(one.at - read.at), one.at) for one in passages)
        for lead_id, passages in by_lead.items()
        if all(may_be_one_car(one, read) for one in passages)
    }
    return tuple(sorted(distance, key=lambda lead_id: (distance[lead_id], lead_id)))


def keep_read(
    tx: Transaction, read: Read, found: LeadRead, entry: HotListEntry
) -> Kept | None:
    """Keep a read that weighs enough: in the lead of its incident, or in a new one.

    None when it is kept already. `found` names the lead that it would raise.
    """
    if tx.get_all(LeadRead, [found.id]):
        return None
    tx.add(read)
    leads = _leads_near(tx, read, found)
    if not leads:
        lead = _lead_of(found, entry.report_id)
        tx.add(lead)
        tx.add(found)
        return Kept(lead, found, is_new=True)
    lead, *others = leads
    joined = replace(found, lead_id=lead.id, bridges=tuple(one.id for one in others))
    tx.add(joined)
    if _says_more(joined, lead) and lead.state not in SILENT:
        lead = _raised(lead, joined)
        tx.replace(lead, at=joined.created_at)
        return Kept(lead, joined, is_raised=True)
    return Kept(lead, joined)


def _leads_near(tx: Transaction, read: Read, found: LeadRead) -> list[Lead]:
    """Find the leads of the same car, the nearest first.

    What a person called negative was what she saw: a read that asks for more does not
    join it.
    """
    span = {"since": read.at - WITHIN, "until": read.at + WITHIN}
    near = tx.select(LeadRead, queries.reads_near(found.entry_id, **span))
    reads = tx.get_all(Read, (one.read_id for one in near))
    passages = (Passage(one.lead_id, one.at, reads[one.read_id].spot) for one in near)
    named = leads_of_car(read, passages)
    leads = tx.get_all(Lead, named)
    return [lead for name in named if _takes(lead := leads[name], found)]


def _takes(lead: Lead, found: LeadRead) -> bool:
    return lead.state is not LeadState.NEGATIVE or not _says_more(found, lead)


def _says_more(found: LeadRead, lead: Lead) -> bool:
    return (found.level, lead.level) == (LeadLevel.ACTION, LeadLevel.ADVICE)


def _lead_of(found: LeadRead, report_id: str) -> Lead:
    return Lead(
        id=found.lead_id,
        report_id=report_id,
        entry_id=found.entry_id,
        read_id=found.read_id,
        created_at=found.created_at,
        at=found.at,
        weight_bits=found.weight_bits,
        probability=found.probability,
        level=found.level,
        county_code=found.county_code,
        explanation=found.explanation,
    )


def _raised(lead: Lead, by: LeadRead) -> Lead:
    """Return a lead raised to the level of a further read, explained by it."""
    return replace(
        lead,
        level=by.level,
        weight_bits=by.weight_bits,
        probability=by.probability,
        explanation=by.explanation,
        explained_read_id=by.read_id,
        version=lead.version + 1,
    )
