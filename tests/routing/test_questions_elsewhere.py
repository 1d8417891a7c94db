"""Another archive that keeps to the protocol is asked the same and says the same."""

import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.plate_codes import decode, encode, prefix_range
from data.reads.answers import Windows
from data.reads.archive import Archive
from data.reads.columns import moment_of
from routing.questions import Company, Scene, common, convoy, fuzzy, in_area, wildcard
from tests.data.reads.made import DAY_US, PLATES, SECOND_US, START_US, made_reads
from tests.data.reads.plain import PlainArchive
from tests.routing.asked import IDS, MOMENTS, examples, polygons, seeds, spans

patterns = st.sampled_from(["BKD58??", "?KD5826", "B???826"])
camera_ids = st.lists(st.sampled_from([*IDS, "NO-1"]), max_size=3)
scenes = st.builds(Scene, polygons | camera_ids)


def filled(archive, seed):
    rng = np.random.default_rng(seed)
    for n in (90, 40, 60):
        archive.append(made_reads(rng, n))
    return archive


def both_answer(seed, asked):
    """What the archive of files answers, and what the plain one does."""
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder)) as files:
        return asked(filled(files, seed)), asked(filled(PlainArchive(), seed))


def told(reads):
    """Reads as texts, those of one moment in any order."""
    return sorted(map(repr, reads.records()))


@given(seeds, spans, polygons, patterns, st.lists(scenes, max_size=3))
@examples
def test_questions_are_answered_by_any_archive(seed, span, polygon, pattern, asked):
    times = dict(zip(("since", "until"), span, strict=True))

    def answers(archive):
        seen = common(archive, asked, at_least=1)
        driven = convoy(archive, "BKD5826", **times, company=Company(3600.0, 1))
        return {
            "fuzzy": told(fuzzy(archive, "BKD5826", **times).all().reads),
            "wildcard": told(wildcard(archive, pattern, **times).all()),
            "in_area": told(in_area(archive, polygon, **times).all()),
            "common": (decode(seen.plate).tolist(), seen.is_at.tolist()),
            "first": [(read.plate, read.at) for read in seen.first.records()],
            "convoy": (decode(driven.plate).tolist(), driven.cameras.tolist()),
            "met": told(driven.met),
        }

    ours, other = both_answer(seed, answers)
    assert ours == other


@given(seeds, spans, camera_ids, st.integers(0, 7200))
@examples
def test_what_the_protocol_asks_has_one_answer(seed, span, ids, odd_s):
    times = dict(zip(("since", "until"), span, strict=True))
    start = moment_of(START_US + odd_s * SECOND_US)
    hours = {"since": start, "until": start + timedelta(hours=30)}
    first = np.array(MOMENTS[: len(ids)], dtype=np.int64)
    windows = Windows(ids, first, first + DAY_US)
    codes = encode(PLATES[:4].tolist())

    def answers(archive):
        which, within = archive.in_windows(windows)
        names, counts = archive.hourly(ids, **hours)
        every = archive.hourly(None, **hours)
        pairs = zip(which.tolist(), map(repr, within.records()), strict=True)
        return {
            "len": len(archive),
            "span": archive.span(),
            "between": told(archive.between(**times).all()),
            "plates": told(archive.by_plates(codes, **times).all()),
            "cameras": told(archive.by_cameras(ids, **times).all()),
            "or own": told(archive.by_cameras(ids, **times, or_own_spot=True).all()),
            "windows": sorted(pairs),
            "prefix": archive.plates_between(*prefix_range("BK")).tolist(),
            "last": [(read.plate, read.at) for read in archive.last(codes).records()],
            "hourly": (names, counts.tolist(), every[0], every[1].tolist()),
        }

    ours, other = both_answer(seed, answers)
    assert ours == other


@pytest.mark.parametrize("held", [False, True])
def test_a_purge_leaves_the_same(held):
    before = moment_of(START_US + DAY_US)

    def purged(archive):
        n = archive.purge(
            before,
            now=before,
            is_held=lambda reads: (
                np.full(len(reads), held) & (reads.at % 2_000_000 > 0)
            ),
        )
        return n, told(archive.between().all())

    ours, other = both_answer(5, purged)
    assert ours == other
    assert 0 < len(ours[1]) < 190
