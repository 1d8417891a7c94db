"""Where a place is that somebody wrote down."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.place_readings import WhereOut, refused_out, where_out
from api.problems import problem
from api.routes.deps import ServiceDep
from geo.written import PlaceReader
from geo.written.notation import LONGEST

router = APIRouter(tags=["where"])


@router.get("/where", response_model=WhereOut)
def where(
    service: ServiceDep,
    text: Annotated[
        str, Query(max_length=LONGEST, description="The place as people write it")
    ],
    county: Annotated[
        str | None,
        Query(max_length=16, description="Code or name of the county it should be in"),
    ] = None,
    crs: Annotated[
        str | None,
        Query(pattern=r"^EPSG:\d{4,5}$", description="CRS of the numbers"),
    ] = None,
) -> WhereOut | Response:
    """Read a place: degrees, minutes and seconds, TWD97 metres, a kilometre of a road.

    What was mended to read it stands in `repairs`. A text that can be meant in two
    ways, or in none, is a problem: its `note` says which, `readings` lists the ways.
    """
    reader = PlaceReader(service.boundaries, service.posts())
    found = reader.interpret(text, county=county, crs=crs)
    if found.reading is not None:
        return where_out(found.reading, found.alternatives)
    assert found.refusal is not None, "neither read nor refused"
    slug = "crs-mismatch" if found.refusal.kind == "crs" else "coordinate-refused"
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, slug, found.refusal.why, **refused_out(found)
    )
