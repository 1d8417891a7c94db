"""Files of any size as pieces: encodings, headers, and what is refused."""

import os
import threading
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import FileRefused
from data.importers.columns import knower
from data.importers.csv_chunks import SAMPLE, Source, open_chunks, open_source
from data.importers.parsed import LoadKind, Options
from data.importers.table import open_csv

HEADER = "id,lng,lat,地點\n"
ROWS = "1,121.5,25,臺北市\n2,120.3,22.6,高雄市三民區堃路\n"


def source(*blocks):
    return Source("rows.csv", ((b, len(b)) for b in blocks), None, is_utf16=False)


def read(*blocks, **options):
    head, chunks = open_chunks(source(*blocks), Options(**options))
    return head, list(chunks)


def text_of(chunks):
    return b"".join(chunk.text for chunk in chunks).decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "big5hkscs"])
def test_the_encoding_is_told_and_utf_8_comes_out(encoding):
    text = HEADER + ROWS.replace("堃", "坤") * 50
    head, chunks = read(text.encode(encoding))
    assert head.names == ("id", "lng", "lat", "地點")
    assert text_of(chunks) == text.removeprefix(HEADER)


def test_a_letter_that_only_hong_kong_has_is_read_in_a_file_of_cp950():
    raw = (HEADER + ROWS).encode("big5hkscs") + "臺北市\n".encode("cp950") * 50
    _, chunks = read(raw)
    assert text_of(chunks).startswith(ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "cp950"])
def test_the_encoding_is_told_by_the_first_text_wherever_it_comes(encoding):
    plain = b"id,lng,lat\n" + b"1,121,25\n" * 3
    late = "2,121,25,臺北市\n".encode(encoding)
    head, chunks = read(plain, plain[11:], late, late)
    assert head.encoding is None
    assert text_of(chunks).endswith("2,121,25,臺北市\n" * 2)


def test_text_after_as_much_ascii_as_is_looked_at_is_read():
    plain = "1,121,25\n" * (SAMPLE // 9 + 9)
    _, chunks = read(f"id,lng,lat\n{plain}2,121,25,臺北市\n".encode("cp950"))
    assert text_of(chunks).endswith("臺北市\n")


def test_an_encoding_that_is_given_is_taken():
    head, chunks = read(b"id,lng,lat\n1,2,\xe9\n", encoding="latin-1")
    assert head.encoding == "latin-1"
    assert text_of(chunks) == "1,2,é\n"


@pytest.mark.parametrize("encoding", ["utf-7", "shift_jis", "iso2022_jp", "gb18030"])
def test_any_encoding_that_holds_lines_is_read(encoding):
    text = "id,lng,lat,name\n1,121,25,東京都\n2,121,25,x\n"
    _, chunks = read(text.encode(encoding), encoding=encoding)
    assert text_of(chunks) == text[text.index("1") :]


def test_a_line_that_cannot_be_decoded_is_named_by_its_number():
    head, chunks = read(HEADER.encode(), ROWS.encode(), b"3,1,2,\xff\xfe\n" + b"4\n")
    assert head.lines == 1
    (bad,) = [fault for chunk in chunks for fault in chunk.faults.items()]
    assert bad[0] == 4
    assert bad[1].reason == "byte 6 cannot be read as utf-8-sig"


def test_a_byte_order_mark_before_any_line_is_no_text():
    raw = b"\xef\xbb\xbf" + HEADER.encode() + b"\xef\xbb\xbf" + ROWS.encode()
    _, chunks = read(raw + b"\xef\xbb\xbf", ROWS.encode())
    assert text_of(chunks) == ROWS + ROWS


def test_lines_above_the_header_are_skipped_and_counted():
    head, chunks = read(f"清冊\n\n{HEADER}{ROWS}".encode())
    assert (head.lines, chunks[0].number) == (3, 4)
    assert text_of(chunks) == ROWS


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_end_of_the_header_is_kept_in_mind(end):
    head, _ = read(f"id,lng,lat{end}1,2,3\n".encode())
    assert head.line_end == end


@settings(deadline=None, max_examples=50)
@given(cuts=st.lists(st.integers(1, 200), max_size=5), end=st.sampled_from(["", "\n"]))
def test_wherever_blocks_end_the_lines_are_whole(cuts, end):
    raw = (ROWS * 3).removesuffix("\n").encode() + end.encode()
    at = sorted({0, len(raw), *(min(cut, len(raw)) for cut in cuts)})
    blocks = [raw[a:b] for a, b in pairwise(at)]
    _, chunks = read(HEADER.encode(), *blocks)
    assert text_of(chunks).encode() == raw
    assert all(chunk.text.endswith(b"\n") for chunk in chunks[1:-1])
    lines = 2
    for chunk in chunks:
        assert chunk.number == lines
        lines += chunk.text.count(b"\n")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_as_every_other_file(encoding, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(("\ufeff" + HEADER + ROWS).encode(encoding))
    with open_source(path) as opened:
        head, chunks = open_chunks(opened, Options(encoding="cp950"))
        assert text_of(chunks) == ROWS
    assert head.names[3] == "地點"


def test_half_a_character_of_utf_16_is_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(("\ufeff" + HEADER).encode("utf-16-le") + b"\x00")
    with open_source(path) as opened, pytest.raises(FileRefused, match="utf-16-le"):
        list(open_chunks(opened, Options())[1])


def test_a_nul_is_refused_with_its_row():
    with pytest.raises(FileRefused, match="row 5: looks like a binary file"):
        read(HEADER.encode(), ROWS.encode(), b"3,1,2,x\n4,\x00,2,x\n")


REFUSED = {
    "nothing": (b"", "is empty"),
    "no header": (b"foo,bar\n1,2\n", "no line near the top"),
    "a zip": (b"PK\x03\x04" + b"x" * 99, "zip"),
    "a web page": (b"<!doctype html>\n<p>lng,lat\n", "web page"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_csv_is_refused_by_the_name_of_the_file(name):
    raw, reason = REFUSED[name]
    with pytest.raises(FileRefused, match=reason) as refused:
        read(raw)
    assert str(refused.value).startswith("rows.csv")


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, reason in (("none", "no such"), (".", "folder"), ("pipe", "device")):
        with pytest.raises(FileRefused, match=reason), open_source(tmp_path / name):
            pass


@settings(deadline=None, max_examples=100)
@given(
    title=st.text(max_size=20),
    body=st.text(max_size=200),
    bom=st.sampled_from(["", "\ufeff"]),
)
def test_header_and_encoding_are_those_of_every_other_file(
    title, body, bom, tmp_path_factory
):
    raw = f"{bom}{title}\n{HEADER}{body}".replace("\x00", "").encode()
    path = tmp_path_factory.mktemp("head") / "rows.csv"
    path.write_bytes(raw)
    table = open_csv(path, knower(LoadKind.READS, Options()))
    head, _ = read(raw)
    told = (table.names, table.shape.delimiter, table.shape.encoding)
    assert (head.names, head.delimiter, head.encoding) == told


def test_a_pipe_that_gives_little_at_a_time_is_read_in_full_blocks(monkeypatch):
    """Replace the standard input by a pipe that somebody writes to slowly."""
    reading, writing = os.pipe()

    def write():
        with os.fdopen(writing, "wb", buffering=0) as to:
            for _ in range(10_000):
                to.write(ROWS.encode())

    with os.fdopen(reading) as pipe:
        monkeypatch.setattr("sys.stdin", pipe)
        writer = threading.Thread(target=write)
        writer.start()
        with open_source("-") as opened:
            blocks = list(opened.blocks)
        writer.join()
    assert [size for _, size in blocks] == [10_000 * len(ROWS.encode())]
