"""Two numbers in one text: 25.0478,121.5170, 北緯25度2分51秒 東經121度31分1秒, X: Y:.

Where one coordinate ends and the other begins is told by words, by a comma, by the
second degree mark, or by counting; a text that these leave open is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from geo.errors import CoordinateRefused
from geo.written.notation import (
    LAT,
    LNG,
    Amount,
    Folded,
    Token,
    X,
    Y,
    frame_of,
    read_amount,
)
from geo.written.notation import tokens_of as split

_OTHER = {LNG: LAT, LAT: LNG, X: Y, Y: X, "": ""}


@dataclass(frozen=True, slots=True)
class WrittenPair:
    """Two numbers as a text gives them.

    Attributes
    ----------
    x, y
        East and north where words say which is which, else first and second.
    texts
        What stands in the text for ``x`` and for ``y``.
    is_labelled
        Whether words say which is which. X and Y do not: on a surveyor's plan X is
        the northing, on a map the easting.
    frame
        The reference system the text names: an EPSG code, ``"TWD67"``, or ``""``.
    """

    x: Amount
    y: Amount
    texts: tuple[str, str]
    is_labelled: bool
    frame: str


def read_pair(folded: Folded) -> WrittenPair:
    """Read two numbers out of a text.

    Commas are first tried as those that group the digits of one number: 302,200
    2,770,900; where that gives no pair they stand between numbers.

    Raises
    ------
    CoordinateRefused
        ``not-a-place``, ``not-a-number``, ``half-a-pair``, ``sixty``, ``wrong-crs``.
    """
    frame, tokens = frame_of(split(folded.text))
    if any(token.kind == "grouped" for token in tokens):
        try:
            return _pair(tokens, folded.text, frame)
        except CoordinateRefused:
            tokens = [part for token in tokens for part in _ungrouped(token)]
    return _pair(tokens, folded.text, frame)


def _ungrouped(token: Token) -> list[Token]:
    """Take the commas of a number for what stands between several."""
    if token.kind != "grouped":
        return [token]
    found, at = [], token.at
    for part in token.text.split(","):
        found += [Token("comma", ",", at - 1), Token("number", part, at)]
        at += len(part) + 1
    return found[1:]


def _pair(tokens: Sequence[Token], text: str, frame: str) -> WrittenPair:
    first, second = map(_without_commas, _halves(tokens))
    amounts = read_amount(first), read_amount(second)
    texts = _text_of(first, text), _text_of(second, text)
    axes = [amount.axis for amount in amounts]
    axes = [axes[0] or _OTHER[axes[1]], axes[1] or _OTHER[axes[0]]]
    if axes[0] and _OTHER[axes[0]] != axes[1]:
        _refuse("half-a-pair", "both numbers are on one axis")
    if axes[0] in (LAT, Y):
        amounts, texts = amounts[::-1], texts[::-1]
    return WrittenPair(*amounts, texts, axes[0] in (LNG, LAT), frame)


def _without_commas(tokens: Sequence[Token]) -> Sequence[Token]:
    """Take the commas off both ends; one within would be a decimal comma, or worse."""
    inner = [i for i, token in enumerate(tokens) if token.kind != "comma"]
    return tokens[inner[0] : inner[-1] + 1] if inner else ()


def _text_of(tokens: Sequence[Token], text: str) -> str:
    return text[tokens[0].at : tokens[-1].at + len(tokens[-1].text)]


def _halves(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """Split the tokens of a text into those of its two coordinates."""
    numbers = [i for i, token in enumerate(tokens) if _is_number(token)]
    if len(numbers) < 2:
        _refuse("half-a-pair", f"{len(numbers)} numbers, and a place needs two")
    if len(numbers) > 6:
        _refuse("not-a-place", f"{len(numbers)} numbers, and a place needs two")
    for place_of in (_at_words, _at_comma, _at_degrees, _at_half):
        at = place_of(tokens, numbers)
        if at is not None:
            return tokens[:at], tokens[at:]
    _refuse("not-a-place", f"{len(numbers)} numbers, and nothing tells them apart")


def _is_number(token: Token) -> bool:
    return token.kind in ("number", "grouped")


_Place = Callable[[Sequence[Token], list[int]], int | None]


def _at_words(tokens: Sequence[Token], numbers: list[int]) -> int | None:
    """Split before the second word, or behind the first where words come last."""
    words = [i for i, token in enumerate(tokens) if token.kind == "word"]
    if not words:
        return None
    if words[0] < numbers[0]:
        return next((i for i in words if i > numbers[0]), None)
    return next((i + 1 for i in words if i < numbers[-1]), None)


def _at_comma(tokens: Sequence[Token], numbers: list[int]) -> int | None:
    """Split at the only comma."""
    inner = range(numbers[0], numbers[-1])
    commas = [i for i in inner if tokens[i].kind == "comma"]
    return commas[0] if len(commas) == 1 else None


def _at_degrees(tokens: Sequence[Token], numbers: list[int]) -> int | None:
    """Split before the second number that bears the mark of degrees."""
    bearing = [
        i for i in numbers if i + 1 < len(tokens) and tokens[i + 1].kind == "degree"
    ]
    return bearing[1] if len(bearing) == 2 else None


def _at_half(tokens: Sequence[Token], numbers: list[int]) -> int | None:
    """Split an even count of numbers in the middle."""
    half, odd = divmod(len(numbers), 2)
    return None if odd else numbers[half]


def _refuse(kind: str, message: str) -> NoReturn:
    raise CoordinateRefused(message, kind=kind)
