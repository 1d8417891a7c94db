"""The misreading model is a probability, and prefers what cameras really do."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.misreads import ALPHABET, REPLACED, Misreads, error_of
from matching.plates import DIGITS, LETTERS, PlateForm

PLATES = st.text(alphabet=ALPHABET, min_size=4, max_size=8)
ERRORS = st.floats(0.005, 0.2)


def test_replacements_of_each_character_add_up_to_one():
    for true, weights in REPLACED.items():
        assert sum(weights.values()) == pytest.approx(1.0)
        assert true not in weights
        assert set(weights) == set(ALPHABET) - {true}


def test_readings_of_a_short_plate_add_up_to_one():
    """Summed over every reading of up to four characters; longer ones are rare."""
    misreads = Misreads(0.1)
    total = sum(
        misreads.reading("".join(seen), "A1")
        for length in range(4)
        for seen in itertools.product(ALPHABET, repeat=length)
    )
    assert total == pytest.approx(1.0, abs=0.02)


@given(PLATES, ERRORS)
def test_the_right_reading_is_the_likeliest_of_its_length(plate, error):
    misreads = Misreads(error)
    other = plate[:-1] + ("A" if plate[-1] != "A" else "B")
    assert misreads.reading(plate, plate) > misreads.reading(other, plate)


@given(PLATES, ERRORS)
def test_a_look_alike_is_likelier_than_a_stranger(plate, error):
    misreads = Misreads(error)
    swapped = plate.replace("8", "B")
    if swapped != plate:
        strange = plate.replace("8", "J")
        assert misreads.reading(swapped, plate) > misreads.reading(strange, plate)


def test_a_dropped_and_an_added_character_are_possible_but_rare():
    misreads = Misreads(0.03)
    right = misreads.reading("BKD5826", "BKD5826")
    for seen in ("BKD526", "BKD58266"):
        assert 0 < misreads.reading(seen, "BKD5826") < right / 100


@pytest.mark.parametrize("seen", ["A12", "A1B", "4A2", "A1", "A123"])
def test_anyone_is_the_sum_over_every_plate_that_could_be_there(seen, monkeypatch):
    form = PlateForm("small", "", "LDD", (), in_use=100.0, share=1.0)
    monkeypatch.setattr("matching.misreads.FORMS", (form,))
    misreads = Misreads(0.05)
    every = ("".join(slots) for slots in itertools.product(LETTERS, DIGITS, DIGITS))
    total = sum(form.frequency * misreads.reading(seen, plate) for plate in every)
    assert misreads.anyone(seen) == pytest.approx(total, rel=0.03)


def test_rivals_are_plates_that_fit_a_form_and_their_shares_add_up():
    rivals = Misreads(0.035).rivals("BKO5B26", keep=10_000)
    assert sum(share for _, share in rivals) == pytest.approx(1.0)
    assert [plate for plate, _ in rivals[:2]] == ["BKD5826", "BKQ5826"]


@pytest.mark.parametrize(
    ("confidence", "error"), [(None, 0.03), (1.0, 0.005), (0.78, 0.035), (0.0, 0.2)]
)
def test_confidence_becomes_an_error_per_character_within_bounds(confidence, error):
    assert error_of(confidence, 7) == error
