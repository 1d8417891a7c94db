"""Rows of files of any size: the same as `open_csv` reads, whatever is in them."""

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.errors import FileRefused
from data.importers import csv_kernels
from data.importers.columns import knower
from data.importers.csv_chunks import Source, open_chunks
from data.importers.csv_rows import number_of, read_rows
from data.importers.parsed import LoadKind, Options
from data.importers.table import open_csv
from data.text import decode_as

NAMES = ("id", "lng", "lat", "name")
XY = ("lng", "lat")

NUMBERS = [
    "121.5", "25", "-0", "+1.", ".5", "1e5", "1E-7", "1e999", "-1e-400", "nan", "-inf",
    "0x10", "1_0", "１２１．５", "12１.5", " 121.5 ", "\t25", "\u300025", "", " ", ".",
    "e5", "1e", "1e+", "- 1", "--1", "121.51702345678901", "0.1234567890123456789",
    "123456789012345678901234567890", "9007199254740993", "NULL", "007", '"121.5"',
    '" 25"', '"1""2"', '"12"5', '"', '""', "121,5", "lng", "LNG", '"lng"', "lat",
]  # fmt: skip
CELLS = [
    "", " ", "\u3000", "\xa0", "a", "臺北市", "堃", "1e5", '"x,y"', '"a""b"', 'a"b',
    '"line\nfeed"', '"both\r\nends"', '"\n\n"', '"open', '"shut"more', "\r", "a\rb",
    "\ufeff", "\x1c", "'", ";", "\t", "id", "name",
]  # fmt: skip
BLANK = set(', \u3000\xa0\t\r\n\x1c"\ufeff')
ENDS = ["\n", "\r\n", "\r\r\n", "\n\n", "\r"]

cell = st.one_of(
    st.sampled_from(CELLS), st.text(max_size=3).filter(lambda t: "\x00" not in t)
)
number = st.one_of(
    st.sampled_from(NUMBERS),
    st.floats().map(repr),
    st.decimals(allow_nan=False, places=15, min_value=-200, max_value=200).map(str),
)
full = st.tuples(cell, number, number, cell)
ragged = st.lists(st.one_of(cell, number), max_size=7)
row = st.one_of(full, full, ragged, st.just(NAMES))


@st.composite
def tables(draw, delimiter=","):
    """A file of strange rows under a good header."""
    rows = draw(st.lists(st.tuples(row, st.sampled_from(ENDS)), max_size=12))
    head = delimiter.join(NAMES) + draw(st.sampled_from(["", delimiter * 2]))
    text = head + "\n" + "".join(delimiter.join(cells) + end for cells, end in rows)
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "cp950"]))
    raw = text.encode(encoding, "replace")
    raw += draw(
        st.sampled_from([b"", b"x", b'1,2,"3\n', b"\xff,121,25,\n", b"\xff,1,2,,x\n"])
    )
    return raw, encoding


def source(blocks, name="rows.csv"):
    return Source(name, ((b, len(b)) for b in blocks), None, is_utf16=False)


def blocks_of(raw, size):
    """Cut bytes; the first lines stay together, as they do in blocks of 8 MB."""
    first = raw.find(b"\n") + 1
    rest = [raw[at : at + size] for at in range(first, len(raw), size)]
    return [raw[:first], *rest]


def streamed(raw, options, size=1 << 20, columns=XY):
    """Read rows from blocks: text, cells missing, numbers and fault of each."""
    head, chunks = open_chunks(source(blocks_of(raw, size)), options)
    found = []
    for rows in read_rows(chunks, head, columns, name="rows.csv"):
        for i in range(len(rows)):
            text = bytes(rows.text.text[rows.text.start[i] : rows.text.stop[i]])
            numbers = tuple(rows.values[:, i].tolist())
            fault = rows.faults.get(i)
            found.append((text.decode(), int(rows.missing[i]), numbers, fault))
    return head, found


def carefully(raw, options, folder):
    """Read rows one by one, as every other file is read."""
    path = Path(folder) / "rows.csv"
    path.write_bytes(raw)
    table = open_csv(path, knower(LoadKind.READS, options), options.encoding)
    return table, [row for row in table.rows if row.values or row.fault]


def same(left, right):
    return left == right or (math.isnan(left) and math.isnan(right))


def cells_of(text, missing):
    return [*(next(csv.reader([text])) or [""]), *[""] * missing]


def assert_same_rows(raw, options, size, folder):
    table, want = carefully(raw, options, folder)
    head, got = streamed(raw, options, size)
    assert head.names == table.names
    assert len(got) == len(want)
    for (text, missing, numbers, fault), one in zip(got, want, strict=True):
        values = [one.values.get(name, "") for name in table.names]
        assert cells_of(text, missing) == values
        assert all(map(same, numbers, [number_of(values[1]), number_of(values[2])]))
        reason = one.fault and f"line {one.number} not read: {one.fault.reason}"
        assert fault == reason


sizes = st.sampled_from([1, 7, 64, 1 << 20])
strange = settings(deadline=None, max_examples=150)


@strange
@given(table=tables(), size=sizes)
def test_rows_are_those_that_careful_reading_finds(table, size, tmp_path_factory):
    raw, encoding = table
    options = Options(encoding=encoding)
    assert_same_rows(raw, options, size, tmp_path_factory.mktemp("rows"))


@strange
@given(
    table=st.sampled_from(["\t", ";"]).flatmap(lambda mark: tables(delimiter=mark)),
    size=sizes,
)
def test_rows_between_other_marks_hold_the_same_cells(table, size, tmp_path_factory):
    raw, encoding = table
    options = Options(encoding=encoding)
    assert_same_rows(raw, options, size, tmp_path_factory.mktemp("rows"))


@strange
@given(table=tables())
def test_a_row_between_commas_stays_letter_for_letter(table, tmp_path_factory):
    raw, encoding = table
    options = Options(encoding=encoding)
    _, want = carefully(raw, options, tmp_path_factory.mktemp("rows"))
    _, got = streamed(raw, options)
    for (text, missing, _, fault), one in zip(got, want, strict=True):
        if fault is None:
            lines = io.BytesIO(one.raw)
            was = "".join(decode_as(line, encoding) for line in lines).rstrip("\r\n")
            assert was.startswith(text)
            assert was == text or (missing == 0 and set(was[len(text) :]) <= BLANK)


@pytest.mark.parametrize("again", ["1,2,x\n", " 1,2 ,x\n", "１,2,x\n", '"1",2,x\n'])
def test_the_header_again_is_no_row_even_if_its_names_are_numbers(again):
    options = Options(encoding="utf-8", lng_col="1", lat_col="2")
    raw = f"1,2,x\n121,25,a\n{again}".encode()
    _, (_, (*_, fault)) = streamed(raw, options, columns=("1", "2"))
    assert "header once more" in fault


BLANK_ROWS = [",,,", "\u3000,,,", ",\xa0,,", "\x1c,\t,,", '" ",,,', "", " ", ",,,,,"]


@pytest.mark.parametrize("blank", BLANK_ROWS)
def test_a_row_of_white_space_is_none(blank):
    raw = f"id,lng,lat,name\n{blank}\n1,121,25,a\n".encode()
    assert [text for text, *_ in streamed(raw, Options())[1]] == ["1,121,25,a"]


def test_a_bad_letter_in_a_row_that_goes_on_in_the_next_block_is_told():
    raw = b'id,lng,lat,name\n1,121,25,"\xff\nx"\n2,121,25,a\n'
    for size in (12, 1 << 20):
        _, got = streamed(raw, Options(encoding="utf-8"), size)
        assert got[0][3] == "line 2 not read: byte 10 cannot be read as utf-8"
        assert got[1][3] is None


def test_a_quote_over_more_lines_than_a_row_may_have_is_one_bad_line():
    raw = b'id,lng,lat,name\n1,121,25,"' + b"x\n" * 50 + b'"\n2,121,25,y\n'
    for size in (1, 100, 1 << 20):
        _, got = streamed(raw, Options(encoding="utf-8"), size)
        assert "never closed" in got[0][3]
        assert got[-1][0] == "2,121,25,y"


def test_a_quote_over_as_many_lines_as_a_row_may_have_is_one_row():
    raw = b'id,lng,lat,name\n1,121,25,"' + b"x\n" * 49 + b'"\n2,121,25,y\n'
    _, got = streamed(raw, Options(encoding="utf-8"), 10)
    assert [fault for *_, fault in got] == [None, None]


LONG = {
    "a line": b"x" * (1 << 20) + b"\n",
    "a quote": b'"' + b"x\n" * 10 + b"y" * (1 << 20) + b'"\n',
    "an open quote": b'"' + (b"x" * 99_999 + b"\n") * 20,
    "a line without an end": b"x" * (3 << 20),
}


@pytest.mark.parametrize("long", LONG.values(), ids=LONG)
def test_a_row_that_is_too_long_is_refused_with_its_line(long):
    raw = b"id,lng,lat,name\n1,121,25,a\n" + long
    with pytest.raises(FileRefused, match="row 3: this row is longer") as refused:
        streamed(raw, Options(encoding="utf-8"), 1 << 16)
    assert refused.value.row == 3


def test_every_column_may_be_asked_for_in_any_order_and_twice():
    raw = b"id,lng,lat,name\n7,121,25,8\n"
    _, got = streamed(raw, Options(), columns=("name", "id", "name"))
    assert got[0][2] == (8, 7, 8)


marks = st.text(alphabet="0123456789+-.eE _１", max_size=30)
DECIMAL = r"[+-]?[0-9]{0,4}[.][0-9]{0,20}(e[+-]?[0-9]{1,3})?"


@settings(deadline=None, max_examples=1000)
@given(text=st.one_of(number, marks, st.from_regex(DECIMAL, fullmatch=True)))
@example(text="9300000000000000000")  # one digit more than an int64 surely holds
@example(text="9007199254740993.5")
def test_a_number_is_read_as_python_reads_it_or_not_at_all(text):
    for kind, value in both_ways("read_number", text.encode(), 0, len(text.encode())):
        if kind == csv_kernels.NUMBER:
            assert float(value).hex() == float(text).hex()
        elif kind == csv_kernels.NOTHING:
            assert not text.strip()


def both_ways(name, text, *rest):
    """Run a function on bytes, plain and compiled."""
    yield getattr(csv_kernels, name)(text, *rest)
    yield csv_kernels.compiled()[name](np.frombuffer(text, np.uint8), *rest)


def test_a_number_halfway_between_two_floats_gets_a_second_look():
    for kind, _ in both_ways("read_number", b"9007199254740993.0", 0, 18):
        assert kind == csv_kernels.UNSURE


@given(value=st.floats(-200, 200).filter(lambda v: abs(v) > 1e-4))
def test_a_coordinate_of_any_float_needs_no_second_look(value):
    raw = repr(value).encode()
    assert csv_kernels.read_number(raw, 0, len(raw))[0] == csv_kernels.NUMBER


@settings(deadline=None, max_examples=200)
@given(table=tables(), is_last=st.booleans(), mark=st.sampled_from(b",;\t"))
def test_rows_are_split_the_same_by_plain_and_by_compiled_code(table, is_last, mark):
    raw, _ = table
    slots = np.array([-1, 0, 1, -1], np.int64)

    def out():
        rows = raw.count(b"\n") + 1
        bounds, kinds = np.zeros((rows, 5), np.int32), np.zeros(rows, np.uint8)
        values, doubts = np.full((2, rows), np.nan), np.full((4, rows), -1, np.int32)
        return bounds, kinds, values, doubts[:2], doubts[2:]

    plain, fast = out(), out()
    rest = (is_last, (mark, slots, False), (5, 200))
    told = csv_kernels.split(raw, *rest, plain)
    text = np.frombuffer(raw, np.uint8)
    assert told == csv_kernels.compiled()["split"](text, *rest, fast)
    for left, right in zip(plain, fast, strict=True):
        assert np.array_equal(left, right, equal_nan=True)
