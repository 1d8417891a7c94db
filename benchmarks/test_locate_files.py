"""How fast `lianfang locate` goes through a file, beside those who do less and more.

    python -m benchmarks.test_locate_files            # prints rates and memory
    python -m pytest benchmarks/test_locate_files.py  # times each with a small file

Every contender is a program of its own that reads the same invented file and writes
another. ``pyarrow.csv`` only copies, streaming: the cost of CSV itself. GeoPandas finds
the same county, town and village by three joins, without metres, and holds the whole
file. ``ROWS`` in the environment makes the file larger.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from data.bundled import BUNDLED, load_boundaries, manifest

ROWS = int(os.environ.get("ROWS", 1_000_000))
MOST_FOR_GEOPANDAS = 2_000_000
SEED = 20_210_920
BLOCK = 100_000

COMMAND = [str(Path(sys.executable).parent / "lianfang"), "locate"]

COPY = """
import sys
from pyarrow import csv
options = csv.ConvertOptions(column_types={"lng": "float64", "lat": "float64"})
with csv.open_csv(sys.argv[1], convert_options=options) as read:
    with csv.CSVWriter(sys.argv[2], read.schema) as to:
        for batch in read:
            to.write(batch)
"""

JOIN = """
import sys, geopandas, pandas
points = pandas.read_csv(sys.argv[1], dtype={"id": str})
places = geopandas.GeoDataFrame(
    points, geometry=geopandas.points_from_xy(points.lng, points.lat), crs=4326
)
layers = geopandas.read_parquet(sys.argv[3])[["level", "code", "name", "geometry"]]
for level in ("county", "town", "village"):
    layer = layers[layers.level == level].drop(columns="level").add_prefix(level + "_")
    layer = layer.set_geometry(level + "_geometry")
    places = places.sjoin(layer, how="left", predicate="within")
    places = places.drop(columns="index_right")
places.drop(columns="geometry").to_csv(sys.argv[2], index=False)
"""


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    """Write a file of invented reads, most of them on land and in the west."""
    path = tmp_path_factory.mktemp("points") / "points.csv"
    write_points(path, ROWS)
    return path


def write_points(path, n_rows):
    rng = np.random.default_rng(SEED)
    towns = np.array([s.centroid.coords[0] for s in load_boundaries().town.shapes])
    with path.open("w", encoding="utf-8") as to:
        to.write("id,plate,read_at,lng,lat,place,speed\n")
        for first in range(0, n_rows, BLOCK):
            n = min(BLOCK, n_rows - first)
            places = rng.choice(towns, n) + rng.normal(0, 0.03, (n, 2))
            to.writelines(
                f"{first + i:09d},ABC-{i % 9999:04d},2026-03-01T12:{i // 60 % 60:02d}:"
                f"{i % 60:02d}+08:00,{lng:.6f},{lat:.6f},中山路{i % 99}號,{i % 90}\n"
                for i, (lng, lat) in enumerate(places.tolist())
            )


@pytest.fixture
def told(benchmark, points):
    benchmark.extra_info["rows"] = ROWS
    benchmark.extra_info["megabytes"] = round(points.stat().st_size / 1e6)
    benchmark.extra_info["boundaries_sha256"] = manifest()["sha256"]

    def timed(words, rounds=3):
        peaks = []
        benchmark.pedantic(lambda: peaks.append(ran(words)), rounds=rounds)
        benchmark.extra_info["peak_mb"] = round(max(peaks))
        best = benchmark.stats.stats.min
        benchmark.extra_info["rows_per_s"] = round(ROWS / best)

    return timed


RUN = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


def ran(words):
    """Run a program to its end; returns the most memory it held, in megabytes.

    A small program starts it: memory counts from the fork on, and ours is large.
    """
    run = [sys.executable, "-S", "-c", RUN, *map(str, words)]
    done = subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True)
    return int(done.stdout.split()[-1]) / 1024


def test_locate_file_all_levels(told, points):
    told([*COMMAND, points, "--out", points.with_name("located.csv")])


def test_locate_file_county(told, points):
    out = points.with_name("located.csv")
    told([*COMMAND, points, "--out", out, "--layer", "county"])


def test_locate_file_neighbour_and_share(told, points):
    out = points.with_name("located.csv")
    told([*COMMAND, points, "--out", out, "--neighbour", "--error-m", "50"], rounds=1)


def test_pyarrow_copies_file(told, points):
    told([sys.executable, "-c", COPY, points, points.with_name("copied.csv")])


@pytest.mark.skipif(ROWS > MOST_FOR_GEOPANDAS, reason="it holds all rows at once")
def test_geopandas_joins_file(told, points):
    out = points.with_name("joined.csv")
    told([sys.executable, "-c", JOIN, points, out, BUNDLED], rounds=1)


def test_start(told, points):
    """Locate a file of ten rows: what every call costs before it does anything."""
    few = points.with_name("few.csv")
    with points.open(encoding="utf-8") as file:
        few.write_text("".join(line for line, _ in zip(file, range(11), strict=False)))
    told([*COMMAND, few, "--out", points.with_name("located.csv")])


@pytest.fixture(scope="module", autouse=True)
def grids():
    """Have the grid of the boundaries built, as the first large file does."""
    started = time.perf_counter()
    load_boundaries(build_tables=lambda: None)
    return time.perf_counter() - started


def main():
    """Time each program on a small file and on one ten times as large."""
    say = sys.stdout.write
    load_boundaries(build_tables=lambda: None)
    sizes = (20_000, 200_000) if "--quick" in sys.argv else (1_000_000, 10_000_000)
    with tempfile.TemporaryDirectory() as folder:
        for n_rows in sizes:
            path = Path(folder) / f"{n_rows}.csv"
            write_points(path, n_rows)
            size = path.stat().st_size / 1e6
            say(f"\n{n_rows:,} rows, {size:,.0f} MB, two cores, from start to end\n")
            for name, words in programs(path, n_rows).items():
                began = time.perf_counter()
                peak = ran(words)
                rate = n_rows / (time.perf_counter() - began)
                say(f"{rate:12,.0f} rows/s  {peak:8,.0f} MB at most  {name}\n")
            path.unlink()


def programs(path, n_rows):
    """What is run on a file, by name."""
    out = path.with_name("out.csv")
    locate = [*COMMAND, path, "--out", out]
    found = {
        "ours, county": [*locate, "--layer", "county"],
        "ours, county, town and village": locate,
        "ours, and metres to the next county": [*locate, "--neighbour"],
        "ours, and the share of the county under 50 m": [
            *[*locate, "--neighbour"],
            *["--error-m", "50"],
        ],
        "pyarrow copies": [sys.executable, "-c", COPY, path, out],
    }
    if n_rows <= MOST_FOR_GEOPANDAS:
        found["geopandas, three joins"] = [
            *[sys.executable, "-c", JOIN],
            *[path, out, BUNDLED],
        ]
    return found


if __name__ == "__main__":
    main()
