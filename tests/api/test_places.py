"""Where, over HTTP."""

import json

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.service import Service
from data.store import open_store
from geo.boundaries import Boundaries

SPOTS = {
    "竹南鎮崎頂里": (120.88023, 24.73356, "10005"),
    "新莊區龍福里": (121.41093, 25.02113, "65000"),
    "馬公市": (119.5660, 23.5655, "10016"),
}


@pytest.mark.parametrize("name", SPOTS)
def test_a_point_is_located_with_the_next_county(client, name):
    lng, lat, county = SPOTS[name]
    found = client.get("/locate", params={"lng": lng, "lat": lat}).json()
    assert found["county"]["code"] == county
    assert found["note"] == "ok"
    assert found["border"]["county"]["code"] != county


def test_with_an_error_the_counties_have_shares(client):
    lng, lat, county = SPOTS["竹南鎮崎頂里"]
    asked = {"lng": lng, "lat": lat, "error_m": 100}
    error = client.get("/locate", params=asked).json()["error"]
    assert error["shares"][0]["code"] == county
    assert sum(one["share"] for one in error["shares"]) == pytest.approx(1)
    assert error["could_change"]


def test_a_small_error_does_not_change_the_county(client):
    lng, lat, county = SPOTS["竹南鎮崎頂里"]
    asked = {"lng": lng, "lat": lat, "error_m": 10}
    error = client.get("/locate", params=asked).json()["error"]
    assert [one["code"] for one in error["shares"]] == [county]
    assert not error["could_change"]


def test_an_error_of_another_meaning_has_other_shares(client):
    lng, lat, _ = SPOTS["新莊區龍福里"]
    asked = {"lng": lng, "lat": lat, "error_m": 100}
    by_68 = client.get("/locate", params=asked).json()["error"]
    by_95 = client.get("/locate", params=asked | {"meaning": "radius_95"}).json()
    assert by_95["error"]["shares"][0]["share"] > by_68["shares"][0]["share"]


@pytest.mark.parametrize("error_m", ["-1", "nan", "1e9", "far"])
def test_an_error_that_cannot_be_meant_is_refused(client, error_m):
    asked = {"lng": 121.5, "lat": 25.0, "error_m": error_m}
    answer = client.get("/locate", params=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "error_m"


def test_without_an_error_there_are_no_shares(client):
    answer = client.get("/locate", params={"lng": 121.5, "lat": 25.0})
    assert answer.json()["error"] is None


def test_the_same_point_gets_the_same_answer_every_time(client):
    asked = {"lng": 120.93542, "lat": 24.71258}
    answers = {client.get("/locate", params=asked).text for _ in range(5)}
    assert len(answers) == 1


def test_a_point_at_sea_has_no_county_and_says_so(client):
    found = client.get("/locate", params={"lng": 120.5, "lat": 25.3}).json()
    assert found["county"] is None
    assert found["note"] == "sea"
    assert found["why_zh"]


@pytest.mark.parametrize(
    ("lng", "lat", "note"),
    [
        ("24.73356", "120.88023", "swapped"),
        ("250000", "2736000", "metres"),
        ("0", "0", "zero"),
        ("nan", "24.7", "nan"),
        ("139.7", "35.7", "outside"),
    ],
)
def test_what_is_no_place_in_taiwan_is_refused_with_what_it_looks_like(
    client, lng, lat, note
):
    answer = client.get("/locate", params={"lng": lng, "lat": lat})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/coordinate-refused"
    assert answer.json()["note"] == note


@pytest.mark.parametrize(("level", "n"), [("county", 22), ("town", 368)])
def test_boundaries_are_geojson_of_every_county_and_town(client, level, n):
    answer = client.get(f"/boundaries/{level}.geojson")
    features = json.loads(answer.content)["features"]
    assert answer.headers["content-type"] == "application/geo+json"
    assert len(features) == n
    assert all(feature["geometry"]["coordinates"] for feature in features)


def test_the_service_says_that_it_is_there_and_what_it_holds(client):
    assert client.get("/healthz").json()["status"] == "ok"
    held = client.get("/summary").json()
    assert (held["reads"], held["leads"], held["synthetic"]) == (0, 0, False)


def test_every_answer_carries_the_headers_that_protect_the_page(client):
    for path in ("/", "/healthz", "/web/main.js", "/nowhere"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_page_that_was_tricked_into_asking_us_gets_nothing(client):
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400


def test_a_boundary_file_of_counties_alone_has_no_towns_to_draw(
    tmp_path, boundaries, clock
):
    made = Service(
        open_store(tmp_path / "x.db"),
        Boundaries(boundaries.county),
        archive=None,
        now=clock,
    )
    with TestClient(create_app(made, hosts=["testserver"])) as caller:
        assert caller.get("/boundaries/town.geojson").json()["features"] == []
        found = caller.get("/locate", params={"lng": 120.88023, "lat": 24.73356}).json()
    assert (found["county"]["code"], found["town"]) == ("10005", None)
