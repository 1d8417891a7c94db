"""Places as people write them: what is read, what is told of it, what is refused."""

import numpy as np
import pytest
from pyproj import Transformer
from shapely import Point

from geo.crs import TM2_119, TM2_121, to_wgs84
from geo.distance import distance_m
from geo.errors import CoordinateRefused
from geo.refusals import KINDS
from geo.twd67 import GeocentricShift, PlaneShift
from geo.written import PlaceReader
from geo.written.notation import LONGEST
from geo.written.posts import Post, Posts
from geo.written.readings import WAYS
from geo.written.repairs import (
    BETWEEN_POSTS,
    COMMAS,
    FULL_WIDTH,
    INVISIBLE,
    LAT_FIRST,
    MARKS_LEFT_OUT,
    NORTH_FIRST,
    NORTH_FIRST_119,
    OTHER_COUNTY,
    REPAIRS,
    SHIFTED,
    SIXTIES,
    ZONE_119,
    PlaceRepair,
)

TAIPEI = (121.5170, 25.0478)
TAIPEI_M = (302166, 2771172)
PENGHU_119 = "301039 2607492"  # 119.5, 23.57; in zone 121 the coast of Hualien

POSTS = Posts(
    [
        Post(road="1", km=63.3, direction="S", lng=121.1956, lat=24.9493, name="A"),
        Post(road="1", km=66.4, direction="S", lng=121.1769, lat=24.9295, name="B"),
    ]
)
PLANE = PlaneShift(east_m=807.8, north_m=-248.6, scale=0.00001549, turn=0.000006521)


@pytest.fixture(scope="module")
def reader(boundaries):
    return PlaceReader(boundaries, POSTS)


def names(found):
    return tuple(repair.name for repair in found.repairs)


READ = [
    # text, what was mended
    ("121.5170,25.0478", ()),
    ("121.5170 25.0478", ()),
    ("25.0478,121.5170", (LAT_FIRST,)),
    ("(25.0478, 121.5170)", (LAT_FIRST,)),
    ("25.0478;121.5170", (LAT_FIRST,)),
    ("25.0478、121.5170", (LAT_FIRST,)),
    ("25.0478\t121.5170\n", (LAT_FIRST,)),
    ("+25.0478 +121.5170", (LAT_FIRST,)),
    ("lat=25.0478&lng=121.5170", ()),
    ("緯度：25.0478 經度：121.5170", (FULL_WIDTH,)),
    ("北緯25.0478 東經121.5170", ()),
    ("N25.0478 E121.5170", ()),
    ("121.5170E25.0478N", ()),
    ("25.0478N, 121.5170", ()),
    ("WGS84 121.5170 25.0478", ()),
    ("EPSG:4326 25.0478 121.5170", (LAT_FIRST,)),
    ("25.0478° 121.5170°", (LAT_FIRST,)),
    ("２５．０４７８，１２１．５１７０", (FULL_WIDTH, LAT_FIRST)),
    ("\u200e25.0478, 121.5170\u200f", (INVISIBLE, LAT_FIRST)),
    ("25°02'52.1\"N 121°31'01.2\"E", (SIXTIES, SIXTIES)),
    ("25°02′52.1″N、121°31′01.2″E", (SIXTIES, SIXTIES)),
    ("N 25° 02' 52.1'' E 121° 31' 01.2''", (SIXTIES, SIXTIES)),
    ("25°02.868'N 121°31.02'E", (SIXTIES, SIXTIES)),
    ("北緯25度2分52.1秒 東經121度31分1.2秒", (SIXTIES, SIXTIES)),
    ("東經121度31分1.2秒，北緯25度2分52.1秒", (FULL_WIDTH, SIXTIES, SIXTIES)),
    ("25°02'52.1\" 121°31'01.2\"", (SIXTIES, SIXTIES, LAT_FIRST)),
    ("25 02 52.1 121 31 01.2", (MARKS_LEFT_OUT, MARKS_LEFT_OUT, LAT_FIRST)),
    ("25:02:52.1, 121:31:01.2", (MARKS_LEFT_OUT, MARKS_LEFT_OUT, LAT_FIRST)),
    ("25 02 52.1, 121.5170", (MARKS_LEFT_OUT, LAT_FIRST)),
    ("25°02'52.1\" 121.5170°", (SIXTIES, LAT_FIRST)),
    ("302166 2771172", ()),
    ("302166, 2771172", ()),
    ("302,166 2,771,172", (COMMAS, COMMAS)),
    ("302,166, 2,771,172", (COMMAS, COMMAS)),
    ("2771172 302166", (NORTH_FIRST,)),
    ("X 2771172 Y 302166", (NORTH_FIRST,)),
    ("X:302166 Y:2771172 (TWD97 TM2 121分帶)", ()),
    ("E302166 N2771172", ()),
    ("EPSG:3826 302166 2771172", ()),
]


@pytest.mark.parametrize(("text", "mended"), READ)
def test_one_place_is_read_however_it_is_written(reader, text, mended):
    found = reader.read(text)
    metres = distance_m(lng=found.lng, lat=found.lat, to_lng=121.517, to_lat=25.0478)
    assert metres < 3
    assert names(found) == mended


def test_a_comma_stands_between_numbers_where_grouping_makes_no_pair(reader):
    found = reader.read("25,121.517")
    assert (found.lng, found.lat) == (121.517, 25.0)
    assert names(found) == (LAT_FIRST,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "not-a-place"),
        (" \u200b　", "not-a-place"),
        (None, "not-a-place"),
        (True, "not-a-place"),
        (25.0478, "not-a-place"),
        ("臺北車站", "not-a-place"),
        ("NaN,NaN", "not-a-place"),
        ("inf 25", "not-a-place"),
        ("٢٥.٠٤٧٨ ١٢١.٥١٧٠", "not-a-place"),
        ("②⑤ ①②①", "not-a-place"),
        ("25.0478,121.5170,17z", "not-a-place"),
        ("25.0478,121.5170,17", "not-a-place"),
        ("1 2 3 4 5 6 7", "not-a-place"),
        ("25.0478 121.5170" + " " * LONGEST, "too-long"),
        ("25.0478\x00121.5170", "unseen-marks"),
        ("\u202e0715.121,8740.52", "unseen-marks"),
        ("25,0478 121,5170", "not-a-number"),
        ("25,02N 121,31E", "not-a-number"),
        ("25.04.78 121.51.70", "not-a-number"),
        ("25''02' 121°31'", "not-a-number"),
        ("25°002' 121°031'", "not-a-number"),
        ("25°60' 121°31'", "sixty"),
        ("25°02'60\" 121°31'01\"", "sixty"),
        ("25.0478", "half-a-pair"),
        ("東經121.5 東經25.0", "half-a-pair"),
        ("0,0", "zero"),
        ("-0.0,0", "zero"),
        ("139.7,35.7", "outside"),
        ("-25.0478,121.5170", "outside"),
        ("25.0478S 121.5170E", "outside"),
        ("1e999 25", "outside"),
        ("9" * 400 + " 25", "outside"),
        ("302166° 2771172°", "outside"),
        ("25.0478E 121.5170N", "swapped"),
        ("E2771172 N302166", "swapped"),
        ("EPSG:3826 25.0478,121.5170", "wrong-crs"),
        ("EPSG:3826 EPSG:3825 302166 2771172", "wrong-crs"),
        ("TWD67 302166 2771172", "twd67"),
        ("67座標 302166 2771172", "twd67"),
        ("TWD67 121.5170 25.0478", "twd67"),
        ("國道1號 400K", "outside-posts"),
        ("國道3號 66K", "unknown-road"),
        ("國道1號 66K 東向", "no-such-direction"),
        ("66K+300", "no-road"),
        ("國道1號 六十六K", "not-a-kilometre"),
    ],
)
def test_what_is_no_place_is_refused_by_name(reader, text, kind):
    found = reader.interpret(text)
    assert found.reading is None
    assert found.refusal.kind == kind
    with pytest.raises(CoordinateRefused) as refused:
        reader.read(text)
    assert refused.value.kind == kind


def test_metres_that_fit_two_counties_are_refused_with_both(reader):
    found = reader.interpret(PENGHU_119)
    assert found.refusal.kind == "two-readings"
    assert [one.place.county.name for one in found.alternatives] == ["花蓮縣", "澎湖縣"]
    assert "花蓮縣" in found.refusal.why
    assert "澎湖縣" in found.refusal.why


@pytest.mark.parametrize(
    ("more", "crs", "mended"),
    [
        ({"county": "澎湖縣"}, TM2_119, (ZONE_119,)),
        ({"county": "10016"}, TM2_119, (ZONE_119,)),
        ({"county": "澎湖"}, TM2_119, (ZONE_119,)),
        ({"county": "花蓮縣"}, TM2_121, ()),
        ({"crs": "EPSG:3825"}, TM2_119, ()),
        ({"crs": "epsg:3826"}, TM2_121, ()),
    ],
)
def test_a_county_or_a_zone_decides_between_two_readings(reader, more, crs, mended):
    found = reader.read(PENGHU_119, **more)
    assert found.crs == crs
    assert names(found) == mended


def test_the_zone_may_stand_in_the_text(reader):
    assert reader.read(f"119分帶 {PENGHU_119}").place.county.name == "澎湖縣"
    assert names(reader.read("2607492 301039 119分帶")) == (NORTH_FIRST,)


def test_order_and_zone_may_both_be_told_by_the_county(reader):
    found = reader.read("2607492 301039", county="澎湖縣")
    assert names(found) == (NORTH_FIRST_119,)


def test_a_stated_crs_may_be_written_in_the_words_of_proj(reader):
    zone = "+proj=tmerc +lon_0=121 +k=0.9999 +x_0=250000 +ellps=GRS80 +towgs84=0,0,0"
    assert "is a guess" in reader.interpret("302166 2771172", crs=zone).refusal.why
    assert reader.read("121.517 25.0478", crs="OGC:CRS84").crs == "OGC:CRS84"


def test_metres_on_the_shore_count_as_the_county_behind_it(boundaries, reader):
    lng = np.arange(120.98, 120.80, -0.0001)  # westward over the coast of 新竹
    places = boundaries.locate(lng=lng, lat=np.full(lng.size, 24.85))
    shore = places[int(np.flatnonzero(places.note == "gap")[0])]
    east, north = _metres(Point(shore.lng, shore.lat), TM2_121)
    found = reader.read(f"{east:.0f} {north:.0f}")
    assert found.crs == TM2_121
    assert found.place.near == shore.near


def test_the_ways_that_were_not_taken_are_listed(reader):
    found = reader.interpret(PENGHU_119, county="澎湖縣")
    assert [one.crs for one in found.alternatives] == [TM2_121]


def test_metres_that_land_in_no_county_are_refused_with_every_way(reader):
    found = reader.interpret(PENGHU_119, county="臺北市")
    assert found.refusal.kind == "no-reading"
    assert len(found.alternatives) == 2


def test_a_place_in_another_county_than_said_is_believed_and_told(reader):
    found = reader.read("121.5170 25.0478", county="臺中市")
    assert found.place.county.name == "臺北市"
    assert names(found) == (OTHER_COUNTY,)


def test_a_place_at_sea_far_from_the_county_said_is_refused(reader):
    assert reader.interpret("117.6 23.5", county="澎湖縣").refusal.kind == (
        "far-from-county"
    )
    assert reader.read("119.9 24.6").place.county is None


@pytest.mark.parametrize("county", ["新竹", "嘉義", "基隆路", "99999", ""])
def test_a_county_that_is_none_or_two_is_refused(reader, county):
    found = reader.interpret("121.5170 25.0478", county=county)
    assert found.refusal.kind in ("unknown-county", "not-a-place")


def test_a_stated_crs_that_contradicts_the_text_is_refused(reader):
    found = reader.interpret("EPSG:3826 302166 2771172", crs="EPSG:3825")
    assert found.refusal.kind == "wrong-crs"
    assert reader.interpret("302166 2771172", crs="EPSG:1").refusal.kind == "crs"


def test_twd67_is_read_with_a_shift_and_the_move_is_told(boundaries):
    reader = PlaceReader(boundaries, twd67_shift=PLANE)
    found = reader.read("TWD67 301336 2771375")
    assert (found.lng, found.lat) == pytest.approx(TAIPEI, abs=2e-5)
    assert names(found) == (SHIFTED,)
    other = reader.read("301336 2771375", crs="EPSG:3828")
    assert (other.lng, other.lat) == (found.lng, found.lat)
    assert names(reader.read("302166 2771172")) == ()


def test_degrees_on_twd67_are_moved_too(boundaries):
    shift = GeocentricShift(x_m=-752, y_m=-358, z_m=-179)
    found = PlaceReader(boundaries, twd67_shift=shift).read("TWD67 121.5 25.0")
    assert found.crs == "EPSG:3821"
    moved = distance_m(lng=found.lng, lat=found.lat, to_lng=121.5, to_lat=25.0)
    assert moved == pytest.approx(854, abs=10)


@pytest.mark.parametrize(
    ("text", "precision_m"),
    [
        ("25°02'52\" 121°31'01\"", 30.8),
        ("25°02'52.1\" 121°31'01.2\"", 3.08),
        ("25°02' 121°31'", 1846),
        ("25.0478 121.5170", 11.08),
        ("25.0 121.51700", 11077),
        ("302166 2771172", 1),
        ("302166.12 2771172.1", 0.1),
        ("國道1號 66.3K", 100),
        ("國道1號 66K+350", 10),
    ],
)
def test_the_last_place_written_says_how_exact_it_is(reader, text, precision_m):
    assert reader.read(text).precision_m == pytest.approx(precision_m, rel=1e-3)


def test_a_kilometre_lies_between_its_posts_and_says_how_sure(reader):
    found = reader.read("國道1號 66K+300 南下")
    assert found.crs == "post"
    assert found.place.county.name == "桃園市"
    assert 100 < found.bound_m < 400
    assert found.error_m < found.bound_m
    assert names(found) == (BETWEEN_POSTS,)
    assert "66.3" in found.how
    assert "國道1號南下66.3公里" in found.how_zh


def test_a_kilometre_without_posts_is_refused(boundaries):
    refusal = PlaceReader(boundaries).interpret("國道1號 66K+300").refusal
    assert refusal.kind == "unknown-road"


def test_degrees_have_no_bound(reader):
    found = reader.read("25.0478,121.5170")
    assert found.bound_m is None
    assert found.error_m is None


@pytest.mark.parametrize("name", REPAIRS)
def test_every_repair_is_told_in_both_languages(name):
    repair = PlaceRepair(name, "GIVEN", "MADE")
    for sentence in (repair.why, repair.why_zh):
        assert "GIVEN" in sentence
        assert "MADE" in sentence


def test_every_way_that_is_not_plain_is_a_repair():
    assert [way.repair for way in WAYS if way.repair not in REPAIRS] == ["", ""]


@pytest.mark.parametrize("kind", KINDS)
def test_every_refusal_is_told_in_chinese(kind):
    assert any("\u4e00" <= mark <= "\u9fff" for mark in KINDS[kind][1])


def _metres(point, crs):
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(
        point.x, point.y
    )


def test_the_numbers_of_these_tests_are_one_place():
    lng, lat = to_wgs84(*TAIPEI_M, crs=TM2_121)
    assert (float(lng), float(lat)) == pytest.approx(TAIPEI, abs=1e-5)
    lng, lat = to_wgs84(*map(float, PENGHU_119.split()), crs=TM2_119)
    assert (float(lng), float(lat)) == pytest.approx((119.5, 23.57), abs=1e-5)
