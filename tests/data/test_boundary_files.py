"""Boundary files: copies, other formats, the ministry's own; and what is refused."""

import json
import shutil

import geopandas
import numpy as np
import pytest
import shapely
from shapely import Point, box

from data.bundled import (
    BUNDLED,
    FOLDER,
    load_boundaries,
    manifest,
    read_boundary_file,
)
from data.errors import FileRefused
from geo.boundaries import Boundaries, Level, Note
from geo.errors import BoundaryRefused, CoordinateRefused, CrsMismatch
from geo.topology import overlaps

TAIWAN = load_boundaries()


@pytest.fixture
def copied(tmp_path):
    for name in ("taiwan.parquet", "MANIFEST.json"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path / "taiwan.parquet"


def test_a_copy_of_the_bundled_file_loads(copied):
    assert len(load_boundaries(copied).village) == 7701


def test_a_changed_file_is_refused_with_both_checksums(copied):
    copied.write_bytes(BUNDLED.read_bytes()[:-1] + b"x")
    with pytest.raises(FileRefused, match=manifest()["sha256"]):
        load_boundaries(copied)


def test_a_file_without_its_manifest_is_refused(copied):
    copied.with_name("MANIFEST.json").unlink()
    with pytest.raises(FileRefused, match=r"MANIFEST\.json"):
        load_boundaries(copied)


def test_a_manifest_without_its_file_is_refused(copied):
    copied.unlink()
    with pytest.raises(FileRefused, match="cannot be read"):
        load_boundaries(copied)


ROWS = {
    "CountyCode": ["10001", "10002", "10002", None],
    "CountyName": ["甲縣", "乙縣", "乙縣離島", "未定"],
}
SHAPES = [
    box(121.0, 24, 121.1, 24.1),
    shapely.Polygon([(121.1, 24), (121.2, 24.1), (121.2, 24), (121.1, 24.1)]),
    box(121.3, 24, 121.4, 24.1),
    box(121.5, 24, 121.6, 24.1),
]


def write(path, crs="EPSG:4326", shapes=SHAPES):
    frame = geopandas.GeoDataFrame(ROWS, geometry=shapes, crs=crs)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    return path


@pytest.mark.parametrize("name", ["b.geojson", "b.gpkg", "b.shp", "b.parquet"])
def test_every_format_reads_to_the_same_layer(tmp_path, name):
    layer, report = read_boundary_file(write(tmp_path / name), level=Level.COUNTY)
    assert layer.codes.tolist() == ["10001", "10002"]
    assert layer.names.tolist() == ["甲縣", "乙縣"]
    assert (report.boundaries, report.without_code, report.merged) == (2, 1, 1)
    assert {key: c.upper() for key, c in report.columns.items()} == {
        "code": "COUNTYCODE",
        "name": "COUNTYNAME",
    }


def test_invalid_shapes_are_repaired_and_reported(tmp_path):
    shapes = [*SHAPES[:2], *SHAPES[3:], SHAPES[2]]
    path = tmp_path / "b.geojson"
    rows = {"CODE": ["1", "2", "3", "4"], "NAME": list("甲乙丙丁")}
    geopandas.GeoDataFrame(rows, geometry=shapes, crs=4326).to_file(path)
    _, report = read_boundary_file(path, level=Level.COUNTY)
    assert [repair.code for repair in report.repaired] == ["2"]


def test_other_columns_can_be_named(tmp_path):
    path = tmp_path / "b.geojson"
    rows = {"id": ["1"], "label": ["甲"]}
    geopandas.GeoDataFrame(rows, geometry=SHAPES[:1], crs=4326).to_file(path)
    layer, _ = read_boundary_file(
        path, level=Level.COUNTY, code_column="id", name_column="label"
    )
    assert layer.names.tolist() == ["甲"]
    with pytest.raises(FileRefused, match="there are: id, label"):
        read_boundary_file(path, level=Level.COUNTY)


def test_a_file_in_metres_is_brought_to_degrees(tmp_path):
    frame = geopandas.GeoDataFrame(ROWS, geometry=SHAPES, crs=4326).to_crs(3826)
    frame.to_file(tmp_path / "b.gpkg")
    layer, report = read_boundary_file(tmp_path / "b.gpkg", level=Level.COUNTY)
    assert report.crs == "EPSG:3826"
    place = Boundaries(layer).locate(lng=121.05, lat=24.05)
    assert place.county.name == "甲縣"


def test_a_shapefile_without_a_crs_is_refused_unless_told(tmp_path):
    path = write(tmp_path / "b.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(CrsMismatch, match="no CRS"):
        read_boundary_file(path, level=Level.COUNTY)
    layer, _ = read_boundary_file(path, level=Level.COUNTY, crs="EPSG:3824")
    assert len(layer) == 2


def test_a_crs_that_contradicts_the_file_is_refused(tmp_path):
    path = write(tmp_path / "b.gpkg")
    with pytest.raises(FileRefused, match="you said EPSG:3826"):
        read_boundary_file(path, level=Level.COUNTY, crs="EPSG:3826")


def test_the_old_datum_is_refused(tmp_path):
    path = write(tmp_path / "b.gpkg", crs="EPSG:3821")
    with pytest.raises(CoordinateRefused, match="854 m"):
        read_boundary_file(path, level=Level.COUNTY)


def test_a_file_of_points_is_refused(tmp_path):
    path = write(tmp_path / "b.gpkg", shapes=[Point(121 + i, 24) for i in range(4)])
    with pytest.raises(BoundaryRefused):
        read_boundary_file(path, level=Level.COUNTY)


def test_a_file_that_is_none_is_refused(tmp_path):
    path = tmp_path / "b.geojson"
    path.write_text(json.dumps({"not": "boundaries"}), "utf-8")
    with pytest.raises(FileRefused, match="cannot be read"):
        read_boundary_file(path, level=Level.COUNTY)
    with pytest.raises(FileRefused, match="cannot be read"):
        read_boundary_file(tmp_path / "none.gpkg", level=Level.COUNTY)


@pytest.fixture(scope="module")
def official(shared_data):
    return read_boundary_file(
        shared_data / "boundaries" / "county_moi_20200820.geojson", level=Level.COUNTY
    )


@pytest.mark.real
def test_the_ministrys_own_file_is_read_with_its_flaws_counted(official):
    layer, report = official
    assert (len(layer), report.crs) == (22, "EPSG:3824")
    assert report.overlap_km2 == pytest.approx(0.27, abs=0.01)
    assert report.overlap_pairs > 0
    assert report.gaps > 500


@pytest.mark.real
def test_ground_that_the_file_gives_twice_is_an_overlap(official):
    layer, _ = official
    widest = max(overlaps(layer), key=lambda overlap: overlap.km2)
    inside = shapely.point_on_surface(widest.shape)
    place = Boundaries(layer).locate(lng=inside.x, lat=inside.y)
    assert place.note is Note.OVERLAP
    assert tuple(county.code for county in place.counties) == widest.codes
    assert place.county.code == widest.codes[0]


@pytest.mark.real
def test_ground_between_counties_that_the_file_forgets_is_a_gap(official):
    layer, _ = official
    union = shapely.union_all(layer.shapes)
    slivers = shapely.get_parts(shapely.buffer(union, 1e-4).buffer(-1e-4) - union)
    between = [
        inside
        for inside in shapely.point_on_surface(slivers)
        if np.sum(shapely.dwithin(layer.shapes, inside, 1e-4)) > 1
    ]
    lng, lat = shapely.get_coordinates(between).T
    places = Boundaries(layer).locate(lng=lng, lat=lat)
    assert len(places) > 100
    assert set(places.note.tolist()) == {"gap"}
    assert (places.near_m < 12).all()
    assert (places.near_code != "").all()


@pytest.mark.real
def test_the_far_islands_are_in_the_ministrys_file(official):
    place = Boundaries(official[0]).locate(lng=114.365, lat=10.376)
    assert place.county.name == "高雄市"
