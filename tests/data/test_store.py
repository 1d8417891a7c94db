"""The store's contract; PostgreSQL will run the same tests on another URL."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import event

from data import store as store_module
from data.errors import RecordNotFound, StaleVersion, StoreRefused
from data.records import (
    Agency,
    ContactPoint,
    Delivery,
    HotListEntry,
    Judgement,
    Lead,
    LeadLevel,
    LeadRead,
    Load,
    Person,
    Provenance,
    QuarantinedRow,
    Read,
    Report,
    ReportKind,
    ReportState,
    Role,
    Sighting,
    Site,
    SiteKind,
    Spot,
    Vehicle,
    Verdict,
)
from data.store import open_store

AT = datetime(2026, 3, 1, 18, 10, 0, 123456, tzinfo=UTC)
SPOT = Spot(120.9, 24.69, 100.0, "頭份市中央路", "10005", "10005050", None)
AGENCY = Agency("10005", "苗栗縣警察局", "10005")
REPORT = Report(
    id="rep-1",
    kind=ReportKind.STOLEN_VEHICLE,
    agency_id="10005",
    case_number="10005-1150302-0001",
    reported_at=AT,
    event_from=AT,
    event_to=AT,
    spot=SPOT,
    vehicle=Vehicle("BKD-5826", "suv", "white"),
    person=Person("某人", birth_date=AT.date()),
    provenance=Provenance("reports.csv", 3),
)
ENTRY = HotListEntry(
    id="hot-1",
    report_id="rep-1",
    agency_id="10005",
    plate="BKD5826",
    category="theft",
    since=AT,
    verified_at=AT,
    expires_at=AT + timedelta(days=30),
    vehicle=Vehicle("BKD-5826"),
    spot=SPOT,
)
READ = Read("read-1", "yangmei", AT, "BKO-5B26", "BKO5B26", AT, SPOT)
LEAD = Lead(
    id="lead-1",
    report_id="rep-1",
    entry_id="hot-1",
    read_id="read-1",
    created_at=AT,
    at=AT,
    weight_bits=4.5,
    probability=0.957,
    level=LeadLevel.ACTION,
    county_code="68000",
    explanation={"comparisons": [{"name": "plate", "bits": 21.1}]},
)
EVERY_NOUN = (
    AGENCY,
    ContactPoint("10005-duty", "10005", "勤務指揮中心"),
    Site("cam", SiteKind.CAMERA, "楊梅交流道", SPOT, attributes={"lanes": 3}),
    REPORT,
    Sighting("sig-1", "10005", AT, SPOT, person=Person(age_from=70, age_to=80)),
    READ,
    ENTRY,
    LEAD,
    LeadRead(
        id="seen-1",
        lead_id="lead-1",
        entry_id="hot-1",
        read_id="read-1",
        created_at=AT,
        at=AT,
        weight_bits=4.5,
        probability=0.957,
        level=LeadLevel.ACTION,
        county_code="68000",
        explanation={"comparisons": []},
        bridges=("lead-2",),
    ),
    Judgement("jdg-1", "lead-1", Verdict.UNSURE, "某員", "10005", AT, ("plate",)),
    Delivery(
        id="dlv-1",
        subject_kind="lead",
        subject_id="lead-1",
        subject_version=1,
        agency_id="10005",
        contact_point_id="10005-duty",
        role=Role.OWNER,
        action="act",
        reason="案主",
        rules_version="test",
        created_at=AT,
    ),
    Load("load-1", "cameras", "c.csv", "ab" * 32, AT, 3, 1, 1, 1, ("utf-8",)),
    QuarantinedRow("qua-1", "load-1", "cameras", "c.csv", 3, "zero", "0,0", b"\xff,0"),
)


def fill(store):
    with store.write() as tx:
        for record in EVERY_NOUN:
            tx.add(record)


@pytest.mark.parametrize("record", EVERY_NOUN, ids=lambda r: type(r).__name__)
def test_every_noun_comes_back_as_it_went_in(store, record):
    fill(store)
    with store.read() as tx:
        assert tx.get(type(record), record.id) == record


def test_the_same_record_twice_is_kept_once(store):
    fill(store)
    with store.write() as tx:
        assert tx.add_all([READ, replace(READ, plate_raw="other")]) == set()
        assert tx.count(Read) == 1
        assert tx.get(Read, "read-1").plate_raw == "BKO-5B26"


def test_a_batch_with_a_record_twice_keeps_the_first(store):
    fill(store)
    first = replace(READ, id="read-2")
    with store.write() as tx:
        assert tx.add_all([first, replace(first, plate_raw="later")]) == {"read-2"}
        assert tx.get(Read, "read-2") == first


def test_more_records_than_one_statement_takes_are_kept(store):
    fill(store)
    batch = [replace(READ, id=f"read-{n:05d}") for n in range(2000)]
    with store.write() as tx:
        assert len(tx.add_all(batch)) == 2000
        assert len(tx.add_all(batch)) == 0
        assert len(tx.get_all(Read, [read.id for read in batch])) == 2000


def test_a_transaction_that_fails_keeps_nothing(store):
    with pytest.raises(RecordNotFound), store.write() as tx:
        _add_and_fail(tx)
    with store.read() as tx:
        assert tx.count(Agency) == 0


def _add_and_fail(tx):
    tx.add(AGENCY)
    tx.get(Agency, "nobody")


def test_a_new_version_replaces_and_the_old_one_is_kept(store):
    fill(store)
    closed = replace(REPORT, state=ReportState.CLOSED, version=2)
    with store.write() as tx:
        tx.replace(closed, at=AT)
    with store.read() as tx:
        assert tx.get(Report, "rep-1") == closed
        assert tx.versions(Report, "rep-1") == [REPORT, closed]


VERSIONED = [record for record in EVERY_NOUN if hasattr(record, "version")]


@pytest.mark.parametrize("record", VERSIONED, ids=lambda r: type(r).__name__)
def test_every_noun_that_changes_keeps_its_versions(store, record):
    fill(store)
    changed = replace(record, version=2)
    with store.write() as tx:
        tx.replace(changed, at=AT)
    with store.read() as tx:
        assert tx.versions(type(record), record.id) == [record, changed]


@pytest.mark.parametrize("version", [1, 3])
def test_a_version_out_of_turn_is_refused(store, version):
    fill(store)
    with pytest.raises(StaleVersion), store.write() as tx:
        tx.replace(replace(REPORT, version=version), at=AT)


def test_what_is_not_there_is_named(store):
    with pytest.raises(RecordNotFound, match="no report 'rep-9'"), store.read() as tx:
        tx.get(Report, "rep-9")


def test_a_reader_cannot_write(store):
    with pytest.raises(Exception, match="readonly"), store.read() as tx:
        tx.add(AGENCY)


def test_a_time_without_zone_is_refused(store):
    naive = replace(READ, at=datetime(2026, 3, 1))
    with pytest.raises(Exception, match="time zone"), store.write() as tx:
        tx.add(naive)


def test_a_time_of_another_zone_is_the_same_moment(store):
    taipei = AT.astimezone(timezone(timedelta(hours=8)))
    with store.write() as tx:
        tx.add(replace(READ, at=taipei))
        assert tx.get(Read, "read-1").at == AT


def test_a_lead_needs_its_report(store):
    with pytest.raises(Exception, match="FOREIGN KEY"), store.write() as tx:
        tx.add(LEAD)


def test_commits_are_on_disk_before_they_are_acknowledged(store):
    with store.write() as tx:
        found = {
            name: tx._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "mmap_size": 0,
    }


def test_an_unsafe_sqlite_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module.sqlite, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(StoreRefused, match=r"3\.51\.3"):
        open_store(tmp_path / "x.db")


def test_a_file_that_is_no_store_is_refused(tmp_path):
    path = tmp_path / "x.db"
    path.write_bytes(b"this is not a database, it is a letter" * 100)
    with pytest.raises(StoreRefused, match="cannot be opened as a store"):
        open_store(path)
    assert path.read_bytes().startswith(b"this is not")


def test_what_was_acknowledged_survives_a_kill(tmp_path):
    """A child commits records, tells their numbers, and is killed while it writes."""
    path = tmp_path / "lianfang.db"
    open_store(path).close()
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - runs in the child
        _write_until_killed(path, tells)
    os.close(tells)
    acknowledged = 0
    while acknowledged < 20:
        acknowledged = os.read(told, 4096)[-1]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open_store(path) as store, store.read() as tx:
        kept = tx.count(Agency)
    assert kept % 10 == 0
    assert kept >= 10 * acknowledged


def _write_until_killed(path, tells):  # pragma: no cover - runs in the child
    store = open_store(path)
    for batch in range(1, 256):
        with store.write() as tx:
            tx.add_all(Agency(f"{batch}-{n}", "x") for n in range(10))
        os.write(tells, bytes([batch]))
    os._exit(1)


def test_a_kill_at_any_statement_of_the_first_migration_leaves_old_or_new(tmp_path):
    statement = 0
    while True:
        path = tmp_path / f"{statement}.db"
        child = os.fork()
        if child == 0:  # pragma: no cover - runs in the child
            _migrate_and_die(path, statement)
        _, status = os.waitpid(child, 0)
        with open_store(path) as store:
            fill(store)
        path.unlink()
        if os.WIFEXITED(status):
            break
        statement += 1
    assert os.WEXITSTATUS(status) == 0
    assert statement > 20


def _migrate_and_die(path, statement):  # pragma: no cover - runs in the child
    engine = store_module._engine(path, begin="BEGIN IMMEDIATE")
    seen = iter(range(10_000))

    @event.listens_for(engine, "after_cursor_execute")
    def _(*_):
        if next(seen) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    store_module.migrate(engine)
    os._exit(0)
