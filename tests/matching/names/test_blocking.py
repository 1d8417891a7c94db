"""Names that may be of one person share a key; shares of names."""

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matching.names.blocking import keys
from matching.names.characters import folded
from matching.names.evidence import compare
from matching.names.shares import FLOOR, given_share, surname_share
from matching.names.tables import FOLDER, mandarin, shares, variants

SOUNDING = ("same", "variant", "married", "same-sound")
ALIKE = "黃黄王汪曾增層單善适適秀琴勤芹志誌台臺温溫葉叶葛蓋盖?·阿"
HAN = st.text(alphabet=ALIKE, min_size=1, max_size=5)
WORDS = st.lists(
    st.sampled_from(
        ["huang", "hwang", "wang", "hsiu", "xiu", "chin", "qin", "cin", "tseng"]
    ),
    min_size=1,
    max_size=4,
)
LATIN = st.builds(lambda words, mark: mark.join(words), WORDS, st.sampled_from(" -,"))
NAMES = st.one_of(HAN, LATIN)


@given(NAMES, NAMES)
@settings(deadline=None, max_examples=400)
@example("適秀琴", "秀適琴")
@example("Smith David", "David Smith")
@example("SmithDavid", "Smith David")
def test_names_that_sound_the_same_share_a_key(left, right):
    if compare(left, right) in SOUNDING:
        assert keys(left) & keys(right)


@given(st.sampled_from(sorted(variants())), st.sampled_from(sorted(mandarin())))
@settings(deadline=None)
def test_every_variant_shares_a_key(character, other):
    for variant in variants()[character]:
        assert keys(f"黃{character}{other}") & keys(f"黃{variant}{other}")


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("王秀勤?", "黃秀琴", "near:"),
        ("林黃秀琴", "黃秀琴", "text:"),
        ("Huang Hsiu-chin", "黃秀琴", "sound:"),
        ("Chin Hsiu Huang", "黃秀琴", "pair:"),
        ("秀琴", "黃秀琴", "pair:"),
        ("黃琴", "黃秀琴", "pair:"),
        ("黃○琴", "黃秀琴", "pair:"),
        ("黃秀英", "黃秀琴", "pair:"),
        ("阿琴", "黃秀琴", "one:"),
        ("Sayun", "莎韻", "word:"),
        ("Siti Nurhaliza", "Nurhaliza Siti", "text:"),
    ],
)
def test_kind_of_key_shared(left, right, kind):
    shared = keys(left) & keys(right)
    assert any(key.startswith(kind) for key in shared)


def test_other_people_share_no_key():
    assert not keys("王秀勤") & keys("陳志明")


def test_what_says_nothing_has_no_key():
    assert keys("無名氏") == keys("") == frozenset()


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_has_keys_or_none(text):
    assert all(":" in key for key in keys(text))


def test_shares_are_those_of_the_list():
    assert surname_share("陳怡君") == pytest.approx(0.112)
    assert given_share("陳怡君") == pytest.approx(shares("given")["怡君"])


def test_share_of_a_married_woman_is_that_of_her_own_surname():
    assert (
        surname_share("林黃秀琴") == surname_share("黃秀琴") == surname_share("黄秀琴")
    )


def test_common_characters_make_a_commoner_given_name():
    assert given_share("王美惠") > given_share("王美蟬") > FLOOR


def test_no_share_is_below_the_floor():
    for text in ("", "Kevin Brown", "仉督", "無名氏", "瓦歷斯．諾幹"):
        assert min(surname_share(text), given_share(text)) >= FLOOR


def test_tables_tell_their_source_and_are_small():
    files = sorted(FOLDER.glob("*.tsv"))
    assert len(files) == 5
    for path in files:
        assert "licence" in "".join(path.read_text("utf-8").splitlines()[:3])
    assert sum(path.stat().st_size for path in files) <= 300_000


@given(st.sampled_from(sorted(variants())))
@settings(deadline=None)
def test_folding_twice_changes_nothing(character):
    assert folded(folded(character)) == folded(character)


def test_importing_reads_no_table_and_no_transliteration():
    code = (
        "import sys, matching.names.evidence, matching.names.blocking as b\n"
        "from matching.names import tables\n"
        "assert 'anyascii' not in sys.modules\n"
        "assert tables.mandarin.cache_info().currsize == 0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
