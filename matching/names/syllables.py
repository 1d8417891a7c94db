"""Mandarin syllables: how four systems spell them, and which are taken for another.

A syllable is written in Hanyu Pinyin without tone, ü as v after l and n: ``xiu``.
Apostrophes and marks are lost in passports and forms, so one spelling may stand for
several syllables: ``chin`` is ``jin`` (chin) or ``qin`` (ch'in) in Wade-Giles.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache

from matching.names.tables import mandarin

_SYLLABLE = re.compile(
    r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(i?ong|u?ang|iang|ing|eng|i?an|u?an|ian|uai|iao|ai|ei|ao|ou|en|in|un|"
    r"ia|ie|iu|ua|uo|ui|ue|ve|er|a|o|e|i|u|v)"
)
_RETROFLEX = frozenset({"zh", "ch", "sh", "r"})
_SIBILANT = frozenset({"z", "c", "s"})

WADE_INITIALS = {
    "b": "p", "d": "t", "g": "k", "j": "ch", "q": "ch", "x": "hs", "zh": "ch",
    "z": "ts", "c": "ts", "r": "j",
}  # fmt: skip
TONGYONG_INITIALS = {"zh": "jh", "q": "c", "x": "s"}
SECOND_INITIALS = {"zh": "j", "q": "ch", "x": "sh", "z": "tz", "c": "ts"}

USUAL = {
    "lee": ("li",), "yeh": ("ye",), "chow": ("zhou",), "chou": ("zhou",),
    "jou": ("zhou",), "soong": ("song",), "young": ("yang",), "tsay": ("cai",),
    "shyu": ("xu",), "sheu": ("xu",), "shiu": ("xu",), "chyi": ("qi",),
    "shieh": ("xie",), "chiou": ("qiu",), "joe": ("zhou",), "kuo": ("guo",),
    "shih": ("shi",), "wei": ("wei",), "wey": ("wei",), "yuh": ("yu",), "yii": ("yi",),
    "lii": ("li",), "shuu": ("xu",), "gau": ("gao",), "tsau": ("cao",), "foo": ("fu",),
    "woo": ("wu",), "hwang": ("huang",), "hwa": ("hua",), "yueh": ("yue",),
    "szu": ("si",), "sze": ("si",), "tze": ("zi",), "tzu": ("zi", "ci"),
    "chern": ("chen",), "shen": ("shen",), "shern": ("shen",), "jenn": ("zhen",),
    "i": ("yi",), "e": ("e",), "o": ("e",), "kwang": ("guang",), "kwan": ("guan",),
    "kwei": ("gui",), "hwei": ("hui",), "shiow": ("xiu",), "shiou": ("xiu",),
    "ching": ("jing", "qing"), "yng": ("ying",), "yn": ("yin",), "ru": ("ru",),
}  # fmt: skip
"""Spellings found in passports of Taiwan that no system explains."""


def split(syllable: str) -> tuple[str, str]:
    """Return initial and final; both empty for what is no syllable of Mandarin."""
    found = _SYLLABLE.fullmatch(syllable)
    return (found[1] or "", found[2]) if found else ("", "")


def _rounded(initial: str, final: str) -> str:
    """Return the final with ü as v where Pinyin leaves the two dots out."""
    return "v" + final[1:] if initial in "jqx" and final[0] == "u" else final


def wade_giles(syllable: str) -> str:
    """Spell as Wade and Giles do, without apostrophes and dots."""
    initial, final = split(syllable)
    if final == "i" and initial in _SIBILANT:
        return {"z": "tzu", "c": "tzu", "s": "ssu"}[initial]
    if final == "i" and initial in _RETROFLEX:
        return WADE_INITIALS.get(initial, initial) + "ih"
    whole = {
        "yi": "i", "you": "yu", "yan": "yen", "ye": "yeh", "yong": "yung", "er": "erh",
        "yue": "yueh", "bo": "po", "e": "o",
    }  # fmt: skip
    if syllable in whole:
        return whole[syllable]
    return WADE_INITIALS.get(initial, initial) + _wade_final(initial, final)


def _wade_final(initial: str, final: str) -> str:
    if initial and initial in "gkh" and final == "e":
        return "o"
    if initial and initial in "gk" and final == "ui":
        return "uei"
    if final == "uo" and initial not in ("g", "k", "h", "sh"):
        return "o"
    changed = {
        "ian": "ien", "ie": "ieh", "ong": "ung", "iong": "iung", "ue": "ueh",
        "ve": "ueh", "v": "u",
    }  # fmt: skip
    return changed.get(final, final)


def tongyong(syllable: str) -> str:
    """Spell as Tongyong Pinyin does, of official use from 2002 to 2008."""
    initial, final = split(syllable)
    if final == "i" and initial in _RETROFLEX | _SIBILANT:
        return TONGYONG_INITIALS.get(initial, initial) + "ih"
    whole = {"feng": "fong", "weng": "wong", "wen": "wun"}
    if syllable in whole:
        return whole[syllable]
    final = _rounded(initial, final).replace("v", "yu") if final else final
    final = {"iu": "iou", "ui": "uei", "iong": "yong"}.get(final, final)
    return TONGYONG_INITIALS.get(initial, initial) + final


def second(syllable: str) -> str:
    """Spell as the second system of 1986 does: Jang, Jeng, Shiu, Tzeng."""
    initial, final = split(syllable)
    if final == "i" and initial in _RETROFLEX | _SIBILANT:
        return {"zh": "jr", "ch": "chr", "sh": "shr", "r": "r",
                "z": "tz", "c": "tsz", "s": "sz"}[initial]  # fmt: skip
    final = _rounded(initial, final) if final else final
    if final.startswith("v"):
        return SECOND_INITIALS.get(initial, initial) + "iu" + final[1:]
    changed = {
        "iu": "iou", "ui": "uei", "ao": "au", "iao": "iau", "ong": "ung",
        "iong": "iung", "un": "uen",
    }  # fmt: skip
    return SECOND_INITIALS.get(initial, initial) + changed.get(final, final)


@cache
def syllables() -> frozenset[str]:
    """Return every syllable that a character of the table is read by."""
    read = {one.rstrip("1234") for every in mandarin().values() for one in every}
    return frozenset(one for one in read if split(one)[1])


@cache
def spellings() -> Mapping[str, frozenset[str]]:
    """Give each spelling, in any system, the syllables it may stand for."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in syllables():
        plain = one.replace("v", "u")
        systems = (wade_giles(one), tongyong(one), second(one))
        for spelt in {plain, one.replace("v", "yu"), *systems}:
            found[spelt.replace("v", "u")].add(one)
    for spelt, meant in USUAL.items():
        found[spelt].update(meant)
    return {spelt: frozenset(meant) for spelt, meant in found.items()}


_MOST_SPLITS = 4
_MOST_LETTERS = 24


@lru_cache(maxsize=65536)
def cut(word: str) -> tuple[tuple[str, ...], ...]:
    """Cut a romanised word into spellings in each way it can be, the fewest first.

    At most four ways; none for a word that is not Mandarin throughout, or longer than
    four syllables can be. A syllable within a word begins with a vowel only where there
    is no other way: Xian is one syllable unless it is written Xi'an.
    """
    if len(word) > _MOST_LETTERS or not word.isascii():
        return ()
    known = spellings()
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(word) + 1):
        here = [
            (*before, word[start:end])
            for start in range(max(0, end - 6), end)
            if word[start:end] in known
            for before in ways[start]
        ]
        ways.append(sorted(here, key=lambda way: (len(way), way))[:_MOST_SPLITS])
    plain = [way for way in ways[-1] if not any(one[0] in "aeoi" for one in way[1:])]
    return tuple(plain or ways[-1])


_FOLDED_INITIALS = {
    "zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l",
}  # fmt: skip
_LABIAL = {"an": "uan", "ang": "uang", "ei": "ui", "en": "un", "eng": "ong", "o": "uo",
           "a": "ua", "u": "u", "ou": "ou"}  # fmt: skip
_W = {"ua": "wa", "uo": "wo", "uai": "wai", "ui": "wei", "uan": "wan", "un": "wen",
      "uang": "wang", "u": "wu"}  # fmt: skip
_NASAL = re.compile(r"(?<!i)(ang|eng)$|ing$")


@lru_cache(maxsize=4096)
def blurred(syllable: str) -> frozenset[str]:
    """Return what a syllable is taken for in Taiwan; those taken for it share one.

    zh, ch, sh are z, c, s; n and r are l; in, en, an are ing, eng, ang; hu before a
    vowel is w (Huang and Wang); f is as well hu.
    """
    initial, final = split(syllable)
    if not final:
        return frozenset({syllable})
    plain = _FOLDED_INITIALS.get(initial, initial) + final
    found = {plain[:-1] if _NASAL.search(plain) else plain}
    if initial == "f":
        return frozenset(found) | blurred("h" + _LABIAL.get(final, final))
    if initial == "h" and final in _W:
        return blurred(_W[final])
    return frozenset(found)
