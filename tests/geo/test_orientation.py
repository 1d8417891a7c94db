from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.orientation import product_error, turn

lngs = st.floats(114.3, 124.7)
lats = st.floats(10.3, 26.5)
points = st.tuples(lngs, lats)


def exact_sign(a, b, p):
    (ax, ay), (bx, by), (px, py) = (tuple(map(Fraction, end)) for end in (a, b, p))
    cross = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
    return (cross > 0) - (cross < 0)


def found_sign(a, b, p):
    (ax, ay), (bx, by), (px, py) = (np.array(end) for end in (a, b, p))
    return int(turn(bx - ax, by - ay, px - ax, py - ay))


@given(a=points, b=points, p=points)
def test_the_sign_is_that_of_exact_arithmetic(a, b, p):
    assert found_sign(a, b, p) == exact_sign(a, b, p)


@given(a=points, b=points, share=st.floats(0, 1), ulps=st.integers(-2, 2))
def test_the_sign_is_exact_for_points_almost_on_the_line(a, b, share, ulps):
    x = a[0] + share * (b[0] - a[0])
    y = a[1] + share * (b[1] - a[1])
    y += ulps * np.spacing(y)
    assert found_sign(a, b, (x, y)) == exact_sign(a, b, (x, y))


@given(a=points, b=points)
def test_an_end_lies_on_the_line(a, b):
    assert found_sign(a, b, b) == 0


@given(a=st.floats(-16, 16).map(lambda x: round(x, 14)), b=st.floats(-16, 16))
def test_the_error_of_a_product_is_exact(a, b):
    if min(abs(a), abs(b)) < 2.0**-49:
        a, b = 1.0, 1.0
    error = product_error(np.array(a), np.array(b))
    assert Fraction(float(error)) == Fraction(a) * Fraction(b) - Fraction(a * b)


steps = st.floats(-8, 8).filter(lambda x: abs(x) > 2.0**-30)
ulps = st.integers(-3, 3)


@given(dx=steps, dy=steps, i=ulps, j=ulps)
def test_the_sign_is_exact_where_the_rounded_products_are_equal(dx, dy, i, j):
    ex, ey = dx + i * np.spacing(dx), dy + j * np.spacing(dy)
    exact = Fraction(dx) * Fraction(float(ey)) - Fraction(dy) * Fraction(float(ex))
    found = turn(np.array(dx), np.array(dy), np.array(ex), np.array(ey))
    assert int(found) == (exact > 0) - (exact < 0)
