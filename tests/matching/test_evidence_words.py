"""One vocabulary in every room: what is imported is what is compared and weighed."""

from data import words
from matching.evidence import COLOURS, TYPES, compare_colour, compare_type
from matching.model import read_model


def test_the_words_of_the_importers_are_those_that_are_compared():
    assert words.VEHICLE_TYPES == TYPES
    assert words.COLOURS == COLOURS


def test_the_model_has_a_frequency_for_every_word():
    comparisons = read_model().comparisons
    assert set(comparisons["type"].shares) == TYPES
    assert set(comparisons["colour"].shares) == COLOURS


def test_a_word_that_nobody_knows_is_compared_with_nothing():
    assert compare_type("小客車", "suv") is None
    assert compare_colour("white", "迷彩") is None
