"""What was written is read back, and no text whatever breaks the reader."""

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geo.crs import TM2_119, TM2_121, is_in_taiwan
from geo.distance import distance_m
from geo.refusals import KINDS
from geo.written import PlaceReader
from geo.written.notation import LONGEST
from geo.written.posts import Post, Posts
from geo.written.repairs import FULL_WIDTH, NORTH_FIRST, NORTH_FIRST_119, SIXTIES

POSTS = Posts(
    [
        Post(road="1", km=63.3, direction="S", lng=121.1956, lat=24.9493, name="A"),
        Post(road="1", km=66.4, direction="S", lng=121.1769, lat=24.9295, name="B"),
    ]
)


@pytest.fixture(scope="module")
def reader(boundaries):
    return PlaceReader(boundaries, POSTS)


def names(found):
    return tuple(repair.name for repair in found.repairs)


degrees = st.tuples(st.floats(114.4, 124.6), st.floats(10.4, 26.4))
styles = st.sampled_from(
    [
        "{lat}N {lng}E",
        "E{lng} N{lat}",
        "北緯{lat} 東經{lng}",
        "{lat}, {lng}",
        "{lng} {lat}",
        "{lng},{lat}",
    ]
)


def wide(text):
    return "".join(
        chr(ord(mark) + 0xFEE0) if "!" <= mark <= "~" else mark for mark in text
    )


def as_close_as_written(found, lng, lat):
    """Each axis was rounded to half a unit at most."""
    metres = distance_m(lng=found.lng, lat=found.lat, to_lng=lng, to_lat=lat)
    return metres <= found.precision_m * math.sqrt(0.5) * 1.001 + 1e-6


@settings(deadline=None)
@given(degrees, styles, st.integers(1, 9), st.booleans())
def test_decimal_degrees_are_read_back(boundaries, place, style, decimals, is_wide):
    lng, lat = place
    text = style.format(lng=f"{lng:.{decimals}f}", lat=f"{lat:.{decimals}f}")
    found = PlaceReader(boundaries).read(wide(text) if is_wide else text)
    assert as_close_as_written(found, lng, lat)
    assert (FULL_WIDTH in names(found)) == is_wide


MARKS = [("°", "'", '"'), ("度", "分", "秒"), ("º", "′", "″"), ("° ", "’ ", "''")]


def sixties(value, decimals, marks):
    unit = 10**decimals
    units = round(value * 3600 * unit)
    whole, rest = divmod(units, 3600 * unit)
    minutes, seconds = divmod(rest, 60 * unit)
    text = f"{seconds / unit:0{2 + bool(decimals) + decimals}.{decimals}f}"
    return f"{whole}{marks[0]}{minutes:02d}{marks[1]}{text}{marks[2]}"


@settings(deadline=None)
@given(degrees, styles, st.integers(0, 4), st.sampled_from(MARKS), st.booleans())
def test_degrees_minutes_and_seconds_are_read_back(
    boundaries, place, style, decimals, marks, is_wide
):
    lng, lat = (sixties(value, decimals, marks) for value in place)
    text = style.format(lng=lng, lat=lat)
    found = PlaceReader(boundaries).read(wide(text) if is_wide else text)
    assert as_close_as_written(found, *place)
    assert SIXTIES in names(found)


@settings(deadline=None)
@given(
    st.data(),
    st.sampled_from([TM2_121, TM2_119]),
    st.booleans(),
    st.sampled_from(["{:.0f} {:.0f}", "{:,.2f} {:,.2f}", "{:.1f}，{:.1f}"]),
)
def test_metres_of_both_zones_are_read_back(boundaries, data, crs, is_swapped, style):
    town = data.draw(st.sampled_from(boundaries.town.boundaries))
    inside = town.shape.representative_point()
    east, north = _metres(inside, crs)
    text = style.format(*((north, east) if is_swapped else (east, north)))
    found = PlaceReader(boundaries).read(text, county=town.county_code)
    assert as_close_as_written(found, inside.x, inside.y)
    assert found.crs == crs
    turned = {NORTH_FIRST, NORTH_FIRST_119} & set(names(found))
    assert bool(turned) == is_swapped


def _metres(point, crs):
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(
        point.x, point.y
    )


# Nothing breaks it, and nothing is read in silence.

PIECES = [
    *"0123456789.,;:+-°'\"NSEWxy ()/&=", "度", "分", "秒", "東經", "北緯", "國道", "號",
    "K", "公里", "高架", "南下", "TWD97", "TWD67", "121分帶", "25", "121", "302166",
    "2771172", "２５", "　", "\u200b", "\u202e", "٣", "é", "\x00", "臺",
]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_is_either_read_in_taiwan_or_refused(boundaries, text):
    found = PlaceReader(boundaries, POSTS).interpret(text)
    assert (found.reading is None) == (found.refusal is not None)
    if found.reading is None:
        assert found.refusal.kind in KINDS
    else:
        assert is_in_taiwan(lng=found.reading.lng, lat=found.reading.lat)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_text_of_any_script_is_either_read_or_refused(boundaries, text):
    found = PlaceReader(boundaries, POSTS).interpret(text)
    assert (found.reading is None) == (found.refusal is not None)


HOSTILE = [
    "1" * LONGEST,
    "1," * LONGEST,
    "1,111" * LONGEST,
    "1,111," * LONGEST + "x",
    "1.1." * LONGEST,
    "°" * LONGEST,
    "25°" * LONGEST,
    "25°02'" * LONGEST,
    "'" * LONGEST + "1",
    " " * LONGEST + "x",
    "1 " * LONGEST + "x",
    "國道" * LONGEST,
    "國道1" * LONGEST,
    "國道1號 " + "1" * LONGEST,
    "國道1號 " + "1K+1" * LONGEST,
    "十" * LONGEST,
    "國" + "一十" * LONGEST,
    "南" * LONGEST + "國道1號",
    "national freeway " * LONGEST,
    "台1" * LONGEST,
    "01f" * LONGEST,
    "twd97" * LONGEST,
    "(" * LONGEST + "1" + ")" * LONGEST,
    "\u200b" * LONGEST,
]


@pytest.mark.parametrize("text", [text[:LONGEST] for text in HOSTILE])
def test_no_text_takes_long(reader, text):
    reader.interpret("1,2")
    begun = time.process_time()
    reader.interpret(text)
    assert time.process_time() - begun < 0.1
