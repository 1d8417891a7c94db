import json
from datetime import datetime

import pytest

from data.records import SiteKind

SPEED = "CityName,Address,DeptNm,Longitude,Latitude,direct,limit\n"
GANTRY = "國道別,方向,編號,設定收費區代碼,緯度,經度\n"


def test_a_speed_camera_is_known_by_its_limit(parse):
    row = "臺北市,某路1號,臺北市政府警察局,121.55,25.03,南向,50\n"
    (site,) = parse("cameras", SPEED + row).records
    assert site.kind is SiteKind.SPEED_CAMERA
    assert site.reads_plates is None
    assert site.agency_id == "63000"
    assert site.attributes["speed_limit_kmh"] == 50


def test_a_road_for_a_county_is_no_label(parse):
    row = "國道一號,南向 10 公里,國道公路警察局,121.55,25.03,南向,100\n"
    (site,) = parse("cameras", SPEED + row).records
    assert "county_said" not in site.attributes
    assert site.agency_id is None


def test_a_gantry_reads_plates_and_is_named_by_its_code(parse):
    row = "國道九號,N,09F-001.5N,09F0015N,25.03,121.55\n"
    (site,) = parse("cameras", "\ufeff" + GANTRY + row).records
    assert (site.id, site.kind) == ("09F-001.5N", SiteKind.GANTRY)
    assert site.reads_plates is True
    assert (site.spot.lng, site.spot.lat) == (121.55, 25.03)
    assert site.name == "國道九號 N 09F-001.5N"


def test_the_same_row_again_is_a_duplicate(parse):
    row = "臺北市,某路1號,,121.55,25.03,南向,50\n"
    parsed = parse("cameras", SPEED + row + row)
    assert (len(parsed.records), parsed.duplicate) == (1, 1)


def test_another_spelling_of_the_same_is_a_duplicate(parse):
    parsed = parse(
        "atms", "query,X,Y\n台北市某路１號,121.55,25.03\n臺北市某路1號,121.55,25.03\n"
    )
    assert (len(parsed.records), parsed.duplicate) == (1, 1)


def test_another_direction_is_another_camera(parse):
    rows = (
        "臺北市,某路1號,,121.55,25.03,南向,50\n臺北市,某路1號,,121.55,25.03,北向,50\n"
    )
    assert len(parse("cameras", SPEED + rows).records) == 2


def test_one_id_with_two_contents_is_a_conflict(parse):
    rows = "N1,09F-001.5N,25.03,121.55\nN1,09F-001.5N,25.13,121.55\n"
    parsed = parse("cameras", "國道別,編號,緯度,經度\n" + rows)
    assert len(parsed.records) == 1
    assert [(each.row.number, each.code) for each in parsed.refused] == [
        (3, "conflict")
    ]


def test_a_row_number_is_no_id(parse):
    rows = "1,某路1號,121.55,25.03\n1,某路2號,121.56,25.03\n"
    parsed = parse("cameras", "編號,地址,經度,緯度\n" + rows)
    assert len(parsed.records) == 2
    assert parsed.records[0].attributes["serial"] == "1"


def test_a_camera_without_coordinates_is_known_by_its_address(parse):
    content = "某市政府警察局清冊(臺北市),,,\n編號,所屬單位,安裝地址,攝影方向\n"
    content += "ZZZZ001-01,大安分局某派出所,某街1號,西\n"
    content += "ZZZZ002-01,中正第一分局某派出所,某街2號,東\n"
    parsed = parse("cameras", content.encode("cp950"))
    assert [site.spot.town_code for site in parsed.records] == ["63000030", "63000050"]
    assert {site.spot.lng for site in parsed.records} == {None}
    assert {site.agency_id for site in parsed.records} == {"63000"}
    assert any("taken where a row names no county" in note for note in parsed.notes)


def test_a_row_without_a_point_is_refused_where_others_have_one(parse):
    content = "query,n,X,Y\n臺北市某路1號,1,121.55,25.03\n臺北市某路2號,0,,\n"
    parsed = parse("atms", content)
    assert len(parsed.records) == 1
    assert parsed.refused[0].code == "no-place"


def test_a_lost_character_is_kept_and_told(parse):
    parsed = parse("atms", "query,X,Y\n臺北市某?路1號,121.55,25.03\n")
    assert parsed.records[0].attributes["lost_characters"] is True
    assert any("lost character" in note for note in parsed.notes)


def test_csv_and_json_of_the_same_rows_name_the_same_sites(parse):
    row = {
        "CityName": "臺北市",
        "Address": "某路1號",
        "DeptNm": "",
        "Longitude": "121.55",
        "Latitude": "25.03",
        "direct": "南向",
        "limit": "50",
    }
    table = parse("cameras", SPEED + ",".join(row.values()) + "\n")
    listed = parse("cameras", json.dumps({"records": [row]}), "rows.json")
    assert [site.id for site in table.records] == [site.id for site in listed.records]


def test_geojson_in_metres_is_read_by_the_crs_it_states(parse):
    content = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3826"}},
        "features": [
            {
                "type": "Feature",
                "properties": {"cameraid": "ZZ-0001", "name": "某橋"},
                "geometry": {"type": "Point", "coordinates": [302000, 2770000]},
            }
        ],
    }
    (site,) = parse("cameras", json.dumps(content), "rows.geojson").records
    assert site.id == "ZZ-0001"
    assert site.spot.county_code == "63000"


@pytest.mark.parametrize(("said", "reads"), [("是", True), ("N", False), ("?", None)])
def test_a_file_may_say_which_cameras_read_plates(parse, said, reads):
    content = f"camera_id,lng,lat,車牌辨識\nZZ-0001,121.55,25.03,{said}\n"
    assert parse("cameras", content).records[0].reads_plates is reads


IN_SERVICE = "編號,名稱,經度,緯度,啟用日期,停用日期\n"


@pytest.mark.parametrize(
    ("cells", "since", "until"),
    [
        ("114/01/01,114/06/30", "2025-01-01T00:00", "2025-07-01T00:00"),
        ("2025-01-01 08:30,", "2025-01-01T08:30", None),
        (",1140630", None, "2025-07-01T00:00"),
        (",", None, None),
    ],
)
def test_a_site_is_in_service_from_a_day_through_the_end_of_another(
    parse, cells, since, until
):
    (site,) = parse(
        "cameras", IN_SERVICE + f"A-001,某路,121.55,25.03,{cells}\n"
    ).records
    for field, time in (("online_from", since), ("online_until", until)):
        read = site.attributes.get(field)
        assert (read and datetime.fromisoformat(read)) == (
            time and datetime.fromisoformat(f"{time}+08:00")
        )


def test_a_site_that_ends_before_it_begins_is_held(parse):
    row = "A-001,某路,121.55,25.03,114/06/30,114/01/01\n"
    assert [one.code for one in parse("cameras", IN_SERVICE + row).refused] == [
        "bad-window"
    ]
