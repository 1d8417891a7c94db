from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Polygon

from geo.crs import Bounds
from geo.errors import CoordinateRefused, FenceRefused
from geo.fences import NOTES, Circle, Corridor, Fence, Fences, Region

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
HERE = {"lng": 121.5, "lat": 25.0}
AROUND = Circle(**HERE, radius_m=500.0)
SQUARE = Region(shapely.box(121.0, 24.0, 121.25, 24.25))
ROAD = Corridor(lng=[120.5, 120.75], lat=[23.5, 23.5], half_width_m=100.0)


def ids_at(fences, at=NOON, *, lng=121.5, lat=25.0):
    """The answer of both questions, which must be one."""
    alone = fences.holding_one(lng=lng, lat=lat, at=at)
    held = fences.holding(lng=[lng], lat=[lat], at=at)
    assert held.ids == alone
    return alone


def test_nothing_is_held_by_no_fences():
    assert ids_at(Fences()) == ()


def test_each_kind_of_area_holds_what_lies_in_it():
    fences = Fences([Fence("c", AROUND), Fence("r", SQUARE), Fence("w", ROAD)])
    held = fences.holding(
        lng=[121.5, 121.1, 120.6, 122.0], lat=[25.0, 24.1, 23.5, 23.0], at=NOON
    )
    assert held.ids == ("c", "r", "w")
    assert held.position.tolist() == [0, 1, 2]


def test_pairs_come_by_position_and_then_in_the_order_of_putting_in():
    fences = Fences([Fence("b", AROUND), Fence("a", AROUND)])
    fences.insert(Fence("c", AROUND))
    held = fences.holding(lng=[121.5, 121.5], lat=[25.0, 25.0], at=NOON)
    assert held.ids == ("b", "a", "c") * 2
    assert held.pairs.tolist() == [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]]


def test_a_fence_is_held_from_its_beginning_and_no_longer_at_its_end():
    fences = Fences([Fence("f", AROUND, since=NOON, until=NOON + HOUR)])
    asked = [NOON - TICK, NOON, NOON + HOUR - TICK, NOON + HOUR]
    assert [ids_at(fences, at) for at in asked] == [(), ("f",), ("f",), ()]


@pytest.mark.parametrize(
    "at",
    [
        NOON,
        NOON.astimezone(timezone(8 * HOUR)),
        [NOON, NOON],
        [NOON.timestamp()] * 2,
        np.array(["2026-03-01T12:00", "2026-03-01T12:00"], "M8[m]"),
        np.datetime64("2026-03-01T12:00:00.000000000"),
        NOON.timestamp(),
    ],
    ids=str,
)
def test_a_time_can_be_given_in_many_forms(at):
    fences = Fences(
        [
            Fence("until", AROUND, until=NOON + TICK),
            Fence("since", AROUND, since=NOON),
            Fence("over", AROUND, until=NOON),
            Fence("ahead", AROUND, since=NOON + TICK),
        ]
    )
    held = fences.holding(lng=[121.5, 121.5], lat=[25.0, 25.0], at=at)
    assert held.ids == ("until", "since") * 2


def test_every_position_has_its_own_time():
    fences = Fences([Fence("f", AROUND, until=NOON)])
    held = fences.holding(lng=[121.5] * 2, lat=[25.0] * 2, at=[NOON, NOON - TICK])
    assert held.position.tolist() == [1]


def test_a_change_is_seen_by_the_next_question():
    fences = Fences()
    seen = [ids_at(fences)]
    fences.insert(Fence("f", AROUND))
    seen.append(ids_at(fences))
    fences.replace(Fence("f", SQUARE))
    seen.append(ids_at(fences))
    fences.replace(Fence("f", AROUND))
    seen.append(ids_at(fences))
    fences.delete("f")
    assert [*seen, ids_at(fences)] == [(), ("f",), (), ("f",), ()]


def test_an_answer_stays_what_it_was_when_fences_change():
    fences = Fences([Fence("f", AROUND)])
    held = fences.holding(**{k: [v] for k, v in HERE.items()}, at=NOON)
    fences.replace(Fence("f", SQUARE))
    for n in range(2_000):
        fences.insert(Fence(n, SQUARE))
    ids_at(fences)
    assert held.fences == (Fence("f", AROUND),)


def test_delete_and_replace_return_what_was_there():
    fences = Fences([Fence("f", AROUND)])
    assert fences.replace(Fence("f", SQUARE)) == Fence("f", AROUND)
    assert fences.delete("f") == Fence("f", SQUARE)


def test_a_replaced_fence_counts_as_put_in_last():
    fences = Fences([Fence("a", AROUND), Fence("b", AROUND)])
    fences.replace(Fence("a", AROUND))
    assert ids_at(fences) == ("b", "a")
    assert [fence.id for fence in fences] == ["b", "a"]


def test_what_has_ended_is_taken_out_and_named_in_order():
    fences = Fences(
        [
            Fence("late", AROUND, until=NOON),
            Fence("early", AROUND, until=NOON - HOUR),
            Fence("later", AROUND, until=NOON + TICK),
            Fence("always", AROUND),
        ]
    )
    assert fences.expire(NOON) == ("late", "early")
    assert fences.expire(NOON) == ()
    assert [fence.id for fence in fences] == ["later", "always"]


def test_what_was_taken_out_early_does_not_expire_again():
    minute = HOUR / 60
    ends = [Fence(n, AROUND, until=NOON + (200 - n) * minute) for n in range(200)]
    fences = Fences(ends)
    for n in range(150):
        fences.delete(n)
    fences.insert(Fence(0, AROUND, until=NOON + 300 * minute))
    assert fences.expire(NOON + 2 * minute) == (198, 199)
    assert len(fences.expire(NOON + 299 * minute)) == 48
    assert [fence.id for fence in fences] == [0]


def test_fences_are_a_collection():
    fences = Fences([Fence("f", AROUND)])
    assert len(fences) == 1
    assert "f" in fences
    assert "g" not in fences
    assert fences["f"] == fences.get("f") == Fence("f", AROUND)
    assert fences.get("g") is None


def test_boxes_that_meet_a_map_are_found_as_fences_come_and_go():
    fences = Fences([Fence("c", AROUND), Fence("r", SQUARE), Fence("w", ROAD)])
    everywhere = Bounds(120, 22, 122, 26)
    assert fences.meeting(everywhere) == ("c", "r", "w")
    assert fences.meeting(Bounds(121.25, 24.25, 121.3, 24.3)) == ("r",)
    fences.delete("r")
    fences.insert(Fence("d", AROUND))
    assert fences.meeting(everywhere) == ("c", "w", "d")
    assert fences.meeting(Bounds(120, 22, 120.1, 22.1)) == ()


@pytest.mark.parametrize(
    "bounds", [(122, 22, 120, 26), (120, 22, np.nan, 26), (120, -np.inf, 122, 26)]
)
def test_a_box_that_is_none_is_refused(bounds):
    with pytest.raises(ValueError, match="is no box"):
        Fences().meeting(Bounds(*bounds))


def test_bad_positions_hold_no_fence_and_say_why():
    fences = Fences([Fence("f", AROUND), Fence("all", Circle(**HERE, radius_m=5e5))])
    lng = [121.5, np.nan, 25.0, 302_000.0, 0.0, 10.0, 121.5, np.inf]
    lat = [25.0, 25.0, 121.5, 2_770_000.0, 0.0, 10.0, 25.0, 25.0]
    at = [NOON.timestamp()] * 6 + [np.nan, 0.0]
    held = fences.holding(lng=lng, lat=lat, at=at)
    assert held.ids == ("f", "all")
    expected = ["", "nan", "swapped", "metres", "zero", "outside", "time", "nan"]
    assert held.note.tolist() == expected
    assert set(expected) == set(NOTES)


@pytest.mark.parametrize("bad", [None, "121.5", True, b"1"])
def test_what_is_no_number_is_the_fault_of_its_row(bad):
    fences = Fences([Fence("f", AROUND)])
    held = fences.holding(lng=[bad, 121.5], lat=[25.0, 25.0], at=NOON)
    if isinstance(bad, bool):  # NumPy reads [True, 121.5] as numbers
        assert held.note.tolist() == ["outside", ""]
        return
    # NumPy reads ["121.5", 121.5] as two texts
    assert held.note[0] == "nan"
    assert held.note.tolist().count("") == len(held)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "now",
        datetime(2026, 3, 1),
        np.datetime64("NaT"),
        float("inf"),
        1e300,
        True,
    ],
    ids=str,
)
def test_what_is_no_time_is_the_fault_of_its_row(bad):
    fences = Fences([Fence("f", AROUND)])
    at = np.array([bad, NOON], dtype=object)
    held = fences.holding(lng=[121.5] * 2, lat=[25.0] * 2, at=at)
    assert held.note.tolist() == ["time", ""]


@pytest.mark.parametrize(
    "bad",
    [None, "now", datetime(2026, 3, 1), np.datetime64("NaT"), np.nan, 10**400],
)
def test_one_time_for_all_that_is_none_is_refused(bad):
    fences = Fences([Fence("f", AROUND)])
    with pytest.raises(FenceRefused) as refused:
        fences.holding(lng=[121.5], lat=[25.0], at=bad)
    assert refused.value.kind == "time"
    with pytest.raises(FenceRefused):
        fences.holding_one(**HERE, at=bad)
    with pytest.raises(FenceRefused):
        fences.expire(bad)


@pytest.mark.parametrize(
    ("lng", "lat", "kind"),
    [
        (np.nan, 25.0, "nan"),
        (None, 25.0, "nan"),
        ("121.5", 25.0, "nan"),
        (25.0, 121.5, "swapped"),
        (302_000.0, 2_770_000.0, "metres"),
        (0.0, 0.0, "zero"),
        (10.0, 10.0, "outside"),
    ],
)
def test_one_bad_position_is_refused(lng, lat, kind):
    with pytest.raises(CoordinateRefused) as refused:
        Fences().holding_one(lng=lng, lat=lat, at=NOON)
    assert refused.value.kind == kind


def test_no_positions_give_no_answer():
    held = Fences([Fence("f", AROUND)]).holding(lng=[], lat=[], at=[])
    assert len(held) == 0
    assert held.ids == ()
    assert held.note.size == 0


@pytest.mark.parametrize(
    ("lng", "lat", "at"),
    [
        ([121.5], [25.0, 25.0], NOON),
        ([[121.5]], [[25.0]], NOON),
        (121.5, 25.0, NOON),
        ([121.5], [25.0], [0.0, 0.0]),
    ],
)
def test_arrays_of_different_length_are_refused(lng, lat, at):
    with pytest.raises(ValueError, match="shape"):
        Fences().holding(lng=lng, lat=lat, at=at)


def test_arrays_of_any_kind_are_taken():
    fences = Fences([Fence("f", Circle(lng=121.0, lat=25.0, radius_m=10.0))])
    whole = np.array([121, 0, 121, 0])[::2]
    locked = np.array([25.0, 25.0])
    locked.flags.writeable = False
    assert fences.holding(lng=whole, lat=locked, at=NOON).ids == ("f", "f")


def test_an_id_in_use_is_refused_and_nothing_is_changed():
    fences = Fences([Fence("a", AROUND)])
    with pytest.raises(FenceRefused, match="'a' already") as refused:
        fences.insert_all([Fence("b", AROUND), Fence("a", SQUARE)])
    assert refused.value.kind == "duplicate"
    with pytest.raises(FenceRefused):
        fences.insert_all([Fence("b", AROUND), Fence("b", SQUARE)])
    assert [fence.id for fence in fences] == ["a"]


@pytest.mark.parametrize("unknown", ["b", None, []], ids=str)
def test_an_unknown_id_is_refused(unknown):
    fences = Fences([Fence("a", AROUND)])
    asks = [fences.delete, fences.__getitem__]
    for ask in asks:
        with pytest.raises(FenceRefused) as refused:
            ask(unknown)
        assert refused.value.kind == "unknown"
    with pytest.raises(FenceRefused):
        fences.replace(Fence("b", AROUND))


def test_what_is_no_fence_is_refused():
    with pytest.raises(FenceRefused, match="Circle is no fence"):
        Fences([AROUND])


BOW_TIE = Polygon([(121, 24), (121.1, 24.1), (121.1, 24), (121, 24.1)])


def polygon_of(n):
    """A polygon of n corners, and so of n + 1 vertices."""
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return Polygon(np.column_stack((121 + np.cos(turn), 24 + np.sin(turn))))


METRES = shapely.box(300_000, 2_700_000, 301_000, 2_701_000)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: Circle(**HERE, radius_m=0.0), "radius"),
        (lambda: Circle(**HERE, radius_m=-1.0), "radius"),
        (lambda: Circle(**HERE, radius_m=500_001.0), "radius"),
        (lambda: Circle(**HERE, radius_m=np.nan), "radius"),
        (lambda: Circle(**HERE, radius_m="500"), "radius"),
        (lambda: Circle(**HERE, radius_m=None), "radius"),
        (lambda: Circle(**HERE, radius_m=True), "radius"),
        (lambda: Corridor(lng=[121], lat=[25], half_width_m=1), "path"),
        (lambda: Corridor(lng=[121, 121], lat=[25], half_width_m=1), "path"),
        (lambda: Corridor(lng=[121, 121], lat=[25, 25], half_width_m=1), "path"),
        (lambda: Corridor(lng=[], lat=[], half_width_m=1), "path"),
        (lambda: Corridor(lng=None, lat=None, half_width_m=1), "path"),
        (lambda: Corridor(lng=[[1], [1, 2]], lat=[1, 2], half_width_m=1), "path"),
        (lambda: Corridor(lng=[121, 122], lat=[25, 25], half_width_m=1e6), "radius"),
        (lambda: Region(None), "polygon"),
        (lambda: Region(LineString([(121, 24), (122, 24)])), "polygon"),
        (lambda: Region(Polygon()), "polygon"),
        (lambda: Region(MultiPolygon()), "polygon"),
        (lambda: Region(BOW_TIE), "polygon"),
        (lambda: Region(shapely.box(116, 10.5, 117, 26)), "polygon"),
        (lambda: Region(polygon_of(100_000)), "polygon"),
        (lambda: Fence(None, AROUND), "id"),
        (lambda: Fence([], AROUND), "id"),
        (lambda: Fence(float("nan"), AROUND), "id"),
        (lambda: Fence("f", shapely.box(121, 24, 122, 25)), "area"),
        (lambda: Fence("f", None), "area"),
        (lambda: Fence("f", AROUND, until=datetime(2026, 3, 1)), "time"),
        (lambda: Fence("f", AROUND, since=1.0), "time"),
        (lambda: Fence("f", AROUND, since=NOON, until=NOON), "time"),
    ],
)
def test_what_cannot_be_watched_is_refused(make, kind):
    with pytest.raises(FenceRefused) as refused:
        make()
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: Circle(lng=25.0, lat=121.5, radius_m=1.0), "swapped"),
        (lambda: Circle(lng=None, lat=25.0, radius_m=1.0), "nan"),
        (lambda: Region(METRES), "metres"),
        (lambda: Region(shapely.box(24, 121, 25, 122)), "swapped"),
        (lambda: Corridor(lng=[121, np.nan], lat=[25, 25], half_width_m=1), "nan"),
        (lambda: Corridor(lng=["121", "122"], lat=[25, 25], half_width_m=1), "nan"),
        (lambda: Corridor(lng=[121, 100], lat=[25, 25], half_width_m=1), "outside"),
    ],
)
def test_an_area_that_is_not_in_taiwan_is_refused(make, kind):
    with pytest.raises(CoordinateRefused) as refused:
        make()
    assert refused.value.kind == kind


def test_a_refusal_names_the_value_the_range_and_the_remedy():
    with pytest.raises(FenceRefused, match=r"radius_m=-5: give .* at most 500,000"):
        Circle(**HERE, radius_m=-5)
    with pytest.raises(FenceRefused, match=r"Self-intersection.*repair_shape"):
        Region(BOW_TIE)
    with pytest.raises(FenceRefused, match=r"has a Point .* Circle, a Corridor"):
        Fence("f", shapely.Point(121, 24))


def test_heights_of_a_polygon_are_dropped():
    flat = Region(shapely.force_3d(SQUARE.shape, 5.0))
    assert flat == SQUARE


def test_vertices_of_a_corridor_are_kept_as_numbers():
    path = np.array([[121, 24], [122, 25]])
    road = Corridor(lng=path[:, 0], lat=path[:, 1], half_width_m=5)
    assert (road.lng, road.lat) == ((121.0, 122.0), (24.0, 25.0))
    assert hash(road) == hash(Corridor(lng=[121, 122], lat=(24, 25), half_width_m=5))
