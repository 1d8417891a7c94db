"""What must hold whatever the ground looks like."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.layers import Boundary, Layer, Level
from geo.shares import SharesIndex
from geo.shares.laws import Meaning

LNG, LAT = 121.0, 24.0


def crooked(turned=0.0, mirrored=False):
    """25 quadrangles with crooked sides around the middle, some 2 km wide in all."""
    rng = np.random.default_rng(3)
    axis = np.linspace(-1000, 1000, 6)
    corner = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    corner += rng.uniform(-120, 120, corner.shape)
    if mirrored:
        corner[..., 0] *= -1
    turn = np.array(
        [
            [math.cos(turned), math.sin(turned)],
            [-math.sin(turned), math.cos(turned)],
        ]
    )
    return on_ground(corner @ turn)


PER_M = np.array(
    # degrees a metre, by the radii of curvature at the middle
    [1.0 / (6_378_137 * 1.000554 * math.cos(math.radians(LAT))), 1.0 / 6_345_996]
)


def on_ground(corner):
    points = np.array([LNG, LAT]) + np.degrees(corner * PER_M)
    squares = [
        shapely.Polygon(
            [points[i + a, j + b] for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
        )
        for i in range(5)
        for j in range(5)
    ]
    return Layer(
        [
            Boundary(Level.COUNTY, f"{10000 + i}", f"C{i}", f"{10000 + i}", None, s)
            for i, s in enumerate(squares)
        ]
    )


LAYER = crooked()
GROUND = SharesIndex(LAYER)
MIRRORED = SharesIndex(crooked(mirrored=True))
GROUND.shares(lng=LNG, lat=LAT, error_m=500.0)  # compiled before a deadline counts
offsets = st.tuples(st.floats(-1300, 1300), st.floats(-1300, 1300))
errors = st.floats(0, 600)
meanings = st.sampled_from(list(Meaning))


def shares_at(ground, east, north, error_m, meaning=Meaning.RADIUS_68):
    """Share of every county and of the outside, shape (26,)."""
    lng, lat = np.array([LNG, LAT]) + np.degrees(np.array([east, north]) * PER_M)
    found = ground.shares(lng=[lng], lat=[lat], error_m=error_m, meaning=meaning)
    shares = np.append(np.zeros(25), found.outside)
    shares[found.boundary] = found.share
    return shares


@given(offsets, errors, meanings)
def test_shares_sum_to_one_and_none_is_negative(offset, error_m, meaning):
    shares = shares_at(GROUND, *offset, error_m, meaning)
    assert shares.sum() == pytest.approx(1, abs=1e-12)
    assert shares.min() >= 0


@given(offsets, st.floats(5, 600), meanings, st.floats(0, 2 * math.pi))
def test_a_small_move_changes_little(offset, error_m, meaning, way):
    step = error_m / 1000
    moved = offset[0] + step * math.cos(way), offset[1] + step * math.sin(way)
    before = shares_at(GROUND, *offset, error_m, meaning)
    after = shares_at(GROUND, *moved, error_m, meaning)
    # both sides of a strip: 2 / sqrt(2 pi) of the step in standard deviations
    assert np.abs(after - before).max() < 0.8 * 2.45e-3 + 1e-4


@given(st.integers(0, 24), st.integers(0, 3), st.floats(0, 1), errors, meanings)
def test_a_line_is_crossed_without_a_jump(which, side, along, error_m, meaning):
    ring = shapely.get_coordinates(LAYER.shapes[which])
    lng, lat = ring[side] + (ring[side + 1] - ring[side]) * along
    found = GROUND.shares(
        lng=lng + np.array([-1e-12, 0.0, 1e-12]),
        lat=[lat] * 3,
        error_m=max(error_m, 1.0),
        meaning=meaning,
    )
    shares = np.zeros((3, 25))
    shares[found.point, found.boundary] = found.share
    assert np.abs(shares - shares[1]).max() < 1e-4


@settings(max_examples=25)
@given(st.floats(0, 2 * math.pi), st.floats(10, 600), meanings)
def test_turning_the_ground_around_the_point_changes_nothing(turned, error_m, meaning):
    before = shares_at(GROUND, 0.0, 0.0, error_m, meaning)
    after = shares_at(SharesIndex(crooked(turned)), 0.0, 0.0, error_m, meaning)
    assert after == pytest.approx(before, abs=2e-5)


@given(offsets, errors, meanings)
def test_a_mirrored_ground_has_mirrored_shares(offset, error_m, meaning):
    before = shares_at(GROUND, *offset, error_m, meaning)
    after = shares_at(MIRRORED, -offset[0], offset[1], error_m, meaning)
    assert after == pytest.approx(before, abs=2e-5)
