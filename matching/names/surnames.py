"""Surnames: which characters are some, and where a written name is cut.

The single ones are those of the Hundred Family Surnames (百家姓, 11th century, free of
copyright) and of the table of shares; the double ones are those in use in Taiwan.
"""

from functools import cache
from itertools import product

from matching.names.characters import folded, sounds
from matching.names.tables import shares

_HUNDRED = (
    "趙錢孫李周吳鄭王馮陳褚衛蔣沈韓楊朱秦尤許何呂施張孔曹嚴華金魏陶姜戚謝鄒喻柏水竇章"
    "雲蘇潘葛奚范彭郎魯韋昌馬苗鳳花方俞任袁柳酆鮑史唐費廉岑薛雷賀倪湯滕殷羅畢郝鄔安常"
    "樂于時傅皮卞齊康伍余元卜顧孟平黃和穆蕭尹姚邵湛汪祁毛禹狄米貝明臧計伏成戴談宋茅龐"
    "熊紀舒屈項祝董梁杜阮藍閔席季麻強賈路婁危江童顏郭梅盛林刁鍾徐邱駱高夏蔡田樊胡凌霍"
    "虞萬支柯昝管盧莫經房裘繆干解應宗丁宣賁鄧郁單杭洪包諸左石崔吉鈕龔程嵇邢滑裴陸榮翁"
    "荀羊於惠甄麴家封芮羿儲靳汲邴糜松井段富巫烏焦巴弓牧隗山谷車侯宓蓬全郗班仰秋仲伊宮"
    "甯仇欒暴甘鈄厲戎祖武符劉景詹束龍葉幸司韶郜黎薊薄印宿白懷蒲邰從鄂索咸籍賴卓藺屠蒙"
    "池喬陰鬱胥能蒼雙聞莘黨翟譚貢勞逄姬申扶堵冉宰酈雍卻璩桑桂濮牛壽通邊扈燕冀郟浦尚農"
    "溫別莊晏柴瞿閻充慕連茹習宦艾魚容向古易慎戈廖庾終暨居衡步都耿滿弘匡國文寇廣祿闕東"
    "歐殳沃利蔚越夔隆師鞏厙聶晁勾敖融冷訾辛闞那簡饒空曾毋沙乜養鞠須豐巢關蒯相查后荊紅"
    "游竺權逯蓋益桓公涂粘塗佘佟凃卲佀紐揭揚商墨哈召官辜矯練初岳帥緱亢況佴仉"
)
_DOUBLE = (
    "歐陽 司馬 上官 諸葛 司徒 東方 皇甫 尉遲 公孫 慕容 令狐 宇文 長孫 端木 夏侯 軒轅 "
    "鍾離 淳于 單于 申屠 公冶 澹臺 濮陽 太史 聞人 赫連 呼延 南宮 獨孤 西門 百里 東郭 "
    "張簡 范姜 張廖 江謝 葉劉 周黃 姜林 郭李 翁林 張李 巫許 陳黃 曾江 廖簡 朱陳"
)


@cache
def single() -> frozenset[str]:
    """Return every character that is a surname by itself, in the folded form."""
    listed = (name for name in shares("surname") if len(name) == 1)
    return frozenset(folded(one) for one in (*_HUNDRED, *listed))


@cache
def double() -> frozenset[str]:
    """Return the surnames of two characters, in the folded form."""
    listed = (name for name in shares("surname") if len(name) == 2)
    every = (*_DOUBLE.split(), *listed)
    return frozenset(folded(one[0]) + folded(one[1]) for one in every)


def is_surname(text: str) -> bool:
    """Tell whether a text is a surname, in any way of writing it."""
    whole = "".join(folded(one) for one in text)
    return whole in single() or whole in double()


def cut_surnames(text: str) -> tuple[tuple[str, ...], str]:
    """Cut a name without dots into its surnames and the given name.

    A husband's surname stands before one's own, so two may come out. A text of two
    characters is a given name unless its first is a known surname; one of five or more,
    or of four that begins with none, is taken for a name without a surname.

    Returns
    -------
    surnames, given
        Either may be empty.
    """
    if is_surname(text):
        return (text,), ""
    first = _first_surname(text)
    if not first:
        return ((text[0],), text[1:]) if len(text) == 3 else ((), text)
    rest = text[len(first) :]
    own = _first_surname(rest)
    if own and 2 <= len(rest) - len(own) + (len(first) > 1 or len(own) > 1) <= 3:
        return (first, own), rest[len(own) :]
    return ((first,), rest) if len(rest) <= 3 else ((), text)


def _first_surname(text: str) -> str:
    if len(text) >= 3 and is_surname(text[:2]):
        return text[:2]
    return text[:1] if len(text) >= 2 and is_surname(text[:1]) else ""


@cache
def _double_sounds() -> frozenset[tuple[str, str]]:
    return frozenset(
        spoken
        for name in double()
        for spoken in product(sounds(name[0]), sounds(name[1]))
    )


def is_double_sound(first: str, last: str) -> bool:
    """Tell whether two romanised syllables may be a surname of two characters."""
    every = product(sounds(first), sounds(last))
    return not _double_sounds().isdisjoint(every)


@cache
def _single_sounds() -> frozenset[str]:
    return frozenset(spoken for one in single() for spoken in sounds(one, True))


def is_single_sound(syllable: str) -> bool:
    """Tell whether a romanised syllable may be a surname of one character."""
    return not _single_sounds().isdisjoint(sounds(syllable))
