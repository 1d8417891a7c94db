"""When somebody was born, as told or guessed."""

from datetime import date

import numpy as np
import pytest

from matching.persons.ages import born_of, gap_years

ON = date(2026, 3, 7)


@pytest.mark.parametrize(
    ("birth_date", "age_from", "age_to", "born"),
    [
        (date(1950, 11, 20), None, None, "1950-11-20"),
        (date(1950, 11, 20), 20, 30, "1950-11-20"),
        (None, 70, 80, "1945..1956"),
        (None, 75, None, "1950..1951"),
        (None, None, 75, "1950..1951"),
        (None, 0, 0, "2025..2026"),
        (None, None, None, None),
        (None, 20, 60, None),
        (None, 80, 70, None),
        (None, -1, 5, None),
        (None, 100, 131, None),
    ],
)
def test_a_birth_is_written_as_precisely_as_it_is_known(
    birth_date, age_from, age_to, born
):
    assert born_of(birth_date, age_from, age_to, on=ON) == born


@pytest.mark.parametrize("age", [0, 17, 75, 103])
def test_whoever_has_that_age_may_be_born_then(age):
    born = born_of(None, age, age, on=ON)
    for birthday in (date(2026 - age, 3, 7), date(2025 - age, 3, 8)):
        assert gap_years([born], [birthday.isoformat()])[0] == 0


@pytest.mark.parametrize(
    ("left", "right", "years"),
    [
        ("1945..1956", "1950-11-20", 0),
        ("1945..1956", "1961-01-01", 4),
        ("1945..1956", "1936-01-01", 9),
        ("1950", "1950-11-20", 0),
        ("1950-01-01", "1953-01-01", 3),
        ("1940..1945", "1950..1955", 4),
    ],
)
def test_births_miss_each_other_by_years_whichever_comes_first(left, right, years):
    assert gap_years([left, right], [right, left]) == pytest.approx([years, years])


def test_what_is_no_birth_says_nothing():
    assert np.isnan(gap_years(["1950-13-40", "old", "1950"], ["1950"] * 2 + [""])).all()
    assert gap_years([], []).size == 0
