"""The archive, whatever is done to it, holds and finds what a plain list does."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from data.plate_codes import encode, prefix_range
from data.reads import upkeep
from data.reads.answers import Windows
from data.reads.archive import Archive
from data.reads.columns import moment_of
from tests.data.reads.made import (
    IDS,
    PLATES,
    SECOND_US,
    START_US,
    made_reads,
)
from tests.data.reads.version_1 import make_version_1

MOMENTS = [START_US + n * SECOND_US for n in (0, 5, 20, 39, 3600, 86_400, 200_000)]
HOUR_US = 3600 * SECOND_US
WHOLE_HOURS = [START_US // HOUR_US * HOUR_US + n * HOUR_US for n in (-9, 0, 1, 24, 50)]
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

    @rule()
    def open_as_of_version_1(self):
        self.archive.close()
        make_version_1(Path(self.folder.name) / "reads")
        self.open()

    @rule(before=st.sampled_from(MOMENTS).map(moment_of), plate=st.sampled_from(PLATES))
    def purge(self, before, plate):
        held = encode([plate])[0]
        gone = self.archive.purge(
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
        ids=st.none() | st.lists(st.sampled_from(IDS), max_size=2),
        since=st.sampled_from([*WHOLE_HOURS, *MOMENTS, START_US + 7 * SECOND_US]),
        n=st.integers(0, 80),
        minutes=st.sampled_from([60, 50]),
    )
    def ask_for_hours(self, ids, since, n, minutes):
        since = moment_of(since)
        until = since + timedelta(minutes=n * minutes)
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
