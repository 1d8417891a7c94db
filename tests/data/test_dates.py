from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.dates import day_or_moment, moment, roc_date, time_window
from data.errors import RowRefused


@pytest.mark.parametrize(
    "text",
    [
        "1120501",
        "112/5/1",
        "112/05/01",
        "112.5.1",
        "112-05-01",
        "民國112年5月1日",
        "民國 112 年 05 月 01 日",
        "１１２／５／１",
        "2023-05-01",
        "2023/5/1",
        "20230501",
    ],
)
def test_dates_of_one_day_are_read_alike(text):
    assert roc_date(text) == date(2023, 5, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1120229", "no leap year"),
        ("1121301", "no month 13"),
        ("0112-05-01", "a year of 112 with a zero"),
        ("1683000000", "a count of seconds"),
        ("1683000000000", "a count of milliseconds"),
        ("110420", "six digits, a digit may be lost"),
        ("112", "a year only"),
        ("", "nothing"),
        ("112/5-1", "mixed marks"),
        ("0000101", "ROC year 0"),
        ("99991231", "too late a year"),
        ("٠١١٢٠٥٠١", "digits that are not ASCII"),
        ("next week", "words"),
    ],
)
def test_what_is_no_date_is_refused(text, why):
    with pytest.raises(RowRefused) as refused:
        roc_date(text)
    assert refused.value.code == "bad-date", why


def test_a_leap_day_of_a_leap_year_is_a_day():
    assert roc_date("1130229") == date(2024, 2, 29)


def test_six_digits_of_the_nineties_are_a_roc_year():
    assert roc_date("980420") == date(2009, 4, 20)


def test_a_year_to_come_is_a_date_still():
    assert roc_date("1550222") == date(2066, 2, 22)


@given(st.dates(date(1945, 1, 1), date(2100, 12, 31)))
def test_a_roc_date_is_read_back(day):
    assert roc_date(f"{day.year - 1911}/{day.month}/{day.day}") == day


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2023-05-01 13:45", 5),
        ("2023-05-01T13:45:00", 5),
        ("112/5/1 13:45:00", 5),
        ("1120501 13:45", 5),
        ("1120501 1345", 5),
        ("民國112年5月1日13時45分", 5),
        ("2023/5/1 下午 01:45:00", 5),
        ("2023/5/1 01:45:00 PM", 5),
        ("20230501134500", 5),
        ("202305011345", 5),
        ("2023-05-01T13:45:00Z", 13),
        ("2023-05-01T13:45:00+00:00", 13),
        ("2023-05-01T13:45:00+0800", 5),
    ],
)
def test_a_moment_without_an_offset_is_taiwans(text, hour):
    assert moment(text) == datetime(2023, 5, 1, hour, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-01",
        "2023-05-01 25:00",
        "2023-05-01 24:01",
        "2023-05-01 12:00:60",
        "2023-05-01 13:00 PM",
        "1683000000",
        "1683000000000",
        "0112-05-01 10:00",
        "2023-05-01 10:00 +99:00",
        "10:00",
        "",
    ],
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(RowRefused):
        moment(text)


def test_24_00_is_the_next_day():
    assert moment("2023-05-01 24:00") == moment("2023-05-02 00:00")


def test_a_summer_of_1975_was_an_hour_ahead():
    assert moment("1975-07-01 12:00") == datetime(1975, 7, 1, 3, tzinfo=UTC)


def test_a_date_alone_is_its_whole_day():
    start, end = day_or_moment("2023-05-01")
    assert (end - start).total_seconds() == 86_400
    assert start == datetime(2023, 4, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize("dash", ["~", "-", "–", "—", "～", "〜", "－", "至", " - "])
def test_every_dash_makes_a_window(dash):
    start, end = time_window(date(2023, 5, 1), f"16{dash}18")
    assert start == datetime(2023, 5, 1, 8, tzinfo=UTC)
    assert end == datetime(2023, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hours", "first"),
    [
        ("23~01", 2, datetime(2023, 5, 1, 15, tzinfo=UTC)),
        ("22~24", 2, datetime(2023, 5, 1, 14, tzinfo=UTC)),
        ("00~02", 2, datetime(2023, 4, 30, 16, tzinfo=UTC)),
        ("9~9", 1, datetime(2023, 5, 1, 1, tzinfo=UTC)),
        ("9", 1, datetime(2023, 5, 1, 1, tzinfo=UTC)),
        ("", 24, datetime(2023, 4, 30, 16, tzinfo=UTC)),
        ("08:30~10:00", 1.5, datetime(2023, 5, 1, 0, 30, tzinfo=UTC)),
    ],
)
def test_windows_run_over_midnight_and_hours(text, hours, first):
    start, end = time_window(date(2023, 5, 1), text)
    assert start == first
    assert (end - start).total_seconds() == hours * 3600


@pytest.mark.parametrize("text", ["00-002", "04~60", "25~26", "night", "1~2~3"])
def test_what_is_no_window_is_refused(text):
    with pytest.raises(RowRefused) as refused:
        time_window(date(2023, 5, 1), text)
    assert refused.value.code == "bad-window"


@given(st.text(max_size=20))
def test_any_text_is_a_moment_or_refused(text):
    try:
        at, _ = day_or_moment(text)
    except RowRefused:
        return
    assert at.tzinfo is UTC
