"""AC-02: a stale list. What was settled is silent, what nobody renewed is verified."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from api.cli import app, complete
from data.records import HotListEntry
from data.store import open_store

DAY = timedelta(days=1)
TAKEN_AT = datetime(2025, 9, 9, 16, 0, tzinfo=UTC)
SETTLED_AT = TAKEN_AT + 20 * DAY
READ_AT = datetime(2025, 11, 22, 3, 0, tzinfo=UTC)
WANLI = {"lng": 121.6870, "lat": 25.1790}
"""瑪鋉路, 萬里; a patrol car's camera, so each read says where it was."""


def rental(plate, number, agency_id="66000"):
    return {
        "kind": "stolen-vehicle",
        "agency_id": agency_id,
        "case_number": f"{agency_id}-1140910-{number:04d}",
        "event_from": TAKEN_AT.isoformat(),
        "place": "臺中市西屯區 租賃車侵占",
        "lng": 120.6460,
        "lat": 24.1800,
        "vehicle": {"plate": plate, "type": "sedan", "colour": "grey"},
        "synthetic": True,
    }


def opened(client, clock, plate, number=1, agency_id="66000", at=TAKEN_AT + DAY):
    clock.at = at
    answer = client.post("/reports", json=rental(plate, number, agency_id))
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def passed(client, clock, plate, n=1, at=READ_AT):
    clock.at = at + timedelta(seconds=2)
    read = {
        "camera_id": "patrol-7",
        "at": at.isoformat(),
        "plate": plate,
        "sequence": n,
        "vehicle_type": "sedan",
        "colour": "grey",
    }
    answer = client.post("/reads", json=[read | WANLI])
    assert answer.status_code == 200, answer.text
    return answer.json()


def entry_of(service, report_id):
    with service.store.read() as tx:
        (entry,) = tx.find(HotListEntry, report_id=report_id)
    return entry


@pytest.fixture
def settled(client, clock):
    """The rental that was reported in September and settled at its end."""
    report = opened(client, clock, "RAA-1357")["report"]
    clock.at = SETTLED_AT
    body = {"reason": "業者和解", "at": SETTLED_AT.isoformat()}
    assert client.post(f"/reports/{report['id']}/close", json=body).status_code == 200
    return report


@pytest.fixture
def expired(client, clock):
    """A second car, reported on the same day, that nobody renewed or closed."""
    return opened(client, clock, "RBB-2468", 2)["report"]


def test_an_old_update_that_comes_after_the_recovery_changes_nothing(
    client, clock, settled
):
    again = opened(client, clock, "RAA-1357", at=SETTLED_AT + DAY)
    assert (again["is_new"], again["report"]["state"]) == (False, "closed")
    assert passed(client, clock, "RAA-1357")["leads"] == []


def test_a_settled_car_raises_nothing_and_the_log_says_why(
    client, clock, service, settled, caplog
):
    with caplog.at_level(logging.INFO, logger="routing.silence"):
        answer = passed(client, clock, "RAA-1357")
    entry = entry_of(service, settled["id"])
    (said,) = [row.getMessage() for row in caplog.records if "silent" in row.message]
    assert (answer["stored"], answer["leads"]) == (1, [])
    assert entry.id in said
    assert settled["id"] in said
    assert "is closed since 2025-09-29T16:00:00+00:00" in said
    assert "RAA" not in caplog.text
    assert "瑪鋉" not in caplog.text


def test_a_batch_says_it_once_for_each_entry(client, clock, settled, caplog):
    clock.at = READ_AT + DAY
    reads = [
        {"camera_id": "patrol-7", "at": READ_AT.isoformat(), "plate": plate} | WANLI
        | {"sequence": n}
        for n, plate in enumerate(["RAA-1357"] * 5 + ["XYZ-9876"])
    ]  # fmt: skip
    with caplog.at_level(logging.INFO, logger="routing.silence"):
        client.post("/reads", json=reads)
    (said,) = [row.getMessage() for row in caplog.records if "silent" in row.message]
    assert "5 reads" in said


def test_a_plate_that_is_wanted_anew_is_not_called_silent(
    client, clock, settled, caplog
):
    opened(client, clock, "RAA-1357", 9, "65000", at=READ_AT - DAY)
    with caplog.at_level(logging.INFO, logger="routing.silence"):
        answer = passed(client, clock, "RAA-1357")
    assert len(answer["leads"]) == 1
    assert "silent" not in caplog.text


def test_a_misreading_of_a_settled_plate_and_a_stranger_are_not_explained(
    client, clock, settled, caplog
):
    with caplog.at_level(logging.INFO, logger="routing.silence"):
        passed(client, clock, "RAA-1351")
    assert "silent" not in caplog.text


@pytest.mark.parametrize(("days", "is_explained"), [(89, True), (91, False)])
def test_an_entry_over_for_ninety_days_is_explained_no_more(
    client, clock, service, tmp_path, settled, caplog, days, is_explained
):
    late = SETTLED_AT + days * DAY
    other = opened(client, clock, "XYZ-9876", 5, at=late - DAY)["report"]
    clock.at = late
    with open_store(tmp_path / "lianfang.db") as store:
        with store.write() as tx:  # another process changes the list
            entry = entry_of(service, other["id"])
            tx.replace(replace(entry, version=2), at=late)
    with caplog.at_level(logging.INFO, logger="routing.silence"):
        passed(client, clock, "RAA-1357", at=late)
    assert ("silent" in caplog.text) is is_explained


def test_the_card_of_an_entry_that_nobody_renewed_says_to_verify(
    client, clock, expired
):
    (lead_id,) = passed(client, clock, "RBB-2468")["leads"]
    card = client.get(f"/leads/{lead_id}").json()
    assert (card["must_verify"], card["level"]) == (True, "advice")
    assert {who["action"] for who in card["recipients"]} == {"advice"}
    assert card["explanation"]["expired"]
    age = next(c for c in card["explanation"]["comparisons"] if c["name"] == "age")
    assert age["level"] == "overdue"


def test_the_same_car_before_its_date_asks_for_action(client, clock, expired):
    (lead_id,) = passed(client, clock, "RBB-2468", at=TAKEN_AT + 20 * DAY)["leads"]
    card = client.get(f"/leads/{lead_id}").json()
    assert (card["must_verify"], card["level"]) == (False, "action")


def test_what_is_expired_and_unrenewed_is_listed_by_county(
    client, clock, settled, expired
):
    opened(client, clock, "RCC-3579", 3, "66000", at=TAKEN_AT + 3 * DAY)
    opened(client, clock, "RDD-4680", 4, "65000", at=TAKEN_AT + 3 * DAY)
    opened(client, clock, "REE-5791", 5, "65000", at=READ_AT - DAY)  # in its time
    clock.at = READ_AT
    told = client.get("/hot-list/overdue").json()
    counts = {one["agency"]["id"]: one["entries"] for one in told["agencies"]}
    assert counts == {"65000": 1, "66000": 2}
    first = told["entries"][0]
    assert first["report_id"] == expired["id"]
    assert first["agency"]["name"] == "臺中市政府警察局"
    assert first["category"] == "theft"
    assert datetime.fromisoformat(first["verified_at"]) == TAKEN_AT + DAY
    assert datetime.fromisoformat(first["expires_at"]) == TAKEN_AT + 31 * DAY
    assert first["days_over"] == pytest.approx((READ_AT - TAKEN_AT - 31 * DAY) / DAY)


def test_the_list_is_read_page_by_page_and_by_agency(client, clock):
    for n in range(5):
        agency_id = ("66000", "65000")[n % 2]
        opened(client, clock, f"RAA-135{n}", n, agency_id, at=TAKEN_AT + DAY)
    clock.at = READ_AT
    seen, cursor = [], None
    while cursor is not None or not seen:
        page = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        told = client.get("/hot-list/overdue", params=page).json()
        seen += [entry["id"] for entry in told["entries"]]
        cursor = told["next"]
    one = client.get("/hot-list/overdue", params={"agency_id": "65000"}).json()
    assert len(seen) == len(set(seen)) == 5
    assert {entry["agency"]["id"] for entry in one["entries"]} == {"65000"}
    assert len(one["entries"]) == 2


def test_the_command_prints_what_the_route_answers(
    client, clock, service, expired, tmp_path
):
    entry = entry_of(service, expired["id"])
    db = tmp_path / "lianfang.db"  # of the service, which goes on
    done = CliRunner().invoke(
        complete(app), ["hotlist", "overdue", "--json", "--db", str(db)]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert [row["id"] for row in told["entries"]] == [entry.id]
    assert [row["entries"] for row in told["agencies"]] == [1]
