import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import distance_m
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


@pytest.mark.parametrize(
    ("lng", "lat", "ids", "why"),
    [
        ([121.0], [25.0], ["a", "b"], "1 lng, 1 lat and 2 ids"),
        ([121.0, 121.0], [25.0, 25.0], ["a", "a"], "twice"),
        ([np.nan], [25.0], ["a"], "finite"),
        ([25.0], [121.0], ["a"], "degrees"),
    ],
)
def test_unusable_sites_are_refused(lng, lat, ids, why):
    with pytest.raises(ValueError, match=why):
        Sites(lng=lng, lat=lat, ids=ids)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda: FOUR.nearest(lng=121, lat=25, k=0), "k=0"),
        (lambda: FOUR.nearest(lng=25, lat=121), "degrees"),
        (lambda: FOUR.within(lng=np.nan, lat=25, radius_m=1), "degrees"),
        (lambda: FOUR.within(lng=121, lat=25, radius_m=-1), "radius_m"),
        (lambda: FOUR.within(lng=121, lat=25, radius_m=np.nan), "radius_m"),
        (lambda: FOUR.nearest(lng=121, lat=25, mask=np.array([True])), "mask"),
        (lambda: FOUR.along(start=(0, 0), end=(1, 1), ratio=0.9), "ratio"),
    ],
)
def test_an_unusable_question_is_refused(ask, why):
    with pytest.raises(ValueError, match=why):
        ask()


degrees = st.tuples(
    st.one_of(st.floats(-180, 180), st.floats(120, 122), st.just(180.0)),
    st.one_of(st.floats(-90, 90), st.floats(22, 25), st.just(90.0)),
)


@given(
    st.lists(st.tuples(degrees, st.booleans()), min_size=1, max_size=30),
    degrees,
    st.integers(1, 8),
)
def test_the_nearest_is_the_shortest_of_all(places, here, k):
    lng, lat = np.array([place for place, _ in places]).T
    mask = np.array([is_counted for _, is_counted in places])
    sites = Sites(lng=lng, lat=lat, ids=range(len(places)))
    metres = distance_m(lng=here[0], lat=here[1], to_lng=lng, to_lat=lat)
    every = np.lexsort((np.arange(lng.size), metres))
    expected = [i for i in every if mask[i]][:k]
    near = sites.nearest(lng=here[0], lat=here[1], k=k, mask=mask)
    assert near.index.tolist() == expected
    assert near.metres.tolist() == metres[expected].tolist()


@given(st.lists(degrees, max_size=30), degrees, st.floats(0, 2.1e7))
def test_within_is_every_site_not_farther(places, here, radius_m):
    lng, lat = np.array(places).reshape(-1, 2).T
    sites = Sites(lng=lng, lat=lat, ids=range(len(places)))
    metres = distance_m(lng=here[0], lat=here[1], to_lng=lng, to_lat=lat)
    near = sites.within(lng=here[0], lat=here[1], radius_m=radius_m)
    assert sorted(near.ids) == np.flatnonzero(metres <= radius_m).tolist()
    assert (np.diff(near.metres) >= 0).all()


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
