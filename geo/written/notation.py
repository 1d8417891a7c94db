"""Numbers as people write coordinates: widths, marks, commas, minutes and seconds.

Text becomes tokens in one pass of an expression without nested repetition, so that no
text takes longer than its length. What is not understood is refused, never skipped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import NamedTuple, NoReturn

from geo.errors import CoordinateRefused
from geo.written.repairs import (
    COMMAS,
    FULL_WIDTH,
    INVISIBLE,
    MARKS_LEFT_OUT,
    SIXTIES,
    TWO_NUMBERS,
    PlaceRepair,
)

LONGEST = 500
"""Characters of a text that is read; a place needs no more."""

LNG, LAT = "lng", "lat"
X, Y = "x", "y"
"""What a word says of an axis; surveyors call either of the two X."""

_WIDE = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
_HARMLESS = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
"""Marks nobody sees, which copying from a page or a chat brings along."""

_REFUSED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069]")
"""Controls, and marks that turn the direction of writing: they show another text."""

_WORDS: dict[str, tuple[str, str]] = {
    "東經": (LNG, ""), "經度": (LNG, ""), "longitude": (LNG, ""), "lng": (LNG, ""),
    "long": (LNG, ""), "lon": (LNG, ""), "easting": (LNG, ""), "橫坐標": (LNG, ""),
    "橫座標": (LNG, ""), "x坐標": (X, ""), "x座標": (X, ""), "東": (LNG, ""),
    "e": (LNG, ""), "x": (X, ""),
    "北緯": (LAT, ""), "緯度": (LAT, ""), "latitude": (LAT, ""), "lat": (LAT, ""),
    "northing": (LAT, ""), "縱坐標": (LAT, ""), "縱座標": (LAT, ""),
    "y坐標": (Y, ""), "y座標": (Y, ""), "北": (LAT, ""), "n": (LAT, ""),
    "y": (Y, ""),
    "西經": (LNG, "-"), "w": (LNG, "-"), "南緯": (LAT, "-"), "s": (LAT, "-"),
}  # fmt: skip
"""Words for an axis, and whether they turn the sign."""

_FRAMES = {
    "epsg:3826": "EPSG:3826", "epsg:3825": "EPSG:3825", "epsg:4326": "EPSG:4326",
    "epsg:3824": "EPSG:3824", "epsg:3828": "EPSG:3828", "epsg:3827": "EPSG:3827",
    "epsg:3821": "EPSG:3821", "twd67": "TWD67", "67坐標": "TWD67", "67座標": "TWD67",
    "twd97": "", "wgs84": "", "wgs 84": "", "97坐標": "", "97座標": "", "tm2": "",
    "gps": "", "二度分帶": "", "121分帶": "EPSG:3826", "119分帶": "EPSG:3825",
    "坐標": "", "座標": "",
}  # fmt: skip
"""Words for a reference system; those that leave it open stand for none."""

_ALL_WORDS = sorted([*_WORDS, *_FRAMES], key=len, reverse=True)
_TOKEN = re.compile(
    rf"""(?P<word>{"|".join(map(re.escape, _ALL_WORDS))})
    |(?P<grouped>[+-]?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![\d.]))
    |(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+))
    |(?P<second>''|′′|[\"″”“秒])
    |(?P<degree>[°º˚度])
    |(?P<minute>['′’‘´分])
    |(?P<comma>[,;/&、])
    |(?P<blank>[\s:=()\[\]]+)
    """,
    re.ASCII | re.VERBOSE | re.IGNORECASE,
)
_TWO_NUMBERS = re.compile(r"([^()]{1,60})\(([^()]{1,60})\)", re.ASCII)
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_BESIDE = re.compile(r"[()\[\]:=]")
_MARKS = ("degree", "minute", "second")


class Token(NamedTuple):
    """A piece of text: its kind, a name in ``_TOKEN``; itself; where it begins."""

    kind: str
    text: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Amount:
    """One number that was read.

    Attributes
    ----------
    value
        In degrees or metres, whichever was meant; may be infinite.
    unit
        What one in the last place written stands for, in the unit of ``value``.
    axis
        ``"lng"``, ``"lat"``, ``"x"`` or ``"y"`` as a word or letter says, else ``""``.
    is_degrees
        Whether a mark says degrees.
    repairs
        Names of `geo.written.repairs.REPAIRS`.
    """

    value: float
    unit: float
    axis: str = ""
    is_degrees: bool = False
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in plain width, without marks nobody sees, and what that took."""

    text: str
    repairs: tuple[PlaceRepair, ...] = ()


def fold_text(text: object) -> Folded:
    """Give a text in plain width, ready to be read.

    Full-width letters, digits and signs become plain ones. Digits of other scripts
    stay, and no reader here takes them for digits.

    Raises
    ------
    CoordinateRefused
        ``not-a-place``: no text, or blank; ``too-long``; ``unseen-marks``: controls,
        or marks that turn the direction of writing.
    """
    if not isinstance(text, str):
        _refuse("not-a-place", "there is no text to read a place from")
    if len(text) > LONGEST:
        _refuse("too-long", f"{len(text)} characters, allowed are {LONGEST}")
    if _REFUSED.search(text):
        _refuse(
            "unseen-marks",
            "the text holds controls or marks that turn the direction of writing, so "
            "it is not what it looks like: type it anew",
        )
    seen = text.translate(_HARMLESS).strip()
    plain = seen.translate(_WIDE).replace("\u2212", "-").strip()
    if not plain:
        _refuse("not-a-place", "there is no text to read a place from")
    repairs = []
    if hidden := [f"U+{ord(mark):04X}" for mark in text if ord(mark) in _HARMLESS]:
        repairs.append(PlaceRepair(INVISIBLE, " ".join(hidden[:9]), plain))
    if plain != seen:
        repairs.append(PlaceRepair(FULL_WIDTH, seen, plain))
    return Folded(plain, tuple(repairs))


def tokens_of(text: str) -> list[Token]:
    """Split a folded text into tokens, blanks left out.

    Raises
    ------
    CoordinateRefused
        ``not-a-place`` at the first character that no coordinate has.
    """
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            _refuse("not-a-place", f"character {at + 1} belongs to no coordinate")
        if match.lastgroup != "blank":
            found.append(Token(match.lastgroup, match[0].lower(), at))
        at = match.end()
    return found


def frame_of(tokens: Sequence[Token]) -> tuple[str, list[Token]]:
    """Take the words for a reference system out of the tokens.

    Returns
    -------
    frame, rest
        An EPSG code, ``"TWD67"``, or ``""`` where no word decides; the other tokens.

    Raises
    ------
    CoordinateRefused
        ``wrong-crs``: two words contradict each other.
    """
    named = {_FRAMES[token.text] for token in tokens if token.text in _FRAMES} - {""}
    if len(named) > 1:
        _refuse("wrong-crs", f"the text names {' and '.join(sorted(named))}")
    rest = [token for token in tokens if token.text not in _FRAMES]
    return next(iter(named), ""), rest


def read_amount(tokens: Sequence[Token], *, needs_marks: bool = False) -> Amount:
    """Read one coordinate: a number, or degrees with minutes and seconds.

    Parameters
    ----------
    needs_marks
        Refuse degrees and minutes that stand without their marks.

    Raises
    ------
    CoordinateRefused
        ``not-a-number``; ``sixty`` for minutes or seconds of 60 or more.
    """
    axis, sign, inner = _without_words(tokens)
    numbers, marks = _numbers_and_marks(inner)
    if not 1 <= len(numbers) <= 3 or (len(numbers) > 1 and sign):
        _refuse("not-a-number", f"{len(numbers)} numbers where one coordinate stands")
    repairs = [COMMAS] if any(token.kind == "grouped" for token in inner) else []
    is_degrees = bool(marks[0]) or len(numbers) > 1
    if len(numbers) > 1:
        is_marked = all(marks[:-1]) and (marks[-1] or len(numbers) == 2)
        repairs.append(SIXTIES if is_marked else MARKS_LEFT_OUT)
        if needs_marks and not all(marks[:2]):
            _refuse("not-a-number", "several numbers where one coordinate stands")
    value, unit = _in_sixties(numbers)
    value = -value if sign else value
    return Amount(value, unit, axis, is_degrees, tuple(repairs))


def _without_words(tokens: Sequence[Token]) -> tuple[str, str, list[Token]]:
    """Take the words for an axis off the two ends: axis, sign, what is between."""
    inner, said = list(tokens), set()
    while inner and inner[0].kind == "word":
        said.add(_WORDS[inner.pop(0).text])
    while inner and inner[-1].kind == "word":
        said.add(_WORDS[inner.pop().text])
    if len({axis for axis, _ in said}) > 1:
        _refuse("not-a-number", "one number is called both longitude and latitude")
    axis = next((axis for axis, _ in said), "")
    return axis, "-" if any(sign for _, sign in said) else "", inner


def _numbers_and_marks(tokens: Sequence[Token]) -> tuple[list[str], list[str]]:
    """Split into numbers and the mark behind each, empty where there is none."""
    numbers: list[str] = []
    marks: list[str] = []
    for token in tokens:
        if token.kind in ("number", "grouped"):
            numbers.append(token.text.replace(",", ""))
            marks.append("")
        elif token.kind in _MARKS and numbers and not marks[-1]:
            marks[-1] = token.kind
        else:
            _refuse("not-a-number", "a mark or a word stands where a number should")
    right = [mark or name for mark, name in zip(marks, _MARKS, strict=False)]
    if right != list(_MARKS[: len(right)]) or len(marks) > len(_MARKS):
        _refuse("not-a-number", "degrees, minutes and seconds are not in this order")
    return numbers, marks or [""]


def _in_sixties(numbers: Sequence[str]) -> tuple[float, float]:
    """Add degrees, minutes and seconds up; give the sum and its last unit."""
    *whole, last = numbers
    if any("." in number for number in whole):
        _refuse("not-a-number", "only the last of several numbers can have decimals")
    for number in numbers[1:]:
        integer = number.partition(".")[0]
        if len(integer) > 2 or not integer.isdecimal():
            _refuse("not-a-number", "minutes and seconds have two digits")
        if float(number) >= 60:
            _refuse("sixty", f"{number} minutes or seconds, allowed are less than 60")
    scale = 60.0 ** (len(numbers) - 1)
    total = sum(abs(float(n)) / 60.0**i for i, n in enumerate(numbers))
    negative = numbers[0].startswith("-")
    return -total if negative else total, _unit_of(last) / scale


def _unit_of(number: str) -> float:
    """Give what one in the last place of a number stands for."""
    return 10.0 ** -len(number.partition(".")[2])


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its number, and the one in brackets behind it or NaN."""

    amount: Amount
    second: float


def read_cell(text: str) -> Cell:
    """Read one coordinate out of a cell of a table.

    ``250100.5(250900.2)`` is two numbers; the first is the place.

    Raises
    ------
    CoordinateRefused
        ``not-a-number``, ``sixty``, or as `fold_text`.
    """
    if len(text) <= LONGEST and _PLAIN.fullmatch(text):  # as nearly all cells are
        return Cell(Amount(float(text), _unit_of(text)), nan)
    folded = fold_text(text)
    two = _TWO_NUMBERS.fullmatch(folded.text)
    parts = [two[1], two[2]] if two else [folded.text]
    if _BESIDE.search("".join(parts)):
        _refuse("not-a-number", "brackets, colons or equals signs in a cell")
    found = [read_amount(tokens_of(part), needs_marks=True) for part in parts]
    first = found[0]
    folding = (repair.name for repair in folded.repairs)
    names = (*folding, *first.repairs, *((TWO_NUMBERS,) if two else ()))
    amount = Amount(first.value, first.unit, first.axis, first.is_degrees, names)
    return Cell(amount, found[1].value if two else nan)


def _refuse(kind: str, message: str) -> NoReturn:
    raise CoordinateRefused(message, kind=kind)
