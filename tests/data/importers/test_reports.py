from datetime import UTC, datetime

import pytest

from data.records import ReportKind

THEFTS = "編號,案類,發生日期,發生時段,發生地點\n"
WANTED = "案號,車牌,車種,顏色,廠牌,失竊時間,受理單位,失竊地點,經度,緯度\n"


def thefts(parse, *rows):
    return parse("reports", (THEFTS + "\n".join(rows) + "\n").encode("cp950"))


def test_a_register_of_thefts_becomes_reports(parse):
    (report,) = thefts(
        parse, "7,自行車竊盜,1120501,16~18,台北市大安區某里某路1~30號"
    ).records
    assert report.kind is ReportKind.THEFT
    assert (report.agency_id, report.case_number) == ("63000", "自行車竊盜-7")
    assert report.event_from == datetime(2023, 5, 1, 8, tzinfo=UTC)
    assert report.event_to == datetime(2023, 5, 1, 10, tzinfo=UTC)
    assert report.reported_at == report.event_to
    assert (report.spot.county_code, report.spot.town_code) == ("63000", "63000030")
    assert report.spot.lng is None


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("強盜", ReportKind.ROBBERY),
        ("搶奪", ReportKind.ROBBERY),
        ("住宅竊盜", ReportKind.THEFT),
        ("汽車竊盜", ReportKind.THEFT),
        ("車牌失竊", ReportKind.STOLEN_PLATE),
    ],
)
def test_the_category_tells_the_kind(parse, category, kind):
    (report,) = thefts(parse, f"1,{category},1120501,16~18,臺北市大安區某路").records
    assert report.kind is kind


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,自行車竊盜,1550222,16~18,臺北市大安區某路", "future"),
        ("1,自行車竊盜,110420,16~18,臺北市大安區某路", "bad-date"),
        ("1,自行車竊盜,1120229,16~18,臺北市大安區某路", "bad-date"),
        ("1,自行車竊盜,1120501,04~60,臺北市大安區某路", "bad-window"),
        (",,1120501,,", "no-place"),
        ("1,自行車竊盜,,16~18,臺北市大安區某路", "no-time"),
        ("1,迷路,1120501,16~18,臺北市大安區某路", "unknown-kind"),
        ("1,自行車竊盜,1120501,16~18,某路1號", "no-agency"),
        (",自行車竊盜,1120501,16~18,臺北市大安區某路", "no-case-number"),
        ("1,自行車竊盜,1120501,16~18,臺北市大安區某路,多", "extra-cells"),
    ],
)
def test_a_row_that_is_no_report_is_held_with_its_reason(parse, row, code):
    parsed = thefts(parse, row)
    assert [refusal.code for refusal in parsed.refused] == [code]
    assert parsed.refused[0].row.raw == (row + "\n").encode("cp950")


def test_blank_lines_are_counted_but_are_no_rows(parse):
    parsed = thefts(parse, "1,強盜,1120501,16~18,臺北市大安區某路", ",,,,", ",,,,")
    assert (parsed.rows, parsed.blank) == (1, 2)


def test_the_place_decides_the_county_not_the_publisher(parse):
    (report,) = thefts(parse, "1,機車竊盜,1120501,23~01,新北市板橋區某路1號").records
    assert (report.agency_id, report.spot.town_code) == ("65000", "65000010")


def test_thefts_on_one_block_under_two_numbers_are_two(parse):
    row = "自行車竊盜,1120501,16~18,臺北市大安區某路"
    assert len(thefts(parse, f"1,{row}", f"2,{row}").records) == 2


def test_the_next_file_may_number_from_one_again(parse):
    rows = (
        "1,強盜,1120501,16~18,臺北市大安區某路",
        "1,強盜,1130501,16~18,臺北市大安區某路",
    )
    assert len(thefts(parse, *rows).records) == 2


def test_a_hot_list_in_chinese_becomes_reports_of_stolen_vehicles(parse):
    row = "A-1,ＡＢＣ－１２３４,汽車,白,某牌,112/5/1 13:45,臺北市政府警察局,某路1號,"
    row += "121.55,25.03\n"
    (report,) = parse("hotlist", WANTED + row).records
    assert report.kind is ReportKind.STOLEN_VEHICLE
    assert (report.agency_id, report.case_number) == ("63000", "A-1")
    assert (report.vehicle.plate, report.vehicle.colour) == ("ABC-1234", "white")
    assert report.event_from == datetime(2023, 5, 1, 5, 45, tzinfo=UTC)
    assert report.spot.county_code == "63000"


def test_a_hot_list_in_english_is_read_alike(parse):
    content = (
        "agency,case_number,plate,type,colour,make,model,event_from,event_to,"
        "reported_at,address,lng,lat,category\n"
        "66000,B-2,abc-1234,car,white,M,N,2023-05-01T13:45:00+08:00,"
        "2023-05-01T15:00:00+08:00,2023-05-01T16:00:00+08:00,,120.68,24.14,theft\n"
    )
    (report,) = parse("hotlist", content).records
    assert report.agency_id == "66000"
    assert report.reported_at == datetime(2023, 5, 1, 8, tzinfo=UTC)
    assert report.vehicle.plate == "abc-1234"


def test_a_hot_list_needs_a_plate(parse):
    row = "A-1,,汽車,白,某牌,112/5/1 13:45,臺北市,某路1號,121.55,25.03\n"
    assert [each.code for each in parse("hotlist", WANTED + row).refused] == [
        "no-plate"
    ]
