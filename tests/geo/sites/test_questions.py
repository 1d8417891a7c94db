"""Questions that make no sense are refused, and say why."""

import numpy as np
import pytest
import shapely

from geo.errors import CoordinateRefused, SitesRefused
from geo.sites import LiveSites, Sites, Where

FOUR = Sites(
    lng=[121.0, 121.1, 121.2, 121.1],
    lat=[25.0, 25.0, 25.0, 25.0],
    ids=["c", "b", "d", "a"],
    attributes={"kind": ["atm", "atm", "camera", "station"]},
)
HERE = {"lng": 121.0, "lat": 25.0}
MANY = {"lng": [121.0], "lat": [25.0]}
PATH = {"lng": [121.0, 121.1], "lat": [25.0, 25.0]}
WAY = {"start": (121.0, 25.0), "end": (121.1, 25.0)}
OWNED = Where.of(owner="city")
SQUARE = shapely.box(121, 24, 122, 25)
BOW_TIE = shapely.Polygon([(121, 25), (122, 26), (122, 25), (121, 26)])
EVERY = [
    lambda **where: FOUR.nearest(**HERE, **where),
    lambda **where: FOUR.nearest_rows(**HERE, **where),
    lambda **where: FOUR.nearest_many(**MANY, **where),
    lambda **where: FOUR.within(**HERE, radius_m=1, **where),
    lambda **where: FOUR.within_many(**MANY, radius_m=1, **where),
    lambda **where: FOUR.inside(SQUARE, **where),
    lambda **where: FOUR.beside(**PATH, half_width_m=1, **where),
    lambda **where: FOUR.along(**WAY, ratio=1, **where),
]


@pytest.mark.parametrize("ask", EVERY)
def test_an_attribute_that_there_is_not_is_refused_with_those_there_are(ask):
    with pytest.raises(SitesRefused, match="allowed is kind") as refused:
        ask(where=OWNED)
    assert refused.value.kind == "attribute"


@pytest.mark.parametrize("k", [0, -1, 1.0, True, "3", None, np.nan])
def test_k_is_a_whole_number_from_one_on(k):
    for ask in (FOUR.nearest, FOUR.nearest_rows):
        with pytest.raises(SitesRefused, match="k=") as refused:
            ask(**HERE, k=k)
        assert refused.value.kind == "k"
    with pytest.raises(SitesRefused):
        FOUR.nearest_many(**MANY, k=k)


@pytest.mark.parametrize("radius_m", [-1, np.nan, -np.inf, "3", None, True])
def test_a_radius_is_a_number_of_metres(radius_m):
    asks = [
        lambda: FOUR.nearest(**HERE, radius_m=radius_m),
        lambda: FOUR.nearest_rows(**HERE, radius_m=radius_m),
        lambda: FOUR.nearest_many(**MANY, radius_m=radius_m),
        lambda: FOUR.within(**HERE, radius_m=radius_m),
        lambda: FOUR.within_many(**MANY, radius_m=radius_m),
        lambda: FOUR.beside(**PATH, half_width_m=radius_m),
    ]
    for ask in asks:
        with pytest.raises(SitesRefused, match="metres must be") as refused:
            ask()
        assert refused.value.kind == "radius"


def test_half_a_corridor_has_a_greatest_width():
    assert len(FOUR.beside(**PATH, half_width_m=100_000)) == 4
    with pytest.raises(SitesRefused, match="100000"):
        FOUR.beside(**PATH, half_width_m=100_001)


PLACES = {
    (25.0, 121.0): "swapped",
    (np.nan, 25.0): "nan",
    (121.0, np.inf): "nan",
    ("121", 25.0): "nan",
    (None, 25.0): "nan",
    (250_000.0, 2_700_000.0): "metres",
}


@pytest.mark.parametrize(("place", "kind"), PLACES.items())
def test_what_is_no_place_is_refused_by_kind(place, kind):
    here = dict(zip(("lng", "lat"), place, strict=True))
    for ask in (
        lambda: FOUR.nearest(**here),
        lambda: FOUR.nearest_rows(**here),
        lambda: FOUR.within(**here, radius_m=1),
        lambda: FOUR.along(start=place, end=(121, 25), ratio=1),
        lambda: FOUR.along(start=(121, 25), end=place, ratio=1),
        lambda: FOUR.beside(lng=[121, here["lng"]], lat=[25, place[1]], half_width_m=1),
    ):
        with pytest.raises(CoordinateRefused) as refused:
            ask()
        assert refused.value.kind == kind


@pytest.mark.parametrize("ratio", [0.9, np.nan, np.inf, "2", None])
def test_a_ratio_is_a_number_from_one_on(ratio):
    with pytest.raises(SitesRefused) as refused:
        FOUR.along(**WAY, ratio=ratio)
    assert refused.value.kind == "ratio"


@pytest.mark.parametrize(
    "mask", [np.array([True]), np.ones((4, 1), bool), np.ones(5, bool)]
)
def test_a_mask_is_of_as_many_rows_as_there_are(mask):
    with pytest.raises(SitesRefused) as refused:
        FOUR.nearest(**HERE, mask=mask)
    assert refused.value.kind == "mask"


@pytest.mark.parametrize("shape", [BOW_TIE, shapely.Point(121, 25), None, "POLYGON"])
def test_only_a_valid_polygon_has_an_inside(shape):
    with pytest.raises(SitesRefused) as refused:
        FOUR.inside(shape)
    assert refused.value.kind == "polygon"


def test_a_polygon_is_in_degrees():
    with pytest.raises(CoordinateRefused) as refused:
        FOUR.inside(shapely.box(250_000, 2_700_000, 250_100, 2_700_100))
    assert refused.value.kind == "metres"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ({"lng": [121.0], "lat": [25.0]}, "path"),
        ({"lng": [], "lat": []}, "path"),
        ({"lng": [121.0, 130.0], "lat": [25.0, 25.0]}, "path"),
        ({"lng": [121.0, 121.0], "lat": [25.0, 1.0]}, "path"),
        ({"lng": [121.0, 121.1], "lat": [25.0]}, "lengths"),
    ],
)
def test_a_path_has_two_vertices_in_bounds(path, kind):
    with pytest.raises(SitesRefused) as refused:
        FOUR.beside(**path, half_width_m=1)
    assert refused.value.kind == kind


@pytest.mark.parametrize("ask", [FOUR.nearest_many, LiveSites(FOUR).now.nearest_many])
def test_no_thread_is_a_mistake_in_the_program(ask):
    with pytest.raises(ValueError, match="threads=0"):
        ask(**MANY, threads=0)
