"""Plates at several scenes, or along with one, as a look at every record finds."""

import tempfile
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.plate_codes import decode, encode
from data.reads.answers import Cut, Limits
from data.reads.archive import Archive
from routing.questions import (
    Company,
    Scene,
    common,
    convoy,
)
from tests.data.reads.made import CAMERAS, DAY_US, SECOND_US, START_US, made_reads
from tests.routing.asked import (
    IDS,
    archives,
    examples,
    is_inside,
    is_within,
    moments,
    polygons,
    same,
    seeds,
    spans,
)

# plates at several scenes


def fixed(read, scene):
    is_there = (
        read.camera_id in scene.place
        if isinstance(scene.place, list)
        else is_inside(read, scene.place)
    )
    return is_there and is_within(read, scene.since, scene.until)


def lowest(read):
    sequence = np.iinfo(np.int64).min if read.sequence is None else read.sequence
    return read.at, sequence, read.camera_id


places = polygons | st.lists(st.sampled_from([*IDS, "NO-1"]), max_size=3)
scenes = st.builds(Scene, places, moments, moments)


@given(seeds, st.lists(scenes, max_size=4), st.integers(1, 3))
@examples
def test_common_finds_the_plates_that_a_look_at_every_scene_does(seed, asked, least):
    with archives(seed) as (archive, records):
        found = common(archive, asked, at_least=least)
        seen = defaultdict(lambda: defaultdict(list))
        for number, scene in enumerate(asked):
            for read in records:
                if fixed(read, scene):
                    seen[read.plate][number].append(read)
        wanted = sorted(
            (-len(at), plate) for plate, at in seen.items() if len(at) >= least
        )
        assert decode(found.plate).tolist() == [plate for _, plate in wanted]
        assert found.is_at.sum(axis=1).tolist() == [-n for n, _ in wanted]
        told = zip(
            found.which.tolist(),
            found.scene.tolist(),
            map(lowest, found.first.records()),
            strict=True,
        )
        assert list(told) == [
            (row, number, min(map(lowest, seen[plate][number])))
            for row, (_, plate) in enumerate(wanted)
            for number in sorted(seen[plate])
        ]
    assert found.looked_at == len(asked)
    assert found.cut is None


def test_first_reads_are_whole_reads_of_their_plates():
    whole = [Scene(IDS), Scene(shapely.box(120, 24, 122, 26))]
    with archives(6) as (archive, records):
        found = common(archive, whole, at_least=2)
        ids = {repr(read) for read in records}
        assert all(repr(read) in ids for read in found.first.records())
        assert (found.plate[found.which] == found.first.plate).all()
    assert len(found) > 3


def test_of_first_reads_that_tie_the_lowest_camera_id_is_given():
    n = len(CAMERAS)
    reads = made_reads(np.random.default_rng(3), n)
    reads = replace(
        reads,
        plate=np.repeat(encode(["ABC1234"]), n),
        at=np.full(n, START_US),
        sequence=np.full(n, 7),
        camera=np.arange(n, dtype=np.int32),
        extras={},
    )
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder)) as archive:
        archive.append(reads)
        found = common(archive, [Scene(IDS), Scene(IDS[1:])], at_least=1)
    told = [read.camera_id for read in found.first.records()]
    assert told == IDS[:2]


def test_more_plates_than_wanted_are_cut_and_told():
    with archives(6) as (archive, _):
        whole = common(archive, [Scene(IDS)], at_least=1)
        found = common(archive, [Scene(IDS)], at_least=1, limits=Limits(most=2))
    assert found.plate.tolist() == whole.plate[:2].tolist()
    assert found.cut == Cut("rows", 2)
    assert set(found.which.tolist()) == {0, 1}


def test_scenes_that_there_was_no_time_for_are_told():
    with archives(6) as (archive, _):
        limits = Limits(seconds=-1)
        found = common(archive, [Scene(IDS)], at_least=1, limits=limits)
    assert found.looked_at == 0
    assert len(found) == 0
    assert found.cut == Cut("time", -1)


def test_one_camera_id_in_place_of_a_list_is_a_mistake():
    with archives(6) as (archive, _), pytest.raises(ValueError, match="list of ids"):
        common(archive, [Scene("TY-1")], at_least=1)


def test_no_scenes_at_all_is_a_mistake():
    with archives(6) as (archive, _), pytest.raises(ValueError, match="at_least=0"):
        common(archive, [], at_least=0)


# plates that drive along


@given(
    seeds, spans, st.sampled_from([0.0, 1.0, 5.0, 60.0, 90_000.0]), st.integers(1, 4)
)
@examples
def test_a_convoy_is_what_passes_the_same_cameras_in_time(seed, span, within_s, least):
    since, until = span
    with archives(seed, sizes=(60, 30, 40)) as (archive, records):
        company = Company(within_s, least)
        found = convoy(archive, "BKD-5826", since=since, until=until, company=company)
        own = [
            read
            for read in records
            if read.plate == "BKD5826" and is_within(read, *span)
        ]
        same(found.own, own)
        met = [
            (other, mine)
            for other in records
            for mine in own
            if other.plate != "BKD5826"
            and other.camera_id == mine.camera_id
            and abs(other.at - mine.at) <= timedelta(seconds=within_s)
        ]
        at = defaultdict(set)
        for other, _ in met:
            at[other.plate].add(other.camera_id)
        wanted = sorted((-len(ids), plate) for plate, ids in at.items())
        wanted = [(n, plate) for n, plate in wanted if -n >= least]
        assert decode(found.plate).tolist() == [plate for _, plate in wanted]
        assert found.cameras.tolist() == [-n for n, _ in wanted]
        mine = found.own.records()
        told = [
            (repr(other), repr(mine[row]))
            for other, row in zip(
                found.met.records(), found.own_row.tolist(), strict=True
            )
        ]
        names = {plate for _, plate in wanted}
        assert sorted(told) == sorted(
            (repr(other), repr(own)) for other, own in met if other.plate in names
        )
    assert (found.plate[found.which] == found.met.plate).all()
    assert (np.diff(found.which) >= 0).all()
    for _, rows in groupby(range(found.which.size), found.which.tolist().__getitem__):
        assert (np.diff(found.met.at[list(rows)]) >= 0).all()


def test_own_reads_of_several_days_come_in_pieces_and_meet_as_in_one(monkeypatch):
    with archives(8) as (archive, _):
        company = Company(3600.0, 1)
        whole = convoy(archive, "BKD5826", company=company)
        monkeypatch.setattr("data.reads.search.AT_ONCE", 1)
        pieces = convoy(archive, "BKD5826", company=company)
    assert pieces.plate.tolist() == whole.plate.tolist()
    assert pieces.cameras.tolist() == whole.cameras.tolist()
    pairs = [
        sorted(zip(of.met.at.tolist(), of.own.at[of.own_row].tolist(), strict=True))
        for of in (whole, pieces)
    ]
    assert pairs[0] == pairs[1] != []


def test_too_many_meetings_are_cut_and_told():
    with archives(8) as (archive, _):
        company = Company(DAY_US / SECOND_US, 1)
        found = convoy(archive, "ABC1234", company=company, limits=Limits(most=60))
    assert found.cut == Cut("rows", 60)


def test_a_convoy_without_time_is_cut_and_told():
    with archives(8) as (archive, _):
        found = convoy(archive, "ABC1234", limits=Limits(seconds=-1))
    assert found.cut == Cut("time", -1)


def test_a_plate_that_was_never_read_has_no_convoy():
    with archives(8) as (archive, _):
        found = convoy(archive, "QQQ1111", company=Company(60.0, 1))
    assert len(found) == len(found.met) == len(found.own) == 0


@pytest.mark.parametrize("wrong", [(-1.0, 5), (float("nan"), 5), (60.0, 0)])
def test_company_that_makes_no_sense_is_a_mistake(wrong):
    with pytest.raises(ValueError, match="want 0 seconds or more"):
        Company(*wrong)
