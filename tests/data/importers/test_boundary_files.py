import json
import os
import signal

import geopandas
import pytest
from shapely import box

from data.bundled import load_boundaries
from data.errors import FileRefused
from data.importers.boundary_files import keep_boundary_file, kept_boundaries
from geo.boundaries import Level
from geo.errors import BoundaryRefused


def file_of(tmp_path, name, **columns):
    frame = geopandas.GeoDataFrame(columns, geometry=[box(121, 24, 122, 25)], crs=4326)
    path = tmp_path / name
    frame.to_file(path)
    return path


@pytest.fixture
def counties(tmp_path):
    return file_of(tmp_path, "c.geojson", COUNTYCODE=["99000"], COUNTYNAME=["某縣"])


@pytest.fixture
def towns(tmp_path):
    return file_of(
        tmp_path,
        "t.geojson",
        TOWNCODE=["99000010"],
        TOWNNAME=["某鎮"],
        COUNTYCODE=["99000"],
    )


def test_counties_then_towns_are_read_as_the_bundled_ones(tmp_path, counties, towns):
    keep_boundary_file(counties, tmp_path, level=Level.COUNTY)
    kept = keep_boundary_file(towns, tmp_path, level=Level.TOWN)
    place = load_boundaries(kept.path).locate(lng=121.5, lat=24.5)
    assert (place.county.name, place.town.name) == ("某縣", "某鎮")
    about = json.loads(kept.path.with_name("MANIFEST.json").read_text())
    assert about["levels"] == {"county": 1, "town": 1}


def test_counties_begin_anew(tmp_path, counties, towns):
    keep_boundary_file(counties, tmp_path, level=Level.COUNTY)
    keep_boundary_file(towns, tmp_path, level=Level.TOWN)
    kept = keep_boundary_file(counties, tmp_path, level=Level.COUNTY)
    assert load_boundaries(kept.path).town is None


def test_towns_without_counties_are_refused(tmp_path, towns):
    with pytest.raises(FileRefused, match="load the county boundaries"):
        keep_boundary_file(towns, tmp_path, level=Level.TOWN)


def test_towns_of_another_edition_are_refused_and_nothing_changes(tmp_path, counties):
    kept = keep_boundary_file(counties, tmp_path, level=Level.COUNTY).path
    before = kept.read_bytes()
    strange = file_of(
        tmp_path,
        "s.geojson",
        TOWNCODE=["88000010"],
        TOWNNAME=["x"],
        COUNTYCODE=["88000"],
    )
    with pytest.raises(BoundaryRefused):
        keep_boundary_file(strange, tmp_path, level=Level.TOWN)
    assert kept.read_bytes() == before


def test_a_kill_before_the_pointer_leaves_the_old_boundaries_in_force(
    tmp_path, counties, towns
):
    keep_boundary_file(counties, tmp_path, level=Level.COUNTY)
    child = os.fork()
    if child == 0:  # pragma: no cover - runs in the child
        os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        keep_boundary_file(towns, tmp_path, level=Level.TOWN)
    os.waitpid(child, 0)
    assert load_boundaries(kept_boundaries(tmp_path)).town is None
    keep_boundary_file(towns, tmp_path, level=Level.TOWN)
    assert load_boundaries(kept_boundaries(tmp_path)).town is not None
