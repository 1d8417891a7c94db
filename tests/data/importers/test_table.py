import os

import pytest

from data.errors import FileRefused
from data.importers.files import MAX_ROW
from data.importers.table import open_csv, reread_csv


def known(name):
    return name in ("id", "name", "lng", "lat", "編號")


def open_text(written, content, name="rows.csv"):
    return open_csv(written(content, name), known)


def test_rows_know_their_line_and_their_bytes(written):
    table = open_text(written, "id,name\n1,a\n2,b\n")
    rows = list(table.rows)
    assert [(row.number, row.raw) for row in rows] == [(2, b"1,a\n"), (3, b"2,b\n")]
    assert rows[1].values == {"id": "2", "name": "b"}


def test_a_quoted_cell_may_run_over_lines(written):
    rows = list(open_text(written, 'id,name\n1,"a\nb"\n2,c\n').rows)
    assert [row.number for row in rows] == [2, 4]
    assert rows[0].raw == b'1,"a\nb"\n'
    assert rows[0].values["name"] == "a\nb"


def test_an_unclosed_quote_costs_one_row_only(written):
    lines = "".join(f"{n},b\n" for n in range(200))
    rows = list(open_text(written, f'id,name\n1,"a\n{lines}').rows)
    assert rows[0].fault.code == "unclosed-quote"
    assert len(rows) == 201
    assert all(row.fault is None for row in rows[1:])


def test_a_title_above_the_header_is_skipped_and_kept(written):
    table = open_text(written, "臺北市某某清冊,,\n編號,name,\n1,a,\n")
    assert table.names == ("編號", "name")
    assert table.shape.title == "臺北市某某清冊"
    assert [row.number for row in table.rows] == [3]


@pytest.mark.parametrize(("mark", "told"), [(";", ";"), ("\t", "tab")])
def test_other_delimiters_are_found_and_told(written, mark, told):
    table = open_text(written, f"id{mark}name\n1{mark}a\n")
    assert next(table.rows).values == {"id": "1", "name": "a"}
    assert any(told in note for note in table.notes)


def test_a_byte_order_mark_is_no_part_of_the_first_name(written):
    table = open_text(written, b"\xef\xbb\xbfid,name\n1,a\n")
    assert table.names == ("id", "name")


def test_big5_is_found_and_told(written):
    table = open_text(written, "id,name\n1,許功蓋\n".encode("cp950"))
    assert next(table.rows).values["name"] == "許功蓋"
    assert "read as cp950" in table.notes


def test_utf16_is_read_and_its_rows_again(written):
    table = open_text(written, "id,name\r\n1,臺北\r\n".encode("utf-16"))
    row = next(table.rows)
    assert row.values == {"id": "1", "name": "臺北"}
    assert reread_csv(row.raw, table.header, table.shape).values == row.values


def test_an_undecodable_row_is_set_aside_with_its_bytes(written):
    content = "id,name\n1,臺北\n".encode() + b"2,\xff\xfe\xff\n" + "3,臺中\n".encode()
    rows = list(open_text(written, content).rows)
    assert [row.fault and row.fault.code for row in rows] == [None, "undecodable", None]
    assert rows[1].raw == b"2,\xff\xfe\xff\n"


def test_a_row_of_hkscs_in_a_big5_file_is_read(written):
    content = "id,name\n1,許功蓋\n".encode("cp950") + "2,堃\n".encode("big5hkscs")
    rows = list(open_text(written, content).rows)
    assert rows[1].values["name"] == "堃"


def test_blank_lines_have_neither_values_nor_fault(written):
    rows = list(open_text(written, "id,name\n,,,\n\n1,a\n").rows)
    assert [bool(row.values) for row in rows] == [False, False, True]
    assert all(row.fault is None for row in rows)


def test_cells_beyond_the_header_are_refused_when_they_say_something(written):
    rows = list(open_text(written, "id,name\n1,a,\n2,b,c\n").rows)
    assert rows[0].values == {"id": "1", "name": "a"}
    assert rows[1].fault.code == "extra-cells"


def test_missing_cells_at_the_end_are_empty(written):
    assert next(open_text(written, "id,name\n1\n").rows).values["name"] == ""


def test_the_header_once_more_is_no_row(written):
    rows = list(open_text(written, "id,name\n1,a\nid,name\n2,b\n").rows)
    assert rows[1].fault.code == "header-again"


def test_a_held_row_reads_as_it_did(written):
    table = open_text(written, 'id;name\n1;"許\n功"\n'.encode("cp950"))
    row = next(table.rows)
    assert reread_csv(row.raw, table.header, table.shape).values == row.values


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest", "zip, xlsx"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0rest", "Excel"),
        (b"id,name\n1,\x00\x01\n", "binary"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"what,ever\n1,2\n", "no line near the top"),
        (b"\xff\xff\xff,\xff\n", "--encoding"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_remedy(written, content, reason):
    with pytest.raises(FileRefused, match=reason) as refused:
        open_text(written, content)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="no such file"):
        open_csv(tmp_path / "nowhere.csv", known)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="is a folder"):
        open_csv(tmp_path, known)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(written):
    path = written("id\n")
    path.chmod(0)
    with pytest.raises(FileRefused, match="cannot be read"):
        open_csv(path, known)


def test_an_unknown_encoding_is_refused(written):
    with pytest.raises(FileRefused, match="there is no encoding"):
        open_csv(written("id,name\n"), known, "klingon")


def test_a_line_without_end_is_refused_by_its_number(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"id,name\n1,a\n2,")
        for _ in range(20):
            file.write(b"x" * MAX_ROW)
    with pytest.raises(FileRefused, match="row 3: this row is longer than 1 MB"):
        open_csv(path, known)


def test_a_row_of_many_long_lines_is_refused_by_its_number(written):
    line = "x" * (MAX_ROW // 3)
    table = open_text(written, f'id,name\n1,"{line}\n{line}\n{line}\n{line}"\n')
    with pytest.raises(FileRefused, match="row 2"):
        list(table.rows)


def test_a_file_over_2_gb_is_refused_unread(tmp_path):
    path = tmp_path / "huge.csv"
    path.write_bytes(b"id,name\n")
    os.truncate(path, 2 * 1024**3 + 1)
    with pytest.raises(FileRefused, match="larger than 2 GB"):
        open_csv(path, known)
