"""Files through the desk: reports whole, reads by pieces, once, and tried again."""

import json
import os
import signal
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from data.agencies import county_bureaus, duty_desks
from data.errors import ArchiveRefused
from data.importers.loading import load_sites
from data.importers.parsed import LoadKind, Options, Setting
from data.importers.read_pieces import open_rows
from data.importers.reading import parse_file
from data.importers.redriving import held_rows
from data.reads.archive import Archive
from data.records import Lead, Load, QuarantinedRow, Read, Report, Spot
from data.store import open_store
from matching.model import read_model
from routing.desk import Desk
from routing.loading import (
    keep_reads,
    keep_records,
    load_outcome,
    redrive_records,
)
from tests.routing.test_desk import read

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)

HOT_LIST = """受理單位,案號,車牌,車種,顏色,失竊時間,失竊地點,經度,緯度
10005,10005-1150302-0001,BKD-5826,suv,white,2026-03-02 02:10,頭份市,120.9025,24.6880
10005,10005-1150302-0002,,suv,white,2026-03-02 02:20,頭份市,120.9025,24.6880
"""
READS = """camera_id,at,plate,confidence,vehicle_type,colour,lng,lat
yangmei,2026-03-02T03:05:00+08:00,BKO-5B26,0.78,suv,white,121.1643,24.9140
yangmei,2026-03-02T03:06:00+08:00,ВКD-5826,0.78,suv,white,121.1643,24.9140
nowhere,2026-03-02T03:07:00+08:00,ABC-1235,0.9,suv,white,,
"""
CAMERAS = "編號,名稱,經度,緯度\nnowhere,國道一號 湖口,121.0470,24.8781\n"


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def load(desk, boundaries, path, kind):
    if kind is LoadKind.READS:
        file = open_rows(path, Setting(boundaries, AT))
        *_, kept = keep_reads(desk, file, at=AT, wait=pytest.fail)
        return load_outcome(file, kept, at=AT)
    parsed = parse_file(path, kind, options=Options(), boundaries=boundaries, at=AT)
    return keep_records(desk, parsed, at=AT)


def everything(store):
    with store.read() as tx:
        nouns = (Report, Read, Lead, Load, QuarantinedRow)
        return {noun.__name__: tx.find(noun) for noun in nouns}


def test_a_hot_list_and_reads_from_files_lead_to_a_lead(desk, store, boundaries, write):
    hot = load(desk, boundaries, write("hot.csv", HOT_LIST), LoadKind.HOTLIST)
    reads = load(desk, boundaries, write("reads.csv", READS), LoadKind.READS)
    assert (hot.load.rows, hot.load.loaded, hot.load.quarantined) == (2, 1, 1)
    assert (reads.load.rows, reads.load.loaded, reads.load.quarantined) == (3, 1, 2)
    assert len(everything(store)["Lead"]) == 1


def test_loading_the_same_files_again_changes_nothing(desk, store, boundaries, write):
    hot, reads = write("hot.csv", HOT_LIST), write("reads.csv", READS)
    load(desk, boundaries, hot, LoadKind.HOTLIST)
    load(desk, boundaries, reads, LoadKind.READS)
    before = everything(store)
    again = load(desk, boundaries, reads, LoadKind.READS)
    load(desk, boundaries, hot, LoadKind.HOTLIST)
    assert (again.load.loaded, again.load.duplicate) == (0, 1)
    assert everything(store) == before


def test_a_read_of_an_unknown_camera_is_kept_once_the_camera_is_loaded(
    desk, store, boundaries, write
):
    load(desk, boundaries, write("reads.csv", READS), LoadKind.READS)
    load_sites(
        store,
        write("cameras.csv", CAMERAS),
        LoadKind.CAMERAS,
        options=Options(),
        boundaries=boundaries,
        at=AT,
    )
    with store.read() as tx:
        held = held_rows(tx)
    done = redrive_records(desk, held, Setting(boundaries, AT))
    assert (done.tried, done.loaded, done.held) == (2, 1, 1)
    kept = desk.reads.between().all().records()
    assert {row.camera_id for row in kept} == {"yangmei", "nowhere"}
    with store.read() as tx:
        (still,) = held_rows(tx)
    assert still.code == "plate-foreign-character"


def test_a_read_that_came_as_a_message_can_be_tried_again_too(
    desk, store, boundaries, write
):
    desk.record_reads([read(camera_id="nowhere", spot=Spot())])
    load_sites(
        store,
        write("cameras.csv", CAMERAS),
        LoadKind.CAMERAS,
        options=Options(),
        boundaries=boundaries,
        at=AT,
    )
    with store.read() as tx:
        (held,) = held_rows(tx)
    assert json.loads(held.raw)["camera_id"] == "nowhere"
    done = redrive_records(desk, [held], Setting(boundaries, AT))
    assert (done.tried, done.loaded) == (1, 1)


def test_a_kill_at_any_statement_of_a_load_leaves_all_of_the_file_or_nothing(
    desk, store, boundaries, write, tmp_path
):
    path = write("hot.csv", HOT_LIST)
    parsed = parse_file(
        path, LoadKind.HOTLIST, options=Options(), boundaries=boundaries, at=AT
    )
    statement, seen = 0, set()
    while True:
        child = os.fork()
        if child == 0:  # pragma: no cover - runs in the child
            _load_and_die(desk, parsed, statement)
        _, status = os.waitpid(child, 0)
        with open_store(tmp_path / "lianfang.db") as again, again.read() as tx:
            counts = (tx.count(Report), tx.count(QuarantinedRow), tx.count(Load))
        seen.add(counts)
        if os.WIFEXITED(status):
            break
        statement += 1
    assert os.WEXITSTATUS(status) == 0
    assert statement > 5
    assert seen == {(0, 0, 0), (1, 1, 1)}


def _load_and_die(desk, parsed, statement):  # pragma: no cover - runs in the child
    engine = desk.store._writer
    engine.dispose(close=False)
    count = iter(range(10_000))

    @event.listens_for(engine, "before_cursor_execute")
    def _(*_):
        if next(count) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    keep_records(desk, parsed, at=AT)
    os._exit(0)


def pieces_of(write, boundaries, rows, size):
    lines = [
        f"yangmei,2026-03-02T03:05:{n % 60:02d}+08:00,ABC-{n:04d},121.1643,24.9140\n"
        for n in range(rows)
    ]
    path = write("many.csv", "camera_id,at,plate,lng,lat\n" + "".join(lines))
    return open_rows(path, Setting(boundaries, AT), rows=size)


def test_what_was_handed_out_is_stored_whatever_ends_the_load(
    desk, store, boundaries, write
):
    pieces = keep_reads(
        desk, pieces_of(write, boundaries, 70, 20), at=AT, wait=pytest.fail
    )
    assert [next(pieces).loaded, next(pieces).loaded] == [20, 40]
    pieces.close()
    assert len(desk.reads) == 40
    assert everything(store)["Load"] == []
    again = pieces_of(write, boundaries, 70, 20)
    *_, kept = keep_reads(desk, again, at=AT, wait=pytest.fail)
    assert (kept.rows, kept.loaded, kept.duplicate) == (70, 30, 40)
    assert [load.loaded for load in everything(store)["Load"]] == [30]


class Behind:
    """An archive that is behind with sealing, so many times, and then fails."""

    def __init__(self, desk, times, kind):
        self.left, self.kind, self.record = times, kind, desk.record

    def __call__(self, *given, **more):
        if self.left:
            self.left -= 1
            raise ArchiveRefused("not now", kind=self.kind)
        return self.record(*given, **more)


def test_an_archive_that_is_behind_is_waited_for(desk, boundaries, write, monkeypatch):
    monkeypatch.setattr(desk, "record", Behind(desk, 3, "behind"))
    waits = []
    file = pieces_of(write, boundaries, 10, 5)
    *_, kept = keep_reads(desk, file, at=AT, wait=lambda: waits.append(1))
    assert (kept.loaded, len(waits)) == (10, 3)


def test_a_full_disk_is_told_at_once(desk, boundaries, write, monkeypatch):
    monkeypatch.setattr(desk, "record", Behind(desk, 1, "full"))
    file = pieces_of(write, boundaries, 10, 5)
    with pytest.raises(ArchiveRefused):
        list(keep_reads(desk, file, at=AT, wait=pytest.fail))


def test_a_kill_at_any_moment_of_a_load_of_reads_loses_nothing_acknowledged(
    store, boundaries, write, tmp_path, clock
):
    """Each child says after each piece how many were stored, and dies."""
    told = 0
    for pieces in (1, 2, 9):
        to_parent, from_child = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover - runs in the child
            _read_and_die(tmp_path, boundaries, write, clock, pieces, from_child)
        os.close(from_child)
        os.waitpid(child, 0)
        told += int(os.read(to_parent, 100).decode().split()[-1])
        os.close(to_parent)
        with Archive(tmp_path / "killed-reads", released=0) as kept:
            assert len(kept) == told
    assert told == 70


def _read_and_die(
    tmp_path, boundaries, write, clock, pieces, to
):  # pragma: no cover - runs in the child
    model = read_model()
    store = open_store(tmp_path / "killed.db")
    archive = Archive(tmp_path / "killed-reads", released=0)
    desk = Desk(store, archive, boundaries=boundaries, model=model, now=clock)
    desk.add_agencies(county_bureaus(), duty_desks())
    file = pieces_of(write, boundaries, 70, 20)
    for number, kept in enumerate(keep_reads(desk, file, at=AT, wait=pytest.fail), 1):
        os.write(to, f"{kept.loaded} ".encode())
        if number == pieces:
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
