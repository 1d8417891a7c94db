"""Reading plates, and which generations they fit."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import PlateRefused
from matching.plates import FORMS, SLOTS, forms_of, plain, skeleton, written


@pytest.mark.parametrize(
    ("raw", "plate"),
    [
        ("BKD-5826", "BKD5826"),
        ("bkd 5826", "BKD5826"),
        ("ＢＫＤ－５８２６", "BKD5826"),
        ("BKD‐5826", "BKD5826"),  # hyphen, U+2010
        ("BKD–5826", "BKD5826"),  # en dash
        ("BKD−5826", "BKD5826"),  # minus sign
        ("  1A-2345 ", "1A2345"),
    ],
)
def test_width_case_and_dashes_carry_no_meaning(raw, plate):
    assert plain(raw) == plate


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("ВКD-5826", "foreign-character"),  # Cyrillic В and К
        ("BKD-٥٨٢٦", "foreign-character"),  # Arabic digits
        ("車牌BKD5826", "foreign-character"),
        ("BKD\u200b-5826", "foreign-character"),  # zero width space
        ("BKD/5826", "foreign-character"),
        ("", "empty"),
        ("---", "empty"),
        ("AB1", "length"),
        ("ABCDE12345", "length"),
    ],
)
def test_what_is_no_plate_is_refused_with_its_reason(raw, code):
    with pytest.raises(PlateRefused) as refused:
        plain(raw)
    assert refused.value.code == code


@given(st.text(max_size=12))
def test_reading_a_plate_twice_changes_nothing(raw):
    try:
        plate = plain(raw)
    except PlateRefused:
        return
    assert plain(plate) == plate


@given(st.sampled_from(FORMS), st.data())
def test_a_plate_made_by_a_form_fits_it_and_survives_writing(form, data):
    places = [st.sampled_from(SLOTS[slot]) for slot in form.slots]
    plate = "".join(data.draw(st.tuples(*places)))
    assert form in forms_of(plate)
    assert plain(written(plate)) == plate


@pytest.mark.parametrize(
    ("plate", "names"),
    [
        ("BKD5826", {"car-2012", "bike-2012"}),
        ("BKD5824", set()),  # no 4 in the series since 2012
        ("BKO5826", set()),  # no O either
        ("AB1234", {"car-2+4", "bike-letters-digit"}),
        ("1A2345", {"car-digit-letter"}),
        ("123ABC", {"bike-3-3"}),
    ],
)
def test_generations_are_told_by_their_shape(plate, names):
    assert {form.name for form in forms_of(plate)} == names


def test_look_alikes_share_a_skeleton_and_others_do_not():
    assert skeleton("BKO5B26") == skeleton("8KD5826")
    assert skeleton("BKD5826") != skeleton("BKD5926")


@pytest.mark.real
def test_plates_of_the_public_rules_are_read_and_the_common_types_fit(shared_data):
    path = shared_data / "plate_rules" / "examples.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    known = [row["plate"] for row in rows if row["relation"] == "is"]
    assert known
    for plate in known:
        assert forms_of(plain(plate)), plate
