import shutil
from pathlib import Path

import numpy as np
import pytest
from shapely import box

import geo
from data.table_files import open_tables, save_tables, tables_key, tables_path
from geo.borders import BorderLines
from geo.boundaries import Boundaries, Boundary, Layer, Level
from geo.tables import Tables

KEY = tables_key("the boundaries' checksum")
COUNTIES = Layer(
    Boundary(Level.COUNTY, f"{i:05d}", f"C{i}", f"{i:05d}", None, shape)
    for i, shape in enumerate([box(121, 24, 121.5, 24.5), box(121.5, 24, 122, 24.4)])
)
TABLES = Boundaries(COUNTIES).with_tables().tables


@pytest.fixture
def path(tmp_path):
    kept = tmp_path / "taiwan.grid"
    save_tables(kept, TABLES, KEY)
    return kept


def test_a_kept_grid_answers_like_the_one_that_was_kept(path):
    lng, lat = (
        np.random.default_rng(2).uniform((120.9, 23.9), (122.1, 24.6), (999, 2)).T
    )
    opened = open_tables(path, KEY)
    assert opened.grids.keys() == TABLES.grids.keys()
    for level, grid in opened.grids.items():
        found = grid.look_up(lng=lng, lat=lat)
        assert found.tolist() == TABLES.grids[level].look_up(lng=lng, lat=lat).tolist()


def test_kept_border_cells_answer_like_those_that_were_kept(path):
    opened = open_tables(path, KEY)
    assert BorderLines(COUNTIES, opened.border_cells).cells is opened.border_cells
    kept, known = opened.border_cells.arrays(), TABLES.border_cells.arrays()
    assert {name: array.tolist() for name, array in kept.items()} == {
        name: array.tolist() for name, array in known.items()
    }


def test_boundaries_without_cells_or_grids_are_kept_too(path):
    save_tables(path, Tables(), KEY)
    opened = open_tables(path, KEY)
    assert (opened.grids, opened.border_cells) == ({}, None)


@pytest.mark.parametrize("source", ["grid/cells.py", "borders/search.py"])
def test_the_key_changes_with_the_code_of_grids_and_of_borders(
    source, tmp_path, monkeypatch
):
    shutil.copytree(Path(geo.__file__).parent, tmp_path / "geo")
    monkeypatch.setattr(geo, "__file__", str(tmp_path / "geo" / "__init__.py"))
    assert tables_key("one") == tables_key("one") != tables_key("another")
    before = tables_key("one")
    with (tmp_path / "geo" / source).open("a") as file:
        file.write("# changed")
    assert tables_key("one") != before


def test_a_grid_of_other_boundaries_is_none(path):
    assert open_tables(path, tables_key("another checksum")) is None


def test_no_file_is_none(tmp_path):
    assert open_tables(tmp_path / "no.grid", KEY) is None


@pytest.mark.parametrize("at", [0, 17, 22, 40, 200, 400, -1, -4000])
def test_a_file_altered_in_one_byte_is_none(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))
    assert open_tables(path, KEY) is None


@pytest.mark.parametrize("size", [0, 3, 16, 100, 5000])
def test_a_file_cut_short_is_none(path, size):
    path.write_bytes(path.read_bytes()[:size])
    assert open_tables(path, KEY) is None


def test_nothing_else_is_left_in_the_folder(path):
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_grids_are_kept_beside_their_boundaries(tmp_path):
    assert tables_path(tmp_path / "mine.parquet") == tmp_path / "mine.grid"


def test_in_a_folder_that_cannot_be_written_they_go_to_the_users_cache(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("data.table_files.os.access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kept = tables_path(tmp_path / "mine.parquet", for_writing=True)
    assert kept.parent == tmp_path / "cache" / "lianfang"
    assert kept.parent.is_dir()
