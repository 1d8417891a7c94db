"""The live hot list finds what looking at every entry would find."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from matching.hotlist import HotList, near_skeletons
from matching.misreads import ALPHABET
from matching.plates import skeleton
from tests.matching.test_weigh import ENTRY

PLATES = st.text(alphabet="ABO08B1", min_size=4, max_size=6)


def entry(plate, key="hot"):
    return replace(ENTRY, id=key, plate=plate)


def one_edit_apart(left, right):
    if left == right:
        return True
    if len(left) == len(right):
        return sum(a != b for a, b in zip(left, right, strict=True)) == 1
    short, long = sorted((left, right), key=len)
    return len(long) - len(short) == 1 and any(
        long[:at] + long[at + 1 :] == short for at in range(len(long))
    )


@given(st.lists(PLATES, max_size=8), PLATES)
def test_candidates_hold_all_one_edit_and_look_alike_plates(plates, seen):
    hot = HotList(entry(plate, f"{n}") for n, plate in enumerate(plates))
    found = {e.id for e in hot.candidates(seen)}
    for n, plate in enumerate(plates):
        if one_edit_apart(plate, seen) or skeleton(plate) == skeleton(seen):
            assert f"{n}" in found


@given(PLATES, PLATES)
def test_past_reads_are_searched_as_widely_as_live_ones(plate, seen):
    if HotList([entry(plate)]).candidates(seen):
        apart = one_edit_apart(plate, seen) or skeleton(plate) == skeleton(seen)
        if apart:
            assert skeleton(seen) in set(near_skeletons(plate))


def test_a_removed_entry_is_not_found_and_leaves_nothing_behind():
    hot = HotList([entry("BKD5826")])
    hot.remove("hot")
    assert hot.candidates("BKD5826") == []
    assert len(hot) == 0
    assert not hot._by_key


def test_an_entry_added_again_is_replaced():
    hot = HotList([entry("BKD5826")])
    hot.add(entry("ABC1235"))
    assert len(hot) == 1
    assert hot.candidates("BKD5826") == []
    assert [e.plate for e in hot.candidates("ABC1235")] == ["ABC1235"]


def test_removing_what_is_not_there_does_nothing():
    HotList().remove("nobody")


def test_a_stranger_is_no_candidate():
    hot = HotList([entry("BKD5826")])
    assert hot.candidates("XYZ9999") == []
    assert set(ALPHABET) >= set("XYZ9")
