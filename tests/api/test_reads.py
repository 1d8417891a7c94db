"""Reads over HTTP: in any of the bodies, counted, and never dropped in silence."""

import io
import json
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from data.errors import ArchiveRefused
from tests.api.test_ac01 import READ, SEEN_AT

ARROW = "application/vnd.apache.arrow.stream"
NDJSON = "application/x-ndjson"


@pytest.fixture(autouse=True)
def later(clock):
    clock.at = SEEN_AT + timedelta(seconds=2)


def many(n):
    return [READ | {"sequence": number} for number in range(n)]


def as_arrow(reads):
    times = [datetime.fromisoformat(read["at"]) for read in reads]
    columns = {name: [read[name] for read in reads] for name in READ if name != "at"}
    sequence = [read["sequence"] for read in reads]
    at = pa.array(times, pa.timestamp("us", tz="UTC"))
    table = pa.table(columns | {"sequence": sequence, "at": at})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def as_lines(reads):
    return b"\n".join(json.dumps(read).encode() for read in reads)


BODIES = {
    "application/json": lambda reads: json.dumps(reads).encode(),
    NDJSON: as_lines,
    ARROW: as_arrow,
}


def post(client, kind, reads):
    body = BODIES[kind](reads)
    return client.post("/reads", content=body, headers={"content-type": kind})


@pytest.mark.parametrize("kind", BODIES)
def test_the_same_reads_come_in_by_every_body(client, service, cameras, kind):
    answer = post(client, kind, many(5)).json()
    assert (answer["received"], answer["stored"]) == (5, 5)
    for other in BODIES:
        again = post(client, other, many(5)).json()
        assert (again["stored"], again["duplicate"]) == (0, 5)
    kept = service.desk.reads.between().all().records()
    assert [read.plate_raw for read in kept] == [READ["plate"]] * 5
    assert {read.confidence for read in kept} == {READ["confidence"]}


@pytest.mark.parametrize("kind", BODIES)
def test_a_poisoned_row_in_a_thousand_is_held_and_the_others_are_kept(
    client, service, cameras, kind
):
    reads = many(1_000)
    reads[400] = reads[400] | {"plate": "ВКD-5826"}
    answer = post(client, kind, reads).json()
    assert (answer["stored"], answer["quarantined"]) == (999, 1)
    assert len(service.desk.reads) == 999


@pytest.mark.parametrize("why", ["behind", "full", "disk"])
def test_an_archive_that_takes_nothing_is_told_with_a_time_to_try_again(
    client, service, cameras, monkeypatch, why
):
    def refuse(reads):
        raise ArchiveRefused("/var/secret: no room", kind=why)

    with monkeypatch.context() as stuck:
        stuck.setattr(service.archive, "append", refuse)
        answer = post(client, NDJSON, many(3))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    problem = answer.json()
    assert problem["type"] == "/problems/archive-refused"
    assert why in problem["detail"]
    assert "secret" not in answer.text
    assert post(client, NDJSON, many(3)).json()["stored"] == 3


def test_what_is_posted_is_there_when_the_service_starts_again(
    client, service, cameras, tmp_path
):
    from data.reads.archive import Archive

    post(client, NDJSON, many(7))
    service.archive.close()
    with Archive(tmp_path / "lianfang-reads") as archive:
        assert len(archive) == 7
