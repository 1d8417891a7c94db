"""The cells that make the nearest border quick: built, kept and shared."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from shapely import Polygon

from geo.borders import WORTH_CELLS, BorderLines, search
from geo.borders.building import build
from geo.borders.cells import from_arrays
from geo.borders.lines import lines_of
from geo.borders.running import SHARED_OUT, asked_of
from geo.edges import edges_of
from tests.geo.test_borders import (
    APART,
    LAYERS,
    MAINLAND,
    layer_of,
    lines_with_cells,
    nearest_of_edges,
    scattered,
)


@pytest.fixture(scope="module")
def ready():
    return {name: lines_with_cells(layer) for name, layer in LAYERS.items()}


@pytest.fixture(scope="module")
def taiwan(boundaries):
    return lines_with_cells(boundaries.county)


def filled(table, code, asked):
    starts, seen = np.empty((2, asked.lng.size), dtype=np.int64)
    metres = np.empty(asked.lng.size)
    code.find_lists(table, asked, starts)
    code.nearest_all(table, asked, starts, seen, metres)
    return seen, metres


@pytest.mark.parametrize("name", LAYERS)
def test_compiled_code_gives_the_bits_of_the_plain(ready, name):
    own, lng, lat = scattered(LAYERS[name], 1000)
    asked = asked_of(own, lng=lng, lat=lat, reach_m=np.inf, is_rim=False)
    cells = ready[name].cells
    plain = filled(cells.view(), search, asked)
    compiled = filled(cells.table(), search.compiled(), asked)
    assert np.array_equal(plain[0], compiled[0])
    assert np.array_equal(plain[1], compiled[1], equal_nan=True)


def test_many_points_in_threads_are_answered_like_few(ready):
    own, lng, lat = scattered(MAINLAND, SHARED_OUT + 3)
    boundary, metres = ready["mainland"].nearest(own, lng=lng, lat=lat)
    for part in (slice(0, 60_000), slice(60_000, 120_000), slice(-70_000, None)):
        few = ready["mainland"].nearest(own[part], lng=lng[part], lat=lat[part])
        assert np.array_equal(boundary[part], few[0])
        assert np.array_equal(metres[part], few[1], equal_nan=True)


def test_enough_points_build_the_cells():
    lines = BorderLines(MAINLAND)
    own, lng, lat = scattered(MAINLAND, WORTH_CELLS)
    few = lines.nearest(own[:100], lng=lng[:100], lat=lat[:100])
    assert lines._cells is None
    many = lines.nearest(own, lng=lng, lat=lat)
    assert lines._cells is not None
    assert np.array_equal(few[1], many[1][:100], equal_nan=True)


def test_cells_built_bit_by_bit_are_the_same(ready):
    cells = build(lines_of(edges_of(MAINLAND)), batch=500)
    own, lng, lat = scattered(MAINLAND, 1000)
    kept = BorderLines(MAINLAND, cells).nearest(own, lng=lng, lat=lat)
    whole = ready["mainland"].nearest(own, lng=lng, lat=lat)
    assert np.array_equal(kept[0], whole[0])
    assert np.array_equal(kept[1], whole[1], equal_nan=True)


@pytest.mark.parametrize("n", [20, 60])
def test_many_counties_that_meet_at_a_cape_take_little_room(n):
    west = np.linspace(23.8, 24.2, n + 1)
    fan = layer_of(
        *(Polygon([(121, 24), (120.5, y), (120.5, z)]) for y, z in pairwise(west))
    )
    lines = lines_with_cells(fan)
    assert lines.cells.nbytes < 5e6
    assert lines.nearest_one(-1, lng=121.5, lat=24.0)[0] == 0
    assert lines.nearest_one(0, lng=121.5, lat=24.0)[0] == 1


def test_points_outside_the_cells_are_answered_too(ready):
    # 那霸, and a place beyond the sea where the cells end
    for lng, lat in ((127.68, 26.21), (100.0, 0.0)):
        boundary, metres = ready["mainland"].nearest_one(-1, lng=lng, lat=lat)
        expected, expected_m = nearest_of_edges(MAINLAND, -1, lng, lat)
        assert (boundary, metres) == (expected, pytest.approx(expected_m, rel=1e-4))


def test_the_arrays_of_cells_make_the_same_cells(ready, tmp_path):
    np.savez(tmp_path / "cells.npz", **ready["mainland"].cells.arrays())
    kept = BorderLines(MAINLAND, from_arrays(np.load(tmp_path / "cells.npz")))
    own, lng, lat = scattered(MAINLAND, 300)
    answers = [
        lines.nearest(own, lng=lng, lat=lat) for lines in (kept, ready["mainland"])
    ]
    assert np.array_equal(answers[0][1], answers[1][1])


def test_cells_cannot_be_written(ready):
    with pytest.raises(ValueError, match="read-only"):
        ready["mainland"].cells.records[0] = 1


def test_arrays_of_another_kind_are_refused(ready):
    arrays = ready["mainland"].cells.arrays()
    with pytest.raises(ValueError, match="tree must be a flat array of int32"):
        from_arrays(arrays | {"tree": arrays["tree"].astype(np.int64)})
    with pytest.raises(ValueError, match="behind must be"):
        from_arrays({key: arrays[key] for key in arrays if key != "behind"})


def test_cells_of_another_layer_are_refused(ready):
    with pytest.raises(ValueError, match="cells of 4 boundaries or more"):
        BorderLines(APART, ready["mainland"].cells)


def test_threads_that_ask_at_once_share_one_table():
    lines = BorderLines(APART)
    with ThreadPoolExecutor(4) as pool:
        tables = list(pool.map(lambda _: lines.cells, range(8)))
    assert all(table is tables[0] for table in tables)


FEW_POINTS = """
import sys
import numpy as np
from shapely import box
from geo.borders.cells import from_arrays
from geo.borders import BorderLines
from geo.layers import Boundary, Layer, Level
shapes = [box(121, 24, 121.1, 24.1), box(121.5, 24, 121.6, 24.1)]
layer = Layer(
    Boundary(Level.COUNTY, str(i), str(i), str(i), None, shape)
    for i, shape in enumerate(shapes)
)
point = {"lng": np.array([121.05]), "lat": np.array([24.05])}
BorderLines(layer).nearest(np.array([0]), **point)
lines = BorderLines(layer, from_arrays(np.load(sys.argv[1])))
lines.nearest(np.array([0]), **point)
lines.nearest_one(0, lng=121.05, lat=24.05)
assert "numba" not in sys.modules
"""


def test_few_points_load_no_compiler(ready, tmp_path):
    np.savez(tmp_path / "cells.npz", **ready["apart"].cells.arrays())
    command = [sys.executable, "-c", FEW_POINTS, str(tmp_path / "cells.npz")]
    assert subprocess.run(command, check=False).returncode == 0


def test_the_cells_of_taiwans_counties_are_small(taiwan):
    assert taiwan.cells.nbytes < 30e6
