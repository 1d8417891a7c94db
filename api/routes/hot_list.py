"""The hot list: what is past its date."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.hot_list_shapes import OverdueOut
from api.overdue import overdue_out
from api.routes.deps import After, Limit, ServiceDep

router = APIRouter(tags=["hot list"])


@router.get("/hot-list/overdue")
def overdue(
    service: ServiceDep,
    agency_id: Annotated[str | None, Query(max_length=64)] = None,
    *,
    after: After,
    limit: Limit = 100,
) -> OverdueOut:
    """List entries that expired and were not renewed, and count them by agency.

    The counts are of all agencies; `agency_id` keeps the entries of one.
    """
    return overdue_out(service, agency_id=agency_id, after=after, limit=limit)
