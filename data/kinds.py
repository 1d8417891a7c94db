"""The words that records are told apart by: kinds, states, levels, verdicts, roles."""

from enum import StrEnum


class ReportKind(StrEnum):
    """What a report tells of."""

    STOLEN_VEHICLE = "stolen-vehicle"
    STOLEN_PLATE = "stolen-plate"
    MISSING_PERSON = "missing-person"
    FOUND_PERSON = "found-person"
    FOUND_VEHICLE = "found-vehicle"
    WITHDRAWAL = "withdrawal"
    THEFT = "theft"
    ROBBERY = "robbery"


class ReportState(StrEnum):
    """Where a report stands; only an open one can lead to anything."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class SiteKind(StrEnum):
    """What stands at a site."""

    CAMERA = "camera"
    SPEED_CAMERA = "speed-camera"
    GANTRY = "gantry"
    ATM = "atm"
    STATION = "station"


class LeadState(StrEnum):
    """What people have said of a lead; nobody has yet when it is unverified."""

    UNVERIFIED = "unverified"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"


class LeadKind(StrEnum):
    """What may be one: a read and a wanted car, or two reports."""

    READ = "read"
    PERSON = "person"
    VEHICLE = "vehicle"
    INCIDENT = "incident"


class LeadLevel(StrEnum):
    """How much a lead may ask of its recipients."""

    ACTION = "action"
    ADVICE = "advice"


class Verdict(StrEnum):
    """A person's judgement of a lead."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNSURE = "unsure"


class Role(StrEnum):
    """Why an agency is told."""

    OWNER = "owner"
    SCENE = "scene"
    TRANSIT = "transit"
    HOT_LIST = "hot-list"


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
