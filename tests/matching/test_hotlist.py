"""The live hot list finds what looking at every entry would find."""

from dataclasses import replace

import pytest
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
    """Tell by trying every edit."""
    edits = {left}
    for at in range(len(left) + 1):
        edits |= {left[:at] + c + left[at:] for c in ALPHABET}
        edits |= {left[:at] + c + left[at + 1 :] for c in ALPHABET}
        edits.add(left[:at] + left[at + 1 :])
    return right in edits


@given(st.lists(PLATES, max_size=8), PLATES)
def test_candidates_are_what_looking_at_every_entry_finds(plates, seen):
    hot = HotList(entry(plate, f"{n}") for n, plate in enumerate(plates))
    found = {e.id for e in hot.candidates(seen)}
    near = {
        f"{n}"
        for n, plate in enumerate(plates)
        if one_edit_apart(skeleton(plate), skeleton(seen))
    }
    assert found == near


@given(PLATES, PLATES)
def test_past_reads_are_searched_exactly_as_live_ones(plate, seen):
    live = bool(HotList([entry(plate)]).candidates(seen))
    past = skeleton(seen) in set(near_skeletons(plate))
    assert live is past


@pytest.mark.parametrize(
    "seen", ["BKO5B26", "BKO5S26", "8KD5826", "BKD582", "BKD58266", "BXD5826"]
)
def test_look_alikes_and_one_other_error_are_found(seen):
    assert HotList([entry("BKD5826")]).candidates(seen)


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
