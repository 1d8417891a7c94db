import json

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from api.commands.load import load_site_folder, register
from api.service import open_service
from api.settings import Settings
from data.importers.boundary_files import kept_boundaries

CAMERAS = "camera_id,name,lng,lat\nZZ-0001,某路口,121.55,25.03\nZZ-0002,[red]處,0,0\n"
OPEN = "名稱,x,y\n某所,301050,2607500\n"


@pytest.fixture
def run(tmp_path):
    app = typer.Typer()
    register(app)

    def invoke(*words):
        return CliRunner().invoke(app, [*words, "--db", str(tmp_path / "kept.db")])

    return invoke


def test_a_load_tells_what_became_of_each_row(run, written):
    done = run("load", "cameras", str(written(CAMERAS)), "--json")
    (facts,) = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (facts["rows"], facts["loaded"], facts["reasons"]) == (2, 1, {"zero": 1})


def test_the_table_for_people_has_the_same(run, written):
    done = run("load", "cameras", str(written(CAMERAS)))
    assert "quarantined" in done.stdout
    assert "zero" in done.stdout


def test_a_refused_file_is_one_line_and_exit_1(run, written):
    good = written(CAMERAS, "good.csv")
    done = run("load", "cameras", "nowhere.csv", str(good), "--json")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert len(json.loads(done.stdout)) == 1


@pytest.mark.parametrize("words", [("load", "weather", "x.csv"), ("load", "cameras")])
def test_bad_usage_is_exit_2(run, words):
    assert run(*words).exit_code == 2


def test_reports_go_through_the_desk(run, written):
    content = "編號,案類,發生日期,發生時段,發生地點\n"
    content += "1,強盜,1120501,16~18,臺北市大安區某路\n2,強盜,,,\n"
    path = str(written(content))
    for loaded, duplicate in ((1, 0), (0, 1)):
        (facts,) = json.loads(run("load", "reports", path, "--json").stdout)
        assert (facts["loaded"], facts["duplicate"]) == (loaded, duplicate)
        assert facts["quarantined"] == 1


def test_held_rows_are_listed_and_redriven(run, written):
    run("load", "stations", str(written(OPEN)))
    (row,) = json.loads(run("quarantine", "list", "--json").stdout)
    assert row["code"] == "two-readings"
    done = run("quarantine", "redrive", row["id"], "--crs", "EPSG:3825", "--json")
    assert json.loads(done.stdout)["loaded"] == 1
    assert json.loads(run("quarantine", "list", "--json").stdout) == []


def test_marks_of_a_file_are_shown_literally(run, written):
    run("load", "cameras", str(written(CAMERAS, "[red]rows.csv")))
    assert "[red]rows.csv" in run("quarantine", "list").stdout


def test_a_folder_is_loaded_by_the_names_of_its_files(tmp_path, capsys):
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "speed_cameras.csv").write_text(CAMERAS)
    (folder / "atm_points.csv").write_text("nothing,known\n")
    (folder / "names.csv").write_text(CAMERAS)
    service = open_service(Settings(db=tmp_path / "kept.db"))
    load_site_folder(service, folder, Console())
    told = capsys.readouterr()
    assert len(service.sites().rows) == 1
    assert "atm_points.csv" in told.err
    assert "names.csv" not in told.out
    service.close()


def test_boundaries_are_kept_beside_the_store(run, tmp_path):
    content = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"COUNTYCODE": "99000", "COUNTYNAME": "某縣"},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[121, 24], [122, 24], [122, 25], [121, 24]]],
                },
            }
        ],
    }
    path = tmp_path / "counties.geojson"
    path.write_text(json.dumps(content))
    assert run("load", "boundaries", str(path)).exit_code == 0
    kept = kept_boundaries(tmp_path)
    assert kept is not None
    assert kept.exists()
