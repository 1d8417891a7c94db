"""Entries of the hot list as they go out over HTTP."""

from datetime import datetime

from pydantic import BaseModel

from api.shapes import AgencyOut


class OverdueAgency(BaseModel):
    """How many entries an agency has not renewed, and when the first was due."""

    agency: AgencyOut
    entries: int
    oldest: datetime


class OverdueEntry(BaseModel):
    """An entry past its date; reads of it give advice to verify, never more."""

    id: str
    report_id: str
    agency: AgencyOut
    category: str
    verified_at: datetime
    expires_at: datetime
    days_over: float


class OverdueOut(BaseModel):
    """What is expired and not renewed: counts by agency, and the entries by page.

    The longest over come first; `next` is the cursor of the following page.
    """

    at: datetime
    agencies: list[OverdueAgency]
    entries: list[OverdueEntry]
    next: str | None
