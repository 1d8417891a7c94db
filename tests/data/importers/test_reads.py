from datetime import UTC, datetime

import pytest

from data.words import vehicle_type

HEADER = "camera_id,at,plate,confidence,sequence\n"


def reads(parse, *rows):
    return parse("reads", HEADER + "\n".join(rows) + "\n")


def test_a_read_keeps_what_the_camera_sent(parse):
    (read,) = reads(parse, "ZZ-0001,2026-02-01 08:00:00,abc-1234,0.93,17").records
    assert (read.plate_raw, read.plate) == ("abc-1234", "")
    assert read.at == datetime(2026, 2, 1, tzinfo=UTC)
    assert (read.camera_id, read.sequence, read.confidence) == ("ZZ-0001", 17, 0.93)
    assert read.spot.lng is None


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",2026-02-01 08:00,ABC-1234,,", "no-place"),
        ("Z,2026-02-01 08:00,,,", "no-plate"),
        ("Z,,ABC-1234,,", "no-at"),
        ("Z,2026-02-01,ABC-1234,,", "bad-time"),
        ("Z,1767225600,ABC-1234,,", "bad-time"),
        ("Z,2027-02-01 08:00,ABC-1234,,", "future"),
        ("Z,2026-02-01 08:00,ABC-1234,93,", "bad-number"),
        ("Z,2026-02-01 08:00,ABC-1234,,1.5", "bad-number"),
    ],
)
def test_what_is_no_read_is_held_with_its_reason(parse, row, code):
    assert [each.code for each in reads(parse, row).refused] == [code]


def test_whether_a_reading_is_a_plate_is_left_to_the_desk(parse):
    (read,) = reads(parse, "Z,2026-02-01 08:00,АВС-9876,,").records
    assert (read.plate_raw, read.plate) == ("АВС-9876", "")


@pytest.mark.parametrize(
    ("said", "word"),
    [("休旅車", "suv"), ("SUV", "suv"), ("小客車", "小客車"), ("", None)],
)
def test_types_are_said_in_our_words_where_we_have_one(said, word):
    assert vehicle_type(said) == word


def test_the_same_read_again_is_a_duplicate(parse):
    row = "Z,2026-02-01 08:00,ABC-1234,93%,"
    assert reads(parse, row, row).duplicate == 1


def test_a_read_with_a_point_needs_no_camera(parse):
    content = "時間,車牌,經度,緯度\n115/2/1 08:00,ABC-1234,121.55,25.03\n"
    (read,) = parse("reads", content).records
    assert read.spot.county_code == "63000"


def test_reads_come_one_json_a_line_too(parse):
    content = '{"camera_id": "Z", "at": "2026-02-01T00:00:00Z", "plate": "ABC1234"}\n'
    assert len(parse("reads", content, "reads.ndjson").records) == 1
