"""Groups on line: what each change does, and what is taken back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from matching.errors import TableRefused
from matching.linkage.changes import End, Move
from matching.linkage.groups import Groups, replayed

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
CHEN = {"at": AT, "by": "Chen", "why": "saw both"}


def made(*records, least_bits=0.0):
    """Groups of records, each as its id and its links."""
    groups = Groups(least_bits=least_bits)
    for id_, links in records:
        groups.add(id_, links, at=AT)
    return groups


def chain(*ids, bits=5.0):
    return made((ids[0], {}), *((b, {a: bits}) for a, b in pairwise(ids)))


def parts(groups):
    return sorted(groups.groups().values())


# what each kind of change does


def test_a_record_that_nothing_links_founds_a_group():
    groups = made(("a", {}))
    change = groups.add("b", {"a": -1.0}, at=AT)
    assert (change.kind, change.moves) == ("founded", (Move("b", None, 2),))
    assert change.begun == (2,)
    assert groups.groups() == {1: ("a",), 2: ("b",)}


def test_a_record_joins_the_group_that_it_is_linked_with():
    groups = made(("a", {}))
    change = groups.add("b", {"a": 3.25}, at=AT + timedelta(hours=1))
    assert (change.kind, change.moves) == ("joined", (Move("b", None, 1),))
    assert change.at == AT + timedelta(hours=1)
    assert change.words == "b came (3.2 bits with a). Joined: b into group 1."


def test_a_link_of_just_the_bits_that_are_asked_holds():
    groups = made(("a", {}), ("b", {"a": 4.0}), ("c", {"a": 3.9}), least_bits=4.0)
    assert parts(groups) == [("a", "b"), ("c",)]


def test_a_record_merges_groups_into_the_largest():
    groups = made(("a", {}), ("b", {}), ("c", {"b": 2.0}))
    change = groups.add("d", {"a": 1.0, "c": 1.0}, at=AT)
    assert change.kind == "merged"
    assert change.moves == (Move("a", 1, 2), Move("d", None, 2))
    assert change.ended == (End(1, 2),)
    assert groups.groups() == {2: ("a", "b", "c", "d")}
    assert groups.group_of_former(1) == 2


def test_of_groups_of_one_size_the_oldest_keeps_its_id():
    groups = made(("b", {}), ("a", {}))
    groups.add("c", {"a": 9.0, "b": 1.0}, at=AT)
    assert groups.groups() == {1: ("a", "b", "c")}


def test_a_record_that_goes_leaves_its_group():
    groups = chain("a", "b", "c")
    change = groups.remove("c", at=AT, why="found")
    assert (change.kind, change.moves) == ("left", (Move("c", 1, None),))
    assert change.words == "c was removed: found. Left: c out of group 1."


def test_what_hung_together_by_one_record_falls_apart_without_it():
    groups = chain("a", "b", "c", "d")
    change = groups.remove("b", at=AT)
    assert change.kind == "split"
    assert groups.groups() == {1: ("c", "d"), 2: ("a",)}


def test_of_parts_of_one_size_that_with_the_lowest_record_keeps_the_id():
    groups = chain("b", "c", "a")
    groups.remove("c", at=AT)
    assert groups.groups() == {1: ("a",), 2: ("b",)}


def test_the_id_of_a_group_whose_records_are_gone_leads_nowhere():
    groups = made(("a", {}))
    assert groups.remove("a", at=AT).ended == (End(1, None),)
    assert groups.group_of_former(1) is None
    assert groups.add("a", {}, at=AT).begun == (2,)


def test_a_changed_record_has_the_new_links_alone():
    groups = made(("a", {}), ("b", {"a": 5.0}), ("c", {"b": 5.0}), ("d", {}))
    change = groups.change("b", {"d": 2.0, "c": 3.0}, at=AT)
    assert change.kind == "moved"
    assert groups.groups() == {1: ("b", "c", "d"), 3: ("a",)}
    assert groups.group_of_former(2) == 1


def test_a_person_joins_what_nothing_links():
    groups = made(("a", {}), ("b", {}))
    change = groups.link("b", "a", **CHEN)
    assert change.kind == "merged"
    assert change.words == (
        "a and b belong together, by Chen: saw both. "
        "Merged: b out of group 2 into group 1."
    )
    assert parts(groups) == [("a", "b")]


def test_a_link_of_a_person_outlives_a_changed_record():
    groups = made(("a", {}), ("b", {}))
    groups.link("a", "b", **CHEN)
    groups.change("a", {}, at=AT)
    assert parts(groups) == [("a", "b")]


def test_who_was_cut_apart_stays_apart_and_the_lightest_link_is_left_out():
    groups = made(("a", {}), ("b", {"a": 5.0}), ("c", {"b": 4.0, "a": 9.0}))
    change = groups.cut("a", "c", **CHEN)
    assert change.kind == "split"
    assert groups.groups() == {1: ("a", "b"), 2: ("c",)}
    groups.add("d", {"a": 1.0, "c": 2.0}, at=AT)
    assert groups.groups() == {1: ("a", "b"), 2: ("c", "d")}


def test_at_equal_bits_the_link_of_the_lower_ids_is_taken():
    groups = made(("a", {}), ("b", {}), ("c", {"a": 5.0, "b": 5.0}))
    groups.cut("a", "b", **CHEN)
    assert parts(groups) == [("a", "c"), ("b",)]


def test_at_equal_bits_the_lower_of_the_lower_ids_counts_first():
    groups = made(("a", {}), ("b", {}), ("c", {"b": 5.0}), ("d", {"a": 5.0, "c": 9.0}))
    groups.cut("a", "b", **CHEN)
    assert parts(groups) == [("a", "c", "d"), ("b",)]


def test_a_link_of_a_person_comes_before_the_heaviest_link():
    groups = made(("a", {}), ("b", {}), ("c", {"a": 1e308 * 10}))
    groups.cut("a", "b", **CHEN)
    groups.link("b", "c", **CHEN)
    assert parts(groups) == [("a",), ("b", "c")]


def test_a_cut_moves_what_hung_on_it():
    """b goes over to d, whom it could not be with as long as it was with a."""
    groups = made(("a", {}), ("b", {"a": 9.0}), ("d", {"b": 3.0}))
    groups.cut("a", "d", **CHEN)
    assert parts(groups) == [("a", "b"), ("d",)]
    assert groups.cut("a", "b", **CHEN).kind == "moved"
    assert groups.groups() == {1: ("a",), 2: ("b", "d")}


def test_a_person_may_say_something_else_of_the_same_pair():
    groups = chain("a", "b")
    groups.cut("a", "b", **CHEN)
    groups.link("b", "a", **CHEN)
    assert parts(groups) == [("a", "b")]


def test_a_judgement_that_contradicts_others_is_refused_and_they_are_named():
    groups = made(("a", {}), ("b", {}), ("c", {}), ("d", {}))
    groups.link("a", "b", **CHEN)
    groups.link("b", "c", **CHEN)
    groups.cut("c", "d", **CHEN)
    before = parts(groups), groups.history()
    with pytest.raises(TableRefused, match=r"a and c: .* see changes 5, 6"):
        groups.cut("c", "a", **CHEN)
    with pytest.raises(TableRefused, match=r"a and d: .* see changes 7"):
        groups.link("a", "d", **CHEN)
    assert (parts(groups), groups.history()) == before
    groups.remove("b", at=AT)
    with pytest.raises(TableRefused, match="see changes 5, 6"):
        groups.cut("c", "a", **CHEN)


@pytest.mark.parametrize("away", ["a", "b", "ab", "ba"])
def test_a_judgement_sleeps_while_a_record_is_away(away):
    groups = made(("a", {}), ("b", {"a": 5.0}))
    groups.cut("a", "b", **CHEN)
    for id_ in away:
        groups.remove(id_, at=AT)
    for id_ in away:
        groups.add(id_, {"b" if id_ == "a" else "a": 7.0}, at=AT)
    assert parts(groups) == [("a",), ("b",)]


def test_without_the_record_that_was_cut_from_others_they_come_together():
    groups = made(("a", {}), ("b", {"a": 5.0}), ("c", {"a": 3.0}))
    groups.cut("b", "c", **CHEN)
    assert groups.groups() == {1: ("a", "b"), 2: ("c",)}
    change = groups.remove("b", at=AT)
    assert change.kind == "merged"
    assert groups.groups() == {1: ("a", "c")}


# undo


def test_an_undone_merge_gives_the_ids_back():
    groups = made(("a", {}), ("b", {}))
    groups.add("c", {"a": 1.0, "b": 1.0}, at=AT)
    change = groups.undo(3, **CHEN)
    assert change.kind == "split"
    assert change.words.startswith("Change 3 was taken back, by Chen: saw both. Split")
    assert groups.groups() == {1: ("a",), 2: ("b",)}
    groups.undo(4, **CHEN)
    assert groups.groups() == {1: ("a", "b", "c")}


def test_an_older_change_is_undone_and_the_later_ones_stand():
    groups = made(("a", {}), ("b", {}))
    groups.link("a", "b", **CHEN)
    groups.add("c", {"b": 4.0}, at=AT)
    groups.add("d", {"b": 4.0, "a": 1.0}, at=AT)
    groups.cut("a", "d", **CHEN)
    groups.undo(3, **CHEN)
    assert groups.groups() == {1: ("a",), 2: ("b", "c", "d")}


def test_a_removed_record_comes_back_with_its_links():
    groups = chain("a", "b", "c")
    groups.remove("b", at=AT)
    groups.undo(4, **CHEN)
    assert groups.groups() == {1: ("a", "b", "c")}


def test_what_came_while_a_record_was_away_is_not_linked_with_it():
    groups = chain("a", "b", "c")
    groups.remove("b", at=AT)
    groups.add("d", {}, at=AT)
    groups.undo(4, **CHEN)
    assert parts(groups) == [("a", "b", "c"), ("d",)]


def test_what_does_not_hold_cannot_be_undone():
    groups = chain("a", "b")
    groups.change("b", {"a": 5.0}, at=AT)
    with pytest.raises(TableRefused, match="change 2 does not hold any more"):
        groups.undo(2, **CHEN)
    groups.undo(3, **CHEN)
    with pytest.raises(TableRefused, match=r"change 3 .* taken back by 4"):
        groups.undo(3, **CHEN)
    with pytest.raises(TableRefused, match="there is no change 5"):
        groups.undo(5, **CHEN)
    with pytest.raises(TableRefused, match="there is no change 0"):
        groups.undo(0, **CHEN)
    groups.undo(2, **CHEN)
    assert parts(groups) == [("a",)]


def test_of_a_change_taken_back_and_made_again_only_the_last_undo_can_be_undone():
    groups = made(("a", {}))
    for number in (1, 2, 1):
        groups.undo(number, **CHEN)
    for number in (1, 2, 3):
        with pytest.raises(TableRefused, match=f"change {number} .* back by 4"):
            groups.undo(number, **CHEN)
    assert groups.undo(4, **CHEN).kind == "founded"
    assert groups.groups() == {1: ("a",)}


def test_an_id_that_an_undo_ends_again_leads_where_it_led():
    groups = made(("a", {}))
    groups.remove("a", at=AT)
    groups.add("b", {"a": 5.0}, at=AT)
    assert groups.undo(2, **CHEN).kind == "moved"
    assert groups.groups() == {1: ("a", "b")}
    groups.undo(4, **CHEN)
    assert groups.groups() == {2: ("b",)}
    assert groups.group_of_former(1) is None


def test_an_undo_leaves_records_that_have_moved_on_their_id():
    groups = made(("a", {}), ("b", {}), ("c", {"a": 5.0, "b": 4.0}), ("d", {}))
    groups.change("b", {"d": 3.0}, at=AT)
    groups.undo(3, **CHEN)
    assert groups.groups() == {1: ("a",), 3: ("b", "d")}


def test_an_undo_takes_no_id_from_a_group_that_still_has_it():
    groups = chain("a", "b", "c")
    groups.remove("b", at=AT)
    groups.change("a", {}, at=AT)
    groups.change("c", {}, at=AT)
    groups.undo(4, **CHEN)
    assert groups.groups() == {1: ("a",), 2: ("c",), 3: ("b",)}


def test_an_undo_that_brings_back_a_contradiction_is_refused():
    groups = made(("a", {}), ("b", {}), ("c", {}))
    groups.link("a", "b", **CHEN)
    groups.cut("a", "b", **CHEN)
    groups.link("a", "c", **CHEN)
    groups.cut("b", "c", **CHEN)
    with pytest.raises(TableRefused, match="see changes 7"):
        groups.undo(5, **CHEN)
    assert parts(groups) == [("a", "c"), ("b",)]


def test_a_history_with_each_kind_of_call_is_made_again():
    groups = made(("a", {}), ("b", {}), ("c", {"b": 4.0}))
    groups.link("a", "b", **CHEN)
    groups.change("c", {"a": 1.0}, at=AT)
    groups.cut("b", "c", **CHEN)
    groups.undo(4, **CHEN)
    groups.remove("a", at=AT, by="Lin", why="found")
    again = replayed(groups.history())
    assert again.history() == groups.history()
    assert again.groups() == groups.groups()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda groups: groups.add("a", {}, at=AT), "'a' is there already"),
        (lambda groups: groups.change("z", {}, at=AT), "no record 'z'"),
        (lambda groups: groups.remove("z", at=AT), "no record 'z'"),
        (lambda groups: groups.link("a", "z", **CHEN), "no record 'z'"),
        (lambda groups: groups.cut("a", "a", **CHEN), "'a' is one record"),
        (lambda groups: groups.group_of("z"), "no record 'z'"),
        (lambda groups: groups.members(2), "no group 2"),
        (lambda groups: groups.group_of_former(2), "never was a group 2"),
        (lambda groups: groups.group_of_former(0), "never was a group 0"),
    ],
)
def test_what_is_not_there_is_refused(wrong, words):
    groups = made(("a", {}))
    with pytest.raises(TableRefused, match=words):
        wrong(groups)
    assert groups.groups() == {1: ("a",)}
    assert len(groups.history()) == 1
