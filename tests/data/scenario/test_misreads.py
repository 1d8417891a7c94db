from pathlib import Path

import numpy as np
import pytest

from data.scenario.cameras import QUALITIES, Quality, Writing
from data.scenario.misreads import (
    ADDED,
    CHARACTERS,
    CONFUSED,
    DAY_FACTOR,
    DROPPED,
    LONGEST,
    NIGHT_ERROR,
    PAIRS,
    SHORTEST,
    misread_all,
    reading_errors,
    right_probability,
    written_as,
)
from data.scenario.nouns import DAYLIGHT_FROM
from data.scenario.summary import bare

PLATE = "BKD-5826"
N = 20_000


def readings(mean: float) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(7)
    errors = reading_errors(np.full(N, mean), rng=rng)
    return misread_all([PLATE] * N, errors, rng=rng), errors


def four_sigma(probability: float, n: int) -> float:
    return 4 * float(np.sqrt(probability * (1 - probability) / n))


@pytest.mark.parametrize("quality", Quality)
def test_share_of_right_plates_is_as_stated(quality):
    found, errors = readings(NIGHT_ERROR[quality])
    stated = float(right_probability(errors, np.full(N, 7)).mean())
    share = np.mean([reading == PLATE for reading in found])
    assert share == pytest.approx(stated, abs=four_sigma(stated, N))


@pytest.mark.parametrize("quality", Quality)
def test_error_of_a_middle_character_is_as_stated(quality):
    mean = NIGHT_ERROR[quality]
    found, _ = readings(mean)
    replaced = np.mean([len(r) == 8 and r[4] != "5" for r in found])
    stated = mean * (1 - DROPPED - ADDED)
    # Two errors that cancel in length are rare; a tenth of the rate covers them.
    assert replaced == pytest.approx(stated, abs=four_sigma(stated, N) + mean / 10)


def test_first_and_last_characters_are_misread_more_often():
    found, _ = readings(0.03)
    same = [reading for reading in found if len(reading) == len(PLATE)]
    wrong = [sum(r[k] != PLATE[k] for r in same) for k in (0, 1, 2, 4, 5, 6, 7)]
    assert min(wrong[0], wrong[-1]) > max(wrong[1:-1])


def test_shares_of_dropped_and_added_characters_are_as_stated():
    found, _ = readings(0.01)
    wrong = [len(reading) for reading in found if reading != PLATE]
    bound = four_sigma(DROPPED, len(wrong)) + 0.01
    assert np.mean([n < 8 for n in wrong]) == pytest.approx(DROPPED, abs=bound)
    assert np.mean([n > 8 for n in wrong]) == pytest.approx(ADDED, abs=bound)


def test_every_character_can_be_confused_and_the_table_is_symmetric():
    assert CHARACTERS == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for one, others in CONFUSED.items():
        for other, weight in others.items():
            assert CONFUSED[other][one] == weight


def test_no_pair_is_in_the_table_twice():
    pairs = [frozenset(pair[:2]) for pair in PAIRS.split()]
    assert len(set(pairs)) == len(pairs)


def test_readings_have_four_to_eight_characters(night):
    for read in night.reads:
        assert SHORTEST <= len(bare(read.plate_raw)) <= LONGEST


@pytest.mark.parametrize(
    ("writing", "written"),
    [
        (Writing.DASHED, "BKD-5826"),
        (Writing.PLAIN, "BKD5826"),
        (Writing.LOWER, "bkd-5826"),
        (Writing.WIDE, "ＢＫＤ－５８２６"),
    ],
)
def test_cameras_write_the_same_plate_in_their_own_way(writing, written):
    assert written_as(PLATE, writing) == written
    assert bare(written) == "BKD5826"


def test_share_of_misread_plates_in_the_night_is_within_the_model(night):
    by_night = [read for read in night.reads if read.at < DAYLIGHT_FROM]
    plates = [bare(night.true_plates[read.id]) for read in by_night]
    wrong = np.mean(
        [bare(r.plate_raw) != p for r, p in zip(by_night, plates, strict=True)]
    )
    best = 1 - (1 - NIGHT_ERROR[Quality.GOOD] * DAY_FACTOR) ** 7
    worst = 1 - (1 - NIGHT_ERROR[Quality.POOR]) ** 7
    assert best < wrong < worst


def test_reported_confidence_is_about_how_often_the_plate_is_right(night):
    for low, high in ((0.6, 0.8), (0.8, 0.9), (0.9, 1.0)):
        chosen = [r for r in night.reads if low <= (r.confidence or 0) < high]
        right = np.mean(
            [bare(r.plate_raw) == bare(night.true_plates[r.id]) for r in chosen]
        )
        assert low - 0.05 < right < high + 0.05


def test_some_reads_lack_type_or_colour_and_some_are_wrong(night):
    types = np.mean([read.vehicle_type is None for read in night.reads])
    colours = np.mean([read.colour is None for read in night.reads])
    assert types == pytest.approx(0.05, abs=0.01)
    assert colours == pytest.approx(0.05, abs=0.01)


def test_the_documentation_states_the_model_that_is_used():
    text = (Path(__file__).parents[3] / "docs/scenario.md").read_text("utf-8")
    for quality, share in QUALITIES.items():
        row = f"| {quality} | {share} % | {NIGHT_ERROR[quality]:.0%}"
        assert row.replace("%", " %").replace("  ", " ") in text
    for pair in PAIRS.split():
        assert f"`{pair[0]}/{pair[1]}` {pair[2]}" in text
