"""Layers: what is refused, repaired and read from frames, and how they fit together."""

from dataclasses import replace

import geopandas
import pytest
from shapely import Point, Polygon, box
from shapely.affinity import translate

from geo.boundaries import (
    Boundaries,
    Layer,
    Level,
    Name,
    boundaries_from_frame,
)
from geo.errors import BoundaryRefused, CoordinateRefused, CrsMismatch
from geo.topology import gaps, overlaps
from tests.geo.test_boundaries import (
    ENCLAVE,
    GRID,
    LAYER,
    MIDDLE,
    ROW,
    SQUARES,
    county,
    levels,
)


def test_a_village_without_its_town_is_refused():
    counties, towns, villages = levels()
    with pytest.raises(BoundaryRefused, match="10001010001") as refused:
        Boundaries(counties, Layer(towns.boundaries[1:]), villages)
    assert refused.value.codes == ("10001010001",)


def test_levels_of_two_editions_are_refused():
    counties, towns, villages = levels()
    moved = [
        replace(town, shape=translate(town.shape, xoff=5.0))
        for town in towns.boundaries
    ]
    with pytest.raises(BoundaryRefused, match="do not lie in their county") as refused:
        Boundaries(counties, Layer(moved))
    assert refused.value.codes == tuple(towns.codes.tolist())
    swapped = [
        replace(one, code=other.code, town_code=other.town_code)
        for one, other in zip(
            villages.boundaries, reversed(villages.boundaries), strict=True
        )
    ]
    with pytest.raises(BoundaryRefused, match="one edition together"):
        Boundaries(counties, towns, Layer(swapped))


def test_layers_in_the_wrong_order_are_refused():
    counties, towns, _ = levels()
    with pytest.raises(BoundaryRefused, match="town layer as the county one"):
        Boundaries(towns, counties)


BOWTIE = Polygon([(121, 24), (122, 25), (122, 24), (121, 25)])


@pytest.mark.parametrize(
    ("boundaries", "why"),
    [
        ([], "at least one"),
        ([county("1", BOWTIE)], r"invalid \(Self-intersection"),
        ([county("1", Polygon())], "not a polygon"),
        ([county("1", Point(121, 24))], "not a polygon"),
        ([county("1", box(250_000, 2.6e6, 251_000, 2.7e6))], "not in degrees"),
        ([county("1", MIDDLE.shape), county("1", ENCLAVE)], "1 and 0 more occur twice"),
        ([MIDDLE, county("10004001", ENCLAVE, level=Level.TOWN)], "one level"),
    ],
)
def test_unusable_boundaries_are_refused(boundaries, why):
    with pytest.raises(BoundaryRefused, match=why):
        Layer(boundaries)


def test_an_invalid_shape_is_repaired_on_request_and_listed():
    layer = Layer([county("1", BOWTIE, "蝶")], repair=True)
    assert layer.shapes[0].is_valid
    assert [(repair.code, repair.name) for repair in layer.repaired] == [("1", "蝶")]
    assert layer.repaired[0].reason.startswith("Self-intersection")


def test_a_shape_without_area_cannot_be_repaired():
    flat = Polygon([(121, 24), (122, 25), (121, 24)])
    with pytest.raises(BoundaryRefused, match="without any area"):
        Layer([county("1", flat)], repair=True)


def test_neighbours_share_a_line_and_not_only_a_corner():
    assert GRID.neighbours("10000") == ("10001", "10003")
    assert GRID.neighbours("20000") == ("10004",)
    assert ROW.neighbours("10002") == ("10001", "10003")


def test_a_boundary_is_found_by_its_code():
    assert GRID["20000"].shape.equals(ENCLAVE)


def frame_of(boundaries, crs):
    rows = {"CODE": [b.code for b in boundaries], "NAME": [b.name for b in boundaries]}
    shapes = [b.shape for b in boundaries]
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs=crs)


CODE_AND_NAME = {"code": "CODE", "name": "NAME"}


def test_a_frame_in_metres_is_brought_to_degrees():
    frame = frame_of(SQUARES, "EPSG:4326").to_crs("EPSG:3826")
    read = boundaries_from_frame(frame, level=Level.COUNTY, columns=CODE_AND_NAME)
    place = Boundaries(Layer(read)).locate(lng=121.05, lat=24.05)
    assert place.county == Name("10001", "甲縣")


def test_a_frame_without_a_crs_is_refused():
    frame = frame_of(SQUARES, None)
    with pytest.raises(CrsMismatch, match="no CRS"):
        boundaries_from_frame(frame, level=Level.COUNTY, columns=CODE_AND_NAME)


def test_a_frame_on_the_old_datum_is_refused():
    frame = frame_of(SQUARES, "EPSG:3821")
    with pytest.raises(CoordinateRefused, match="854 m"):
        boundaries_from_frame(frame, level=Level.COUNTY, columns=CODE_AND_NAME)


def test_a_village_code_names_its_town_and_county():
    frame = frame_of([county("10009010002", ENCLAVE)], "EPSG:4326")
    village = boundaries_from_frame(frame, level=Level.VILLAGE, columns=CODE_AND_NAME)
    assert (village[0].county_code, village[0].town_code) == ("10009", "10009010")


def test_overlaps_are_listed_with_their_area():
    found = overlaps(ROW.county)
    assert [overlap.codes for overlap in found] == [("10002", "10003")]
    assert found[0].km2 == pytest.approx(11.26, abs=0.05)


def test_a_hole_that_no_boundary_fills_is_a_gap():
    ring = MIDDLE.shape.difference(ENCLAVE)
    holes = gaps(Layer([county("10004", ring)]))
    assert len(holes) == 1
    assert holes[0].equals(ENCLAVE)
    assert len(gaps(LAYER)) == 0
