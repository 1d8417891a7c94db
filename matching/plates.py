"""Taiwan's licence plates: reading them, and which generations a plate fits.

A reading is only ever cleaned of what cannot carry meaning: width, case, dashes
and spaces. Look-alike letters of other scripts are refused, never mapped: a
Cyrillic ``А`` in a plate is a fault upstream that somebody must see.
"""

import re
import unicodedata
from dataclasses import dataclass

from matching.errors import PlateRefused

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
NEW_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
NEW_DIGITS = "012356789"

_DASHES = re.compile(r"[\s\-‐-―−⁃﹘﹣－·・.]+")
_PLAIN = re.compile(r"[A-Z0-9]{4,8}")

LOOK_ALIKE = {
    alike: group[0]
    for group in ("0ODQ", "1ILT7", "2Z", "5S", "6GC", "8B", "NMH", "VYU", "WX", "EF")
    for alike in group
}
"""Characters that cameras mix up, each with the one that stands for its group."""


@dataclass(frozen=True, slots=True)
class PlateForm:
    """One generation of plates.

    ``slots`` names, for each character in order, which characters may stand
    there: ``L`` any letter, ``D`` any digit, ``l`` a letter of the series since
    2012 (no I, no O), ``d`` a digit of them (no 4), any other character itself.
    ``in_use`` is how many such plates are on the road and ``share`` how many of a
    hundred passing vehicles carry one, both to the order of magnitude.
    """

    name: str
    label: str
    slots: str
    vehicles: tuple[str, ...]
    in_use: float
    share: float

    def fits(self, plate: str) -> bool:
        """Tell whether a plain plate has this form."""
        return len(plate) == len(self.slots) and all(
            character in SLOTS.get(slot, slot)
            for character, slot in zip(plate, self.slots, strict=True)
        )

    @property
    def frequency(self) -> float:
        """How often one given plate of this form is among passing vehicles."""
        return self.share / self.in_use


SLOTS = {"L": LETTERS, "D": DIGITS, "l": NEW_LETTERS, "d": NEW_DIGITS}

_CAR = ("sedan", "suv", "van", "truck")
_TWO_WHEELS = ("scooter", "heavy-motorcycle")

FORMS = (
    PlateForm("car-2012", "新式汽車 ABC-1234", "llldddd", _CAR, 4.6e6, 0.46),
    PlateForm("car-2+4", "舊式汽車 AB-1234", "LLDDDD", _CAR, 1.2e6, 0.08),
    PlateForm("car-4+2", "舊式汽車 1234-AB", "DDDDLL", _CAR, 1.8e6, 0.12),
    PlateForm("car-digit-letter", "舊式汽車 1A-2345", "DLDDDD", _CAR, 8e5, 0.05),
    PlateForm("car-letter-digit", "舊式汽車 A1-2345", "LDDDDD", _CAR, 6e5, 0.03),
    PlateForm("taxi-3+2", "舊式營業車 123-AB", "DDDLL", ("taxi", "bus"), 6e4, 0.01),
    PlateForm("taxi-2+3", "舊式營業車 AB-123", "LLDDD", ("bus", "truck"), 6e4, 0.01),
    PlateForm("bike-2012", "新式機車 ABC-1234", "llldddd", _TWO_WHEELS, 5e6, 0.12),
    PlateForm("bike-3+3", "舊式機車 ABC-123", "LLLDDD", _TWO_WHEELS, 6e6, 0.07),
    PlateForm("bike-3-3", "舊式機車 123-ABC", "DDDLLL", _TWO_WHEELS, 3e6, 0.04),
    PlateForm(
        "bike-letters-digit", "舊式機車 AB1-234", "LLDDDD", ("scooter",), 1e6, 0.01
    ),
    PlateForm(
        "bike-letter-digits", "舊式機車 A12-345", "LDDDDD", ("scooter",), 5e5, 0.005
    ),
)
"""The generations in use.

Source: the shapes and the rule "no I, no O, no 4 in the series since December
2012" follow the Ministry of Transportation's numbering; ``in_use`` and ``share``
are rounded from 8.6 million cars and 14 million motorcycles on the register and
from freeway traffic being mostly cars. A factor of two in them is one bit in a
weight. Diplomatic, military, temporary and trailer plates come with the full
grammar; until then such a reading is kept and compared, but fits no form.
"""


def plain(raw: str) -> str:
    """Return a reading in capitals, half width, without dashes and spaces.

    Doing it twice changes nothing.

    Raises
    ------
    PlateRefused
        When something else than 4 to 8 letters A-Z and digits 0-9 is left.
    """
    narrow = unicodedata.normalize("NFKC", _DASHES.sub("", raw))
    plate = _DASHES.sub("", narrow).upper()
    if _PLAIN.fullmatch(plate):
        return plate
    if not plate:
        raise PlateRefused("empty", "the reading is empty")
    strange = sorted({c for c in plate if c not in LETTERS and c not in DIGITS})
    if strange:
        names = ", ".join(f"U+{ord(c):04X}" for c in strange[:4])
        raise PlateRefused(
            "foreign-character",
            f"the reading holds {names}: only A-Z and 0-9 stand on a plate, and "
            "look-alikes of other scripts are not mapped",
        )
    raise PlateRefused(
        "length", f"the reading has {len(plate)} characters; a plate has 4 to 8"
    )


def forms_of(plate: str) -> tuple[PlateForm, ...]:
    """Return the generations a plain plate fits; none for a misread or a rare one."""
    return tuple(form for form in FORMS if form.fits(plate))


def skeleton(plate: str) -> str:
    """Return a plain plate with every character replaced by its look-alike group's."""
    return "".join(LOOK_ALIKE.get(character, character) for character in plate)


def written(plate: str) -> str:
    """Return a plain plate with its dash, as people write it."""
    letters_first = re.fullmatch(r"([A-Z]{2,3})(\d{3,4})", plate)
    digits_first = re.fullmatch(r"(\d{3,4})([A-Z]{2,3})", plate)
    parts = letters_first or digits_first or re.fullmatch(r"(..)(\d{4})", plate)
    return f"{parts[1]}-{parts[2]}" if parts else plate
