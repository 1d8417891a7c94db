"""What ends a search early passes over nothing that a whole search finds."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.hot_tables import empty_masks
from matching.hotlist import LiveHotList
from matching.hotview import reads_of
from tests.matching.test_hotlist import LOW, MODEL, PLATES, READS, read, wanted

LISTED = ["BKD5826", "BKD5827", "AB1234", "1234AB", "TDC123", "MNP5555", "XYZ9876"]


def pairs(view, batch, least):
    hits = view.match(batch, least_bits=least)
    return sorted(zip(hits.reads.tolist(), hits.rows.tolist(), strict=True))


def without_masks(view):
    everything = np.full(1, -1, dtype=np.int64)
    return replace(view, filters=view.filters._replace(masks=everything))


@given(st.lists(PLATES, min_size=1, max_size=20), st.lists(READS, max_size=10),
       st.sampled_from([-8.0, -1.0, 2.0, 6.0]))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_the_filter_of_one_character_loses_nothing(plates, reads, least):
    made = [wanted(plate, f"{n}") for n, plate in enumerate([*plates, *LISTED])]
    view, batch = LiveHotList(MODEL, made).now, reads_of(reads)
    assert pairs(view, batch, least) == pairs(without_masks(view), batch, least)


def test_one_wrong_character_is_found_through_the_filter():
    view = LiveHotList(MODEL, [wanted()]).now
    near = ["BKO5826", "8KD5826", "BKD5B26", "BKD5828"]
    batch = reads_of([read(plate, confidence=0.93) for plate in near])
    assert pairs(view, batch, 0.0)
    empty = replace(view, filters=view.filters._replace(masks=empty_masks(1)))
    assert len(pairs(empty, batch, 0.0)) < len(pairs(view, batch, 0.0))


def test_a_partial_plate_is_found_through_the_filter():
    view = LiveHotList(MODEL, [wanted("BKD58??")]).now
    batch = reads_of([read("BKO5826", confidence=0.97)])
    assert pairs(view, batch, LOW) == pairs(without_masks(view), batch, LOW) != []


def test_a_long_list_has_no_filter_and_a_short_one_has_room():
    assert empty_masks(1 << 20).tolist() == [-1]
    assert empty_masks(1_000).size * 64 >= 1_000 * 8 * 32
