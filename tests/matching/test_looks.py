"""Types and colours, by plate: shares add up, and say what the rule says."""

import numpy as np
import pytest

from matching.errors import ModelRefused
from matching.forms import FORMS
from matching.looks import CLASSES, COLOUR_NUMBERS, TYPE_NUMBERS, class_of
from matching.model import HERE, read_model

LOOKS = read_model().looks


def test_what_is_told_of_a_wanted_vehicle_adds_up_to_one():
    assert LOOKS.types[1:, 1:].sum(axis=1) == pytest.approx(1)
    assert LOOKS.colours[1:, 1:].sum(axis=1) == pytest.approx(1)


def test_what_is_told_of_a_passing_vehicle_adds_up_to_one_in_each_class():
    assert LOOKS.shares[1:, 1:].sum(axis=(0, 1)) == pytest.approx(np.ones(len(CLASSES)))


def test_what_is_not_told_is_the_sum_of_all_that_could_be():
    assert LOOKS.shares[0] == pytest.approx(LOOKS.shares[1:].sum(axis=0))
    assert LOOKS.shares[:, 0] == pytest.approx(LOOKS.shares[:, 1:].sum(axis=1))


def test_nothing_to_compare_is_as_probable_as_anything():
    assert (LOOKS.types[0] == 1).all()
    assert (LOOKS.types[:, 0] == 1).all()


def test_taxis_are_yellow_and_carry_the_plates_of_taxis():
    taxi, yellow = TYPE_NUMBERS["taxi"], COLOUR_NUMBERS["yellow"]
    of_taxi = LOOKS.shares[:, :, CLASSES.index(("taxi",))]
    of_car = LOOKS.shares[:, :, CLASSES.index(("sedan", "suv", "van", "truck"))]
    assert of_taxi[taxi, yellow] > 0.5 > 0.01 > of_car[taxi, yellow]


def test_forms_without_types_look_like_all_that_passes():
    trailer = next(form for form in FORMS if form.name == "trailer-2012")
    shares = read_model().comparisons["type"].shares
    told = LOOKS.shares[1:, 0, class_of(trailer)]
    passing = np.array([shares[w] for w in list(TYPE_NUMBERS)[1:]])
    expected = passing / passing.sum() @ LOOKS.types[1:, 1:]
    assert told == pytest.approx(expected)


def test_a_reading_that_nobody_knows_is_of_any_vehicle():
    nothing, everybody = np.zeros(len(CLASSES)), LOOKS.traffic
    assert LOOKS.given(nothing, 3, 2) == LOOKS.given(everybody, 3, 2)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"suv": 0.24, ', "", "type"),
        ('"strays": 0.02', '"strays": 1.5', "strays"),
        ('{"yellow": 0.8}', '{"yellow": 1.2}', "taxi"),
        ('"purple": 0.005', '"purple": 0', "colour"),
    ],
)
def test_a_model_of_impossible_looks_is_refused(tmp_path, old, new, why):
    text = (HERE / "plate_read.json").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "model.json"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ModelRefused, match=why):
        read_model(path)
