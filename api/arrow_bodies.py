"""Bodies of reads as an Arrow stream: a column for each field of a read.

The stream is measured before anything in it is unpacked. Rows that are no reads are
written as JSON and go the way of JSON, so that they are refused in the same words.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from api.arrow_messages import MessageRefused, unpacked
from api.bodies import LARGE
from api.problems import BadBody
from api.read_bodies import (
    EARLIEST,
    LIMITS,
    Columns,
    Parsed,
    Rest,
    finished,
    require_few,
)
from api.read_kernels import NAMES
from api.texts import FIELDS, Texts
from data.importers.reports import EARLY
from data.reads.columns import NO_SEQUENCE, Floats, Integers, micros_of

REQUIRED = ("camera_id", "at", "plate")

END = b"\xff\xff\xff\xff\x00\x00\x00\x00"
"""The mark at a stream's end. Arrow lets it be left out, but then a stream that was cut
between two batches would pass for a whole one."""

EXTENSION = b"ARROW:extension:name"

UNITS_US = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 1}

_OPTIONS = pa.ipc.IpcReadOptions(use_threads=False)

_Marks = NDArray[np.bool_]


def parse_arrow(raw: bytes, *, now: datetime) -> Parsed:
    """Read an Arrow stream of reads; compressed buffers are fine.

    Columns have the names of `ReadIn`; texts are plain, large or coded by a dictionary,
    times have a zone.

    Parameters
    ----------
    now
        When the reads came in; one that is still to come by more than `EARLY` is none.

    Raises
    ------
    BadBody
        No whole stream, columns that are no read's, too many reads or too large.
    """
    _require_bounded(raw)
    return parse_batches(*_read(raw), now=now)


def parse_batches(
    schema: pa.Schema, batches: list[pa.RecordBatch], *, now: datetime
) -> Parsed:
    """Read batches of reads, as `parse_arrow`; how large they are was looked at.

    Raises
    ------
    BadBody
        Columns that are no read's, too many reads or too large.
    """
    require_columns(schema)
    require_few(sum(batch.num_rows for batch in batches))
    columns = _columns(schema, batches)
    is_sure = np.ones(sum(map(len, columns["at"].chunks)), dtype=np.bool_)
    at, is_finer = _moments(columns["at"], now, is_sure)
    numbers: dict[str, Any] = {
        name: _floats(columns.get(name), name, is_sure) for name in LIMITS
    }
    is_sure &= np.isnan(numbers["lng"]) == np.isnan(numbers["lat"])
    reads = Columns(
        **_texts(columns, is_sure),
        **numbers,
        at=at,
        sequence=_counts(columns.get("sequence"), is_sure),
    )
    unsure = np.flatnonzero(~is_sure).tolist()
    finer = frozenset(np.flatnonzero(is_finer).tolist())
    return finished(reads, is_sure, Rest(unsure, _writer(columns), finer), now=now)


def _no_stream(why: str) -> BadBody:
    detail = f"no valid Arrow stream: {why}"
    return BadBody(HTTPStatus.BAD_REQUEST, "bad-request", detail)


def _invalid(why: str) -> BadBody:
    return BadBody(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", why)


def _require_bounded(raw: bytes) -> None:
    """Look at the messages of a stream without unpacking their buffers."""
    if not raw.endswith(END):
        raise _no_stream("its end mark is missing, so reads may be")
    try:
        messages = unpacked(raw)
    except MessageRefused as error:
        raise _no_stream(str(error)) from None
    require_few(sum(one.n_rows for one in messages if not one.is_dictionary))
    require_few(max((one.n_rows for one in messages), default=0))
    _require_small(sum(one.size for one in messages))


def _require_small(size: int) -> None:
    if size > LARGE:
        raise BadBody(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "body-too-large",
            f"the stream is larger than {LARGE} bytes unpacked: send it in parts",
        )


@dataclass(frozen=True, slots=True)
class _Column:
    """A column in the pieces that it came in."""

    type: pa.DataType
    chunks: list[pa.Array]


_Table = Mapping[str, _Column]


def _read(raw: bytes) -> tuple[pa.Schema, list[pa.RecordBatch]]:
    try:
        with pa.ipc.open_stream(raw, options=_OPTIONS) as reader:
            schema = reader.schema
            require_columns(schema)
            batches = list(reader)
        for batch in batches:
            batch.validate(full=True)
    except (pa.ArrowException, OSError, MemoryError, UnicodeDecodeError):
        raise _no_stream("it cannot be read to its end") from None
    return schema, batches


def _columns(schema: pa.Schema, batches: list[pa.RecordBatch]) -> _Table:
    chunks = zip(*(batch.columns for batch in batches), strict=True)
    empty: list[tuple[pa.Array, ...]] = [()] * len(schema)
    return {
        field.name: _Column(field.type, list(parts))
        for field, parts in zip(schema, chunks if batches else empty, strict=True)
    }


def require_columns(schema: pa.Schema) -> None:
    """Refuse columns that no read has, or of another type; never says their names.

    Raises
    ------
    BadBody
    """
    names = schema.names
    if unknown := set(names) - set(NAMES):
        raise _invalid(f"{len(unknown)} columns are none of a read: {', '.join(NAMES)}")
    if len(set(names)) < len(names):
        raise _invalid("two columns have the same name")
    for name in REQUIRED:
        if name not in names:
            raise _invalid(f"/{name}: the column is missing")
    for field in schema:
        is_type, wanted = TYPES[field.name]
        if not is_type(field.type) or EXTENSION in (field.metadata or {}):
            raise _invalid(f"/{field.name}: the column must be {wanted}")


def _is_text(kind: pa.DataType) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))


def _is_zoned(kind: pa.DataType) -> bool:
    return pa.types.is_timestamp(kind) and bool(kind.tz)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


TYPES: dict[str, tuple[Callable[[pa.DataType], bool], str]] = {
    **dict.fromkeys(FIELDS, (_is_text, "texts, plain or coded by a dictionary")),
    **dict.fromkeys(LIMITS, (_is_number, "numbers")),
    "at": (_is_zoned, "timestamps with a time zone"),
    "sequence": (pa.types.is_integer, "integers"),
}


def _values(column: _Column) -> tuple[NDArray[Any], _Marks]:
    """Return numbers or times as they stand in memory, and which are null."""
    kind = column.type
    letter = "f" if pa.types.is_floating(kind) else "u" if _is_unsigned(kind) else "i"
    dtype = np.dtype(f"{letter}{kind.bit_width // 8}")
    if len(column.chunks) == 1:
        return _held(column.chunks[0], 1, dtype), _nulls(column.chunks[0])
    values = [_held(chunk, 1, dtype) for chunk in column.chunks]
    nulls = [_nulls(chunk) for chunk in column.chunks]
    nothing = np.empty(0, dtype), np.empty(0, dtype=np.bool_)
    return np.concatenate([nothing[0], *values]), np.concatenate([nothing[1], *nulls])


def _is_unsigned(kind: pa.DataType) -> bool:
    return bool(pa.types.is_unsigned_integer(kind))


def _held(chunk: pa.Array, number: int, dtype: Any, more: int = 0) -> NDArray[Any]:  # noqa: ANN401
    """Return n values of a buffer, and so many more."""
    if not len(chunk):
        return np.zeros(more, dtype=dtype)
    end = chunk.offset + len(chunk) + more
    # a buffer may be longer, and by less than a whole value
    return np.frombuffer(chunk.buffers()[number], dtype, count=end)[chunk.offset :]


def _nulls(chunk: pa.Array) -> _Marks:
    if not chunk.null_count:
        return np.zeros(len(chunk), dtype=np.bool_)
    marks: _Marks = chunk.is_null().to_numpy(zero_copy_only=False)
    return marks


def _texts(columns: _Table, is_sure: _Marks) -> dict[str, Any]:
    """Return the texts; clears ``is_sure`` where one is none of its field."""
    texts = {
        name: _text(columns[name]) if name in columns else Texts.none(is_sure.size)
        for name in FIELDS
    }
    # a text that many rows share is large only once it is written out
    _require_small(sum(column.size() for column in texts.values()))
    for name, column in texts.items():
        column.check(name, is_sure)
    return texts


def _text(column: _Column) -> Texts:
    parts = [_part(chunk) for chunk in column.chunks]
    if len(parts) == 1:
        return parts[0]
    _require_small(sum(part.size() for part in parts))
    return Texts.joined([Texts.none(0), *parts])


def _part(chunk: pa.Array) -> Texts:
    if not pa.types.is_dictionary(chunk.type):
        return _plain_part(chunk)
    if not len(chunk.dictionary):
        return Texts.none(len(chunk))
    words = _plain_part(chunk.dictionary)
    numbers, is_null = _values(_Column(chunk.type.index_type, [chunk.indices]))
    spans = words.spans[np.where(is_null, 0, numbers)]
    if chunk.null_count:
        spans[is_null] = -1
    return Texts(words.text, spans)


def _plain_part(chunk: pa.Array) -> Texts:
    dtype = np.int64 if pa.types.is_large_string(chunk.type) else np.int32
    starts = _held(chunk, 1, dtype, 1)
    spans = np.empty((len(chunk), 2), dtype=np.int64)
    spans[:, 0], spans[:, 1] = starts[:-1], starts[1:]
    if chunk.null_count:
        spans[_nulls(chunk)] = -1
    text = np.frombuffer(chunk.buffers()[2] or b"", dtype=np.uint8)
    text.flags.writeable = False
    return Texts(text, spans)


def _floats(column: _Column | None, name: str, is_sure: _Marks) -> Floats:
    if column is None:
        return np.full(is_sure.size, np.nan)
    values, is_null = _values(column)
    numbers = values.astype(np.float64)
    least, most = LIMITS[name]
    is_sure &= is_null | ((numbers >= least) & (numbers <= most))
    numbers[is_null] = np.nan
    return numbers


def _counts(column: _Column | None, is_sure: _Marks) -> Integers:
    if column is None:
        return np.full(is_sure.size, NO_SEQUENCE)
    values, is_null = _values(column)
    # what is too large for 64 bits with a sign becomes negative
    counts = values.astype(np.int64)
    is_sure &= is_null | (counts >= 0)
    return np.where(is_null, NO_SEQUENCE, counts)


def _moments(
    column: _Column, now: datetime, is_sure: _Marks
) -> tuple[Integers, _Marks]:
    """Return times in microseconds, and which are finer than that."""
    values, is_null = _values(column)
    is_finer = np.zeros(values.size, dtype=np.bool_)
    if column.type.unit == "ns":
        values, part = np.divmod(values, 1_000)
        is_finer = (part != 0) & ~is_null
    each_us = UNITS_US[column.type.unit]
    earliest, latest = micros_of(EARLIEST), micros_of(now + EARLY)
    # compared before it is multiplied, which may be too much for 64 bits
    is_within = (values >= -(-earliest // each_us)) & (values <= latest // each_us)
    is_sure &= is_within & ~is_finer & ~is_null
    return np.where(is_within, values, 0) * each_us, is_finer


def _writer(columns: _Table) -> Callable[[int], bytes]:
    """Make what writes a row as JSON."""

    def write(row: int) -> bytes:
        members = {name: _member(column, row) for name, column in columns.items()}
        return orjson.dumps(members)

    return write


def _member(column: _Column, row: int) -> object:
    for chunk in column.chunks:
        if row < len(chunk):
            return _json(chunk[row])
        row -= len(chunk)
    raise IndexError(row)


def _json(scalar: pa.Scalar) -> object:
    """Return a value as JSON has it; what is no number there is written as text."""
    if not scalar.is_valid:
        return None
    if pa.types.is_timestamp(scalar.type):
        return f"{np.datetime64(scalar.value, scalar.type.unit)}Z"
    value = scalar.as_py()
    if pa.types.is_floating(scalar.type) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int) else float(value)
