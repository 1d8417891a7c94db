"""`lianfang locate` on real public files: every row without a county is explained.

What is wrong with a row is counted here from the file itself, in other ways than the
command does; nothing but the counts is expected.
"""

import csv
import json
import math

import pytest
import shapely
from typer.testing import CliRunner

import api.commands.locate
from api.cli import app, complete
from data.importers.columns import find_coordinates
from data.importers.parsed import Options

pytestmark = pytest.mark.real

FILES = [
    "atm_points.csv",
    "etc_gantries_20251209.csv",
    "police_stations_20251027.csv",
    "speed_cameras_2023.csv",
    "trains_passes_dev.csv",
    *(
        f"a1_accidents_2018_2020/{year}年度A1交通事故資料.csv"
        for year in (2018, 2019, 2020)
    ),
]


def number(text):
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def fault(lng, lat, land):
    """What a person would say of a pair: one word, for all that is no land."""
    if math.isnan(lng) or math.isnan(lat):
        return "nan"
    if lng == lat == 0:
        return "zero"
    if abs(lng) > 180 or abs(lat) > 180:
        return "metres"
    if 10 < lng < 27 and 114 < lat < 125:
        return "swapped"
    if not (114 < lng < 125 and 10 < lat < 27):
        return "outside"
    near = shapely.distance(land, shapely.Point(lng, lat)) < 1e-3
    return "land" if near else "sea"


@pytest.fixture(scope="module")
def land(boundaries):
    land = shapely.union_all(boundaries.county.shapes)
    shapely.prepare(land)
    return land


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_a_real_file_is_located_or_explained(
    name, shared_data, boundaries, land, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        api.commands.locate, "load_boundaries", lambda *_, **__: boundaries
    )
    file, out = shared_data / name, tmp_path / "out.csv"
    words = ["locate", str(file), "--out", str(out), "--json"]
    done = CliRunner().invoke(complete(app), words)
    told = json.loads(done.stdout)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    columns = find_coordinates(rows[0], Options(), path=name)
    x, y = (rows[0].index(column) for column in columns)
    known = {}
    for row in rows[1:]:
        pair = [number(row[at]) if at < len(row) else math.nan for at in (x, y)]
        word = fault(*pair, land)
        known[word] = known.get(word, 0) + 1
    on_land = ("ok", "border", "overlap", "gap")
    found = {note: n for note, n in told["notes"].items() if note not in on_land}
    found["land"] = sum(told["notes"].get(note, 0) for note in on_land)
    assert told["rows"] == len(rows) - 1 == sum(found.values())
    assert {k: n for k, n in found.items() if n} == known
    with out.open(encoding="utf-8", newline="") as opened:
        assert sum(1 for _ in csv.reader(opened)) == len(rows)
