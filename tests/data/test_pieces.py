"""Columns of texts, put side by side."""

import csv

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data import pieces_kernels
from data.pieces import cells, csv_row, decimals, joined, pieces, repeated

texts = st.lists(st.text(max_size=5), min_size=1, max_size=8)


def listed(column):
    """Give the texts of a column."""
    ends = zip(column.start.tolist(), column.stop.tolist(), strict=True)
    return [bytes(column.text[a:b]).decode() for a, b in ends]


@given(texts=texts)
def test_pieces_are_the_texts_they_were_made_of(texts):
    assert listed(pieces(texts)) == texts


@given(texts=texts)
def test_a_place_of_minus_one_is_the_last_piece(texts):
    index = np.array([-1, 0])
    assert listed(pieces(texts).at(index)) == [texts[-1], texts[0]]


@settings(deadline=None)
@given(rows=st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), max_size=9))
def test_joined_columns_are_the_rows_one_after_the_other(rows):
    columns = [pieces(one) for one in zip(*rows, strict=True)] or [pieces([])]
    want = "".join(left + right for left, right in rows)
    assert bytes(joined(columns)).decode() == want


def test_a_mark_is_repeated_as_often_as_each_row_says():
    assert listed(repeated(",", np.array([0, 2, 1]))) == ["", ",,", ","]


@pytest.mark.parametrize("row", [("a", "b"), ("a,b", 'c"d'), ("x\ny", ""), ("", "")])
def test_cells_are_read_back_as_they_were(row):
    (text,) = listed(cells([row]))
    assert next(csv.reader(["x" + text])) == ["x", *row]


def test_a_row_of_csv_has_no_line_end():
    assert csv_row(["a", "b "]) == "a,b "


tenths = st.one_of(
    st.floats(0, 1e11, allow_subnormal=False),
    st.integers(0, 10**9).map(lambda n: n / 4),  # ties
    st.integers(0, 10**9).map(lambda n: n / 20),  # next to ties
)


@settings(deadline=None, max_examples=500)
@given(value=tenths, places=st.integers(1, 4))
@example(value=0.25, places=1)
@example(value=0.35, places=1)
@example(value=9.95, places=1)
@example(value=0.0, places=4)
def test_numbers_are_rounded_as_python_rounds_them(value, places):
    (text,) = listed(decimals(np.array([value]), places=places))
    assert text == f",{value:.{places}f}"


def test_no_number_is_a_comma_alone():
    column = decimals(np.array([np.nan, 1.5, np.nan]), places=1)
    assert listed(column) == [",", ",1.5", ","]


@settings(deadline=None, max_examples=200)
@given(value=tenths, places=st.integers(1, 4))
def test_numbers_are_written_the_same_by_plain_and_by_compiled_code(value, places):
    values = np.array([value, np.nan])
    written = []
    for write in (
        pieces_kernels.write_decimals,
        pieces_kernels.compiled()["write_decimals"],
    ):
        text, stop = np.zeros((2, 30), np.uint8), np.zeros(2, np.int64)
        write(values, places, text, stop)
        written.append((text.tobytes(), stop.tolist()))
    assert written[0] == written[1]


@settings(deadline=None)
@given(texts=texts)
def test_texts_are_copied_the_same_by_plain_and_by_compiled_code(texts):
    column = pieces(texts)
    copied = []
    for put in (pieces_kernels.put, pieces_kernels.compiled()["put"]):
        out, at = np.zeros(column.text.size, np.uint8), column.start.copy()
        put(out, at, column.text, column.start, column.stop)
        copied.append((out.tobytes(), at.tolist()))
    assert copied[0] == copied[1] == ("".join(texts).encode(), column.stop.tolist())
