"""What comes in over HTTP, strictly."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, PlainValidator, StringConstraints, model_validator

from api.bodies import Strict
from data.dates import YEARS

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
    marks: Long | None = None


class PersonIn(Strict):
    """A person as described; an age alone is from and to in one."""

    name: Short | None = None
    sex: Literal["female", "male"] | None = None
    birth_date: date | None = None
    age_from: Annotated[int, Field(ge=0, le=130)] | None = None
    age_to: Annotated[int, Field(ge=0, le=130)] | None = None
    height_cm: Annotated[float, Field(ge=30, le=250)] | None = None
    build: Literal["thin", "medium", "heavy"] | None = None
    clothing: Long | None = None
    marks: Long | None = None
    dementia: bool | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.age_from is not None and (self.age_to or 130) < self.age_from:
            raise ValueError("age_from is above age_to: swap them")
        return self


class ContactIn(Strict):
    """Whom of the family to call once both sides have confirmed."""

    name: Short
    phone: Short
    relation: Short | None = None


class ReportIn(WithPoint):
    """A report to open: of a vehicle, a missing or found person, or a theft."""

    kind: Literal[
        "stolen-vehicle", "stolen-plate", "found-vehicle", "missing-person",
        "found-person", "theft", "robbery",
    ]  # fmt: skip
    agency_id: Short
    case_number: Short
    event_from: Moment
    event_to: Moment | None = None
    reported_at: Moment | None = None
    category: (
        Literal[
            "theft", "robbery", "violence", "life", "information", "missing", "found"
        ]
        | None
    ) = None
    place: Long | None = None
    error_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    vehicle: VehicleIn | None = None
    person: PersonIn | None = None
    contact: ContactIn | None = None
    text: Long | None = None
    synthetic: bool = False

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        for name, word in (("person", "person"), ("vehicle", "vehicle")):
            is_told = getattr(self, name) is not None
            if is_told == self.kind.endswith(word) or (
                name == "vehicle" and self.kind in ("stolen-plate", "theft", "robbery")
            ):
                continue
            verb = "has no" if is_told else "needs a"
            raise ValueError(f"a report of kind {self.kind} {verb} {name}")
        if self.kind == "stolen-plate" and self.vehicle is None:
            raise ValueError("a report of kind stolen-plate needs a vehicle")
        return self


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
    compared: list[
        Literal["plate", "vehicle", "list", "identity", "appearance", "report"]
    ] = Field(default_factory=list, max_length=6)
