"""Names by content: the same thing is named once, different things never alike."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from data.records import content_id, read_id
from data.report_ids import report_id

AT = datetime(2026, 3, 1, 19, 5, tzinfo=UTC)
TAIPEI = timezone(timedelta(hours=8))


@given(st.lists(st.text(alphabet="ab", max_size=3), min_size=1, max_size=3))
def test_parts_that_run_together_are_not_the_same_name(parts):
    joined = "".join(parts)
    if len(parts) > 1:
        assert content_id("x", *parts) != content_id("x", joined)
    assert content_id("x", *parts) == content_id("x", *parts)


def test_a_read_with_a_number_is_named_by_camera_moment_and_number():
    one = read_id("cam", sequence=1, at=AT, plate_raw="ABC-1235")
    again = read_id("cam", sequence=1, at=AT, plate_raw="ABC-1236")
    other = read_id("cam", sequence=2, at=AT, plate_raw="ABC-1235")
    assert one == again != other


def test_a_number_that_begins_anew_names_another_read():
    one = read_id("cam", sequence=1, at=AT, plate_raw="ABC-1235")
    later = AT + timedelta(days=4)
    assert one != read_id("cam", sequence=1, at=later, plate_raw="ABC-1235")


def test_a_plate_of_a_case_is_one_report_however_it_is_written():
    names = {
        report_id("10005", "case-1", plate)
        for plate in ("BKD-5826", "bkd5826", "ＢＫＤ－５８２６", "BKD 5826")
    }
    assert len(names) == 1
    assert report_id("10005", "case-1", "BKD-5828") not in names


def test_a_read_without_a_number_is_one_moment_whatever_its_zone():
    utc = read_id("cam", sequence=None, at=AT, plate_raw="ABC-1235")
    local = read_id(
        "cam", sequence=None, at=AT.astimezone(TAIPEI), plate_raw="ABC-1235"
    )
    later = read_id(
        "cam", sequence=None, at=AT + timedelta(seconds=1), plate_raw="ABC-1235"
    )
    assert utc == local != later
