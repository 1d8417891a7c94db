"""What is shown of leads: the reasons, the recipients, what people said."""

from datetime import datetime

from pydantic import BaseModel

from api.person_shapes import ContactOut
from api.shapes import AgencyOut, Named, ReadOut, ReportOut
from data.records import LeadKind, LeadLevel, LeadState, Role, Verdict


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
    A lead of another `kind` than read is a pair of reports: `report` of what was lost
    and `other_report` of what was found, or two reports of one incident, the one first
    whose event begins earlier; `contacts` of a person's family are there once both
    sides have confirmed it.
    `late_s`: seconds from the read to the lead where that is over five minutes.
    `must_verify`: the entry was not renewed; verify with its owner before anybody is
    stopped.
    """

    id: str
    kind: LeadKind
    state: LeadState
    level: LeadLevel
    created_at: datetime
    late_s: float | None
    must_verify: bool
    weight_bits: float
    probability: float
    at: datetime
    report: ReportOut
    other_report: ReportOut | None
    read: ReadOut | None
    reads: list[LeadReadOut]
    contacts: list[ContactOut]
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


class SimilarOut(BaseModel):
    """An open report that may tell of the same thing; `lead` where there is one."""

    report: ReportOut
    weight_bits: float
    probability: float
    explanation: ExplanationOut
    lead: str | None


class SimilarsOut(BaseModel):
    """Open reports that may tell of the same thing, the most probable first."""

    similar: list[SimilarOut]
