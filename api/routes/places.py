"""Where: locate a point, draw boundaries."""

from functools import lru_cache
from typing import Annotated, Any

import orjson
import shapely
from fastapi import APIRouter, Query, Response

from api.routes.deps import Lat, Lng, ServiceDep
from api.shapes import (
    LocationErrorOut,
    PlaceOut,
    ShareOut,
)
from api.views import place_out
from geo.boundaries import Layer
from geo.crs import require_degrees
from geo.shares.laws import LARGEST_M, Meaning

router = APIRouter(tags=["where"])

NO_FEATURES = b'{"type":"FeatureCollection","features":[]}'


@router.get("/locate")
def locate(
    service: ServiceDep,
    lng: Lng,
    lat: Lat,
    error_m: Annotated[
        float | None,
        Query(ge=0, le=LARGEST_M, description="error of the location in metres"),
    ] = None,
    meaning: Meaning = Meaning.RADIUS_68,
) -> PlaceOut:
    """Say which county, town and village a point lies in, and how far the next is.

    With `error_m` also the probability of each county, and whether the error could
    change the answer. A pair that is no place in Taiwan (swapped, metres, 0,0) is
    refused with what it looks like; a point at sea has no county and says so.
    """
    require_degrees(lng=lng, lat=lat)
    place = place_out(service, service.boundaries.locate(lng=lng, lat=lat))
    if error_m is None:
        return place
    spread = service.boundaries.shares_index.shares(
        lng=lng, lat=lat, error_m=error_m, meaning=meaning
    )
    shares = [ShareOut(code=s.code, name=s.name, share=s.share) for s in spread.shares]
    error = LocationErrorOut(
        error_m=error_m,
        meaning=meaning,
        shares=shares,
        could_change=spread.could_change,
    )
    return place.model_copy(update={"error": error})


@router.get("/boundaries/county.geojson", response_class=Response)
def counties(service: ServiceDep) -> Response:
    """Return the counties as GeoJSON."""
    return _geojson(service.boundaries.county)


@router.get("/boundaries/town.geojson", response_class=Response)
def towns(service: ServiceDep) -> Response:
    """Return the towns as GeoJSON; empty when the boundary file has none."""
    return _geojson(service.boundaries.town)


def _geojson(layer: Layer | None) -> Response:
    return Response(
        NO_FEATURES if layer is None else _collection(layer),
        media_type="application/geo+json",
        headers={"Cache-Control": "private, max-age=3600"},
    )


@lru_cache(maxsize=4)
def _collection(layer: Layer) -> bytes:
    features: list[Any] = []
    for boundary in layer.boundaries:
        geometry = shapely.to_geojson(shapely.set_precision(boundary.shape, 1e-5))
        about = {
            "code": boundary.code,
            "name": boundary.name,
            "county_code": boundary.county_code,
        }
        features.append(
            {
                "type": "Feature",
                "id": boundary.code,
                "properties": about,
                "geometry": orjson.Fragment(geometry),
            }
        )
    return orjson.dumps({"type": "FeatureCollection", "features": features})
