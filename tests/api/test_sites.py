"""What is near, over HTTP."""

from datetime import UTC, datetime

import pytest

from api.site_index import where
from data.records import Site, SiteKind

NEAR = {"lng": 121.16, "lat": 24.91}
WAY = "121.2,24.95;121.15,24.90;121.0,24.81"


@pytest.fixture
def mixed(service, cameras):
    """Beside the four cameras one that reads no plates, and two cash machines."""
    spot = cameras[3].spot
    service_days = {
        "online_from": "2025-01-01T00:00:00+08:00",
        "online_until": "2025-07-01T00:00:00+08:00",
    }
    made = (
        Site("blind", SiteKind.CAMERA, "盲", spot, "68000", reads_plates=False),
        Site("atm", SiteKind.ATM, "提款機", spot, attributes=service_days),
        Site("atm far", SiteKind.ATM, "提款機", cameras[0].spot, "10005"),
    )
    with service.store.write() as tx:
        tx.add_all(made)


def ids(client, address="/sites/nearest", **asked):
    answer = client.get(address, params=asked)
    assert answer.status_code == 200, answer.text
    return [site["id"] for site in answer.json()["sites"]]


@pytest.mark.usefixtures("cameras")
def test_the_nearest_sites_come_in_order_of_distance(client):
    asked = {"lng": 121.16, "lat": 24.91, "kind": "camera", "k": 3}
    found = client.get("/sites/nearest", params=asked).json()["sites"]
    assert [site["id"] for site in found] == ["yangmei", "hukou", "zhubei"]
    assert found[0]["metres"] < found[1]["metres"] < found[2]["metres"]
    assert found[0]["county"] == {"code": "68000", "name": "桃園市"}


@pytest.mark.usefixtures("cameras")
def test_a_radius_leaves_the_far_ones_out(client):
    asked = {"lng": 121.16, "lat": 24.91, "radius_m": 2000}
    found = client.get("/sites/nearest", params=asked).json()["sites"]
    assert [site["id"] for site in found] == ["yangmei"]


@pytest.mark.usefixtures("cameras")
def test_a_kind_that_is_not_there_finds_nothing(client):
    asked = {"lng": 121.16, "lat": 24.91, "kind": "atm"}
    assert client.get("/sites/nearest", params=asked).json()["sites"] == []


@pytest.mark.usefixtures("cameras")
def test_sites_in_a_box_come_as_columns_of_equal_length(client):
    found = client.get("/sites", params={"bbox": "121.0,24.8,121.1,24.9"}).json()
    assert found["id"] == ["hukou", "zhubei"]
    assert {len(column) for column in found.values()} == {2}


def test_a_camera_that_was_added_is_near_at_once(client, cameras, service):
    asked = {"lng": 121.16, "lat": 24.91}
    assert len(client.get("/sites/nearest", params=asked).json()["sites"]) == 4
    with service.store.write() as tx:
        tx.add(type(cameras[0])("new", cameras[0].kind, "新", cameras[0].spot))
    assert len(client.get("/sites/nearest", params=asked).json()["sites"]) == 5


@pytest.mark.usefixtures("mixed")
def test_filters_are_part_of_the_search_so_that_k_means_k(client):
    assert ids(client, **NEAR, k=2) == ["atm", "blind"]
    assert ids(client, **NEAR, k=2, reads_plates=True) == ["yangmei", "hukou"]
    assert ids(client, **NEAR, k=9, reads_plates=False) == ["blind"]
    assert ids(client, **NEAR, k=1, kind="atm", owner="10005") == ["atm far"]
    assert ids(client, **NEAR, k=3, owner=["10005", "68000"]) == ["blind", "atm far"]


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    ("online_at", "found"),
    [
        ("2024-12-31T15:59:59Z", ["atm far"]),
        ("2024-12-31T16:00:00Z", ["atm", "atm far"]),
        ("2025-06-30T23:59:59+08:00", ["atm", "atm far"]),
        ("2025-07-01T00:00:00+08:00", ["atm far"]),
    ],
)
def test_a_site_is_found_while_it_is_in_service(client, online_at, found):
    assert ids(client, **NEAR, kind="atm", online_at=online_at) == found


def test_a_time_without_offset_is_refused(client):
    answer = client.get(
        "/sites/nearest", params=NEAR | {"online_at": "2025-01-01T00:00"}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "online_at"


@pytest.mark.usefixtures("mixed")
def test_sites_beside_a_way_come_in_order_of_travel(client):
    asked = {"path": WAY, "within_m": 4000, "reads_plates": True}
    answer = client.get("/sites/along", params=asked).json()["sites"]
    assert [site["id"] for site in answer] == ["yangmei", "hukou", "zhubei"]
    assert [site["along_m"] for site in answer] == sorted(
        site["along_m"] for site in answer
    )
    assert all(0 < site["off_m"] <= 4000 for site in answer)
    back = ";".join(reversed(WAY.split(";")))
    assert ids(client, "/sites/along", **asked | {"path": back}) == [
        "zhubei",
        "hukou",
        "yangmei",
    ]


@pytest.mark.parametrize(
    "path", ["", "121.2", "121.2,24.9", "121,24;x,25", "121,24;122", "1,2,3;4,5,6"]
)
def test_what_is_no_way_is_refused(client, path):
    answer = client.get("/sites/along", params={"path": path})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "path"


def test_a_way_that_leaves_taiwan_is_refused_by_its_coordinates(client):
    answer = client.get("/sites/along", params={"path": "121,24;139.7,35.7"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/coordinate-refused"


@pytest.mark.usefixtures("mixed")
def test_a_list_for_a_map_takes_the_same_filters_and_a_limit(client):
    wanted = {"kind": ["camera"], "reads_plates": True}
    found = client.get("/sites", params=wanted).json()
    assert found["id"] == ["hukou", "toufen", "yangmei", "zhubei"]
    assert client.get("/sites", params=wanted | {"limit": 2}).json()["id"] == [
        "hukou",
        "toufen",
    ]


@pytest.mark.usefixtures("cameras")
def test_a_search_under_way_keeps_the_sites_of_its_moment(client, service, cameras):
    before = service.sites()
    with service.store.write() as tx:
        tx.add(Site("new", SiteKind.CAMERA, "新", cameras[0].spot))
    after = service.sites()
    assert "new" not in before.rows
    assert len(before.points) == 4
    assert "new" in after.rows
    assert len(after.points) == 5


@pytest.mark.usefixtures("cameras")
def test_without_a_change_the_sites_are_the_same_object(service):
    assert service.sites().points is service.sites().points


def test_a_site_that_was_changed_is_taken_over(service, cameras, clock):
    service.sites()
    with service.store.write() as tx:
        kept = tx.get(Site, "yangmei")
        moved = Site(kept.id, SiteKind.GANTRY, kept.name, cameras[0].spot, version=2)
        tx.replace(moved, at=clock())
    found = service.sites()
    near = found.points.nearest(lng=120.9031, lat=24.6905, where=where(kind=["gantry"]))
    assert near.ids == ("yangmei",)
    assert near.metres[0] < 0.001


def test_a_time_for_a_search_has_an_offset():
    at = datetime(2025, 1, 1, tzinfo=UTC)
    assert where(online_at=at).online_at == at
