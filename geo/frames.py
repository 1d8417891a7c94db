"""Boundaries out of GeoPandas frames."""

from collections.abc import Mapping
from typing import Any

from geo.crs import WGS84, require_usable
from geo.layers import Boundary, Level


def boundaries_from_frame(
    frame: Any,  # noqa: ANN401 - geopandas ships no types
    *,
    level: Level,
    columns: Mapping[str, str],
) -> list[Boundary]:
    """Read the boundaries of one level from a GeoPandas frame.

    Parameters
    ----------
    frame
        Its CRS must be set; shapes are brought to WGS 84.
    level
        What its rows are.
    columns
        Which column holds ``code`` and ``name``, and if there are such ``name_en``,
        ``county_code`` and ``town_code``. Without the last two, a code's first five
        and eight characters are taken, as the Ministry of the Interior builds them.

    Raises
    ------
    CrsMismatch
        No CRS, or one that cannot be used.
    CoordinateRefused
        ``kind="twd67"`` for the old datum.
    """
    require_usable(frame.crs)
    shapes = frame.geometry.to_crs(WGS84).to_numpy()
    rows = {key: frame[column].astype(str) for key, column in columns.items()}
    codes = rows["code"]
    county = rows.get("county_code", codes.str[:5])
    town = rows.get("town_code", codes.str[:8])
    english = rows.get("name_en", [""] * len(frame))
    cells = zip(codes, rows["name"], county, town, shapes, english, strict=True)
    return [
        Boundary(level, code, name, in_county, in_town, shape, name_en)
        if level is not Level.COUNTY
        else Boundary(level, code, name, code, None, shape, name_en)
        for code, name, in_county, in_town, shape, name_en in cells
    ]
