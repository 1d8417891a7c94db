"""The words for vehicles, colours and persons, and what sources write for them."""

from data.text import fold

_TYPES = {
    "sedan": "sedan 轎車 房車 轎式",
    "suv": "suv 休旅車 運動休旅車 越野車",
    "van": "van 廂型車 廂式車 箱型車 小貨車廂型 麵包車",
    "truck": "truck 貨車 大貨車 小貨車 卡車",
    "bus": "bus 大客車 公車 遊覽車 巴士",
    "taxi": "taxi 計程車 營小客 小黃",
    "scooter": "scooter motorcycle 機車 普通重型機車 輕型機車 重機車 普重機",
    "heavy-motorcycle": "heavy-motorcycle 大型重機 大型重型機車 重型機車 紅牌 黃牌",
}
_COLOURS = {
    "white": "white 白 白色 珍珠白",
    "black": "black 黑 黑色",
    "silver": "silver 銀 銀色 銀灰 銀灰色",
    "grey": "grey gray 灰 灰色 深灰 深灰色 鐵灰 鐵灰色",
    "red": "red 紅 紅色 暗紅",
    "blue": "blue 藍 藍色 深藍 深藍色 淺藍",
    "green": "green 綠 綠色 墨綠",
    "yellow": "yellow 黃 黃色",
    "brown": "brown 棕 棕色 咖啡 咖啡色 褐色",
    "gold": "gold 金 金色 香檳 香檳金",
    "orange": "orange 橘 橘色 橙 橙色",
    "purple": "purple 紫 紫色",
    "pink": "pink 粉紅 粉紅色",
}


_SEXES = {"female": "female f woman 女 女性", "male": "male m man 男 男性"}
_BUILDS = {
    "thin": "thin slim 瘦 瘦小 瘦弱 偏瘦 纖瘦",
    "medium": "medium average 中等 適中 一般 普通 標準",
    "heavy": "heavy fat large 胖 壯 肥胖 微胖 偏胖 壯碩 魁梧",
}


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word: name for name, words in table.items() for word in words.split()}


_TYPE_OF = _by_word(_TYPES)
_COLOUR_OF = _by_word(_COLOURS)
_SEX_OF = _by_word(_SEXES)
_BUILD_OF = _by_word(_BUILDS)

VEHICLE_TYPES = frozenset(_TYPES)
COLOURS = frozenset(_COLOURS)


def vehicle_type(text: str) -> str | None:
    """Return our word for a type of vehicle; the source's own where we have none.

    A word that is not ours is kept and shown, and compared with nothing: 小客車 may
    be a sedan or an SUV.
    """
    return _TYPE_OF.get(fold(text).lower(), text) or None


def colour(text: str) -> str | None:
    """Return our word for a colour; the source's own where we have none."""
    return _COLOUR_OF.get(fold(text).lower(), text) or None


def sex(text: str) -> str | None:
    """Return our word for a sex, None for what is none: it would speak against all."""
    return _SEX_OF.get(fold(text).lower())


def build(text: str) -> str | None:
    """Return our word for a build, None for a word that is not known."""
    return _BUILD_OF.get(fold(text).lower())
