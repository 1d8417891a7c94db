"""Clothing as people describe it: which garment of which colour.

A description is read word by word, 紅色外套 as (upper, coat, red). Garments of one part
of the body are compared with each other; what only one side tells says nothing.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_COLOURS = {
    "red": "暗紅 酒紅 大紅 棗紅 紅 red",
    "pink": "粉紅 桃紅 粉 pink",
    "orange": "橘 橙 orange",
    "yellow": "鵝黃 土黃 黃 yellow",
    "green": "墨綠 草綠 軍綠 綠 green",
    "blue": "深藍 淺藍 藏青 水藍 天藍 藍 navy blue",
    "purple": "紫 purple",
    "brown": "咖啡 棕 褐 駝 brown",
    "beige": "米白 米 卡其 膚 杏 beige khaki",
    "grey": "深灰 淺灰 鐵灰 灰 銀 grey gray",
    "white": "白 white",
    "black": "黑 black",
    "patterned": "花 格子 條紋 迷彩 碎花 plaid striped",
}
_GARMENTS = {
    ("upper", "coat"): "羽絨外套 羽絨衣 風衣 大衣 外套 夾克 jacket coat",
    ("upper", "vest"): "背心 vest",
    ("upper", "sweater"): "毛衣 針織衫 毛線衣 衛衣 帽T 帽t 大學T sweater hoodie",
    ("upper", "shirt"): (
        "短袖上衣 長袖上衣 短袖 長袖 上衣 襯衫 襯衣 T恤 t恤 POLO衫 polo衫 汗衫 "
        "運動服 制服 內衣 衣服 衫 shirt top"
    ),
    ("whole", "dress"): "連身裙 洋裝 旗袍 睡衣 病人服 雨衣 dress pyjamas",
    ("lower", "jeans"): "牛仔褲 jeans",
    ("lower", "shorts"): "短褲 shorts",
    ("lower", "skirt"): "短裙 長裙 裙子 裙 skirt",
    ("lower", "trousers"): "運動褲 西裝褲 棉褲 長褲 七分褲 褲子 褲 trousers pants",
    ("feet", "slippers"): "藍白拖 拖鞋 涼鞋 slippers sandals",
    ("feet", "boots"): "雨鞋 靴子 靴 boots",
    ("feet", "shoes"): "運動鞋 布鞋 球鞋 皮鞋 鞋子 鞋 shoes sneakers",
    ("feet", "barefoot"): "赤腳 打赤腳 光腳 barefoot",
    ("head", "cap"): "鴨舌帽 棒球帽 漁夫帽 毛帽 斗笠 帽子 帽 cap hat",
    ("bag", "backpack"): "後背包 雙肩包 背包 backpack",
    ("bag", "bag"): "手提袋 手提包 側背包 腰包 購物袋 塑膠袋 提袋 包包 bag",
}

NEAR_COLOURS = frozenset(
    map(
        frozenset,
        (
            ("red", "pink"), ("red", "orange"), ("red", "purple"), ("red", "brown"),
            ("orange", "yellow"), ("orange", "brown"), ("pink", "purple"),
            ("yellow", "beige"), ("brown", "beige"), ("beige", "white"),
            ("beige", "grey"), ("grey", "white"), ("grey", "black"),
            ("blue", "purple"), ("blue", "black"), ("blue", "green"),
            ("green", "black"), ("brown", "black"), ("brown", "grey"),
        ),
    )
)  # fmt: skip
"""Colours that light, age of the cloth or the words of two people make alike."""

SAME_COLOUR, NEAR_COLOUR, UNKNOWN_COLOUR, OTHER_COLOUR = 1.0, 0.7, 0.6, 0.0
SAME_GARMENT, OTHER_GARMENT = 1.0, 0.6
"""How much of a likeness each leaves: an outer garment is put on and off."""


class Item(NamedTuple):
    """One garment; ``colours`` are empty where none was told."""

    part: str
    garment: str
    colours: frozenset[str]


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word: name for name, words in table.items() for word in words.split()}


_COLOUR_OF = _by_word(_COLOURS)
_GARMENT_OF = {
    word: kind for kind, words in _GARMENTS.items() for word in words.split()
}
_LONGEST_FIRST = sorted((*_COLOUR_OF, *_GARMENT_OF), key=lambda one: (-len(one), one))
_WORD = re.compile(
    "|".join(
        rf"\b{word}\b" if word.isascii() and word.isalpha() else re.escape(word)
        for word in _LONGEST_FIRST
    )
)
_ENDS = re.compile(r"[，,、。；;/\n]|及|與|和")


@lru_cache(maxsize=16384)
def items(text: str) -> tuple[Item, ...]:
    """Read the garments of a description, in the order in which they stand.

    A colour belongs to the garment behind it, within the same part of the sentence.
    What is no garment we know is passed over.
    """
    found: list[Item] = []
    for part in _ENDS.split(text):
        colours: set[str] = set()
        for word in _WORD.findall(part):
            if word in _COLOUR_OF:
                colours.add(_COLOUR_OF[word])
            else:
                found.append(Item(*_GARMENT_OF[word], frozenset(colours)))
                colours = set()
    return tuple(found)


def without_clothing(text: str) -> str:
    """Return a text without the words that tell of clothing and of colours."""
    return _WORD.sub(" ", text)


def similarities(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return how alike the clothing is, 0 to 1; NaN where nothing can be compared."""
    pairs = zip(lefts, rights, strict=True)
    return np.array([similarity(one, other) for one, other in pairs], dtype=np.float64)


@lru_cache(maxsize=65536)
def similarity(left: str, right: str) -> float | None:
    """比對衣著：同一部位之衣物種類與顏色，近似色另計。

    The mean over the parts of the body that both tell of; in a part with several
    garments the best two count. None where they tell of no common part.
    """  # noqa: D400
    one, other = items(left), items(right)
    parts = {item.part for item in one} & {item.part for item in other}
    if not parts:
        return None
    best = [
        max(
            _alike(a, b)
            for a in one
            for b in other
            if a.part == part and b.part == part
        )
        for part in sorted(parts)
    ]
    return sum(best) / len(best)


def _alike(one: Item, other: Item) -> float:
    is_same = one.garment == other.garment
    return (SAME_GARMENT if is_same else OTHER_GARMENT) * _of_colours(
        one.colours, other.colours
    )


def _of_colours(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return UNKNOWN_COLOUR
    if one & other:
        return SAME_COLOUR
    is_near = any(frozenset((a, b)) in NEAR_COLOURS for a in one for b in other)
    return NEAR_COLOUR if is_near else OTHER_COLOUR
