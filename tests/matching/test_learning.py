"""Confusions are learned from repeated reads, and kept as a small file."""

import csv
import random
import re
from collections import Counter, defaultdict
from dataclasses import replace
from math import log

import pytest

from matching.confusions import (
    DEFAULT,
    LIKELY,
    read_confusions,
    write_confusions,
)
from matching.errors import ModelRefused
from matching.forms import PlateForm
from matching.learning import Track, learn, log_likelihood, true_plates
from matching.misreads import Misreads

BRITISH = PlateForm("british", "", "LLDDLLL", (), 1e6, 1.0)


def tracks_of_a_camera(rng, n, camera_id=None, wrong=("N", "M")):
    """Readings of a reader that takes one letter for another, one time in three."""
    tracks = []
    for _ in range(n):
        letters = "".join(rng.choices("ABENPRT", k=2))
        plate = letters + wrong[0] + "".join(rng.choices("123569", k=4))
        readings = [
            plate.replace(wrong[0], wrong[1]) if rng.random() < 1 / 3 else plate
            for _ in range(6)
        ]
        tracks.append(Track(tuple(readings), camera_id))
    return tracks


def test_what_a_reader_takes_for_what_is_learned():
    learned = learn(tracks_of_a_camera(random.Random(1), 60, wrong=("B", "W")))
    assert learned.replaced["B"]["W"] > 0.5 > DEFAULT.replaced["B"]["W"] * 10
    assert learned.error == pytest.approx(1 / 21, abs=0.015)


def test_what_was_never_seen_wrong_keeps_the_prior():
    learned = learn(tracks_of_a_camera(random.Random(2), 40, wrong=("B", "W")))
    assert learned.replaced["X"] == pytest.approx(DEFAULT.replaced["X"])


def test_rows_are_probabilities_and_nothing_becomes_impossible():
    learned = learn(tracks_of_a_camera(random.Random(3), 20))
    for row in learned.replaced.values():
        assert sum(row.values()) == pytest.approx(1)
        assert min(row.values()) > 0
    assert 0 < learned.dropped < 1
    assert 0 < learned.added < 1


def test_dropped_and_added_characters_are_counted():
    tracks = [Track(("ABC1235",) * 5 + ("ABC125",) * 2)] * 20
    assert learn(tracks).dropped > 0.5
    tracks = [Track(("ABC1235",) * 5 + ("ABC12835",) * 2)] * 20
    assert learn(tracks).added > 0.5


def test_each_camera_has_a_table_of_its_own_and_others_the_general_one():
    rng = random.Random(4)
    tracks = tracks_of_a_camera(rng, 40, "north", ("B", "W"))
    tracks += tracks_of_a_camera(rng, 40, "south", ("B", "Z"))
    learned = learn(tracks)
    north, south = learned.of("north"), learned.of("south")
    assert north.replaced["B"]["W"] > 3 * north.replaced["B"]["Z"]
    assert south.replaced["B"]["Z"] > 3 * south.replaced["B"]["W"]
    assert learned.of("west") is learned
    assert learned.of(None) is learned


def test_a_long_track_teaches_no_more_than_a_short_one():
    few = learn([Track(("ABC1235",) * 15 + ("AWC1235",) * 5)])
    many = learn([Track(("ABC1235",) * 1500 + ("AWC1235",) * 500)])
    assert many.replaced["B"]["W"] == pytest.approx(few.replaced["B"]["W"])


def test_nothing_to_learn_from_leaves_the_prior():
    assert learn([Track(("ABC1235",))]) is DEFAULT
    assert learn([]) is DEFAULT


def test_the_true_plate_of_a_track_is_the_one_that_explains_all_readings():
    readings = ("BKD5826", "8KD5826", "BKO5826", "BKD5B26")
    plate, share = true_plates(Track(readings), DEFAULT, error=0.05)[0]
    assert plate == "BKD5826"
    assert share > 0.99


def test_agreed_characters_make_a_plate_that_nobody_read_whole():
    readings = ("8KD5826", "BKO5826", "BKD5B26")
    plate, _ = true_plates(Track(readings), DEFAULT, error=0.05)[0]
    assert plate == "BKD5826"


def test_a_table_survives_its_file(tmp_path):
    tracks = tracks_of_a_camera(random.Random(5), 10, "north")
    learned = learn(tracks, source="a test")
    path = tmp_path / "confusions.json"
    write_confusions(learned, path)
    read = read_confusions(path)
    assert read.replaced == learned.replaced
    assert read.cameras["north"].replaced == learned.cameras["north"].replaced
    assert (read.error, read.n_tracks, read.n_readings, read.source) == (
        learned.error, 10, 60, "a test",
    )  # fmt: skip


@pytest.mark.parametrize("change", ["", "[]", "{}", "half", "rows", "all-dropped"])
def test_a_file_that_is_no_table_is_refused(tmp_path, change):
    path = tmp_path / "confusions.json"
    write_confusions(DEFAULT, path)
    text = path.read_text(encoding="utf-8")
    changes = {
        "half": text[: len(text) // 2],
        "rows": text.replace('"8": ', '"8": 1', 1),
        "all-dropped": text.replace('"dropped": 0.08', '"dropped": 0.97'),
    }
    path.write_text(changes.get(change, change), encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"confusions\.json"):
        read_confusions(path)


@pytest.mark.parametrize("pair", ["NM", "GC", "65", "DO", "VY"])
def test_what_real_readers_get_wrong_most_stands_first_in_the_builtin_table(pair):
    assert LIKELY[pair[0]][0] == pair[1]


def test_rarer_real_errors_stand_among_the_first_in_the_builtin_table():
    assert "9" in LIKELY["6"][:2]
    assert "L" in LIKELY["W"][:2]


def test_alternative_candidates_of_a_reader_move_the_answer():
    misreads = Misreads(0.03)
    alone = misreads.posterior([("BKD5826", 1.0)], keep=1)
    doubted = misreads.posterior([("BKD5826", 0.3), ("BKD5828", 0.7)], keep=2)
    assert alone[0][0] == "BKD5826"
    assert doubted[0][0] == "BKD5828"
    assert doubted[0][1] == pytest.approx(0.7, abs=0.1)


def test_one_candidate_is_the_reading_itself():
    misreads = Misreads(0.03)
    found = dict(misreads.posterior([("BKO5B26", 0.4)]))
    assert found == pytest.approx(dict(misreads.rivals("BKO5B26")))


@pytest.fixture(scope="module")
def real_tracks(shared_data):
    path = shared_data / "plate_ocr_reads" / "ukplates_easyocr_awd_test.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    readings = defaultdict(list)
    for row in rows:
        if re.fullmatch("[A-Z0-9]{4,8}", row["license_number"]):
            readings[row["car_id"]].append(row["license_number"])
    return [Track(tuple(found)) for found in readings.values()]


def folds(tracks):
    """Learned from one half of the tracks and held against the other, both ways."""
    for fold in (0, 1):
        learned = learn(tracks[fold::2], fits=BRITISH.fits)
        held_out = [one for one in tracks[1 - fold :: 2] if len(one.readings) >= 5]
        yield replace(DEFAULT, error=learned.error), learned, held_out


def often(track):
    return Counter(track.readings).most_common(1)[0][0]


@pytest.mark.real
def test_held_out_readings_are_likelier_under_what_was_learned(real_tracks):
    for builtin, learned, held_out in folds(real_tracks):
        default, better = (
            sum(
                log(Misreads(table.error, table).reading(seen, often(track)))
                for track in held_out
                for seen in track.readings
            )
            for table in (builtin, learned)
        )
        assert better > default


@pytest.mark.real
def test_held_out_tracks_are_likelier_under_what_was_learned(real_tracks):
    for builtin, learned, held_out in folds(real_tracks):
        default, better = (
            sum(log_likelihood(track, table, table.error) for track in held_out)
            for table in (builtin, learned)
        )
        assert better > default


@pytest.mark.real
def test_the_true_plate_of_two_readings_is_found_more_often(real_tracks):
    """First, and among the first three, by two readings in a row of held-out tracks."""
    first, third = Counter(), Counter()
    for builtin, learned, held_out in folds(real_tracks):
        for track in held_out:
            for pair in zip(track.readings, track.readings[1:], strict=False):
                for name, table in (("default", builtin), ("learned", learned)):
                    found = true_plates(
                        Track(pair), table, error=table.error, fits=BRITISH.fits
                    )
                    plates = [plate for plate, _ in found]
                    first[name] += plates[0] == often(track)
                    third[name] += often(track) in plates[:3]
    assert first["learned"] > first["default"]
    assert third["learned"] > third["default"]
