"""Lists of reports and leads: filters, pages, order."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.records import QuarantinedRow, Spot
from tests.api.test_ac01 import READ, REPORT, SEEN_AT, STOLEN_AT


@pytest.fixture
def leads(client, clock, cameras):
    """Seven leads: exact reads of one car by two cameras, every 11 minutes."""
    clock.at = STOLEN_AT + timedelta(minutes=20)
    client.post("/reports", json=REPORT)
    clock.at = SEEN_AT + timedelta(hours=2)
    reads = [
        READ
        | {
            "plate": "BKD-5826" if n else "BKO-5B26",
            "camera_id": ("yangmei", "zhubei")[n % 2],
            "sequence": n,
            "at": (SEEN_AT + timedelta(minutes=11 * n)).isoformat(),
        }
        for n in range(7)
    ]
    answer = client.post("/reads", json=reads).json()
    assert len(answer["leads"]) == 7
    return answer["leads"]


def page(client, **asked):
    return client.get("/leads", params=asked).json()


def test_leads_come_newest_first(client, leads):
    times = [datetime.fromisoformat(row["read"]["at"]) for row in page(client)["leads"]]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_together_are_the_whole_list(client, leads, limit):
    seen, cursor = [], None
    while True:
        got = page(client, limit=limit, **({"cursor": cursor} if cursor else {}))
        seen += [row["id"] for row in got["leads"]]
        cursor = got["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(leads)
    assert len(seen) == len(set(seen))


def test_leads_are_sifted_by_state(client, leads):
    verdict = {"verdict": "negative", "by": "值班員", "agency_id": "68000"}
    client.post(f"/leads/{leads[0]}/judgement", json=verdict)
    negative = page(client, state="negative")["leads"]
    assert [row["id"] for row in negative] == [leads[0]]
    assert len(page(client, state="unverified")["leads"]) == 6


def test_leads_are_sifted_by_who_was_told(client, leads):
    assert len(page(client, county="10005")["leads"]) == 7
    assert len(page(client, county="68000")["leads"]) == 4
    assert page(client, county="10002")["leads"] == []


def test_leads_are_sifted_by_what_they_ask_for(client, leads):
    levels = [page(client, level=level)["leads"] for level in ("action", "advice")]
    assert sum(map(len, levels)) == 7
    assert {row["level"] for row in levels[0]} == {"action"}


def test_a_lead_carries_the_judgements_of_people(client, leads):
    verdict = {
        "verdict": "unsure",
        "by": "值班員",
        "agency_id": "68000",
        "comment": "影像模糊",
    }
    shown = client.post(f"/leads/{leads[0]}/judgement", json=verdict).json()
    (judged,) = shown["judgements"]
    assert (judged["verdict"], judged["comment"]) == ("unsure", "影像模糊")


def test_reports_are_listed_sifted_and_shown(client, leads):
    (row,) = client.get("/reports", params={"state": "open"}).json()["reports"]
    assert client.get(f"/reports/{row['id']}").json() == row
    assert row["county"] == {"code": "10005", "name": "苗栗縣"}
    assert client.get("/reports", params={"state": "closed"}).json()["reports"] == []


def test_the_summary_counts_what_is_there(client, leads):
    held = client.get("/summary").json()
    assert (held["reports"], held["reads"], held["leads"]) == (1, 7, 7)
    assert held["leads_by_state"] == {"unverified": 7}
    assert held["synthetic"]


def test_a_site_without_a_point_is_not_counted_for_the_map(client, cameras, service):
    with service.store.write() as tx:
        tx.add(replace(cameras[0], id="somewhere", spot=Spot(address="某路")))
    assert client.get("/summary").json()["sites"] == {"camera": len(cameras)}


def test_deliveries_are_listed_by_agency(client, leads):
    told = client.get("/deliveries", params={"agency_id": "10004"}).json()
    assert {row["agency"]["id"] for row in told["deliveries"]} == {"10004"}
    assert {row["role"] for row in told["deliveries"]} >= {"hot-list", "transit"}


def test_a_read_of_an_unknown_camera_is_held_with_its_very_bytes(client, clock):
    clock.at = SEEN_AT
    piece = (
        b'{"camera_id":"nowhere",  "at":"2026-03-02T03:05:00+08:00","plate":"A1-2345"}'
    )
    answer = client.post(
        "/reads",
        content=b"[" + piece + b"]",
        headers={"content-type": "application/json"},
    )
    assert answer.json()["quarantined"] == 1
    with client.app.state.service.store.read() as tx:
        (held,) = tx.find(QuarantinedRow)
    assert (held.raw, held.row, held.code) == (piece, 1, "camera-unknown")
