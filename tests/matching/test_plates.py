"""Reading plates, and which generations they fit."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.plate_codes import written_plate
from matching.errors import PlateRefused
from matching.plates import (
    FORMS,
    LETTERS,
    MARKS,
    forms_of,
    parse,
    plain,
    plain_pattern,
)


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
    places = [st.sampled_from(allowed) for allowed in form.places]
    plate = "".join(data.draw(st.tuples(*places)))
    assert form in forms_of(plate)
    assert plain(written_plate(plate)) == plate


@pytest.mark.parametrize(
    ("plate", "names"),
    [
        ("BKD5826", {"car-2012", "chosen"}),
        ("BKD5824", {"chosen"}),  # no 4 in the series since 2012, but for a few
        ("BKO5B26", set()),
        ("RAB1235", {"rental-2012", "chosen"}),
        ("TAB1235", {"taxi-2012", "chosen"}),
        ("KLA1235", {"truck-2012", "chosen"}),
        ("KKA1235", {"bus-2012", "chosen"}),
        ("KAA1235", {"coach-2012", "chosen"}),
        ("HBA1235", {"trailer-2012", "chosen"}),
        ("MAB1235", {"bike-2012", "chosen"}),
        ("LAB1235", {"bike-yellow", "chosen"}),
        ("LGB1235", {"bike-red", "chosen"}),
        ("EAB1235", {"electric-car", "chosen"}),
        ("EMD1235", {"electric-bike", "chosen"}),
        ("EMA1235", {"electric-heavy", "electric-bike", "chosen"}),
        ("AB1234", {"car-2+4", "bike-letters-digit"}),
        ("1A2345", {"car-digit-letter"}),
        ("123ABC", {"bike-3-3"}),
        ("12345", {"temporary"}),
        ("A12345", {"car-letter-digit", "bike-letter-digits", "military"}),
    ],
)
def test_generations_are_told_by_their_shape(plate, names):
    assert {form.name for form in forms_of(plate)} == names


@pytest.mark.parametrize(
    ("raw", "mark", "plate", "names"),
    [
        ("軍A-12345", "軍", "A12345", {"military"}),
        ("臨 12345", "臨", "12345", {"temporary"}),
        ("使-0123", "使", "0123", {"embassy"}),
        ("外0123", "外", "0123", {"foreign"}),
        (
            "A-12345",
            "",
            "A12345",
            {"car-letter-digit", "bike-letter-digits", "military"},
        ),
    ],
)
def test_a_mark_in_front_is_told_and_is_no_part_of_the_plate(raw, mark, plate, names):
    parsed = parse(raw)
    assert (parsed.mark, parsed.plate, plain(raw)) == (mark, plate, plate)
    assert {form.name for form in parsed.forms} == names


@pytest.mark.parametrize("raw", ["BKD-軍5826", "軍軍12345", "車12345", "BKD5826軍"])
def test_other_chinese_characters_and_other_places_are_refused(raw):
    with pytest.raises(PlateRefused, match=r"U\+[0-9A-F]{4}"):
        plain(raw)


@pytest.mark.parametrize(
    ("raw", "vehicles", "warnings"),
    [
        ("MAB-1235", {"scooter"}, ()),
        ("123-ABC", {"scooter", "heavy-motorcycle"}, ("no-longer-issued",)),
        ("BKO-5B26", set(), ("no-form",)),
        ("1234-DD", {"sedan", "suv", "van", "truck"},
         ("no-longer-issued", "perhaps-rental")),
        ("BKD-5824", set(), ("assumed-form",)),
        ("軍A-12345", set(), ("assumed-form",)),
        ("A1-2345", set(), ()),  # or a military one
        ("KKA-1235", {"bus"}, ()),
    ],
)  # fmt: skip
def test_a_plate_implies_vehicles_and_warns(raw, vehicles, warnings):
    parsed = parse(raw)
    assert parsed.warnings == warnings
    assert parsed.vehicles == vehicles


@given(st.text(alphabet=LETTERS + "0123456789", min_size=4, max_size=8))
def test_no_plain_reading_is_refused_because_no_form_fits(raw):
    assert parse(raw).plate == raw


def test_every_form_says_where_it_is_known_from_and_shares_add_up_to_the_traffic():
    assert all(form.source for form in FORMS)
    assert len({form.name for form in FORMS}) == len(FORMS)
    assert sum(form.share for form in FORMS) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("raw", "code"),
    [("????", "too-open"), ("B??????", "too-open"), ("BK%5826", "foreign-character")],
)
def test_a_pattern_that_half_the_country_fits_is_refused(raw, code):
    with pytest.raises(PlateRefused) as refused:
        plain_pattern(raw)
    assert refused.value.code == code


def test_a_pattern_keeps_what_is_not_known_and_fits_forms():
    assert plain_pattern("bkd-58？？") == "BKD58??"
    assert "car-2012" in {form.name for form in forms_of("BKD58??")}
    assert forms_of("BK?????????") == ()


def test_marks_are_those_of_the_forms():
    assert set("軍臨試使外領農") == MARKS


@pytest.mark.real
def test_plates_of_the_public_rules_are_read_and_the_common_types_fit(shared_data):
    path = shared_data / "plate_rules" / "examples.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    known = [row["plate"] for row in rows if row["relation"] == "is"]
    assert known
    for plate in known:
        assert forms_of(plain(plate)), plate
