"""Bodies of reads as columns: fast where a read is plain, strict where it is not.

`api.read_kernels` reads what it is sure of. Every other piece goes through `shaped`,
which decides what a read is and says why one is none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from api import read_kernels as kernels
from api import value_kernels as values
from api.bodies import parse_json, shaped, too_deep
from api.inputs import ReadIn
from api.problems import BadBody
from api.texts import FIELDS, Texts, numbered
from data.importers.documents import array_elements
from data.importers.reports import EARLY
from data.reads.columns import Floats, Integers, Rows, micros_of
from data.reads.incoming import Incoming, floats, sequences

MOST_READS = 100_000
"""In one batch; while it is recorded nobody else's reads are."""

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before that no plates were read by machines."""


LIMITS = {"confidence": (0.0, 1.0), "lng": (-1e9, 1e9), "lat": (-1e9, 1e9)}
"""Of `ReadIn`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A piece that is no read: its place in the body, its bytes, and why."""

    row: int
    piece: bytes
    code: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """A body of reads.

    Attributes
    ----------
    rows
        The place of each read of ``incoming`` in the body, from 0, ascending.
    refused
        The other pieces, in order.
    piece
        Gives the bytes of a piece by its place.
    """

    incoming: Incoming
    rows: Rows
    refused: list[Refused]
    piece: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """n reads; missing are no text, NaN and `NO_SEQUENCE`."""

    camera_id: Texts
    plate: Texts
    vehicle_type: Texts
    colour: Texts
    at: Integers
    sequence: Integers
    confidence: Floats
    lng: Floats
    lat: Floats

    @classmethod
    def of(cls, reads: Sequence[ReadIn]) -> Self:
        """Turn reads into columns."""
        given = {name: [getattr(one, name) for one in reads] for name in kernels.NAMES}
        texts: dict[str, Any] = {name: Texts.of(given[name]) for name in FIELDS}
        numbers: dict[str, Any] = {name: floats(given[name]) for name in LIMITS}
        return cls(
            **texts,
            **numbers,
            at=np.array([micros_of(at) for at in given["at"]], dtype=np.int64),
            sequence=sequences(given["sequence"]),
        )

    def taken(self, rows: Rows) -> "Columns":
        """Return some of the rows, in the order asked for."""
        columns: dict[str, Any] = {
            name: getattr(self, name).taken(rows)
            if name in FIELDS
            else getattr(self, name)[rows]
            for name in kernels.NAMES
        }
        return Columns(**columns)

    def joined(self, other: "Columns") -> "Columns":
        """Put the rows of another behind these."""
        columns: dict[str, Any] = {}
        for name in kernels.NAMES:
            one, two = getattr(self, name), getattr(other, name)
            join = Texts.joined if name in FIELDS else np.concatenate
            columns[name] = join((one, two))
        return Columns(**columns)


def parse_lines(raw: bytes, *, now: datetime) -> Parsed:
    """Read NDJSON, a read a line; blank lines are none.

    Parameters
    ----------
    now
        When the reads came in; one that is still to come by more than `EARLY` is none.

    Raises
    ------
    BadBody
        More than `MOST_READS`.
    """
    scan = _Scan.of(raw, min(raw.count(b"\n") + 1, MOST_READS + 1))
    n = kernels.read_lines(*scan.arguments)
    require_few(n)
    columns = scan.columns(n, now)
    return _parsed(scan, columns, now)


def parse_array(raw: bytes, *, now: datetime) -> Parsed:
    """Read a JSON array of reads, as `parse_lines` does.

    Raises
    ------
    BadBody
        More than `MOST_READS`, no array, no JSON, or nested too deeply.
    """
    scan = _Scan.of(raw, min(raw.count(b",") + 2, MOST_READS + 1))
    n, is_array = kernels.read_array(*scan.arguments)
    columns = scan.columns(n, now)
    if not (is_array and n <= MOST_READS and scan.is_sure[:n].all()):
        _require_array(raw)  # until here nobody has looked at the others
    if not is_array:
        return _slowly(_elements(raw), now)
    require_few(n)
    return _parsed(scan, columns, now)


def require_few(n: int) -> None:
    """Refuse a body of too many reads.

    Raises
    ------
    BadBody
    """
    if n > MOST_READS:
        raise BadBody(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "body-too-large",
            f"the batch has more than {MOST_READS} reads: send it in parts",
        )


def _require_array(raw: bytes) -> None:
    if not isinstance(parse_json(raw), list):
        raise BadBody(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid",
            "the body must be an array of reads, or one read a line as NDJSON",
        )


def _elements(raw: bytes) -> list[bytes]:
    """Cut an array into its elements, each as it was sent."""
    pieces: list[bytes] = []
    try:
        for text in array_elements(raw.decode()):
            require_few(len(pieces) + 1)
            pieces.append(text.encode())
    except RecursionError:
        raise too_deep() from None
    return pieces


@dataclass(frozen=True, slots=True, eq=False)
class _Scan:
    """What the compiled loops found in a body: its pieces, and their values."""

    raw: bytes
    padded: NDArray[np.uint8]
    places: Rows
    spans: Rows
    is_sure: NDArray[np.bool_]

    @classmethod
    def of(cls, raw: bytes, n_most: int) -> Self:
        """Make room for so many pieces."""
        return cls(
            raw=raw,
            padded=np.frombuffer(raw + bytes(kernels.PADDING), dtype=np.uint8),
            places=np.empty((n_most, 2), dtype=np.int64),
            spans=np.empty((n_most, len(kernels.NAMES), 2), dtype=np.int64),
            is_sure=np.empty(n_most, dtype=np.bool_),
        )

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What `read_lines` and `read_array` take."""
        pieces = (self.places, self.spans, self.is_sure)
        return self.padded, len(self.raw), _is_utf8(self.raw), pieces

    def piece(self, row: int) -> bytes:
        """Return the bytes of a piece."""
        start, stop = self.places[row].tolist()
        return self.raw[start:stop]

    def columns(self, n: int, now: datetime) -> Columns:
        """Read the values of n pieces; the rows that are still sure hold good ones."""
        text, is_sure = self.padded, self.is_sure[:n]
        spans = self.spans[:n].transpose(1, 0, 2).copy()
        column = dict(zip(kernels.NAMES, spans, strict=True))
        texts: dict[str, Any] = {name: Texts(text, column[name]) for name in FIELDS}
        for name in FIELDS:
            texts[name].check(name, is_sure)
        at, sequence = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
        limits = micros_of(EARLIEST), micros_of(now + EARLY)
        values.read_moments(text, column["at"], limits, at, is_sure)
        values.read_counts(text, column["sequence"], sequence, is_sure)
        numbers: dict[str, Any] = {
            name: self._numbers(column[name], limit, is_sure)
            for name, limit in LIMITS.items()
        }
        return Columns(**texts, **numbers, at=at, sequence=sequence)

    def _numbers(
        self, spans: Rows, limits: tuple[float, float], is_sure: NDArray[np.bool_]
    ) -> Floats:
        numbers = np.empty(len(spans), dtype=np.float64)
        values.read_numbers(self.padded, spans, limits, numbers, is_sure)
        for row in np.flatnonzero(np.isinf(numbers)).tolist():
            start, stop = spans[row].tolist()
            numbers[row] = number = float(self.raw[start:stop])
            is_sure[row] &= limits[0] <= number <= limits[1]
        return numbers


def _is_utf8(raw: bytes) -> bool:
    if raw.isascii():
        return True
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parsed(scan: _Scan, columns: Columns, now: datetime) -> Parsed:
    is_sure = scan.is_sure[: columns.at.size]
    rest = Rest(np.flatnonzero(~is_sure).tolist(), scan.piece)
    return finished(columns, is_sure, rest, now=now)


def _slowly(pieces: list[bytes], now: datetime) -> Parsed:
    rest = Rest(list(range(len(pieces))), pieces.__getitem__)
    return finished(Columns.of([]), np.empty(0, dtype=np.bool_), rest, now=now)


@dataclass(frozen=True, slots=True)
class Rest:
    """The pieces that nobody was sure of, and what gives the bytes of any piece.

    ``finer`` are those whose time is finer than a microsecond, as JSON cannot tell.
    """

    rows: Sequence[int]
    piece: Callable[[int], bytes]
    finer: frozenset[int] = frozenset()


def finished(
    columns: Columns, is_sure: NDArray[np.bool_], rest: Rest, *, now: datetime
) -> Parsed:
    """Read the rest slowly, one by one, and put it among the rows that are sure."""
    reads: list[ReadIn] = []
    kept: list[int] = []
    refused: list[Refused] = []
    for row in rest.rows:
        piece = rest.piece(row)
        read = made(piece, now=now)
        if isinstance(read, ReadIn) and row in rest.finer:
            read = "invalid", "/at: finer than a microsecond: send microseconds"
        if isinstance(read, ReadIn):
            reads.append(read)
            kept.append(row)
        else:
            refused.append(Refused(row, piece, *read))
    rows = np.flatnonzero(is_sure)
    if rows.size < is_sure.size:
        columns = columns.taken(rows)
    if reads:
        both = np.concatenate((rows, np.array(kept, dtype=np.int64)))
        order = np.argsort(both)
        columns, rows = columns.joined(Columns.of(reads)).taken(order), both[order]
    return Parsed(_incoming(columns, now), rows, refused, rest.piece)


def made(piece: bytes, *, now: datetime) -> ReadIn | tuple[str, str]:
    """Read one piece; where it is no read, return a code and the reason."""
    try:
        read = shaped(ReadIn, piece)
    except BadBody as error:
        first = (error.errors or [{"pointer": "", "detail": str(error)}])[0]
        code = "invalid" if error.errors else "no-json"
        return code, f"{first['pointer']}: {first['detail']}".removeprefix(": ")
    if not EARLIEST <= read.at <= now + EARLY:
        return "time", "/at: before plates were read by machines, or still to come"
    return read


def _incoming(columns: Columns, now: datetime) -> Incoming:
    nothing = Texts.none(columns.at.size)
    camera, cameras = numbered(columns.camera_id, nothing)
    kind, kinds = numbered(columns.vehicle_type, columns.colour)
    types, colours = columns.vehicle_type.taken(kinds), columns.colour.taken(kinds)
    return Incoming(
        plates=columns.plate.array(),
        at=columns.at,
        received=np.full(columns.at.size, micros_of(now), dtype=np.int64),
        camera=camera,
        camera_ids=columns.camera_id.taken(cameras).objects(),
        kind=kind,
        kinds=list(zip(types.objects(), colours.objects(), strict=True)),
        confidence=columns.confidence,
        sequence=columns.sequence,
        lng=columns.lng,
        lat=columns.lat,
    )
