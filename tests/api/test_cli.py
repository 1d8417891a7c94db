"""The command line, run as a person would run it."""

import csv
import json
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "lianfang"
CAMERAS = """編號,名稱,經度,緯度
C-1,國道一號 湖口,121.0470,24.8781
C-2,國道一號 楊梅,121.1643,24.9140
C-3,海裡,0,0
"""


def run(*words, cwd, **options):
    return subprocess.run(
        [COMMAND, *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(*words, cwd, port):
    process = subprocess.Popen(
        [COMMAND, *map(str, words), "--port", str(port)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


def ask(url, seconds=60):
    """Ask until somebody answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return run("demo", "--no-serve", "--json", cwd=folder), folder


def test_the_demo_prints_one_json_object_for_scripts(demo):
    done, _ = demo
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["reads"] > 10_000
    assert figures["leads"] > 50
    assert figures["lead_reads"] > 2 * figures["leads"]
    assert figures["deliveries"] > figures["leads"]


def test_the_demo_finds_most_and_errs_little(demo):
    figures = json.loads(demo[0].stdout)
    assert figures["recall"] > 0.85
    assert figures["precision"] > 0.85
    assert figures["action_precision"] > 0.95


def test_the_demo_accounts_for_every_read(demo):
    figures = json.loads(demo[0].stdout)
    kept = figures["stored"] + figures["duplicate"] + figures["quarantined"]
    assert figures["reads"] == kept


def test_the_demo_ends_at_the_page_with_leads_on_it(tmp_path):
    port = free_port()
    with serving("demo", cwd=tmp_path, port=port) as url:
        assert b"<!doctype html" in ask(f"{url}/").lower()
        assert json.loads(ask(f"{url}/leads?limit=1"))["leads"]


def test_a_port_in_use_is_one_line_before_any_work(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("demo", "--port", taken.getsockname()[1], cwd=tmp_path)
    assert done.returncode == 1
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "var").exists()


def test_a_served_store_keeps_what_it_was_told(tmp_path):
    port = free_port()
    with serving("serve", "--db", "x.db", cwd=tmp_path, port=port) as url:
        assert json.loads(ask(f"{url}/healthz"))["status"] == "ok"
    assert (tmp_path / "x.db").exists()


def test_the_service_listens_on_this_machine_only(tmp_path):
    port = free_port()
    with serving("serve", "--db", "x.db", cwd=tmp_path, port=port) as url:
        ask(f"{url}/healthz")
        others = [row[1] for row in listeners() if row[1].endswith(f":{port:04X}")]
    assert others == [f"0100007F:{port:04X}"]


def listeners():
    """Read the listening sockets of this machine, IPv4 and IPv6."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            row = line.split()
            if row[3] == "0A":
                yield row


def test_cameras_are_loaded_listed_and_found_near(tmp_path):
    (tmp_path / "cameras.csv").write_text(CAMERAS, encoding="utf-8")
    words = ("load", "cameras", "cameras.csv", "--db", "x.db", "--json")
    (facts,) = json.loads(run(*words, cwd=tmp_path).stdout)
    assert (facts["rows"], facts["loaded"], facts["quarantined"]) == (3, 2, 1)
    held = run("quarantine", "list", "--db", "x.db", "--json", cwd=tmp_path)
    assert [row["row"] for row in json.loads(held.stdout)] == [4]
    near = run(
        "near", "--lng", 121.16, "--lat", 24.91, "--db", "x.db", "--json", cwd=tmp_path
    )
    names = [row["name"] for row in json.loads(near.stdout)]
    assert names == ["國道一號 楊梅", "國道一號 湖口"]


AREA = {
    "type": "Feature",
    "properties": {},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[121.1, 24.8], [121.3, 24.8], [121.1, 25], [121.1, 24.8]]],
    },
}
WAY = {"type": "LineString", "coordinates": [[121.0, 24.81], [121.2, 24.95]]}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sites")
    (folder / "cameras.csv").write_text(CAMERAS, encoding="utf-8")
    run("load", "cameras", "cameras.csv", "--db", "x.db", cwd=folder)
    (folder / "area.geojson").write_text(json.dumps(AREA))
    (folder / "way.geojson").write_text(json.dumps(WAY))
    return folder


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), {"國道一號 楊梅", "國道一號 湖口"}),
        (("--inside", "area.geojson"), {"國道一號 楊梅"}),
        (("--kind", "atm"), set()),
    ],
)
def test_sites_are_listed_by_area_and_kind(loaded, options, found):
    done = run("sites", *options, "--db", "x.db", "--json", cwd=loaded)
    assert {row["name"] for row in json.loads(done.stdout)} == found


def test_sites_beside_a_way_come_in_order_of_travel(loaded):
    words = ("--along", "way.geojson", "--within-m", 4000, "--db", "x.db", "--json")
    rows = json.loads(run("sites", *words, cwd=loaded).stdout)
    assert [row["name"] for row in rows] == ["國道一號 湖口", "國道一號 楊梅"]
    assert rows[0]["along_m"] < rows[1]["along_m"]


def test_a_file_of_another_shape_says_what_it_holds_and_what_is_wanted(loaded):
    done = run("sites", "--inside", "way.geojson", "--db", "x.db", cwd=loaded)
    assert done.returncode == 1
    assert "holds LineString: want one Polygon or MultiPolygon" in done.stderr


@pytest.mark.parametrize(
    ("command", "spared"), [("locate", "alembic"), ("demo", "shapely")]
)
def test_a_command_loads_no_more_than_it_needs(command, spared, tmp_path):
    code = (
        "import sys; from api.cli import app, complete; "
        f"complete(app, {command!r}); sys.exit({spared!r} in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def test_points_of_a_file_are_located(tmp_path):
    rows = "id,lng,lat\n1,120.88023,24.73356\n2,24.7,120.9\n3,,\n"
    (tmp_path / "points.csv").write_text(rows, encoding="utf-8")
    done = run("locate", "points.csv", "--out", "out.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        located = list(csv.DictReader(file))
    assert [row["county_code"] for row in located] == ["10005", "", ""]
    assert [row["note"] for row in located] == ["ok", "swapped", "nan"]
    assert float(located[0]["border_m"]) == pytest.approx(30, abs=5)


def test_points_in_metres_are_located_when_the_crs_is_said(tmp_path):
    rows = "name,X,Y\n臺北,301444.481,2770735.804\n"
    (tmp_path / "tm2.csv").write_text(rows, encoding="utf-8")
    run("locate", "tm2.csv", "--out", "out.csv", "--crs", "EPSG:3826", cwd=tmp_path)
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "63000,臺北市" in text


def test_a_newer_boundary_file_replaces_the_bundled_one(tmp_path, shared_data):
    path = shared_data / "boundaries" / "county_moi_20200820.geojson"
    done = run("load", "boundaries", path, "--db", "x.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    port = free_port()
    with serving("serve", "--db", "x.db", cwd=tmp_path, port=port) as url:
        found = json.loads(ask(f"{url}/locate?lng=120.88023&lat=24.73356"))
    assert found["county"]["code"] == "10005"
    assert found["village"] is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("load", "cameras", "nothing.csv"), 1),
        (("load", "boundaries", "nothing.geojson"), 1),
        (("locate", "nothing.csv", "--out", "x.csv"), 1),
        (("near", "--lng", "24.7", "--lat", "120.9"), 1),
        (("near", "--lng", "120.9"), 2),
        (("load", "boats", "x.csv"), 2),
        (("dance",), 2),
    ],
)
def test_bad_input_exits_with_one_line_and_bad_use_with_two(tmp_path, words, code):
    done = run(*words, cwd=tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if code == 1:
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_misspelt_setting_is_bad_use(tmp_path, monkeypatch):
    monkeypatch.setenv("LIANFANG_DBB", "x.db")
    done = run("near", "--lng", 121.0, "--lat", 24.9, cwd=tmp_path)
    assert done.returncode == 2
    assert "LIANFANG_DBB" in done.stderr


def test_a_second_demo_does_not_remove_the_store_of_a_running_one(tmp_path):
    port = free_port()
    with serving("demo", cwd=tmp_path, port=port) as url:
        ask(f"{url}/healthz")
        second = run("demo", "--no-serve", cwd=tmp_path)
        assert second.returncode == 1
        assert "another demo is running" in second.stderr
        assert json.loads(ask(f"{url}/summary"))["leads"] > 0
