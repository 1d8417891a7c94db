"""Persons in rows of reports: as the family or an officer wrote them down."""

import re
from collections.abc import Callable

from data.dates import roc_date
from data.errors import RowRefused
from data.records import Contact, Person
from data.text import fold
from data.words import build, sex

OLDEST = 130
HEIGHTS_CM = (30.0, 250.0)

_AGES = re.compile(r"(\d{1,3})(?:\D{1,3}(\d{1,3}))?", re.ASCII)
_NUMBER = re.compile(r"\d{2,3}(?:\.\d)?", re.ASCII)
_YES = frozenset({"是", "有", "y", "yes", "true", "1", "失智"})

Values = Callable[[str], str]
"""Gives the value of a field of the row, empty where there is none."""


def person_of(value: Values) -> Person | None:
    """Return the person of a row, None where it tells of none.

    A word for sex or build that is not ours, an age or a height that cannot be one, is
    left out rather than compared with; the row's bytes keep it.

    Raises
    ------
    RowRefused
        A date of birth that is none.
    """
    born = value("birth_date")
    age_from, age_to = _ages(value("age"))
    found = Person(
        name=value("person") or None,
        sex=sex(value("sex")),
        birth_date=roc_date(born) if born else None,
        age_from=age_from,
        age_to=age_to,
        height_cm=_height_cm(value("height")),
        build=build(value("build")),
        clothing=value("clothing") or None,
        marks=value("marks") or None,
        dementia=True if fold(value("dementia")).lower() in _YES else None,
    )
    return None if found == Person() else found


def contact_of(value: Values) -> Contact | None:
    """Return whom to call, None where the row names nobody.

    Raises
    ------
    RowRefused
        ``no-phone``: somebody is named, and no number.
    """
    name, phone = value("contact_name"), value("contact_phone")
    if not (name or phone):
        return None
    if not phone:
        raise RowRefused("no-phone", "names a contact and no telephone number")
    return Contact(name or "家屬", phone, value("contact_relation") or None)


def _ages(text: str) -> tuple[int | None, int | None]:
    """Read ``75``, ``約 75 歲`` or ``70-80``."""
    found = _AGES.search(fold(text))
    if found is None:
        return None, None
    low = int(found[1])
    high = int(found[2] or low)
    return (low, high) if low <= high <= OLDEST else (None, None)


def _height_cm(text: str) -> float | None:
    found = _NUMBER.search(fold(text))
    height = float(found[0]) if found else 0.0
    return height if HEIGHTS_CM[0] <= height <= HEIGHTS_CM[1] else None
