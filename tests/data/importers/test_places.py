"""Invented rows of stations; the points are round numbers inside real counties."""

import pytest
from pyproj import Transformer

from data.errors import FileRefused

TAIPEI = (121.55, 25.03)
PENGHU = (119.57, 23.57)
KINMEN = (118.36, 24.44)


def metres(place, zone=3826):
    return Transformer.from_crs(4326, zone, always_xy=True).transform(*place)


def stations(*rows):
    lines = (",".join(map(str, row)) for row in rows)
    return "縣市,名稱,地址,POINT_X,POINT_Y\n" + "\n".join(lines) + "\n"


def one(parse, county, x, y, address="某路1號", **options):
    content = stations((county, "某所", address, x, y))
    return parse("stations", content, **options)


def near(site, place):
    return (site.spot.lng, site.spot.lat) == pytest.approx(place, abs=2e-5)


@pytest.mark.parametrize(
    ("county", "place", "zone", "is_swapped", "repair"),
    [
        ("臺北市", TAIPEI, 3826, False, None),
        ("臺北市", TAIPEI, 3826, True, "metres: x and y swapped"),
        ("澎湖縣", PENGHU, 3826, False, None),
        ("澎湖縣", PENGHU, 3825, False, "metres: zone 119"),
        ("澎湖縣", PENGHU, 3825, True, "metres: x and y swapped, zone 119"),
        ("金門縣", KINMEN, 3826, False, None),
        ("金門縣", KINMEN, 3825, False, "metres: zone 119"),
    ],
)
def test_the_county_a_row_names_decides_how_metres_are_read(
    parse, county, place, zone, is_swapped, repair
):
    x, y = metres(place, zone)
    parsed = one(parse, county, *((y, x) if is_swapped else (x, y)))
    (site,) = parsed.records
    assert near(site, place)
    assert dict(parsed.repairs) == ({repair: 1} if repair else {})


def test_kinmen_in_zone_121_has_a_negative_x(parse):
    x, y = metres(KINMEN)
    assert x < 0
    (site,) = one(parse, "金門縣", x, y).records
    assert site.spot.county_code == "09020"


def test_degrees_in_a_file_of_metres_are_degrees(parse):
    (site,) = one(parse, "臺北市", *TAIPEI).records
    assert near(site, TAIPEI)


def test_swapped_degrees_are_turned_round_and_counted(parse):
    parsed = one(parse, "臺北市", TAIPEI[1], TAIPEI[0])
    assert near(parsed.records[0], TAIPEI)
    assert dict(parsed.repairs) == {"degrees swapped": 1}


def test_the_address_stands_in_for_a_missing_county(parse):
    x, y = metres(PENGHU, 3825)
    (site,) = one(parse, "", x, y, address="澎湖縣馬公市某里1號").records
    assert site.spot.county_code == "10016"


def test_metres_that_fit_two_places_are_refused_without_a_county(parse):
    # read in zone 121 this place of Penghu's zone 119 is the coast of Hualien
    x, y = metres((119.5, 23.57), 3825)
    parsed = one(parse, "", x, y)
    assert [refusal.code for refusal in parsed.refused] == ["two-readings"]
    assert "--crs" in parsed.refused[0].reason


def test_metres_far_from_the_county_named_are_refused(parse):
    parsed = one(parse, "屏東縣", *metres(TAIPEI))
    assert [refusal.code for refusal in parsed.refused] == ["no-reading"]


def test_a_stated_crs_holds_for_every_row(parse):
    x, y = metres(PENGHU, 3825)
    parsed = one(parse, "", x, y, crs="EPSG:3825")
    assert near(parsed.records[0], PENGHU)
    assert not parsed.repairs
    wrong = one(parse, "澎湖縣", *PENGHU, crs="EPSG:3826")
    assert [refusal.code for refusal in wrong.refused] == ["wrong-crs"]


@pytest.mark.parametrize("crs", ["EPSG:3828", "EPSG:1", "nonsense"])
def test_a_crs_that_cannot_be_used_refuses_the_file(parse, crs):
    with pytest.raises(FileRefused):
        one(parse, "臺北市", *metres(TAIPEI), crs=crs)


def test_of_two_numbers_the_first_is_the_place_and_the_second_is_kept(parse):
    x, y = metres(TAIPEI)
    parsed = one(parse, "臺北市", f"{x}({x + 100:.3f})", f"{y}（{y + 100:.3f}）")
    (site,) = parsed.records
    assert near(site, TAIPEI)
    assert site.attributes["temporary_lng"] == pytest.approx(TAIPEI[0], abs=2e-3)
    assert site.attributes["temporary_lng"] > site.spot.lng
    assert dict(parsed.repairs) == {
        "two numbers: the first is the address": 1,
        "full-width digits": 1,
    }


@pytest.mark.parametrize(
    ("x", "y", "code"),
    [
        ("0", "0", "zero"),
        ("0.0", "-0", "zero"),
        ("118.75", "0.0", "outside"),
        ("NaN", "25", "not-a-number"),
        ("inf", "25", "not-a-number"),
        ("1e400", "25", "not-a-number"),
        ("9" * 400, "25", "outside"),
        ("٣", "25", "not-a-number"),
        ("east", "north", "not-a-number"),
        ("121°75'", "25°01'", "not-a-number"),
        ("121 33", "25 01", "not-a-number"),
        ("121.5", "", "half-a-pair"),
        ("", "", "no-place"),
    ],
)
def test_what_is_no_pair_goes_to_quarantine(parse, x, y, code):
    parsed = one(parse, "臺北市", x, y)
    assert [refusal.code for refusal in parsed.refused] == [code]


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("121°33'00\"", "25°01'48\""),
        ("東經121度33分", "北緯25度1分48秒"),
        ("１２１．５５", "２５．０３"),
    ],
)
def test_other_ways_to_write_degrees_are_read(parse, x, y):
    content = stations(
        ("臺北市", "某所", "某路1號", '"' + x.replace('"', '""') + '"', "")
    )
    content = content.rstrip().removesuffix(",") + ',"' + y.replace('"', '""') + '"\n'
    (site,) = parse("stations", content).records
    assert near(site, TAIPEI)


def test_numbers_with_commas_are_read_and_counted(parse):
    x, y = (f'"{value:,.3f}"' for value in metres(TAIPEI))
    parsed = one(parse, "臺北市", x, y)
    assert near(parsed.records[0], TAIPEI)
    assert dict(parsed.repairs) == {"number with commas": 1}


def test_a_label_of_another_county_is_kept_beside_the_point(parse):
    (site,) = one(parse, "新北市", *TAIPEI).records
    assert site.spot.county_code == "63000"
    assert site.attributes["county_said"] == "65000"


def test_a_point_at_sea_far_from_the_county_named_is_refused(parse):
    parsed = one(parse, "澎湖縣", 117.6, 23.5)
    assert [refusal.code for refusal in parsed.refused] == ["far-from-county"]


def test_a_far_island_belongs_to_its_county(parse):
    (site,) = one(parse, "高雄市", 116.72, 20.7).records
    assert site.spot.county_code == "64000"


def test_a_point_at_sea_without_a_label_is_kept_without_a_county(parse):
    parsed = one(parse, "", 119.9, 24.6)
    assert parsed.records[0].spot.county_code is None
    assert any("in no county" in note for note in parsed.notes)


@pytest.mark.parametrize(
    ("address", "county"),
    [
        ("臺北市大安區某路1號", "63000"),
        ("台北市大安區某路1號", "63000"),
        ("106臺北市大安區某路1號", "63000"),
        ("臺北縣板橋市某路1號", "65000"),
        ("澎湖馬公市某路1號", "10016"),
        ("基隆路一段1號", None),
        ("新竹東區某路1號", None),
        ("國道1號往臺北市", None),
    ],
)
def test_the_county_of_an_address_is_what_it_begins_with(parse, address, county):
    (site,) = parse("atms", f"address\n{address}\n").records
    assert site.spot.county_code == county


def test_the_town_of_an_address_is_known_also_by_its_old_name(parse):
    (site,) = parse("atms", "address\n臺北縣板橋市某路1號\n").records
    assert site.spot.town_code == "65000010"
