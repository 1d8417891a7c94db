"""Clothing as people describe it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.persons.clothing import (
    Item,
    items,
    similarities,
    similarity,
    without_clothing,
)
from matching.persons.phrases import COLOURS, FEET, LOWER, UPPER


def item(part, garment, *colours):
    return Item(part, garment, frozenset(colours))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("紅色外套", [item("upper", "coat", "red")]),
        ("暗紅色羽絨外套", [item("upper", "coat", "red")]),
        (
            "藍白格子襯衫、牛仔褲",
            [
                item("upper", "shirt", "blue", "white", "patterned"),
                item("lower", "jeans"),
            ],
        ),
        ("身穿黑色，下身短褲", [item("lower", "shorts")]),
        ("藍白拖", [item("feet", "slippers")]),
        ("red jacket", [item("upper", "coat", "red")]),
        ("coated with redness", []),
        ("", []),
        ("🧥\x00", []),
    ],
)
def test_a_colour_belongs_to_the_garment_behind_it(text, found):
    assert items(text) == tuple(found)


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("紅色外套", "紅色外套、黑色長褲", 1.0),
        ("紅色外套", "暗紅色夾克", 1.0),
        ("紅色外套", "粉紅色外套", 0.7),
        ("紅色外套", "外套", 0.6),
        ("紅色外套", "紅色毛衣", 0.6),
        ("紅色外套", "綠色外套", 0.0),
        ("紅色外套、黑色長褲", "紅色外套、白色長褲", 0.5),
        ("紅色外套", "黑色長褲", None),
        ("", "紅色外套", None),
    ],
)
def test_only_the_same_part_of_the_body_is_compared(left, right, alike):
    assert similarity(left, right) == alike
    assert similarity(right, left) == alike


WORN = st.lists(
    st.tuples(st.sampled_from(COLOURS), st.sampled_from(UPPER + LOWER + FEET)),
    max_size=4,
).map(lambda parts: "、".join(colour + garment for colour, garment in parts))


@given(WORN, WORN)
def test_likeness_is_the_same_from_both_sides_and_whole_with_itself(left, right):
    there, back = similarities([left, right], [right, left])
    assert there == back or (there != there and back != back)
    if items(left):
        assert similarity(left, left) in (1.0, 0.6)  # 0.6 where no colour is told
    assert not there > 1
    assert not there < 0


def test_what_is_left_of_a_description_tells_of_no_clothing():
    assert without_clothing("紅色外套，左手刺青").replace(" ", "") == "色，左手刺青"
