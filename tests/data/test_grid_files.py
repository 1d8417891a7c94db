import numpy as np
import pytest
from shapely import box

from data.grid_files import grid_key, grid_path, open_grids, save_grids
from geo.boundaries import Boundaries, Boundary, Layer, Level

KEY = grid_key("the boundaries' checksum")
COUNTIES = Layer(
    Boundary(Level.COUNTY, f"{i:05d}", f"C{i}", f"{i:05d}", None, shape)
    for i, shape in enumerate([box(121, 24, 121.5, 24.5), box(121.5, 24, 122, 24.4)])
)
GRIDS = Boundaries(COUNTIES).with_grids().grids


@pytest.fixture
def path(tmp_path):
    kept = tmp_path / "taiwan.grid"
    save_grids(kept, GRIDS, KEY)
    return kept


def test_a_kept_grid_answers_like_the_one_that_was_kept(path):
    lng, lat = (
        np.random.default_rng(2).uniform((120.9, 23.9), (122.1, 24.6), (999, 2)).T
    )
    opened = open_grids(path, KEY)
    assert opened.keys() == GRIDS.keys()
    for level, grid in opened.items():
        found = grid.look_up(lng=lng, lat=lat)
        assert found.tolist() == GRIDS[level].look_up(lng=lng, lat=lat).tolist()


def test_a_grid_of_other_boundaries_is_none(path):
    assert open_grids(path, grid_key("another checksum")) is None


def test_no_file_is_none(tmp_path):
    assert open_grids(tmp_path / "no.grid", KEY) is None


@pytest.mark.parametrize("at", [0, 20, 200, -1, -4000])
def test_a_file_altered_in_one_byte_is_none(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))
    assert open_grids(path, KEY) is None


@pytest.mark.parametrize("size", [0, 3, 16, 100, 5000])
def test_a_file_cut_short_is_none(path, size):
    path.write_bytes(path.read_bytes()[:size])
    assert open_grids(path, KEY) is None


def test_nothing_else_is_left_in_the_folder(path):
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_grids_are_kept_beside_their_boundaries(tmp_path):
    assert grid_path(tmp_path / "mine.parquet") == tmp_path / "mine.grid"


def test_in_a_folder_that_cannot_be_written_they_go_to_the_users_cache(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("data.grid_files.os.access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kept = grid_path(tmp_path / "mine.parquet", for_writing=True)
    assert kept.parent == tmp_path / "cache" / "lianfang"
    assert kept.parent.is_dir()
