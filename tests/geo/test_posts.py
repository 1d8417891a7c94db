"""Kilometres of roads: how they are written, where they lie, and how sure that is."""

import csv
import math
import re
from bisect import bisect_right
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.crs import to_metres, to_wgs84
from geo.distance import distance_m
from geo.errors import CoordinateRefused
from geo.written.notation import fold_text
from geo.written.posts import ROUNDING_M, SHARE_68, Post, Posts, furthest_m
from geo.written.roads import post_of_code, read_post, road_name

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coordinates.md"

WRITTEN = [
    # text, road, km, direction, metres of the last place
    ("國道1號 66K+300 南下", "1", 66.3, "S", 100),
    ("國1南66.3", "1", 66.3, "S", 100),
    ("國道一號北上66.3公里處", "1", 66.3, "N", 100),
    ("中山高 66公里300", "1", 66.3, None, 100),
    ("中山高速公路往北66公里350公尺", "1", 66.35, "N", 10),
    ("國道１號６６Ｋ＋３０５", "1", 66.305, None, 1),
    ("國道3號 012.0K", "3", 12.0, None, 100),
    ("國道三號 12K", "3", 12.0, None, 1000),
    ("北二高南下 20.1K", "3", 20.1, "S", 100),
    ("國道三號甲 1.5K", "3A", 1.5, None, 100),
    ("國道3甲 1.5K 東向", "3A", 1.5, "E", 100),
    ("國道1號高架 33.0K 北上", "1H", 33.0, "N", 100),
    ("五楊高架 33.0K", "1H", 33.0, None, 100),
    ("北宜高28.7", "5", 28.7, None, 100),
    ("國道十號 12K+100 西行", "10", 12.1, "W", 100),
    ("National Freeway 1 66.3 km southbound", "1", 66.3, "S", 100),
    ("freeway 3a, 2.0 km", "3A", 2.0, None, 100),
    ("01F 066.3 S", "1", 66.3, "S", 100),
    ("01F0663S", "1", 66.3, "S", 100),
    ("01F-000.5N", "1", 0.5, "N", 100),
    ("03A-001.5S", "3A", 1.5, "S", 100),
    ("台61線 120K+500", "T61", 120.5, None, 100),
    ("臺61甲線 12K+500", "T61甲", 12.5, None, 100),
]


@pytest.mark.parametrize(("text", "road", "km", "direction", "unit_m"), WRITTEN)
def test_a_kilometre_is_read_as_it_is_written(text, road, km, direction, unit_m):
    post = read_post(fold_text(text))
    assert (post.road, post.direction, post.unit_m) == (road, direction, unit_m)
    assert post.km == pytest.approx(km, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("66K+300", "no-road"),
        ("國道 66K", "no-road"),
        ("國道1號", "not-a-kilometre"),
        ("國道1號 66K+30", "not-a-kilometre"),  # 30 m, or 300?
        ("國道1號 66.3K+300", "not-a-kilometre"),
        ("國道1號 66+300", "not-a-kilometre"),
        ("國道1號南下66.3K至67K", "not-a-kilometre"),
        ("國道1號 國道3號 5K", "not-a-kilometre"),
        ("國道1號 -5K", "not-a-kilometre"),
        ("國道1號 ٦٦K", "not-a-kilometre"),
        ("05F-R11.3S", "not-a-kilometre"),
    ],
)
def test_a_kilometre_that_is_open_is_refused(text, kind):
    with pytest.raises(CoordinateRefused) as refused:
        read_post(fold_text(text))
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    "text", ["25.0478,121.5170", "臺北市信義路", "302200 2770900", "國166.3", "某國小"]
)
def test_a_text_without_a_road_is_no_kilometre(text):
    assert read_post(fold_text(text)) is None


roads = st.sampled_from(["1", "1H", "3", "3A", "5", "10"])
names = {
    "1": "國道一號", "1H": "國道1號高架", "3": "國道3號", "3A": "國道3甲",
    "5": "國道五號", "10": "國道10號",
}  # fmt: skip


@settings(deadline=None)
@given(roads, st.integers(0, 999_999), st.sampled_from(["南下", "北上", ""]))
def test_what_was_written_is_read_back(road, metres, direction):
    km, rest = divmod(metres, 1000)
    post = read_post(fold_text(f"{names[road]} {km:03d}K+{rest:03d} {direction}"))
    assert post.road == road
    assert round(post.km * 1000) == metres
    assert post.direction == {"南下": "S", "北上": "N", "": None}[direction]


def test_a_road_has_a_name_in_both_languages():
    assert road_name("1H") == ("National Freeway 1 (elevated)", "國道1號高架")
    assert road_name("T61甲") == ("Provincial Road 61甲", "台61線甲")


@pytest.mark.parametrize("code", ["05F-R11.3S", "C-1", "", "01F-0663", "01X-066.3S"])
def test_a_code_that_tells_no_kilometre_is_no_post(code):
    assert post_of_code(code) is None


def post(km, lng, lat, direction=None, road="1"):
    return Post(road=road, km=km, direction=direction, lng=lng, lat=lat)


STRAIGHT = Posts([post(10.0, 121.0, 24.5), post(21.0, 121.0, 24.6)])
BOTH = Posts(
    [
        post(10.0, 121.0, 24.5, "N"),
        post(10.0, 121.001, 24.5, "S"),
        post(12.0, 121.0, 24.52, "N"),
    ]
)


def test_halfway_in_kilometres_is_halfway_on_the_line():
    found = STRAIGHT.find("1", km=15.5)
    assert (found.lng, found.lat) == pytest.approx((121.0, 24.55))


def test_a_post_at_the_very_kilometre_is_the_place():
    found = STRAIGHT.find("1", km=21.0)
    assert (found.lng, found.lat) == (121.0, 24.6)
    assert found.before is found.after


def test_of_two_posts_at_one_kilometre_the_direction_decides():
    assert BOTH.find("1", km=10.0, direction="S").lng == 121.001
    assert BOTH.find("1", km=11.0, direction="N").before.lng == 121.0
    assert BOTH.find("1", km=11.0, direction="S").before.lng == 121.001


def test_posts_of_the_other_direction_bound_less():
    own = BOTH.find("1", km=11.0, direction="N").bound_m
    assert BOTH.find("1", km=11.0).bound_m > own


@pytest.mark.parametrize("km", [9.9, 21.1, 0, 1e9, math.nan])
def test_nothing_is_drawn_beyond_the_posts(km):
    with pytest.raises(CoordinateRefused, match="10 to 21") as refused:
        STRAIGHT.find("1", km=km)
    assert refused.value.kind == "outside-posts"


def test_a_road_without_posts_is_refused_and_the_known_ones_told():
    with pytest.raises(CoordinateRefused, match="國道1號") as refused:
        STRAIGHT.find("3", km=15)
    assert refused.value.kind == "unknown-road"


def test_a_direction_that_the_road_does_not_have_is_refused():
    with pytest.raises(CoordinateRefused) as refused:
        BOTH.find("1", km=11, direction="E")
    assert refused.value.kind == "no-such-direction"
    assert STRAIGHT.find("1", km=11, direction="E").bound_m > 0


def test_posts_count_and_come_by_kilometre():
    posts = Posts(
        [post(2.0, 121, 24), post(1.0, 121, 24), post(3.0, 121, 24, road="5")]
    )
    assert len(posts) == 3
    assert posts.roads == ("1", "5")
    assert [one.km for one in posts.of_road("1")] == [1.0, 2.0]
    assert posts.of_road("7") == ()


def test_a_post_outside_taiwan_or_without_a_kilometre_is_refused():
    with pytest.raises(CoordinateRefused):
        Posts([post(1.0, 24.0, 121.0)])
    with pytest.raises(ValueError, match="kilometre nan"):
        Posts([post(math.nan, 121.0, 24.0)])


def test_the_radius_of_68_percent_is_that_of_a_gaussian():
    radii = [math.sqrt(-2 * math.log(1 - share)) for share in (0.68, 0.95)]
    assert pytest.approx(radii[0] / radii[1], abs=5e-5) == SHARE_68
    found = STRAIGHT.find("1", km=15.5)
    assert found.error_m == found.bound_m * SHARE_68


lengths = st.floats(0, 5000)


@settings(deadline=None)
@given(straight=lengths, start=lengths, end=lengths, share=st.floats(0, 1))
def test_the_furthest_point_of_two_discs_is_the_one_found_by_looking(
    straight, start, end, share
):
    assume(start + end >= straight)
    at = share * straight
    angle, reach = np.meshgrid(np.linspace(0, np.pi, 721), np.linspace(0, 1, 101))
    x, y = start * reach * np.cos(angle), start * reach * np.sin(angle)
    shared = np.hypot(x - straight, y) <= end
    looked = np.hypot(x - at, y)[shared].max(initial=0)
    found = furthest_m(straight, from_start_m=start, from_end_m=end, at_m=at)
    assert looked <= found + 1e-6
    # the corner lies between the points looked at
    assert looked >= found - 0.02 * (start + end) - 1 or not shared.any()


def test_discs_that_do_not_meet_are_widened_until_they_do():
    # 1,000 m on the ground and 800 m by the posts: 200 m are missing
    found = furthest_m(1000, from_start_m=400, from_end_m=400, at_m=500)
    assert found >= 100


steps = st.lists(
    st.tuples(st.floats(100, 3000), st.floats(-80, 80)), min_size=4, max_size=30
)


@settings(deadline=None)
@given(steps, st.floats(0.01, 0.99))
def test_the_road_is_never_further_than_the_bound(steps, share):
    """A winding road on the plane; its posts are known to 0.1 km, as real ones."""
    corners = list(accumulate(steps, _walk, initial=(250_000.0, 2_650_000.0)))
    ends = [0.0, *accumulate(math.dist(a, b) for a, b in pairwise(corners))]
    km = [round(metres / 1000, 1) for metres in ends[::3]]
    places = [to_wgs84(*corner, crs="EPSG:3826") for corner in corners[::3]]
    assume(len(km) > 1 and km[0] < km[-1])
    posts = Posts(
        post(k, float(x), float(y), "S") for k, (x, y) in zip(km, places, strict=True)
    )
    metres = share * ends[::3][-1]
    asked = round(metres / 1000, 1)
    assume(km[0] <= asked <= km[-1])
    i = min(bisect_right(ends, metres) - 1, len(corners) - 2)
    part = (metres - ends[i]) / (ends[i + 1] - ends[i])
    truth = np.array(corners[i]) * (1 - part) + np.array(corners[i + 1]) * part
    found = posts.find("1", km=asked, direction="S")
    apart = math.dist(truth, [float(axis) for axis in to_metres(found.lng, found.lat)])
    assert apart <= found.bound_m * 1.0002  # the plane's own scale


def _walk(here, step):
    length, degrees = step
    turn = math.radians(degrees)
    return here[0] + length * math.cos(turn), here[1] + length * math.sin(turn)


@pytest.fixture(scope="module")
def gantries(shared_data):
    with open(shared_data / "etc_gantries_20251209.csv", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    read = [(row, post_of_code(row["編號"])) for row in rows]
    return [
        Post(
            road=code.road, km=code.km, direction=code.direction,
            lng=float(row["經度"]), lat=float(row["緯度"]), name=row["編號"],
        )
        for row, code in read
        if code is not None
    ]  # fmt: skip


@pytest.fixture(scope="module")
def left_out(gantries):
    """Each gantry looked for without it and without any within half a kilometre.

    Most stand in pairs, one a direction: leaving out one alone would be no test.
    Shape (n, 2): metres off, and the bound stated.
    """
    measured = []
    for one in gantries:
        rest = Posts(p for p in gantries if p.road != one.road or _apart(p, one) > 0.5)
        try:
            found = rest.find(one.road, km=one.km, direction=one.direction)
        except CoordinateRefused:  # the first and the last of a road
            continue
        off = distance_m(lng=found.lng, lat=found.lat, to_lng=one.lng, to_lat=one.lat)
        measured.append((off, found.bound_m))
    return np.array(measured)


def _apart(one, other):
    return abs(one.km - other.km)


@pytest.mark.real
def test_every_real_gantry_but_the_two_of_a_branch_is_a_post(gantries):
    assert len(gantries) == 339
    assert Posts(gantries).roads == ("1", "1H", "3", "3A", "5")


@pytest.mark.real
def test_a_real_gantry_left_out_lies_within_its_bound(left_out):
    off, bound = left_out.T
    assert len(off) > 300
    assert (off <= bound).mean() >= 0.95


@pytest.mark.real
def test_the_68_percent_radius_holds_68_percent_of_real_gantries(left_out):
    off, bound = left_out.T
    assert (off <= bound * SHARE_68).mean() >= 0.68


@pytest.mark.real
def test_the_page_tells_what_was_measured(gantries, left_out):
    off, bound = left_out.T
    posts = Posts(gantries)
    everywhere = [
        posts.find(road, km=tenth / 10).bound_m
        for road in posts.roads
        for tenth in range(
            round(posts.of_road(road)[0].km * 10),
            round(posts.of_road(road)[-1].km * 10),
        )
    ]
    told = re.search(
        r"(\d+) gantries left out.*?median (\d+) m, 95 % (\d+) m; "
        r"median bound (\d+) m; (\d+) % within.*?median of (\d+) m",
        " ".join(PAGE.read_text(encoding="utf-8").split()),
    )
    measured = (
        len(off),
        round(float(np.median(off))),
        round(float(np.quantile(off, 0.95))),
        round(float(np.median(bound))),
        math.floor((off <= bound).mean() * 100),
        round(float(np.median(everywhere))),
    )
    assert tuple(map(int, told.groups())) == measured


@pytest.mark.real
def test_real_kilometres_agree_with_real_places(gantries):
    """Two posts are never further apart than their kilometres and what they round."""
    posts = Posts(gantries)
    for road in posts.roads:
        for one, other in pairwise(posts.of_road(road)):
            apart = distance_m(
                lng=one.lng, lat=one.lat, to_lng=other.lng, to_lat=other.lat
            )
            assert apart <= _apart(one, other) * 1000 + 2.5 * ROUNDING_M
