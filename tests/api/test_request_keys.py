"""`Idempotency-Key`: the same request again gets the answer that it got first."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event

from api.service import Service
from data.errors import ArchiveRefused, StoreRefused
from data.keys import IdempotencyKey
from data.reads.archive import Archive
from data.records import Lead
from data.store import open_store
from tests.api.test_ac01 import READ, REPORT, SEEN_AT
from tests.api.test_reads import BODIES, NDJSON, many

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'


@pytest.fixture(autouse=True)
def later(clock):
    clock.at = SEEN_AT + timedelta(seconds=2)


@pytest.fixture
def send(client, cameras):
    def send(reads=None, key=KEY, kind=NDJSON):
        headers = {"content-type": kind} | ({"Idempotency-Key": key} if key else {})
        body = BODIES[kind](many(3) if reads is None else reads)
        return client.post("/reads", content=body, headers=headers)

    return send


def kept(service):
    with service.store.read() as tx:
        return tx.find(IdempotencyKey)


def test_the_same_request_again_gets_the_first_answer(client, send, service):
    client.post("/reports", json=REPORT)
    reads = [READ | {"sequence": 99}, *many(3), {"camera_id": "toufen"}]
    first = send(reads)
    answer = first.json()
    assert (answer["stored"], answer["quarantined"]) == (4, 1)
    assert len(answer["leads"]) > 0
    assert "Idempotency-Replayed" not in first.headers
    again = send(reads)
    assert again.json() == answer
    assert again.status_code == first.status_code == 200
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]
    assert send(reads, key=None).json()["duplicate"] == 4


def test_another_body_under_the_same_key_is_refused(send, service):
    send()
    for other in (send(many(4)), send(kind="application/json")):
        assert other.status_code == 422
        assert other.json()["type"] == "/problems/idempotency-key-reused"
    assert len(service.desk.reads) == 3


def test_the_same_bytes_as_another_type_are_another_request(send, client):
    body = json.dumps(READ)
    types = {NDJSON: 200, "application/json": 422}
    for kind, status in types.items():
        headers = {"content-type": kind, "Idempotency-Key": KEY}
        answer = client.post("/reads", content=body, headers=headers)
        assert answer.status_code == status
    assert answer.json()["type"] == "/problems/idempotency-key-reused"


def test_another_key_is_another_request(send):
    send()
    assert send(key="other").json()["duplicate"] == 3


def test_the_answer_is_kept_with_the_leads_in_one_transaction(client, send, service):
    client.post("/reports", json=REPORT)
    commits = []
    event.listen(service.store._writer, "commit", commits.append)
    send([READ])
    assert len(commits) == 1
    with service.store.read() as tx:
        assert tx.count(Lead) == 1
    assert len(kept(service)) == 1


def test_without_a_key_nothing_is_written(send, service):
    send(key=None)
    commits = []
    event.listen(service.store._writer, "commit", commits.append)
    assert send(many(9), key=None).json()["stored"] == 6
    assert commits == []
    assert kept(service) == []


def test_after_a_restart_the_answer_is_still_there(
    send, client, service, tmp_path, boundaries, clock
):
    answer = send().json()
    service.close()
    again = Service(
        open_store(tmp_path / "lianfang.db"),
        boundaries,
        archive=Archive(tmp_path / "lianfang-reads", released=0),
        now=clock,
    )
    client.app.state.service = again
    replayed = send()
    assert replayed.json() == answer
    assert replayed.headers["Idempotency-Replayed"] == "true"
    again.close()


def test_a_key_is_forgotten_after_a_day(send, service, clock):
    send()
    send(key="second")
    clock.at += timedelta(hours=24)
    anew = send()
    assert "Idempotency-Replayed" not in anew.headers
    assert len(kept(service)) == 1
    clock.at += timedelta(hours=23)
    assert send().headers["Idempotency-Replayed"] == "true"


def test_a_request_that_is_worked_on_is_told_to_ask_again(send, service, monkeypatch):
    record, begun, go_on = service.desk.record, threading.Event(), threading.Event()

    def slow(*given, **more):
        begun.set()
        assert go_on.wait(30)
        return record(*given, **more)

    monkeypatch.setattr(service.desk, "record", slow)
    answers = []
    first = threading.Thread(target=lambda: answers.append(send()))
    first.start()
    assert begun.wait(30)
    busy, other = send(), send(many(1))
    go_on.set()
    first.join()
    assert busy.status_code == 409
    assert busy.headers["Retry-After"] == "1"
    assert busy.json()["type"] == "/problems/idempotency-key-busy"
    assert other.status_code == 422
    assert send().json() == answers[0].json()


REFUSALS = {"archive": ArchiveRefused("no", kind="full"), "store": StoreRefused("no")}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_failed_is_done_anew_under_the_same_key(send, service, monkeypatch, what):
    def refuse(*_, **__):
        raise REFUSALS[what]

    with monkeypatch.context() as patched:
        patched.setattr(service.desk, "record", refuse)
        assert send().status_code == 503
    assert send().json()["stored"] == 3


def test_a_body_that_is_refused_leaves_no_key(send, client, service):
    headers = {"content-type": "application/json", "Idempotency-Key": KEY}
    assert client.post("/reads", content=b"{", headers=headers).status_code >= 400
    assert kept(service) == []
    assert send().status_code == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "鍵".encode(), "a\tb"])
def test_a_key_that_is_none_is_refused(client, service, cameras, key):
    raw = key if isinstance(key, bytes) else key.encode()
    headers = {b"content-type": NDJSON.encode(), b"Idempotency-Key": raw}
    answer = client.post("/reads", content=BODIES[NDJSON](many(1)), headers=headers)
    assert answer.status_code == 400
    assert "visible ASCII" in answer.json()["detail"]
    assert len(service.desk.reads) == 0


def test_two_keys_are_none(client, cameras):
    headers = [("content-type", NDJSON), ("Idempotency-Key", "a")] * 2
    body = json.dumps(READ)
    assert client.post("/reads", content=body, headers=headers[1:]).status_code == 400


def test_the_longest_key_is_taken(send):
    assert send(key="x" * 255).json()["stored"] == 3
