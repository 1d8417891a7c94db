"""Who must know, and why: a small table of rules.

Each delivery carries `VERSION`, so that it can be said later which rules decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.records import Agency, Delivery, LeadLevel, Report, Role
from geo.boundaries import Leg

VERSION = "2026-11-a"

ACT = "act"
ADVICE = "advice"
HOLD = "hold"
CANCEL = "cancel"

TRANSIT_FROM_M = 2000.0
"""A county that the straight way only touches for less is not told."""

SCENE_NOTES = {"gap": "界線或海岸邊（圖資未涵蓋該點，以最近縣市為準）"}
"""Where a read was, by the note on its county."""

LISTED_DAYS = {"theft": 30, "violence": 90, "life": 7, "information": 14}
"""Days that a hot list entry stays without being renewed, by category."""

CATEGORY_LABELS = {
    "theft": "竊盜",
    "violence": "暴力犯罪",
    "life": "生命危急",
    "information": "情資",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """An agency to be told, with its role, what is asked of it and why."""

    agency_id: str
    role: Role
    action: str
    reason: str


def lead_recipients(
    *,
    report: Report,
    scene: str | None,
    scene_note: str | None = None,
    way: Iterable[Leg],
    level: LeadLevel,
    agencies: Mapping[str, Agency],
) -> tuple[Recipient, ...]:
    """Name the recipients of a lead: the owner, the scene, the transit counties.

    `scene` is the county code of the read and `scene_note` the note on it, `way`
    the counties of the straight way from the event to it; `agencies` maps county
    codes to agencies. Each agency is told once, in the first of its roles. Transit
    counties only ever get advice.
    """
    action = ACT if level is LeadLevel.ACTION else ADVICE
    found = [_owner(report, scene, action)]
    if scene is not None and scene in agencies:
        name = agencies[scene].name
        where = SCENE_NOTES.get(scene_note or "", "轄內")
        reason = f"發現地：車輛在{name}{where}被讀取，由該局比對查證"
        found.append(Recipient(agencies[scene].id, Role.SCENE, action, reason))
    for code, metres in _passed(way).items():
        if code in agencies and metres >= TRANSIT_FROM_M:
            reason = f"途經：案發地至發現地直線經過轄內約 {metres / 1000:.1f} 公里"
            found.append(Recipient(agencies[code].id, Role.TRANSIT, ADVICE, reason))
    return _once_each(found)


def pair_recipients(
    lost: Report, here: Report, level: LeadLevel, told: tuple[str, str]
) -> tuple[Recipient, ...]:
    """Name the recipients of a pair: who has one of the reports, nobody else.

    `told` says to each side why.
    """
    action = ACT if level is LeadLevel.ACTION else ADVICE
    return _once_each(
        (
            Recipient(lost.agency_id, Role.OWNER, action, told[0]),
            Recipient(here.agency_id, Role.SCENE, action, told[1]),
        )
    )


URGENCY = {ADVICE: 1, ACT: 2}
"""What is asked of the recipients of a lead, the more urgent the higher."""

RAISED = "線索升級：同一車輛再次被讀取，證據已達請即處置"


def still_to_tell(
    recipients: Iterable[Recipient], told: Sequence[Delivery], *, is_raised: bool
) -> tuple[Recipient, ...]:
    """Name who is told of a further read of a lead: nobody of what he knows.

    When its county was not yet asked for as much, it is told, with whoever else the
    read newly concerns. When the lead is raised to action, its owner and the counties
    where it was read before are told too; counties on the way stay advised.
    """
    asked: dict[str, int] = {}
    for one in told:
        urgency = URGENCY.get(one.action, 0)
        asked[one.agency_id] = max(urgency, asked.get(one.agency_id, 0))
    new = [
        who for who in recipients if URGENCY[who.action] > asked.get(who.agency_id, 0)
    ]
    if is_raised:
        new += [
            Recipient(one.agency_id, one.role, ACT, RAISED)
            for one in told
            if one.role in (Role.OWNER, Role.SCENE)
            and asked[one.agency_id] < URGENCY[ACT]
        ]
    elif all(who.role is not Role.SCENE for who in new):
        return ()
    return _once_each(new)


def _owner(report: Report, scene: str | None, action: str) -> Recipient:
    here = scene is not None and scene == report.agency_id
    reason = "案主：本局受理案件" + ("，且在轄內被讀取" if here else "")
    return Recipient(report.agency_id, Role.OWNER, action, reason)


def hot_list_recipients(
    report: Report, agencies: Iterable[Agency]
) -> tuple[Recipient, ...]:
    """Name who holds a new hot list entry: every agency, at once."""
    category = CATEGORY_LABELS.get(report.category, report.category)
    return tuple(
        Recipient(
            agency.id,
            Role.OWNER if agency.id == report.agency_id else Role.HOT_LIST,
            HOLD,
            f"協尋車輛（{category}）：列入各縣市比對清單",
        )
        for agency in sorted(agencies, key=lambda agency: agency.id)
    )


def _passed(way: Iterable[Leg]) -> dict[str, float]:
    metres: dict[str, float] = {}
    for leg in way:
        metres[leg.code] = metres.get(leg.code, 0.0) + leg.metres
    return metres


def _once_each(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    first: dict[str, Recipient] = {}
    for recipient in recipients:
        first.setdefault(recipient.agency_id, recipient)
    return tuple(first.values())
