"""Columns of texts as pieces of one long text, without an object for each."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from api import value_kernels as kernels
from data.reads.columns import Rows, Smalls

LONGEST_TEXT, LONGEST_PLATE = 120, 32
"""Of `ReadIn`, in characters."""

FIELDS = ("camera_id", "plate", "vehicle_type", "colour")
FEW = 30
"""So few are made into objects one by one sooner than all at once."""

SEED = np.uint64(secrets.randbits(64))


_NOTHING = np.frombuffer(b"", dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """n texts in UTF-8.

    Attributes
    ----------
    text
        Bytes, read-only: the loops are compiled for nothing else.
    spans
        Where in them each begins, -1 where there is none, and ends; shape (n, 2).
    """

    text: NDArray[np.uint8]
    spans: Rows

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> Self:
        """Put texts one behind the other."""
        parts = [(text or "").encode() for text in texts]
        stops = np.cumsum([len(part) for part in parts], dtype=np.int64)
        starts = stops - np.array([len(part) for part in parts], dtype=np.int64)
        spans = np.stack((starts, stops), axis=1)
        spans[[text is None for text in texts]] = -1
        return cls(np.frombuffer(b"".join(parts), dtype=np.uint8), spans)

    @classmethod
    def none(cls, n: int) -> Self:
        """Return a column without texts."""
        return cls(_NOTHING, np.full((n, 2), -1, dtype=np.int64))

    def taken(self, rows: Rows) -> "Texts":
        """Return some of the rows, in the order asked for."""
        return Texts(self.text, self.spans[rows])

    @classmethod
    def joined(cls, parts: Sequence["Texts"]) -> Self:
        """Put the texts of all behind each other, and none of what lies between."""
        copies = [kernels.copied(part.text, part.spans) for part in parts]
        spans = np.concatenate([part.spans for part in parts])
        is_null = spans[:, 0] < 0
        stops = np.cumsum(spans[:, 1] - spans[:, 0])
        spans[:, 0], spans[:, 1] = stops - (spans[:, 1] - spans[:, 0]), stops
        spans[is_null] = -1
        text = np.concatenate([text for _, text in copies])
        text.flags.writeable = False
        return cls(text, spans)

    def size(self) -> int:
        """Return how many bytes the texts have, one behind the other."""
        return int((self.spans[:, 1] - self.spans[:, 0]).sum())

    def check(self, field: str, is_sure: NDArray[np.bool_]) -> None:
        """Clear ``is_sure`` where a text is none that the field of a read may have."""
        text, spans = self.text, self.spans
        if field == "camera_id":
            kernels.check_texts(text, spans, LONGEST_TEXT, True, is_sure)
        elif field == "plate":
            kernels.check_texts(text, spans, LONGEST_PLATE, False, is_sure)
        else:
            kernels.check_words(text, spans, is_sure)

    def array(self) -> pa.StringArray:
        """Return the texts as an array of Arrow; none is an empty one."""
        buffers = [pa.py_buffer(part) for part in kernels.copied(self.text, self.spans)]
        return pa.StringArray.from_buffers(len(self.spans), *buffers)

    def objects(self) -> list[Any]:
        """Return the texts as `str`, or None."""
        if len(self.spans) > FEW:
            texts: list[Any] = self.array().to_numpy(zero_copy_only=False).tolist()
            for row in np.flatnonzero(self.spans[:, 0] < 0).tolist():
                texts[row] = None
            return texts
        return [
            None if start < 0 else self.text[start:stop].tobytes().decode()
            for start, stop in self.spans.tolist()
        ]


def numbered(one: Texts, other: Texts) -> tuple[Smalls, Rows]:
    """Give each different pair a number; return them, and the row of each first."""
    numbers, firsts = kernels.numbered(
        one.text, one.spans, other.text, other.spans, SEED
    )
    return numbers, firsts
