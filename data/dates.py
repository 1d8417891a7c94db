"""Dates and times as files have them: ROC years, windows of hours, 24:00.

A time without an offset is Taiwan's (Asia/Taipei, which was UTC+9 in some summers
up to 1979). A bare count of seconds is refused: it cannot be told from a date.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.errors import RowRefused
from data.text import DASHES, fold

TAIPEI = ZoneInfo("Asia/Taipei")
ROC_YEAR_0 = 1911
YEARS = (1900, 2100)
EARLIEST_SHORT_YEAR = 34
"""A two-digit ROC year below 34 (1945) is sooner a lost digit than a date."""

_SEPARATED = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_WRITTEN = re.compile(
    r"(民國|中華民國|西元)? ?(\d{1,4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日?", re.ASCII
)
_CLOCK = re.compile(
    r"(?P<half>上午|下午|[AaPp][Mm])? ?(?P<hour>\d{1,2})[:時](?P<minute>\d{1,2})"
    r"(?:[:分](?P<second>\d{1,2})(?P<part>\.\d{1,9})?秒?|分?)"
    r" ?(?P<late_half>[AaPp][Mm])? ?(?P<offset>Z|z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_COMPACT_CLOCK = re.compile(r"(\d{2})(\d{2})(\d{2})?", re.ASCII)
_AN_HOUR = r"(\d{1,2})(?::(\d{2}))?時?"
_HOUR = re.compile(_AN_HOUR, re.ASCII)
_WINDOW = re.compile(
    rf"{_AN_HOUR} ?[{re.escape(DASHES)}]+ ?{_AN_HOUR}",
    re.ASCII,
)
_AFTERNOON = ("下午", "pm")


def roc_date(text: str) -> date:
    """Read a date: 1120501, 112/5/1, 民國112年5月1日, 2023-05-01 or 20230501.

    A year of up to three digits is a ROC year; one of four digits is a common one.

    Raises
    ------
    RowRefused
        ``bad-date``: no such day (1120229), a year written with a leading zero
        (0112), a count of seconds, or six digits that can be read in two ways.
    """
    plain = fold(text)
    if plain.isascii() and plain.isdigit():
        return _digits_date(plain)
    if found := _SEPARATED.fullmatch(plain):
        return _date_of(found[1], found[3], found[4], plain)
    if found := _WRITTEN.fullmatch(plain):
        return _date_of(found[2], found[3], found[4], plain)
    raise _bad_date(plain, "write 2023-05-01, 112/5/1 or 1120501")


def _digits_date(digits: str) -> date:
    if len(digits) == 8:
        return _date_of(digits[:4], digits[4:6], digits[6:], digits)
    if len(digits) == 7:
        return _date_of(digits[:3], digits[3:5], digits[5:], digits)
    if len(digits) == 6 and int(digits[:2]) >= EARLIEST_SHORT_YEAR:
        return _date_of(digits[:2], digits[2:4], digits[4:], digits)
    if len(digits) == 6:
        raise _bad_date(
            digits, f"six digits: ROC year {digits[:2]}, or a digit was lost"
        )
    raise _bad_date(digits, "a date has 7 digits (ROC) or 8; a count is not a date")


def _date_of(year: str, month: str, day: str, text: str) -> date:
    if len(year) == 4 and year.startswith("0"):
        raise _bad_date(text, "is the year ROC or common? write 112 or 2023")
    common = int(year) if len(year) == 4 else int(year) + ROC_YEAR_0
    if not YEARS[0] <= common <= YEARS[1] or int(year) == 0:
        raise _bad_date(text, f"the year is outside {YEARS[0]} to {YEARS[1]}")
    try:
        return date(common, int(month), int(day))
    except ValueError as error:
        raise _bad_date(text, "there is no such day") from error


def _bad_date(text: str, why: str) -> RowRefused:
    return RowRefused("bad-date", f"{text[:40]!r} is not a date: {why}")


def moment(text: str) -> datetime:
    """Read a date with a time as UTC; a time without an offset is Taiwan's.

    24:00 is the first moment of the next day. A date alone is refused, because it
    is not a moment: see `day_or_moment`.

    Raises
    ------
    RowRefused
        ``bad-date`` or ``bad-time``, such as for second 60 or a bare count.
    """
    day, clock = _split(fold(text))
    if not clock:
        raise RowRefused("bad-time", f"{fold(text)[:40]!r} has no time of day")
    return _at(roc_date(day), clock)


def day_or_moment(text: str) -> tuple[datetime, datetime]:
    """Read a moment as itself twice, or a date as its first and last moment."""
    day, clock = _split(fold(text))
    if clock:
        at = _at(roc_date(day), clock)
        return at, at
    return whole_day(roc_date(day))


def whole_day(day: date) -> tuple[datetime, datetime]:
    """Give the first moment of a day in Taiwan and that of the next one, in UTC."""
    return _local(day, time()), _local(day + timedelta(days=1), time())


def _split(text: str) -> tuple[str, str]:
    if text.isascii() and text.isdigit() and len(text) in (12, 14):
        return text[:8], text[8:]
    for pattern in (_SEPARATED, _WRITTEN):
        if found := pattern.match(text):
            return found[0].strip(), text[found.end() :].lstrip("T ,日").strip()
    day, _, clock = text.partition(" ")
    return day, clock


def _at(day: date, clock: str) -> datetime:
    if compact := _COMPACT_CLOCK.fullmatch(clock):
        clock = ":".join(part for part in compact.groups() if part)
    found = _CLOCK.fullmatch(clock)
    if not found:
        raise RowRefused("bad-time", f"{clock[:40]!r} is not a time: write 13:45:00")
    hour = _hour_of(found)
    minute, second = int(found["minute"]), int(found["second"] or 0)
    if hour == 24 and minute == second == 0:
        day, hour = day + timedelta(days=1), 0
    try:
        at = datetime.combine(day, time(hour, minute, second))
    except ValueError as error:
        raise RowRefused("bad-time", f"there is no time {clock[:40]!r}") from error
    at += timedelta(seconds=float(found["part"] or 0))
    return _with_offset(at, found["offset"])


def _hour_of(found: re.Match[str]) -> int:
    hour = int(found["hour"])
    half = (found["half"] or found["late_half"] or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise RowRefused("bad-time", f"hour {hour} with {half} is not a time")
    return hour % 12 + (12 if half in _AFTERNOON else 0)


def _with_offset(at: datetime, offset: str | None) -> datetime:
    if offset is None:
        return at.replace(tzinfo=TAIPEI).astimezone(UTC)
    if offset in "Zz":
        return at.replace(tzinfo=UTC)
    try:
        return datetime.fromisoformat(f"{at.isoformat()}{offset}").astimezone(UTC)
    except ValueError as error:
        raise RowRefused("bad-time", f"there is no offset {offset}") from error


def time_window(day: date, text: str) -> tuple[datetime, datetime]:
    """Read hours of a day such as ``16~18`` as a first and a last moment, in UTC.

    ``23~01`` ends on the next day; ``16`` or ``16~16`` is that one hour; nothing is
    the whole day.

    Raises
    ------
    RowRefused
        ``bad-window``: not hours, or an hour above 24.
    """
    plain = fold(text)
    if not plain:
        return whole_day(day)
    if found := _WINDOW.fullmatch(plain):
        start, end = (
            _minutes(found[1], found[2], plain),
            _minutes(found[3], found[4], plain),
        )
    elif found := _HOUR.fullmatch(plain):
        start = end = _minutes(found[1], found[2], plain)
    else:
        raise _bad_window(plain)
    if end == start:
        end += 60
    elif end < start:
        end += 24 * 60
    return _after_midnight(day, start), _after_midnight(day, end)


def _minutes(hour: str, minute: str | None, text: str) -> int:
    total = int(hour) * 60 + int(minute or 0)
    if total > 24 * 60 or int(minute or 0) > 59:
        raise _bad_window(text)
    return total


def _after_midnight(day: date, minutes: int) -> datetime:
    days, rest = divmod(minutes, 24 * 60)
    return _local(day + timedelta(days=days), time(rest // 60, rest % 60))


def _local(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=TAIPEI).astimezone(UTC)


def _bad_window(text: str) -> RowRefused:
    return RowRefused("bad-window", f"{text[:40]!r} is not hours such as 16~18")
