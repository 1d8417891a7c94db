"""Sending what may be refused, and what a refusal looks like."""

from tests.api.test_ac01 import REPORT

MARK = "ECHO9173"
"""Stands in everything that is sent and must stand in no refusal."""

JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}


def refused(answer, *status):
    assert answer.status_code in (status or (400, 404, 409, 413, 415, 422)), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert MARK not in answer.text
    return answer.json()


def report(**changes):
    return REPORT | changes


def sent(client, body, path="/reports", headers=JSON):
    return client.post(path, content=body, headers=headers)


def accounted(answer):
    assert answer.status_code == 200, answer.text
    told = answer.json()
    parts = told["stored"] + told["duplicate"] + told["quarantined"]
    assert told["received"] == parts
    return told
