"""Files of reads of any size: in pieces, fast or slow, nothing lost."""

import io
import json
import tracemalloc
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

import api.service
from api.commands.load import register
from api.read_files import open_pipe, open_reads
from api.service import open_archive
from api.settings import Settings
from data.errors import FileRefused
from data.importers.parsed import Setting
from data.importers.redriving import held_rows
from data.reads.parquet import write_day
from routing.loading import keep_reads

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FIRST = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
POINT = {"lng": 121.1643, "lat": 24.914}


def reads(n):
    """Reads of four cameras, a second apart."""
    return [
        {
            "camera_id": f"yangmei-{number % 4}",
            "at": (FIRST + timedelta(seconds=number)).isoformat(),
            "plate": f"ABC-{number % 10_000:04d}",
            "sequence": number,
            "confidence": 0.93,
            "vehicle_type": "suv",
            "colour": None,
            **POINT,
        }
        for number in range(n)
    ]


def table_of(rows):
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    at = [datetime.fromisoformat(text) for text in columns["at"]]
    columns["at"] = pa.array(at, pa.timestamp("us", tz="UTC"))
    columns["colour"] = pa.array(columns["colour"], pa.string())
    return pa.table(columns)


def write_csv(path, rows):
    pl.DataFrame(rows).write_csv(path)


def write_lines(path, rows):
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def write_json(path, rows):
    path.write_bytes(orjson.dumps(rows))


def write_stream(path, rows):
    table = table_of(rows)
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=1_500)


def write_feather(path, rows):
    pa.feather.write_feather(table_of(rows), path, chunksize=1_500)


def write_parquet(path, rows):
    pq.write_table(table_of(rows), path, row_group_size=1_500)


def write_polars(path, rows):
    pl.from_arrow(table_of(rows)).write_ipc(path, record_batch_size=1_500)


FORMATS = {
    "x.csv": write_csv,
    "x.ndjson": write_lines,
    "x.json": write_json,
    "x.arrows": write_stream,
    "x.feather": write_feather,
    "polars.arrow": write_polars,
    "x.parquet": write_parquet,
}


@pytest.fixture
def setting(boundaries):
    return Setting(boundaries, AT)


@pytest.fixture
def opened(tmp_path, setting):
    def write_and_open(name, content, rows=1_000):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            FORMATS[name](path, content)
        return open_reads(path, setting, rows=rows)

    return write_and_open


def keep(desk, file):
    *_, kept = keep_reads(desk, file, at=AT, wait=pytest.fail)
    return kept


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_any_format_is_kept_once_and_as_it_was(desk, opened, name):
    rows = reads(2_500)
    kept = keep(desk, opened(name, rows))
    assert (kept.rows, kept.loaded) == (2_500, 2_500)
    again = keep(desk, opened("x.ndjson", rows))
    assert (again.loaded, again.duplicate) == (0, 2_500)
    one = desk.reads.between().all().records()[7]
    assert (one.plate_raw, one.sequence, one.camera_id) == ("ABC-0007", 7, "yangmei-3")
    assert (one.at, one.confidence) == (FIRST + timedelta(seconds=7), 0.93)
    assert (one.vehicle_type, one.colour) == ("suv", None)
    assert (one.spot.lng, one.spot.lat) == (121.1643, 24.914)


@pytest.mark.parametrize("name", FORMATS)
def test_a_poisoned_row_is_held_with_its_number_and_the_others_are_kept(
    desk, store, opened, name
):
    rows = reads(2_500)
    rows[1_700] |= {"plate": "ВКD-5826"}
    rows[2_100] |= {"camera_id": "", "lng": None, "lat": None}
    kept = keep(desk, opened(name, rows))
    assert (kept.loaded, kept.quarantined) == (2_498, 2)
    assert kept.reasons == {"plate-foreign-character": 1, "no-place": 1}
    with store.read() as tx:
        held = held_rows(tx)
    first = 2 if name.endswith("csv") else 1
    assert [row.row for row in held] == [1_700 + first, 2_100 + first]
    assert "ВКD-5826" in held[0].raw.decode()


ODD = {
    "a time without offset is Taiwan's": ({"at": "2026-03-02 03:00:07"}, FIRST),
    "words of our own": ({"vehicle_type": "休旅車"}, FIRST),
    "a share in percent": ({"confidence": "93%"}, FIRST),
    "degrees swapped": ({"lng": POINT["lat"], "lat": POINT["lng"]}, FIRST),
    "metres": ({"lng": 266_500.0, "lat": 2_756_500.0}, FIRST),
}


@pytest.mark.parametrize("name", ["x.csv", "x.ndjson"])
@pytest.mark.parametrize("odd", ODD)
def test_what_the_fast_way_is_not_for_is_read_as_people_write_it(
    desk, opened, name, odd
):
    change, at = ODD[odd]
    rows = [
        {key: str(value) for key, value in row.items() if value is not None}
        if name == "x.csv"
        else row
        for row in reads(50)
    ]
    rows[7] = rows[7] | change
    if name == "x.csv":
        rows[7] = {key: str(value) for key, value in rows[7].items()}
    kept = keep(desk, opened(name, rows, rows=20))
    assert kept.loaded == 50
    one = desk.reads.between().all().records()[7]
    assert one.at == at + timedelta(seconds=7)
    assert (one.confidence, one.vehicle_type) == (0.93, "suv")
    assert one.spot.lng == pytest.approx(121.1643, abs=0.01)


def test_other_names_of_columns_are_known_in_lines_and_in_arrow(desk, opened):
    rows = [
        {"攝影機編號": "t-1", "通過時間": "2026-03-02 03:00:00", "車牌": f"ABC-{n:04d}"}
        | {"經度": 121.1643, "緯度": 24.914}
        for n in range(30)
    ]
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    assert keep(desk, opened("a.ndjson", lines, rows=10)).loaded == 30
    sink = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    kept = keep(desk, opened("a.arrow", sink.getvalue(), rows=10))
    assert (kept.rows, kept.duplicate) == (30, 30)


def test_lines_without_anything_are_counted_and_move_no_number(desk, store, opened):
    good = [json.dumps(row).encode() for row in reads(4)]
    lines = [good[0], b"", good[1], b"  ", b"{}", good[2], b'{"at": 5}', good[3]]
    kept = keep(desk, opened("x.ndjson", b"\n".join(lines), rows=3))
    assert (kept.rows, kept.loaded, kept.blank) == (5, 4, 3)
    with store.read() as tx:
        (held,) = held_rows(tx)
    assert (held.row, held.raw) == (7, b'{"at": 5}\n')


def test_a_day_that_the_archive_wrote_can_be_loaded_again(desk, opened, tmp_path):
    rows = reads(100)
    rows[3] |= {"plate": "ＡＢＣ－０００３", "sequence": None}
    assert keep(desk, opened("x.ndjson", rows)).loaded == 100
    path = write_day(desk.reads, FIRST.date() + timedelta(days=1), tmp_path)
    kept = keep(desk, opened(path.name, path.read_bytes()))
    assert (kept.rows, kept.duplicate) == (100, 100)


HELD = {"x.csv": 3.0, "x.ndjson": 0.5, "x.arrows": 0.5, "x.parquet": 2.0}
"""Most bytes held for each byte of the file: Parquet is packed tightly, and texts of
CSV are remembered, up to so many. Whole, each is three times as much and more."""


@pytest.mark.parametrize("name", HELD)
def test_no_more_of_a_file_is_held_than_a_piece(opened, setting, tmp_path, name):
    """Pieces of half a thousand rows, of a file of forty thousand."""
    counted = sum(len(each.incoming) for each in opened(name, reads(40_000)).pieces)
    size = (tmp_path / name).stat().st_size
    file = open_reads(tmp_path / name, setting, rows=500)
    tracemalloc.start()  # only now: what was compiled and looked up stays, once
    try:
        counted -= sum(len(piece.incoming) for piece in file.pieces)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert counted == 0
    assert most < HELD[name] * size


def test_a_pipe_is_taken_while_it_is_written(desk, store, setting):
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in reads(250))
    file = open_pipe(io.BytesIO(lines), setting, rows=100)
    seen = [kept.loaded for kept in keep_reads(desk, file, at=AT, wait=pytest.fail)]
    assert seen == [100, 200, 250]
    assert len(file.digest()) == 64


BROKEN = {
    "a stream cut short": lambda raw: raw[:-200],
    "a stream without its end": lambda raw: raw[:-8],
    "no reads": lambda raw: as_stream(pa.table({"x": [1, 2]})),
    "a stream within": lambda raw: raw[:300] + bytes(200) + raw[500:],
}


def as_stream(table, **options):
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(**options)
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize("why", BROKEN)
def test_arrow_that_is_broken_is_refused(desk, opened, why):
    raw = BROKEN[why](as_stream(table_of(reads(2_000))))
    with pytest.raises(FileRefused, match=r"x\.arrow"):
        keep(desk, opened("x.arrow", raw))
    assert len(desk.reads) == 0


def test_a_batch_that_unpacks_to_very_much_is_not_unpacked(opened):
    zeros = pa.array(np.zeros(40_000_000, dtype=np.int64))
    raw = as_stream(pa.table({"sequence": zeros}), compression="zstd")
    assert len(raw) < 10**6
    with pytest.raises(FileRefused, match="smaller batches"):
        opened("x.arrow", raw)


@pytest.fixture
def run(tmp_path, boundaries, monkeypatch):
    monkeypatch.setattr(api.service, "load_boundaries", lambda *_, **__: boundaries)
    app = typer.Typer()
    register(app)
    db = ["--db", str(tmp_path / "kept.db")]

    def invoke(*words, **more):
        return CliRunner().invoke(app, [*map(str, words), *db], **more)

    return invoke


def test_the_command_loads_a_file_and_a_pipe(run, tmp_path):
    path = tmp_path / "x.ndjson"
    write_lines(path, reads(30))
    (facts,) = json.loads(run("load", "reads", path, "--json").stdout)
    assert (facts["rows"], facts["loaded"], facts["leads"]) == (30, 30, 0)
    done = run("load", "reads", "-", "--json", input=path.read_bytes())
    (facts,) = json.loads(done.stdout)
    assert (facts["file"], facts["duplicate"]) == ("-", 30)


def test_beside_a_service_that_runs_it_says_what_to_do(run, tmp_path):
    path = tmp_path / "x.ndjson"
    write_lines(path, reads(3))
    with open_archive(Settings(db=tmp_path / "kept.db")):
        done = run("load", "reads", path)
    assert done.exit_code == 1
    assert "POST /reads" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_breaks_later_says_what_was_kept(run, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(reads(12_000))[:-30])
    done = run("load", "reads", path)
    assert done.exit_code == 1
    assert "10000 rows before that, 10000 were stored" in done.stderr
    again = tmp_path / "whole.ndjson"
    write_lines(again, reads(12_000))
    (facts,) = json.loads(run("load", "reads", again, "--json").stdout)
    assert (facts["loaded"], facts["duplicate"]) == (2_000, 10_000)


def test_the_options_of_columns_hold_for_reads_too(run, tmp_path):
    path = tmp_path / "x.ndjson"
    rows = [
        {"camera_id": "t", "at": "2026-03-02T03:00:00+08:00", "plate": f"ABC-{n:04d}"}
        | {"east": 267_500.0, "north": 2_756_800.0}
        for n in range(3)
    ]
    write_lines(path, rows)
    words = ("--crs", "EPSG:3826", "--lng-col", "east", "--lat-col", "north", "--json")
    (facts,) = json.loads(run("load", "reads", path, *words).stdout)
    assert facts["loaded"] == 3
