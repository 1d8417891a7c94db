"""What an archive promises, one by one."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from data.errors import ArchiveRefused
from data.plate_codes import encode
from data.reads.answers import Answer, Cut, Limits, Windows
from data.reads.archive import Archive
from data.reads.columns import micros_of, moment_of
from tests.data.reads.made import (
    DAY_US,
    IDS,
    SECOND_US,
    START_US,
    made_reads,
)


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
    archive.purge(far, now=far, is_held=lambda reads: reads.plate == 0)
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
    archive.purge(now, now=now, is_held=nobody)
    far = now + timedelta(days=400)
    with pytest.raises(ArchiveRefused, match="check the clock") as refused:
        archive.purge(far, now=far, is_held=nobody)
    assert refused.value.kind == "clock"
    assert len(archive)
    archive.purge(far, now=far, is_held=nobody, sure=True)
    assert len(archive) == 0


def test_files_without_reads_to_keep_are_deleted_and_others_stay(archive, rng):
    archive.append(made_reads(rng, 400))
    archive.rotate()
    archive.upkeep.seal_waiting()
    before = moment_of(START_US + 5 * DAY_US)
    held = encode(["BKD5826"])[0]
    archive.purge(before, now=before, is_held=lambda reads: reads.plate == held)
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
