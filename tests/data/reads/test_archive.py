"""The archive, whatever is done to it, holds and finds what a plain list does."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from data.errors import ArchiveRefused
from data.plate_codes import encode, prefix_range
from data.reads import upkeep
from data.reads.answers import Answer, Cut, Limits
from data.reads.archive import Archive
from data.reads.columns import micros_of, moment_of
from data.reads.search import Windows
from tests.data.reads.made import (
    CAMERAS,
    DAY_US,
    PLATES,
    SECOND_US,
    START_US,
    made_reads,
)

IDS = sorted({camera.camera_id for camera in CAMERAS})
MOMENTS = [START_US + n * SECOND_US for n in (0, 5, 20, 39, 3600, 86_400, 200_000)]
moments = st.none() | st.sampled_from(MOMENTS).map(moment_of)


def kept_as(read):
    """When it was received is kept to the second, up from the moment of the read."""
    delay = read.received_at - read.at
    whole = -(-delay // timedelta(seconds=1)) * timedelta(seconds=1)
    late = whole > timedelta(minutes=10)
    return replace(read, received_at=read.at + whole, late=late)


def mark(read):
    own = read.plate_raw if read.sequence is None else read.sequence
    return read.camera_id, read.at, own


def order(read):
    sequence = np.iinfo(np.int64).min if read.sequence is None else read.sequence
    return read.at, read.plate, sequence, read.camera_id


def is_within(read, since, until):
    return (since is None or read.at >= since) and (until is None or read.at <= until)


def same(found, wanted):
    """In order, and the same reads; those that tie in any order."""
    records = found.records()
    assert [order(read) for read in records] == sorted(order(read) for read in wanted)
    assert Counter(map(repr, records)) == Counter(map(repr, wanted))


class Kept(RuleBasedStateMachine):
    """An archive beside a dict of what it was given."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.sent = []

    @initialize(room=st.sampled_from([1, 50, 400]), least=st.sampled_from([2, 4]))
    def begin(self, room, least):
        upkeep.JOINED_AT = least
        self.room = room
        self.open()
        self.model = {}

    def open(self):
        self.archive = Archive(Path(self.folder.name) / "reads", room=self.room)
        self.archive._room = self.room  # smaller than a batch may be

    def teardown(self):
        if hasattr(self, "archive"):
            self.archive.close()
        upkeep.JOINED_AT = 4
        self.folder.cleanup()

    @rule(seed=st.integers(0, 2**32), n=st.sampled_from([0, 1, 2, 30, 150]))
    def append(self, seed, n):
        reads = made_reads(np.random.default_rng(seed), n)
        self.sent.append(reads)
        self.keep(reads)

    @rule(data=st.data(), seed=st.integers(0, 99))
    def send_again(self, data, seed):
        if self.sent:
            reads = data.draw(st.sampled_from(self.sent))
            shuffled = np.random.default_rng(seed).permutation(len(reads))
            self.keep(reads.taken(shuffled))

    def keep(self, reads):
        appended = self.archive.append(reads)
        are_new = []
        for read in map(kept_as, reads.records()):
            are_new.append(mark(read) not in self.model)
            self.model.setdefault(mark(read), read)
        assert appended.is_new.tolist() == are_new

    @rule()
    def seal(self):
        self.archive.rotate()
        self.archive.upkeep.seal_waiting()

    @rule()
    def join(self):
        self.archive.upkeep.join_all()

    @rule()
    def open_again(self):
        self.archive.close()
        self.open()

    @rule(before=st.sampled_from(MOMENTS).map(moment_of), plate=st.sampled_from(PLATES))
    def purge(self, before, plate):
        self.archive.rotate()
        held = encode([plate])[0]
        gone = self.archive.upkeep.purge(
            before, now=before, is_held=lambda reads: reads.plate == held, sure=True
        )
        kept = {
            key: read
            for key, read in self.model.items()
            if read.at >= before or read.plate == plate
        }
        assert gone == len(self.model) - len(kept)
        self.model = kept

    @rule(plates=st.lists(st.sampled_from(PLATES), max_size=4), a=moments, b=moments)
    def ask_for_plates(self, plates, a, b):
        found = self.archive.by_plates(encode(plates), since=a, until=b).all()
        reads = self.model.values()
        same(found, [r for r in reads if r.plate in plates and is_within(r, a, b)])

    @rule(
        ids=st.lists(st.sampled_from([*IDS, "none"]), max_size=3), a=moments, b=moments
    )
    def ask_for_cameras(self, ids, a, b):
        found = self.archive.by_cameras(ids, since=a, until=b).all()
        reads = self.model.values()
        same(found, [r for r in reads if r.camera_id in ids and is_within(r, a, b)])

    @rule(a=moments, b=moments)
    def ask_for_a_time(self, a, b):
        found = self.archive.between(since=a, until=b).all()
        same(found, [r for r in self.model.values() if is_within(r, a, b)])

    @rule(data=st.data(), n=st.integers(0, 5))
    def ask_for_windows(self, data, n):
        ids = [data.draw(st.sampled_from([*IDS, "none"])) for _ in range(n)]
        first = [data.draw(st.sampled_from(MOMENTS)) for _ in range(n)]
        last = [data.draw(st.sampled_from(MOMENTS)) for _ in range(n)]
        windows = Windows(ids, np.array(first, np.int64), np.array(last, np.int64))
        which, found = self.archive.in_windows(windows)
        told = Counter(zip(which.tolist(), map(repr, found.records()), strict=True))
        spans = zip(ids, map(moment_of, first), map(moment_of, last), strict=True)
        assert told == Counter(
            (i, repr(read))
            for i, (camera_id, since, until) in enumerate(spans)
            for read in self.model.values()
            if read.camera_id == camera_id and since <= read.at <= until
        )

    @rule(plates=st.lists(st.sampled_from([*PLATES, "NONE000"]), max_size=4))
    def ask_for_the_last(self, plates):
        found = self.archive.last(encode(plates)).records()
        wanted = {}
        for read in self.model.values():
            if read.plate in plates:
                wanted[read.plate] = max(wanted.get(read.plate, read.at), read.at)
        assert {read.plate: read.at for read in found} == wanted
        assert len(found) == len(wanted)
        assert all(repr(read) in map(repr, self.model.values()) for read in found)

    @rule(
        ids=st.none() | st.lists(st.sampled_from(IDS), max_size=2), n=st.integers(0, 30)
    )
    def ask_for_hours(self, ids, n):
        since = moment_of(START_US + 7 * SECOND_US)
        until = since + timedelta(minutes=50 * n)
        names, counts = self.archive.hourly(ids, since=since, until=until)
        told = {
            (name, hour): count
            for name, row in zip(names, counts.tolist(), strict=True)
            for hour, count in enumerate(row)
            if count
        }
        assert told == Counter(
            (read.camera_id, (read.at - since) // timedelta(hours=1))
            for read in self.model.values()
            if since <= read.at < until and (ids is None or read.camera_id in ids)
        )
        assert names == sorted(names)

    @rule(prefix=st.sampled_from(["", "B", "BKD", "BKD582", "1", "Z", "Y"]))
    def ask_for_a_prefix(self, prefix):
        found = self.archive.plates_between(*prefix_range(prefix))
        plates = sorted({read.plate for read in self.model.values()})
        assert (
            found.tolist()
            == encode([p for p in plates if p.startswith(prefix)]).tolist()
        )

    @invariant()
    def as_many_are_there(self):
        if hasattr(self, "model"):
            assert len(self.archive) == len(self.model)


TestKept = Kept.TestCase
TestKept.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path / "reads") as made:
        yield made


def test_an_answer_says_which_limit_cut_it(archive, rng):
    reads = made_reads(rng, 300)
    archive.append(reads)
    answer = archive.between(limits=Limits(most=10))
    assert len(answer.all()) == 10
    assert answer.cut == Cut("rows", 10)
    whole = archive.between(limits=Limits(most=len(archive)))
    assert len(whole.all()) == len(archive)
    assert whole.cut is None


def test_an_answer_that_takes_too_long_ends_after_the_piece_it_was_at(archive, rng):
    pieces = (made_reads(rng, 5) for _ in range(9))
    ticks = iter([0.0, 1.0, 2.0, 3.0])
    answer = Answer(pieces, Limits(seconds=1.5), clock=lambda: next(ticks))
    assert [len(piece) for piece in answer] == [5, 5]
    assert answer.cut == Cut("time", 1.5)


def test_who_searches_is_not_disturbed_by_sealing_joining_and_purging(archive, rng):
    archive.append(made_reads(rng, 500))
    answer = archive.between()
    wanted = [len(piece) for piece in archive.between()]
    found = [len(next(answer))]
    archive.upkeep.join_all()
    archive.rotate()
    far = moment_of(START_US + 9 * DAY_US)
    archive.upkeep.purge(far, now=far, is_held=lambda reads: reads.plate == 0)
    assert len(archive) == 0
    assert found + [len(piece) for piece in answer] == wanted


def test_a_folder_is_open_once(archive):
    with pytest.raises(ArchiveRefused, match="in use by another process") as refused:
        Archive(archive.state.folder)
    assert refused.value.kind == "open"


def test_an_archive_that_is_closed_takes_nothing(tmp_path, rng):
    archive = Archive(tmp_path)
    archive.close()
    archive.close()
    with pytest.raises(ArchiveRefused) as refused:
        archive.append(made_reads(rng, 1))
    assert refused.value.kind == "open"


def test_a_purge_is_refused_when_the_clock_jumped(archive, rng):
    archive.append(made_reads(rng, 100))
    archive.rotate()
    now, nobody = moment_of(START_US), lambda reads: reads.plate == 0
    archive.upkeep.purge(now, now=now, is_held=nobody)
    far = now + timedelta(days=400)
    with pytest.raises(ArchiveRefused, match="check the clock") as refused:
        archive.upkeep.purge(far, now=far, is_held=nobody)
    assert refused.value.kind == "clock"
    assert len(archive)
    archive.upkeep.purge(far, now=far, is_held=nobody, sure=True)
    assert len(archive) == 0


def test_files_without_reads_to_keep_are_deleted_and_others_stay(archive, rng):
    archive.append(made_reads(rng, 400))
    archive.rotate()
    archive.upkeep.seal_waiting()
    before = moment_of(START_US + 5 * DAY_US)
    held = encode(["BKD5826"])[0]
    archive.upkeep.purge(before, now=before, is_held=lambda reads: reads.plate == held)
    assert set(archive.between().all().plates()) == {"BKD5826"}
    assert all(one.is_held for one in archive.state.manifest.segments)
    files = {path.name.split(".")[0] for path in archive.state.folder.glob("*.arrow")}
    assert files == {one.name for one in archive.state.manifest.segments}


def test_reads_can_be_given_again_from_a_position_on(tmp_path, rng):
    with Archive(tmp_path, released=0) as archive:
        first = archive.append(made_reads(rng, 40)).position
        archive.append(made_reads(rng, 60))
        archive.rotate()
        archive.upkeep.seal_waiting()
        archive.append(made_reads(rng, 20))
        everything = [read for piece in archive.since(0) for read in piece.records()]
        later = [read for piece in archive.since(first) for read in piece.records()]
    assert len(everything) == archive.position
    assert later == everything[first:]
    with Archive(tmp_path, released=first) as archive:
        again = [read for piece in archive.since(first) for read in piece.records()]
        assert again == later
        archive.upkeep.released = archive.position
        archive.upkeep.seal_waiting()
        archive.upkeep.remove_logs()
        assert list(archive.since(0)) == []


def test_logs_that_nobody_needs_are_deleted_when_sealed(archive, rng):
    archive.append(made_reads(rng, 40))
    archive.rotate()
    archive.upkeep.seal_waiting()
    assert len(list(archive.state.folder.glob("*.log"))) == 1


def test_the_number_of_files_stays_small(tmp_path, rng):
    with Archive(tmp_path) as archive:
        for _ in range(60):
            archive.append(made_reads(rng, 30, days=1, gap_us=1))
            archive.rotate()
            archive.upkeep.seal_waiting()
            while archive.upkeep._join_some(is_whole=False):
                pass
        assert len(archive) == len(archive.between().all())
        assert len(archive.view.segments) <= 12


@pytest.mark.parametrize("unit_us", [1_000_000, 1_000, 1])
def test_moments_are_kept_to_the_microsecond(tmp_path, rng, unit_us):
    reads = made_reads(rng, 200, gap_us=unit_us)
    with Archive(tmp_path) as archive:
        is_new = archive.append(reads).is_new
        archive.rotate()
        archive.upkeep.seal_waiting()
        found = archive.between().all()
    assert sorted(found.at.tolist()) == sorted(reads.at[is_new].tolist())


def test_a_clock_fault_of_years_costs_no_file_for_each_day(tmp_path, rng):
    reads = made_reads(rng, 3_000, days=1, gap_us=1)
    strange = reads.at.copy()
    strange[:40] -= np.arange(1, 41) * 30 * DAY_US
    with Archive(tmp_path) as archive:
        archive.append(replace(reads, at=strange))
        archive.rotate()
        archive.upkeep.seal_waiting()
        assert len(archive.view.segments) <= 3
        early = archive.between(until=moment_of(START_US - 20 * DAY_US)).all()
        assert len(early) == 40


def test_later_is_told_by_datetime_not_by_arrival(archive, rng):
    """Reads that come late stand in the time they were made in, marked late."""
    reads = made_reads(rng, 1)
    late = replace(
        reads, at=reads.at - DAY_US, received=reads.at + SECOND_US, extras={}
    )
    archive.append(replace(reads, extras={}))
    archive.append(late)
    records = archive.between().all().records()
    assert [read.late for read in records] == [True, bool(reads.late[0])]
    assert micros_of(records[0].at) == int(late.at[0])
    assert isinstance(records[0].at, datetime)


def test_a_window_that_ends_before_it_begins_is_empty(archive, rng):
    archive.append(made_reads(rng, 400))
    archive.rotate()
    archive.upkeep.seal_waiting()
    archive.append(made_reads(rng, 400))
    ids = [*IDS] * 2
    first = np.full(len(ids), START_US + DAY_US)
    which, found = archive.in_windows(Windows(ids, first, first - DAY_US // 2))
    assert which.size == len(found) == 0


def test_a_log_that_is_released_while_it_is_listed_is_passed_over(tmp_path, rng):
    with Archive(tmp_path, released=0) as archive:
        archive.append(made_reads(rng, 20))
        archive.rotate()
        archive.append(made_reads(rng, 20))
        again = archive.since(0)
        first = next(again)
        archive.upkeep.released = archive.position
        archive.rotate()
        archive.upkeep.seal_waiting()
        archive.upkeep.remove_logs()
        assert len(first) > 0
        assert list(again) == []
