"""The folder for those who cannot send: what is put there is kept once, and told."""

import io
import json
import os
import time
from datetime import datetime, timedelta
from threading import Event

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.inbox import inbox_of
from api.settings import Settings
from data.errors import ArchiveRefused
from data.records import QuarantinedRow
from routing.inbox import _is_wanted
from tests.api.test_ac01 import READ, REPORT, SEEN_AT
from tests.api.test_reads import BODIES, many

AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def later(clock):
    clock.at = SEEN_AT + timedelta(seconds=2)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "inbox"


@pytest.fixture
def over():
    return Event()


@pytest.fixture
def inbox(service, cameras, folder, over):
    settings = Settings(inbox=folder, inbox_most_mb=1)
    made = inbox_of(service, settings, folder, over)
    made.look()
    return made


@pytest.fixture
def put(folder, clock):
    """Rename a file into the folder; it was written some seconds ago."""

    def put(name, content, age_s=10):
        beside = folder / ".writing"
        beside.write_bytes(content)
        at = clock.at.timestamp() - age_s
        os.utime(beside, (at, at))
        return beside.rename(folder / name)

    return put


def lines(n, begin=0):
    return BODIES["application/x-ndjson"](many(begin + n)[begin:])


def names(folder):
    """All files under a folder, by their paths in it."""
    found = (path for path in folder.rglob("*") if not path.is_dir())
    return {str(path.relative_to(folder)) for path in found}


def receipt(folder, name):
    (path,) = folder.rglob(f"{name}.receipt.json")
    return json.loads(path.read_text())


DAY = f"done/{(SEEN_AT + timedelta(hours=8)).date()}"
FILES = {
    "a.ndjson": lines,
    "a.json": lambda n: BODIES["application/json"](many(n)),
    "a.arrow": lambda n: BODIES["application/vnd.apache.arrow.stream"](many(n)),
    "A.CSV": lambda n: "\n".join(
        [",".join(READ), *(",".join(map(str, READ.values())) for _ in range(n))]
    ).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_kept_and_put_away_with_a_receipt(inbox, put, folder, service, name):
    put(name, FILES[name](5))
    assert inbox.look()
    told = receipt(folder, name)
    assert told["received"] == 5
    assert told["stored"] + told["duplicate"] == 5
    assert told["stored"] == len(service.desk.reads)
    assert names(folder) == {f"{DAY}/{name}", f"{DAY}/{name}.receipt.json"}
    assert (inbox.state.done, inbox.state.refused, inbox.state.waiting) == (1, 0, 0)


def test_a_file_raises_the_leads_that_a_request_would(inbox, put, folder, client):
    assert client.post("/reports", json=REPORT).status_code < 300
    put("a.ndjson", json.dumps(READ).encode())
    inbox.look()
    (lead,) = receipt(folder, "a.ndjson")["leads"]
    assert client.get(f"/leads/{lead}").status_code == 200


def test_the_oldest_is_taken_first(inbox, put, folder):
    put("b.ndjson", lines(1), age_s=30)
    put("a.ndjson", lines(2), age_s=20)
    inbox.look()
    assert receipt(folder, "b.ndjson")["stored"] == 1
    assert receipt(folder, "a.ndjson")["stored"] == 1


def test_what_is_written_to_is_left_until_it_rests(inbox, put, folder, clock):
    put("a.ndjson", lines(1), age_s=1)
    inbox.look()
    assert names(folder) == {"a.ndjson"}
    clock.at += timedelta(seconds=2)
    inbox.look()
    assert "a.ndjson" not in names(folder)


def test_a_file_that_grew_while_it_was_read_is_read_once_more(
    inbox, put, folder, service, clock
):
    put("a.ndjson", lines(2))
    take = inbox._take

    def growing(path):
        for kept in take(path):
            with path.open("ab") as file:
                file.write(b"\n" + lines(1, begin=2))
            os.utime(path, (clock.at.timestamp(),) * 2)
            yield kept

    inbox._take = growing
    inbox.look()
    inbox._take = take
    assert names(folder) == {"taking/a.ndjson"}
    clock.at += timedelta(seconds=5)
    inbox.look()
    told = receipt(folder, "a.ndjson")
    assert (told["received"], told["stored"], told["duplicate"]) == (3, 1, 2)
    assert len(service.desk.reads) == 3


def test_links_folders_and_unfinished_names_are_left_alone(inbox, folder, tmp_path):
    outside = tmp_path / "secret.ndjson"
    outside.write_bytes(lines(3))
    os.utime(outside, (0, 0))
    (folder / "link.ndjson").symlink_to(outside)
    os.link(outside, folder / "hard.ndjson")
    (folder / "folder.ndjson").mkdir()
    for name in (".a.ndjson", "a.ndjson.part", "b.ndjson.tmp", "c.txt"):
        (folder / name).write_bytes(lines(1))
        os.utime(folder / name, (0, 0))
    before = names(folder)
    inbox.look()
    assert names(folder) == before
    assert inbox.state.waiting == 0


def test_a_link_that_took_the_place_of_a_file_is_not_followed(
    inbox, folder, tmp_path, service
):
    outside = tmp_path / "secret.ndjson"
    outside.write_bytes(lines(3))
    (folder / "taking" / "a.ndjson").symlink_to(outside)
    inbox._take_one(folder / "taking" / "a.ndjson")
    assert receipt(folder, "a.ndjson")["sha256"] is None
    assert outside.read_bytes() == lines(3)
    assert len(service.desk.reads) == 0


def as_parquet(reads):
    sink = io.BytesIO()
    at = [datetime.fromisoformat(read["at"]) for read in reads]
    table = pa.Table.from_pylist(reads)
    where = table.schema.get_field_index("at")
    table = table.set_column(where, "at", pa.array(at, pa.timestamp("us", "UTC")))
    pq.write_table(table, sink)
    return sink.getvalue()


BAD = {
    "empty": (b"", "empty"),
    "no reads": (b'{"some": 1}\n', "no column"),
    "binary": (bytes(range(256)), "binary"),
    "large": (b" " * (2**20 + 1), "larger than 1 MB"),
    "parquet": (as_parquet(many(3)), "is Parquet"),
}


@pytest.mark.parametrize("why", BAD)
def test_what_cannot_be_read_is_refused_with_a_receipt_that_says_why(
    inbox, put, folder, why
):
    content, told = BAD[why]
    put("a.ndjson", content)
    assert inbox.look()
    assert told in receipt(folder, "a.ndjson")["refused"]
    assert names(folder) == {"refused/a.ndjson", "refused/a.ndjson.receipt.json"}
    assert inbox.state.refused == 1


def test_a_poisoned_row_is_held_and_counted(inbox, put, folder, store_of):
    put("a.ndjson", lines(2) + b"\nnonsense\n" + lines(1, begin=2))
    inbox.look()
    told = receipt(folder, "a.ndjson")
    assert (told["stored"], told["quarantined"]) == (3, 1)
    assert told["reasons"] == {"not-json": 1}
    (held,) = store_of(QuarantinedRow)
    assert (held.file, held.row) == ("a.ndjson", 3)


@pytest.fixture
def store_of(service):
    def find(noun):
        with service.store.read() as tx:
            return tx.find(noun)

    return find


def test_killed_before_the_file_was_moved_it_is_taken_again_and_nothing_twice(
    inbox, put, folder, service, monkeypatch
):
    put("a.ndjson", lines(4))
    with monkeypatch.context() as patched:
        patched.setattr(inbox, "_put_away", lambda *_: None)
        inbox.look()
    assert names(folder) == {"taking/a.ndjson"}
    inbox.look()
    told = receipt(folder, "a.ndjson")
    assert (told["stored"], told["duplicate"]) == (0, 4)
    assert len(service.desk.reads) == 4


def test_killed_between_receipt_and_move_the_first_receipt_stands(
    inbox, put, folder, service
):
    put("a.ndjson", lines(4))
    inbox.look()
    (folder / DAY / "a.ndjson").rename(folder / "taking" / "a.ndjson")
    inbox.look()
    assert receipt(folder, "a.ndjson")["stored"] == 4
    assert names(folder) == {f"{DAY}/a.ndjson", f"{DAY}/a.ndjson.receipt.json"}


def test_two_files_of_one_name_both_stay(inbox, put, folder):
    for begin in (0, 2):
        put("a.ndjson", lines(2, begin=begin))
        inbox.look()
    assert {f"{DAY}/a.ndjson", f"{DAY}/a-2.ndjson"} < names(folder)
    assert receipt(folder, "a-2.ndjson")["stored"] == 2


@pytest.mark.parametrize("why", ["full", "behind"])
def test_while_the_archive_takes_nothing_the_file_stays(
    inbox, put, folder, service, over, monkeypatch, caplog, why
):
    def refuse(*_):
        raise ArchiveRefused("not now", kind=why)

    put("a.ndjson", lines(4))
    with monkeypatch.context() as patched:
        patched.setattr(service.archive, "append", refuse)
        patched.setattr(over, "wait", lambda _: None)
        assert not inbox.look()
        assert not inbox.look()
    assert names(folder) == {"taking/a.ndjson"}
    assert inbox.state.held_up == why
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert inbox.look()
    assert inbox.state.held_up is None
    assert receipt(folder, "a.ndjson")["stored"] == 4


def test_days_that_are_over_are_deleted_and_nothing_else(
    inbox, put, folder, clock, tmp_path
):
    put("a.ndjson", lines(1))
    inbox.look()
    (folder / "done" / "notes").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "other").touch()
    (folder / "done" / "2020-01-01").symlink_to(elsewhere)
    clock.at += timedelta(days=7)
    inbox.look()
    assert f"{DAY}/a.ndjson" in names(folder)
    clock.at += timedelta(days=1)
    inbox.look()
    assert sorted(path.name for path in (folder / "done").iterdir()) == [
        "2020-01-01",
        "notes",
    ]
    assert (elsewhere / "other").exists()


def test_a_fault_of_ours_refuses_the_file_and_takes_the_next(inbox, put, folder):
    take = inbox._take

    def faulty(path):
        if path.name == "a.ndjson":
            raise ZeroDivisionError
        return take(path)

    inbox._take = faulty
    put("a.ndjson", lines(1), age_s=30)
    put("b.ndjson", lines(1))
    assert inbox.look()
    assert "log" in receipt(folder, "a.ndjson")["refused"]
    assert receipt(folder, "b.ndjson")["stored"] == 1


def test_a_folder_that_is_not_one_is_told_and_not_followed(inbox, folder, tmp_path):
    (folder / "refused").rmdir()
    (folder / "refused").symlink_to(tmp_path)
    assert not inbox.look()
    assert inbox.state.held_up == "refused is no folder"


def test_the_service_looks_into_the_folder_until_it_ends(
    service, cameras, folder, clock
):
    folder.mkdir()
    app = create_app(service, hosts=["testserver"], settings=Settings(inbox=folder))
    with TestClient(app) as client:
        path = folder / ".a"
        path.write_bytes(lines(3))
        os.utime(path, (0, 0))
        path.rename(folder / "a.ndjson")
        until = time.monotonic() + 60
        while client.get("/healthz").json()["inbox"]["done"] == 0:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert len(service.desk.reads) == 3
    assert receipt(folder, "a.ndjson")["stored"] == 3


def test_without_an_inbox_there_is_none_in_the_health(client):
    assert client.get("/healthz").json()["inbox"] is None


@pytest.mark.parametrize(
    ("name", "is_wanted"),
    [
        ("a.ndjson", True),
        ("A.ARROW", True),
        (".a.ndjson", False),
        ("a.ndjson.receipt.json", False),
        ("a.gpkg", False),
    ],
)
def test_only_names_of_reads_are_wanted(name, is_wanted):
    assert _is_wanted(name) == is_wanted
