"""One character or one romanised syllable beside another: how alike are they.

A unit is a Chinese character or a romanised syllable; ``?`` is a character nobody
knows. What a unit is read as depends on whether it is a surname: 曾 is Zeng there.
"""

from enum import IntEnum
from functools import lru_cache
from operator import eq

from rapidfuzz.distance import LCSseq

from matching.names.hokkien import hokkien, official
from matching.names.syllables import blurred, spellings, syllables
from matching.names.tables import mandarin, shapes, variants

UNKNOWN = "?"

SURNAME_READINGS = {
    "曾": ("zeng1",), "單": ("shan4",), "查": ("zha1",), "仇": ("qiu2",),
    "解": ("xie4",), "任": ("ren2",), "區": ("ou1",), "葛": ("ge3",),
    "翟": ("zhai2", "di2"), "冼": ("xian3",), "蓋": ("ge3",), "召": ("shao4",),
    "員": ("yun4",), "那": ("na1",), "折": ("she2",), "尉": ("yu4",),
    "覃": ("qin2",), "卜": ("bu3",), "朴": ("piao2",), "繆": ("miao4",),
    "祭": ("zhai4",), "華": ("hua4",), "紀": ("ji3",), "寧": ("ning4",),
    "過": ("guo1",), "哈": ("ha3",), "秘": ("bi4",), "黑": ("he4",),
    "重": ("chong2",), "薄": ("bo2",), "種": ("chong2",), "曲": ("qu1",),
    "車": ("che1",), "沈": ("shen3",), "應": ("ying1",), "樂": ("yue4", "le4"),
    "燕": ("yan1",), "柏": ("bo2", "bai3"), "陸": ("lu4",),
    "葉": ("ye4", "she4"), "賈": ("jia3",), "石": ("shi2",), "費": ("fei4",),
    "喬": ("qiao2",), "適": ("kuo4",), "晁": ("chao2",), "詹": ("zhan1",),
    "彭": ("peng2",), "仝": ("tong2",), "殷": ("yin1",), "隗": ("wei3", "kui2"),
}  # fmt: skip
"""What the dictionaries' usual reading would get wrong, or a second one would blur."""


class Relation(IntEnum):
    """How two units stand to each other, the better the higher."""

    OTHER = 0
    UNKNOWN = 1
    LOOK = 2
    NEAR = 3
    SOUND = 4
    TONE = 5
    VARIANT = 6
    EQUAL = 7


def is_han(unit: str) -> bool:
    """Tell a Chinese character from a romanised syllable and from ``?``."""
    return unit > "\u2e80"


@lru_cache(maxsize=32768)
def folded(unit: str) -> str:
    """Return one character for all its variants: 臺 and 台, 黃 and 黄, 陳 and 陈."""
    group = variants().get(unit)
    return group[0] if group else unit


@lru_cache(maxsize=32768)
def readings(unit: str, is_surname: bool = False) -> frozenset[str]:
    """Return the readings with tones of a character and of its variants."""
    every = variants().get(unit, unit)
    as_surname = {one for each in every for one in SURNAME_READINGS.get(each, ())}
    if is_surname and as_surname:
        return frozenset(as_surname)
    return frozenset(one for each in every for one in mandarin().get(each, ())) | (
        as_surname
    )


@lru_cache(maxsize=32768)
def sounds(unit: str, is_surname: bool = False) -> frozenset[str]:
    """Return the Mandarin syllables a unit may stand for, without tones.

    A character that no table reads stands for itself, ``?`` for nothing.
    """
    if unit == UNKNOWN:
        return frozenset()
    if not is_han(unit):
        return spellings().get(unit, frozenset({unit}))
    found = {one.rstrip("1234") for one in readings(unit, is_surname)}
    return frozenset(found & syllables()) or frozenset({folded(unit)})


@lru_cache(maxsize=32768)
def near_sounds(unit: str, is_surname: bool = False) -> frozenset[str]:
    """Return the syllables of a unit, blurred as they are in Taiwan."""
    return frozenset().union(*map(blurred, sounds(unit, is_surname)))


@lru_cache(maxsize=32768)
def hokkien_sounds(unit: str) -> frozenset[str]:
    """Return the Hokkien syllables a unit may stand for."""
    if not is_han(unit):
        return frozenset({official(unit)}) - {UNKNOWN}
    every = variants().get(unit, unit)
    return frozenset(one for each in every for one in hokkien().get(each, ()))


@lru_cache(maxsize=262144)
def relation(
    left: str, right: str, is_left_surname: bool = False, is_right_surname: bool = False
) -> Relation:
    """Tell how two units stand to each other; symmetric."""
    if left == UNKNOWN or right == UNKNOWN:
        return Relation.UNKNOWN
    if left == right:
        return Relation.EQUAL
    if folded(left) == folded(right):
        return Relation.VARIANT
    if heard(left, is_left_surname).isdisjoint(heard(right, is_right_surname)):
        return Relation.LOOK if look_alike(left, right) else Relation.OTHER
    return _in_sound((left, is_left_surname), (right, is_right_surname))


@lru_cache(maxsize=32768)
def heard(unit: str, is_surname: bool = False) -> frozenset[str]:
    """Return all that a unit may be heard as: blurred Mandarin, and Hokkien."""
    southern = ("hokkien " + one for one in hokkien_sounds(unit))
    return near_sounds(unit, is_surname).union(southern)


Said = tuple[str, bool]
"""A unit and whether it is a surname."""


def _in_sound(left: Said, right: Said) -> Relation:
    """Tell how two units stand that may be heard as one."""
    if not sounds(*left) & sounds(*right):
        return Relation.NEAR
    if is_han(left[0]) and is_han(right[0]) and readings(*left) & readings(*right):
        return Relation.TONE
    return Relation.SOUND


_MOST_PARTS = 0.6
_HALF = 0.5
_SIDE = 2
_CORNERS = 4


def look_alike(left: str, right: str) -> bool:
    """Tell whether two characters are drawn alike.

    By the four-corner code, which describes the corners and one more place by a digit
    each: four of five agree. Or by the Cangjie code, at most five parts a character is
    drawn of: 60 % of both agree in order, or half and these at one end, as 郭 and 敦.
    """
    shape, other = shapes().get(left), shapes().get(right)
    if shape is None or other is None:
        return False
    corners = sum(map(eq, shape[0], other[0]))
    return corners >= _CORNERS or _same_parts(shape[1], other[1])


def _same_parts(left: str, right: str) -> bool:
    both = len(left) + len(right)
    shared = 2 * LCSseq.similarity(left, right)
    if shared >= _MOST_PARTS * both > 0:
        return True
    ends = left[:_SIDE] == right[:_SIDE] or left[-_SIDE:] == right[-_SIDE:]
    return ends and shared >= _HALF * both and min(len(left), len(right)) > _SIDE
