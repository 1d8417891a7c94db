"""Which level two names come to; what holds for any two."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching.names.errors import NameRefused
from matching.names.evidence import compare, levels, similarities, similarity
from matching.names.levels import LABELS, LEVELS, similarity_of
from matching.names.syllables import (
    blurred,
    cut,
    spellings,
    syllables,
    tongyong,
    wade_giles,
)
from matching.names.tables import mandarin

USUAL = "黃王林陳張曾單歐陽司馬秀琴勤芹志明美玲怡君台臺温溫啓啟眞真郭敦己已葉叶"
HAN = st.text(alphabet=USUAL + "?·阿仔", max_size=6)
WORDS = st.lists(st.sampled_from(sorted(spellings())), min_size=1, max_size=4)
LATIN = st.builds(lambda words, mark: mark.join(words), WORDS, st.sampled_from(" -,"))
NAMES = st.one_of(
    HAN, LATIN, st.text(max_size=12), st.text("abcdeö -.'王", max_size=12)
)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("黃秀琴", "黃秀琴", "same"),
        ("台大明", "臺大明", "variant"),
        ("溫啓眞", "温啟真", "variant"),
        ("黃美玲", "黄美玲", "variant"),
        ("陳美玲", "陈美玲", "variant"),
        ("Nguyễn Thị Mai", "NGUYEN THI MAI", "variant"),
        ("Sayun 莎韻", "莎韻", "variant"),
        ("林黃秀琴", "黃秀琴", "married"),
        ("林黃秀琴", "陳黃秀琴", "married"),
        ("Huang Hsiu-chin", "黃秀琴", "same-sound"),
        ("Hsiu-chin Huang", "黃秀琴", "same-sound"),
        ("HUANG, HSIU CHIN", "黃秀琴", "same-sound"),
        ("Huang Siou-cin", "黃秀琴", "same-sound"),
        ("Huang Xiuqin", "黃秀琴", "same-sound"),
        ("Huang Shiow-chyn", "黃秀琴", "near-sound"),
        ("Lin Huang Hsiu-chin", "黃秀琴", "same-sound"),
        ("Tseng Chih-wei", "曾志偉", "same-sound"),
        ("Ouyang Xiu", "歐陽修", "same-sound"),
        ("David Smith", "Smith, David", "same-sound"),
        ("黃秀芹", "黃秀琴", "same-sound"),
        ("王秀勤?", "黃秀琴", "near-sound"),
        ("王秀勤", "林黃秀琴", "near-sound"),
        ("林清美", "林欽美", "near-sound"),
        ("鄭怡君", "曾怡君", "near-sound"),
        ("林鳳美", "林紅美", "near-sound"),
        ("洪美玲", "翁美玲", "near-sound"),
        ("Tan Mei-ling", "陳美玲", "near-sound"),
        ("Sayun", "莎韻", "near-sound"),
        ("Walis Nokan", "瓦歷斯．諾幹", "near-sound"),
        ("Siti Nurhaliza", "Siti Nurhalisa", "near-sound"),
        ("郭秀琴", "敦秀琴", "look-alike"),
        ("黃琴秀", "黃秀琴", "reordered"),
        ("諾幹·瓦歷斯", "瓦歷斯．諾幹", "reordered"),
        ("黃琴", "黃秀琴", "one-missing"),
        ("秀琴", "黃秀琴", "one-missing"),
        ("黃○琴", "黃秀琴", "one-missing"),
        ("瓦歷斯", "瓦歷斯．諾幹", "one-missing"),
        ("Siti Nurhaliza", "Siti Nurhalisaa", "near-sound"),
        ("Nguyen Mai", "Nguyen Thi Mai", "one-missing"),
        ("J Smith", "John Smith", "one-missing"),
        ("J Smith", "K Smith", "one-other"),
        ("N.N.", "Nora Nilsen", "different"),
        ("Cristina Castillo", "Cristina Castro", "one-other"),
        ("Li", "Lu", "different"),
        ("阿琴", "黃秀琴", "nickname"),
        ("黃秀英", "黃秀琴", "one-other"),
        ("林秀琴", "黃秀琴", "given"),
        ("陳小姐", "陳美玲", "surname"),
        ("黃志明", "黃秀琴", "surname"),
        ("王秀勤", "陳志明", "different"),
        ("Chen Mei-ling", "黃秀琴", "different"),
        ("無名氏", "黃秀琴", None),
        (None, "黃秀琴", None),
        ("", "黃秀琴", None),
        ("Kevin Brown", "黃秀琴", None),
    ],
)
def test_level(left, right, level):
    assert compare(left, right) == level
    assert compare(right, left) == level


@pytest.mark.parametrize(
    ("surname", "right", "wrong"),
    [
        ("曾", "Zeng", "Ceng"),
        ("單", "Shan", "Dan"),
        ("查", "Zha", "Chai"),
        ("仇", "Qiu", "Chou"),
        ("解", "Xie", "Jie"),
        ("任", "Ren", "Lin"),
        ("區", "Ou", "Qu"),
        ("葉", "Yeh", "Xie"),
    ],
)
def test_surname_has_its_own_reading(surname, right, wrong):
    assert compare(f"{surname}美玲", f"{right} Mei-ling") == "same-sound"
    assert compare(f"{surname}美玲", f"{wrong} Mei-ling") != "same-sound"


@given(NAMES, NAMES)
@settings(deadline=None)
def test_comparing_is_symmetric(left, right):
    assert compare(left, right) == compare(right, left)
    assert similarity(left, right) == similarity(right, left)


@given(NAMES)
@settings(deadline=None)
def test_a_name_is_the_same_as_itself_or_says_nothing(name):
    assert (compare(name, name), similarity(name, name)) in {
        ("same", 1.0),
        (None, None),
    }


@given(NAMES)
@settings(deadline=None)
def test_nobody_is_compared_with_nothing(name):
    assert compare(name, None) is None
    assert compare("", name) is None


@given(st.text(alphabet=st.characters(), max_size=60), NAMES)
@settings(deadline=None)
def test_any_text_can_be_compared(text, name):
    assert compare(text, name) in {*LEVELS, None}


@given(st.lists(st.tuples(NAMES, NAMES), min_size=2, max_size=8))
@settings(deadline=None)
def test_a_better_level_is_always_more_alike(pairs):
    told = sorted(
        (LEVELS.index(level), -similarity(*pair))
        for pair in pairs
        if (level := compare(*pair)) is not None
    )
    assume(len(told) > 1)
    assert all(one[1] < two[1] for one, two in pairwise(told) if one[0] < two[0])


def test_bands_do_not_touch():
    for rank in range(1, len(LEVELS)):
        assert similarity_of(rank, 1.0) < similarity_of(rank - 1, 0.0)
        assert similarity_of(rank, 0.0) <= similarity_of(rank, 1.0)


def test_every_level_has_words_and_the_comparison_a_chinese_first_line():
    assert all(LABELS.values())
    assert compare.__doc__.splitlines()[0].startswith("比對姓名")


@given(st.lists(st.tuples(NAMES, NAMES), max_size=6))
@settings(deadline=None)
def test_many_at_once_are_compared_as_one_by_one(pairs):
    twice = pairs + pairs
    found = levels([one for one, _ in twice], [other for _, other in twice])
    assert found == [compare(*pair) for pair in twice]


def test_similarities_of_many_are_those_of_each():
    rights = ["黃秀琴", "陳志明", "無名氏", "黃秀琴"]
    found = similarities("王秀勤", rights)
    assert found[0] == found[3] == similarity("王秀勤", "黃秀琴")
    assert np.isnan(found[2])


def test_too_long_a_text_is_refused_when_comparing():
    with pytest.raises(NameRefused):
        compare("王" * 201, "黃秀琴")


def test_every_syllable_of_the_table_is_one_of_mandarin():
    read = {one.rstrip("1234") for every in mandarin().values() for one in every}
    assert read - syllables() <= {"m", "n", "ng", "hm", "hng", "r"}


@given(st.sampled_from(sorted(syllables())))
@settings(deadline=None)
def test_a_spelling_stands_for_the_syllable_it_spells(syllable):
    for spelt in (wade_giles(syllable), tongyong(syllable)):
        assert syllable in spellings()[spelt.replace("v", "u")]


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("hsiuchin", (("hsiu", "chin"),)),
        ("meiling", (("mei", "ling"),)),
        ("xian", (("xian",),)),
        ("david", ()),
        ("a" * 1000, ()),
    ],
)
def test_cutting_a_romanised_word(word, ways):
    assert cut(word) == ways


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("qin", "qing"),
        ("zhen", "zeng"),
        ("chi", "ci"),
        ("shi", "si"),
        ("nan", "lan"),
        ("ren", "len"),
        ("fei", "hui"),
        ("fan", "huan"),
        ("feng", "hong"),
        ("feng", "fen"),
        ("huang", "wang"),
    ],
)
def test_syllables_taken_for_each_other_share_a_blur(left, right):
    assert blurred(left) & blurred(right)


@pytest.mark.parametrize(
    ("left", "right"), [("lian", "liang"), ("hun", "hong"), ("bo", "po"), ("ji", "qi")]
)
def test_syllables_told_apart_share_none(left, right):
    assert not blurred(left) & blurred(right)
