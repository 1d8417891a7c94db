"""Bad input over HTTP: a problem document, never a 500, never what was sent."""

import asyncio
import json
from datetime import timedelta

import pytest
from fastapi import Request

from api import bodies, read_bodies
from api.problems import BadBody
from data.importers.parsed import Setting
from data.importers.redriving import held_rows
from data.records import Lead, QuarantinedRow, Read
from routing.loading import redrive_records
from tests.api.refusals import JSON, MARK, NDJSON, accounted, refused, report, sent
from tests.api.test_ac01 import READ, REPORT, SEEN_AT, STOLEN_AT

BODIES = {
    "nothing": b"",
    "blank": b"  \n",
    "not json": f"{MARK}".encode(),
    "nan": b'{"lng": NaN}',
    "infinite": b'{"lng": 1e999}',
    "lone surrogate": b'{"kind": "\\ud800"}',
    "lone surrogate key": b'{"\\ud800": 1}',
    "deep": b'{"kind":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep within limits": b'{"kind":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "huge number": b'{"error_m": ' + b"9" * 5000 + b"}",
    "two of one name": f'{{"kind": 1, "kind": "{MARK}"}}'.encode(),
    "utf-16": json.dumps(REPORT).encode("utf-16"),
    "broken utf-8": b'{"kind": "\xff\xfe"}',
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "a bomb": b"\x1f\x8b\x08\x00" + bytes(64),
    "many unknown fields": json.dumps({f"{MARK}{n}": n for n in range(9000)}).encode(),
}


@pytest.mark.parametrize("path", ["/reports", "/reports/x/close", "/leads/x/judgement"])
def test_a_body_that_is_no_record_is_refused(client, path):
    for body in BODIES.values():
        answer = sent(client, body, path)
        assert len(answer.content) < 5000
        refused(answer, 400, 422)


def test_a_report_that_says_two_things_of_one_field_is_refused(client, clock):
    clock.at = STOLEN_AT + timedelta(minutes=20)
    refused(sent(client, json.dumps(REPORT)[:-1] + ', "kind": "stolen-plate"}'), 400)


def test_a_body_that_is_no_batch_is_refused(client):
    for name in set(BODIES) - {"a list"}:
        refused(sent(client, BODIES[name], "/reads"), 400, 422)


def test_lines_that_are_no_reads_are_accounted_for(client):
    for body in BODIES.values():
        accounted(sent(client, body, "/reads", NDJSON))


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x"]
)
def test_a_body_of_another_type_is_refused(client, kind):
    refused(sent(client, json.dumps(REPORT), headers={"content-type": kind}), 415)
    refused(sent(client, json.dumps([READ]), "/reads", {"content-type": kind}), 415)


def test_a_body_over_the_cap_is_refused(client):
    refused(sent(client, b"x" * (bodies.SMALL + 1)), 413)
    refused(sent(client, b"x" * (bodies.LARGE + 1), "/reads"), 413)


def test_a_body_that_does_not_come_is_given_up(monkeypatch):
    async def never():
        await asyncio.sleep(60)

    monkeypatch.setattr(bodies, "BODY_S", 0.01)
    scope = {"type": "http", "method": "POST", "path": "/reports", "headers": []}
    with pytest.raises(BadBody) as refusal:
        asyncio.run(bodies.read_body(Request(scope, never), bodies.SMALL))
    assert refusal.value.status == 408


FIELDS = {
    "a field nobody knows": {MARK: 1},
    "swapped": {"lng": 24.688, "lat": 120.9025},
    "metres": {"lng": 250000.0, "lat": 2736000.0},
    "no fix": {"lng": 0.0, "lat": 0.0},
    "text for a number": {"lng": "121.5"},
    "true for a number": {"lng": True},
    "half a pair": {"lat": None},
    "far": {"lng": 1e300},
    "no place on earth": {"lng": 500.0, "lat": 91.0},
    "year 1": {"event_from": "0001-01-01T00:00:00+14:00"},
    "a roc year": {"event_from": "0112-05-01T00:00:00Z"},
    "year 9999": {"event_to": "9999-12-31T23:59:59-12:00"},
    "reported in 9999": {"reported_at": "9999-12-31T23:59:59Z"},
    "reported tomorrow": {"reported_at": "2026-03-03T00:00:00Z"},
    "happens tomorrow": {"event_from": "2026-03-03T00:00:00Z", "event_to": None},
    "no zone": {"event_from": "2026-03-01T02:00:00"},
    "no time": {"event_from": "2026-03-01"},
    "seconds": {"event_from": 1772300000},
    "seconds in text": {"event_from": "1772300000"},
    "leap second": {"event_from": "2026-03-01T02:10:60Z"},
    "ends first": {"event_to": "2020-01-01T00:00:00Z"},
    "empty case number": {"case_number": ""},
    "NUL": {"case_number": f"{MARK}\x00"},
    "control characters": {"case_number": f"{MARK}\r\nSet-Cookie: x"},
    "reversed writing": {"case_number": f"{MARK}\u202e"},
    "very long": {"text": MARK * 500},
    "unknown agency": {"agency_id": MARK},
    "unknown kind": {"kind": MARK},
    "no plate": {"vehicle": {}},
    "a Cyrillic plate": {"vehicle": {"plate": "ВКD-5826"}},
    "a plate of markup": {"vehicle": {"plate": "<script>"}},
    "a list for a text": {"place": [MARK]},
    "vehicle is a text": {"vehicle": MARK},
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_report_with_a_bad_field_is_refused(client, clock, name):
    clock.at = STOLEN_AT + timedelta(minutes=20)
    refused(client.post("/reports", json=report(**FIELDS[name])), 422)
    assert client.get("/summary").json()["reports"] == 0


@pytest.mark.parametrize(
    ("changes", "note"),
    [(FIELDS["metres"], "metres"), (FIELDS["swapped"], "swapped")],
)
def test_a_pair_is_refused_with_what_it_looks_like(client, clock, changes, note):
    clock.at = STOLEN_AT + timedelta(minutes=20)
    assert refused(client.post("/reports", json=report(**changes)))["note"] == note


def test_a_full_width_plate_is_the_plain_one(client, clock, cameras):
    clock.at = STOLEN_AT + timedelta(minutes=20)
    vehicle = REPORT["vehicle"] | {"plate": "ＢＫＤ－５８２６"}
    assert client.post("/reports", json=report(vehicle=vehicle)).status_code == 201
    clock.at = SEEN_AT
    raised = client.post("/reads", json=[READ | {"plate": "BKD5826"}]).json()["leads"]
    assert len(raised) == 1


def test_markup_comes_back_as_the_text_it_is(client, clock):
    clock.at = STOLEN_AT + timedelta(minutes=20)
    text = "<img src=x onerror=alert(1)>\"'); DROP TABLE reports;--"
    opened = client.post("/reports", json=report(place=text, case_number=text[:99]))
    assert opened.status_code == 201
    assert opened.json()["report"]["place"] == text
    assert opened.headers["content-type"] == "application/json"


ADDRESSES = [
    "/reports/" + MARK,
    "/leads/" + MARK,
    "/reports/" + MARK * 200,
    "/reports/%00",
    "/reports/%ed%a0%80",
    "/reports/..%2f..%2fetc%2fpasswd",
    "/web/../api/app.py",
    "/web/..%2fapi%2fapp.py",
    "/web/%2e%2e/%2e%2e/etc/passwd",
    "/web/....//....//etc/passwd",
    "/web/" + "x" * 300,
    "/web/" + MARK,
    "/web/",
    f"/leads?cursor={MARK}",
    "/leads?cursor=2026-01-01~x",
    "/leads?cursor=2026-01-01T00:00:00~x",
    "/leads?cursor=0001-01-01T00:00:00%2B14:00~x",
    "/reports?cursor=9999-12-31T23:59:59-12:00~x",
    "/reports?cursor=" + "x" * 500,
    f"/leads?state={MARK}",
    f"/leads?county={MARK * 10}",
    "/leads?limit=0",
    "/leads?limit=1e9",
    "/leads?limit=" + "9" * 5000,
    f"/sites?bbox={MARK}",
    "/sites?bbox=nan,nan,nan,nan",
    "/sites?bbox=1,2,3",
    f"/sites?kind={MARK}",
    "/sites/nearest?lng=121.5&lat=25&k=-1",
    "/sites/nearest?lng=121.5&lat=25&radius_m=nan",
    "/sites/nearest?lng=121.5&lat=25&radius_m=inf",
    "/locate?lng=true&lat=25",
    "/locate?lng=1e999&lat=25",
    "/locate?lng=&lat=",
    f"/locate?lng={MARK}&lat=25",
    "/locate",
]


def test_a_bad_address_is_a_problem_document(client):
    for address in ADDRESSES:
        refused(client.get(address))


def test_a_file_name_that_no_system_takes_is_not_found(client):
    refused(client.get("/web/%00"), 404)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE", "PUT", "BREW"])
def test_a_method_that_is_not_meant_is_refused(client, method):
    for path in ("/reads", "/leads/x", "/", "/web/main.js"):
        answer = client.request(method, path)
        if answer.status_code != 200:
            assert answer.status_code == 405
            assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_refused_says_which_is_not(client):
    assert client.request("DELETE", "/reads").headers["allow"] == "POST"


READS = {
    "no field": {},
    "unknown field": READ | {MARK: 1},
    "Cyrillic": READ | {"plate": "ВКО-5826"},
    "NUL": READ | {"plate": "BKO\x005B26"},
    "NUL in the camera": READ | {"camera_id": "yang\x00mei"},
    "markup": READ | {"plate": "<b>BKO</b>"},
    "long": READ | {"plate": "A" * 1000},
    "year 1": READ | {"at": "0001-01-01T00:00:00+14:00"},
    "roc year": READ | {"at": "0115-03-01T19:05:00Z"},
    "year 9999": READ | {"at": "9999-12-31T23:59:59-12:00"},
    "tomorrow": READ | {"at": "2026-03-03T00:00:00Z"},
    "naive": READ | {"at": "2026-03-01T19:05:00"},
    "seconds": READ | {"at": 1772391900},
    "unsure beyond sure": READ | {"confidence": 1.01},
    "text for a number": READ | {"confidence": "0.9"},
    "huge sequence": READ | {"sequence": 2**63},
    "negative sequence": READ | {"sequence": -1},
    "unknown camera": READ | {"camera_id": MARK},
    "half a pair": READ | {"lng": 121.5},
    "swapped": READ | {"lng": 24.9, "lat": 121.1},
    "metres": READ | {"lng": 250000.0, "lat": 2736000.0},
    "zero": READ | {"lng": 0.0, "lat": 0.0},
    "not an object": [READ],
    "null": None,
}


@pytest.mark.parametrize("name", READS)
def test_a_bad_read_is_held_and_its_neighbours_are_kept(
    client, clock, cameras, service, name
):
    clock.at = SEEN_AT
    batch = [READ, READS[name], READ | {"sequence": 2}]
    told = accounted(client.post("/reads", json=batch))
    assert (told["stored"], told["quarantined"]) == (2, 1)
    assert MARK not in json.dumps(told)
    body = "\n".join(json.dumps(read) for read in batch)
    again = accounted(sent(client, body, "/reads", NDJSON))
    assert (again["duplicate"], again["quarantined"]) == (2, 1)
    with service.store.read() as tx:
        assert all(row.reason for row in tx.find(QuarantinedRow))


PECULIAR = '{"camera_id":"yangmei",  "at":1e2,"plate":"\\u0041", "plate":"B"}'


def test_a_held_read_keeps_the_bytes_that_came(client, service):
    for body, kind in ((f"[ {PECULIAR} ]", JSON), (PECULIAR + "\n", NDJSON)):
        accounted(sent(client, body, "/reads", kind))
    with service.store.read() as tx:
        raw = {row.raw.strip() for row in tx.find(QuarantinedRow)}
    assert raw == {PECULIAR.encode()}


def test_a_batch_of_too_many_reads_is_refused_as_a_whole(client, monkeypatch):
    monkeypatch.setattr(read_bodies, "MOST_READS", 3)
    assert client.post("/reads", json=[READ] * 3).status_code == 200
    refused(client.post("/reads", json=[READ] * 4), 413)
    refused(sent(client, b"1\n" * 4, "/reads", NDJSON), 413)


def test_an_empty_batch_is_nothing(client):
    told = accounted(client.post("/reads", json=[]))
    assert told["received"] == 0


def test_a_read_of_an_unknown_camera_can_be_redriven_and_sent_again(
    client, clock, service, cameras
):
    clock.at = SEEN_AT
    stranger = READ | {"camera_id": "new-1", "plate": "BKD-5826"}
    client.post("/reports", json=REPORT)
    assert accounted(client.post("/reads", json=[stranger]))["quarantined"] == 1
    with service.store.write() as tx:
        tx.add(type(cameras[0])("new-1", cameras[0].kind, "新", cameras[3].spot))
    with service.store.read() as tx:
        held = held_rows(tx)
    done = redrive_records(service.desk, held, Setting(service.boundaries, clock()))
    assert (done.tried, done.loaded) == (1, 1)
    again = accounted(client.post("/reads", json=[stranger]))
    assert (again["duplicate"], again["leads"]) == (1, [])
    with service.store.read() as tx:
        assert (tx.count(Read), tx.count(Lead)) == (1, 1)
