"""What a plate may be read as, what a reading may have been: nothing is left out."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.plate_codes import decode, encode
from matching.confusions import ALPHABET, DEFAULT
from matching.forms import FORMS
from matching.kernels import readings_by_class, readings_given
from matching.looks import CLASSES, class_of
from matching.misreads import Misreads, unknown_kinds
from matching.near import (
    CONFUSABLE,
    LOWEST,
    WIDE,
    packed_codes,
    plates_near,
    readings_of,
)
from matching.tables import numbers_of, packed, tables_of

PLATES = st.text(alphabet=ALPHABET, min_size=4, max_size=8)
ERRORS = st.floats(0.005, 0.2)


def chances(seen, plates, error):
    """P(reading | plate) of pairs, by the compiled code that the rule agrees with."""
    out = np.empty(len(plates))
    codes = encode([seen] * len(plates)) if isinstance(seen, str) else encode(seen)
    rows, errors = packed_codes(encode(plates)), np.full(len(plates), error)
    readings_given(codes.astype(np.int64), rows, errors, (tables_of(), 0), out)
    return out


@given(PLATES, PLATES, ERRORS)
@settings(deadline=None)
def test_compiled_probabilities_are_those_of_the_rule(seen, plate, error):
    expected = Misreads(error).reading(seen, plate)
    assert chances(seen, [plate], error)[0] == pytest.approx(expected, rel=1e-12)


@given(PLATES, ERRORS)
@settings(deadline=None)
def test_compiled_chance_by_anyone_is_that_of_the_rule(seen, error):
    out = np.empty((1, len(CLASSES)))
    codes = encode([seen]).astype(np.int64)
    readings_by_class(codes, np.array([error]), (tables_of(), 0), out)
    by_class = np.zeros(len(CLASSES))
    for form, part in zip(FORMS, Misreads(error).by_form(seen), strict=True):
        by_class[class_of(form)] += part
    assert out[0] == pytest.approx(by_class, rel=1e-11)
    assert out[0].sum() == pytest.approx(Misreads(error).anyone(seen), rel=1e-11)


@pytest.mark.parametrize("pattern", ["BKD58??", "?KD5826", "1?-??", "A?34?"])
@given(seen=PLATES)
@settings(deadline=None)
def test_an_unknown_character_is_each_it_may_be_as_often(pattern, seen):
    pattern = unknown_kinds(pattern.replace("-", ""))
    misreads, out = Misreads(0.05), np.empty(1)
    numbers = np.zeros((1, 8), dtype=np.int64)
    numbers[0, : len(pattern)] = numbers_of(pattern)
    rows = packed(numbers, [len(pattern)])
    codes = encode([seen]).astype(np.int64)
    readings_given(codes, rows, np.array([0.05]), (tables_of(), 0), out)
    assert out[0] == pytest.approx(misreads.reading(seen, pattern), rel=1e-12)


def test_a_pattern_is_as_likely_as_its_plates_are_on_average():
    misreads = Misreads(0.05)
    plates = [f"BKD58{a}{b}" for a, b in itertools.product("0123456789", repeat=2)]
    mean = np.mean([misreads.reading("BKD5826", plate) for plate in plates])
    found = misreads.reading("BKD5826", unknown_kinds("BKD58??"))
    assert found == pytest.approx(mean, rel=1e-12)


@pytest.mark.parametrize(
    ("pattern", "kinds"),
    [("BKD58??", "BKD58##"), ("?KD5826", "@KD5826"), ("???1234", "@@@1234"),
     ("??12??", "??12??"), ("B?", "B?"), ("BKD5826", "BKD5826")],
)  # fmt: skip
def test_forms_say_what_an_unknown_character_may_be(pattern, kinds):
    assert unknown_kinds(pattern) == kinds


def one_error_away(text):
    found = set()
    for at in range(len(text) + 1):
        found |= {text[:at] + c + text[at:] for c in ALPHABET}
        found |= {text[:at] + c + text[at + 1 :] for c in ALPHABET if at < len(text)}
        found.add(text[:at] + text[at + 1 :])
    return {one for one in found if 4 <= len(one) <= 8}


@pytest.mark.parametrize("error", [0.005, 0.03, 0.2])
@given(text=st.text(alphabet="ABO08B1", min_size=5, max_size=7))
@settings(max_examples=10, deadline=None)
def test_any_one_error_is_found_both_ways(text, error):
    near = one_error_away(text)
    assert near <= set(decode(readings_of(text, error=error, least=LOWEST).codes))
    assert near <= set(decode(plates_near(text, error=error, least=LOWEST).codes))


@pytest.mark.parametrize("least", [1e-2, CONFUSABLE, 1e-4])
@given(text=st.text(alphabet=ALPHABET, min_size=4, max_size=5), error=ERRORS)
@settings(max_examples=15, deadline=None)
def test_two_errors_are_found_where_they_are_likely_enough(text, error, least):
    few = "0O8B1IDQNM5SGC6"
    others = set()
    for one in one_error_away(text):
        for at in range(len(one)):
            others |= {one[:at] + c + one[at + 1 :] for c in few}
    others = sorted(others)
    found = plates_near(text, error=error, least=least)
    expected = chances(text, others, error)
    wanted = {one for one, p in zip(others, expected, strict=True) if p >= least}
    assert wanted <= set(decode(found.codes))
    assert (found.probabilities >= least).all()


@given(PLATES, ERRORS)
@settings(deadline=None)
def test_probabilities_are_right_and_fall(plate, error):
    found = readings_of(plate, error=error, least=1e-3)
    texts = decode(found.codes).tolist()
    assert found.probabilities == pytest.approx(
        chances(texts, [plate] * len(texts), error)
    )
    assert (np.diff(found.probabilities) <= 0).all()
    assert len(set(texts)) == len(texts)


def test_some_twenty_are_confusable_and_some_hundreds_are_wide():
    assert 10 <= readings_of("BKD5826").codes.size <= 50
    assert 200 <= readings_of("BKD5826", least=WIDE).codes.size <= 800


@pytest.mark.parametrize("least", [0.0, 1e-7, 1.5])
def test_a_probability_that_cannot_be_searched_is_refused(least):
    with pytest.raises(ValueError, match="want"):
        readings_of("BKD5826", least=least)


def test_tables_hold_every_form_once_and_sort_by_length():
    tables = tables_of()
    total = sum(form.frequency for form in FORMS)
    assert tables.often.sum() == pytest.approx(total)
    assert tables.begins[-1] == tables.often.size
    assert tables.chances[0, 1, :36].sum(axis=1) == pytest.approx(np.ones(36))
    assert tables.order[0, 0, :, 0].tolist() == list(range(36))
    assert DEFAULT.replaced["B"]["8"] == tables.chances[0, 1, 11, 8]
