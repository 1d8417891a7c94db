"""Deliveries as they go out over HTTP."""

from datetime import datetime

from pydantic import BaseModel

from api.shapes import AgencyOut
from data.records import Role


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
    """Deliveries about one subject or to one agency, the newest first."""

    deliveries: list[DeliveryOut]
