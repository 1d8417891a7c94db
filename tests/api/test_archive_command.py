"""`lianfang archive`, as a person would call it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars
import pytest
import typer
from typer.testing import CliRunner

from api.commands.archive import Purged, purge_before, register
from data.dates import TAIPEI
from data.errors import ArchiveRefused, FileRefused, RecordNotFound, RowRefused
from data.reads.archive import Archive
from data.reads.columns import moment_of
from matching.errors import PlateRefused
from tests.data.reads.made import DAY_US, START_US, made_reads

START = moment_of(START_US).astimezone(TAIPEI)  # 2025-06-15 23:06
SECOND_DAY = START.date() + timedelta(days=1)
NOW = datetime(2025, 7, 1, tzinfo=UTC)


def spread_reads(rng, n):
    """Some n reads over three days, in milliseconds."""
    at = START_US + rng.integers(0, 3 * DAY_US // 1_000, n) * 1_000
    return replace(made_reads(rng, n), at=at, received=at + 2_000_000)


@pytest.fixture
def folder(tmp_path):
    """An archive that nobody has open: two sealed parts, and a log."""
    rng = np.random.default_rng(3)
    with Archive(tmp_path / "reads") as archive:
        for nth in range(3):
            archive.append(spread_reads(rng, 300))
            if nth < 2:
                archive.rotate()
                archive.upkeep.seal_waiting()
    return tmp_path / "reads"


def records_of(folder):
    with Archive(folder) as archive:
        return archive.between().all().records()


def files_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def call(*words, folder, code=0):
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    words = [*map(str, words), "--folder", str(folder)]
    done = CliRunner().invoke(app, ["archive", *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done


# check


def test_a_whole_archive_is_told_with_its_counts(folder):
    told = json.loads(call("check", "--json", folder=folder).stdout)
    n = len(records_of(folder))
    assert told["sealed"] + told["unsealed"] == n
    assert told["segments"] >= 2
    assert told["faults"] == []


def test_a_check_of_a_whole_archive_changes_nothing(folder):
    before = files_of(folder)
    call("check", folder=folder)
    assert files_of(folder) == before


def test_a_changed_byte_is_a_fault_with_its_file_and_exit_code_1(folder):
    path = min(folder.glob("*.plates.arrow"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert path.name in call("check", folder=folder, code=1).stdout


def test_torn_bytes_are_told_and_are_no_fault(folder):
    with max(folder.glob("*.log")).open("ab") as log:
        log.write(b"torn!")
    told = json.loads(call("check", "--json", folder=folder).stdout)
    assert told["torn"] == 5


def test_an_archive_that_somebody_has_open_is_not_checked(folder):
    with Archive(folder), pytest.raises(ArchiveRefused, match="in use"):
        call("check", folder=folder)


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("parquet", "--all", "--out", "."),
        ("purge", "--before", "2025-06-17"),
        ("search", "BKD5826"),
    ],
)
def test_where_there_is_no_archive_none_is_made(words, tmp_path):
    with pytest.raises(FileRefused, match="there is no archive of reads"):
        call(*words, folder=tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


# parquet


def test_a_day_is_written_with_the_reads_of_taiwans_day(folder, tmp_path):
    done = call("parquet", SECOND_DAY, "--out", tmp_path / "days", folder=folder)
    path = tmp_path / "days" / f"reads-{SECOND_DAY}.parquet"
    assert done.stdout.split() == [str(path)]
    reads = records_of(folder)
    wanted = [r for r in reads if r.at.astimezone(TAIPEI).date() == SECOND_DAY]
    assert len(polars.read_parquet(path)) == len(wanted) > 20


def test_a_day_may_be_written_with_a_roc_year(folder, tmp_path):
    roc = f"{SECOND_DAY.year - 1911}/{SECOND_DAY.month}/{SECOND_DAY.day}"
    call("parquet", roc, "--out", tmp_path / "days", folder=folder)
    assert (tmp_path / "days" / f"reads-{SECOND_DAY}.parquet").exists()


def test_all_days_together_hold_every_read_once(folder, tmp_path):
    call("parquet", "--all", "--out", tmp_path / "days", folder=folder)
    days = [polars.read_parquet(path) for path in (tmp_path / "days").iterdir()]
    assert sum(map(len, days)) == len(records_of(folder))
    assert len(days) > 2


def test_a_day_without_reads_is_refused(folder, tmp_path):
    with pytest.raises(RecordNotFound, match="1999-01-01"):
        call("parquet", "1999-01-01", "--out", tmp_path, folder=folder)


@pytest.mark.parametrize("words", [(), ("2025-06-16", "--all")])
def test_either_a_day_or_all_are_written(words, folder, tmp_path):
    call("parquet", *words, "--out", tmp_path, folder=folder, code=2)


# purge


def old_in(records, day):
    return [read for read in records if read.at.astimezone(TAIPEI).date() < day]


def test_a_purge_only_counts_unless_it_is_really_meant(folder):
    records = records_of(folder)
    words = ("purge", "--before", SECOND_DAY, "--json")
    told = json.loads(call(*words, folder=folder).stdout)
    assert told["reads"] == len(old_in(records, SECOND_DAY)) > 5
    assert told["deleted"] > 0
    assert told["done"] is False
    assert records_of(folder) == records


def test_a_purge_throws_away_what_it_said_it_would(folder):
    records = records_of(folder)
    words = ("purge", "--before", SECOND_DAY, "--json")
    planned = json.loads(call(*words, folder=folder).stdout)
    told = json.loads(call(*words, "--really", folder=folder).stdout)
    assert told == planned | {"done": True}
    old = {read.id for read in old_in(records, SECOND_DAY)}
    assert records_of(folder) == [read for read in records if read.id not in old]


def test_a_purge_in_words_says_how_to_do_it(folder):
    said = call("purge", "--before", SECOND_DAY, folder=folder).stdout
    assert "--really does it" in said
    assert f"before {SECOND_DAY}T00:00:00+08:00" in said


def test_reads_that_are_held_are_counted_apart_and_stay(folder):
    def is_held(reads):
        return np.array([plate == "ABC1234" for plate in reads.plates()], dtype=bool)

    before = moment_of(START_US + 3 * DAY_US)
    with Archive(folder) as archive:
        n = len(archive)
        plan = purge_before(archive, before, now=NOW, is_held=is_held)
        assert len(archive) == n
        done = purge_before(archive, before, now=NOW, is_held=is_held, really=True)
        kept = archive.between(until=before).all().plates()
        assert done.reads == n - len(archive)
    assert plan == done
    assert set(kept) == {"ABC1234"}
    assert len(kept) == done.held > 20


def test_segments_with_younger_reads_are_written_anew(folder):
    moment = moment_of(START_US + DAY_US)  # late in the evening
    with Archive(folder) as archive:
        n = len(archive)
        old = len(archive.between(until=moment - timedelta(microseconds=1)).all())
        plan = purge_before(archive, moment, now=NOW)
        done = purge_before(archive, moment, now=NOW, really=True)
        assert plan == done
        assert done.reads == old == n - len(archive)
    assert done.rewritten > 0


def test_reads_that_are_still_in_memory_are_thrown_away_too(tmp_path):
    rng = np.random.default_rng(5)
    with Archive(tmp_path) as archive:
        stored = archive.append(spread_reads(rng, 200)).stored
        later = moment_of(START_US + 9 * DAY_US)
        gone = purge_before(archive, later, now=NOW, really=True)
        assert len(archive) == 0
    assert (gone.reads, gone.held, gone.rewritten) == (stored, 0, 0)


def test_a_purge_of_an_archive_without_old_reads_does_nothing(folder):
    with Archive(folder) as archive:
        gone = purge_before(archive, moment_of(0), now=NOW, really=True)
    assert gone == Purged(reads=0, held=0, deleted=0, rewritten=0)


def test_a_clock_that_jumped_stops_a_purge_until_somebody_is_sure(folder):
    with Archive(folder) as archive:
        purge_before(archive, moment_of(0), now=NOW, really=True)
    words = ("purge", "--before", SECOND_DAY, "--really")
    with pytest.raises(ArchiveRefused, match="check the clock"):
        call(*words, folder=folder)
    assert old_in(records_of(folder), SECOND_DAY)
    call(*words, "--sure", folder=folder)
    assert not old_in(records_of(folder), SECOND_DAY)


# search


def found(*words, folder):
    return json.loads(call("search", *words, "--json", folder=folder).stdout)


def test_a_search_lists_all_reads_of_a_plate_by_time_in_taiwan(folder):
    told = found("bkd-5826", "--limit", 1000, folder=folder)
    reads = [read for read in records_of(folder) if read.plate == "BKD5826"]
    at = [datetime.fromisoformat(row["at"]) for row in told["reads"]]
    assert at == [read.at for read in reads]
    assert {moment.utcoffset() for moment in at} == {timedelta(hours=8)}
    assert told["cut"] is None


def test_a_row_tells_what_the_read_is(folder):
    row = found("BKD5826", folder=folder)["reads"][0]
    read = next(read for read in records_of(folder) if read.plate == "BKD5826")
    for name in ("plate", "plate_raw", "camera_id", "sequence", "confidence", "late"):
        assert row[name] == getattr(read, name)
    for name in ("lng", "lat", "county_code"):
        assert row[name] == getattr(read.spot, name)


def test_a_pattern_lists_the_plates_that_fit(folder):
    told = found("BKD-58??", "--limit", 1000, folder=folder)
    assert {row["plate"] for row in told["reads"]} == {"BKD5826", "BKD5828"}


def test_a_fuzzy_search_lists_misreads_with_their_probability(folder):
    told = found("BKD5828", "--fuzzy", "--limit", 1000, folder=folder)
    chances = {row["plate"]: row["probability"] for row in told["reads"]}
    assert chances["BKD5828"] > chances["BKD5826"] > 0


def test_a_fuzzy_search_for_a_pattern_is_bad_use(folder):
    call("search", "BKD58??", "--fuzzy", folder=folder, code=2)


def test_a_day_until_which_is_searched_is_included(folder):
    words = ("--since", SECOND_DAY, "--until", SECOND_DAY, "--limit", 1000)
    told = found("BKD5826", *words, folder=folder)
    wanted = [
        read.at
        for read in records_of(folder)
        if read.plate == "BKD5826" and read.at.astimezone(TAIPEI).date() == SECOND_DAY
    ]
    assert [datetime.fromisoformat(row["at"]) for row in told["reads"]] == wanted
    assert wanted


def test_times_without_an_offset_are_taiwans(folder):
    at = f"{SECOND_DAY} 12:00"
    told = found("BKD5826", "--since", at, "--limit", 1000, folder=folder)
    noon = datetime.fromisoformat(at).replace(tzinfo=TAIPEI)
    reads = records_of(folder)
    wanted = [r.at for r in reads if r.plate == "BKD5826" and r.at >= noon]
    assert [datetime.fromisoformat(row["at"]) for row in told["reads"]] == wanted


def test_a_limit_that_bites_is_told(folder):
    told = found("BKD5826", "--limit", 3, folder=folder)
    assert len(told["reads"]) == 3
    assert told["cut"] == {"kind": "rows", "limit": 3}
    said = call("search", "BKD5826", "--limit", 3, folder=folder)
    assert "raise --limit" in said.stderr


def test_a_table_names_the_cameras(folder):
    assert "ML-1" in call("search", "BKD5826", folder=folder).stdout


def test_a_plate_that_was_not_read_is_said_so(folder):
    assert "no read fits" in call("search", "QQQ1111", folder=folder).stdout


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("BK",), PlateRefused),
        (("?????26",), PlateRefused),
        (("BKD5826", "--since", "1700000000"), RowRefused),
    ],
)
def test_what_cannot_be_searched_is_refused(words, refusal, folder):
    with pytest.raises(refusal):
        call("search", *words, folder=folder)


def test_a_search_keeps_the_logs_that_somebody_has_still_to_read(folder):
    def given_again():
        with Archive(folder, released=0) as archive:
            return sum(map(len, archive.since(0)))

    before = given_again()
    call("search", "BKD5826", folder=folder)
    assert given_again() == before > 0
