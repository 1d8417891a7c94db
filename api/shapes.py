"""What goes out over HTTP."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from api.person_shapes import PersonOut
from data.records import (
    LeadState,
    ReportKind,
    ReportState,
    SiteKind,
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
    marks: str | None


class ReportOut(BaseModel):
    """A report; `has_contact`: whom to call is known, and told in a confirmed lead."""

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
    person: PersonOut | None
    text: str | None
    has_contact: bool
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
