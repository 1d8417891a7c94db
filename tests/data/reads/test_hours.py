"""Counts by hour are those of the reads, from whatever they are answered."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zlib import crc32

import numpy as np
import pyarrow as pa
import pytest

from data.errors import ArchiveDamaged
from data.plate_codes import encode
from data.reads.archive import Archive
from data.reads.check import check
from data.reads.columns import Camera, Look, Reads, micros_of, moment_of
from data.reads.layout import PARTS, VERSION, about_of, open_part, path_of
from data.reads.manifest import Manifest, read_manifest, write_manifest
from data.reads.sealing import seal as write
from data.reads.search import Search
from data.reads.segment import Segment
from data.reads.state import State, View
from data.records import Spot
from tests.data.reads.made import DAY_US, START_US, made_reads
from tests.data.reads.version_1 import make_version_1

HOUR_US = 3_600_000_000
WHOLE_US = START_US // HOUR_US * HOUR_US
HOUR = timedelta(hours=1)
MINUTE_US = 60_000_000


def reads_at(at, camera, cameras=("A", "B", "C")):
    """Reads of one vehicle, all different by their numbers."""
    at = np.asarray(at, dtype=np.int64)
    cameras = cameras[: np.max(camera) + 1]
    cameras = [one if isinstance(one, Camera) else Camera(one) for one in cameras]
    return Reads(
        plate=np.full(at.size, encode(["BKD5826"])[0]),
        at=at,
        received=at + 1_000_000,
        camera=np.broadcast_to(np.asarray(camera, dtype=np.int32), at.shape).copy(),
        look=np.zeros(at.size, dtype=np.int32),
        confidence=np.full(at.size, 0.9),
        sequence=np.arange(at.size),
        cameras=cameras,
        looks=[Look()],
    )


def seal(archive):
    archive.rotate()
    archive.upkeep.seal_waiting()


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path / "reads") as made:
        yield made


@pytest.fixture
def sealed(tmp_path):
    """Write reads of whatever days as one segment; return it, and how it is asked."""

    def made(reads):
        state = State(tmp_path, Manifest())
        camera = state.names.numbers_of(reads.cameras)[reads.camera]
        state.names.looks_of(reads.looks)
        reads = replace(reads, camera=camera, cameras=state.names.cameras)
        named, numbers = write(tmp_path, "00000000", reads)
        write_manifest(tmp_path, Manifest(segments=(named,)))
        segment = Segment(tmp_path, named, state.names, numbers=numbers)
        state.view = View((segment,))
        return Search(state), segment

    return made


def size_of(archive, segment):
    path = path_of(archive.state.folder, segment.sealed.name, "hours")
    return path.stat().st_size


def told(archive, ids, since, until):
    names, counts = archive.hourly(ids, since=since, until=until)
    assert names == sorted(names)
    assert counts.shape == (len(names), max(-(-(until - since) // HOUR), 0))
    assert counts.dtype == np.int64
    return {
        (name, hour): count
        for name, row in zip(names, counts.tolist(), strict=True)
        for hour, count in enumerate(row)
        if count
    }


def counted(archive, ids, since, until):
    return Counter(
        (read.camera_id, (read.at - since) // HOUR)
        for read in archive.between().all().records()
        if since <= read.at < until and (ids is None or read.camera_id in ids)
    )


def require_right(archive, since_us, until_us, ids=None):
    since, until = moment_of(since_us), moment_of(until_us)
    wanted = counted(archive, ids, since, until)
    assert told(archive, ids, since, until) == wanted
    return wanted


@pytest.mark.parametrize("ids", [None, ["TY-2"], ["ML-1", "none", "TY-1"], []])
@pytest.mark.parametrize("since", [-30 * HOUR_US, 0, 1, 5 * HOUR_US, 7 * MINUTE_US])
@pytest.mark.parametrize(
    "until",
    [
        -90 * MINUTE_US,
        0,
        HOUR_US,
        HOUR_US - 1,
        90 * MINUTE_US,
        DAY_US,
        9 * DAY_US + MINUTE_US,
    ],
)
def test_counts_are_those_of_the_reads_from_and_to_any_moment(
    archive, ids, since, until
):
    rng = np.random.default_rng(3)
    for _ in range(3):
        archive.append(made_reads(rng, 700))
        seal(archive)
    archive.append(made_reads(rng, 200))
    assert any(one.hours is not None for one in archive.view.segments)
    begin = WHOLE_US + since
    require_right(archive, begin, begin + until, ids)


def test_whole_hours_come_from_the_counts_and_a_cut_one_from_the_reads(sealed):
    at = WHOLE_US + np.arange(12) * 15 * MINUTE_US
    archive, segment = sealed(reads_at(at, 0))
    segment.hours = replace(segment.hours, reads=segment.hours.reads * 10)
    since = moment_of(WHOLE_US)

    def counts(since, until):
        return archive.hourly(None, since=since, until=until)[1].tolist()

    assert counts(since, since + 3 * HOUR) == [[40, 40, 40]]
    assert counts(since, since + 2.5 * HOUR) == [[40, 40, 2]]
    assert counts(since, since + 3.5 * HOUR) == [[40, 40, 40, 0]]
    assert counts(since, since + 0.5 * HOUR) == [[2]]
    assert counts(since + 0.5 * HOUR, since + 3 * HOUR) == [[4, 4, 2]]


def test_a_last_hour_behind_all_reads_is_whole(sealed):
    archive, segment = sealed(reads_at(WHOLE_US + np.arange(8) * MINUTE_US, 0))
    segment.hours = replace(segment.hours, reads=segment.hours.reads * 10)
    for minutes, n in ((8, 80), (7, 7)):
        until = moment_of(WHOLE_US + minutes * MINUTE_US)
        _, counts = archive.hourly(None, since=moment_of(WHOLE_US), until=until)
        assert counts.tolist() == [[n]]


def test_the_first_moment_is_counted_and_the_last_is_not(sealed):
    archive, _ = sealed(reads_at([WHOLE_US, WHOLE_US], 0))
    since = moment_of(WHOLE_US)
    assert told(archive, None, since, since + HOUR) == {("A", 0): 2}
    assert told(archive, None, since - HOUR, since) == {}


@pytest.mark.parametrize("offset", [8, 0, 5.5, -3.5])
def test_a_day_that_begins_at_midnight_somewhere_has_24_hours(archive, rng, offset):
    reads = made_reads(rng, 900)
    at = WHOLE_US - DAY_US + rng.integers(0, 3 * DAY_US, 900)
    archive.append(replace(reads, at=at, received=at))
    seal(archive)
    here = timezone(timedelta(hours=offset))
    since = datetime(2025, 6, 15, tzinfo=here)
    until = since + timedelta(days=1)
    found = told(archive, None, since, until)
    assert found == counted(archive, None, since, until)
    assert {hour for _, hour in found} == set(range(24))


def test_a_camera_that_was_moved_is_counted_once_by_its_id(sealed):
    cameras = [Camera("A"), Camera("B"), Camera("A", Spot(lng=121.0, lat=24.0))]
    at = WHOLE_US + np.arange(12) * MINUTE_US
    archive, segment = sealed(reads_at(at, np.arange(12) % 3, cameras))
    assert segment.cameras.size == 3
    for ids in (None, ["A", "B"], ["B"]):
        names, counts = archive.hourly(
            ids, since=moment_of(WHOLE_US), until=moment_of(WHOLE_US + HOUR_US)
        )
        assert dict(zip(names, counts[:, 0].tolist(), strict=True)) == {
            name: n for name, n in (("A", 8), ("B", 4)) if ids is None or name in ids
        }


@pytest.mark.parametrize(
    ("most", "kind"),
    [(255, "uint8"), (256, "uint16"), (65_535, "uint16"), (65_536, "uint32")],
)
def test_as_many_reads_as_there_are_fit_in_an_hour(sealed, most, kind):
    at = WHOLE_US + np.append(np.arange(most), [HOUR_US, HOUR_US + 1])
    archive, segment = sealed(reads_at(at, np.append(np.zeros(most, int), [0, 1])))
    assert segment.hours.reads.dtype == kind
    _, counts = archive.hourly(
        None, since=moment_of(WHOLE_US), until=moment_of(WHOLE_US + 2 * HOUR_US)
    )
    assert counts.tolist() == [[most, 1], [0, 1]]


@pytest.mark.parametrize(
    ("later", "kind"), [(255, "uint8"), (256, "uint16"), (65_536, "uint32")]
)
def test_hours_far_apart_are_kept_without_those_between(sealed, later, kind):
    at = np.concatenate((np.arange(20), later * HOUR_US + np.arange(20)))
    archive, segment = sealed(reads_at(WHOLE_US + at, at % 2))
    assert segment.hours.hour.dtype == kind
    assert segment.hours.hour.size == 4
    found = require_right(archive, WHOLE_US, WHOLE_US + (later + 1) * HOUR_US)
    assert found == {("A", 0): 10, ("A", later): 10, ("B", 0): 10, ("B", later): 10}


def test_reads_spread_over_years_cost_no_count_for_each_hour(sealed, rng):
    n = 3_000
    at = WHOLE_US + np.repeat(rng.integers(0, 8 * 365, n // 3), 3) * DAY_US
    archive, segment = sealed(reads_at(at + np.arange(n), rng.integers(0, 3, n)))
    size = size_of(archive, segment)
    assert size < 4 * n
    require_right(archive, WHOLE_US, WHOLE_US + 9 * 365 * DAY_US)


@pytest.mark.parametrize(("n_twice", "is_kept"), [(100, True), (99, False)])
def test_counts_are_kept_where_they_are_half_as_many_as_reads(sealed, n_twice, is_kept):
    hours = np.repeat(np.arange(100), np.append(np.full(99, 2), 2 - 100 + n_twice))
    at = WHOLE_US + hours * HOUR_US + np.arange(hours.size)
    archive, segment = sealed(reads_at(at, 0))
    assert (segment.hours is not None) == is_kept
    assert sum(require_right(archive, WHOLE_US, WHOLE_US + 200 * HOUR_US).values())
    assert check(archive.state.folder).faults == ()


def test_a_count_takes_at_most_four_bytes(sealed):
    hours, cameras, reads = 24, 200, 5
    at = np.tile(np.arange(hours * reads) * (HOUR_US // reads), cameras)
    camera = np.repeat(np.arange(cameras), hours * reads)
    ids = [f"TY-{n}" for n in range(cameras)]
    archive, segment = sealed(reads_at(WHOLE_US + at, camera, ids))
    size = size_of(archive, segment)
    assert segment.hours.hour.size == hours * cameras
    assert size <= 4 * hours * cameras


def test_an_archive_of_nothing_has_no_counts(archive):
    for ids in (None, [], ["none"]):
        names, counts = archive.hourly(
            ids, since=moment_of(WHOLE_US), until=moment_of(WHOLE_US + DAY_US)
        )
        assert names == []
        assert counts.shape == (0, 24)


def test_a_camera_without_reads_then_has_a_row_of_zeros(sealed):
    archive, _ = sealed(reads_at(WHOLE_US + np.arange(9), np.arange(9) % 3))
    far = moment_of(WHOLE_US + 5 * DAY_US)
    names, counts = archive.hourly(["A", "C"], since=far, until=far + 2 * HOUR)
    assert names == ["A", "C"]
    assert counts.tolist() == [[0, 0], [0, 0]]


def test_cameras_that_come_while_counting_are_not_in_the_answer(archive):
    """Those that were there are counted, whoever else sends a first read meanwhile."""
    archive.append(reads_at(WHOLE_US + np.arange(50_000), 0))
    faults, is_over = [], threading.Event()
    since, until = moment_of(WHOLE_US), moment_of(WHOLE_US + HOUR_US)

    def ask():
        try:
            while not is_over.is_set():
                names, counts = archive.hourly(None, since=since, until=until)
                assert counts[names.index("A"), 0] == 50_000
        except Exception as error:
            faults.append(error)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    for number in range(300):
        archive.append(reads_at([WHOLE_US], 0, [f"new-{number}"]))
    is_over.set()
    for thread in asking:
        thread.join()
    assert faults == []


def filled(folder, rng):
    """An archive with counts; return its whole answers, by minutes behind the hour."""
    with Archive(folder) as archive:
        archive.append(made_reads(rng, 900))
        seal(archive)
        assert all(one.hours is not None for one in archive.view.segments)
        return answers(archive)


def answers(archive):
    found = {}
    for minutes in (0, 7):
        since = moment_of(WHOLE_US + minutes * MINUTE_US)
        found[minutes] = told(archive, None, since, since + 80.5 * HOUR)
    assert all(found.values())
    return found


def test_segments_of_version_1_are_read_and_become_version_2_when_joined(tmp_path, rng):
    wanted = filled(tmp_path, rng)
    make_version_1(tmp_path)
    assert not list(tmp_path.glob("*.hours.arrow"))
    assert check(tmp_path).faults == ()
    with Archive(tmp_path) as archive:
        assert all(one.hours is None for one in archive.view.segments)
        assert answers(archive) == wanted
        old = {one.sealed.name for one in archive.view.segments}
        archive.append(made_reads(rng, 900))
        seal(archive)
        archive.upkeep.join_all()
        assert not old & {path.name.split(".")[0] for path in tmp_path.iterdir()}
        for one in archive.view.segments:
            assert one.hours is not None
            plates = path_of(tmp_path, one.sealed.name, "plates")
            assert about_of(plates, open_part(plates)).version == VERSION == 2
        require_right(archive, WHOLE_US, WHOLE_US + 4 * DAY_US)
    assert check(tmp_path).faults == ()


def test_segments_of_version_1_are_purged_whole(tmp_path, rng):
    filled(tmp_path, rng)
    make_version_1(tmp_path)
    far = moment_of(START_US + 9 * DAY_US)
    with Archive(tmp_path) as archive:
        archive.purge(far, now=far, is_held=lambda reads: reads.plate == 0)
        assert list(tmp_path.glob("*.arrow")) == []


def test_a_segment_of_version_2_without_its_counts_is_damaged(tmp_path, rng):
    filled(tmp_path, rng)
    path = min(tmp_path.glob("*.hours.arrow"))
    path.unlink()
    with pytest.raises(ArchiveDamaged, match=path.name):
        Archive(tmp_path)


@pytest.mark.parametrize("column", ["hour", "reads"])
def test_a_check_finds_counts_that_are_not_those_of_the_reads(tmp_path, rng, column):
    """Also where checksums agree: then they were written wrong."""
    filled(tmp_path, rng)
    manifest = read_manifest(tmp_path)
    first = manifest.segments[0]
    path = path_of(tmp_path, first.name, "hours")
    hours = open_part(path)["hours"]
    counts = {name: hours.values.field(name).to_numpy() for name in ("hour", "reads")}
    counts[column] = counts[column] + np.uint8(1)
    struct = pa.StructArray.from_arrays([*counts.values()], names=[*counts])
    wrong = pa.record_batch({"hours": pa.ListArray.from_arrays(hours.offsets, struct)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, wrong.schema) as writer:
        writer.write_batch(wrong)
    path.write_bytes(sink.getvalue())
    changed = replace(
        first, checksums=first.checksums | {"hours": crc32(path.read_bytes())}
    )
    write_manifest(
        tmp_path, replace(manifest, segments=(changed, *manifest.segments[1:]))
    )
    (fault,) = check(tmp_path).faults
    assert fault.file == path.name
    assert fault.reason == "its counts are not those of the reads"


def test_every_part_of_a_segment_has_its_checksum(tmp_path, rng):
    filled(tmp_path, rng)
    for one in read_manifest(tmp_path).segments:
        assert set(one.checksums) == set(PARTS)


def test_the_hours_of_a_segment_are_those_since_1970_in_utc(sealed):
    at = datetime(2026, 3, 1, 5, 59, 59, 999_999, tzinfo=UTC)
    moments = [at, at, at + timedelta(microseconds=1), at + 1.5 * HOUR]
    _, segment = sealed(reads_at([*map(micros_of, moments)] * 2, 0))
    assert segment.hours.first == (at - datetime(1970, 1, 1, tzinfo=UTC)) // HOUR
    assert segment.hours.hour.tolist() == [0, 1, 2]
    assert segment.hours.reads.tolist() == [4, 2, 2]
