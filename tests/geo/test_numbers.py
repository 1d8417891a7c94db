import math

import numpy as np
import pytest

from geo.errors import ColumnsRefused, GeoError
from geo.fences import Circle, Fence, Fences
from geo.numbers import columns_of, numbers_of
from geo.places import Note

TAIPEI = (121.5170, 25.0478)
NO_NUMBERS = [
    None,
    "x",
    "25",
    "",
    True,
    object(),
    10**400,
    [1],
    np.nan,
    b"121.5",
    1 + 2j,
]


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_what_is_no_number_is_nan_and_spoils_no_other(value):
    column = np.empty(3, dtype=object)
    column[:] = [121.5, value, 25]
    found = numbers_of(column)
    assert found[0] == 121.5
    assert math.isnan(found[1])
    assert found[2] == 25


def test_a_list_with_a_text_in_it_keeps_its_numbers():
    assert numbers_of([121.5, "x", 24]).tolist()[::2] == [121.5, 24.0]


def test_numbers_are_taken_as_they_are():
    column = np.array([1.5, np.inf])
    assert numbers_of(column) is column
    assert numbers_of(np.array([1, 2], dtype=np.int8)).tolist() == [1.0, 2.0]
    assert numbers_of(121.5).shape == ()


@pytest.mark.parametrize(
    ("lng", "lat"), [([1, 2], [3]), ([[1]], [[2]]), (1.0, 2.0), ([1], 2.0)]
)
def test_columns_that_do_not_belong_together_are_refused(lng, lat):
    with pytest.raises(ColumnsRefused, match=r"want \(n,\) twice"):
        columns_of(lng, lat)
    assert issubclass(ColumnsRefused, GeoError)


def test_every_question_about_boundaries_gives_bad_rows_their_reason(boundaries):
    lng, lat = [TAIPEI[0], "x", None], [TAIPEI[1], 25.0, 25.0]
    assert boundaries.locate(lng=lng, lat=lat).note.tolist() == ["ok", "nan", "nan"]
    assert boundaries.leads(lng=lng, lat=lat).county[1:].tolist() == [-1, -1]
    codes, metres = boundaries.border(lng=lng, lat=lat)
    assert (codes[1], math.isnan(metres[1])) == ("", True)
    spreads = boundaries.shares_index.shares(lng=lng, lat=lat, error_m=[10, 10, "?"])
    assert spreads.note.tolist() == ["ok", "nan", "nan"]
    held = Fences([Fence("a", Circle(lng=121.5, lat=25.0, radius_m=1e4))])
    found = held.holding(lng=lng, lat=lat, at=0.0)
    assert found.note.tolist()[1:] == ["nan", "nan"]
    assert len(found) == 1


def test_one_place_that_is_no_number_is_told_so(boundaries):
    assert boundaries.locate(lng="x", lat=25.0).note is Note.NAN
    assert boundaries.border(lng="x", lat=25.0) is None


def test_columns_of_different_length_are_refused_by_name(boundaries):
    for ask in (boundaries.locate, boundaries.leads, boundaries.border):
        with pytest.raises(ColumnsRefused):
            ask(lng=[1.0, 2.0], lat=[3.0])
    with pytest.raises(ColumnsRefused, match="one error for all"):
        boundaries.shares_index.shares(lng=[121.5], lat=[25.0], error_m=[1, 2])
