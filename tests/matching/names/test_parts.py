"""Reading a name: script, surnames, what is doubted; whatever somebody typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.errors import MatchingError
from matching.names.errors import NameRefused
from matching.names.parts import parse


@pytest.mark.parametrize(
    ("text", "surnames", "given"),
    [
        ("黃秀琴", ("黃",), "秀琴"),
        ("歐陽秀琴", ("歐陽",), "秀琴"),
        ("欧阳修", ("欧阳",), "修"),
        ("林黃秀琴", ("林", "黃"), "秀琴"),
        ("林歐陽秀琴", ("林", "歐陽"), "秀琴"),
        ("秀琴", (), "秀琴"),
        ("王琴", ("王",), "琴"),
        ("陳小姐", ("陳",), ""),
        ("陳姓男子", ("陳",), ""),
        ("王 秀 琴", ("王",), "秀琴"),
        ("Huang Hsiu-chin", ("huang",), "hsiu-chin"),
        ("HUANG, HSIU-CHIN", ("huang",), "hsiu-chin"),
        ("Hsiu-chin Huang", ("huang",), "hsiu-chin"),
        ("Siti Nurhaliza", ("nurhaliza",), "siti"),
    ],
)
def test_surnames_are_cut_from_the_given_name(text, surnames, given):
    name = parse(text)
    assert (name.surnames, name.given) == (surnames, given)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("黃秀琴", "han"),
        ("Huang Hsiu-chin", "latin"),
        ("Nguyễn Thị Mai", "latin"),
        ("สมชาย ใจดี", "latin"),
        ("Sayun 莎韻", "mixed"),
        ("莎韻（Sayun）", "mixed"),
        ("無名氏", "none"),
        ("Unknown", "none"),
        ("???", "none"),
        ("😀", "none"),
        ("\x00\u200b", "none"),
        ("", "none"),
    ],
)
def test_script(text, script):
    assert parse(text).script == script


@pytest.mark.parametrize("dot", "·•．‧・･˙∙")
def test_every_dot_parts_an_indigenous_name(dot):
    assert parse(f"瓦歷斯{dot}諾幹").parts == ("瓦歷斯", "諾幹")


def test_a_mark_behind_a_whole_name_doubts_it():
    name = parse("王秀勤?")
    assert (name.given, name.is_uncertain) == ("秀勤", True)


@pytest.mark.parametrize(
    "text", ["王秀?", "王秀？", "王秀○", "王秀□", "王秀*", "王秀\ue000"]
)
def test_a_mark_in_place_of_a_character_is_an_unknown_one(text):
    assert parse(text).given == "秀?"


@pytest.mark.parametrize("text", ["阿琴", "琴仔", "小琴", "阿琴仔"])
def test_nickname_holds_the_character_of_the_name(text):
    name = parse(text)
    assert (name.is_nickname, name.given) == (True, "琴")


def test_husbands_surname_leaves_the_maiden_form():
    assert parse("林黃秀琴").is_married
    assert not parse("黃秀琴").is_married


def test_a_text_of_a_megabyte_is_refused_with_the_limit():
    with pytest.raises(NameRefused, match="at most 200") as caught:
        parse("王" * 1_000_000)
    assert (caught.value.code, isinstance(caught.value, MatchingError)) == (
        "too-long",
        True,
    )


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        name = parse(text)
    except NameRefused:
        assert len(text) > 200
    else:
        assert name.script in {"han", "latin", "mixed", "none"}
