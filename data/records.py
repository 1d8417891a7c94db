"""The nouns: what the service keeps, as frozen values.

Every record has an ``id``. Records that change carry a ``version`` that starts at
1 and grows by one with each change; the store keeps every version. Times are
aware UTC. Coordinates are WGS 84 degrees, longitude before latitude; ``None``
means not known, and is never the same as "no".
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from data.kinds import (
    DeliveryState,
    LeadKind,
    LeadLevel,
    LeadState,
    ReportKind,
    ReportState,
    Role,
    SiteKind,
    Verdict,
)

__all__ = [
    "Agency", "Contact", "ContactPoint", "Delivery", "DeliveryState", "HotListEntry",
    "Judgement", "Lead", "LeadKind", "LeadLevel", "LeadRead", "LeadState", "Load",
    "Person", "Provenance", "QuarantinedRow", "Read", "Report", "ReportKind",
    "ReportState", "Role", "Sighting", "Site", "SiteKind", "Spot", "Vehicle", "Verdict",
    "content_id", "read_id",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record came from: a source, and the row in it when it had rows."""

    source: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Agency:
    """A police agency; ``county_code`` is its jurisdiction, None for a national one."""

    id: str
    name: str
    county_code: str | None = None


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """Whom to tell at an agency, and how."""

    id: str
    agency_id: str
    name: str
    channel: str = "desk"
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the earth, with what was said of it.

    ``error_m`` is the radius that holds the true place with 68 % probability;
    None when nobody said. The codes are those of the leading county, town and
    village, None where no boundary covers the point and nobody named one.
    ``county_note`` says that the county is not one that covers the point: ``gap``,
    the nearest one, metres away.
    """

    lng: float | None = None
    lat: float | None = None
    error_m: float | None = None
    address: str | None = None
    county_code: str | None = None
    town_code: str | None = None
    village_code: str | None = None
    county_note: str | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle as its owner or an officer described it.

    ``marks`` are dents, stickers, extras: what tells it from others of its model.
    """

    plate: str | None = None
    type: str | None = None
    colour: str | None = None
    make: str | None = None
    model: str | None = None
    marks: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person as somebody described them.

    ``sex`` is ``female`` or ``male``, ``build`` ``thin``, ``medium`` or ``heavy``.
    ``marks`` are scars, tattoos, belongings and manners. ``dementia`` chooses how far
    somebody is looked for, and nothing else.
    """

    name: str | None = None
    sex: str | None = None
    birth_date: date | None = None
    age_from: int | None = None
    age_to: int | None = None
    height_cm: float | None = None
    build: str | None = None
    clothing: str | None = None
    marks: str | None = None
    dementia: bool | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom of the family to call; shown to nobody before both sides have confirmed."""

    name: str
    phone: str
    relation: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A fixed place of interest: a camera, a cash machine, a police station."""

    id: str
    kind: SiteKind
    name: str
    spot: Spot
    agency_id: str | None = None
    reads_plates: bool | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    provenance: Provenance | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What someone told the police.

    The event happened at some moment in ``event_from`` … ``event_to``.
    """

    id: str
    kind: ReportKind
    agency_id: str
    case_number: str
    reported_at: datetime
    event_from: datetime
    event_to: datetime
    spot: Spot
    state: ReportState = ReportState.OPEN
    category: str = "theft"
    vehicle: Vehicle | None = None
    person: Person | None = None
    text: str | None = None
    synthetic: bool = False
    closed_reason: str | None = None
    provenance: Provenance | None = None
    contact: Contact | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something seen by a person, unverified until someone checks it."""

    id: str
    agency_id: str
    at: datetime
    spot: Spot
    vehicle: Vehicle | None = None
    person: Person | None = None
    text: str | None = None
    provenance: Provenance | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Read:
    """One licence plate seen by a camera.

    ``plate_raw`` is what the camera sent, never overwritten; ``plate`` is it without
    dashes, full width and lower case. ``confidence`` is the camera's own probability
    that the whole reading is right.
    """

    id: str
    camera_id: str
    at: datetime
    plate_raw: str
    plate: str
    received_at: datetime
    spot: Spot
    sequence: int | None = None
    confidence: float | None = None
    vehicle_type: str | None = None
    colour: str | None = None
    late: bool = False
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class HotListEntry:
    """A wanted vehicle, one per report with a plate; ``until`` is when it was over."""

    id: str
    report_id: str
    agency_id: str
    plate: str
    category: str
    since: datetime
    verified_at: datetime
    expires_at: datetime
    vehicle: Vehicle
    spot: Spot
    until: datetime | None = None
    state: ReportState = ReportState.OPEN
    version: int = 1


@dataclass(frozen=True, slots=True)
class Lead:
    """Two things that may be one, shown to a person with the reasons.

    Either an incident, a car that may be a wanted one: ``read_id`` and ``at`` are of
    the read that raised it, ``entry_id`` is the wanted car. Weight, level and
    explanation are of that read too, or of a heavier one that came later:
    ``explained_read_id``.
    Or, of another ``kind``, a pair of reports: of a missing and a found person, of a
    stolen and a found vehicle, or of one theft reported twice. ``report_id`` is of what
    was lost, or the earlier one, ``other_report_id`` the other, ``at`` when the later
    one was reported.
    """

    id: str
    report_id: str
    entry_id: str | None
    read_id: str | None
    created_at: datetime
    at: datetime
    weight_bits: float
    probability: float
    level: LeadLevel
    county_code: str | None
    explanation: Mapping[str, Any]
    state: LeadState = LeadState.UNVERIFIED
    explained_read_id: str | None = None
    other_report_id: str | None = None
    kind: LeadKind = LeadKind.READ
    version: int = 1


@dataclass(frozen=True, slots=True)
class LeadRead:
    """One read of a lead, with its own weight; the first is the one that raised it.

    ``county_code`` is that of the read. ``bridges`` are other leads of the same entry
    that the read may belong to as well, being less than the reach of an incident away
    from both.
    """

    id: str
    lead_id: str
    entry_id: str
    read_id: str
    created_at: datetime
    at: datetime
    weight_bits: float
    probability: float
    level: LeadLevel
    county_code: str | None
    explanation: Mapping[str, Any]
    bridges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of a lead after comparing; never changed, only followed."""

    id: str
    lead_id: str
    verdict: Verdict
    judged_by: str
    agency_id: str
    at: datetime
    compared: tuple[str, ...] = ()
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox: who is told of what, in which role and why."""

    id: str
    subject_kind: str
    subject_id: str
    subject_version: int
    agency_id: str
    contact_point_id: str
    role: Role
    action: str
    reason: str
    rules_version: str
    created_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    acknowledged_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Load:
    """One file that was loaded; ``id`` follows from its bytes, kind and options."""

    id: str
    kind: str
    file: str
    sha256: str
    at: datetime
    rows: int
    loaded: int
    duplicate: int
    quarantined: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that could not become a record, with its reason and its bytes.

    ``load_kind`` and ``options`` say how it was read, so that it can be tried
    again; ``state`` is ``held`` until that succeeds, then ``redriven``.
    """

    id: str
    load_id: str
    load_kind: str
    file: str
    row: int
    code: str
    reason: str
    raw: bytes
    header: bytes = b""
    options: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    state: str = "held"
    version: int = 1


def content_id(prefix: str, *parts: object) -> str:
    """Name a record by its content, so that sending it twice names it once.

    The id is the prefix and 80 bits of SHA-256 over the parts. Parts are joined
    with a byte that cannot occur in text, so ("ab", "c") is not ("a", "bc").
    """
    joined = "\x00".join("" if part is None else str(part) for part in parts)
    return f"{prefix}-{hashlib.sha256(joined.encode()).hexdigest()[:20]}"


def read_id(
    camera_id: str, *, sequence: int | None, at: datetime, plate_raw: str
) -> str:
    """Name a read, so that it is one read however often and by whichever way it comes.

    Camera, moment and sequence number name it: a number alone may begin anew.
    Without one the reading takes its place.
    """
    own = plate_raw if sequence is None else sequence
    return content_id("read", camera_id, at.astimezone(UTC).isoformat(), own)
