"""Roads and kilometres as people write them: 國道1號 66K+300 南下, 國1南66.3, 01F0663S.

Only what is written is read here; where a kilometre lies is for `geo.written.posts`.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from geo.errors import CoordinateRefused
from geo.written.notation import Folded

_DIGITS = {word: n for n, word in enumerate("一二三四五六七八九十", start=1)}
_NAMES = {
    "中山高": "1", "福爾摩沙高": "3", "第二高": "3", "北二高": "3", "中二高": "3",
    "南二高": "3", "蔣渭水高": "5", "北宜高": "5", "五楊高架": "1H", "汐五高架": "1H",
}  # fmt: skip
"""Names of freeways that have no number in them."""

DIRECTIONS = {
    "N": ("northbound", "北上"),
    "S": ("southbound", "南下"),
    "E": ("eastbound", "東向"),
    "W": ("westbound", "西向"),
}
OPPOSITE = {"N": "S", "S": "N", "E": "W", "W": "E"}
_WORDS = {
    "N": "northbound north 北上 北向 往北 北",
    "S": "southbound south 南下 南向 往南 南",
    "E": "eastbound east 東向 東行 往東 東",
    "W": "westbound west 西向 西行 往西 西",
}
_DIRECTION_OF = {word: key for key, words in _WORDS.items() for word in words.split()}

_CODE = re.compile(r"0?(\d{1,2})([fha])-?(\d{3})\.?(\d)([nsew])", re.ASCII)
_NAMED = re.compile(f"({'|'.join(_NAMES)})(?:速公路)?", re.ASCII)
_NUMBERED = re.compile(
    r"(?:國道|國|(?:national )?(?:freeway|fwy)(?: no\.?)?) ?"
    r"(\d{1,2}(?![\d.]| ?k| ?公里)|[一二三四五六七八九]?十?[一二三四五六七八九]?)"
    r"號? ?(甲|a(?![a-z]))?( ?高架(?:道路|段)?| elevated)?",
    re.ASCII,
)
_PREFIX = re.compile(r"\b(0\d|10)([fha])\b", re.ASCII)
_PROVINCIAL = re.compile(r"[台臺](\d{1,3})(?!\d)線?([甲乙丙丁])?線?", re.ASCII)
_DIRECTION = re.compile(
    "|".join(sorted(_DIRECTION_OF, key=len, reverse=True))
    + r"|(?<![a-z])[nsew](?![a-z])",
    re.ASCII,
)
_FILLER = re.compile(
    r"高速公路|公路|快速道路|線|路|方向|車道|里程|附近|路段|約|處|bound|at|\s|,|\(|\)|:",
    re.ASCII,
)
_KM = re.compile(
    r"(?P<km>\d{1,3})(?:\.(?P<tenths>\d{1,3}))?(?P<unit>公里|km|k)?"
    r"(?:\+?(?P<metres>\d{1,3})(?P<metre>公尺|m)?)?",
    re.ASCII,
)
_BRANCH = {"f": "", "h": "H", "a": "A"}


@dataclass(frozen=True, slots=True)
class WrittenPost:
    """A kilometre of a road, as a text says it.

    Attributes
    ----------
    road
        ``"1"``, ``"1H"`` (the elevated one), ``"3A"``; a provincial road ``"T61"``.
    km
        Kilometres from the road's zero.
    direction
        One of ``N S E W``, None where the text is silent.
    unit_m
        Metres that one in the last place written stands for.
    """

    road: str
    km: float
    direction: str | None
    unit_m: float


def road_name(road: str) -> tuple[str, str]:
    """Give the English and the Chinese name of a road's key.

    Examples
    --------
    >>> road_name("3A")
    ('National Freeway 3A', '國道3號甲線')
    """
    number, branch = re.fullmatch(r"T?(\d+)(\D*)", road).groups()  # type: ignore[union-attr]
    if road.startswith("T"):
        return f"Provincial Road {number}{branch}", f"台{number}線{branch}"
    more = {"": ("", ""), "H": (" (elevated)", "高架"), "A": ("A", "甲線")}[branch]
    return f"National Freeway {number}{more[0]}", f"國道{number}號{more[1]}"


def post_of_code(code: str) -> WrittenPost | None:
    """Read the code of a toll gantry: 01F-066.4N, or 01F0664N, as its zone has it.

    None for any other, such as 05F-R11.3S, whose kilometres are not the road's.

    Source: the codes of 高速公路局, freeway, branch, kilometre in tenths, direction.
    """
    found = _CODE.fullmatch(code.lower().replace(" ", ""))
    if found is None:
        return None
    number, branch, km, tenth, direction = found.groups()
    return WrittenPost(
        road=f"{int(number)}{_BRANCH[branch]}",
        km=float(f"{km}.{tenth}"),
        direction=direction.upper(),
        unit_m=100.0,
    )


def read_post(folded: Folded) -> WrittenPost | None:
    """Read a kilometre of a road; None when the text names neither.

    Raises
    ------
    CoordinateRefused
        ``no-road``: kilometres without a road; ``not-a-kilometre``: a road whose
        kilometre cannot be read.
    """
    text = folded.text.lower()
    if post := post_of_code(text):
        return post
    found = _road_in(text)
    if found is None:
        if re.search(r"\d ?(?:k|公里)", text):
            _refuse("no-road", "a kilometre without its road: write 國道1號 66K+300")
        return None
    road, rest = found
    direction = _DIRECTION.search(rest)
    if direction:
        rest = rest[: direction.start()] + " " + rest[direction.end() :]
    km, unit_m = _kilometre(_FILLER.sub("", rest))
    word = direction[0] if direction else ""
    return WrittenPost(road, km, _DIRECTION_OF.get(word, word.upper()) or None, unit_m)


def _road_in(text: str) -> tuple[str, str] | None:
    """Find a road's key, and the text without its name."""
    for pattern, key_of in (
        (_NAMED, lambda found: _NAMES[found[1]]),
        (_NUMBERED, _freeway),
        (_PROVINCIAL, lambda found: f"T{found[1]}{found[2] or ''}"),
        (_PREFIX, lambda found: f"{int(found[1])}{_BRANCH[found[2]]}"),
    ):
        found = pattern.search(text)
        if found and (key := key_of(found)):
            return key, text[: found.start()] + " " + text[found.end() :]
    return None


def _freeway(found: re.Match[str]) -> str:
    number = found[1]
    if not number.isdecimal():
        tens, ten, ones = number.partition("十")
        value = _DIGITS.get(tens, 1 if ten else 0) * 10 if ten else _DIGITS.get(tens, 0)
        number = str(value + _DIGITS.get(ones, 0)) if number else ""
    branch = "H" if found[3] else "A" if found[2] else ""
    return f"{int(number)}{branch}" if number else ""


def _kilometre(text: str) -> tuple[float, float]:
    """Read kilometres: value, and metres of the last place."""
    found = _KM.fullmatch(text)
    if found is None:
        _refuse(
            "not-a-kilometre",
            "the kilometre cannot be read: write it as 66K+300, 66.3K or 66公里300",
        )
    km, tenths, unit, metres, metre = found.group(
        "km", "tenths", "unit", "metres", "metre"
    )
    if metres is None:
        return float(f"{km}.{tenths or 0}"), 1000.0 / 10 ** len(tenths or "")
    if tenths or not unit or (len(metres) < 3 and not metre):
        _refuse(
            "not-a-kilometre",
            "metres after the kilometre have three digits: write 66K+300",
        )
    zeros = min(len(metres) - len(metres.rstrip("0")), 2)
    return int(km) + int(metres) / 1000, 10.0**zeros


def _refuse(kind: str, message: str) -> NoReturn:
    raise CoordinateRefused(message, kind=kind)
