"""Place and time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import distance_m
from geo.reach import LastSeen, read_tables
from geo.reach.laws import foot_parts
from matching.whereabouts import (
    BEFORE,
    DEMENTIA,
    FOUND,
    MISSING,
    RIDE_FROM_M,
    UNKNOWN,
    Whereabouts,
    cells,
    days_between,
    still_beyond,
    ways,
)

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def last_seen(lng=121.4478, lat=25.0352, error_m=0, hours=0.0, profile=DEMENTIA):
    at = AT + hours * HOUR
    return str(Whereabouts(MISSING, lng, lat, error_m, at, at, profile))


def found_at(lng, lat=25.0352, error_m=0, hours=144.0, kind=FOUND):
    at = AT + hours * HOUR
    return str(Whereabouts(kind, lng, lat, error_m, at, at, UNKNOWN))


def beyond(*args, **kwargs):
    return float(still_beyond([last_seen()], [found_at(*args, **kwargs)])[0])


def test_farther_is_less_likely_and_never_impossible():
    shares = [beyond(121.4478 + d) for d in (0, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0)]
    assert shares[0] == pytest.approx(1, abs=1e-9)
    assert all(a > b > 0 for a, b in pairwise(shares))


def test_more_time_never_makes_a_place_less_likely():
    shares = [beyond(121.50, hours=h) for h in (0.05, 0.2, 0.5, 1, 2, 6, 24, 480)]
    assert shares == sorted(shares)
    assert shares[0] < 0.02 < 0.2 < shares[-1]


def test_who_rides_is_beyond_any_walk():
    """AC-05: 10.7 km is past the last row of the table, for those on foot alone."""
    metres = distance_m(lng=121.4478, lat=25.0352, to_lng=121.5152, to_lat=25.1098)
    assert metres == pytest.approx(10_700, abs=50)
    here = {"lng": 121.4478, "lat": 25.0352, "minutes": 144 * 60}
    LastSeen(**here)
    tables = read_tables()
    on_foot = foot_parts(tables.profile(DEMENTIA), tables, **here)
    walking = sum(p.weight * float(p.law.beyond(np.array(metres))) for p in on_foot)
    riding = min(1.0, (RIDE_FROM_M / metres) ** 2)
    share = float(still_beyond([last_seen()], [found_at(121.5152, 25.1098)])[0])
    rides = tables.rail.share
    assert share == pytest.approx((1 - rides) * walking + rides * riding, rel=2e-3)
    assert walking < 0.05 < share < 0.25


def test_ways_are_whole():
    for profile in (DEMENTIA, UNKNOWN, "no such profile"):
        for minutes in (0.1, 30, 1e6):
            weights, laws = zip(*ways(profile, minutes), strict=True)
            assert sum(weights) == pytest.approx(1)
            assert all(float(law.beyond(np.array(0.0))) == 1 for law in laws)


def test_the_error_of_both_places_is_taken_off():
    exact = beyond(121.50)
    rough = still_beyond([last_seen(error_m=3000)], [found_at(121.50, error_m=4000)])[0]
    near = float(still_beyond([last_seen()], [found_at(121.45045)])[0])
    assert rough == pytest.approx(near, abs=0.01)
    assert rough > exact


def test_found_before_last_seen_is_told_apart():
    assert beyond(121.45, hours=-1) == BEFORE
    assert beyond(121.45, hours=0) > 0


@given(st.floats(120.1, 121.9), st.floats(22.6, 25.2), st.floats(-100, 1000))
def test_the_sides_may_change_places(lng, lat, hours):
    one, other = last_seen(), found_at(lng, lat, hours=hours)
    there, back = still_beyond([one, other], [other, one])
    assert there == back
    assert there == BEFORE or 0 <= there <= 1


def test_two_reports_of_one_kind_have_an_order_of_their_own():
    one, other = last_seen(), found_at(121.46, kind=MISSING)
    there, back = still_beyond([one, other], [other, one])
    assert there == back > 0


@pytest.mark.parametrize(
    "text", ["", "missing", "missing 1,2 ±x a..b c", "found 1,2 ±5 a..b unknown", "🚉"]
)
def test_what_cannot_be_read_says_nothing(text):
    assert np.isnan(still_beyond([last_seen()], [text])[0])
    assert np.isnan(days_between([text], [last_seen()])[0])
    assert cells(text) == []


def test_an_unknown_place_says_nothing_but_the_time_does():
    nowhere = str(Whereabouts(FOUND, np.nan, np.nan, 0, AT + HOUR, AT + HOUR, UNKNOWN))
    assert np.isnan(still_beyond([last_seen()], [nowhere])[0])
    assert days_between([last_seen()], [nowhere])[0] == pytest.approx(1 / 24)
    assert cells(nowhere) == []


def test_days_lie_between_the_nearest_ends():
    one = str(Whereabouts(MISSING, 121, 25, 0, AT, AT + 24 * HOUR, UNKNOWN))
    texts = [found_at(121, hours=h) for h in (12, 24, 48, -24)]
    assert days_between([one] * 4, texts) == pytest.approx([0, 0, 1, 1])


@given(
    st.floats(118.3, 122.0), st.floats(21.9, 26.3),
    st.floats(-0.05, 0.05), st.floats(-0.05, 0.05),
)  # fmt: skip
def test_places_within_five_kilometres_share_a_cell(lng, lat, east, north):
    one = last_seen(round(lng, 5), round(lat, 5))
    other = found_at(round(lng + east * 0.999, 5), round(lat + north * 0.999, 5))
    assert set(cells(one)) & set(cells(other))
