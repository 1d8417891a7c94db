"""AC-09, its first half: one theft that two counties filed is no series of thefts.

And vehicles without a readable plate, known by their look.
"""

import random
from datetime import UTC, datetime, timedelta

import pytest

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PLACES = {
    "10005": (120.9020, 24.6880, "苗栗縣頭份市"),
    "10004": (121.0440, 24.9030, "新竹縣湖口鄉"),
    "68000": (121.1460, 24.9070, "桃園市楊梅區"),
}


def plate(number):
    """A plate of its own for each number, unlike its neighbours' ones."""
    rng = random.Random(number)
    letters = "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=3))
    return f"{letters}-{''.join(rng.choices('012356789', k=4))}"


def theft(agency_id, number, at, *, at_lng=0.0, at_lat=0.0, **look):
    """A theft so many degrees from a county's place."""
    lng, lat, place = PLACES[agency_id]
    vehicle = {
        "plate": plate(number), "type": "van", "make": "Volkswagen", "model": "T5",
        "colour": "silver",
    }  # fmt: skip
    return {
        "kind": "stolen-vehicle", "agency_id": agency_id,
        "case_number": f"{agency_id}-{number}", "place": place, "error_m": 50,
        "lng": lng + at_lng, "lat": lat + at_lat,
        "event_from": at.isoformat(), "event_to": (at + timedelta(hours=6)).isoformat(),
        "vehicle": vehicle | look, "synthetic": True,
    }  # fmt: skip


def sent(client, clock, body, at=None):
    clock.at = at or AT + timedelta(days=60)
    answer = client.post("/reports", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def leads_of(client, answer):
    return [client.get(f"/leads/{one}").json() for one in answer["leads"]]


def series():
    """Twelve thefts of one model of van in three counties within six weeks."""
    agencies = list(PLACES)
    for n in range(12):
        yield theft(
            agencies[n % 3], 1000 + n, AT + timedelta(days=3.5 * n),
            at_lng=0.01 * (n % 4), at_lat=-0.008 * (n % 5),
        )  # fmt: skip


def unrelated(rng):
    """Two hundred others of all kinds in the same three counties."""
    models = [
        ("scooter", "SYM", "Jet S"), ("scooter", "Kymco", "GP"),
        ("sedan", "Toyota", "Altis"), ("suv", "Honda", "CR-V"),
        ("van", "Volkswagen", "T5"), ("truck", "Hino", "Dutro"),
    ]  # fmt: skip
    for n in range(200):
        kind, make, model = rng.choice(models)
        yield theft(
            rng.choice(list(PLACES)), 2000 + n,
            AT + timedelta(hours=rng.random() * 24 * 42),
            at_lng=rng.gauss(0, 0.03), at_lat=rng.gauss(0, 0.03),
            type=kind, make=make, model=model,
            colour=rng.choice(["white", "black", "silver", "red", "blue"]),
        )  # fmt: skip


def again(body, number, rng):
    """Tell the same theft as the next county does: later, rougher, in other words."""
    other = {"10005": "10004", "10004": "68000", "68000": "10005"}[body["agency_id"]]
    start = datetime.fromisoformat(body["event_from"]) - timedelta(
        hours=rng.random() * 3
    )
    told = body | {
        "agency_id": other,
        "case_number": f"{other}-again-{number}",
        "event_from": start.isoformat(),
        "event_to": (start + timedelta(hours=9)).isoformat(),
        "lng": body["lng"] + rng.gauss(0, 0.0015),
        "lat": body["lat"] + rng.gauss(0, 0.0015),
        "error_m": 200,
    }
    vehicle = dict(body["vehicle"])
    if number % 2:  # a slip of the pen
        vehicle |= {"plate": vehicle["plate"][:-1] + "3"}
    vehicle.pop("model") if number % 3 == 0 else None
    return told | {"vehicle": vehicle}


def test_the_six_filed_twice_are_one_incident_and_the_series_is_not(client, clock):
    rng = random.Random(9)
    bodies = [*series(), *unrelated(rng)]
    ids = {}
    for body in bodies:
        answer = sent(client, clock, body)
        ids[answer["report"]["id"]] = body
        assert answer["leads"] == [], "two thefts were taken for one"
    twice = [bodies[k] for k in (0, 3, 7, 20, 90, 150)]
    for number, body in enumerate(twice):
        (lead,) = leads_of(client, sent(client, clock, again(body, number, rng)))
        assert lead["kind"] == "incident"
        sides = {lead["report"]["id"], lead["other_report"]["id"]}
        (same,) = sides & ids.keys()
        assert ids[same] is body
        assert {one["agency"]["id"] for one in lead["recipients"]} == {
            lead["report"]["agency"]["id"], lead["other_report"]["agency"]["id"],
        }  # fmt: skip
        assert all("重複受理" in one["reason"] for one in lead["recipients"])
    every = client.get("/leads").json()["leads"]
    assert len(every) == len(twice)


def test_one_incident_confirmed_leaves_both_reports_open(client, clock):
    body = theft("10005", 1000, AT)
    sent(client, clock, body)
    (lead,) = leads_of(client, sent(client, clock, again(body, 2, random.Random(1))))
    for agency_id in ("10005", "10004"):
        said = {"verdict": "positive", "by": "王員", "agency_id": agency_id}
        assert (
            client.post(f"/leads/{lead['id']}/judgement", json=said).status_code == 422
        )
        answer = client.post(
            f"/leads/{lead['id']}/judgement", json=said | {"compared": ["report"]}
        )
    assert answer.json()["state"] == "positive"
    assert answer.json()["report"]["state"] == "open"
    assert answer.json()["contacts"] == []


def found_van(**changes):
    return {
        "kind": "found-vehicle", "agency_id": "68000", "case_number": "68000-found-1",
        "event_from": (AT + timedelta(days=2)).isoformat(),
        "place": "桃園市楊梅區", "lng": 121.1500, "lat": 24.9000, "error_m": 50,
        "vehicle": {
            "type": "van", "make": "volkswagen", "model": "t5", "colour": "blue",
            "marks": "車側貼公司廣告，左前保險桿凹陷",
        } | changes,
        "synthetic": True,
    }  # fmt: skip


IN_PART = plate(1000)[:2] + "?-?" + plate(1000)[5:]


@pytest.mark.parametrize("shown", [None, IN_PART, "XYZ-9999"])
def test_a_van_without_its_plate_is_known_by_its_look(client, clock, shown):
    stolen = theft(
        "10004", 1000, AT, at_lng=0.076, at_lat=0.007, colour="blue",
        marks="車身有廣告貼紙，左前方保桿撞凹",
    )  # fmt: skip
    lost = sent(client, clock, stolen)["report"]
    for n, colour in enumerate(["white", "silver", "black", "red"] * 10):
        other = theft("10005", 3000 + n, AT - timedelta(days=n), colour=colour)
        sent(client, clock, other)
    here = sent(client, clock, found_van(**({"plate": shown} if shown else {})))
    leads = [one for one in leads_of(client, here) if one["kind"] == "vehicle"]
    best = max(leads, key=lambda one: one["weight_bits"])
    assert best["report"]["id"] == lost["id"]
    parts = {one["name"]: one["bits"] for one in best["explanation"]["comparisons"]}
    assert parts["model"] > 0 < parts["colour"]
    assert parts["type"] == 0, "what the model has said is not said again by the type"
    assert (parts["plate"] < 0) == (shown == "XYZ-9999")


def test_a_vehicle_confirmed_is_wanted_no_more(client, clock, service):
    lost = sent(client, clock, theft("10004", 1000, AT, at_lng=0.106))["report"]
    here = sent(client, clock, found_van(colour="silver", plate=plate(1000)))
    (lead,) = [one for one in leads_of(client, here) if one["kind"] == "vehicle"]
    for agency_id in ("10004", "68000"):
        said = {
            "verdict": "positive", "by": "王員", "agency_id": agency_id,
            "compared": ["vehicle", "report"],
        }  # fmt: skip
        answer = client.post(f"/leads/{lead['id']}/judgement", json=said)
        assert answer.status_code == 200, answer.text
    assert client.get(f"/reports/{lost['id']}").json()["state"] == "closed"
    read = {
        "camera_id": "c", "at": (AT + timedelta(days=60)).isoformat(),
        "plate": plate(1000), "lng": 121.1, "lat": 24.9, "sequence": 1,
    }  # fmt: skip
    clock.at = AT + timedelta(days=60, seconds=2)
    assert client.post("/reads", json=[read]).json()["leads"] == []


def test_thefts_without_a_vehicle_are_compared_by_place_and_time(client, clock):
    lng, lat, place = PLACES["10005"]
    body = {
        "kind": "theft", "agency_id": "10005", "case_number": "1", "lng": lng,
        "lat": lat, "error_m": 20, "place": place, "event_from": AT.isoformat(),
        "event_to": (AT + timedelta(hours=2)).isoformat(),
        "text": "工廠門口電線一捆遭竊，鐵門被剪開", "synthetic": True,
    }  # fmt: skip
    sent(client, clock, body)
    other = body | {"case_number": "2", "text": "鐵門剪開，門口一捆電線失竊"}
    (lead,) = leads_of(client, sent(client, clock, other))
    assert lead["kind"] == "incident"
    later = AT + timedelta(days=9)
    far = body | {
        "case_number": "3",
        "event_from": later.isoformat(),
        "event_to": (later + timedelta(hours=2)).isoformat(),
    }
    assert sent(client, clock, far)["leads"] == []
