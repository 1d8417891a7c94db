"""What comes twice, too late, or at once: nothing is lost, doubled or changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pysqlite3 import dbapi2 as sqlite

import data.store
from data.importers.parsed import Setting
from data.importers.redriving import held_rows
from data.records import LeadRead
from routing.loading import redrive_records
from tests.api.refusals import MARK, NDJSON, accounted, refused, report, sent
from tests.api.test_ac01 import READ, REPORT, SEEN_AT, STOLEN_AT


@pytest.fixture
def lead(client, clock, cameras):
    clock.at = STOLEN_AT + timedelta(minutes=20)
    client.post("/reports", json=REPORT)
    clock.at = SEEN_AT
    (found,) = client.post("/reads", json=[READ]).json()["leads"]
    return found


VERDICT = {"verdict": "negative", "by": "值班員", "agency_id": "68000"}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"by": "  "}, 422),
        ({"by": MARK + "\x00"}, 422),
        ({"verdict": MARK}, 422),
        ({"agency_id": MARK}, 422),
        ({"verdict": "positive", "compared": ["plate"]}, 422),
        ({"compared": [MARK]}, 422),
        ({"compared": ["plate"] * 9}, 422),
        ({"comment": MARK * 500}, 422),
    ],
)
def test_a_bad_judgement_changes_nothing(client, lead, changes, status):
    refused(client.post(f"/leads/{lead}/judgement", json=VERDICT | changes), status)
    assert client.get(f"/leads/{lead}").json()["state"] == "unverified"


def test_judging_twice_keeps_both_and_a_withdrawn_lead_is_refused(client, clock, lead):
    for verdict in ("negative", "unsure"):
        clock.at += timedelta(seconds=5)
        body = VERDICT | {"verdict": verdict}
        judged = client.post(f"/leads/{lead}/judgement", json=body).json()
        assert judged["state"] == verdict
    assert len(judged["judgements"]) == 2


def test_what_is_over_is_not_changed_any_more(client, lead):
    report_id = client.get(f"/leads/{lead}").json()["report"]["id"]
    path = f"/reports/{report_id}/close"
    assert client.post(path, json={"reason": "尋獲"}).status_code == 200
    refused(client.post(path, json={"reason": "尋獲"}), 409)
    refused(client.post(f"/leads/{lead}/judgement", json=VERDICT), 422)
    refused(client.post("/reports/x/close", json={"reason": "尋獲"}), 404)


def test_the_same_report_again_is_known_and_with_other_content_refused(client, clock):
    clock.at = STOLEN_AT + timedelta(minutes=20)
    assert client.post("/reports", json=REPORT).status_code == 201
    again = client.post("/reports", json=REPORT)
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    refused(client.post("/reports", json=report(text=MARK)), 409)


def test_reads_before_the_theft_and_after_the_end_raise_nothing(client, clock, lead):
    before = READ | {"sequence": 8, "at": (STOLEN_AT - timedelta(hours=1)).isoformat()}
    assert client.post("/reads", json=[before]).json()["leads"] == []
    report_id = client.get(f"/leads/{lead}").json()["report"]["id"]
    client.post(f"/reports/{report_id}/close", json={"reason": "尋獲"})
    clock.at += timedelta(hours=2)
    late = READ | {"sequence": 9, "plate": "BKD-5826"}
    told = accounted(client.post("/reads", json=[late]))
    assert (told["stored"], told["leads"]) == (1, [])


def test_a_plate_on_two_reports_gives_a_lead_on_each(client, clock, cameras):
    clock.at = STOLEN_AT + timedelta(minutes=20)
    for number in ("A-1", "A-2"):
        client.post("/reports", json=report(case_number=number))
    clock.at = SEEN_AT
    assert len(client.post("/reads", json=[READ]).json()["leads"]) == 2


def test_eight_at_once_add_up_and_raise_no_lead_twice(client, clock, service, lead):
    batches = [
        [
            READ
            | {
                "sequence": 100 + n % 40,
                "plate": "BKD-5826",
                "at": (SEEN_AT - timedelta(minutes=n % 40)).isoformat(),
            }
            for n in range(start, start + 20)
        ]
        for start in range(0, 160, 20)
    ]
    with ThreadPoolExecutor(8) as pool:
        told = [
            accounted(answer)
            for answer in pool.map(lambda b: client.post("/reads", json=b), batches)
        ]
    raised = [one for answer in told for one in answer["leads"]]
    assert sum(answer["stored"] for answer in told) == 40
    assert sum(answer["duplicate"] for answer in told) == 120
    assert len(raised) == len(set(raised))
    with service.store.read() as tx:
        kept = tx.find(LeadRead)
        assert {one.lead_id for one in kept} == {lead, *raised}
        assert len({one.read_id for one in kept}) == len(kept) == 41


def test_readers_do_not_wait_for_each_other_for_ever(client, lead):
    with ThreadPoolExecutor(24) as pool:
        asked = [pool.submit(client.get, f"/leads/{lead}") for _ in range(72)]
        assert {one.result(timeout=12).status_code for one in asked} == {200}


def test_a_store_that_another_process_holds_is_told_with_when_to_come_back(
    client, tmp_path, monkeypatch
):
    monkeypatch.setattr(data.store, "BUSY_S", 0.01)
    path = tmp_path / "held.db"
    with data.store.open_store(path) as store:
        client.app.state.service.desk.store = store
        other = sqlite.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = client.post("/reads", json=[READ])
        other.execute("ROLLBACK")
        other.close()
        assert refused(answer, 503)["type"] == "/problems/store-refused"
        assert answer.headers["retry-after"] == "1"
        assert str(tmp_path) not in answer.text
        assert client.post("/reads", json=[READ]).status_code == 200


def test_what_is_no_read_at_all_does_not_stop_redriving(client, service, clock):
    clock.at = SEEN_AT
    accounted(sent(client, b'{"foo": 1}\n7\nnull\n[', "/reads", NDJSON))
    with service.store.read() as tx:
        held = held_rows(tx)
    done = redrive_records(service.desk, held, Setting(service.boundaries, clock()))
    assert (done.tried, done.held) == (4, 4)
