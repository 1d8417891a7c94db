"""Taiwan's licence plates: reading them, and which forms a plate fits.

A reading is only ever cleaned of what cannot carry meaning: width, case, dashes
and spaces. Look-alike letters of other scripts are refused, never mapped: a
Cyrillic ``А`` in a plate is a fault upstream that somebody must see. One character
of a class of plates in front (軍, 臨, 試, 使, 外, 領, 農) is no part of the number:
most cameras do not write it, so it is left out of the plain plate, and `parse` tells.

No form fits a misread, a rare or a foreign plate. That is a fact about a reading, never
a reason to refuse it.
"""

import re
import unicodedata
from dataclasses import dataclass

from matching.errors import PlateRefused
from matching.forms import (
    DIGITS,
    FORMS,
    LETTERS,
    MARKS,
    NEW_DIGITS,
    NEW_LETTERS,
    SLOTS,
    PlateForm,
)

__all__ = [
    "ANY", "DIGITS", "FORMS", "LETTERS", "MARKS", "NEW_DIGITS", "NEW_LETTERS", "SLOTS",
    "Parsed", "PlateForm", "forms_of", "parse", "plain", "plain_pattern",
]  # fmt: skip

ANY = "?"
"""Stands for one character that nobody knows, in a pattern."""

_DASHES = re.compile(r"[\s\-‐-―−⁃﹘﹣－·・.]+")
_PLAIN = re.compile(r"[A-Z0-9]{4,8}")
_PATTERN = re.compile(r"[A-Z0-9?]{4,8}")
_LEAST_KNOWN = 3

_FAR_RARER = 1000.0
"""A form so much rarer than another one that fits too says nothing of the vehicle."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reading tells by itself.

    ``mark`` is the Chinese character that stood in front, or empty. ``vehicles`` are
    the types that carry plates of its forms; empty when nothing is implied.
    ``warnings`` are codes: ``no-form``, ``no-longer-issued``, ``assumed-form``,
    ``perhaps-rental`` (the same letter twice behind four digits, before 2012).
    """

    plate: str
    mark: str
    forms: tuple[PlateForm, ...]
    vehicles: frozenset[str]
    warnings: tuple[str, ...]


def plain(raw: str) -> str:
    """Return a reading in capitals, half width, without dashes, spaces and mark.

    Doing it twice changes nothing.

    Raises
    ------
    PlateRefused
        When something else than 4 to 8 letters A-Z and digits 0-9 is left.
    """
    return _checked(_narrowed(raw)[1], _PLAIN)


def plain_pattern(raw: str) -> str:
    """Return a plate with unknown characters, ``?`` each, like `plain` does.

    Raises
    ------
    PlateRefused
        As `plain`, or when fewer than 3 characters are known.
    """
    pattern = _checked(_narrowed(raw)[1], _PATTERN)
    known = len(pattern) - pattern.count(ANY)
    if known < _LEAST_KNOWN:
        raise PlateRefused(
            "too-open",
            f"the plate has {known} known characters; it needs {_LEAST_KNOWN}, "
            "else half the country fits",
        )
    return pattern


def parse(raw: str) -> Parsed:
    """Tell which forms a reading fits and what that implies.

    Raises
    ------
    PlateRefused
        As `plain`; never because no form fits.
    """
    mark, rest = _narrowed(raw)
    plate = _checked(rest, _PLAIN)
    forms = tuple(form for form in forms_of(plate) if mark in ("", form.mark))
    return Parsed(
        plate=plate,
        mark=mark,
        forms=forms,
        vehicles=_implied(forms),
        warnings=tuple(_warnings(plate, forms)),
    )


def _implied(forms: tuple[PlateForm, ...]) -> frozenset[str]:
    """Return the types that carry plates of these forms, but for far rarer ones."""
    most = max((form.frequency for form in forms), default=0.0)
    usual = [form for form in forms if form.frequency * _FAR_RARER > most]
    if not all(form.vehicles for form in usual):
        return frozenset()
    return frozenset(vehicle for form in usual for vehicle in form.vehicles)


def _warnings(plate: str, forms: tuple[PlateForm, ...]) -> list[str]:
    if not forms:
        return ["no-form"]
    told = []
    if all(form.until for form in forms):
        told.append("no-longer-issued")
    if all(form.source.startswith("assumed") for form in forms):
        told.append("assumed-form")
    if plate[:4].isdigit() and plate[4:].isalpha() and len(set(plate[4:])) == 1:
        told.append("perhaps-rental")
    return told


def _narrowed(raw: str) -> tuple[str, str]:
    """Return the mark in front, if one stands there, and the rest without dashes."""
    narrow = unicodedata.normalize("NFKC", _DASHES.sub("", raw))
    text = _DASHES.sub("", narrow).upper()
    return (text[0], text[1:]) if text[:1] in MARKS else ("", text)


def _checked(text: str, shape: re.Pattern[str]) -> str:
    if shape.fullmatch(text):
        return text
    if not text:
        raise PlateRefused("empty", "the reading is empty")
    allowed = LETTERS + DIGITS + (ANY if shape is _PATTERN else "")
    strange = sorted({c for c in text if c not in allowed})
    if strange:
        names = ", ".join(f"U+{ord(c):04X}" for c in strange[:4])
        raise PlateRefused(
            "foreign-character",
            f"the reading holds {names}: only A-Z and 0-9 stand on a plate, and "
            "look-alikes of other scripts are not mapped",
        )
    raise PlateRefused(
        "length", f"the reading has {len(text)} characters; a plate has 4 to 8"
    )


def forms_of(plate: str) -> tuple[PlateForm, ...]:
    """Return the forms a plain plate fits; none for a misread or a rare one.

    ``?`` in a pattern stands for any character.
    """
    return tuple(form for form in FORMS if form.fits(plate))
