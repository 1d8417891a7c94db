"""Numbers of one cell, and text in plain width."""

import math

import pytest

from geo.errors import CoordinateRefused
from geo.written.notation import fold_text, read_cell
from geo.written.repairs import COMMAS, FULL_WIDTH, SIXTIES, TWO_NUMBERS


@pytest.mark.parametrize(
    ("text", "value", "second", "mended"),
    [
        ("121.5170", 121.517, None, ()),
        ("-19000.5", -19000.5, None, ()),
        ("302,166.25", 302166.25, None, (COMMAS,)),
        ("東經121度31分1.2秒", 121.517, None, (SIXTIES,)),
        ("250100.5(250900.2)", 250100.5, 250900.2, (TWO_NUMBERS,)),
        ("250100.5（250900.2）", 250100.5, 250900.2, (FULL_WIDTH, TWO_NUMBERS)),
        ("１２１．５", 121.5, None, (FULL_WIDTH,)),
    ],
)
def test_a_cell_is_one_number_or_two(text, value, second, mended):
    cell = read_cell(text)
    assert cell.amount.value == pytest.approx(value)
    assert cell.second == pytest.approx(second) if second else math.isnan(cell.second)
    assert cell.amount.repairs == mended


@pytest.mark.parametrize(
    "text",
    [
        "121 31 01",
        "25.0 121.5",
        "121,5",
        "1e5",
        "121.5,",
        "٣",
        "(1)",
        "=1",
        "1:2",
        "1(2)(3)",
        "x",
    ],
)
def test_a_cell_that_is_no_number_is_refused(text):
    with pytest.raises(CoordinateRefused):
        read_cell(text)


def test_folding_twice_changes_nothing_more():
    once = fold_text("　２５．０４７８，１２１．５１７０\u200b ")
    again = fold_text(once.text)
    assert again.text == once.text
    assert again.repairs == ()
