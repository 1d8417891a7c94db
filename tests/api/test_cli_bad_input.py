"""Bad input on the command line: one line, exit 1, nothing half loaded."""

import csv
import json
import os
import sqlite3 as plain_sqlite
from contextlib import closing

import pytest
import typer
from typer.testing import CliRunner

import api.commands.locate
import api.service
from api.cli import one_line_errors
from api.commands.load import register
from api.commands.locate import locate

KINDS = ("cameras", "atms", "stations", "reports", "hotlist", "reads", "boundaries")
HEADERS = {
    "cameras": "camera_id,name,lng,lat",
    "atms": "name,address,lng,lat",
    "stations": "名稱,地址,lng,lat",
    "reports": "編號,案類,發生日期,發生時段,發生地點",
    "hotlist": "case_number,agency,plate,event_from",
    "reads": "camera_id,at,plate,lng,lat",
}
CAMERAS = "camera_id,name,lng,lat\nZZ-0001,某路口,121.55,25.03\n"
MB = b"x" * (1024 * 1024 + 1)


@pytest.fixture
def run(tmp_path, boundaries, monkeypatch):
    """Run a command as `main` does, with the boundaries that are read already."""
    for module in (api.service, api.commands.locate):
        monkeypatch.setattr(module, "load_boundaries", lambda *_, **__: boundaries)
    app = typer.Typer()
    register(app)
    app.command("locate")(locate)
    db = ["--db", str(tmp_path / "kept.db")]

    def invoke(*words):
        end = db if "--db" not in words and words[0] != "locate" else []
        return CliRunner().invoke(app, [*map(str, words), *end])

    return invoke


@pytest.fixture
def written(tmp_path):
    def write(content, name="rows.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def told(done):
    """Give the one line of a refusal."""
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        with pytest.raises(SystemExit) as end, one_line_errors():
            raise done.exception
        assert end.value.code == 1
        return str(done.exception)
    assert done.exit_code == 1, done.output
    assert done.stderr.count("\n") == 1
    return done.stderr


FILES = {
    "empty": (b"", "x.csv"),
    "binary": (bytes(range(256)), "x.csv"),
    "a GeoPackage called CSV": (b"SQLite format 3\0" + bytes(99), "x.csv"),
    "a CSV called GeoPackage": (b"a,b\n1,2\n", "x.gpkg"),
    "one endless line": (b"lng,lat,name\n" + MB, "x.csv"),
    "other columns": (b"foo,bar\n1,2\n", "x.csv"),
    "NUL": (b"lng,lat\n1\x00,2\n", "x.csv"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "x.json"),
    "a deep row": (b'[{"a":' + b"[" * 99_999 + b"]" * 99_999 + b"}]", "x.json"),
    "cut off": (b'{"type":"FeatureCollection","features":[{"type":"Fea', "x.geojson"),
    "a crs without a name": (b'{"crs":{"properties":null},"features":[]}', "x.geojson"),
    "a crs nobody knows": (
        b'{"crs":{"properties":{"name":"nope"}},"features":[{"lng":1}]}',
        "x.geojson",
    ),
    "no rows": (b"[]", "x.json"),
    "a number": (b"5", "x.json"),
    "blanks": (b"  \n ", "x.json"),
    "nothing but half characters": (b'[{"lng":"\\ud800"}]', "x.json"),
    "half UTF-16": ("\ufefflng,lat\n1,2\n".encode("utf-16-le") + b"\x00", "x.csv"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_loaded_is_one_line(run, written, name):
    path = written(*FILES[name])
    for kind in KINDS:
        assert path.name in told(run("load", kind, path))
    told(run("locate", path, "--out", path.with_name("out.csv")))


def test_what_is_no_file_is_one_line(run, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "nowhere.csv", tmp_path, tmp_path / "pipe", "/dev/zero"):
        for kind in KINDS:
            told(run("load", kind, path))
    for kind in KINDS:
        told(run("load", kind, tmp_path / ("x" * 300)))


def test_a_bad_name_of_a_file_is_shown_and_kept_as_plain_text(run, tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\x1b[31m.csv"
    with open(path, "wb") as file:
        file.write(CAMERAS.encode())
    done = run("load", "cameras", os.fsdecode(path), "--json")
    assert json.loads(done.stdout)[0]["loaded"] == 1
    with open(path, "wb"):
        pass
    assert "\x1b" not in told(run("load", "cameras", os.fsdecode(path)))


@pytest.mark.parametrize("encoding", ["rot13", "undefined", "nope", "hex"])
def test_an_encoding_that_is_none_is_one_line(run, written, encoding):
    path = written(CAMERAS)
    assert "no encoding" in told(run("load", "cameras", path, "--encoding", encoding))


ROWS = {
    "half a character": {"name": "\ud800", "lng": 121.5, "lat": 25.0},
    "no number": {"lng": "x", "lat": 25.0},
    "NaN": {"lng": float("nan"), "lat": float("-inf")},
    "properties that are a list": {"type": "Feature", "properties": [1], "geometry": 5},
    "a geometry that is none": {
        "type": "Feature",
        "properties": {"name": "x"},
        "geometry": {"type": [], "coordinates": "ab"},
    },
    "no object": 7,
    "null": None,
}


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_of_json_is_held_and_its_neighbour_is_kept(run, written, name):
    good = {"camera_id": "ZZ-0001", "name": "某路口", "lng": 121.55, "lat": 25.03}
    path = written(json.dumps([ROWS[name], good]), "x.json")
    (facts,) = json.loads(run("load", "cameras", path, "--json").stdout)
    assert (facts["rows"], facts["loaded"], facts["quarantined"]) == (2, 1, 1)


@pytest.mark.parametrize("limit", ["9" * 30, "9" * 5000, "𐩀", "①", "50.5"])
def test_a_speed_limit_of_strange_digits_stops_nothing(run, written, limit):
    content = f"camera_id,name,lng,lat,速限\nZZ-1,某路,121.55,25.03,{limit}\n"
    (facts,) = json.loads(run("load", "cameras", written(content), "--json").stdout)
    assert facts["loaded"] == 1


@pytest.mark.parametrize("kind", HEADERS)
def test_a_row_of_a_hundred_thousand_cells_is_held(run, written, kind):
    path = written(HEADERS[kind] + "\n" + "x," * 100_000 + "x\n")
    (facts,) = json.loads(run("load", kind, path, "--json").stdout)
    assert facts["reasons"] == {"extra-cells": 1}


def test_a_carriage_return_in_a_row_loses_nothing_when_redriven(run, written):
    path = written(CAMERAS + "ZZ-0002,某,121.5,25.0\rZZ-0003,某,121.6,25.0\n")
    run("load", "cameras", path)
    done = json.loads(run("quarantine", "redrive", "--json").stdout)
    assert (done["tried"], done["loaded"], done["held"]) == (1, 0, 1)


def test_a_form_feed_in_a_cell_of_utf_16_does_not_part_the_row(run, written):
    text = "\ufeff" + CAMERAS.replace("某路口", "某\x0c路\u2028口")
    path = written(text.encode("utf-16-le"))
    (facts,) = json.loads(run("load", "cameras", path, "--json").stdout)
    assert (facts["rows"], facts["loaded"]) == (1, 1)


def dumped(path):
    with closing(plain_sqlite.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_file_loaded_again_changes_nothing(run, written, tmp_path):
    path = written(CAMERAS + "ZZ-0002,某,0,0\n")
    run("load", "cameras", path)
    before = dumped(tmp_path / "kept.db")
    run("load", "cameras", path)
    assert dumped(tmp_path / "kept.db") == before


def test_a_store_that_cannot_be_is_one_line(run, written, tmp_path):
    path = written(CAMERAS)
    for db in (tmp_path, path / "x.db", path):
        told(run("load", "cameras", path, "--db", db))


def test_a_database_of_another_program_is_left_alone(run, written, tmp_path):
    other = tmp_path / "other.db"
    with closing(plain_sqlite.connect(other)) as connection:
        connection.execute("create table theirs (a)")
    before = other.read_bytes()
    line = told(run("load", "cameras", written(CAMERAS), "--db", other))
    assert "another program" in line
    assert other.read_bytes() == before


def test_a_store_of_a_later_release_is_left_alone(run, written, tmp_path):
    path = written(CAMERAS)
    run("load", "cameras", path)
    with closing(plain_sqlite.connect(tmp_path / "kept.db")) as connection:
        connection.execute("update alembic_version set version_num = 'later'")
        connection.commit()
    assert "later release" in told(run("load", "cameras", path))


def test_marks_of_a_url_in_the_name_of_a_store_are_part_of_it(run, written, tmp_path):
    db = tmp_path / "a?mode=ro#%41.db"
    assert run("load", "cameras", written(CAMERAS), "--db", db).exit_code == 0
    assert db.exists()


def located(run, path, out):
    done = run("locate", path, "--out", out)
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8", newline="") as file:
        return done, list(csv.DictReader(file))


def test_locate_leaves_no_row_out(run, written, tmp_path):
    rows = b'\xff\xfe,1,2,3\na,b,121.5,25.0,more\nc,d,x,y\n"never closed,1,2\n'
    path = written(CAMERAS.encode() + rows)
    done, found = located(run, path, tmp_path / "out.csv")
    assert len(found) == 5
    assert [row["county"] != "" for row in found] == [True] + [False] * 4
    assert all(row["note"] for row in found)
    assert "line 3" in found[1]["note"]
    assert "3 not read" in done.stderr


def test_locate_refuses_two_columns_of_one_name(run, written, tmp_path):
    path = written("name,lng,lat,name\na,121.5,25.0,b\n")
    assert "two columns" in told(run("locate", path, "--out", tmp_path / "out.csv"))


def test_locate_does_not_write_over_what_it_reads(run, written, tmp_path):
    path = written(CAMERAS)
    told(run("locate", path, "--out", path))
    assert path.read_text() == CAMERAS


def test_locate_that_cannot_write_leaves_nothing_behind(run, written, tmp_path):
    path = written(CAMERAS)
    for out in (tmp_path, tmp_path / "none" / "out.csv", path / "out.csv"):
        told(run("locate", path, "--out", out))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["rows.csv"]


def test_boundaries_need_shapes_and_a_crs(run, written):
    path = written("COUNTYCODE,COUNTYNAME\n1,x\n")
    assert "no shapes" in told(run("load", "boundaries", path))
    assert "CRS" in told(run("load", "boundaries", path, "--crs", "nope"))


def test_a_setting_that_is_no_value_of_its_kind_is_exit_2(run, written, monkeypatch):
    monkeypatch.setenv("LIANFANG_PORT", "many")
    done = run("load", "cameras", written(CAMERAS))
    with pytest.raises(SystemExit) as end, one_line_errors():
        raise done.exception
    assert end.value.code == 2


def test_rows_that_stay_unreadable_do_not_stop_the_others(run, written):
    run("load", "cameras", written(CAMERAS + "a\rb\n", "a.csv"))
    run("load", "stations", written("名稱,x,y\n某所,301050,2607500\n", "b.csv"))
    rows = json.loads(run("quarantine", "list", "--json").stdout)
    open_one = next(row["id"] for row in rows if row["code"] == "two-readings")
    assert run("quarantine", "redrive", "--json").exit_code == 0
    done = run("quarantine", "redrive", open_one, "--crs", "EPSG:3825", "--json")
    assert json.loads(done.stdout)["loaded"] == 1
