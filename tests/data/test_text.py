import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import RowRefused
from data.text import decode_as, decode_strictly, fold, place_name


@pytest.mark.parametrize(
    ("given_text", "folded"),
    [
        ("ＡＢＣ－１２３", "ABC-123"),
        ("臨時駐地：中正路（３段）", "臨時駐地:中正路(3段)"),
        ("中\u200b正\u202e路\ufeff", "中正路"),
        ("  中正\u3000 路 \t", "中正 路"),
        ("葛\U000e0100城", "葛城"),
        ("\ue000姓", "\ue000姓"),
        ("a\x00b\x1bc", "abc"),
        ("許功蓋", "許功蓋"),
    ],
)
def test_folding_makes_one_form(given_text, folded):
    assert fold(given_text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_naming_a_place_twice_is_naming_it_once(text):
    assert place_name(place_name(text)) == place_name(text)


@pytest.mark.parametrize("text", ["台北市", "臺北市", "台 北 市", "台\u200b北市"])
def test_spellings_of_a_county_are_one(text):
    assert place_name(text) == "臺北市"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("臺北市許功蓋".encode(), "utf-8-sig"),
        (b"\xef\xbb\xbf" + "路".encode(), "utf-8-sig"),
        ("臺北市許功蓋碁恒裏粧".encode("cp950"), "cp950"),
        ("游錫堃陶喆".encode("big5hkscs"), "big5hkscs"),
        ("臺北".encode("utf-16"), "utf-16"),
    ],
)
def test_encodings_are_told_apart(raw, encoding):
    assert decode_strictly(raw)[1] == encoding


def test_the_byte_order_mark_is_no_text():
    assert decode_strictly(b"\xef\xbb\xbfab")[0] == "ab"


@pytest.mark.parametrize("raw", [b"\xff\xff\x81", b"abc\x80\x80\x80"])
def test_bytes_of_no_encoding_are_refused_not_replaced(raw):
    with pytest.raises(RowRefused) as refused:
        decode_strictly(raw)
    assert refused.value.code == "undecodable"


def test_what_cp950_lacks_is_sought_in_hkscs():
    assert decode_as("堃".encode("big5hkscs"), "cp950") == "堃"
