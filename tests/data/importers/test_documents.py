import geopandas
import pytest

from data.errors import FileRefused
from data.importers.documents import (
    GEOMETRY_X,
    open_json,
    open_layer,
    reread_json,
)


def rows_of(written, content, name="rows.json"):
    return list(open_json(written(content, name)).rows)


@pytest.mark.parametrize(
    "content",
    [
        '[{"id": 1.50, "name": "a"}]',
        '{"fields": [], "records": [{"id": 1.50, "name": "a"}]}',
        '{"result": {"records": [{"id": 1.50, "name": "a"}]}}',
        '{"CCTVs": [{"id": 1.50, "name": "a"}], "UpdateTime": "now"}',
        '{"x": 1, "records": [{"id": 1.50, "name": "a"}]}',
    ],
)
def test_the_list_of_records_is_found(written, content):
    (row,) = rows_of(written, content)
    assert row.values == {"id": "1.50", "name": "a"}
    assert row.raw == b'{"id": 1.50, "name": "a"}'


def test_one_object_a_line_is_read_with_line_numbers(written):
    rows = rows_of(written, '{"id": 1}\n\n{"id": 2}\n{"id": \n', "rows.ndjson")
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert rows[2].values == {"id": "2"}
    assert rows[3].fault.code == "not-json"


def test_lines_of_objects_are_known_without_their_ending(written):
    assert len(rows_of(written, '{"id": 1}\n{"id": 2}\n')) == 2


def test_members_of_an_inner_object_count_as_its_own(written):
    (row,) = rows_of(written, '[{"id": 1, "Position": {"PositionLon": 121.5}}]')
    assert row.values["PositionLon"] == "121.5"


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ("7", "not-an-object"),
        ("[1, 2]", "not-an-object"),
        ('{"id": 1, "id": 2}', "duplicate-keys"),
        (
            '{"type": "Feature", "properties": {}, "geometry": '
            '{"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}',
            "not-a-point",
        ),
    ],
)
def test_a_poison_record_is_set_aside_alone(written, record, code):
    rows = rows_of(written, f'[{{"id": 1}}, {record}, {{"id": 3}}]')
    assert [row.fault and row.fault.code for row in rows] == [None, code, None]


def test_a_number_of_5000_digits_stays_text(written):
    (row,) = rows_of(written, f'[{{"id": {"9" * 5000}}}]')
    assert len(row.values["id"]) == 5000


@pytest.mark.parametrize(
    "content",
    [
        '[{"id": 1}, {"id": ]',
        '{"a": 1}',
        '"text"',
        "[" * 100_000,
        '{"records": {"records": ' * 50,
    ],
)
def test_what_is_no_list_of_records_is_refused(written, content):
    with pytest.raises(FileRefused) as refused:
        rows_of(written, content)
    assert "\n" not in str(refused.value)


def test_a_feature_has_its_point_as_columns(written):
    content = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", '
        '"properties": {"name": "a"}, '
        '"geometry": {"type": "Point", "coordinates": [121.5, 25.0]}}]}'
    )
    (row,) = rows_of(written, content, "rows.geojson")
    assert row.values == {"name": "a", "geometry x": "121.5", "geometry y": "25.0"}


def test_a_geojson_says_its_crs(written):
    content = (
        '{"type": "FeatureCollection", "crs": {"type": "name", "properties": '
        '{"name": "urn:ogc:def:crs:EPSG::3826"}}, "features": []}'
    )
    table = open_json(written(content, "rows.geojson"))
    assert table.shape.frame == "urn:ogc:def:crs:EPSG::3826"


def test_a_geopackage_is_read_with_its_crs(tmp_path):
    points = geopandas.points_from_xy([302000.5], [2770000.25])
    frame = geopandas.GeoDataFrame({"name": ["某"]}, geometry=points, crs=3826)
    path = tmp_path / "rows.gpkg"
    frame.to_file(path)
    table = open_layer(path)
    (row,) = table.rows
    assert table.shape.frame == "EPSG:3826"
    assert float(row.values[GEOMETRY_X]) == 302000.5
    assert reread_json(row.raw, table.shape).values == row.values


def test_a_file_that_only_looks_like_a_geopackage_is_refused(written):
    with pytest.raises(FileRefused, match="cannot be read"):
        open_layer(written("SQLite format 3", "rows.gpkg"))
