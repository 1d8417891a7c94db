"""AC-01: a stolen car, a misreading camera, two counties and one in between."""

from datetime import UTC, datetime, timedelta

import pytest

STOLEN_AT = datetime(2026, 3, 1, 18, 10, tzinfo=UTC)  # 02:10 in Taiwan
SEEN_AT = STOLEN_AT + timedelta(minutes=55)

REPORT = {
    "kind": "stolen-vehicle",
    "agency_id": "10005",
    "case_number": "10005-1150302-0001",
    "event_from": (STOLEN_AT - timedelta(minutes=10)).isoformat(),
    "event_to": STOLEN_AT.isoformat(),
    "place": "苗栗縣頭份市中央路",
    "lng": 120.9025,
    "lat": 24.6880,
    "error_m": 100.0,
    "vehicle": {
        "plate": "BKD-5826",
        "type": "suv",
        "colour": "white",
        "make": "Toyota",
        "model": "Corolla Cross",
    },
    "synthetic": True,
}

READ = {
    "camera_id": "yangmei",
    "at": SEEN_AT.isoformat(),
    "plate": "BKO-5B26",
    "sequence": 1,
    "confidence": 0.78,
    "vehicle_type": "suv",
    "colour": "white",
}


@pytest.fixture
def report(client, clock, cameras):
    clock.at = STOLEN_AT + timedelta(minutes=20)
    opened = client.post("/reports", json=REPORT)
    assert opened.status_code == 201, opened.text
    return opened.json()["report"]


def send(client, clock, **changes):
    clock.at = SEEN_AT + timedelta(seconds=2)
    answer = client.post("/reads", json=[READ | changes])
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def lead(client, clock, report):
    (lead_id,) = send(client, clock)["leads"]
    return client.get(f"/leads/{lead_id}").json()


def test_every_county_holds_the_report_at_once(client, report):
    told = client.get("/deliveries", params={"subject_id": report["id"]}).json()
    reported = datetime.fromisoformat(report["reported_at"])
    late = [
        row
        for row in told["deliveries"]
        if datetime.fromisoformat(row["created_at"]) - reported > timedelta(seconds=5)
    ]
    assert len({row["agency"]["id"] for row in told["deliveries"]}) == 22
    assert not late


def test_the_misread_plate_leads_to_the_stolen_car(lead, report):
    assert lead["report"]["id"] == report["id"]
    assert lead["read"]["plate_raw"] == "BKO-5B26"
    assert lead["explanation"]["comparisons"][0]["left"] == "BKD-5826"


def test_the_lead_is_unverified_and_asks_for_action(lead):
    assert (lead["state"], lead["level"]) == ("unverified", "action")


def test_the_reasons_add_up_to_the_weight(lead):
    told = lead["explanation"]
    bits = told["prior_bits"] + sum(found["bits"] for found in told["comparisons"])
    assert bits == pytest.approx(lead["weight_bits"], abs=1e-9)
    assert lead["probability"] == pytest.approx(2**bits / (1 + 2**bits), abs=1e-9)


def test_the_other_plate_that_could_be_read_so_is_named(lead):
    assert "BKQ-5826" in [rival["plate"] for rival in lead["explanation"]["rivals"]]


def test_owner_and_scene_act_and_the_county_between_is_advised(lead):
    told = {
        who["agency"]["id"]: (who["role"], who["action"]) for who in lead["recipients"]
    }
    assert told["10005"] == ("owner", "act")
    assert told["68000"] == ("scene", "act")
    assert told["10004"] == ("transit", "advice")
    assert all(who["reason"] for who in lead["recipients"])


def test_distance_and_time_are_those_of_the_case(lead):
    assert lead["distance_m"] == pytest.approx(34_400, abs=3_000)
    assert lead["seconds_since"] == 65 * 60


def test_cameras_on_the_way_that_saw_nothing_are_listed(lead):
    between = {camera["id"] for camera in lead["cameras_on_the_way"]}
    assert {"zhubei", "hukou"} <= between
    assert "yangmei" not in between


def test_a_person_confirms_only_after_comparing(client, lead):
    hasty = {"verdict": "positive", "by": "值班員", "agency_id": "68000"}
    refused = client.post(f"/leads/{lead['id']}/judgement", json=hasty)
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/judgement-refused"
    careful = hasty | {"compared": ["plate", "vehicle", "list"]}
    judged = client.post(f"/leads/{lead['id']}/judgement", json=careful)
    assert judged.json()["state"] == "positive"


def test_a_neighbour_plate_on_a_white_suv_gives_no_alert(client, clock, report):
    assert send(client, clock, plate="BKD-5828", confidence=0.9)["leads"] == []


def test_a_black_scooter_with_the_same_reading_gives_no_alert(client, clock, report):
    seen = send(client, clock, vehicle_type="scooter", colour="black")
    assert seen["leads"] == []


def test_after_recovery_the_plate_is_silent(client, clock, report, lead):
    closed = client.post(f"/reports/{report['id']}/close", json={"reason": "尋獲"})
    assert closed.json()["state"] == "closed"
    again = send(client, clock, plate="BKD-5826", sequence=2)
    assert (again["stored"], again["leads"]) == (1, [])


def test_recovery_withdraws_what_nobody_judged_and_tells_everyone(
    client, clock, report, lead
):
    client.post(f"/reports/{report['id']}/close", json={"reason": "尋獲"})
    told = client.get("/deliveries", params={"subject_id": report["id"], "limit": 500})
    cancelled = {
        row["agency"]["id"]
        for row in told.json()["deliveries"]
        if row["action"] == "cancel"
    }
    assert client.get(f"/leads/{lead['id']}").json()["state"] == "withdrawn"
    assert len(cancelled) == 22


def test_a_report_that_comes_late_finds_the_reads_before_it(client, clock, cameras):
    assert send(client, clock)["leads"] == []
    clock.at = SEEN_AT + timedelta(hours=3)
    opened = client.post("/reports", json=REPORT).json()
    assert len(opened["leads"]) == 1
