import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import (
    FAULTS,
    TM2_119,
    TM2_121,
    diagnose,
    diagnose_all,
    is_tm2,
    require_degrees,
    require_usable,
    to_metres,
    to_wgs84,
)
from geo.distance import distance_m
from geo.errors import CoordinateRefused, CrsMismatch, GeoError

PAIRS = [
    # lng, lat, what is wrong
    (121.5, 25.0, None),
    (118.32, 24.43, None),  # 金門
    (119.94, 26.15, None),  # 馬祖
    (120.49, 26.37, None),  # 東引
    (116.72, 20.70, None),  # 東沙
    (114.365, 10.376, None),  # 太平島
    (124.56, 25.93, None),  # 赤尾嶼
    (25.0, 121.5, "swapped"),
    (304_000.0, 2_770_000.0, "metres"),
    (2_770_000.0, 304_000.0, "metres"),  # and swapped
    (-19_000.0, 2_705_000.0, "metres"),  # Kinmen written in zone 121
    (0.0, 0.0, "zero"),
    (-0.0, 0.0, "zero"),
    (118.754566, 0.0, "outside"),
    (139.7, 35.7, "outside"),
    (-121.5, 25.0, "outside"),
    (1e300, 25.0, "outside"),
    (math.nan, 25.0, "nan"),
    (121.5, math.inf, "nan"),
    (-math.inf, math.nan, "nan"),
    (None, 25.0, "nan"),
    (True, 25.0, "nan"),
    (121.5, np.bool_(True), "nan"),
    ("121.5", "25.0", "nan"),
    ("٣", 25.0, "nan"),
    (10**400, 25.0, "nan"),
    (np.float32(121.5), np.int64(25), None),
]


@pytest.mark.parametrize(("lng", "lat", "kind"), PAIRS)
def test_every_wrong_pair_is_named(lng, lat, kind):
    assert diagnose(lng=lng, lat=lat) == kind


numbers = st.one_of(
    st.floats(),
    st.floats(9, 28),
    st.floats(113, 126),
    st.floats(-6e5, 9e5),
    st.floats(1e6, 3e6),
    st.sampled_from([0.0, -0.0, 114.3, 10.3, 124.7, 26.5]),
)


@given(st.lists(st.tuples(numbers, numbers), max_size=20))
def test_many_pairs_are_named_like_each_alone(pairs):
    lng, lat = np.array(pairs).reshape(-1, 2).T
    alone = [diagnose(lng=x, lat=y) or "" for x, y in pairs]
    assert [FAULTS[code] for code in diagnose_all(lng, lat)] == alone


def test_what_is_no_number_in_an_array_is_named_like_alone():
    pairs = [(x, y) for x, y, _ in PAIRS]
    lng, lat = (np.array(axis, dtype=object) for axis in zip(*pairs, strict=True))
    alone = [diagnose(lng=x, lat=y) or "" for x, y in pairs]
    assert [FAULTS[code] for code in diagnose_all(lng, lat)] == alone


@pytest.mark.parametrize("lng", [["121.5"], [True]])
def test_an_array_of_text_or_truth_values_is_no_number(lng):
    assert FAULTS[diagnose_all(lng, [25.0])[0]] == "nan"


def test_a_good_pair_is_not_refused():
    require_degrees(lng=121.5, lat=25.0)


@pytest.mark.parametrize(("lng", "lat", "kind"), [p for p in PAIRS if p[2]])
def test_a_refusal_carries_its_kind_and_the_pair(lng, lat, kind):
    with pytest.raises(CoordinateRefused) as refused:
        require_degrees(lng=lng, lat=lat)
    assert refused.value.kind == kind
    assert str(refused.value.lng) == str(lng)
    assert "114.3 to 124.7" in str(refused.value)


def test_a_swapped_pair_is_told_the_right_way_round():
    with pytest.raises(CoordinateRefused, match=r"did you mean lng=121.5 lat=25.0\?"):
        require_degrees(lng=25.0, lat=121.5)


def test_metres_are_told_which_crs_to_pass():
    with pytest.raises(CoordinateRefused, match=r"EPSG:3826.*pass the CRS"):
        require_degrees(lng=304_000, lat=2_770_000)


@pytest.mark.parametrize(
    ("crs", "x", "y", "lng", "lat"),
    [
        # the false easting lies on the central meridian
        (TM2_121, 250_000, 2_700_000, 121.0, 24.406111),
        (TM2_119, 250_000, 2_700_000, 119.0, 24.406111),
        ("EPSG:3824", 121.5, 25.0, 121.5, 25.0),
        ("EPSG:4326", 121.5, 25.0, 121.5, 25.0),
        (3826, 250_000, 2_700_000, 121.0, 24.406111),
    ],
)
def test_a_known_crs_lands_on_its_place(crs, x, y, lng, lat):
    assert to_wgs84(x, y, crs=crs) == pytest.approx((lng, lat), abs=1e-6)


def test_the_plane_and_back_is_the_same_place():
    lng, lat = np.array([121.5, 118.3, 114.37]), np.array([25.0, 24.4, 10.37])
    back = to_wgs84(*to_metres(lng, lat), crs=TM2_121)
    metres = distance_m(lng=lng, lat=lat, to_lng=back[0], to_lat=back[1])
    assert metres.max() < 1e-3


def test_what_cannot_be_transformed_is_nan():
    lng, lat = to_wgs84([np.nan, 1e30, 250_000], [1.0, 1.0, 2.7e6], crs=TM2_121)
    assert np.isnan(lng).tolist() == [True, True, False]
    assert np.isnan(lat).tolist() == [True, True, False]


@pytest.mark.parametrize("crs", ["EPSG:3821", "EPSG:3827", "EPSG:3828"])
def test_the_old_datum_is_refused_and_the_shift_told(crs):
    with pytest.raises(CoordinateRefused, match="854 m") as refused:
        to_wgs84(250_000, 2_700_000, crs=crs)
    assert refused.value.kind == "twd67"


@pytest.mark.parametrize(
    "crs",
    [
        None,
        "no such thing",
        "EPSG:3829",  # Hu Tzu Shan 1950: 26 m
        "EPSG:4490",  # the mainland's CGCS2000: PROJ only guesses
    ],
)
def test_an_unknown_or_coarse_crs_is_refused(crs):
    with pytest.raises(CrsMismatch):
        require_usable(crs)


def test_both_refusals_have_one_base():
    assert issubclass(CrsMismatch, GeoError)
    assert issubclass(CoordinateRefused, GeoError)


def test_kinmen_in_zone_121_has_a_negative_easting():
    east, north = to_metres(118.32, 24.43)
    assert east < 0
    assert is_tm2(float(east), float(north))
    assert to_wgs84(east, north, crs=TM2_121) == pytest.approx((118.32, 24.43))


@pytest.mark.parametrize(
    ("x", "y"), [(121.5, 25.0), (0, 0), (math.nan, math.nan), (math.inf, 2.7e6)]
)
def test_what_is_not_metres_is_told(x, y):
    assert not is_tm2(x, y)
