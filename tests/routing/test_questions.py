"""Questions to the archive answer what a plain look at every record does."""

import tempfile
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.plate_codes import decode, encode
from data.reads.answers import Cut, Limits
from data.reads.archive import Archive
from data.reads.columns import Camera, Extra
from data.records import Provenance, Spot
from geo.errors import GeoError
from matching.errors import PlateRefused
from matching.near import WIDE, plates_near, readings_of
from routing.questions import (
    by_near,
    fuzzy,
    in_area,
    wildcard,
)
from routing.questions.plates import fitting, written_out
from tests.data.reads.made import CAMERAS, made_reads
from tests.routing.asked import (
    IDS,
    TRIANGLE,
    archives,
    examples,
    is_inside,
    is_within,
    polygons,
    same,
    seeds,
    spans,
)

# reads of a plate that was perhaps misread


@given(seed=seeds, span=spans, least=st.sampled_from([1e-3, WIDE]))
@examples
def test_fuzzy_finds_the_reads_that_a_plate_may_have_been_read_as(seed, span, least):
    near = readings_of("BKD5826", least=least)
    chances = dict(zip(decode(near.codes), near.probabilities, strict=True))
    since, until = span
    with archives(seed) as (archive, records):
        found = fuzzy(archive, "bkd-5826", least=least, since=since, until=until).all()
        told = zip(found.reads.plates(), found.probability, strict=True)
        assert all(chances[plate] == chance for plate, chance in told)
        wanted = [
            read for read in records if read.plate in chances and is_within(read, *span)
        ]
        same(found.reads, wanted)


def test_a_confused_character_is_found_and_less_likely_than_the_plate_itself():
    with archives(1) as (archive, _):
        found = fuzzy(archive, "BKD5828", least=WIDE).all()
    chances = dict(zip(found.reads.plates(), found.probability, strict=True))
    assert {"BKD5826", "BKD5828"} <= set(chances)
    assert chances["BKD5828"] > 10 * chances["BKD5826"] > 0


def test_the_plates_that_a_reading_may_have_been_are_found_too():
    near = plates_near("BKD5828", least=WIDE)
    with archives(1) as (archive, records):
        found = by_near(archive, near).all()
    among = set(decode(near.codes).tolist())
    same(found.reads, [read for read in records if read.plate in among])
    assert len(found.reads) > 50


def test_a_search_for_no_reading_at_all_finds_nothing():
    with archives(1) as (archive, _):
        assert len(fuzzy(archive, "BKD5826", least=1).all().reads) == 0


def test_every_piece_of_a_fuzzy_answer_has_as_many_probabilities_as_reads(monkeypatch):
    monkeypatch.setattr("data.reads.search.AT_ONCE", 10)
    with archives(3) as (archive, _):
        pieces = list(fuzzy(archive, "BKD5826"))
    assert len(pieces) > 1
    assert all(piece.probability.shape == piece.reads.at.shape for piece in pieces)


def test_a_limit_that_bites_a_fuzzy_answer_is_told():
    with archives(3) as (archive, _):
        answer = fuzzy(archive, "BKD5826", limits=Limits(most=7))
        assert len(answer.all().reads) == 7
        assert answer.cut == Cut("rows", 7)


# plates with unknown characters


def fits(plate, pattern):
    return len(plate) == len(pattern) and all(
        wanted in ("?", given) for given, wanted in zip(plate, pattern, strict=True)
    )


PATTERNS = (
    *("BKD5826", "BKD58??", "?KD5826", "?K?5826", "BK?5?26", "B?O5B2?", "???5826"),
    *("??D58??", "12?4AB", "ABC????", "ZZZ9999?", "1???AB", "B???826", "?BKD5826"),
)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(seed=seeds, span=spans)
@settings(max_examples=8, deadline=None)
def test_wildcard_finds_the_plates_that_fit(pattern, seed, span):
    since, until = span
    with archives(seed) as (archive, records):
        wanted = [
            read
            for read in records
            if fits(read.plate, pattern) and is_within(read, *span)
        ]
        same(wildcard(archive, pattern, since=since, until=until).all(), wanted)


plates = st.text("A0", min_size=4, max_size=8)
patterns = st.text("A0?", min_size=4, max_size=8)


@given(st.lists(plates, unique=True, max_size=60), patterns)
@settings(max_examples=200, deadline=None)
def test_codes_fit_a_pattern_when_their_texts_do(texts, pattern):
    kept = decode(fitting(np.sort(encode(texts)), pattern=pattern)).tolist()
    assert kept == sorted(text for text in texts if fits(text, pattern))


def test_all_plates_of_a_pattern_are_written_out_in_order():
    codes = written_out("A?C1?4")
    assert codes.size == 36**2
    assert (np.diff(codes.astype(np.int64)) > 0).all()
    assert all(fits(plate, "A?C1?4") for plate in decode(codes).tolist())


@pytest.mark.parametrize(
    "written", ["BKD-58??", "bkd58??", "ＢＫＤ－５８？？", "bkd 58??"]
)
def test_a_pattern_may_be_written_as_plates_are(written):
    with archives(5) as (archive, _):
        found = wildcard(archive, written).all()
        assert set(found.plates()) == {"BKD5826", "BKD5828"}


def test_a_pattern_that_half_the_country_fits_is_refused_before_any_search():
    with archives(5) as (archive, _), pytest.raises(PlateRefused, match="2 known"):
        wildcard(archive, "?????26")


@pytest.mark.parametrize("pattern", ["BK?5?2?", "??D58??", "?KD582?"])
def test_too_many_plates_are_cut_to_the_first_and_told(pattern):
    with archives(5) as (archive, records):
        answer = wildcard(archive, pattern, most_plates=1)
        fit = sorted({read.plate for read in records if fits(read.plate, pattern)})
        assert len(fit) > 1
        assert set(answer.all().plates()) == {fit[0]}
        assert answer.cut == Cut("plates", 1)


def test_a_search_for_plates_without_time_is_cut_and_told():
    with archives(5) as (archive, _):
        answer = wildcard(archive, "??D58??", limits=Limits(seconds=-1))
        assert len(answer.all()) == 0
        assert answer.cut == Cut("time", -1)


# reads of an area


@given(seed=seeds, span=spans, polygon=polygons | st.just(TRIANGLE))
@examples
def test_an_area_has_the_reads_made_in_it_or_on_its_rim(seed, span, polygon):
    since, until = span
    with archives(seed) as (archive, records):
        wanted = [
            read
            for read in records
            if is_inside(read, polygon) and is_within(read, *span)
        ]
        same(in_area(archive, polygon, since=since, until=until).all(), wanted)


def test_a_moved_camera_counts_where_it_stood():
    first, moved = (camera.spot for camera in CAMERAS if camera.camera_id == "TY-2")
    with archives(2) as (archive, _):
        near = shapely.Point(moved.lng, moved.lat).buffer(0.001)
        spots = {read.spot.lng for read in in_area(archive, near).all().records()}
    assert spots == {moved.lng} != {first.lng}


def test_a_read_with_a_point_of_its_own_counts_there_and_not_at_its_camera():
    with archives(2) as (archive, records):
        own = shapely.Point(121.5, 25.1).buffer(0.001)
        found = in_area(archive, own).all().records()
        assert {read.camera_id for read in found} == set(IDS)
        camera = in_area(archive, shapely.Point(121.2, 24.9).buffer(0.001)).all()
        elsewhere = [
            read
            for read in records
            if read.camera_id == "TY-1" and read.spot.lng == 121.5
        ]
    assert elsewhere
    assert not {read.id for read in elsewhere} & {r.id for r in camera.records()}


def test_a_point_of_its_own_counts_whatever_else_a_read_has_of_its_own():
    raws = [None, "BKD 5826", 'B"KD,[5826', 'BKD\\5826\\"', '",[', "BKD５８２６"]
    spots = [None, Spot(lng=121.5, lat=25.1), Spot(address="[121.5,25.1]")]
    origins = [None, Provenance('a",[.csv', 3), Provenance("b.csv")]
    every = [Extra(*one) for one in product(raws, spots, origins)]
    reads = made_reads(np.random.default_rng(9), len(every))
    reads = replace(
        reads,
        extras={row: one for row, one in enumerate(every) if one != Extra()},
        sequence=np.arange(len(every)),
        camera=np.full(len(every), len(CAMERAS) - 1, np.int32),
    )
    polygon = shapely.Point(121.5, 25.1).buffer(0.001)
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder)) as archive:
        archive.append(reads)
        recent = in_area(archive, polygon).all()
        archive.rotate()
        archive.upkeep.seal_waiting()
        sealed = in_area(archive, polygon).all()
        same(sealed, [r for r in archive.between().all().records() if r.spot.lng])
    same(recent, sealed.records())
    assert len(sealed) == len(raws) * len(origins)


def test_cameras_that_came_since_the_last_question_are_known_to_the_next():
    with archives(2) as (archive, _):
        polygon = shapely.box(119, 23, 119.5, 23.5)
        assert len(in_area(archive, polygon).all()) == 0
        reads = made_reads(np.random.default_rng(9), 30)
        new = [
            Camera(f"PH-{n}", Spot(lng=119.2, lat=23.2)) for n in range(len(CAMERAS))
        ]
        reads = replace(reads, cameras=new, extras={})
        stored = archive.append(reads).stored
        assert len(in_area(archive, polygon).all()) == stored > 20


def test_the_answer_of_an_area_comes_day_by_day_and_may_be_left():
    with archives(4, sizes=(300, 300)) as (archive, records):
        answer = in_area(archive, shapely.box(120, 24, 122, 26))
        first = next(answer)
        days = {read.at + timedelta(hours=8) for read in first.records()}
        assert len({day.date() for day in days}) == 1
        assert 0 < len(first) < len(records)


def test_a_limit_that_bites_in_an_area_is_told():
    with archives(4) as (archive, _):
        answer = in_area(archive, shapely.box(120, 24, 122, 26), limits=Limits(most=9))
        assert len(answer.all()) == 9
        assert answer.cut == Cut("rows", 9)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(121, 25),
        shapely.Polygon([(0, 0), (1, 1), (0, 1), (1, 0)]),
        shapely.box(250_000, 2_700_000, 251_000, 2_701_000),
    ],
)
def test_what_is_no_polygon_in_degrees_is_refused_when_it_is_asked(shape):
    with archives(4) as (archive, _), pytest.raises(GeoError):
        in_area(archive, shape)


def test_an_empty_polygon_has_no_reads():
    with archives(4) as (archive, _):
        assert len(in_area(archive, shapely.Polygon()).all()) == 0
