"""One question at a time: what the answers are, whichever way they are found."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import distance_m, line_between
from geo.sites import Sites

FOUR = Sites(
    lng=[121.0, 121.1, 121.2, 121.1],
    lat=[25.0, 25.0, 25.0, 25.0],
    ids=["c", "b", "d", "a"],
)


def test_the_nearest_come_first_and_ties_by_id():
    near = FOUR.nearest(lng=121.09, lat=25.0, k=3)
    assert near.ids == ("a", "b", "c")
    assert near.index.tolist() == [3, 1, 0]
    assert near.metres[0] == near.metres[1] < near.metres[2]


def test_a_tie_that_k_cuts_keeps_the_lower_id():
    assert FOUR.nearest(lng=121.09, lat=25.0, k=1).ids == ("a",)


def test_ids_that_cannot_be_ordered_keep_the_given_order():
    sites = Sites(lng=[121.0, 121.0], lat=[25.0, 25.0], ids=["x", 1])
    assert sites.nearest(lng=121, lat=25, k=2).ids == ("x", 1)


def test_more_than_there_are_gives_all():
    assert len(FOUR.nearest(lng=121, lat=25, k=9)) == 4


def test_a_mask_leaves_k_of_what_counts():
    mask = np.array([True, False, True, False])
    assert FOUR.nearest(lng=121.1, lat=25.0, k=2, mask=mask).ids == ("c", "d")
    assert FOUR.within(lng=121.1, lat=25.0, radius_m=1, mask=mask).ids == ()


def test_no_sites_give_no_answer():
    none = Sites(lng=[], lat=[], ids=[])
    assert len(none.nearest(lng=121, lat=25, k=3)) == 0
    assert len(none.within(lng=121, lat=25, radius_m=1e9)) == 0
    assert len(none.along(start=(121, 25), end=(122, 25), ratio=2)) == 0


def test_the_rim_of_a_radius_counts():
    metres = distance_m(lng=121.0, lat=25.0, to_lng=121.1, to_lat=25.0)
    assert FOUR.within(lng=121.0, lat=25.0, radius_m=metres).ids == ("c", "a", "b")
    below = np.nextafter(metres, 0)
    assert FOUR.within(lng=121.0, lat=25.0, radius_m=below).ids == ("c",)


def test_a_radius_of_zero_finds_what_stands_there():
    assert FOUR.within(lng=121.1, lat=25.0, radius_m=0).ids == ("a", "b")


def test_at_high_latitude_degrees_would_choose_the_wrong_one():
    sites = Sites(lng=[121.0, 121.9], lat=[60.7, 60.0], ids=["north", "east"])
    assert sites.nearest(lng=121.0, lat=60.0, k=1).ids == ("east",)


def test_sites_along_a_way_come_in_order_of_travel():
    start, end = (121.25, 25.0), (120.95, 25.0)
    near = FOUR.along(start=start, end=end, ratio=1.01)
    assert near.ids == ("d", "a", "b", "c")
    assert FOUR.along(start=end, end=start, ratio=1.01).ids == ("c", "a", "b", "d")


def test_what_stands_on_the_very_geodesic_is_no_detour():
    ends = {"lng": 120.3, "lat": 22.7, "to_lng": 121.6, "to_lat": 25.1}
    lng, lat = line_between(**ends, step_m=2_000)
    sites = Sites(lng=lng, lat=lat, ids=range(lng.size))
    near = sites.along(start=(120.3, 22.7), end=(121.6, 25.1), ratio=1)
    assert near.ids == tuple(range(lng.size))


def test_a_detour_beyond_the_ratio_is_left_out():
    sites = Sites(lng=[121.5], lat=[25.3], ids=["off"])
    ends = {"start": (121.0, 25.0), "end": (122.0, 25.0)}
    assert sites.along(**ends, ratio=1.1).ids == ()
    assert sites.along(**ends, ratio=1.3).ids == ("off",)


def test_sites_cannot_be_changed_afterwards():
    lng = np.array([121.0])
    sites = Sites(lng=lng, lat=[25.0], ids=["a"])
    lng[0] = 0
    assert sites.nearest(lng=121, lat=25).metres[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        sites.lng[0] = 0


degrees = st.tuples(
    st.one_of(st.floats(-180, 180), st.floats(120, 122), st.just(180.0)),
    st.one_of(st.floats(-90, 90), st.floats(22, 25), st.just(90.0)),
)


sizes = st.integers(1, 8)
some = st.lists(degrees, min_size=1, max_size=30)


@given(
    st.lists(st.tuples(degrees, st.booleans()), min_size=1, max_size=30), degrees, sizes
)
def test_with_a_mask_the_nearest_is_the_shortest_of_those_that_count(places, here, k):
    lng, lat = np.array([place for place, _ in places]).T
    mask = np.array([is_counted for _, is_counted in places])
    sites = Sites(lng=lng, lat=lat, ids=range(len(places)))
    metres = distance_m(lng=here[0], lat=here[1], to_lng=lng, to_lat=lat)
    every = np.lexsort((np.arange(lng.size), metres))
    expected = [i for i in every if mask[i]][:k]
    near = sites.nearest(lng=here[0], lat=here[1], k=k, mask=mask)
    assert near.index.tolist() == expected
    assert near.metres.tolist() == metres[expected].tolist()


@given(some, degrees, sizes, st.floats(0, 2.1e7) | st.just(np.inf))
def test_the_nearest_is_the_shortest_of_all(places, here, k, radius_m):
    lng, lat = np.array(places).T
    sites = Sites(lng=lng, lat=lat, ids=range(len(places)))
    metres = distance_m(lng=here[0], lat=here[1], to_lng=lng, to_lat=lat)
    every = np.lexsort((np.arange(lng.size), metres))
    expected = [i for i in every if metres[i] <= radius_m][:k]
    near = sites.nearest(lng=here[0], lat=here[1], k=k, radius_m=radius_m)
    assert near.index.tolist() == expected
    assert np.abs(near.metres - metres[expected]).max(initial=0) < 1e-4


@given(some, degrees, sizes)
def test_bare_rows_are_the_nearest_padded_to_k(places, here, k):
    lng, lat = np.array(places).T
    sites = Sites(lng=lng, lat=lat, ids=range(len(places)))
    near = sites.nearest(lng=here[0], lat=here[1], k=k)
    index, metres = sites.nearest_rows(lng=here[0], lat=here[1], k=k)
    assert index.tolist() == near.index.tolist() + [-1] * (k - len(near))
    assert np.isnan(metres[len(near) :]).all()
    assert metres[: len(near)].tolist() == near.metres.tolist()


@given(some, degrees, st.floats(0, 2.1e7), st.booleans())
def test_within_is_every_site_not_farther(places, here, radius_m, is_scanned):
    lng, lat = np.array(places).T
    sites = Sites(lng=lng, lat=lat, ids=range(len(places)))
    metres = distance_m(lng=here[0], lat=here[1], to_lng=lng, to_lat=lat)
    near = sites.within(
        lng=here[0],
        lat=here[1],
        radius_m=radius_m,
        mask=np.ones(lng.size, dtype=bool) if is_scanned else None,
    )
    assert sorted(near.ids) == np.flatnonzero(metres <= radius_m).tolist()
    assert near.ids == tuple(sorted(near.ids, key=lambda i: (metres[i], i)))
    assert np.abs(near.metres - metres[near.index]).max(initial=0) < 1e-4


@given(st.lists(degrees, max_size=20), degrees, degrees, st.floats(1, 3))
def test_along_is_every_site_within_the_ratio(places, start, end, ratio):
    lng, lat = np.array(places).reshape(-1, 2).T
    sites = Sites(lng=lng, lat=lat, ids=range(len(places)))
    there = distance_m(lng=start[0], lat=start[1], to_lng=lng, to_lat=lat)
    back = distance_m(lng=end[0], lat=end[1], to_lng=lng, to_lat=lat)
    whole = distance_m(lng=start[0], lat=start[1], to_lng=end[0], to_lat=end[1])
    expected = np.flatnonzero(there + back <= ratio * whole + 1e-6)
    near = sites.along(start=start, end=end, ratio=ratio)
    assert sorted(near.ids) == expected.tolist()


def test_few_questions_do_not_load_the_compiler():
    script = """
import sys
from geo.sites import Sites
sites = Sites(lng=[121.0, 121.1], lat=[25.0, 25.0], ids=["a", "b"])
assert sites.nearest(lng=121.0, lat=25.0).ids == ("a",)
assert sites.within(lng=121.0, lat=25.0, radius_m=10).ids == ("a",)
assert sites.along(start=(121.0, 25.0), end=(121.1, 25.0), ratio=1).ids == ("a", "b")
assert "numba" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)
