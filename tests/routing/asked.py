"""An archive to be asked, and a plain look at every record beside it."""

import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import shapely
from hypothesis import settings
from hypothesis import strategies as st

from data.reads.archive import Archive
from data.reads.columns import moment_of
from tests.data.reads.made import CAMERAS, SECOND_US, START_US, made_reads

IDS = sorted({camera.camera_id for camera in CAMERAS})
MOMENTS = [START_US + n * SECOND_US for n in (0, 5, 20, 39, 3600, 86_400, 200_000)]
moments = st.none() | st.sampled_from(MOMENTS).map(moment_of)
spans = st.tuples(moments, moments)

LNGS, LATS = (120.9, 121.2, 121.3, 121.305, 121.31, 121.5), (24.6, 24.9, 25.0, 25.1)


def boxed(corners):
    (west, east), (south, north) = map(sorted, corners)
    return shapely.box(west, south, east, north)


def corners(values):
    return st.lists(st.sampled_from(values), min_size=2, max_size=2, unique=True)


polygons = st.tuples(corners(LNGS), corners(LATS)).map(boxed)
"""Boxes with cameras, and points of reads, on their rims."""

TRIANGLE = shapely.Polygon([(120.8, 24.5), (121.4, 24.7), (121.2, 25.2)])
seeds = st.integers(0, 2**32)
examples = settings(max_examples=40, deadline=None)


@contextmanager
def archives(seed, *, sizes=(150, 60, 90)):
    """An archive of a sealed part, a full table and one that grows."""
    rng = np.random.default_rng(seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive(Path(folder), room=1) as archive,
    ):
        for nth, n in enumerate(sizes):
            archive.append(made_reads(rng, n))
            if nth < len(sizes) - 1:
                archive.rotate()
            if nth == 0:
                archive.upkeep.seal_waiting()
        yield archive, archive.between().all().records()


def is_within(read, since, until):
    return (since is None or read.at >= since) and (until is None or read.at <= until)


def is_inside(read, polygon):
    point = read.spot.lng, read.spot.lat
    return None not in point and polygon.covers(shapely.Point(point))


def same(reads, wanted):
    """In order of time, and the same records."""
    records = reads.records()
    assert [read.at for read in records] == sorted(read.at for read in records)
    assert sorted(map(repr, records)) == sorted(map(repr, wanted))
