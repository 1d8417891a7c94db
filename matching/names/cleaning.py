"""A text as somebody typed it, made ready to be read as a name.

Invisible and control characters go. A private-use character, a box or a circle stands
for a character nobody knows: ``?``. Every dot in use between the parts of a name
becomes ``·``. Remarks and forms of address go.
"""

import re
import unicodedata

from matching.names.errors import NameRefused

LONGEST = 200
"""Characters; the longest name in two scripts that is on record has about fifty."""

DOT = "·"
HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
"""Ranges of Chinese characters, for a class of a regular expression."""

_DOTS = str.maketrans(dict.fromkeys("·・･•‧․∙⋅●˙．。‐‑", DOT))
_MASKS = re.compile(rf"[○〇◯□■＊*_×✕某�]|(?<=[{HAN}])[OＯXＸ](?=[{HAN}]|$)")
_REMARK = re.compile(
    "音譯|譯音|同音|諧音|疑似|疑為|自稱|化名|綽號|外號|暱稱|本名|原名|姓名|年籍不詳"
)
_BRACKETS = re.compile(r"[(\[{<「『【《〈][^)\]}>」』】》〉]*[)\]}>」』】》〉]")
_HAN_DOT = re.compile(rf"(?<=[{HAN}?])\s*[.·\-]\s*(?=[{HAN}?])")
_HAN_GAP = re.compile(rf"(?<=[{HAN}?])\s+(?=[{HAN}?])")
_ADDRESS = re.compile(
    "(姓.*|先生|小姐|女士|太太|夫人|老師|同學|阿姨|阿嬤|阿公|伯伯|氏)$"
)

UNNAMED = frozenset(
    "無名氏 無名 不詳 姓名不詳 不明 身分不明 身份不明 未詳 未知 不知 不知名 無 路倒 "
    "某男 某女 男 女 男子 女子 unknown none nil na n/a noname unnamed".split()
)
"""Written where a name should stand; says nothing about who it is."""


def cleaned(text: str) -> str:
    """Return a text with one form of every dot, space and unknown character.

    Raises
    ------
    NameRefused
        ``too-long``: more than 200 characters.
    """
    if len(text) > LONGEST:
        raise NameRefused(
            "too-long",
            f"the name has {len(text)} characters; at most {LONGEST} are read",
        )
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    marked = _MASKS.sub("?", text.translate(_DOTS))
    plain = unicodedata.normalize("NFKC", "".join(map(_visible, marked)))
    return " ".join(plain.translate(_DOTS).split())


def _visible(mark: str) -> str:
    """Return a character, ``?`` for one nobody can read, nothing for an unseen one."""
    category = unicodedata.category(mark)
    if category in ("Co", "Cn"):
        return "?"
    if category in ("Cf", "Cs") or (
        unicodedata.combining(mark) == 0 and category == "Mn"
    ):
        return ""
    return " " if category in ("Cc", "So", "Sk", "Zl", "Zp") else mark


def without_remarks(text: str) -> str:
    """Leave out remarks, Chinese in brackets, and join characters set apart."""
    told = _BRACKETS.sub(_unbracketed, text)
    spoken = _REMARK.sub("", told)
    return _HAN_GAP.sub("", _HAN_DOT.sub(DOT, spoken or told)).strip(" :：,，")


def is_doubted(text: str) -> bool:
    """Tell whether whoever wrote a cleaned text was not sure of it."""
    return "?" in text or bool(_REMARK.search(text))


def _unbracketed(found: re.Match[str]) -> str:
    inner = found[0][1:-1]
    return " " if re.search(f"[{HAN}]", inner) and found.start() else f" {inner} "


def without_address(han: str) -> str:
    """Leave out 先生, 小姐 and the like behind a surname: 陳姓男子 is 陳."""
    short = _ADDRESS.sub("", han)
    return short if short else han
