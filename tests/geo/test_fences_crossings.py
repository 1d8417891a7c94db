import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import FenceRefused
from geo.fences import Circle, Fence, Fences
from geo.fences.crossings import Crossings, Way, Why

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEST, EAST, OUT = 121.0, 121.1, 121.5


def minute(n):
    return START + timedelta(minutes=n)


def around(lng, radius_m=1_000.0):
    return Circle(lng=lng, lat=25.0, radius_m=radius_m)


def take(crossings, *rows):
    """Hand over rows of thing, longitude and minute."""
    things, lng, at = zip(*rows, strict=True)
    return crossings.take(
        thing=things, lng=lng, lat=[25.0] * len(rows), at=[minute(n) for n in at]
    )


def told(taken):
    """What happened, in few words."""
    return [
        (c.thing, c.way.value, c.fence, c.why.value, (c.at - START) / minute_long)
        for c in (taken if isinstance(taken, tuple) else taken.crossings)
    ]


minute_long = timedelta(minutes=1)


@pytest.fixture
def fences():
    return Fences([Fence("w", around(WEST)), Fence("e", around(EAST))])


@pytest.fixture
def crossings(fences):
    return Crossings(fences)


def test_a_thing_enters_and_leaves_as_it_moves(crossings):
    taken = take(crossings, ("car", OUT, 0), ("car", WEST, 1), ("car", EAST, 2))
    assert told(taken) == [
        ("car", "enter", "w", "moved", 1),
        ("car", "leave", "w", "moved", 2),
        ("car", "enter", "e", "moved", 2),
    ]
    assert [c.position for c in taken.crossings] == [1, 2, 2]
    assert crossings.inside("car") == ("e",)


def test_what_stays_where_it_is_crosses_nothing(crossings):
    assert len(take(crossings, ("car", WEST, 0)).crossings) == 1
    assert take(crossings, ("car", WEST, 1), ("car", WEST, 1)).crossings == ()


def test_things_are_followed_apart(crossings):
    taken = take(crossings, ("a", WEST, 5), ("b", WEST, 1), ("a", OUT, 6))
    assert told(taken) == [
        ("a", "enter", "w", "moved", 5),
        ("b", "enter", "w", "moved", 1),
        ("a", "leave", "w", "moved", 6),
    ]


def test_a_position_that_comes_late_changes_nothing(crossings):
    taken = take(crossings, ("car", WEST, 5), ("car", OUT, 4), ("car", WEST, 6))
    assert taken.note.tolist() == ["", "late", ""]
    assert told(taken) == [("car", "enter", "w", "moved", 5)]


def test_two_positions_of_one_time_count_in_the_order_given(crossings):
    taken = take(crossings, ("car", WEST, 5), ("car", EAST, 5))
    assert taken.note.tolist() == ["", ""]
    assert crossings.inside("car") == ("e",)


def test_several_fences_are_crossed_in_the_order_they_were_put_in(fences, crossings):
    fences.insert_all([Fence("z", around(WEST)), Fence("a", around(WEST))])
    taken = take(crossings, ("car", WEST, 0), ("car", OUT, 1))
    assert [c.fence for c in taken.crossings] == ["w", "z", "a"] * 2


def test_a_fence_put_in_around_a_thing_is_entered_at_its_next_position(
    fences, crossings
):
    take(crossings, ("car", OUT, 0))
    fences.insert(Fence("new", around(OUT)))
    assert told(take(crossings, ("car", OUT, 1))) == [
        ("car", "enter", "new", "moved", 1)
    ]


def test_a_fence_that_begins_around_a_thing_is_entered_at_its_next_position(fences):
    fences.insert(Fence("soon", around(OUT), since=minute(3)))
    taken = take(Crossings(fences), ("car", OUT, 2), ("car", OUT, 4))
    assert told(taken) == [("car", "enter", "soon", "moved", 4)]


def test_a_fence_taken_out_around_a_thing_is_left_and_said_to_be_removed(
    fences, crossings
):
    take(crossings, ("car", WEST, 0))
    fences.delete("w")
    assert told(take(crossings, ("car", WEST, 1))) == [
        ("car", "leave", "w", "removed", 1)
    ]
    assert crossings.inside("car") == ()


@pytest.mark.parametrize("is_purged", [False, True])
@pytest.mark.parametrize("then", [WEST, OUT])
def test_a_fence_that_ends_around_a_thing_is_left_at_its_end(fences, is_purged, then):
    fences.replace(Fence("w", around(WEST), until=minute(5)))
    crossings = Crossings(fences)
    take(crossings, ("car", WEST, 0))
    if is_purged:
        fences.expire(minute(8))
    assert told(take(crossings, ("car", then, 8))) == [
        ("car", "leave", "w", "expired", 5)
    ]


def test_a_thing_at_the_very_end_of_a_fence_leaves_what_expired(fences, crossings):
    fences.replace(Fence("w", around(WEST), until=minute(5)))
    take(crossings, ("car", WEST, 0))
    assert told(take(crossings, ("car", WEST, 5))) == [
        ("car", "leave", "w", "expired", 5)
    ]


def test_what_expired_comes_before_what_was_left(fences, crossings):
    fences.replace(Fence("e", around(WEST), until=minute(5)))
    take(crossings, ("car", WEST, 0))
    assert told(take(crossings, ("car", OUT, 6))) == [
        ("car", "leave", "e", "expired", 5),
        ("car", "leave", "w", "moved", 6),
    ]


def test_fences_that_expire_are_left_in_the_order_of_their_ends(fences, crossings):
    fences.insert(Fence("later", around(WEST), until=minute(6)))
    fences.insert(Fence("sooner", around(WEST), until=minute(5)))
    take(crossings, ("car", WEST, 0))
    left = told(take(crossings, ("car", OUT, 9)))
    assert [fence for _, _, fence, _, _ in left] == ["sooner", "later", "w"]


def test_a_replaced_fence_is_the_same_fence(fences, crossings):
    take(crossings, ("car", WEST, 0))
    fences.replace(Fence("w", around(WEST, radius_m=9.0), until=minute(9)))
    assert told(take(crossings, ("car", WEST, 1))) == []
    fences.replace(Fence("w", around(OUT)))
    assert told(take(crossings, ("car", WEST, 2))) == [
        ("car", "leave", "w", "moved", 2)
    ]


def test_a_fence_whose_end_was_put_off_is_not_left(fences, crossings):
    fences.replace(Fence("w", around(WEST), until=minute(5)))
    take(crossings, ("car", WEST, 0))
    fences.replace(Fence("w", around(WEST), until=minute(20)))
    assert told(take(crossings, ("car", WEST, 8))) == []
    assert told(take(crossings, ("car", OUT, 25))) == [
        ("car", "leave", "w", "expired", 20)
    ]


def test_a_fence_whose_end_was_moved_into_the_past_is_not_left_before_it_was_seen(
    fences, crossings
):
    take(crossings, ("car", WEST, 8))
    fences.replace(Fence("w", around(WEST), until=minute(2)))
    assert told(take(crossings, ("car", WEST, 9))) == [
        ("car", "leave", "w", "expired", 8)
    ]


def test_settling_lets_silent_things_leave_what_is_no_more(fences, crossings):
    fences.insert(Fence("short", around(EAST), until=minute(3)))
    take(crossings, ("a", WEST, 0), ("b", EAST, 1))
    fences.delete("w")
    assert told(crossings.settle(minute(7))) == [
        ("b", "leave", "short", "expired", 3),
        ("a", "leave", "w", "removed", 7),
    ]
    assert crossings.settle(minute(8)) == ()
    assert crossings.inside("b") == ("e",)


def test_what_is_older_than_what_was_settled_is_late(fences, crossings):
    take(crossings, ("car", WEST, 0))
    fences.delete("w")
    crossings.settle(minute(7))
    assert take(crossings, ("car", EAST, 6)).note.tolist() == ["late"]
    assert told(take(crossings, ("car", EAST, 7))) == [
        ("car", "enter", "e", "moved", 7)
    ]


def test_settling_says_where_no_position_shows_it(fences, crossings):
    take(crossings, ("car", WEST, 0))
    fences.delete("w")
    assert crossings.settle(minute(7))[0].position is None


def test_forgotten_things_leave_what_they_were_in(crossings):
    take(crossings, ("a", WEST, 0), ("b", WEST, 5))
    assert told(crossings.forget(minute(5))) == [("a", "leave", "w", "forgotten", 0)]
    assert len(crossings) == 1
    assert crossings.forget(minute(5)) == ()


def test_no_more_things_are_followed_than_was_said(fences):
    crossings = Crossings(fences, most=2)
    take(crossings, ("a", WEST, 0), ("b", OUT, 0), ("a", WEST, 1))
    assert told(take(crossings, ("c", OUT, 2))) == []
    assert told(take(crossings, ("d", OUT, 3))) == [("a", "leave", "w", "forgotten", 1)]
    assert len(crossings) == 2


def test_positions_with_a_fault_change_nothing_and_say_why(crossings):
    taken = crossings.take(
        thing=["car", "car", None, [], float("nan"), "bus"],
        lng=[np.nan, WEST, WEST, WEST, WEST, WEST],
        lat=[25.0] * 6,
        at=np.array([0, np.nan, 0, 0, 0, 0]),
    )
    assert taken.note.tolist() == ["nan", "time", "thing", "thing", "thing", ""]
    assert [c.thing for c in taken.crossings] == ["bus"]
    assert len(crossings) == 1


def test_one_time_for_all_and_things_in_an_array_are_taken(crossings):
    taken = crossings.take(
        thing=np.array([7, 8]), lng=[WEST, OUT], lat=[25.0, 25.0], at=START
    )
    assert told(taken) == [(7, "enter", "w", "moved", 0)]


def test_no_positions_give_no_crossings(crossings):
    taken = crossings.take(thing=[], lng=[], lat=[], at=START)
    assert (taken.crossings, taken.note.size) == ((), 0)


def test_unusable_questions_are_refused(fences, crossings):
    with pytest.raises(ValueError, match="2 things at 1"):
        crossings.take(thing="ab", lng=[WEST], lat=[25.0], at=START)
    with pytest.raises(ValueError, match="most=0"):
        Crossings(fences, most=0)
    for ask in (crossings.settle, crossings.forget):
        with pytest.raises(FenceRefused):
            ask("now")


moves = st.tuples(
    st.sampled_from("ab"), st.sampled_from([WEST, EAST, OUT]), st.integers(0, 6)
)
changes = st.sampled_from(["remove", "put", "move", "settle"])


def played(fences, crossings, steps):
    """Positions and changes in turn; returns everything that was crossed."""
    put_again = Fence("e", around(EAST))
    seen, clock = [], 0
    for step in steps:
        if isinstance(step, list):
            seen += take(crossings, *step).crossings if step else ()
            clock = max([clock, *(at for _, _, at in step)])
        elif step == "settle":
            seen += crossings.settle(minute(clock))
        elif step == "remove" and "e" in fences:
            fences.delete("e")
        elif step == "move" and "e" in fences:
            fences.replace(Fence("e", around(WEST)))
        elif "e" not in fences:
            fences.insert(put_again)
    return seen


@settings(deadline=None)
@given(st.lists(st.lists(moves, max_size=6) | changes, max_size=12))
def test_enter_and_leave_take_turns_in_order_of_time(steps):
    fences = Fences(
        [Fence("w", around(WEST), until=minute(4)), Fence("e", around(EAST))]
    )
    crossings = Crossings(fences)
    seen = played(fences, crossings, steps)
    for thing in "ab":
        own = [crossing for crossing in seen if crossing.thing == thing]
        assert [c.at for c in own] == sorted(c.at for c in own)
        inside = set()
        for crossing in own:
            assert (crossing.fence in inside) == (crossing.way is Way.LEAVE)
            assert crossing.way is Way.LEAVE or crossing.why is Why.MOVED
            inside ^= {crossing.fence}
        assert inside == set(crossings.inside(thing))


def test_threads_may_hand_over_positions_beside_each_other(fences):
    crossings, seen = Crossings(fences), {}

    def drive(car):
        seen[car] = [
            crossing
            for n in range(100)
            for crossing in take(crossings, (car, WEST if n % 2 else EAST, n)).crossings
        ]

    threads = [threading.Thread(target=drive, args=(car,)) for car in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for car in "abc":
        ways = [crossing.way for crossing in seen[car]]
        assert ways == [Way.ENTER] + [Way.LEAVE, Way.ENTER] * 99


def test_what_is_kept_does_not_grow_with_what_has_happened():
    fences = Fences(Fence(n, around(WEST)) for n in range(30))
    crossings = Crossings(fences)
    for minute_now in range(100):
        for n in range(30):
            fences.replace(Fence(n, around(WEST)))
        take(crossings, ("car", WEST, minute_now), ("bus", OUT, minute_now))
    assert len(crossings._known) < 2_000
    assert crossings._tracks.numbers.size < 2_000


def test_the_places_of_forgotten_things_are_taken_by_new_ones(fences):
    crossings = Crossings(fences, most=2)
    for n in range(100):
        take(crossings, (n, WEST, n))
    assert crossings._tracks.last_at.size < 10
