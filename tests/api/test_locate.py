"""`lianfang locate`: files of any size, pipes, Parquet, and what it adds."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
import typer
from typer.testing import CliRunner

import api.commands.locate
from api.cli import one_line_errors
from api.commands.locate import locate
from api.commands.locate_columns import Asked, Locator
from api.commands.locate_csv import CsvTable
from data.importers.csv_chunks import Source, open_chunks
from data.importers.parsed import Options
from geo.boundaries import Level

COMMAND = Path(sys.executable).parent / "lianfang"
TAIPEI = "121.5170,25.0478"
AT_A_BORDER = "120.88023,24.73356"  # some 30 m within 苗栗縣
AT_SEA = "119.0,23.0"
ADDED = "county_code,county,town_code,town,village_code,village,border_m,note"


@pytest.fixture
def run(boundaries, monkeypatch, tmp_path):
    """Run the command as `main` does, with the boundaries that are read already."""
    monkeypatch.setattr(
        api.commands.locate, "load_boundaries", lambda *_, **__: boundaries
    )
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.command("locate")(locate)

    def invoke(*words):
        done = CliRunner().invoke(app, [str(word) for word in words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            with one_line_errors():
                raise done.exception
        return done

    return invoke


@pytest.fixture
def located(run, tmp_path):
    """Locate the rows of a text; returns the text that comes out."""

    def make(content, *words):
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "in.csv").write_bytes(raw)
        done = run("in.csv", "--out", "out.csv", *words)
        assert done.exit_code == 0, done.output
        return (tmp_path / "out.csv").read_bytes().decode()

    return make


def rows_of(text):
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture
def refused(run, capsys):
    """Run the command in vain; returns the one line that says why."""

    def told(*words):
        with pytest.raises(SystemExit) as end:
            run(*words)
        assert end.value.code == 1
        line = capsys.readouterr().err
        assert line.count("\n") == 1
        return line

    return told


def test_columns_are_added_behind_and_rows_stay_as_they_are(located):
    row = f'007,"a ""b""",{TAIPEI},1e5, x ,\n'
    text = located(f"id,name,lng,lat,n,m,empty\n{row}")
    header, line = text.splitlines()
    assert header == f"id,name,lng,lat,n,m,empty,{ADDED}"
    assert line.startswith(row.strip("\n") + ",63000,臺北市,63000050,中正區,63000050")
    assert line.endswith(",ok")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_end_as_those_of_the_file(located, end):
    text = located(f"lng,lat{end}{TAIPEI}{end}{TAIPEI}")
    assert text.count(end) == text.count("\n") == 3


def test_short_rows_get_their_missing_cells(located):
    found = rows_of(located(f"lng,lat,a,b\n{TAIPEI}\n{TAIPEI},x\n"))
    assert [(row["a"], row["b"], row["county"]) for row in found] == [
        ("", "", "臺北市"),
        ("x", "", "臺北市"),
    ]


def test_rows_between_tabs_come_out_between_commas(located):
    text = located("name\tlng\tlat\na,b\t121.5170\t25.0478\n")
    assert rows_of(text)[0]["name"] == "a,b"
    assert rows_of(text)[0]["county"] == "臺北市"


def test_a_file_of_cp950_comes_out_as_utf_8(located):
    text = located(f"地點,lng,lat\n臺北車站,{TAIPEI}\n".encode("cp950"))
    assert rows_of(text)[0]["地點"] == "臺北車站"


def test_a_file_without_rows_gets_a_header(located):
    assert located("lng,lat\n") == f"lng,lat,{ADDED}\n"


def test_answers_are_those_of_the_boundaries(located, boundaries):
    rng = np.random.default_rng(7)
    lng, lat = rng.uniform(119.9, 122.1, 3000), rng.uniform(21.8, 25.4, 3000)
    rows = "".join(
        f"{x!r},{y!r}\n" for x, y in zip(lng.tolist(), lat.tolist(), strict=True)
    )
    found = rows_of(located("lng,lat\n" + rows, "--neighbour"))
    places = boundaries.locate(lng=lng, lat=lat)
    codes, metres = boundaries.border(lng=lng, lat=lat)
    for name in ("county_code", "county", "town_code", "town", "village_code", "note"):
        assert [row[name] for row in found] == getattr(places, name).tolist()
    assert [row["border_code"] for row in found] == codes.tolist()
    wanted = ["" if np.isnan(m) else f"{m:.1f}" for m in metres.tolist()]
    assert [row["border_m"] for row in found] == wanted


@pytest.mark.parametrize("level", Level)
def test_no_finer_level_is_added_than_asked_for(located, level):
    header = located(f"lng,lat\n{TAIPEI}\n", "--layer", level).splitlines()[0]
    added = [name for name in Level if f",{name}_code" in header]
    assert added == list(Level)[: list(Level).index(level) + 1]


def test_the_county_behind_the_border_is_named_when_asked_for(located, boundaries):
    text = located(f"lng,lat\n{AT_A_BORDER}\n{AT_SEA}\n", "--neighbour")
    near, far = rows_of(text)
    assert near["border_code"] != near["county_code"]
    assert near["border"] == boundaries[near["border_code"]].name
    assert (far["border_code"], far["border"]) == ("", "")


def test_the_share_says_how_sure_the_county_is(located):
    text = located(f"lng,lat\n{TAIPEI}\n{AT_A_BORDER}\n", "--error-m", "30")
    sure, unsure = (float(row["share"]) for row in rows_of(text))
    assert sure == 1
    assert 0.5 < unsure < 0.95


def test_the_error_of_each_row_may_stand_in_a_column(located):
    rows = "".join(f"{AT_A_BORDER},{m}\n" for m in ("1", "300", "", "x", "-5"))
    text = located("lng,lat,Accuracy_M\n" + rows, "--error-m", "accuracy m")
    shares = [row["share"] for row in rows_of(text)]
    assert float(shares[0]) > float(shares[1]) > 0
    assert shares[2:] == ["", "", ""]


def test_the_share_of_a_place_at_sea_is_that_of_no_county(located):
    text = located(f"lng,lat\n{AT_SEA}\n0,0\n", "--error-m", "100")
    assert [row["share"] for row in rows_of(text)] == ["1.0000", ""]


@pytest.mark.parametrize("error", ["nowhere", "-3", "300000", "nan"])
def test_an_error_that_is_none_is_refused(refused, tmp_path, error):
    (tmp_path / "in.csv").write_text(f"lng,lat\n{TAIPEI}\n")
    assert error in refused("in.csv", "--out", "out.csv", "--error-m", error)


def test_what_was_located_already_needs_names_of_its_own(
    run, refused, located, tmp_path
):
    (tmp_path / "twice.csv").write_text(located(f"lng,lat\n{TAIPEI}\n"))
    assert "--prefix" in refused("twice.csv", "--out", "out.csv")
    done = run("twice.csv", "--out", "out.csv", "--prefix", "new_")
    assert done.exit_code == 0
    (row,) = rows_of((tmp_path / "out.csv").read_text())
    assert row["county"] == row["new_county"] == "臺北市"


def test_the_summary_can_be_json(run, located, tmp_path):
    located(f"lng,lat\n{TAIPEI}\n0,0\n1,2,3\n\n")
    done = run("in.csv", "--out", "out.csv", "--json")
    assert json.loads(done.stdout) == {
        "out": "out.csv",
        "rows": 3,
        "located": 1,
        "unread": 1,
        "notes": {"ok": 1, "zero": 1},
    }


def test_progress_is_shown_when_asked_for_and_not_without_a_terminal(run, located):
    located(f"lng,lat\n{TAIPEI}\n")
    assert "bytes" in run("in.csv", "--out", "o.csv", "--progress").stderr
    quiet = run("in.csv", "--out", "o.csv").stderr
    assert quiet == "1 rows, 1 with a county: o.csv\n"


def test_rows_without_a_county_are_explained_by_what_to_do(run, located):
    located(f"lng,lat\n{TAIPEI}\n0,0\n250000,2700000\n250001,2700000\nx,y\n")
    told = run("in.csv", "--out", "o.csv").stderr.splitlines()
    assert told[0] == "5 rows, 1 with a county: o.csv"
    assert sorted(line.split()[0] for line in told[1:]) == ["1", "1", "2"]
    assert any("--crs" in line and line.startswith("  2 ") for line in told)


def test_a_crs_that_is_none_is_refused_before_anything_is_read(refused):
    assert "nope" in refused("none.csv", "--out", "out.csv", "--crs", "nope")


def test_other_formats_are_refused(refused, tmp_path):
    (tmp_path / "in.csv").write_text(f"lng,lat\n{TAIPEI}\n")
    (tmp_path / "in.json").write_text("[]")
    assert "is no CSV" in refused("in.json", "--out", "out.csv")
    assert "another format" in refused("in.csv", "--out", "out.parquet")


def parquet(tmp_path, **columns):
    table = pyarrow.table(columns)
    pyarrow.parquet.write_table(table, tmp_path / "in.parquet", row_group_size=2)
    return table


def test_parquet_goes_in_and_out_with_every_column_as_it_was(run, tmp_path):
    table = parquet(
        tmp_path,
        id=[1, 2, None],
        lng=[121.5170, 120.88023, None],
        lat=[25.0478, 24.73356, None],
        name=["a", None, "c"],
    )
    done = run("in.parquet", "--out", "out.parquet", "--neighbour", "--error-m", "9")
    assert done.exit_code == 0
    found = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert found.select(table.column_names).equals(table)
    assert found["county_code"].to_pylist() == ["63000", "10005", None]
    assert found["note"].to_pylist() == ["ok", "ok", "nan"]
    assert found["share"].to_pylist()[2] is None
    assert found["border_m"].to_pylist()[1] == pytest.approx(30, abs=5)


def test_numbers_of_parquet_may_be_text_or_decimals(run, tmp_path):
    parquet(
        tmp_path,
        lng=["121.5170", "x", None],
        lat=pyarrow.array([25, 25, 25], pyarrow.decimal128(5, 2)),
    )
    run("in.parquet", "--out", "out.parquet", "--layer", "county")
    found = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert found["note"].to_pylist() == ["ok", "nan", "nan"]


def test_what_is_no_parquet_is_refused(refused, tmp_path):
    (tmp_path / "in.parquet").write_bytes(b"PAR1 and no more")
    for name in ("in.parquet", "none.parquet"):
        assert "cannot be read" in refused(name, "--out", "out.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


class Sink:
    """Counts the bytes written to it and forgets them."""

    def __init__(self):
        self.size = 0

    def write(self, part):
        self.size += len(part)


def peak_bytes(rows, boundaries):
    """Locate so many invented rows that nobody keeps; returns the most held at once."""
    block = "".join(
        f"{n},{n % 90}.5,{n % 60}.25,名稱{n}\n" for n in range(5000)
    ).encode()
    blocks = ((block, len(block)) for _ in range(rows // 5000))
    header = b"id,lng,lat,name\n"

    def all_blocks():
        yield header, len(header)
        yield from blocks

    source = Source("rows.csv", all_blocks(), None, is_utf16=False)
    arrow = pyarrow.default_memory_pool()
    before = arrow.max_memory()
    locator = Locator(boundaries, Asked())
    tracemalloc.start()
    try:
        head, chunks = open_chunks(source, Options())
        table = CsvTable("rows.csv", None, head, chunks)
        count = table.write(Sink(), ["lng", "lat"], locator, lambda *_: None)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count.rows == rows
    return peak + arrow.max_memory() - before


def test_memory_does_not_grow_with_the_file(boundaries):
    peak_bytes(10_000, boundaries)  # what is built once is built now
    few = peak_bytes(60_000, boundaries)
    assert peak_bytes(300_000, boundaries) < 1.5 * few


@pytest.fixture
def points(tmp_path):
    """Write a file that takes a while; returns its folder."""
    row = f"1,{TAIPEI},some words to make it longer\n"
    (tmp_path / "points.csv").write_text("id,lng,lat,name\n" + row * 2_000_000)
    return tmp_path


def test_ctrl_c_leaves_neither_a_file_nor_a_traceback(points):
    words = [COMMAND, "locate", "points.csv", "--out", "out.csv"]
    process = subprocess.Popen(words, cwd=points, stderr=subprocess.PIPE)
    part = points / ".out.csv.part"
    until = time.monotonic() + 60
    while not part.exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in told
    assert [path.name for path in points.iterdir()] == ["points.csv"]


def piped(text, *words, cwd, shell_end=""):
    command = f"{COMMAND} locate - --out - {' '.join(words)} {shell_end}"
    return subprocess.run(
        command, shell=True, input=text, cwd=cwd, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def test_rows_go_through_a_pipe_and_the_summary_beside_it(tmp_path):
    done = piped(f"lng,lat\n{TAIPEI}\n", "--layer", "county", "--json", cwd=tmp_path)
    assert done.stdout.splitlines()[1].startswith(f"{TAIPEI},63000,臺北市,")
    assert json.loads(done.stderr)["rows"] == 1


def test_a_reader_that_has_enough_is_no_error_of_ours(tmp_path):
    rows = "lng,lat\n" + f"{TAIPEI}\n" * 300_000
    done = piped(rows, "--layer", "county", cwd=tmp_path, shell_end="| head -1")
    assert done.stdout.startswith("lng,lat,county_code")
    assert done.stderr == ""


def test_the_file_that_is_piped_in_is_not_written_over(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(f"lng,lat\n{TAIPEI}\n")
    with path.open() as file:
        done = subprocess.run(
            [COMMAND, "locate", "-", "--out", "points.csv"],
            stdin=file, cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "is the file that is read" in done.stderr
    assert path.read_text() == f"lng,lat\n{TAIPEI}\n"


def test_a_disk_that_is_full_is_one_line(tmp_path):
    (tmp_path / "points.csv").write_text(f"lng,lat\n{TAIPEI}\n")
    os.symlink("/dev/full", tmp_path / ".out.csv.part")
    done = subprocess.run(
        [COMMAND, "locate", "points.csv", "--out", "out.csv"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
