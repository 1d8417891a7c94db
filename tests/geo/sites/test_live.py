"""Sites that change are, at every question, the sites that are there."""

import sys
import threading
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from geo.errors import CoordinateRefused, SitesRefused
from geo.sites import LiveSites, Sites, Where
from geo.sites.live import GONE_LEAST, LATEST_MOST

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIDE = np.arange(5) / 64
LNG, LAT = (axis.ravel() for axis in np.meshgrid(121 + SIDE, 24 + SIDE))
ASKED = {"lng": [121.0, 121 + 1 / 128, 121.05], "lat": [24.0, 24.03125, 24.05]}
ROAD = {"lng": [121.0, 121.07], "lat": [24.0, 24.06], "half_width_m": 900.0}
YARD = shapely.box(121, 24, 121.03125, 24.046875)
KINDS = ["camera", "atm", "station", None]

ids = st.integers(-40, 40)
details = st.tuples(
    st.integers(0, LNG.size - 1),
    st.sampled_from(KINDS),
    st.integers(0, 3),
    st.integers(3, 6),
)
some = st.dictionaries(ids, details, max_size=6)
chosen = st.tuples(
    st.none() | st.lists(st.sampled_from(KINDS), min_size=1, max_size=2),
    st.none() | st.integers(0, 6),
)


def hour(n):
    return START + timedelta(hours=n)


def sites_of(model):
    """Sites made anew of a dict: id to (place, kind, online from, until)."""
    at = [place for place, *_ in model.values()]
    return Sites(
        lng=LNG[at],
        lat=LAT[at],
        ids=list(model),
        attributes={"kind": [kind for _, kind, *_ in model.values()]},
        online_from=[hour(since) for *_, since, _ in model.values()],
        online_until=[hour(until) for *_, until in model.values()],
    )


def answers(sites, where):
    """All that can be asked of sites, by id and not by row."""
    index, metres = sites.nearest_many(**ASKED, k=7, where=where)
    within = sites.within_many(**ASKED, radius_m=2_500.0, where=where)
    beside = sites.beside(**ROAD, where=where)
    here = {"lng": ASKED["lng"][1], "lat": ASKED["lat"][1]}
    named = np.array([*sites.ids, "nothing"], dtype=object)
    return {
        "nearest": named[index].tolist(),
        "metres": np.nan_to_num(metres, nan=-1).round(3).tolist(),
        "within": named[within.index].tolist(),
        "each": within.offsets.tolist(),
        "inside": named[sites.inside(YARD, where=where)].tolist(),
        "beside": beside.ids,
        "one": sites.nearest(**here, k=5, where=where).ids,
        "near": sites.within(**here, radius_m=1_800.0, where=where).ids,
        "how many": len(sites),
    }


def where_of(kinds, at):
    return Where.of(kind=kinds, online_at=None if at is None else hour(at))


class Changing(RuleBasedStateMachine):
    """`LiveSites` beside a dict of what is there."""

    @initialize(model=some)
    def begin(self, model):
        self.live, self.model = LiveSites(sites_of(model)), dict(model)
        self.kept, self.n_filled = [], 0

    @rule(more=some)
    def insert(self, more):
        known = [name for name in more if name in self.model]
        if known:
            with pytest.raises(SitesRefused) as refused:
                self.live.insert(sites_of(more))
            assert refused.value.kind == "duplicate"
            return
        assert self.live.insert(sites_of(more)) is self.live.now
        self.model |= more

    @rule(put=some, remove=st.sets(ids, max_size=4))
    def apply(self, put, remove):
        if not remove <= set(self.model):
            with pytest.raises(SitesRefused) as refused:
                self.live.apply(put=sites_of(put), remove=remove)
            assert refused.value.kind == "unknown"
            return
        self.live.apply(put=sites_of(put), remove=remove)
        self.model = {n: one for n, one in self.model.items() if n not in remove} | put

    @rule(data=st.data())
    def delete(self, data):
        if self.model:
            gone = data.draw(st.lists(st.sampled_from(list(self.model)), max_size=4))
            self.live.delete(gone)
            self.model = {n: one for n, one in self.model.items() if n not in gone}

    @rule(data=st.data(), place=details)
    def update(self, data, place):
        if self.model:
            name = data.draw(st.sampled_from(list(self.model)))
            at, kind, since, until = self.model[name]
            part = data.draw(st.sampled_from(["place", "kind", "time"]))
            if part == "place":
                at = place[0]
                self.live.update([name], lng=LNG[[at]], lat=LAT[[at]])
            elif part == "kind":
                kind = place[1]
                self.live.update([name], attributes={"kind": [kind]})
            else:
                since, until = place[2:]
                times = {"online_from": [hour(since)], "online_until": [hour(until)]}
                self.live.update([name], **times)
            self.model[name] = (at, kind, since, until)

    @rule()
    def fill_up(self):
        """So many that the trees are planted anew."""
        names = range(100 + self.n_filled, 100 + self.n_filled + LATEST_MOST + 9)
        self.n_filled += len(names)
        more = {n: (n * 7 % LNG.size, KINDS[n % 4], n % 3, 3 + n % 3) for n in names}
        self.live.apply(put=sites_of(more))
        self.model |= more

    @rule()
    def empty(self):
        """So many that their rows are left out."""
        many = [name for name in self.model if name >= 100]
        self.live.apply(remove=many)
        self.model = {n: one for n, one in self.model.items() if n < 100}

    @rule(choice=chosen)
    def ask(self, choice):
        where = where_of(*choice)
        assert answers(self.live.now, where) == answers(sites_of(self.model), where)

    @rule(choice=chosen)
    def keep(self, choice):
        where, now = where_of(*choice), self.live.now
        self.kept.append((now, where, answers(sites_of(self.model), where)))

    @rule()
    def ask_those_of_before(self):
        for sites, where, then in self.kept:
            assert answers(sites, where) == then

    @rule()
    def go_on_from_a_copy(self):
        """What is done to one must not be seen in the other."""
        other = LiveSites(self.live.now)
        self.live.delete(list(self.model)[:2])
        self.live.apply(put=sites_of({99: (0, "atm", 0, 6)}))
        self.live = other

    @rule(choice=chosen, data=st.data())
    def begin_again_from_before(self, choice, data):
        if self.kept:
            sites, where, then = data.draw(st.sampled_from(self.kept))
            other = LiveSites(sites)
            other.apply(put=sites_of({-999: (24, "atm", 0, 6)}))
            other.delete([-999])
            assert answers(other.now, where) == then

    @invariant()
    def as_many_are_there(self):
        if hasattr(self, "live"):
            assert len(self.live.now) == len(self.model)


TestChanging = Changing.TestCase
TestChanging.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)

THREE = {"b": (0, "atm", 0, 6), "c": (1, "camera", 0, 6), "d": (2, None, 0, 6)}
OTHERS = Sites(lng=[121.0], lat=[24.0], ids=["x"], attributes={"owner": ["city"]})

REFUSED = [
    (lambda live: live.apply(remove=["b", "c", "nobody"]), "unknown"),
    (lambda live: live.apply(put=sites_of(THREE), remove=["nobody"]), "unknown"),
    (lambda live: live.apply(put=OTHERS, remove=["b"]), "attribute"),
    (lambda live: live.insert(OTHERS), "attribute"),
    (lambda live: live.insert(sites_of({"a": THREE["b"]} | THREE)), "duplicate"),
    (lambda live: live.delete(["c", "nobody"]), "unknown"),
    (lambda live: live.update(["b", "nobody"], lng=[121.0, 121.0]), "unknown"),
    (lambda live: live.update(["b", "b"], lng=[121.0, 121.0]), "duplicate"),
    (lambda live: live.update(["b", "c"], lng=[121.0]), "lengths"),
    (lambda live: live.update(["b"], lng=[np.nan]), "nan"),
    (lambda live: live.update(["b"], attributes={"owner": ["city"]}), "attribute"),
    (lambda live: live.update(["b"], online_from=[hour(9)]), "time"),
]


@pytest.mark.parametrize(("change", "kind"), REFUSED)
def test_what_is_refused_changes_nothing(change, kind):
    live, ever = LiveSites(sites_of(THREE)), Where()
    live.apply(put=sites_of({"e": (3, "atm", 0, 6)}))
    before, columns = live.now, live.now.view.columns
    told, names, table = answers(before, ever), [*live._ids], columns.table.copy()
    with pytest.raises((SitesRefused, CoordinateRefused)) as refused:
        change(live)
    assert refused.value.kind == kind
    assert live.now is before
    assert answers(live.now, ever) == told
    assert (columns.table == table).all()
    assert live._ids == names
    live.apply(put=sites_of({"a": (0, "atm", 0, 6)}), remove=["b"])
    there = {"a": (0, "atm", 0, 6), "e": (3, "atm", 0, 6)} | THREE
    del there["b"]
    assert answers(live.now, ever) == answers(sites_of(there), ever)


def test_two_that_begin_with_the_same_sites_do_not_see_each_other():
    sites = sites_of(THREE)
    one, other = LiveSites(sites), LiveSites(sites)
    one.delete(["b"])
    other.delete(["c"])
    assert one.now.nearest(lng=121.0, lat=24.0, k=9).ids == ("c", "d")
    assert other.now.nearest(lng=121.0, lat=24.0, k=9).ids == ("b", "d")
    assert len(sites) == 3


def test_who_begins_with_sites_of_before_does_not_see_what_was_removed_since():
    live = LiveSites(sites_of(THREE))
    before = live.now
    live.delete(["b"])
    again = LiveSites(before)
    again.delete(["c"])
    assert again.now.nearest(lng=121.0, lat=24.0, k=9).ids == ("b", "d")


def test_sites_that_were_removed_are_not_put_in_with_the_others():
    changed = LiveSites(sites_of(THREE))
    changed.apply(put=sites_of({"c": (7, "atm", 0, 6)}), remove=["b"])
    live = LiveSites(sites_of({}))
    live.insert(changed.now)
    assert live.now.nearest(lng=121.0, lat=24.0, k=9).ids == ("d", "c")
    live.apply(put=changed.now)
    assert len(live.now) == 2


def test_an_end_of_the_time_online_is_opened_by_nan():
    live = LiveSites(sites_of(THREE))
    later = Where.of(online_at=hour(9))
    assert live.now.nearest(lng=121.0, lat=24.0, where=later).ids == ()
    live.update(["b"], online_until=[np.nan])
    assert live.now.nearest(lng=121.0, lat=24.0, where=later).ids == ("b",)


def test_ids_between_two_others_never_run_out_of_room():
    """Each id halves the gap between two ranks, until all need ranks anew."""
    live = LiveSites(sites_of({0: (0, "atm", 0, 6), 1: (0, "atm", 0, 6)}))
    names = [1 - Fraction(1, 2**n) for n in range(1, 120)]
    for name in names:
        live.insert(sites_of({name: (0, "atm", 0, 6)}))
    near = live.now.nearest(lng=121.0, lat=24.0, k=999)
    assert near.ids == (0, *names, 1)


def test_an_id_of_another_kind_puts_ids_in_the_order_of_coming():
    live = LiveSites(sites_of({2: (0, "atm", 0, 6), 1: (0, "atm", 0, 6)}))
    assert live.now.nearest(lng=121.0, lat=24.0, k=9).ids == (1, 2)
    live.insert(sites_of({"x": (0, "atm", 0, 6)}))
    live.insert(sites_of({0: (0, "atm", 0, 6)}))
    assert live.now.nearest(lng=121.0, lat=24.0, k=9).ids == (2, 1, "x", 0)


def test_changes_by_the_thousand_leave_neither_rows_nor_a_crowd_behind():
    live = LiveSites(sites_of({n: (n % 25, "atm", 0, 6) for n in range(60)}))
    live.now.nearest_many(lng=[121.0], lat=[24.0])
    for n in range(3 * GONE_LEAST):
        live.update([n % 60], lng=LNG[[n % 25]], lat=LAT[[n % 25]])
        view, forest = live.now.view, live.now.forest
        assert len(view.columns) <= 60 + GONE_LEAST
        assert forest is not None
        assert len(view.columns) - forest.n <= LATEST_MOST
        assert len(live._ids) == len(view.columns)


def test_the_writer_plants_the_trees_and_no_reader_has_to():
    live = LiveSites(sites_of(THREE))
    assert live.now.forest is None
    live.delete(["b"])
    planted = live.now.forest
    assert planted is not None
    live.delete(["c"])
    assert live.now.forest is planted


def in_threads(*works):
    """Run works beside each other until the first, which ends, has ended."""
    wrong, is_over = [], threading.Event()

    def run(work):
        try:
            while not is_over.is_set() and work():
                pass
        except BaseException as error:
            wrong.append(error)
        if work is works[0] or wrong:
            is_over.set()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # as many chances to go wrong as can be
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    if wrong:
        raise wrong[0]


def test_no_thread_ever_sees_half_a_change():
    """All of forty sites move at once, and always to one of two places."""
    n, ways = 40, ({"lng": 121.0, "lat": 24.0}, {"lng": 121.0625, "lat": 24.0625})
    both = {name: [way[name] for way in ways] for name in ("lng", "lat")}
    at = {
        place: sites_of({i: (place, "atm", 0, 6) for i in range(n)})
        for place in (0, 24)
    }
    live, rounds = LiveSites(at[0]), iter(range(150))
    atm = Where.of(kind="atm")

    def move():
        i = next(rounds, None)
        if i is not None:
            live.apply(put=at[24 * (i % 2)])
        return i is not None

    def look():
        now = live.now
        of_each = np.diff(now.within_many(**both, radius_m=5.0, where=atm).offsets)
        assert sorted(of_each.tolist()) == [0, n]
        here = ways[int(np.argmax(of_each))]
        assert now.nearest(**here, k=n, radius_m=5.0).ids == tuple(range(n))
        return True

    def look_at_one():
        index, _ = live.now.nearest_rows(**ways[0], k=n + 1)
        assert (index >= 0).sum() == n
        return True

    in_threads(move, look, look, look_at_one)


def test_writers_beside_each_other_lose_nothing():
    live = LiveSites(sites_of({}))

    def worker(first):
        numbers = iter(range(first, first + 1_500, 5))

        def work():
            n = next(numbers, None)
            if n is None:
                return False
            live.insert(sites_of({n: (n % 25, "atm", 0, 6)}))
            assert n in live.now.nearest(lng=121.0, lat=24.0, k=9_999).ids
            live.update([n], attributes={"kind": ["camera"]})
            if n % 2:
                live.delete([n])
            return True

        return work

    works = [worker(first) for first in (0, 1)]
    in_threads(*works)
    while works[1]():
        pass
    kept = [n for n in range(1_500) if n % 5 < 2 and n % 2 == 0]
    assert sorted(live.now.nearest(lng=121.0, lat=24.0, k=9_999).ids) == kept
