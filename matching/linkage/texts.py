"""Tables of texts as numbers: equal texts have one number, compared in one step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import TableRefused

Numbers = NDArray[np.int32]
Rows = NDArray[np.int64]

MISSING = -1
"""The number of a text that is not there; blank is not there."""


MOST_LETTERS = 10_000
"""A longer text is cut: comparing two takes time by the product of their sizes."""


class Texts:
    """Texts that were seen, each with a number; what has a number keeps it."""

    def __init__(self) -> None:
        self._own: list[str] = []
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._own)

    @property
    def all(self) -> list[str]:
        """All texts by their numbers."""
        return self._own

    def known(self, text: str) -> int | None:
        """Return the number of a text; None if it has none."""
        return self._numbers.get(text)

    def number_of(self, text: str | None) -> int:
        """Return the number of a text; a new one gets its own now."""
        if text is None:
            return MISSING
        number = self._numbers.setdefault(text, len(self._own))
        if number == len(self._own):
            self._own.append(text)
        return number

    def numbers_of(self, texts: Iterable[str | None]) -> Numbers:
        """Return the numbers of texts, shape (n,)."""
        return np.array([self.number_of(text) for text in texts], dtype=np.int32)

    def of(self, numbers: Numbers) -> list[str]:
        """Return the texts of numbers, none of them missing."""
        every = self.all
        return [every[number] for number in numbers.tolist()]


class Borrowed(Texts):
    """Texts with some more that are forgotten with it: the others do not grow."""

    def __init__(self, lender: Texts) -> None:
        super().__init__()
        self._lender = lender
        self._begin = len(lender)

    def __len__(self) -> int:
        return self._begin + len(self._own)

    @property
    def all(self) -> list[str]:
        """All texts; a copy."""
        return self._lender.all[: self._begin] + self._own

    def number_of(self, text: str | None) -> int:
        """Return the number of a text; a new one gets its own, here alone."""
        if text is None:
            return MISSING
        number = self._lender.known(text)
        if number is not None and number < self._begin:
            return number
        return self._begin + super().number_of(text)

    def of(self, numbers: Numbers) -> list[str]:
        """Return the texts of numbers, none of them missing."""
        lent, own, begin = self._lender.all, self._own, self._begin
        return [
            lent[one] if one < begin else own[one - begin] for one in numbers.tolist()
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """n rows of texts.

    Attributes
    ----------
    name
        As the explanations call it.
    ids
        One for each row, all different, length n.
    columns
        The number of each row's text in `texts`, shape (n,); `MISSING` for none.
    """

    name: str
    ids: Sequence[str]
    columns: Mapping[str, Numbers]
    texts: Texts

    def __len__(self) -> int:
        return len(self.ids)

    def value(self, column: str, row: int) -> str | None:
        """Return the text of a row, None where there is none."""
        number = int(self.columns[column][row])
        return None if number == MISSING else self.texts.of(np.array([number]))[0]


def table_of(
    columns: Mapping[str, Sequence[Any]], *, id_column: str, name: str, texts: Texts
) -> Table:
    """Make a table of columns of equal length.

    Values become texts: surrounding space goes, and what is blank, None or NaN is
    missing. Whole numbers read as such: 7.0 is ``7``.

    Raises
    ------
    TableRefused
        There is no such id column, an id is missing or there twice, or the columns
        are of different lengths.
    """
    if id_column not in columns:
        known = ", ".join(map(repr, columns)) or "none"
        raise TableRefused(f"{name}: no column {id_column!r}; there are {known}")
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise TableRefused(f"{name}: its columns have different lengths")
    ids = [plain_text(value) for value in columns[id_column]]
    known_ids: dict[str, int] = {}
    for row, one in enumerate(ids):
        if one is None:
            raise TableRefused(f"{name}: row {row + 1} has no {id_column}")
        if known_ids.setdefault(one, row) != row:
            raise TableRefused(
                f"{name}: {id_column} {one!r} stands in row {known_ids[one] + 1} and "
                f"in row {row + 1}"
            )
    return Table(
        name,
        list(known_ids),
        {key: _numbered(values, texts) for key, values in columns.items()},
        texts,
    )


def plain_text(value: object) -> str | None:
    """Return a value as text, None where there is none; what is too long is cut."""
    if value is None or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:MOST_LETTERS].strip() or None


def _numbered(values: Sequence[Any], texts: Texts) -> Numbers:
    seen: dict[Any, int] = {}
    numbers = np.empty(len(values), dtype=np.int32)
    for row, value in enumerate(values):
        number = seen.get(value)
        if number is None:
            number = seen[value] = texts.number_of(plain_text(value))
        numbers[row] = number
    return numbers
