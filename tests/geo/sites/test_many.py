"""Many questions at once equal measuring every site, on sets made to be hard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import GEOD
from geo.errors import SitesRefused
from geo.sites import Sites

SAME_M = 1e-4


def clustered(n, rng):
    """Sites as they stand in towns: many close together, few far away."""
    towns = rng.uniform((120.0, 22.0), (122.0, 25.3), (max(n // 100, 1), 2))
    far = rng.exponential(0.02, (n, 1)) * rng.normal(0, 1, (n, 2))
    return (towns[rng.integers(0, len(towns), n)] + far).T


def on_few_spots(n, rng):
    spots = rng.uniform((121.0, 24.0), (121.2, 24.2), (n // 8, 2))
    return spots[rng.integers(0, len(spots), n)].T


def on_one_spot(n, rng):
    lng, lat = clustered(n, rng)
    lng[: n // 2], lat[: n // 2] = 121.0, 24.0
    return lng, lat


def on_a_parallel(n, rng):
    return rng.uniform(120.0, 122.0, n), np.full(n, 24.0)


def on_a_meridian(n, rng):
    return np.full(n, 121.0), rng.uniform(22.0, 25.0, n)


def on_a_lattice(n, rng):
    """As far to the east as to the west, over and over."""
    side = int(np.sqrt(n))
    lng, lat = np.meshgrid(np.arange(side), np.arange(side))
    return 121 + lng.ravel() / 128, 24 + lat.ravel() / 128


def around_a_pole(n, rng):
    return rng.uniform(-180, 180, n), 90 - rng.exponential(0.2, n).clip(0, 5)


def at_the_date_line(n, rng):
    lng = 180 + rng.normal(0, 0.3, n)
    return np.where(lng > 180, lng - 360, lng), rng.uniform(-17, -16, n)


def all_over_the_earth(n, rng):
    return rng.uniform(-180, 180, n), np.degrees(np.arcsin(rng.uniform(-1, 1, n)))


def rings_around(lng, lat, n, rng):
    """Rings so narrow that chords do not tell who is nearer."""
    metres = rng.choice([1e3, 5e4, 1e5, 2.5e5], n) + rng.uniform(-0.02, 0.02, n)
    start = np.full(n, lng), np.full(n, lat)
    return GEOD.fwd(*start, rng.uniform(0, 360, n), metres)[:2]


def in_rings(n, rng):
    return rings_around(121.0, 24.0, n, rng)


SETS = {
    make.__name__: make
    for make in (
        clustered,
        on_few_spots,
        on_one_spot,
        on_a_parallel,
        on_a_meridian,
        on_a_lattice,
        around_a_pole,
        at_the_date_line,
        all_over_the_earth,
        in_rings,
    )
}


def sites_of(lng, lat, rng):
    return Sites(lng=lng, lat=lat, ids=rng.permutation(lng.size).tolist())


def questions_about(sites, rng, n=15):
    """Places at sites, near them, between two and anywhere around."""
    one, other = rng.integers(0, sites.lng.size, (2, n))
    at = np.stack((sites.lng[one], sites.lat[one]))
    near = at + rng.normal(0, 0.01, at.shape)
    between = (at + np.stack((sites.lng[other], sites.lat[other]))) / 2
    side_by_side = at[:, :1] + rng.normal(0, 0.003, at.shape)
    fixed = np.array([[121.0, 121 + 1 / 256, 0.0, 180.0], [24.0, 24.0, 90.0, 0.0]])
    lng, lat = np.concatenate((at, near, between, side_by_side, fixed), axis=1)
    return (lng + 180) % 360 - 180, np.clip(lat, -90, 90)


@pytest.fixture(scope="module", params=SETS)
def asked(request):
    rng = np.random.default_rng(20_210_920)
    sites = sites_of(*SETS[request.param](1_200, rng), rng)
    return sites, *questions_about(sites, rng)


def assert_nearest(found, expected, k):
    index, metres = found
    for i, (rows, metres_to) in enumerate(expected):
        padding = [-1] * (k - min(k, rows.size))
        assert index[i].tolist() == rows[:k].tolist() + padding
        assert np.isnan(metres[i, rows.size :]).all()
        off_m = np.abs(metres[i, : rows.size] - metres_to[:k])
        assert off_m.max(initial=0) < SAME_M


@pytest.mark.parametrize("k", [1, 10, 80])
def test_the_nearest_of_many_are_those_of_measuring_all(asked, sorted_by_metres, k):
    sites, lng, lat = asked
    found = sites.nearest_many(lng=lng, lat=lat, k=k)
    assert_nearest(found, sorted_by_metres(sites, lng, lat), k)


@pytest.mark.parametrize("radius_m", [0.0, 900.0, 60_000.0, 500_000.0])
def test_no_nearest_is_beyond_the_radius(asked, sorted_by_metres, radius_m):
    sites, lng, lat = asked
    found = sites.nearest_many(lng=lng, lat=lat, k=10, radius_m=radius_m)
    expected = sorted_by_metres(sites, lng, lat, radius_m=radius_m)
    assert_nearest(found, expected, 10)


def test_one_question_is_answered_as_many_are(asked):
    sites, lng, lat = asked
    index, metres = sites.nearest_many(lng=lng, lat=lat, k=10)
    for i in range(lng.size):
        one, one_m = sites.nearest_rows(lng=lng[i].item(), lat=lat[i].item(), k=10)
        assert one.tolist() == index[i].tolist()
        assert np.abs(one_m - metres[i]).max() < SAME_M


@pytest.mark.parametrize("radius_m", [0.0, 900.0, 25_000.0, 400_000.0])
def test_within_of_many_is_every_site_not_farther(asked, sorted_by_metres, radius_m):
    sites, lng, lat = asked
    found = sites.within_many(lng=lng, lat=lat, radius_m=radius_m)
    expected = sorted_by_metres(sites, lng, lat, radius_m=radius_m)
    assert_within(found, expected)


def assert_within(found, expected):
    for i, (rows, metres_to) in enumerate(expected):
        part = slice(found.offsets[i], found.offsets[i + 1])
        assert found.index[part].tolist() == rows.tolist()
        assert np.abs(found.metres[part] - metres_to).max(initial=0) < SAME_M
    assert found.offsets[-1] == found.index.size == found.metres.size


def test_the_rim_of_each_radius_counts_and_beyond_it_nothing(asked, metres_to):
    sites, lng, lat = asked
    metres = metres_to(sites, lng, lat)
    row = np.random.default_rng(1).integers(0, sites.lng.size, lng.size)
    rim = metres[np.arange(lng.size), row]
    for radius_m in (rim, np.nextafter(rim, np.inf), np.nextafter(rim, 0)):
        found = sites.within_many(lng=lng, lat=lat, radius_m=radius_m)
        expected = (metres <= radius_m[:, None]).sum(axis=1)
        assert np.diff(found.offsets).tolist() == expected.tolist()


def test_two_threads_answer_as_one_does(asked):
    sites, lng, lat = asked
    one, two = (
        sites.nearest_many(lng=lng, lat=lat, k=5, threads=threads) for threads in (1, 2)
    )
    assert np.array_equal(one[0], two[0])
    assert np.abs(one[1] - two[1]).max() < SAME_M
    one, two = (
        sites.within_many(lng=lng, lat=lat, radius_m=9e3, threads=threads)
        for threads in (1, 2)
    )
    assert np.array_equal(one.offsets, two.offsets)
    assert np.array_equal(one.index, two.index)


def test_twenty_thousand_sites_and_a_crowd_of_questions(sorted_by_metres):
    """So many questions side by side that they share lists of sites."""
    rng = np.random.default_rng(7)
    sites = sites_of(*clustered(20_000, rng), rng)
    lng, lat = questions_about(sites, rng, 1_000)
    found = sites.nearest_many(lng=lng, lat=lat, k=10)
    some = rng.choice(lng.size, 100, replace=False)
    expected = sorted_by_metres(sites, lng[some], lat[some])
    assert_nearest((found[0][some], found[1][some]), expected, 10)
    for i in range(lng.size):
        one, _ = sites.nearest_rows(lng=lng[i].item(), lat=lat[i].item(), k=10)
        assert one.tolist() == found[0][i].tolist()


@pytest.mark.parametrize("metres", [1e3, 1e5, 2.9e5])
def test_more_ties_than_there_is_room_for_are_told_apart(sorted_by_metres, metres):
    rng = np.random.default_rng(3)
    turn, n = rng.uniform(0, 360, 3_000), 3_000
    off_m = metres + rng.uniform(-0.01, 0.01, n)
    lng, lat, _ = GEOD.fwd(np.full(n, 121.0), np.full(n, 24.0), turn, off_m)
    sites = sites_of(lng, lat, rng)
    found = sites.nearest_many(lng=[121.0] * 6, lat=[24.0] * 6, k=10)
    assert_nearest(found, sorted_by_metres(sites, [121.0] * 6, [24.0] * 6), 10)


@pytest.mark.parametrize("metres", [1e5, 2e5])
def test_a_crowd_behind_does_not_hide_what_chords_put_in_the_wrong_order(metres):
    """To the north a chord is shorter than to the east, at the same metres."""
    rng = np.random.default_rng(3)
    n = 800
    turn = np.concatenate(([0.0, 90.0], rng.uniform(0, 360, n)))
    off_m = metres + np.concatenate(([0.005, 0.0], rng.uniform(0.05, 0.6, n)))
    start = np.full(n + 2, 121.0), np.full(n + 2, 24.0)
    lng, lat, _ = GEOD.fwd(*start, turn, off_m)
    sites = Sites(lng=lng, lat=lat, ids=range(n + 2))
    found, _ = sites.nearest_many(lng=[121.0] * 6, lat=[24.0] * 6, k=2)
    assert found.tolist() == [[1, 0]] * 6
    assert sites.nearest_rows(lng=121.0, lat=24.0, k=2)[0].tolist() == [1, 0]


def test_two_on_one_spot_do_not_hide_another_as_near(sorted_by_metres):
    """Two fill k and the place behind it; pyproj may put a third before both."""
    rng = np.random.default_rng(9)
    for metres in rng.uniform(3e4, 2e5, 100):
        turn = rng.uniform(0, 360, 2)[[0, 0, 1]]
        start = np.full(3, 121.0), np.full(3, 24.0)
        lng, lat, _ = GEOD.fwd(*start, turn, np.full(3, metres))
        sites = Sites(lng=lng, lat=lat, ids=[1, 2, 0])
        found = sites.nearest_many(lng=[121.0], lat=[24.0])
        assert_nearest(found, sorted_by_metres(sites, [121.0], [24.0]), 1)


@pytest.mark.parametrize("make", SETS.values(), ids=SETS)
def test_metres_in_doubt_cover_what_the_formula_is_off(make, metres_to):
    """What is taken for sure is off by less than what is taken for doubtful."""
    from geo.sites import metres as formula
    from geo.sites.scan import NEAR_M
    from geo.sites.tree import frame_at, spots

    rng = np.random.default_rng(5)
    sites = sites_of(*make(2_000, rng), rng)
    lng, lat = questions_about(sites, rng, 10)
    frame = frame_at(121.0, 24.0)
    desk = formula.desk_for(sites.lng.size)
    desk[:3, : sites.lng.size] = spots(sites.lng, sites.lat, frame).T
    desk[:3, sites.lng.size :] = 0
    for here, exact in zip(
        spots(lng, lat, frame), metres_to(sites, lng, lat), strict=True
    ):
        formula.bend(desk, formula.NEAR, exact.size, tuple(here.tolist()), frame)
        bent = desk[formula.METRES, : exact.size]
        near = exact <= NEAR_M
        slack = np.array([formula.slack_m(one) for one in exact[near]])
        assert (np.abs(bent - exact)[near] <= slack / 2).all()
        assert (bent[~near] > NEAR_M - 1).all()


degrees = st.tuples(
    st.floats(-180, 180) | st.sampled_from([121.0, 121.25, 121.5, 180.0, -180.0]),
    st.floats(-90, 90) | st.sampled_from([24.0, 24.25, 24.5, 90.0, -90.0]),
)
places = st.lists(degrees, min_size=1, max_size=30)


@given(places, places, st.integers(1, 6), st.floats(0, 2.1e7) | st.just(np.inf))
def test_a_few_sites_anywhere_are_found_as_by_measuring(
    sorted_by_metres, at, here, k, radius_m
):
    (x, y), (lng, lat) = np.array(at).T, np.array(here).T
    sites = Sites(lng=x, lat=y, ids=range(x.size, 0, -1))
    expected = sorted_by_metres(sites, lng, lat, radius_m=radius_m)
    found = sites.nearest_many(lng=lng, lat=lat, k=k, radius_m=radius_m)
    assert_nearest(found, expected, k)
    if np.isfinite(radius_m):
        found = sites.within_many(lng=lng, lat=lat, radius_m=radius_m)
        assert_within(found, expected)


def test_a_bad_row_is_left_empty_and_stops_no_other():
    sites = Sites(lng=[121.0], lat=[24.0], ids=["a"])
    lng = [121.0, np.nan, np.inf, "121", None, 24.0, 181.0, True, 10**400, 121.0]
    lat = [24.0, 24.0, 24.0, 24.0, 24.0, 121.0, 24.0, 24.0, 24.0, -np.inf]
    index, metres = sites.nearest_many(lng=lng, lat=lat, k=2)
    assert index.tolist() == [[0, -1]] + [[-1, -1]] * 9
    assert metres[0, 0] == 0
    assert np.isnan(metres).sum() == 19
    found = sites.within_many(lng=lng, lat=lat, radius_m=1e7)
    assert found.offsets.tolist() == [0] + [1] * 10


def test_one_text_among_numbers_does_not_spoil_the_others():
    sites = Sites(lng=[121.0], lat=[24.0], ids=["a"])
    index, _ = sites.nearest_many(lng=["here", 121.0], lat=[24.0, 24.0])
    assert index.tolist() == [[-1], [0]]


def test_no_places_and_no_sites_give_empty_answers():
    sites = Sites(lng=[121.0], lat=[24.0], ids=["a"])
    index, metres = sites.nearest_many(lng=[], lat=[], k=3)
    assert index.shape == metres.shape == (0, 3)
    assert sites.within_many(lng=[], lat=[], radius_m=1).offsets.tolist() == [0]
    none = Sites(lng=[], lat=[], ids=[])
    assert none.nearest_many(lng=[121.0], lat=[24.0], k=2)[0].tolist() == [[-1, -1]]
    assert none.within_many(lng=[121.0], lat=[24.0], radius_m=9e9).index.size == 0


def test_each_place_may_have_its_own_radius(sorted_by_metres):
    rng = np.random.default_rng(11)
    sites = sites_of(*clustered(500, rng), rng)
    lng, lat = questions_about(sites, rng, 20)
    radius_m = rng.exponential(2e4, lng.size)
    found = sites.within_many(lng=lng, lat=lat, radius_m=radius_m, threads=2)
    assert_within(found, sorted_by_metres(sites, lng, lat, radius_m=radius_m))


@pytest.mark.parametrize(
    "ask",
    [
        lambda sites: sites.nearest_many(lng=[121.0, 121.0], lat=[24.0]),
        lambda sites: sites.within_many(lng=[121.0], lat=[], radius_m=1),
        lambda sites: sites.within_many(lng=[121.0], lat=[24], radius_m=[1, 2]),
    ],
)
def test_columns_of_different_length_are_refused(ask):
    with pytest.raises(SitesRefused) as refused:
        ask(Sites(lng=[121.0], lat=[24.0], ids=["a"]))
    assert refused.value.kind == "lengths"
