"""What goes out over HTTP."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from data.records import (
    LeadLevel,
    LeadState,
    ReportKind,
    ReportState,
    Role,
    SiteKind,
    Verdict,
)
from geo.boundaries import Note
from geo.shares import Meaning


class Named(BaseModel):
    """A county, town or village."""

    code: str
    name: str


class AgencyOut(BaseModel):
    """An agency by id and name."""

    id: str
    name: str


class BorderOut(BaseModel):
    """How far the next county is, and which one it is."""

    metres: float
    county: Named


class ShareOut(BaseModel):
    """The probability of a county; an empty code stands for sea or outside."""

    code: str
    name: str
    share: float


class LocationErrorOut(BaseModel):
    """What the stated error of the location means for the answer.

    `could_change`: another county, or none, has a share of 0.01 or more.
    """

    error_m: float
    meaning: Meaning
    shares: list[ShareOut]
    could_change: bool


class PlaceOut(BaseModel):
    """Whose a point is; `county` leads, `counties` are all that cover it.

    `border` is the nearest other county and the metres to it; `error` is there when
    `error_m` was given.
    """

    lng: float
    lat: float
    county: Named | None
    town: Named | None
    village: Named | None
    counties: list[Named]
    note: Note
    why: str
    why_zh: str
    border: BorderOut | None
    error: LocationErrorOut | None = None


class SiteNear(BaseModel):
    """A site with its geodesic distance."""

    id: str
    kind: SiteKind
    name: str
    lng: float
    lat: float
    county: Named | None
    owner: str | None
    reads_plates: bool | None
    metres: float


class SitesNear(BaseModel):
    """The nearest sites, nearest first."""

    sites: list[SiteNear]


class SiteBeside(BaseModel):
    """A site beside a way: how far along it comes closest, and how far off that is."""

    id: str
    kind: SiteKind
    name: str
    lng: float
    lat: float
    county: Named | None
    owner: str | None
    reads_plates: bool | None
    along_m: float
    off_m: float


class SitesBeside(BaseModel):
    """Sites beside a way, in order of travel."""

    sites: list[SiteBeside]


class SiteColumns(BaseModel):
    """Sites as columns of equal length."""

    id: list[str]
    kind: list[SiteKind]
    name: list[str]
    lng: list[float]
    lat: list[float]
    county_code: list[str | None]
    owner: list[str | None]
    reads_plates: list[bool | None]


class VehicleOut(BaseModel):
    """A vehicle as described."""

    plate: str | None
    type: str | None
    colour: str | None
    make: str | None
    model: str | None


class ReportOut(BaseModel):
    """A report."""

    id: str
    kind: ReportKind
    state: ReportState
    version: int
    agency: AgencyOut
    case_number: str
    category: str
    reported_at: datetime
    event_from: datetime
    event_to: datetime
    place: str | None
    lng: float | None
    lat: float | None
    error_m: float | None
    county: Named | None
    town: Named | None
    vehicle: VehicleOut | None
    synthetic: bool
    closed_reason: str | None


class ReportOpened(BaseModel):
    """The report as it is kept, and the leads that past reads raised."""

    report: ReportOut
    is_new: bool
    leads: list[str]


class ReportsPage(BaseModel):
    """Reports, newest first; `next` is the cursor of the following page."""

    reports: list[ReportOut]
    next: str | None


class CameraOut(BaseModel):
    """The camera of a read."""

    id: str
    name: str


class ReadOut(BaseModel):
    """A plate read."""

    id: str
    at: datetime
    received_at: datetime
    late: bool
    plate_raw: str
    confidence: float | None
    vehicle_type: str | None
    colour: str | None
    lng: float | None
    lat: float | None
    county: Named | None
    town: Named | None
    camera: CameraOut


class ComparisonOut(BaseModel):
    """What one comparison found; above 0 bits speaks for, below against."""

    name: str
    label: str
    level: str | None
    level_label: str
    bits: float
    left: str | None
    right: str | None


class RivalOut(BaseModel):
    """Another plate that could have been read so."""

    plate: str
    probability: float


class ExplanationOut(BaseModel):
    """Everything needed to add a weight up again."""

    model: str
    prior_bits: float
    total_bits: float
    probability: float
    lead_from: float
    action_from: float
    exact: bool
    expired: bool
    comparisons: list[ComparisonOut]
    rivals: list[RivalOut]


class LeadReadOut(BaseModel):
    """A read of a lead, with its own weight.

    `explains`: the lead's weight, level and explanation are those of this read.
    `bridges`: other leads of the same plate that it may belong to as well.
    """

    read: ReadOut
    weight_bits: float
    probability: float
    level: LeadLevel
    explains: bool
    bridges: list[str]


class RecipientOut(BaseModel):
    """Who was told of a lead, in which role and why."""

    delivery_id: str
    agency: AgencyOut
    county: Named | None
    role: Role
    action: str
    reason: str
    state: str


class JudgementOut(BaseModel):
    """A person's verdict."""

    verdict: Verdict
    by: str
    agency_id: str
    at: datetime
    comment: str | None
    compared: list[str]


class CameraOnTheWay(BaseModel):
    """A camera near the straight way that has no read of the plate."""

    id: str
    name: str
    lng: float
    lat: float
    county: Named | None


class LeadOut(BaseModel):
    """A lead with its reasons; it is a lead and never a verdict.

    `read` is the one that raised it, `reads` are all of the incident in order of time.
    `late_s`: seconds from the read to the lead where that is over five minutes.
    `must_verify`: the entry was not renewed; verify with its owner before anybody is
    stopped.
    """

    id: str
    state: LeadState
    level: LeadLevel
    created_at: datetime
    late_s: float | None
    must_verify: bool
    weight_bits: float
    probability: float
    report: ReportOut
    read: ReadOut
    reads: list[LeadReadOut]
    distance_m: float | None
    seconds_since: float
    speed_kmh: float | None
    explanation: ExplanationOut
    recipients: list[RecipientOut]
    judgements: list[JudgementOut]


class LeadWithWay(LeadOut):
    """A lead with the cameras between the event and the read."""

    cameras_on_the_way: list[CameraOnTheWay]


class LeadsPage(BaseModel):
    """Leads, newest read first; `next` is the cursor of the following page."""

    leads: list[LeadOut]
    next: str | None


class ReadsOut(BaseModel):
    """What became of a batch: received = stored + duplicate + quarantined."""

    received: int
    stored: int
    duplicate: int
    quarantined: int
    leads: list[str]


class BoundariesOut(BaseModel):
    """Where the boundaries come from."""

    vintage: str
    source: str


class SummaryOut(BaseModel):
    """What the store holds; `sites` are those that have a point."""

    reports: int
    open_reports: int
    reads: int
    leads: int
    leads_by_state: dict[LeadState, int]
    deliveries: int
    sites: dict[SiteKind, int]
    boundaries: BoundariesOut
    synthetic: bool
    first_at: datetime | None
    last_at: datetime | None


class InboxOut(BaseModel):
    """Files waiting, taken and refused since the start; why nothing is taken."""

    waiting: int
    done: int
    refused: int
    held_up: str | None
    last_at: datetime | None


class Health(BaseModel):
    """That the service answers, and with what."""

    status: Literal["ok"]
    version: str
    boundaries: BoundariesOut
    inbox: InboxOut | None


class ProblemOut(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None
