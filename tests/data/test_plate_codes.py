"""Codes of plates keep their order, their prefixes and nothing that is no plate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.plate_codes import ALPHABET, CEILING, decode, encode, lengths, prefix_range

plain = st.text(ALPHABET, min_size=4, max_size=8)
anything = st.text(st.characters() | st.sampled_from(ALPHABET), max_size=10)


@given(st.lists(plain))
def test_a_plain_plate_comes_back_from_its_code(plates):
    assert decode(encode(plates)).tolist() == plates


@given(st.lists(plain))
def test_codes_sort_as_texts_do(plates):
    order = np.argsort(encode(plates), kind="stable")
    assert [plates[row] for row in order] == sorted(plates)


@given(anything)
def test_what_is_no_plain_plate_has_no_code(text):
    is_plain = 4 <= len(text) <= 8 and set(text) <= set(ALPHABET)
    assert bool(encode([text])[0]) == is_plain


@given(st.text(ALPHABET, max_size=8), st.lists(plain, min_size=1))
def test_a_prefix_is_a_range_of_codes(prefix, plates):
    first, behind = prefix_range(prefix)
    within = [first <= int(code) < behind for code in encode(plates)]
    assert within == [plate.startswith(prefix) for plate in plates]


@given(st.lists(anything))
def test_a_code_tells_how_many_characters_there_are(texts):
    wanted = [len(plate) for plate in decode(encode(texts)).tolist()]
    assert lengths(encode(texts)).tolist() == wanted


def test_the_last_plate_is_below_the_ceiling():
    assert int(encode(["ZZZZZZZZ"])[0]) == CEILING - 1


def test_bytes_are_plates_too():
    assert decode(encode(np.array([b"ABC1234", b"AB"]))).tolist() == ["ABC1234", ""]


@pytest.mark.parametrize("prefix", ["ab", "A-B", "ABCDEFGHI"])
def test_what_is_no_prefix_is_refused(prefix):
    with pytest.raises(ValueError, match="no prefix of a plate"):
        prefix_range(prefix)
