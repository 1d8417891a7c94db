"""What routes are given.

These are ``async`` though they wait for nothing: FastAPI sends what is not to another
thread and waits for it, which takes longer than they do.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, TypeAlias

from fastapi import Depends, Query, Request

from api.problems import BadBody
from api.service import Service


async def service_of(request: Request) -> Service:
    """Return the service that the app was made with."""
    service: Service = request.app.state.service
    return service


ServiceDep: TypeAlias = Annotated[Service, Depends(service_of)]
Lng: TypeAlias = Annotated[float, Query(description="WGS 84 degrees east")]
Lat: TypeAlias = Annotated[float, Query(description="WGS 84 degrees north")]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=500)]


async def read_cursor(
    after: Annotated[
        str | None,
        Query(alias="cursor", max_length=120, description="`next` of the page before"),
    ] = None,
) -> tuple[datetime, str] | None:
    """Read where the page before ended.

    Raises
    ------
    BadBody
    """
    if after is None:
        return None
    at, _, record_id = after.partition("~")
    try:
        moment = datetime.fromisoformat(at.replace(" ", "+"))
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment.astimezone(UTC), record_id
    except (ValueError, OverflowError):
        raise bad_parameter("cursor", "not a `next` of this service") from None


def bad_parameter(name: str, detail: str) -> BadBody:
    """Make the error for a parameter that cannot be read."""
    errors = [{"parameter": name, "detail": detail}]
    return BadBody(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "see errors", errors)


After: TypeAlias = Annotated[tuple[datetime, str] | None, Depends(read_cursor)]
