"""How far by now, over HTTP and on the command line."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from geo.reach import Stations

COMMAND = Path(sys.executable).parent / "lianfang"
TEMPLE = {"lng": 121.4505, "lat": 25.0358}
STATIONS = """id,network,lng,lat
新竹,TRA,120.9717,24.8017
竹南,TRA,120.8805,24.6865
"""


def run(*words, cwd):
    return subprocess.run(
        [COMMAND, "reach", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_shares_sum_to_one_and_name_their_counties(client):
    asked = TEMPLE | {"minutes": 600, "profile": "dementia"}
    told = client.get("/reach", params=asked).json()
    assert sum(one["share"] for one in told["shares"]) == pytest.approx(1)
    assert told["shares"][0]["place"] == {"code": "65000", "name": "新北市"}
    assert [one["share"] for one in told["radii"]] == [0.25, 0.5, 0.75, 0.95]
    assert told["profile"] == "dementia"
    assert any("Grampian" in one for one in told["assumptions"])


def test_towns_are_told_where_asked_for(client):
    asked = TEMPLE | {"minutes": 60, "level": "town"}
    told = client.get("/reach", params=asked).json()
    assert told["shares"][0]["place"]["name"] == "新莊區"


def test_time_since_last_seen_is_counted_from_the_clock(client, clock):
    since = (clock.at - timedelta(minutes=90)).isoformat()
    told = client.get("/reach", params=TEMPLE | {"since": since}).json()
    assert told["minutes"] == pytest.approx(90)


def test_sites_within_reach_are_listed_with_their_county(client, cameras):
    asked = {"lng": 121.03, "lat": 24.85, "minutes": 90}
    told = client.get("/reach", params=asked).json()
    assert [site["id"] for site in told["sites"]] == ["zhubei", "hukou"]
    assert told["sites"][0]["county"]["name"] == "新竹縣"
    assert told["n_sites"] == 2
    without = client.get("/reach", params=asked | {"sites": False}).json()
    assert without["sites"] == []


def test_a_vehicle_has_no_profile(client):
    told = client.get("/reach", params=TEMPLE | {"minutes": 9, "mode": "vehicle"})
    assert told.json()["profile"] is None


def test_trains_run_where_stations_are_loaded(client):
    asked = {"lng": 120.9717, "lat": 24.8017, "minutes": 52, "mode": "rail"}
    assert client.get("/reach", params=asked).status_code == 422
    client.app.state.rail_stations = Stations(
        lng=[120.9717, 120.8805],
        lat=[24.8017, 24.6865],
        ids=["新竹", "竹南"],
        networks=["TRA"] * 2,
    )
    told = client.get("/reach", params=asked).json()
    assert [one["id"] for one in told["arrivals"]] == ["竹南"]


@pytest.mark.parametrize(
    ("changed", "slug"),
    [
        ({"minutes": None}, "invalid"),
        ({"since": "2026-03-01T18:00:00+08:00"}, "invalid"),
        ({"minutes": None, "since": "2026-03-01T18:00:00"}, "invalid"),
        ({"minutes": None, "since": "2099-03-01T18:00:00Z"}, "reach-refused"),
        ({"minutes": -1}, "invalid"),
        ({"minutes": "nan"}, "invalid"),
        ({"profile": "hiker"}, "reach-refused"),
        ({"lng": 25.0358, "lat": 121.4505}, "coordinate-refused"),
        ({"mode": "rail"}, "reach-refused"),
        ({"mode": "balloon"}, "invalid"),
        ({"level": "street"}, "invalid"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused_by_kind(client, changed, slug):
    asked = {k: v for k, v in (TEMPLE | {"minutes": 60} | changed).items() if v}
    answer = client.get("/reach", params=asked)
    assert answer.status_code == 422
    assert answer.json()["type"] == f"/problems/{slug}"


def test_the_command_prints_shares_radii_and_sources(tmp_path):
    done = run("--lng", 121.4505, "--lat", 25.0358, "--minutes", 600, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "新北市" in done.stdout
    assert "95%" in done.stdout
    assert "假設" in done.stdout


def test_the_command_takes_stations_and_times_and_prints_json(tmp_path):
    (tmp_path / "rail.csv").write_text(STATIONS, encoding="utf-8-sig")
    done = run(
        *("--lng", 120.9717, "--lat", 24.8017, "--mode", "rail"),
        *("--since", "2026-03-01T22:10+08:00", "--at", "2026-03-01T15:02Z"),
        *("--stations", "rail.csv", "--json"),
        cwd=tmp_path,
    )
    told = json.loads(done.stdout)
    assert told["minutes"] == 52
    assert [one["id"] for one in told["arrivals"]] == ["竹南"]
    assert {"10005", "10018"} <= {one["place"]["code"] for one in told["shares"]}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "either"),
        (("--minutes", 5, "--since", "2026-03-01T22:10+08:00"), 2, "either"),
        (("--since", "yesterday"), 2, "ISO 8601"),
        (("--since", "2026-03-01T22:10"), 2, "offset"),
        (("--minutes", 5, "--profile", "hiker"), 1, "there are dementia"),
        (("--minutes", 5, "--mode", "rail"), 1, "--stations"),
        (("--minutes", 5, "--mode", "rail", "--stations", "no.csv"), 1, "no.csv"),
        (("--minutes", 5, "--tables", "no.json"), 1, "no.json"),
    ],
)
def test_the_command_refuses_in_one_line(tmp_path, words, code, said):
    done = run("--lng", 121.4505, "--lat", 25.0358, *words, cwd=tmp_path)
    assert done.returncode == code
    assert said in " ".join(done.stderr.split())
