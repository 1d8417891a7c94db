"""The log gives back what was written, cuts what is torn, and tells what is broken."""

import logging
import threading

import numpy as np
import pytest

from data.errors import ArchiveDamaged, ArchiveRefused
from data.reads.archive import Archive
from data.reads.check import check
from data.reads.frames import HEADER, MAGIC, News, frame_at, packed
from data.reads.log import Log, frames_of
from tests.data.reads.made import made_reads


def written(path, rng, n=5, *, synced=None):
    """Write n frames; return their bytes and where each ends."""
    log, frames, ends, first = Log(path), [], [], 0
    for _ in range(n):
        reads = made_reads(rng, int(rng.integers(1, 30)))
        told = log.synced if synced is None else synced
        frames.append(packed(reads, News(), first=first, synced=told))
        ends.append(log.write(frames[-1]))
        log.sync(ends[-1])
        first += len(reads)
    log.close()
    return frames, ends


def test_frames_come_back_as_they_were(tmp_path, rng):
    reads = [made_reads(rng, n) for n in (1, 30, 7)]
    path = tmp_path / "a.log"
    log = Log(path)
    for number, one in enumerate(reads):
        news = News(dict(enumerate(one.cameras)), dict(enumerate(one.looks)))
        log.write(packed(one, news, first=number, synced=log.synced))
    log.sync(log.written)
    for number, frame in enumerate(frames_of(path)):
        assert frame.first == number
        assert list(frame.news.cameras.values()) == list(reads[number].cameras)
        assert list(frame.news.looks.values()) == list(reads[number].looks)
        assert frame.reads.extras == reads[number].extras
        for name in ("plate", "at", "received", "camera", "look", "sequence"):
            assert (getattr(frame.reads, name) == getattr(reads[number], name)).all()
        both = frame.reads.confidence, reads[number].confidence
        assert np.array_equal(*both, equal_nan=True)


def test_a_torn_end_is_cut_at_every_byte_and_told(tmp_path, rng, caplog):
    path = tmp_path / "a.log"
    _, ends = written(path, rng)
    content = path.read_bytes()
    for stop in range(ends[-2] + 1, ends[-1], 13):
        path.write_bytes(content[:stop])
        caplog.clear()
        assert len(list(frames_of(path))) == 4
        assert path.read_bytes() == content[: ends[-2]]
        assert "never acknowledged" in caplog.text


@pytest.mark.parametrize("part", ["header", "columns", "words"])
def test_a_broken_batch_that_was_on_disk_is_damage_and_nothing_is_cut(
    tmp_path, rng, part
):
    path = tmp_path / "a.log"
    _, ends = written(path, rng)
    at = {"header": ends[1] + 2, "columns": ends[1] + 60, "words": ends[2] - 3}[part]
    content = bytearray(path.read_bytes())
    content[at] ^= 0x40
    path.write_bytes(content)
    with pytest.raises(ArchiveDamaged, match="a batch that was on disk is broken"):
        list(frames_of(path))
    assert path.read_bytes() == content


def test_batches_behind_a_torn_one_that_were_never_on_disk_are_cut_too(tmp_path, rng):
    path = tmp_path / "a.log"
    _, ends = written(path, rng, synced=0)
    content = bytearray(path.read_bytes())
    content[ends[2] + 60] ^= 1
    path.write_bytes(content)
    assert len(list(frames_of(path))) == 3
    assert path.stat().st_size == ends[2]


def test_every_flipped_bit_of_a_frame_is_seen(tmp_path, rng):
    frames, _ = written(tmp_path / "a.log", rng, n=1)
    frame = bytearray(frames[0])
    for at in range(0, len(frame), 7):
        frame[at] ^= 1 << at % 8
        assert frame_at(memoryview(frame), 0) is None
        frame[at] ^= 1 << at % 8
    assert frame_at(memoryview(frame), 0) is not None


def test_a_size_beyond_the_file_is_no_frame():
    header = HEADER.pack(MAGIC, 0, 2**32 - 1, 2**32 - 1, 0, 0)
    assert frame_at(memoryview(header), 0) is None


def test_one_flush_serves_all_who_wait(tmp_path, rng, monkeypatch):
    import os

    flushes, begun, go_on = [], threading.Event(), threading.Event()
    flush = os.fdatasync

    def slow(file):
        flushes.append(file)
        begun.set()
        go_on.wait(10)
        flush(file)

    monkeypatch.setattr(os, "fdatasync", slow)
    log = Log(tmp_path / "a.log")
    first = log.write(b"x" * 10)
    threads = [threading.Thread(target=log.sync, args=(first,))]
    threads[0].start()
    begun.wait(10)
    for _ in range(20):
        end = log.write(b"y" * 10)
        threads.append(threading.Thread(target=log.sync, args=(end,)))
        threads[-1].start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert log.synced == log.written
    assert len(flushes) == 2


def test_a_flush_that_failed_is_never_tried_again(tmp_path, rng, monkeypatch):
    import os

    with Archive(tmp_path) as archive:
        kept = archive.append(made_reads(rng, 20)).stored

        def fail(file):
            raise OSError(5, "Input/output error")

        with monkeypatch.context() as broken:
            broken.setattr(os, "fdatasync", fail)
            with pytest.raises(ArchiveRefused) as refused:
                archive.append(made_reads(rng, 20))
        assert refused.value.kind == "disk"
        with pytest.raises(ArchiveRefused, match="start the service again"):
            archive.append(made_reads(rng, 20))
        assert len(archive) == kept  # and those it failed for are not to be seen


def test_a_full_disk_is_told_and_reads_are_taken_again_when_there_is_room(
    tmp_path, rng, monkeypatch
):
    import os

    write, room = os.write, [3_000]

    def write_a_little(file, data):
        if room[0] <= 0:
            raise OSError(28, "No space left on device")
        done = write(file, bytes(data[: room[0]]))
        room[0] -= done
        return done

    reads = made_reads(rng, 200)
    with Archive(tmp_path) as archive:
        with monkeypatch.context() as small:
            small.setattr(os, "write", write_a_little)
            for _ in range(2):
                with pytest.raises(ArchiveRefused, match="free some space") as refused:
                    archive.append(reads)
                assert refused.value.kind == "full"
        assert len(archive) == 0
        stored = archive.append(reads).stored
        assert stored == len(archive) > 100
    assert check(tmp_path).unsealed == stored
    with Archive(tmp_path) as archive:
        assert len(archive) == stored


def test_more_reads_than_can_be_sealed_are_refused_and_kept_later(
    tmp_path, rng, monkeypatch
):
    from data.reads import archive as module

    monkeypatch.setattr(module, "WAIT_S", 0.05)
    monkeypatch.setattr(module, "BATCH", 100)
    with Archive(tmp_path, room=100, waits=1) as archive:
        with archive.upkeep._working:  # the sealing is stuck
            refused = None
            for _ in range(9):
                try:
                    archive.append(made_reads(rng, 90, gap_us=1))
                except ArchiveRefused as error:
                    refused = error
                    break
            assert refused is not None
            assert refused.kind == "behind"
            seen = len(archive)
        archive.upkeep.seal_waiting()
        again = archive.append(made_reads(rng, 90, gap_us=1)).stored
        assert len(archive) == seen + again


def test_a_recovery_says_what_it_cut(tmp_path, rng, caplog):
    with Archive(tmp_path) as archive:
        kept = archive.append(made_reads(rng, 50)).stored
    (path,) = tmp_path.glob("*.log")
    with path.open("ab") as file:
        file.write(b"LFR1 half a batch")
    assert check(tmp_path).torn == 17
    with caplog.at_level(logging.WARNING), Archive(tmp_path) as archive:
        assert len(archive) == kept
    assert "cut 17 bytes" in caplog.text


def test_a_fault_of_ours_in_the_sealing_is_told_and_loses_nothing(
    tmp_path, rng, monkeypatch, caplog
):
    from data.reads import upkeep

    def fail(*_):
        raise ValueError("a fault of ours")

    with Archive(tmp_path) as archive:
        stored = archive.append(made_reads(rng, 50)).stored
        with monkeypatch.context() as broken:
            broken.setattr(upkeep, "seal", fail)
            archive.rotate()
            archive.upkeep.join(10)
        assert "safe in the log" in caplog.text
        with pytest.raises(ArchiveRefused, match="a fault of ours"):
            archive.append(made_reads(rng, 5))
    with Archive(tmp_path) as archive:
        assert len(archive) == stored
