"""Fences that come and go are, at every question, the fences that are there."""

import sys
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from shapely import Polygon

from geo.crs import Bounds
from geo.fences import Circle, Corridor, Fence, Fences, Region
from geo.fences.boxes import boxes_of
from geo.fences.rims import holds

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTES = st.integers(0, 9)
PLACES = np.stack(np.meshgrid(np.linspace(121, 121.1, 6), np.linspace(24, 24.1, 6)))
LNG, LAT = PLACES.reshape(2, -1)

spots = st.integers(0, LNG.size - 1)
radii = st.sampled_from([1.0, 3_000.0, 30_000.0])
ids = st.integers(0, 8)


def minute(n):
    return START + timedelta(minutes=n)


@st.composite
def areas(draw):
    a, b, c = (draw(spots) for _ in range(3))
    kind = draw(st.sampled_from(["circle", "corridor", "region"]))
    if kind == "corridor" and a != b:
        return Corridor(lng=LNG[[a, b]], lat=LAT[[a, b]], half_width_m=draw(radii))
    shape = Polygon([(LNG[i], LAT[i]) for i in (a, b, c)])
    if kind == "region" and shape.area > 0:
        return Region(shape)
    return Circle(lng=float(LNG[a]), lat=float(LAT[a]), radius_m=draw(radii))


@st.composite
def fences(draw):
    since = draw(st.none() | MINUTES)
    until = draw(st.none() | st.integers(0 if since is None else since + 1, 10))
    return Fence(
        draw(ids),
        draw(areas()),
        since=None if since is None else minute(since),
        until=None if until is None else minute(until),
    )


class Changing(RuleBasedStateMachine):
    """`Fences` beside a plain dict of what is there, in the order of putting in."""

    @initialize(several=st.lists(fences(), max_size=4, unique_by=lambda f: f.id))
    def begin(self, several):
        self.fences = Fences(several)
        self.model = {fence.id: fence for fence in several}
        self.n_filled = 0

    @rule(fence=fences())
    def put(self, fence):
        if fence.id in self.model:
            assert self.fences.replace(fence) == self.model.pop(fence.id)
        else:
            self.fences.insert(fence)
        self.model[fence.id] = fence

    @rule(fence_id=ids)
    def take_out(self, fence_id):
        if fence_id in self.model:
            assert self.fences.delete(fence_id) == self.model.pop(fence_id)

    @rule()
    def fill_up(self):
        """So many that the recent ones become part of the main ones."""
        speck = Circle(lng=120.5, lat=23.5, radius_m=1.0)
        names = [f"speck {self.n_filled + n}" for n in range(300)]
        self.fences.insert_all(Fence(name, speck) for name in names)
        self.model |= {name: Fence(name, speck) for name in names}
        self.n_filled += 300

    @rule()
    def empty_most(self):
        """So many that more is switched off than is on."""
        for name in [name for name in self.model if isinstance(name, str)]:
            assert self.fences.delete(name) == self.model.pop(name)

    @rule(at=st.integers(0, 10))
    def expire(self, at):
        ended = [f.id for f in self.model.values() if f.until and f.until <= minute(at)]
        assert self.fences.expire(minute(at)) == tuple(ended)
        for fence_id in ended:
            del self.model[fence_id]

    @rule(at=st.integers(0, 10))
    def ask(self, at):
        held = self.fences.holding(lng=LNG, lat=LAT, at=minute(at))
        assert list(zip(held.position.tolist(), held.ids, strict=True)) == [
            (position, fence.id)
            for position in range(LNG.size)
            for fence in self.model.values()
            if holds_at(fence, position, minute(at))
        ]

    @rule(spot=spots, at=MINUTES)
    def ask_one(self, spot, at):
        lng, lat = float(LNG[spot]), float(LAT[spot])
        assert self.fences.holding_one(lng=lng, lat=lat, at=minute(at)) == tuple(
            fence.id
            for fence in self.model.values()
            if holds_at(fence, spot, minute(at))
        )

    @rule(a=spots, b=spots)
    def ask_boxes(self, a, b):
        (west, east), (south, north) = np.sort(LNG[[a, b]]), np.sort(LAT[[a, b]])
        box = boxes_of([fence.area for fence in self.model.values()])
        meets = (box[:, 0] <= east) & (box[:, 2] >= west)
        meets &= (box[:, 1] <= north) & (box[:, 3] >= south)
        expected = [list(self.model)[i] for i in np.flatnonzero(meets).tolist()]
        bounds = Bounds(west, south, east, north)
        assert self.fences.meeting(bounds) == tuple(expected)

    @invariant()
    def the_same_are_there(self):
        if hasattr(self, "fences"):
            assert list(self.fences) == list(self.model.values())
            assert len(self.fences) == len(self.model)


HELD = {}


def holds_at(fence, position, at):
    if fence.area not in HELD:
        HELD[fence.area] = holds(fence.area, lng=LNG, lat=LAT)
    is_when = (fence.since is None or fence.since <= at) and (
        fence.until is None or at < fence.until
    )
    return bool(HELD[fence.area][position]) and is_when


TestChanging = Changing.TestCase
TestChanging.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def in_threads(*works):
    """Run works beside each other until the first, which ends, has ended."""
    wrong, is_over = [], threading.Event()

    def run(work):
        try:
            while not is_over.is_set() and work():
                pass
        except BaseException as error:
            wrong.append(error)
            is_over.set()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # as many chances to go wrong as can be
    for thread in threads:
        thread.start()
    threads[0].join()
    is_over.set()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    if wrong:
        raise wrong[0]


TWINS = 40
HOME = Circle(lng=121.5, lat=25.0, radius_m=1_000.0)
AWAY = Circle(lng=120.5, lat=23.0, radius_m=1_000.0)
EVERYWHERE = Bounds(119, 22, 122, 26)


def test_no_thread_ever_sees_half_a_change():
    """Every fence is replaced all the time, and always in one of two places."""
    fences = Fences(Fence(n, HOME) for n in range(TWINS))
    rounds = iter(range(60))

    def move():
        to = AWAY if next_round % 2 == 0 else HOME
        for n in range(TWINS):
            fences.replace(Fence(n, to))
        return True

    def move_for_a_while():
        nonlocal next_round
        next_round = next(rounds, None)
        return next_round is not None and move()

    next_round = 0

    def look():
        held = fences.holding(
            lng=[121.5, 120.5] * 300, lat=[25.0, 23.0] * 300, at=START
        )
        of_each = np.bincount(held.position, minlength=600).reshape(-1, 2)
        assert (of_each.sum(axis=1) == TWINS).all()
        assert (of_each == of_each[0]).all()
        return True

    def look_at_boxes():
        assert sorted(fences.meeting(EVERYWHERE)) == list(range(TWINS))
        return True

    in_threads(move_for_a_while, look, look, look_at_boxes)


def test_what_a_thread_has_put_in_it_sees_at_once_among_others_changes():
    fences = Fences()
    here = {"lng": 121.5, "lat": 25.0, "at": START}

    def worker(name):
        rounds = iter(range(150))

        def work():
            n = next(rounds, None)
            if n is None:
                return False
            fences.insert(Fence((name, n), HOME))
            seen = fences.holding_one(**here)
            assert (name, n) in seen
            fences.delete((name, n))
            assert (name, n) not in fences.holding_one(**here)
            return True

        return work

    in_threads(*map(worker, "abc"))
    assert len([fence for fence in fences if fence.id[0] == "a"]) == 0


def test_what_is_taken_out_leaves_nothing_behind():
    fences = Fences(Fence(n, HOME) for n in range(2_000))
    fences.holding_one(lng=121.5, lat=25.0, at=START)
    for n in range(1_500):
        fences.delete(n)
    assert len(fences.holding_one(lng=121.5, lat=25.0, at=START)) == 500
    view = fences._view
    assert len(view.main.parts) + len(view.recent.parts) == 500
    assert len(view.main.fences) + len(view.recent.fences) == 500
