"""What goes in and out over HTTP."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    Field,
    PlainValidator,
    StringConstraints,
    model_validator,
)

from api.bodies import Strict
from data.dates import YEARS
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

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)",
    re.ASCII | re.IGNORECASE,
)


def _moment(value: object) -> datetime:
    """Read a time with its offset; a count of seconds or a naive time is none."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise ValueError("write a time with its offset: 2026-03-01T02:10:00+08:00")
    found = datetime.fromisoformat(value.upper())
    if not YEARS[0] < found.year < YEARS[1]:
        raise ValueError(
            f"the year must lie within {YEARS[0] + 1} and {YEARS[1] - 1}; "
            "a ROC year needs 1911 added"
        )
    return found.astimezone(UTC)


PLAIN = r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
"""Text without control characters and marks that turn the direction of writing."""

TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
"""The same with tabs and line ends."""

Short = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=PLAIN)]
Long = Annotated[str, StringConstraints(max_length=2000, pattern=TEXT)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,31}$")]
Moment = Annotated[
    datetime,
    PlainValidator(
        _moment,
        json_schema_input_type=Annotated[
            str, Field(json_schema_extra={"format": "date-time"})
        ],
    ),
]
Degrees = Annotated[float, Field(ge=-1e9, le=1e9)]
"""Wide enough for metres: ``geo`` says what they look like."""


class WithPoint(Strict):
    """Something that may have a point: both coordinates of it, or neither."""

    lng: Degrees | None = None
    lat: Degrees | None = None

    @model_validator(mode="after")
    def _whole_pair(self) -> Self:
        if (self.lng is None) != (self.lat is None):
            raise ValueError("lng and lat are given together or not at all")
        return self


class VehicleIn(Strict):
    """A vehicle as described."""

    plate: Short | None = None
    type: Word | None = None
    colour: Word | None = None
    make: Short | None = None
    model: Short | None = None


class ReportIn(WithPoint):
    """A report to open."""

    kind: Literal["stolen-vehicle", "stolen-plate"]
    agency_id: Short
    case_number: Short
    event_from: Moment
    event_to: Moment | None = None
    reported_at: Moment | None = None
    category: Literal["theft", "violence", "life", "information"] = "theft"
    place: Long | None = None
    error_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    vehicle: VehicleIn
    text: Long | None = None
    synthetic: bool = False


class CloseIn(Strict):
    """Why a report is over, and when it was."""

    reason: Short
    at: Moment | None = None


class ReadIn(WithPoint):
    """One plate read, as a camera sends it."""

    camera_id: Short
    at: Moment
    plate: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    sequence: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    vehicle_type: Word | None = None
    colour: Word | None = None


class JudgementIn(Strict):
    """A person's verdict on a lead."""

    verdict: Literal["positive", "negative", "unsure"]
    by: Short
    agency_id: Short
    comment: Long | None = None
    compared: list[Literal["plate", "vehicle", "list"]] = Field(
        default_factory=list, max_length=3
    )


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


class PlaceOut(BaseModel):
    """Whose a point is; `county` leads, `counties` are all that cover it."""

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


class SiteNear(BaseModel):
    """A site with its geodesic distance."""

    id: str
    kind: SiteKind
    name: str
    lng: float
    lat: float
    metres: float
    county: Named | None


class SitesNear(BaseModel):
    """The nearest sites, nearest first."""

    sites: list[SiteNear]


class SiteColumns(BaseModel):
    """Sites as columns of equal length."""

    id: list[str]
    kind: list[SiteKind]
    name: list[str]
    lng: list[float]
    lat: list[float]
    county_code: list[str | None]
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
    """A lead with its reasons; it is a lead and never a verdict."""

    id: str
    state: LeadState
    level: LeadLevel
    created_at: datetime
    weight_bits: float
    probability: float
    report: ReportOut
    read: ReadOut
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


class DeliveryOut(BaseModel):
    """A row of the outbox."""

    id: str
    subject_kind: str
    subject_id: str
    subject_version: int
    agency: AgencyOut
    role: Role
    action: str
    reason: str
    rules_version: str
    created_at: datetime
    state: str


class DeliveriesOut(BaseModel):
    """Deliveries about one subject or to one agency, oldest first."""

    deliveries: list[DeliveryOut]


class BoundariesOut(BaseModel):
    """Where the boundaries come from."""

    vintage: str
    source: str


class SummaryOut(BaseModel):
    """What the store holds."""

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


class Health(BaseModel):
    """That the service answers, and with what."""

    status: Literal["ok"]
    version: str
    boundaries: BoundariesOut


class ProblemOut(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None
