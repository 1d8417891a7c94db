"""What is known of sites narrows the search itself: k means k of those that count."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import CoordinateRefused, GeoError, SitesRefused
from geo.sites import Sites, Where

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOURS = range(-3, 4)
KINDS = ["camera", "atm", "station", None]
N = 3_000


def hours(n):
    return NOON + timedelta(hours=n)


def made(n, rng):
    """Sites with every attribute, a tenth of them online for a while only."""
    columns = {
        "kind": [KINDS[i] for i in rng.choice(4, n, p=[0.6, 0.3, 0.09, 0.01])],
        "owner": rng.choice(["city", "county", "bank"], n).tolist(),
        "reads_plates": (rng.random(n) < 0.4).tolist(),
    }
    since = [hours(int(h)) if h < 3 else None for h in rng.integers(-3, 9, n)]
    until = [hours(int(h) + 3) if h < 3 else None for h in rng.integers(-3, 9, n)]
    until = [
        None if end and start and end < start else end
        for start, end in zip(since, until, strict=True)
    ]
    lng, lat = rng.normal(121, 0.2, n), rng.normal(24, 0.2, n)
    ids = rng.permutation(n).tolist()
    sites = Sites(
        lng=lng,
        lat=lat,
        ids=ids,
        attributes=columns,
        online_from=since,
        online_until=until,
    )
    return sites, columns | {"since": since, "until": until}


def counted(columns, among, at):
    """Which rows count, told one by one."""
    n = len(columns["since"])
    return np.array(
        [
            all(columns[name][i] in values for name, values in among.items())
            and (at is None or (columns["since"][i] or at) <= at)
            and (at is None or columns["until"][i] is None or at < columns["until"][i])
            for i in range(n)
        ]
    )


CHOICES = {
    "one kind": ({"kind": ["camera"]}, None),
    "two kinds": ({"kind": ["camera", "station"]}, None),
    "a rare kind": ({"kind": [None]}, None),
    "all that is known": ({"kind": ["atm"], "owner": ["city"]}, None),
    "reads plates": ({"reads_plates": [True]}, None),
    "online": ({}, NOON),
    "just online": ({}, hours(-3)),
    "no longer online": ({}, hours(5)),
    "rarely online": ({"kind": ["station"]}, hours(-90)),
    "all at once": ({"kind": ["camera"], "reads_plates": [True]}, hours(1)),
    "a value that nobody has": ({"kind": ["tree"]}, None),
    "none of no values": ({"kind": []}, None),
}


@pytest.fixture(scope="module")
def sites():
    return made(N, np.random.default_rng(4))


@pytest.mark.parametrize(("among", "at"), CHOICES.values(), ids=CHOICES)
def test_k_means_k_of_those_that_count(sites, sorted_by_metres, among, at):
    sites, columns = sites
    rng = np.random.default_rng(2)
    lng, lat = rng.normal(121, 0.2, 60), rng.normal(24, 0.2, 60)
    is_counted = counted(columns, among, at)
    where = Where.of(online_at=at, **among)
    expected = sorted_by_metres(sites, lng, lat, counted=is_counted)
    index, _ = sites.nearest_many(lng=lng, lat=lat, k=12, where=where)
    found = sites.within_many(lng=lng, lat=lat, radius_m=5e3, where=where)
    scan = {"where": where, "mask": np.ones(N, dtype=bool)}
    for i, (rows, metres) in enumerate(expected):
        here = {"lng": lng[i].item(), "lat": lat[i].item()}
        assert index[i][index[i] >= 0].tolist() == rows[:12].tolist()
        one = sites.nearest_rows(**here, k=12, where=where)[0]
        assert one.tolist() == index[i].tolist()
        scanned = sites.nearest(**here, k=12, **scan)
        assert scanned.index.tolist() == rows[:12].tolist()
        near = rows[metres <= 5e3].tolist()
        part = slice(found.offsets[i], found.offsets[i + 1])
        assert found.index[part].tolist() == near
        assert sites.within(**here, radius_m=5e3, **scan).index.tolist() == near
        assert sites.within(**here, radius_m=5e3, where=where).index.tolist() == near


@pytest.mark.parametrize(("among", "at"), CHOICES.values(), ids=CHOICES)
def test_areas_and_ways_narrow_by_the_same(sites, among, at):
    from shapely import box

    sites, columns = sites
    is_counted, where = counted(columns, among, at), Where.of(online_at=at, **among)
    whole = box(120.9, 23.9, 121.1, 24.1)
    kept = [row for row in sites.inside(whole).tolist() if is_counted[row]]
    assert sites.inside(whole, where=where).tolist() == kept
    road = {"lng": [120.8, 121.2], "lat": [23.9, 24.1], "half_width_m": 3e3}
    kept = [row for row in sites.beside(**road).index.tolist() if is_counted[row]]
    assert sites.beside(**road, where=where).index.tolist() == kept
    way = {"start": (120.9, 24.0), "end": (121.1, 24.0), "ratio": 1.1}
    kept = [row for row in sites.along(**way).index.tolist() if is_counted[row]]
    assert sites.along(**way, where=where).index.tolist() == kept


@given(st.lists(st.tuples(st.sampled_from(HOURS), st.integers(0, 4)), max_size=9))
def test_a_site_is_online_from_its_beginning_and_at_its_end_no_longer(spans):
    sites = Sites(
        lng=[121.0] * len(spans),
        lat=[24.0] * len(spans),
        ids=range(len(spans)),
        online_from=[hours(since) for since, _ in spans],
        online_until=[hours(since + long) for since, long in spans],
    )
    for at in range(-4, 9):
        where = Where.of(online_at=hours(at))
        online = [i for i, (since, long) in enumerate(spans) if 0 <= at - since < long]
        near = sites.nearest(lng=121.0, lat=24.0, k=99, where=where)
        assert list(near.ids) == online


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.2])
def test_the_few_that_are_online_are_found_among_many_that_are_not(share):
    rng = np.random.default_rng(6)
    is_online = rng.random(600) < share
    sites = Sites(
        lng=rng.normal(121, 0.2, 600),
        lat=rng.normal(24, 0.2, 600),
        ids=range(600),
        attributes={"kind": ["camera", "atm"] * 300},
        online_until=[None if online else hours(-1) for online in is_online],
    )
    is_atm = np.arange(600) % 2 == 1
    for kind, counted in (None, is_online), ("atm", is_online & is_atm):
        where = Where.of(kind=kind, online_at=NOON)
        index, _ = sites.nearest_many(lng=[121.0], lat=[24.0], k=600, where=where)
        found = sorted(index[index >= 0].tolist())
        assert found == np.flatnonzero(counted).tolist()


TIMES = {
    "aware": [NOON, None],
    "another zone": [NOON.astimezone(timezone(timedelta(hours=8))), None],
    "pandas": [pd.Timestamp(NOON), pd.NaT],
    "datetime64": np.array(["2026-03-01T12:00", "NaT"], dtype="datetime64[s]"),
    "seconds": np.array([NOON.timestamp(), np.nan]),
    "seconds and nothing": [NOON.timestamp(), None],
}


@pytest.mark.parametrize("times", TIMES.values(), ids=TIMES)
def test_times_may_be_written_in_several_ways(times):
    pair = {"lng": [121.0, 121.0], "lat": [24.0, 24.0], "ids": "ab"}
    here = {"lng": 121.0, "lat": 24.0, "k": 2}
    sites = Sites(**pair, online_from=times)
    before = Where.of(online_at=NOON - timedelta(seconds=1))
    assert sites.nearest(**here, where=before).ids == ("b",)
    assert sites.nearest(**here, where=Where.of(online_at=NOON)).ids == ("a", "b")
    sites = Sites(**pair, online_until=times)
    assert sites.nearest(**here, where=before).ids == ("a", "b")
    assert sites.nearest(**here, where=Where.of(online_at=NOON)).ids == ("b",)


def test_an_hour_that_comes_twice_is_two_hours():
    zone = ZoneInfo("Europe/Berlin")
    first, again = (datetime(2026, 10, 25, 2, 30, tzinfo=zone, fold=n) for n in (0, 1))
    began = [again.timestamp()]
    sites = Sites(lng=[121.0], lat=[24.0], ids=["a"], online_from=began)
    here = {"lng": 121.0, "lat": 24.0}
    found = [
        sites.nearest_rows(**here, where=Where.of(online_at=at))[0].item()
        for at in (first, again)
    ]
    assert found == [-1, 0]


def test_the_order_of_naming_makes_no_other_choice():
    one = Where.of(kind="atm", owner=["city", "bank"])
    assert one == Where.of(owner=("bank", "city"), kind=["atm"])
    assert Where.of(kind=None) == Where()


ONE = {"lng": [121.0], "lat": [24.0], "ids": ["a"]}
TWO = {"lng": [121.0, 121.0], "lat": [24.0, 24.0], "ids": ["a", "b"]}

REFUSED = [
    (TWO | {"lng": [121.0]}, "lengths"),
    (TWO | {"lat": [24.0]}, "lengths"),
    (TWO | {"ids": ["a"]}, "lengths"),
    (TWO | {"attributes": {"kind": ["atm"]}}, "lengths"),
    (TWO | {"online_from": [None]}, "lengths"),
    (TWO | {"ids": ["a", "a"]}, "duplicate"),
    (ONE | {"lng": [np.nan]}, "nan"),
    (ONE | {"lat": [np.inf]}, "nan"),
    (ONE | {"lng": ["x"]}, "nan"),
    (ONE | {"lng": [24.0], "lat": [121.0]}, "swapped"),
    (ONE | {"lng": [250_000.0], "lat": [2_700_000.0]}, "metres"),
    (ONE | {"online_from": [NOON], "online_until": [hours(-1)]}, "time"),
    (ONE | {"online_from": [datetime(2026, 3, 1)]}, "time"),
    (ONE | {"online_from": ["2026-03-01"]}, "time"),
]


@pytest.mark.parametrize(("given", "kind"), REFUSED)
def test_sites_that_make_no_sense_are_refused_with_a_reason(given, kind):
    with pytest.raises((SitesRefused, CoordinateRefused)) as refused:
        Sites(**given)
    assert refused.value.kind == kind
    assert isinstance(refused.value, GeoError)


def test_which_id_occurs_twice_is_named_at_once_among_very_many():
    n = 200_000
    with pytest.raises(SitesRefused, match="199998"):
        Sites(lng=np.zeros(n), lat=np.zeros(n), ids=[*range(n - 1), n - 2])


def test_a_time_without_zone_is_no_choice():
    for make in (Where.of, lambda online_at: Where((), online_at)):
        with pytest.raises(SitesRefused) as refused:
            make(online_at=datetime(2026, 3, 1))
        assert refused.value.kind == "time"
